// Device memory as typed pointers.
#include <thrust/memory.h>
