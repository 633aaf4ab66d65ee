// The error function, its relatives and their inverses in single precision.
#pragma once
#include "exponential_f32.cuh"
#include "logarithm_f32.cuh"

__device__ inline float __cw_erf(float x) {
    float a = fabsf(x), b = fminf(a, 3.95f), z = x * x;
    float small = fmaf(a, __cw_p_erf(z), a);
    float large = 1.0f - __cw_exp(-__cw_p_erf_exponent(b - 2.5f));
    return isnan(x) ? x : copysignf(a < 1.0f ? small : large, x);
}
// erfcx(x) for x >= 0: a polynomial in (x - 3.75) / (x + 3.75), after Shepherd and Laframboise (1981).
__device__ inline float __cw_erfcx_positive(float x) {
    float t = (x - 3.75f) / (x + 3.75f);
    float y = __cw_p_erfcx(t) / fmaf(2.0f, x, 1.0f);
    return x > 1.0e5f ? 0.5641896f / x : y;
}
// e**(-x**2) for any x, with the square's rounding error taken into account.
__device__ inline float __cw_exp_minus_square(float x) {
    float high = x * x, low = fmaf(x, x, -high);
    float e = __cw_exp(-high);
    return high < 150.0f ? fmaf(-low, e, e) : 0.0f;
}
__device__ inline float __cw_erfc(float x) {
    float a = fabsf(x);
    float y = __cw_exp_minus_square(a) * __cw_erfcx_positive(a);
    y = a > 11.0f ? 0.0f : y;
    y = x < 0.0f ? 2.0f - y : y;
    float near_zero = 1.0f - fmaf(x, __cw_p_erf(x * x), x);
    return isnan(x) ? x : (a < 0.75f ? near_zero : y);
}
__device__ inline float __cw_erfcx(float x) {
    float a = fabsf(x), y = __cw_erfcx_positive(a);
    float high = x * x, low = fmaf(x, x, -high), e = __cw_exp(high);
    float negative = fmaf(2.0f, high < 100.0f ? fmaf(low, e, e) : e, -y);
    return x < 0.0f ? negative : y;
}
__device__ inline float __cw_normcdf(float x) {
    // erfc(-x / sqrt 2) / 2, where the exponential takes x**2 / 2 without the root's rounding error.
    float a = fminf(fabsf(x), 20.0f), square = a * a, low = fmaf(a, a, -square);
    float e = __cw_exp(-0.5f * square);
    float y = 0.5f * __cw_erfcx_positive(a * 0.70710677f) * fmaf(-0.5f * low, e, e);
    y = x > 0.0f ? 1.0f - y : y;
    float u = x * 0.70710677f, near_zero = fmaf(0.5f, fmaf(u, __cw_p_erf(u * u), u), 0.5f);
    return isnan(x) ? x : (a < 1.05f ? near_zero : y);
}
// erfinv(x) / x as a function of w = -log(1 - x**2), after Giles's "Approximating the erfinv function".
__device__ inline float __cw_erfinv_of_w(float w) {
    float s = sqrtf(w);
    float middle = __cw_p_erfinv_middle(w - 2.5f), outer = __cw_p_erfinv_outer(s - 3.2f);
    return w < 5.0f ? middle : (w < 17.5f ? outer : __cw_p_erfinv_far(s - 7.2f));
}
__device__ inline float __cw_erfinv(float x) {
    float w = -__cw_log(fmaf(-x, x, 1.0f));
    float y = x * __cw_erfinv_of_w(w);
    return fabsf(x) == 1.0f ? x * __CW_INFF : y;
}
__device__ inline float __cw_erfcinv(float x) {
    float w = -__cw_log(x * (2.0f - x));
    float y = (1.0f - x) * __cw_erfinv_of_w(w);
    y = x == 0.0f ? __CW_INFF : y;
    return x == 2.0f ? -__CW_INFF : y;
}
__device__ inline float __cw_normcdfinv(float p) {
    float q = p + p;
    float y = fmaf(1.4142135f, -__cw_erfcinv(q), 2.4203235e-08f * -__cw_erfcinv(q));
    return p == 0.0f ? -__CW_INFF : (p == 1.0f ? __CW_INFF : y);
}
