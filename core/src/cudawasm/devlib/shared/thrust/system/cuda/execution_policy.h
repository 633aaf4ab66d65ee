// Policies of the device.
#include <thrust/execution_policy.h>
