// What the double-precision functions share.
#pragma once
#include "polynomials_f64.cuh"
#define __CW_INF __longlong_as_double(0x7ff0000000000000ll)
#define __CW_NAN __longlong_as_double(0x7fffffffffffffffll)
// Adding 1.5 * 2**52 rounds |x| < 2**51 to an integer, which is then in the low bits of the sum.
#define __CW_ROUNDER64 6755399441055744.0

// A sum whose low part is at most about half an ulp of the high one.
struct __cw_double_pair { double hi, lo; };
__device__ inline __cw_double_pair __cw_pair(double hi, double lo) {
    __cw_double_pair r;
    r.hi = hi;
    r.lo = lo;
    return r;
}
// The exact sum of a and b, |a| >= |b| or a == 0 (Dekker's Fast2Sum).
__device__ inline __cw_double_pair __cw_fast_two_sum(double a, double b) {
    double s = a + b;
    return __cw_pair(s, b - (s - a));
}
// The exact sum of a and b (Knuth's 2Sum).
__device__ inline __cw_double_pair __cw_two_sum(double a, double b) {
    double s = a + b, t = s - a;
    return __cw_pair(s, (a - (s - t)) + (b - t));
}
__device__ inline int __cw_low_word(double x) { return (int)__double_as_longlong(x); }
__device__ inline double __cw_power_of_two(int n) { return __longlong_as_double((long long)(n + 1023) << 52); }
