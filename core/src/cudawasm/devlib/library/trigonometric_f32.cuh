// sin, cos, tan and their relatives in single precision.
#pragma once
#include "common_f32.cuh"

// x = quadrant * pi/2 + r with |r| a little above pi/4 at most; only the two low bits of the quadrant count.
struct __cw_float_angle { float r; int quadrant; };

// Payne and Hanek's reduction: multiply by a 96-bit window of 2/pi whose higher bits only add multiples of 4.
__device__ inline __cw_float_angle __cw_reduce_far(float x) {
    unsigned int bits = __float_as_uint(x);
    unsigned int start = (bits >> 23 & 0xff) - 120;  // of the window, in a 2/pi with 32 leading zeros
    unsigned int m = (bits & 0x7fffff) | 0x800000;
    bool skip4 = start & 128, skip2 = start & 64, skip1 = start & 32;
    unsigned int a0 = skip4 ? 0xf534ddc0u : 0u, a1 = skip4 ? 0xdb629599u : 0xa2f9836eu;
    unsigned int a2 = skip4 ? 0x3c439041u : 0x4e441529u, a3 = skip4 ? 0xfe5163abu : 0xfc2757d1u;
    unsigned int a4 = 0xf534ddc0u, a5 = 0xdb629599u, a6 = 0x3c439041u;
    a0 = skip2 ? a2 : a0; a1 = skip2 ? a3 : a1; a2 = skip2 ? a4 : a2; a3 = skip2 ? a5 : a3; a4 = skip2 ? a6 : a4;
    a0 = skip1 ? a1 : a0; a1 = skip1 ? a2 : a1; a2 = skip1 ? a3 : a2; a3 = skip1 ? a4 : a3;
    unsigned int shift = start & 31;
    unsigned int w0 = (unsigned int)(((unsigned long long)a0 << 32 | a1) << shift >> 32);
    unsigned int w1 = (unsigned int)(((unsigned long long)a1 << 32 | a2) << shift >> 32);
    unsigned int w2 = (unsigned int)(((unsigned long long)a2 << 32 | a3) << shift >> 32);
    unsigned long long low = (unsigned long long)m * w2;
    unsigned long long middle = (unsigned long long)m * w1 + (low >> 32);
    unsigned long long product = ((unsigned long long)(m * w0) << 32) + middle;
    // Two bits of quadrant, then the fraction; from 1/2 on it counts down from the next quadrant.
    long long fraction = (long long)(product << 2);
    unsigned long long size = fraction < 0 ? 0ull - (unsigned long long)fraction : (unsigned long long)fraction;
    int zeros = __clzll((long long)size) & 63;
    float r = (float)__umul64hi(size << zeros, 0xc90fdaa22168c235ull) * __int_as_float((64 - zeros) << 23);
    int quadrant = (int)(product >> 62) + (fraction < 0 ? 1 : 0);
    bool is_negative = __float_as_int(x) < 0;
    __cw_float_angle angle;
    angle.r = (fraction < 0) != is_negative ? -r : r;
    angle.quadrant = is_negative ? -quadrant : quadrant;
    return angle;
}
__device__ inline __cw_float_angle __cw_reduce(float x) {
    // Cody and Waite's reduction with pi/2 in three parts.
    float t = fmaf(x, 0.63661975f, __CW_ROUNDER), n = t - __CW_ROUNDER;
    __cw_float_angle angle;
    angle.r = fmaf(n, 1.7151245e-15f, fmaf(n, 4.371139e-08f, fmaf(n, -1.5707964f, x)));
    angle.quadrant = __float_as_int(t);
    if (fabsf(x) > 60000.0f) {
        __cw_float_angle far = __cw_reduce_far(x);
        angle.r = fabsf(x) < __CW_INFF ? far.r : __CW_NANF;
        angle.quadrant = far.quadrant;
    }
    return angle;
}
__device__ inline float __cw_sin_of_reduced(float r, float z) { return fmaf(r * z, __cw_p_sin(z), r); }
__device__ inline float __cw_cos_of_reduced(float z) { return fmaf(z, fmaf(z, __cw_p_cos(z), -0.5f), 1.0f); }
__device__ inline float __cw_flip(float x, int sign_in_bit_1) {
    return __int_as_float(__float_as_int(x) ^ (sign_in_bit_1 & 2) << 30);
}
__device__ inline float __cw_sin(float x) {
    __cw_float_angle a = __cw_reduce(x);
    float z = a.r * a.r, s = __cw_sin_of_reduced(a.r, z), c = __cw_cos_of_reduced(z);
    float y = __cw_flip(a.quadrant & 1 ? c : s, a.quadrant);
    return x == 0.0f ? x : y;
}
__device__ inline float __cw_cos(float x) {
    __cw_float_angle a = __cw_reduce(x);
    float z = a.r * a.r, s = __cw_sin_of_reduced(a.r, z), c = __cw_cos_of_reduced(z);
    return __cw_flip(a.quadrant & 1 ? s : c, a.quadrant + 1);
}
__device__ inline float __cw_tan(float x) {
    __cw_float_angle a = __cw_reduce(x);
    float z = a.r * a.r, s = __cw_sin_of_reduced(a.r, z), c = __cw_cos_of_reduced(z);
    bool is_odd = a.quadrant & 1;
    float y = (is_odd ? -c : s) / (is_odd ? s : c);
    return x == 0.0f ? x : y;
}
__device__ inline float __cw_fast_sin(float x) { return __cw_sin(x); }
__device__ inline float __cw_fast_cos(float x) { return __cw_cos(x); }
__device__ inline float __cw_fast_tan(float x) { return __cw_tan(x); }

// x = half turns + f / 2 with |f| <= 1/2: pi x as a sum of two floats, and the number of quarter turns.
struct __cw_float_turn { float hi, lo; int quadrant; };
__device__ inline __cw_float_turn __cw_reduce_turn(float x) {
    float y = fmaf(-2.0f, rintf(x * 0.5f), x);
    float t = fmaf(y, 2.0f, __CW_ROUNDER), f = fmaf(t - __CW_ROUNDER, -0.5f, y);
    __cw_float_turn a;
    a.hi = f * 3.1415927f;
    a.lo = fmaf(f, -8.742278e-08f, fmaf(f, 3.1415927f, -a.hi));
    a.quadrant = __float_as_int(t);
    return a;
}
__device__ inline float __cw_sin_of_pair(float hi, float lo, float z) {
    return hi + fmaf(hi * z, __cw_p_sin(z), fmaf(z, -0.5f, 1.0f) * lo);
}
__device__ inline float __cw_cos_of_pair(float hi, float lo, float z) {
    float whole = fmaf(z, -0.5f, 1.0f);
    float lost = fmaf(z, -0.5f, 1.0f - whole);
    return whole + (fmaf(z * z, __cw_p_cos(z), lost) - hi * lo);
}
__device__ inline float __cw_sinpi(float x) {
    __cw_float_turn a = __cw_reduce_turn(x);
    float z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    float y = __cw_flip(a.quadrant & 1 ? c : s, a.quadrant);
    return y == 0.0f ? copysignf(0.0f, x) : y;
}
__device__ inline float __cw_cospi(float x) {
    __cw_float_turn a = __cw_reduce_turn(x);
    float z = a.hi * a.hi, s = __cw_sin_of_pair(a.hi, a.lo, z), c = __cw_cos_of_pair(a.hi, a.lo, z);
    float y = __cw_flip(a.quadrant & 1 ? s : c, a.quadrant + 1);
    return y == 0.0f ? 0.0f : y;
}
