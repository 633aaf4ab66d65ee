// Roots, remainders and bit-level functions in single precision; all but cbrt and hypot are exact.
#pragma once
#include "common_f32.cuh"

__device__ inline float __cw_cbrt(float x) {
    float a = fabsf(x);
    bool is_small = a < 1.17549435e-38f;
    bool is_large = a > 1.0e30f;
    float b = is_small ? a * 16777216.0f : (is_large ? a * 5.9604644775390625e-8f : a);
    // A third of the exponent; one step of Halley's iteration and one of Newton's with an exact residual.
    float y = __uint_as_float(__float_as_uint(b) / 3u + 0x2a514067u);
    float cube = y * y * y;
    y = y * (fmaf(2.0f, b, cube) / fmaf(2.0f, cube, b));
    float square = y * y, square_low = fmaf(y, y, -square);
    float residual = fmaf(square, y, -b) + square_low * y;
    y = y - residual / (3.0f * square);
    y = is_small ? y * 0.00390625f : (is_large ? y * 256.0f : y);
    return a == 0.0f || !(a < __CW_INFF) ? x : copysignf(y, x);
}
__device__ inline float __cw_hypot(float x, float y) {
    float a = fabsf(x), b = fabsf(y), high = fmaxf(a, b), low = fminf(a, b);
    float scale = high > 1.0e18f ? 8.4703294725430034e-22f : (high < 1.0e-18f ? 1.2089258196146292e24f : 1.0f);
    float back = high > 1.0e18f ? 1.1805916207174113e21f : (high < 1.0e-18f ? 8.271806125530277e-25f : 1.0f);
    float p = high * scale, q = low * scale;
    float r = sqrtf(fmaf(p, p, q * q)) * back;
    r = isnan(x) || isnan(y) ? x + y : r;
    return high == __CW_INFF ? __CW_INFF : r;
}
__device__ inline float __cw_ldexp(float x, int n) {
    bool is_small = fabsf(x) < 1.17549435e-38f;
    int bits = __float_as_int(is_small ? x * 16777216.0f : x);
    int exponent = (bits >> 23 & 0xff) - 127 - (is_small ? 24 : 0);
    int e = exponent + (n > 600 ? 600 : (n < -600 ? -600 : n));
    e = e > 200 ? 200 : (e < -200 ? -200 : e);
    // The first product is exact; the second one rounds, overflows or underflows.
    int extra = e > 100 ? 100 : (e < -100 ? -100 : 0);
    float m = __int_as_float((bits & 0x807fffff) | 127 << 23);
    float y = m * __int_as_float((e - extra + 127) << 23) * __int_as_float((extra + 127) << 23);
    return x == 0.0f || !(fabsf(x) < __CW_INFF) ? x : y;
}
__device__ inline float __cw_nextafter(float x, float y) {
    int bits = __float_as_int(x);
    bool is_away = (x < y) == (bits >= 0);
    float next = __int_as_float(bits + (is_away ? 1 : -1));
    next = x == 0.0f ? __int_as_float((__float_as_int(y) & 0x80000000) | 1) : next;
    next = x == y ? y : next;
    return isnan(x) || isnan(y) ? x + y : next;
}

// |x| mod |y| for finite x and y != 0 as r 2**e where |y| is y 2**e, and the lowest bits of the quotient.
struct __cw_float_division { float r, y; int e; unsigned int quotient; };
__device__ inline __cw_float_division __cw_divide(float x, float y) {
    float a = fabsf(x), b = fabsf(y);
    bool a_small = a < 1.17549435e-38f, b_small = b < 1.17549435e-38f;
    int a_bits = __float_as_int(a_small ? a * 16777216.0f : a), b_bits = __float_as_int(b_small ? b * 16777216.0f : b);
    int a_exponent = (a_bits >> 23) - (a_small ? 24 : 0), b_exponent = (b_bits >> 23) - (b_small ? 24 : 0);
    bool is_less = a < b || a == 0.0f;
    int left = is_less ? 0 : a_exponent - b_exponent;
    // Significands as integers; the dividend is shifted in 22 bits at a time, each quotient is exact but for one.
    float d = __int_as_float((b_bits & 0x7fffff) | 150 << 23);
    float r = __int_as_float((a_bits & 0x7fffff) | 150 << 23);
    __cw_float_division result;
    result.quotient = r >= d ? 1 : 0;
    r = r >= d ? r - d : r;
    while (left > 0) {
        int step = left < 22 ? left : 22;
        float wide = r * __int_as_float((step + 127) << 23);
        float q = truncf(wide / d);
        r = fmaf(-q, d, wide);
        bool is_over = r < 0.0f, is_under = r >= d;
        q = is_over ? q - 1.0f : (is_under ? q + 1.0f : q);
        r = is_over ? r + d : (is_under ? r - d : r);
        result.quotient = (result.quotient << step) + (unsigned int)q;
        left -= step;
    }
    result.r = is_less ? a : r;
    result.y = is_less ? b : d;
    result.quotient = is_less ? 0 : result.quotient;
    result.e = is_less ? 0 : b_exponent - 150;
    return result;
}
__device__ inline float __cw_fmod(float x, float y) {
    __cw_float_division d = __cw_divide(x, y);
    bool is_invalid = !(fabsf(x) < __CW_INFF) || y == 0.0f || isnan(y);
    return is_invalid ? __CW_NANF : copysignf(__cw_ldexp(d.r, d.e), x);
}
__device__ inline float __cw_remainder(float x, float y) {
    __cw_float_division d = __cw_divide(x, y);
    float twice = d.r + d.r;
    float r = twice > d.y || (twice == d.y && (d.quotient & 1)) ? d.r - d.y : d.r;
    r = __cw_ldexp(r, d.e);
    bool is_invalid = !(fabsf(x) < __CW_INFF) || y == 0.0f || isnan(y);
    return is_invalid ? __CW_NANF : (__float_as_int(x) < 0 ? -r : r);
}

// The largest number below a half: a half itself would carry the number below it to 1.
__device__ inline float __cw_round(float x) { return truncf(x + copysignf(0.49999997f, x)); }
