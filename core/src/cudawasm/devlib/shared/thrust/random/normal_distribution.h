// In one file with the other engines and distributions.
#include <thrust/random.h>
