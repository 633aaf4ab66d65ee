// log, its relatives and pow in double precision: x = 2**e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
#pragma once
#include "common_f64.cuh"
#include "exponential_f64.cuh"

struct __cw_double_split { double e, f; };
__device__ inline __cw_double_split __cw_split(double x) {
    bool is_small = x < 2.2250738585072014e-308;
    long long bits = __double_as_longlong(is_small ? x * 18014398509481984.0 : x) - 0x3fe6a09e667f3bcdll;
    __cw_double_split s;
    s.e = (double)((int)(bits >> 52) - (is_small ? 54 : 0));
    s.f = __longlong_as_double((bits & 0xfffffffffffffll) + 0x3fe6a09e667f3bcdll) - 1.0;
    return s;
}
// The logarithm of a zero, a negative number, an infinity or NaN; ``value`` for all others.
__device__ inline double __cw_log_special(double x, double value) {
    value = x < __CW_INF ? value : x;
    return x > 0.0 ? value : (x == 0.0 ? -__CW_INF : __CW_NAN);
}
// log(1 + f) - f: with s = f / (2 + f), log(1 + f) = 2 s + s**3 P(s**2) and 2 s = f - f**2 / 2 + s f**2 / 2.
__device__ inline double __cw_log_rest(double f) {
    double s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    return fma(s, fma(z, __cw_p_atanh(z), h), -h);
}
// e ln 2 + log(1 + f + low), where the sum of the two largest terms is kept exact.
__device__ inline double __cw_log_of_split(double e, double f, double low) {
    __cw_double_pair s = __cw_fast_two_sum(e * 0.6931471803691238, f);  // 32 bits: the product is exact
    return s.hi + (s.lo + fma(e, 1.9082149292705877e-10, __cw_log_rest(f) + low));
}
__device__ inline double __cw_log(double x) {
    __cw_double_split s = __cw_split(x);
    return __cw_log_special(x, __cw_log_of_split(s.e, s.f, 0.0));
}
// scale log(1 + f) with a scale in two parts, as a pair.
__device__ inline __cw_double_pair __cw_scaled_log1p(double f, double scale, double scale_low) {
    __cw_double_pair ln = __cw_fast_two_sum(f, __cw_log_rest(f));
    double high = ln.hi * scale;
    return __cw_pair(high, fma(ln.hi, scale, -high) + fma(ln.hi, scale_low, ln.lo * scale));
}
__device__ inline double __cw_log2(double x) {
    __cw_double_split s = __cw_split(x);
    __cw_double_pair part = __cw_scaled_log1p(s.f, 1.4426950408889634, 2.0355273740931033e-17);
    __cw_double_pair sum = __cw_fast_two_sum(s.e, part.hi);
    return __cw_log_special(x, sum.hi + (sum.lo + part.lo));
}
__device__ inline double __cw_log10(double x) {
    __cw_double_split s = __cw_split(x);
    __cw_double_pair part = __cw_scaled_log1p(s.f, 0.4342944819032518, 1.098319650216765e-17);
    __cw_double_pair sum = __cw_fast_two_sum(s.e * 0.3010299955494702, part.hi);
    return __cw_log_special(x, sum.hi + (sum.lo + fma(s.e, 1.1451100898021838e-10, part.lo)));
}
__device__ inline double __cw_log1p(double x) {
    double u = 1.0 + x;
    double lost = x < 1.0 ? x - (u - 1.0) : 1.0 - (u - x);
    __cw_double_split s = __cw_split(u);
    // What u lost of x, in units of 2**e, times 1 / (1 + f) to second order.
    lost = fabs(s.e) < 1000.0 ? lost * __cw_power_of_two(-(int)s.e) : 0.0;
    bool is_near = s.e == 0.0;
    double f = is_near ? x : s.f, low = is_near ? 0.0 : lost * fma(f, f - 1.0, 1.0);
    double y = __cw_log_special(u, __cw_log_of_split(s.e, f, low));
    return fabs(x) < 1.0e-17 ? x : y;
}

// log of a positive number as a pair with relative error of about 2**-64.
__device__ inline __cw_double_pair __cw_log_pair(double x) {
    __cw_double_split split = __cw_split(x);
    double m = split.f + 1.0, d = m + 1.0, d_low = m - (d - 1.0), inverse = 1.0 / d;
    double s = split.f * inverse, s_low = fma(-s, d_low, fma(-s, d, split.f)) * inverse;
    double z = s * s, z_low = fma(s, s, -z) + 2.0 * s * s_low;
    // log(1 + f) = 2 s + s z (2/3 + z T(z)).
    __cw_double_pair p = __cw_fast_two_sum(0.6666666666666666, z * __cw_p_atanh_tail(z));
    p.lo += 3.700743415417188e-17;
    double t = z * p.hi, t_low = fma(z, p.hi, -t) + fma(z, p.lo, z_low * p.hi);
    double u = s * t, u_low = fma(s, t, -u) + fma(s, t_low, s_low * t);
    __cw_double_pair ln = __cw_fast_two_sum(2.0 * s, u);
    ln.lo += fma(2.0, s_low, u_low);
    __cw_double_pair sum = __cw_fast_two_sum(split.e * 0.6931471805598903, ln.hi);  // 42 bits: exact
    return __cw_fast_two_sum(sum.hi, sum.lo + fma(split.e, 5.497923018708371e-14, ln.lo));
}
__device__ inline double __cw_pow(double x, double y) {
    double a = fabs(x), b = fabs(y);
    __cw_double_pair ln = __cw_log_pair(a);
    double p = y * ln.hi, p_low = fma(y, ln.lo, fma(y, ln.hi, -p));
    double r = __cw_exp_sum(p, p_low);
    r = p >= 720.0 ? __CW_INF : r;  // an infinite product has no low part
    r = p <= -760.0 ? 0.0 : r;
    bool is_integer = trunc(y) == y;
    bool is_odd = is_integer && b < 9007199254740992.0 && ((long long)b & 1);
    bool is_edge = a == 0.0 || a == __CW_INF;
    r = is_edge ? ((a == 0.0) == (y < 0.0) ? __CW_INF : 0.0) : r;
    r = x < 0.0 && !is_integer && !is_edge ? __CW_NAN : r;
    r = __double_as_longlong(x) < 0 && is_odd ? -r : r;
    r = a == 1.0 && b == __CW_INF ? 1.0 : r;
    r = isnan(x) || isnan(y) ? x + y : r;
    return x == 1.0 || y == 0.0 ? 1.0 : r;
}
