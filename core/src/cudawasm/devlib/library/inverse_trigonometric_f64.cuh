// asin, acos, atan and atan2 in double precision.
#pragma once
#include "common_f64.cuh"

// asin of |x| <= 1/2, less x.
__device__ inline double __cw_asin_rest(double x, double z) { return x * z * __cw_p_asin(z); }
__device__ inline double __cw_asin(double x) {
    double a = fabs(x);
    // asin x = pi/2 - 2 asin sqrt((1 - x) / 2); the square root's error is added to what is subtracted.
    double z = fma(a, -0.5, 0.5), s = sqrt(z);
    double s_low = fma(-s, s, z) / (s + s);
    s_low = s > 0.0 ? s_low : 0.0;
    double rest = __cw_asin_rest(s, z) + s_low;
    double large = fma(-2.0, s, 1.5707963267948966) + fma(-2.0, rest, 6.123233995736766e-17);
    double small = a + __cw_asin_rest(a, a * a);
    return copysign(a < 0.5 ? small : large, x);
}
__device__ inline double __cw_acos(double x) {
    double a = fabs(x);
    double z = fma(a, -0.5, 0.5), s = sqrt(z);
    double near_one = 2.0 * (s + __cw_asin_rest(s, z));
    double large = x > 0.0 ? near_one : (3.141592653589793 - near_one) + 1.2246467991473532e-16;
    double small = 1.5707963267948966 - (x + (__cw_asin_rest(x, x * x) - 6.123233995736766e-17));
    return a < 0.5 ? small : large;
}
// atan(n / d) for n, d >= 0 of which not both are 0 or infinite.
__device__ inline double __cw_atan_of_ratio(double n, double d) {
    // Above tan(3 pi / 8) the angle is pi/2 - atan(d / n), above tan(pi / 8) pi/4 + atan((n - d) / (n + d)).
    bool is_large = n > d * 2.414213562373095, is_middle = n > d * 0.414213562373095;
    double up = is_large ? -d : (is_middle ? n - d : n), down = is_large ? n : (is_middle ? n + d : d);
    double base = is_large ? 1.5707963267948966 : (is_middle ? 0.7853981633974483 : 0.0);
    double base_low = is_large ? 6.123233995736766e-17 : (is_middle ? 3.061616997868383e-17 : 0.0);
    double t = up / down, z = t * t;
    return base + (t + fma(t * z, __cw_p_atan(z), base_low));
}
__device__ inline double __cw_atan(double x) {
    double r = __cw_atan_of_ratio(fmin(fabs(x), 1.0e300), 1.0);
    return isnan(x) ? x : copysign(r, x);
}
__device__ inline double __cw_atan2(double y, double x) {
    double n = fabs(y), d = fabs(x);
    // Powers of two keep the ratio; they keep the sum finite and the products of small numbers exact.
    double scale = fmax(n, d) > 1.0e300 ? 0.0625 : (fmax(n, d) < 1.0e-290 ? 18014398509481984.0 : 1.0);
    n *= scale;
    d *= scale;
    bool both_infinite = n == __CW_INF && d == __CW_INF, both_zero = n == 0.0 && d == 0.0;
    double a = __cw_atan_of_ratio(both_infinite ? 1.0 : n, both_infinite || both_zero ? 1.0 : d);
    a = __double_as_longlong(x) < 0 ? (3.141592653589793 - a) + 1.2246467991473532e-16 : a;
    return isnan(x) || isnan(y) ? x + y : copysign(a, y);
}
