// Half precision for host code.
#pragma once
#include "cudawasm_small_floats.h"
#include "vector_types.h"

CUDAWASM_SMALL_FLOAT(__half, __half2, __half_raw, __half2_raw, half_bits, float_of_half)
CUDAWASM_SMALL_FLOAT_FUNCTIONS(__half, __half2, __half_raw, half)
typedef __half half;
typedef __half2 half2;
typedef __half nv_half;
typedef __half2 nv_half2;

inline __half2 make_half2(__half a, __half b) { return __half2(a, b); }
