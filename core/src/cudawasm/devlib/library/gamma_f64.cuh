// tgamma and lgamma in double precision.
#pragma once
#include "logarithm_f64.cuh"
#include "trigonometric_f64.cuh"

// Stirling's series: log gamma(a) for a >= 8 as a pair.
__device__ inline __cw_double_pair __cw_lgamma_pair(double a) {
    double inverse = 1.0 / a, factor = a - 0.5;
    __cw_double_pair ln = __cw_log_pair(a);
    double product = factor * ln.hi, product_low = fma(factor, ln.lo, fma(factor, ln.hi, -product));
    __cw_double_pair sum = __cw_two_sum(product, -a);
    double rest = fma(inverse, __cw_p_stirling(inverse * inverse), 0.9189385332046728);
    return __cw_fast_two_sum(sum.hi, sum.lo + (product_low + rest));
}
// x shifted by whole numbers into [2, 3), and the product of what gamma's recurrence collects: gamma(x) is
// gamma(shifted) * up / down. For |x| < 9.
struct __cw_gamma_shift { double x, up, down; };
__device__ inline __cw_gamma_shift __cw_shift_gamma(double x) {
    __cw_gamma_shift s;
    s.x = x;
    s.up = s.down = 1.0;
    while (s.x >= 3.0) {
        s.x -= 1.0;
        s.up *= s.x;
    }
    while (s.x < 2.0) {
        s.down *= s.x;
        s.x += 1.0;
    }
    return s;
}
__device__ inline double __cw_tgamma(double x) {
    double a = fabs(x), y;
    bool is_pole = x < 0.0 && trunc(x) == x;
    if (a < 8.0) {
        __cw_gamma_shift s = __cw_shift_gamma(x);
        y = __cw_p_gamma(s.x - 2.5) * s.up / s.down;
    } else {
        // A negative argument by reflection: gamma(-a) = -pi / (a sin(pi a) gamma(a)), in two factors that are finite.
        __cw_double_pair ln = __cw_lgamma_pair(fmin(a, 200.0));
        bool is_negative = x < 0.0;
        double half = is_negative ? -0.5 : 0.5;
        double root = __cw_exp_sum(half * ln.hi, half * ln.lo);
        double factor = is_negative ? -3.141592653589793 / (a * __cw_sinpi(a)) : 1.0;
        y = factor * root * root;
        y = x > 172.0 ? __CW_INF : y;
        y = x < -190.0 ? copysign(0.0, factor) : y;
    }
    return is_pole || isnan(x) ? __CW_NAN : y;
}
__device__ inline double __cw_lgamma_positive(double a) {
    if (a < 8.0) {
        bool is_low = a < 1.5, is_tiny = a < 0.5;
        __cw_gamma_shift s = __cw_shift_gamma(fmax(a, 2.0));
        double u = is_tiny ? a : a - 1.0, v = is_low ? 2.25 : (a < 3.0 ? a : s.x);
        double low = u * __cw_p_lgamma_low(u), middle = (v - 2.0) * __cw_p_lgamma_middle(v - 2.25);
        double ln = __cw_log(is_tiny ? a : s.up);
        return is_low ? (is_tiny ? low - ln : low) : (a < 3.0 ? middle : middle + ln);
    }
    if (a > 1.0e17) return a * (__cw_log(a) - 1.0);
    __cw_double_pair ln = __cw_lgamma_pair(a);
    return ln.hi + ln.lo;
}
__device__ inline double __cw_lgamma(double x) {
    double a = fabs(x);
    double y = __cw_lgamma_positive(a);
    if (x < 0.0) {
        // gamma(-a) = -pi / (a sin(pi a) gamma(a)); near 0 the recurrence, which has no cancellation.
        double reflected = __cw_log(3.141592653589793 / (a * fabs(__cw_sinpi(a)))) - y;
        double near_zero = -a * __cw_p_lgamma_low(-a) - __cw_log(a);
        y = a < 0.5 ? near_zero : reflected;
        y = trunc(x) == x ? __CW_INF : y;
    }
    return a == __CW_INF ? __CW_INF : (isnan(x) ? x : y);
}
