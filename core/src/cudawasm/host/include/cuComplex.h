// The complex numbers of device code, for host code.
#pragma once
#include "vector_types.h"
#include <math.h>
#define __device__
#include "../../devlib/include/cuComplex.h"
#undef __device__
