// The version of Thrust whose interface this is.
#include <thrust/detail/config.h>
