// What the single-precision functions share.
#pragma once
#include "polynomials_f32.cuh"
#define __CW_INFF __int_as_float(0x7f800000)
#define __CW_NANF __int_as_float(0x7fffffff)
// Adding 1.5 * 2**23 rounds |x| < 2**22 to an integer, which is then in the low bits of the sum.
#define __CW_ROUNDER 12582912.0f
#define __CW_ROUNDER_BITS 0x4b400000

// Instructions of targets for which functions end in _by_exp2 and _by_log2.
__device__ float __cw_instruction_exp2(float) __cw_intrinsic("math.fast_exp2");
__device__ float __cw_instruction_log2(float) __cw_intrinsic("math.fast_log2");

// A sum whose low part is below half an ulp of the high one.
struct __cw_float_pair { float hi, lo; };
// The exact sum of a and b, |a| >= |b| (Dekker's Fast2Sum).
__device__ inline __cw_float_pair __cw_fast_two_sum(float a, float b) {
    __cw_float_pair s;
    s.hi = a + b;
    s.lo = b - (s.hi - a);
    return s;
}
