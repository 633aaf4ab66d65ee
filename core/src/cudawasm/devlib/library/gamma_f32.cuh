// tgamma and lgamma in single precision, from the double-precision ones: they are rare and their error grows fast.
#pragma once
#include "gamma_f64.cuh"

__device__ inline float __cw_tgamma(float x) { return (float)__cw_tgamma((double)x); }
__device__ inline float __cw_lgamma(float x) { return (float)__cw_lgamma((double)x); }
