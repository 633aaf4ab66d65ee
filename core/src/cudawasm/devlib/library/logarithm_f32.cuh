// log, its relatives and pow in single precision: x = 2**e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
#pragma once
#include "common_f32.cuh"
#include "exponential_f32.cuh"

struct __cw_float_split { float e, f; };
__device__ inline __cw_float_split __cw_split(float x) {
    bool is_small = x < 1.17549435e-38f;
    int bits = __float_as_int(is_small ? x * 8388608.0f : x) - 0x3f3504f3;
    __cw_float_split s;
    s.e = (float)(bits >> 23) - (is_small ? 23.0f : 0.0f);
    s.f = __int_as_float((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
    return s;
}
// The logarithm of a zero, a negative number, an infinity or NaN; ``value`` for all others.
__device__ inline float __cw_log_special(float x, float value) {
    value = x < __CW_INFF ? value : x;
    return x > 0.0f ? value : (x == 0.0f ? -__CW_INFF : __CW_NANF);
}
// e ln 2 + log(1 + f + low), where the sum of the two largest terms is kept exact.
__device__ inline float __cw_log_of_split(float e, float f, float low) {
    float q = fmaf(f * f, fmaf(f, __cw_p_log1p(f), -0.5f), low);
    float high = e * 0.693145752f;  // 16 bits: the product is exact
    __cw_float_pair s = __cw_fast_two_sum(high, f);
    return s.hi + (s.lo + fmaf(e, 1.42860677e-06f, q));
}
// log of x / 2**shift, x positive and normal: x = 2**e (1 + f) with 1 + f between 2/3 and 4/3, within 0.93 ulp.
__device__ inline float __cw_log_of_normal(float x, int shift) {
    int e = (__float_as_int(x) - 0x3f2aaaab) & 0xff800000;  // times 2**23
    float f = __int_as_float(__float_as_int(x) - e) - 1.0f;
    float r = fmaf(f * __cw_p_log(f), f, f);
    return fmaf((float)(e - (shift << 23)), 8.262958e-08f, r);
}
__device__ inline float __cw_log_of_other(float x) {
    float value = x > 0.0f ? __cw_log_of_normal(x * 8388608.0f, 23) : __CW_NANF;
    value = x < __CW_INFF ? value : x;
    return x == 0.0f ? -__CW_INFF : value;
}
__device__ inline float __cw_log(float x) {
    float y;
    if (__float_as_uint(x) - 0x00800000u < 0x7f000000u)
        y = __cw_log_of_normal(x, 0);
    else
        y = __cw_log_of_other(x);
    return y;
}
__device__ inline float __cw_fast_log(float x) {
    __cw_float_split s = __cw_split(x);
    float q = fmaf(s.f * s.f, fmaf(s.f, __cw_p_fast_log1p(s.f), -0.5f), s.f);
    return __cw_log_special(x, fmaf(s.e, 0.6931472f, q));
}
__device__ inline float __cw_fast_log_by_log2(float x) { return __cw_instruction_log2(x) * 0.6931472f; }
__device__ inline float __cw_log2(float x) {
    __cw_float_split s = __cw_split(x);
    float high = s.f * 1.442695f;
    __cw_float_pair sum = __cw_fast_two_sum(s.e, high);
    float low = fmaf(s.f, __cw_p_log2(s.f), fmaf(s.f, 1.442695f, -high));
    return __cw_log_special(x, sum.hi + (sum.lo + low));
}
__device__ inline float __cw_fast_log2(float x) {
    __cw_float_split s = __cw_split(x);
    return __cw_log_special(x, fmaf(s.f, __cw_p_log2(s.f), fmaf(s.f, 1.442695f, s.e)));
}
__device__ inline float __cw_log10(float x) {
    __cw_float_split s = __cw_split(x);
    float ln = fmaf(s.f * s.f, fmaf(s.f, __cw_p_log1p(s.f), -0.5f), s.f);
    float log10 = fmaf(ln, 0.4342945f, ln * -1.010305e-08f);
    return __cw_log_special(x, fmaf(s.e, 0.30103f, fmaf(s.e, -1.4320989e-08f, log10)));
}
__device__ inline float __cw_log1p(float x) {
    float u = 1.0f + x;
    float lost = x < 1.0f ? x - (u - 1.0f) : 1.0f - (u - x);
    __cw_float_split s = __cw_split(u);
    // What u lost of x, in units of 2**e, times 1 / (1 + f) to second order.
    lost = fabsf(s.e) < 100.0f ? lost * __int_as_float((127 - (int)s.e) << 23) : 0.0f;
    bool is_near = s.e == 0.0f;
    float f = is_near ? x : s.f, low = is_near ? 0.0f : lost * fmaf(f, f - 1.0f, 1.0f);
    float y = __cw_log_special(u, __cw_log_of_split(s.e, f, low));
    return fabsf(x) < 1.0e-8f ? x : y;
}

// log2 of a positive normal number as a sum of two floats with relative error below 2**-29:
// log((1 + s) / (1 - s)) = 2 s + s**3 P(s**2) at s = f / (2 + f).
__device__ inline __cw_float_pair __cw_log2_pair(float x) {
    __cw_float_split split = __cw_split(x);
    float m = split.f + 1.0f, d = m + 1.0f, d_low = m - (d - 1.0f), inverse = 1.0f / d;
    float s = split.f * inverse;
    float s_low = fmaf(-s, d_low, fmaf(-s, d, split.f)) * inverse;
    float z = s * s;
    __cw_float_pair ln = __cw_fast_two_sum(2.0f * s, fmaf(s * z, __cw_p_atanh(z), 2.0f * s_low));
    float high = ln.hi * 1.442695f;
    float low = fmaf(ln.hi, 1.442695f, -high) + fmaf(ln.hi, 1.925963e-08f, ln.lo * 1.442695f);
    __cw_float_pair sum = __cw_fast_two_sum(split.e, high);
    bool is_near = split.e == 0.0f;  // then the sum would lose the sign of a zero and nothing is to be added
    __cw_float_pair r;
    r.hi = is_near ? high : sum.hi;
    r.lo = is_near ? low : sum.lo + low;
    return r;
}
__device__ inline float __cw_pow(float x, float y) {
    float a = fabsf(x), b = fabsf(y);
    __cw_float_pair log2 = __cw_log2_pair(a);
    float p = y * log2.hi, p_low = fmaf(y, log2.lo, fmaf(y, log2.hi, -p));
    float r = __cw_exp2_sum(p, p_low);
    r = p >= 200.0f ? __CW_INFF : r;  // an infinite product has no low part
    r = p <= -200.0f ? 0.0f : r;
    bool is_integer = truncf(y) == y;
    bool is_odd = is_integer && b < 16777216.0f && ((int)b & 1);
    bool is_edge = a == 0.0f || a == __CW_INFF;
    r = is_edge ? ((a == 0.0f) == (y < 0.0f) ? __CW_INFF : 0.0f) : r;
    r = x < 0.0f && !is_integer && !is_edge ? __CW_NANF : r;
    r = __float_as_int(x) < 0 && is_odd ? -r : r;
    r = a == 1.0f && b == __CW_INFF ? 1.0f : r;
    r = isnan(x) || isnan(y) ? x + y : r;
    return x == 1.0f || y == 0.0f ? 1.0f : r;
}
// As the device does: 2**(y log2 x), for which a negative x gives NaN.
__device__ inline float __cw_fast_pow(float x, float y) { return __cw_exp2_sum(y * __cw_fast_log2(x), 0.0f); }
