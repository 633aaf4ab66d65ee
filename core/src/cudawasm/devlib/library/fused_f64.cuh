// The fused multiply-add of double precision for targets that have none: exact products and sums of pairs, the last of
// which is rounded to odd, on operands whose exponents have been taken out (Boldo and Melquiond, 2008).
#pragma once
#include "common_f64.cuh"

// x in [1, 2) or (-2, -1], and its exponent, for any finite x but 0.
__device__ inline int __cw_exponent_of(double x) { return (int)(__double_as_longlong(x) >> 52 & 0x7ff); }
__device__ inline double __cw_with_exponent(double x, int exponent) {
    long long rest = __double_as_longlong(x) & (long long)0x800fffffffffffffull;
    return __longlong_as_double(rest | (long long)(exponent + 1023) << 52);
}
// The exact product of two numbers of ordinary size (Veltkamp and Dekker).
__device__ inline __cw_double_pair __cw_split_product(double a, double b) {
    double ta = 134217729.0 * a, tb = 134217729.0 * b;
    double ah = ta - (ta - a), bh = tb - (tb - b), al = a - ah, bl = b - bh;
    double p = a * b;
    return __cw_pair(p, ((ah * bh - p) + ah * bl + al * bh) + al * bl);
}
// A sum rounded to odd, or with a parity of 1 to even.
__device__ inline double __cw_odd_sum(double a, double b, int parity) {
    __cw_double_pair sum = __cw_two_sum(a, b);
    long long bits = __double_as_longlong(sum.hi);
    bool is_larger = (sum.lo > 0.0) == (sum.hi > 0.0);
    bool moves = (bits & 1) == parity && (sum.lo > 0.0 || sum.lo < 0.0);
    return __longlong_as_double(moves ? (is_larger ? bits + 1 : bits - 1) : bits);
}
__device__ inline double __cw_fma(double a, double b, double c) {
    double plain = a * b + c;
    bool is_finite = fabs(a) < __CW_INF && fabs(b) < __CW_INF;
    bool is_special = a == 0.0 || b == 0.0 || c == 0.0 || !is_finite || !(fabs(c) < __CW_INF);
    double special = is_finite && fabs(c) == __CW_INF ? c : plain;
    double x = __cw_exponent_of(a) ? a : a * 18014398509481984.0, y = __cw_exponent_of(b) ? b : b * 18014398509481984.0;
    double z = __cw_exponent_of(c) ? c : c * 18014398509481984.0;
    int of_product = __cw_exponent_of(x) - (x == a ? 0 : 54) + __cw_exponent_of(y) - (y == b ? 0 : 54) - 2046;
    int of_sum = __cw_exponent_of(z) - (z == c ? 0 : 54) - 1023;
    // Further apart than this, the smaller one only decides in which direction the larger is rounded.
    int distance = of_sum - of_product;
    distance = distance > 110 ? 110 : (distance < -110 ? -110 : distance);
    int scale = of_sum - of_product > 110 ? of_sum - 110 : of_product;
    x = __cw_with_exponent(x, 0);
    y = __cw_with_exponent(y, 0);
    z = __cw_with_exponent(z, distance);
    __cw_double_pair product = __cw_split_product(x, y);
    __cw_double_pair low = __cw_two_sum(z, product.lo);
    __cw_double_pair high = __cw_two_sum(product.hi, low.hi);
    double rest = __cw_odd_sum(low.lo, high.lo, 0);
    double sum = high.hi + rest;
    // A result below the normal numbers is rounded when it is scaled. Where that takes one bit, a sum that is odd looks like
    // the middle between two, and must not if it is none.
    int size = __cw_exponent_of(sum) - 1023 + scale;
    sum = size < -1022 && sum != 0.0 ? __cw_odd_sum(high.hi, rest, size == -1023) : sum;
    scale = scale > 1300 ? 1300 : (scale < -1300 ? -1300 : scale);
    int half = scale / 2;
    double scaled = sum * __cw_power_of_two(half) * __cw_power_of_two(scale - half);
    return is_special ? special : scaled;
}
