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
// e erfcx(x) (1 + low) for x >= 3/4: a polynomial in (x - 4) / (x + 4), after Shepherd and Laframboise (1981), divided
// by 1 + 2 x. What rounding 1 + 2 x lost joins ``low``; for it the quotient is close enough to 1.12 / (1 + 2 x).
__device__ inline float __cw_scaled_erfcx(float x, float e, float low) {
    float d = fmaf(2.0f, x, 1.0f), lost = fmaf(2.0f, x, 1.0f - d);
    float q = __cw_p_erfcx((x - 4.0f) / (x + 4.0f)) / d, y = q * e;
    return fmaf(y, fmaf(lost * -0.89f, q, low), y);
}
__device__ inline float __cw_erfc_near_zero(float x) { return 1.0f - fmaf(x, __cw_p_erf(x * x), x); }
__device__ inline float __cw_erfc(float x) {
    float a = fminf(fabsf(x), 11.0f), square = a * a;
    float y = __cw_scaled_erfcx(a, __cw_exp(-square), -fmaf(a, a, -square));
    y = x < 0.0f ? 2.0f - y : y;
    return isnan(x) ? x : (a < 0.75f ? __cw_erfc_near_zero(x) : y);
}
__device__ inline float __cw_erfcx(float x) {
    float a = fabsf(x), square = x * x, low = fmaf(x, x, -square), e = __cw_exp(square);
    e = e < __CW_INFF ? fmaf(low, e, e) : e;
    float y = a > 1.0e10f ? 0.5641896f / a : __cw_scaled_erfcx(a, 1.0f, 0.0f);
    y = x < 0.0f ? fmaf(2.0f, e, -y) : y;
    return isnan(x) ? x : (a < 0.75f ? e * __cw_erfc_near_zero(x) : y);
}
__device__ inline float __cw_normcdf(float x) {
    // erfc(-x / sqrt 2) / 2, where the exponential takes x**2 / 2 without the root's rounding error.
    float a = fminf(fabsf(x), 20.0f), square = a * a, u = a * 0.70710677f;
    float y = 0.5f * __cw_scaled_erfcx(u, __cw_exp(-0.5f * square), -0.5f * fmaf(a, a, -square));
    y = x > 0.0f ? 1.0f - y : y;
    float near_zero = fmaf(0.5f, copysignf(fmaf(u, __cw_p_erf(u * u), u), x), 0.5f);
    return isnan(x) ? x : (a < 1.07f ? near_zero : y);
}
// x erfinv(t) / t, a function of w = -log(1 - t**2) (after Giles's "Approximating the erfinv function"): the polynomials
// give what differs from a constant.
__device__ inline float __cw_erfinv_of_w(float x, float w) {
    float s = sqrtf(w);
    float middle = __cw_p_erfinv_middle(w - 2.5f), outer = __cw_p_erfinv_outer(s - 3.2f);
    float far = __cw_p_erfinv_far(s - 7.2f);
    float rest = w < 5.0f ? middle : (w < 17.5f ? outer : far);
    return fmaf(x, w < 5.0f ? 1.125f : (w < 17.5f ? 2.0f : 0.0f), x * rest);
}
// erfinv of |x| < 0.6, where a polynomial in x**2 is more accurate than the logarithm.
__device__ inline float __cw_erfinv_near(float x) {
    float z = x * x;
    return fmaf(x, 0.886226892f, x * z * __cw_p_erfinv_near(z));
}
__device__ inline float __cw_erfinv(float x) {
    float y = __cw_erfinv_of_w(x, -__cw_log(fmaf(-x, x, 1.0f)));
    y = fabsf(x) == 1.0f ? x * __CW_INFF : y;
    return fabsf(x) < 0.6f ? __cw_erfinv_near(x) : y;
}
__device__ inline float __cw_erfcinv(float x) {
    float d = 1.0f - x;
    float y = __cw_erfinv_of_w(d, -__cw_log(x * (2.0f - x)));
    y = x == 0.0f ? __CW_INFF : (x == 2.0f ? -__CW_INFF : y);
    return fabsf(d) <= 0.5f ? __cw_erfinv_near(d) : y;
}
__device__ inline float __cw_normcdfinv(float p) {
    float q = __cw_erfcinv(p + p);
    float y = fmaf(-1.4142135f, q, -2.4203235e-08f * q);
    return p == 0.0f ? -__CW_INFF : (p == 1.0f ? __CW_INFF : (p == 0.5f ? 0.0f : y));
}
