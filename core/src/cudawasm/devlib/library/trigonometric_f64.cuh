// sin, cos, tan and their relatives in double precision.
#pragma once
#include "common_f64.cuh"

// x = quadrant * pi/2 + hi + lo with |hi| a little above pi/4 at most; only the two low bits of the quadrant count.
struct __cw_double_angle { double hi, lo; int quadrant; };

// Payne and Hanek's reduction: multiply by a 192-bit window of 2/pi whose higher bits only add multiples of 4.
__device__ inline __cw_double_angle __cw_reduce_far(double x) {
    const unsigned long long two_over_pi[20] = {
        0, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
        0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
        0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
        0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};
    long long bits = __double_as_longlong(x);
    unsigned long long m = (bits & 0xfffffffffffffll) | 0x10000000000000ll;
    int start = (int)(bits >> 52 & 0x7ff) - 1013;  // of the window, in a 2/pi with 64 leading zeros
    start = start < 0 ? 0 : (start > 1033 ? 1033 : start);
    int word = start >> 6, shift = start & 63;
    unsigned long long a0 = two_over_pi[word], a1 = two_over_pi[word + 1];
    unsigned long long a2 = two_over_pi[word + 2], a3 = two_over_pi[word + 3];
    unsigned long long w0 = a0 << shift | a1 >> 1 >> (63 - shift);
    unsigned long long w1 = a1 << shift | a2 >> 1 >> (63 - shift);
    unsigned long long w2 = a2 << shift | a3 >> 1 >> (63 - shift);
    unsigned long long carry = __umul64hi(m, w2), low = m * w1 + carry;
    unsigned long long high = m * w0 + __umul64hi(m, w1) + (low < carry ? 1 : 0);
    // Two bits of quadrant, then the fraction; from 1/2 on it counts down from the next quadrant.
    int quadrant = (int)(high >> 62);
    high = high << 2 | low >> 62;
    low <<= 2;
    bool is_upper = (long long)high < 0;
    quadrant += is_upper ? 1 : 0;
    low = is_upper ? 0 - low : low;
    high = is_upper ? 0 - high - (low != 0 ? 1 : 0) : high;
    int zeros = __clzll((long long)high) & 63;
    high = high << zeros | low >> 1 >> (63 - zeros);
    low <<= zeros;
    double top = (double)(high >> 11) * __cw_power_of_two(-53 - zeros);
    double rest = (double)(high << 53 | low >> 11) * __cw_power_of_two(-117 - zeros);
    double r = top * 1.5707963267948966;
    double r_low = fma(top, 1.5707963267948966, -r) + fma(top, 6.123233995736766e-17, rest * 1.5707963267948966);
    bool is_negative = bits < 0;
    __cw_double_angle angle;
    angle.hi = is_upper != is_negative ? -r : r;
    angle.lo = is_upper != is_negative ? -r_low : r_low;
    angle.quadrant = is_negative ? -quadrant : quadrant;
    return angle;
}
__device__ inline __cw_double_angle __cw_reduce(double x) {
    // Cody and Waite's reduction with pi/2 in three parts.
    double t = fma(x, 0.6366197723675814, __CW_ROUNDER64), n = t - __CW_ROUNDER64;
    double first = fma(n, -1.5707963267948966, x), second = n * 6.123233995736766e-17;
    double second_low = fma(n, 6.123233995736766e-17, -second);
    __cw_double_pair r = __cw_two_sum(first, -second);
    __cw_double_angle angle;
    angle.hi = r.hi;
    angle.lo = fma(n, 1.4973849048591698e-33, r.lo - second_low);
    angle.quadrant = __cw_low_word(t);
    if (fabs(x) > 1.0e8) {
        __cw_double_angle far = __cw_reduce_far(x);
        angle.hi = fabs(x) < __CW_INF ? far.hi : __CW_NAN;
        angle.lo = far.lo;
        angle.quadrant = far.quadrant;
    }
    return angle;
}
__device__ inline double __cw_sin_of_pair(double hi, double lo, double z) {
    return hi + fma(hi * z, __cw_p_sin(z), fma(z, -0.5, 1.0) * lo);
}
__device__ inline double __cw_cos_of_pair(double hi, double lo, double z) {
    double whole = fma(z, -0.5, 1.0), lost = fma(z, -0.5, 1.0 - whole);
    return whole + (fma(z * z, __cw_p_cos(z), lost) - hi * lo);
}
__device__ inline double __cw_flip(double x, int sign_in_bit_1) {
    return __longlong_as_double(__double_as_longlong(x) ^ (long long)(sign_in_bit_1 & 2) << 62);
}
__device__ inline double __cw_sin(double x) {
    __cw_double_angle a = __cw_reduce(x);
    double z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    double y = __cw_flip(a.quadrant & 1 ? c : s, a.quadrant);
    return x == 0.0 ? x : y;
}
__device__ inline double __cw_cos(double x) {
    __cw_double_angle a = __cw_reduce(x);
    double z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    return __cw_flip(a.quadrant & 1 ? s : c, a.quadrant + 1);
}
__device__ inline double __cw_tan(double x) {
    __cw_double_angle a = __cw_reduce(x);
    double z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    bool is_odd = a.quadrant & 1;
    double y = (is_odd ? -c : s) / (is_odd ? s : c);
    return x == 0.0 ? x : y;
}

// x = half turns + f / 2 with |f| <= 1/2: pi x as a pair, and the number of quarter turns.
__device__ inline __cw_double_angle __cw_reduce_turn(double x) {
    double y = fma(-2.0, rint(x * 0.5), x);
    double t = fma(y, 2.0, __CW_ROUNDER64), f = fma(t - __CW_ROUNDER64, -0.5, y);
    __cw_double_angle a;
    a.hi = f * 3.141592653589793;
    a.lo = fma(f, 1.2246467991473532e-16, fma(f, 3.141592653589793, -a.hi));
    a.quadrant = __cw_low_word(t);
    return a;
}
__device__ inline double __cw_sinpi(double x) {
    __cw_double_angle a = __cw_reduce_turn(x);
    double z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    double y = __cw_flip(a.quadrant & 1 ? c : s, a.quadrant);
    return y == 0.0 ? copysign(0.0, x) : y;
}
__device__ inline double __cw_cospi(double x) {
    __cw_double_angle a = __cw_reduce_turn(x);
    double z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    double y = __cw_flip(a.quadrant & 1 ? s : c, a.quadrant + 1);
    return y == 0.0 ? 0.0 : y;
}
