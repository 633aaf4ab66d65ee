// Vectors on the device.
#include <thrust/host_vector.h>
