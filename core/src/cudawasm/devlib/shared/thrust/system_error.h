// What algorithms throw.
#include <thrust/detail/config.h>
