// The normal distribution's quantile at the middle of the interval that an integer stands for.
#ifndef __CUDAWASM_CURAND_INVERSE_NORMAL__
#define __CUDAWASM_CURAND_INVERSE_NORMAL__
#include <curand/common.h>
#ifndef __CUDA_ARCH__
#include <cmath>
#endif
namespace curand_detail {
#ifdef __CUDA_ARCH__
__device__ inline float lower_quantile(float p) { return normcdfinvf(p); }
__device__ inline double lower_quantile_double(double p) { return normcdfinv(p); }
#else
// For p of at most one half: Newton's method on the logarithm of the distribution, which is concave.
inline double lower_quantile_double(double p) {
    double x = p > 0.02 ? (p - 0.5) * 2.5 : -std::sqrt(-2.0 * std::log(p));
    for (int i = 0; i < 60; ++i) {
        const double below = 0.5 * std::erfc(-x * 0.7071067811865476);
        const double density = 0.3989422804014327 * std::exp(-0.5 * x * x);
        const double move = (std::log(below) - std::log(p)) * below / density;
        x -= move;
        if (std::fabs(move) <= 1e-15 * (1.0 + std::fabs(x))) break;
    }
    return x;
}
inline float lower_quantile(float p) { return (float)lower_quantile_double(p); }
#endif
// From the half in which small numbers are exact.
QUALIFIERS float inverse_normal(unsigned int x) {
    const bool is_upper = x > 0x80000000u;
    const float z = lower_quantile((is_upper ? 0xffffffffu - x : x) * 2.3283064e-10f + 2.3283064e-10f / 2.0f);
    return is_upper ? -z : z;
}
QUALIFIERS float inverse_normal(unsigned long long x) { return inverse_normal((unsigned int)(x >> 32)); }
QUALIFIERS double inverse_normal_double(unsigned long long bits53) {
    bits53 >>= 11;
    const bool is_upper = bits53 >= (1ull << 52);
    const unsigned long long low = is_upper ? (1ull << 53) - 1 - bits53 : bits53;
    const double z = lower_quantile_double(low * 1.1102230246251565e-16 + 1.1102230246251565e-16 / 2.0);
    return is_upper ? -z : z;
}
QUALIFIERS double inverse_normal_double(unsigned int x) {
    const bool is_upper = x > 0x80000000u;
    const unsigned int low = is_upper ? 0xffffffffu - x : x;
    const double z = lower_quantile_double(low * 2.3283064365386963e-10 + 2.3283064365386963e-10 / 2.0);
    return is_upper ? -z : z;
}
}  // namespace curand_detail
#endif
