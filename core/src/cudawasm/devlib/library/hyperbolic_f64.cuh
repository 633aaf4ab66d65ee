// Hyperbolic functions and their inverses in double precision.
#pragma once
#include "exponential_f64.cuh"
#include "logarithm_f64.cuh"

// e**a / 2 for a >= 0 as a pair: finite where cosh is.
__device__ inline __cw_double_pair __cw_half_exp(double a) {
    a = a < 712.0 ? a : 712.0;
    double t = fma(a, 1.4426950408889634, __CW_ROUNDER64), n = t - __CW_ROUNDER64;
    double r = fma(n, -0.6931471805599453, a);
    __cw_double_pair e = __cw_exp_of_reduced(r, n * -2.3190468138462996e-17);
    e = __cw_fast_two_sum(e.hi, e.lo);
    int k = __cw_low_word(t) - 1;
    return __cw_pair(__cw_scale(e.hi, k), __cw_scale(e.lo, k));
}
__device__ inline double __cw_cosh(double x) {
    __cw_double_pair e = __cw_half_exp(fabs(x));
    double inverse = 0.25 / e.hi;
    double y = e.hi + (inverse + fma(-4.0 * inverse * inverse, e.lo, e.lo));
    return isnan(x) ? x : y;
}
__device__ inline double __cw_sinh(double x) {
    double a = fabs(x), z = x * x;
    __cw_double_pair e = __cw_half_exp(a);
    double inverse = 0.25 / e.hi;
    double large = e.hi - (inverse - fma(4.0 * inverse * inverse, e.lo, e.lo));
    double y = copysign(a < 1.0 ? fma(a * z, __cw_p_sinh(z), a) : large, x);
    return isnan(x) ? x : y;
}
__device__ inline double __cw_tanh(double x) {
    double a = fabs(x), z = x * x;
    double large = 1.0 - 2.0 / (__cw_exp(a + a) + 1.0);
    return copysign(a < 0.55 ? fma(a * z, __cw_p_tanh(z), a) : large, x);
}
__device__ inline double __cw_asinh(double x) {
    double a = fabs(x), z = x * x;
    double small = __cw_log1p(a + z / (1.0 + sqrt(z + 1.0)));
    double large = __cw_log(a) + 0.6931471805599453;
    return copysign(a < 1.0e18 ? small : large, x);
}
__device__ inline double __cw_acosh(double x) {
    double t = x - 1.0;
    double small = __cw_log1p(t + sqrt(fma(t, t, t + t)));
    double large = __cw_log(x) + 0.6931471805599453;
    return x < 1.0 ? __CW_NAN : (x < 1.0e18 ? small : large);
}
__device__ inline double __cw_atanh(double x) {
    double a = fabs(x);
    double y = 0.5 * __cw_log1p(a + a + 2.0 * a * a / (1.0 - a));
    return a > 1.0 ? __CW_NAN : copysign(y, x);
}
