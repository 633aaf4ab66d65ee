// For compilers that are given this folder only.
#include "../../devlib/shared/curand.h"
