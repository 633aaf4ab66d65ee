// The fused multiply-add of single precision in double: the product is exact there, and the sum is rounded to odd, so that
// rounding it once more is right.
#pragma once

__device__ inline float __cw_fma(float a, float b, float c) {
    double product = (double)a * (double)b, sum = product + (double)c;
    double back = sum - product;
    double error = (product - (sum - back)) + ((double)c - back);
    long long bits = __double_as_longlong(sum);
    bool is_even = (bits & 1) == 0, is_larger = (error > 0.0) == (sum > 0.0);
    long long odd = is_larger ? bits + 1 : bits - 1;
    bool moves = is_even && (error > 0.0 || error < 0.0);
    return (float)__longlong_as_double(moves ? odd : bits);
}
