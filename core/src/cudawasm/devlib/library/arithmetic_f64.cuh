// Roots, remainders and bit-level functions in double precision; all but cbrt and hypot are exact.
#pragma once
#include "common_f64.cuh"

__device__ inline double __cw_cbrt(double x) {
    double a = fabs(x);
    bool is_small = a < 2.2250738585072014e-308, is_large = a > 1.0e300;
    double b = is_small ? a * 18014398509481984.0 : (is_large ? a * 5.551115123125783e-17 : a);
    // A third of the exponent; two steps of Halley's iteration and one of Newton's with an exact residual.
    unsigned int high = (unsigned int)(__double_as_longlong(b) >> 32) / 3u + 0x2a9f7893u;
    double y = __longlong_as_double((long long)high << 32);
    double cube = y * y * y;
    y = y * (fma(2.0, b, cube) / fma(2.0, cube, b));
    cube = y * y * y;
    y = y * (fma(2.0, b, cube) / fma(2.0, cube, b));
    double square = y * y, square_low = fma(y, y, -square);
    double residual = fma(square, y, -b) + square_low * y;
    y = y - residual / (3.0 * square);
    y = is_small ? y * 3.814697265625e-06 : (is_large ? y * 262144.0 : y);
    return a == 0.0 || !(a < __CW_INF) ? x : copysign(y, x);
}
__device__ inline double __cw_hypot(double x, double y) {
    double a = fabs(x), b = fabs(y), high = fmax(a, b), low = fmin(a, b);
    bool is_large = high > 1.0e150, is_small = high < 1.0e-140;
    double scale = __cw_power_of_two(is_large ? -600 : (is_small ? 600 : 0));
    double back = __cw_power_of_two(is_large ? 600 : (is_small ? -600 : 0));
    double p = high * scale, q = low * scale;
    double r = sqrt(fma(p, p, q * q)) * back;
    r = isnan(x) || isnan(y) ? x + y : r;
    return high == __CW_INF ? __CW_INF : r;
}
__device__ inline double __cw_ldexp(double x, int n) {
    bool is_small = fabs(x) < 2.2250738585072014e-308;
    long long bits = __double_as_longlong(is_small ? x * 18014398509481984.0 : x);
    int exponent = (int)(bits >> 52 & 0x7ff) - 1023 - (is_small ? 54 : 0);
    int e = exponent + (n > 4000 ? 4000 : (n < -4000 ? -4000 : n));
    e = e > 1200 ? 1200 : (e < -1200 ? -1200 : e);
    // The first product is exact; the second one rounds, overflows or underflows.
    int extra = e > 500 ? 500 : (e < -500 ? -500 : 0);
    double m = __longlong_as_double((bits & 0x800fffffffffffffll) | 1023ll << 52);
    double y = m * __cw_power_of_two(e - extra) * __cw_power_of_two(extra);
    return x == 0.0 || !(fabs(x) < __CW_INF) ? x : y;
}
__device__ inline double __cw_nextafter(double x, double y) {
    long long bits = __double_as_longlong(x);
    bool is_away = (x < y) == (bits >= 0);
    double next = __longlong_as_double(bits + (is_away ? 1 : -1));
    next = x == 0.0 ? copysign(__longlong_as_double(1), y) : next;
    next = x == y ? y : next;
    return isnan(x) || isnan(y) ? x + y : next;
}

// |x| mod |y| for finite x and y != 0 as r 2**e where |y| is y 2**e, and the lowest bits of the quotient.
struct __cw_double_division { double r, y; int e; unsigned int quotient; };
__device__ inline __cw_double_division __cw_divide(double x, double y) {
    double a = fabs(x), b = fabs(y);
    bool a_small = a < 2.2250738585072014e-308, b_small = b < 2.2250738585072014e-308;
    long long a_bits = __double_as_longlong(a_small ? a * 18014398509481984.0 : a);
    long long b_bits = __double_as_longlong(b_small ? b * 18014398509481984.0 : b);
    int a_exponent = (int)(a_bits >> 52) - (a_small ? 54 : 0), b_exponent = (int)(b_bits >> 52) - (b_small ? 54 : 0);
    bool is_less = a < b || a == 0.0;
    int left = is_less ? 0 : a_exponent - b_exponent;
    // Significands as integers; the dividend is shifted in 50 bits at a time, each quotient is exact but for one.
    double d = __longlong_as_double((b_bits & 0xfffffffffffffll) | 1075ll << 52);
    double r = __longlong_as_double((a_bits & 0xfffffffffffffll) | 1075ll << 52);
    __cw_double_division result;
    result.quotient = r >= d ? 1 : 0;
    r = r >= d ? r - d : r;
    while (left > 0) {
        int step = left < 50 ? left : 50;
        double wide = r * __cw_power_of_two(step);
        double q = trunc(wide / d);
        r = fma(-q, d, wide);
        bool is_over = r < 0.0, is_under = r >= d;
        q = is_over ? q - 1.0 : (is_under ? q + 1.0 : q);
        r = is_over ? r + d : (is_under ? r - d : r);
        result.quotient = (unsigned int)(long long)q + (step < 32 ? result.quotient << (step & 31) : 0);
        left -= step;
    }
    result.r = is_less ? a : r;
    result.y = is_less ? b : d;
    result.quotient = is_less ? 0 : result.quotient;
    result.e = is_less ? 0 : b_exponent - 1075;
    return result;
}
__device__ inline double __cw_fmod(double x, double y) {
    __cw_double_division d = __cw_divide(x, y);
    bool is_invalid = !(fabs(x) < __CW_INF) || y == 0.0 || isnan(y);
    return is_invalid ? __CW_NAN : copysign(__cw_ldexp(d.r, d.e), x);
}
__device__ inline double __cw_remainder(double x, double y) {
    __cw_double_division d = __cw_divide(x, y);
    double twice = d.r + d.r;
    double r = twice > d.y || (twice == d.y && (d.quotient & 1)) ? d.r - d.y : d.r;
    r = __cw_ldexp(r, d.e);
    bool is_invalid = !(fabs(x) < __CW_INF) || y == 0.0 || isnan(y);
    return is_invalid ? __CW_NAN : (__double_as_longlong(x) < 0 ? -r : r);
}

// The largest number below a half: a half itself would carry the number below it to 1.
__device__ inline double __cw_round(double x) { return trunc(x + copysign(0.49999999999999994, x)); }
