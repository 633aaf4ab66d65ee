// Hyperbolic functions and their inverses in single precision.
#pragma once
#include "exponential_f32.cuh"
#include "logarithm_f32.cuh"

// e**a / 2 for a >= 0: finite where cosh is.
__device__ inline float __cw_half_exp(float a) {
    float t = fmaf(a, 1.442695f, __CW_ROUNDER), n = t - __CW_ROUNDER;
    float r = fmaf(n, 1.9046542e-09f, fmaf(n, -0.6931472f, a));
    float e = __cw_scale(__cw_exp_of_reduced(r), __float_as_int(t) - __CW_ROUNDER_BITS - 1);
    return a > 90.0f ? __CW_INFF : e;
}
__device__ inline float __cw_cosh(float x) {
    float e = __cw_half_exp(fabsf(x));
    return e + 0.25f / e;
}
__device__ inline float __cw_sinh(float x) {
    float a = fabsf(x), z = x * x, e = __cw_half_exp(a);
    return copysignf(a < 1.0f ? fmaf(a * z, __cw_p_sinh(z), a) : e - 0.25f / e, x);
}
__device__ inline float __cw_tanh(float x) {
    float a = fabsf(x), z = x * x;
    float large = 1.0f - 2.0f / (__cw_exp(a + a) + 1.0f);
    return copysignf(a < 0.55f ? fmaf(a * z, __cw_p_tanh(z), a) : large, x);
}
__device__ inline float __cw_fast_tanh(float x) {
    float a = fabsf(x), z = x * x;
    float large = 1.0f - 2.0f / (__cw_fast_exp(a + a) + 1.0f);
    return copysignf(a < 0.55f ? fmaf(a * z, __cw_p_tanh(z), a) : large, x);
}
__device__ inline float __cw_asinh(float x) {
    float a = fabsf(x), z = x * x;
    float small = __cw_log1p(a + z / (1.0f + sqrtf(z + 1.0f)));
    float large = __cw_log(a) + 0.6931472f;
    return copysignf(a < 1.0e9f ? small : large, x);
}
__device__ inline float __cw_acosh(float x) {
    float t = x - 1.0f;
    float small = __cw_log1p(t + sqrtf(fmaf(t, t, t + t)));
    float large = __cw_log(x) + 0.6931472f;
    return x < 1.0f ? __CW_NANF : (x < 1.0e9f ? small : large);
}
__device__ inline float __cw_atanh(float x) {
    float a = fabsf(x);
    float y = 0.5f * __cw_log1p(a + a + 2.0f * a * a / (1.0f - a));
    return a > 1.0f ? __CW_NANF : copysignf(y, x);
}
