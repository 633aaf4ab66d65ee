// Algorithms that treat each element by itself.
#include <thrust/transform.h>
