// Traits that programs take from Thrust.
#include <thrust/detail/config.h>
