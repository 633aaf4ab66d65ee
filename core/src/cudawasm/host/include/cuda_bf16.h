// bfloat16 for host code.
#pragma once
#include "cudawasm_small_floats.h"
#include "vector_types.h"

CUDAWASM_SMALL_FLOAT(__nv_bfloat16, __nv_bfloat162, __nv_bfloat16_raw, __nv_bfloat162_raw, bfloat_bits, float_of_bfloat)
CUDAWASM_SMALL_FLOAT_FUNCTIONS(__nv_bfloat16, __nv_bfloat162, __nv_bfloat16_raw, bfloat16)
typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;

inline __nv_bfloat162 make_bfloat162(__nv_bfloat16 a, __nv_bfloat16 b) { return __nv_bfloat162(a, b); }
