// exp and its relatives in double precision: x = n ln 2 + r, then 2**n times a polynomial of r.
#pragma once
#include "common_f64.cuh"

// 2**n p for 0.5 <= p <= 2 and n in [-2000, 2000], rounded once.
__device__ inline double __cw_scale(double p, int n) {
    int half = n >> 1;
    return p * __cw_power_of_two(half) * __cw_power_of_two(n - half);
}
// e**(r + low), |r| < 0.35 and low below 2**-40, as 1 or its neighbourhood and a rest that is not small.
__device__ inline __cw_double_pair __cw_exp_of_reduced(double r, double low) {
    __cw_double_pair x = __cw_fast_two_sum(r, low), s = __cw_fast_two_sum(1.0, x.hi);
    return __cw_pair(s.hi, s.lo + fma(x.hi * x.hi, __cw_p_exp(x.hi), fma(x.hi, x.lo, x.lo)));
}
// e**(x + low) for a low part much smaller than 1.
__device__ inline double __cw_exp_sum(double x, double low) {
    double t = fma(x, 1.4426950408889634, __CW_ROUNDER64), n = t - __CW_ROUNDER64;
    double r = fma(n, -0.6931471805599453, x);
    __cw_double_pair e = __cw_exp_of_reduced(r, fma(n, -2.3190468138462996e-17, low));
    double y = __cw_scale(e.hi + e.lo, __cw_low_word(t));
    y = x > 710.0 ? __CW_INF : y;
    return x < -746.0 ? 0.0 : y;
}
__device__ inline double __cw_exp(double x) { return __cw_exp_sum(x, 0.0); }
__device__ inline double __cw_exp2(double x) {
    double t = x + __CW_ROUNDER64, f = x - (t - __CW_ROUNDER64);
    double r = f * 0.6931471805599453, low = fma(f, 2.3190468138462996e-17, fma(f, 0.6931471805599453, -r));
    __cw_double_pair e = __cw_exp_of_reduced(r, low);
    double y = __cw_scale(e.hi + e.lo, __cw_low_word(t));
    y = x >= 1025.0 ? __CW_INF : y;
    return x < -1076.0 ? 0.0 : y;
}
__device__ inline double __cw_exp10(double x) {
    double t = fma(x, 3.321928094887362, __CW_ROUNDER64), n = t - __CW_ROUNDER64;
    double d = fma(n, -0.3010299956639812, x), d_low = n * 2.8037281277851704e-18;
    double r = d * 2.302585092994046;
    double low = fma(d, 2.302585092994046, -r) + fma(d, -2.1707562233822494e-16, d_low * 2.302585092994046);
    __cw_double_pair e = __cw_exp_of_reduced(r, low);
    double y = __cw_scale(e.hi + e.lo, __cw_low_word(t));
    y = x > 309.0 ? __CW_INF : y;
    return x < -324.0 ? 0.0 : y;
}
__device__ inline double __cw_expm1(double x) {
    double t = fma(x, 1.4426950408889634, __CW_ROUNDER64), n = t - __CW_ROUNDER64;
    double high = fma(n, -0.6931471805599453, x), low = n * -2.3190468138462996e-17;
    double r = high + low;
    low = fma(r * r, __cw_p_expm1(r), low - (r - high));
    // Half of 2**n (high + low) + (2**n - 1): half, because 2**n may overflow where the result does not.
    double scale = __cw_power_of_two(__cw_low_word(t) - 1);
    double whole = scale - 0.5, lost = (scale - whole) - 0.5, sum = fma(scale, r, whole);
    double error = fma(scale, r, whole - sum) + lost;
    double y = 2.0 * (sum + fma(scale, low, error));
    y = x > 710.0 ? __CW_INF : y;
    y = x < -40.0 ? -1.0 : y;
    return fabs(x) < 1.0e-17 ? x : y;
}
