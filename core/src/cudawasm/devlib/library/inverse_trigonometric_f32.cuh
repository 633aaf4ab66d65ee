// asin, acos, atan and atan2 in single precision.
#pragma once
#include "common_f32.cuh"

// asin of |x| <= 1/2, less x.
__device__ inline float __cw_asin_rest(float x, float z) { return x * z * __cw_p_asin(z); }
__device__ inline float __cw_asin(float x) {
    float a = fabsf(x);
    // asin x = pi/2 - 2 asin sqrt((1 - x) / 2); the square root's error is added to what is subtracted.
    float z = fmaf(a, -0.5f, 0.5f), s = sqrtf(z);
    float s_low = fmaf(-s, s, z) / (s + s);
    s_low = s > 0.0f ? s_low : 0.0f;
    float rest = __cw_asin_rest(s, z) + s_low;
    float large = fmaf(-2.0f, s, 1.5707964f) + fmaf(-2.0f, rest, -4.371139e-08f);
    float small = a + __cw_asin_rest(a, a * a);
    return copysignf(a < 0.5f ? small : large, x);
}
__device__ inline float __cw_acos(float x) {
    float a = fabsf(x);
    float z = fmaf(a, -0.5f, 0.5f), s = sqrtf(z);
    float near_one = 2.0f * (s + __cw_asin_rest(s, z));
    float large = x > 0.0f ? near_one : (3.1415927f - near_one) + -8.742278e-08f;
    float small = 1.5707964f - (x + (__cw_asin_rest(x, x * x) + 4.371139e-08f));
    return a < 0.5f ? small : large;
}
// atan(n / d) for n, d >= 0 of which not both are 0 or infinite.
__device__ inline float __cw_atan_of_ratio(float n, float d) {
    // Above tan(3 pi / 8) the angle is pi/2 - atan(d / n), above tan(pi / 8) pi/4 + atan((n - d) / (n + d)).
    bool is_large = n > d * 2.41421356f, is_middle = n > d * 0.41421356f;
    float up = is_large ? -d : (is_middle ? n - d : n), down = is_large ? n : (is_middle ? n + d : d);
    float base = is_large ? 1.5707964f : (is_middle ? 0.7853982f : 0.0f);
    float base_low = is_large ? -4.371139e-08f : (is_middle ? -2.1855694e-08f : 0.0f);
    float t = up / down, z = t * t;
    return base + (t + fmaf(t * z, __cw_p_atan(z), base_low));
}
__device__ inline float __cw_atan(float x) {
    float r = __cw_atan_of_ratio(fminf(fabsf(x), 1.0e30f), 1.0f);
    return isnan(x) ? x : copysignf(r, x);
}
__device__ inline float __cw_atan2(float y, float x) {
    float n = fabsf(y), d = fabsf(x);
    // Powers of two keep the ratio; they keep the sum finite and the products of small numbers exact.
    float scale = fmaxf(n, d) > 1.0e30f ? 0.0625f : (fmaxf(n, d) < 1.0e-30f ? 16777216.0f : 1.0f);
    n *= scale;
    d *= scale;
    bool both_infinite = n == __CW_INFF && d == __CW_INFF, both_zero = n == 0.0f && d == 0.0f;
    float a = __cw_atan_of_ratio(both_infinite ? 1.0f : n, both_infinite || both_zero ? 1.0f : d);
    a = __float_as_int(x) < 0 ? (3.1415927f - a) + -8.742278e-08f : a;
    return isnan(x) || isnan(y) ? x + y : copysignf(a, y);
}
