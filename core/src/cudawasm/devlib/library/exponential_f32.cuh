// exp and its relatives in single precision: x = n ln 2 + r, then 2**n times a polynomial of r.
#pragma once
#include "common_f32.cuh"

// 2**n p for 0.5 <= p <= 2 and n in [-250, 250], rounded once.
__device__ inline float __cw_scale(float p, int n) {
    int half = n >> 1;
    return p * __int_as_float((half + 127) << 23) * __int_as_float((n - half + 127) << 23);
}
__device__ inline float __cw_exp_of_reduced(float r) {
    return fmaf(fmaf(__cw_p_exp(r), r, 1.0f), r, 1.0f);
}
__device__ inline float __cw_exp(float x) {
    float t = fmaf(x, 1.442695f, __CW_ROUNDER), n = t - __CW_ROUNDER;
    float r = fmaf(n, 1.9046542e-09f, fmaf(n, -0.6931472f, x));
    float e = __cw_scale(__cw_exp_of_reduced(r), __float_as_int(t) - __CW_ROUNDER_BITS);
    e = x > 89.0f ? __CW_INFF : e;
    return x < -104.0f ? 0.0f : e;
}

// Functions for targets with an instruction for 2**x whose results below the normal range may be 0; within 2 ulp.
// The integer below x / ln 2 comes from a number that is kept in [0, 1], so that no x is too large.
__device__ inline float __cw_exp_by_exp2(float x) {
    float t = fmaf(fminf(fmaxf(fmaf(x, 0.00572498f, 0.49801588f), 0.0f), 1.0f), 252.0f, __CW_ROUNDER + 1.0f);
    float n = t - (__CW_ROUNDER + 127.0f);
    float r = fmaf(x, 1.925963e-08f, fmaf(x, 1.442695f, -n));
    return __cw_instruction_exp2(r) * __int_as_float(__float_as_int(t) << 23);
}
__device__ inline float __cw_fast_exp_by_exp2(float x) { return __cw_instruction_exp2(x * 1.442695f); }
__device__ inline float __cw_exp2_by_exp2(float x) {
    bool is_small = x < -126.0f;
    float y = __cw_instruction_exp2(is_small ? x + 64.0f : x);
    return is_small ? y * 5.421011e-20f : y;
}

__device__ inline float __cw_fast_exp(float x) {
    float t = fmaf(x, 1.442695f, __CW_ROUNDER), n = t - __CW_ROUNDER;
    float r = fmaf(n, -0.6931472f, x);
    float e = __cw_scale(fmaf(fmaf(__cw_p_fast_exp(r), r, 1.0f), r, 1.0f), __float_as_int(t) - __CW_ROUNDER_BITS);
    e = x > 89.0f ? __CW_INFF : e;
    return x < -104.0f ? 0.0f : e;
}
// 2**(x + low) for a low part much smaller than an ulp of x.
__device__ inline float __cw_exp2_sum(float x, float low) {
    float t = x + __CW_ROUNDER, n = t - __CW_ROUNDER;
    float f = (x - n) + low;
    float r = fmaf(f, 0.6931472f, f * -1.9046542e-09f);
    float e = __cw_scale(__cw_exp_of_reduced(r), __float_as_int(t) - __CW_ROUNDER_BITS);
    e = x >= 128.5f ? __CW_INFF : e;
    return x < -150.5f ? 0.0f : e;
}
__device__ inline float __cw_exp2(float x) { return __cw_exp2_sum(x, 0.0f); }
__device__ inline float __cw_fast_exp2(float x) { return __cw_exp2_sum(x, 0.0f); }
__device__ inline float __cw_exp10(float x) {
    float t = fmaf(x, 3.321928f, __CW_ROUNDER), n = t - __CW_ROUNDER;
    float d = fmaf(n, 1.4320989e-08f, fmaf(n, -0.30103f, x));
    float r = fmaf(d, 2.3025851f, d * -3.1975436e-08f);
    float e = __cw_scale(__cw_exp_of_reduced(r), __float_as_int(t) - __CW_ROUNDER_BITS);
    e = x > 38.6f ? __CW_INFF : e;
    return x < -45.5f ? 0.0f : e;
}
__device__ inline float __cw_expm1(float x) {
    float t = fmaf(x, 1.442695f, __CW_ROUNDER), n = t - __CW_ROUNDER;
    float high = fmaf(n, -0.6931472f, x), low = n * 1.9046542e-09f;
    float r = high + low;
    low = fmaf(r * r, __cw_p_expm1(r), low - (r - high));
    // Half of 2**n (high + low) + (2**n - 1): half, because 2**n may overflow where the result does not.
    float scale = __int_as_float((__float_as_int(t) - __CW_ROUNDER_BITS + 126) << 23);
    float whole = scale - 0.5f, lost = (scale - whole) - 0.5f, sum = fmaf(scale, r, whole);
    float error = fmaf(scale, r, whole - sum) + lost;
    float e = 2.0f * (sum + fmaf(scale, low, error));
    e = x > 89.0f ? __CW_INFF : e;
    e = x < -25.0f ? -1.0f : e;
    return fabsf(x) < 1.0e-8f ? x : e;
}
