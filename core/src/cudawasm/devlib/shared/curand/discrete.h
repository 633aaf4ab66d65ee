// Numbers of a distribution that curandCreatePoissonDistribution has tabulated: by its inverse. NVIDIA's looks up other
// tables, so that numbers have the same distribution but are others.
#ifndef __CUDAWASM_CURAND_DISCRETE__
#define __CUDAWASM_CURAND_DISCRETE__
#include <curand/uniform.h>
namespace curand_detail {
QUALIFIERS unsigned int look_up(curandDiscreteDistribution_t distribution, unsigned int drawn) {
    unsigned int low = 0, high = distribution->count;  // how many thresholds lie at or below the drawn number
    while (low < high) {
        const unsigned int middle = (low + high) / 2;
        if (distribution->thresholds[middle] <= drawn) low = middle + 1;
        else high = middle;
    }
    return distribution->first + low;
}
QUALIFIERS unsigned int upper_bits(unsigned int x) { return x; }
QUALIFIERS unsigned int upper_bits(unsigned long long x) { return (unsigned int)(x >> 32); }
}  // namespace curand_detail

template <typename S> QUALIFIERS unsigned int curand_discrete(S* state, curandDiscreteDistribution_t distribution) {
    return curand_detail::look_up(distribution, curand_detail::upper_bits(curand(state)));
}
QUALIFIERS uint4 curand_discrete4(curandStatePhilox4_32_10_t* state, curandDiscreteDistribution_t distribution) {
    const uint4 x = curand4(state);
    return make_uint4(curand_detail::look_up(distribution, x.x), curand_detail::look_up(distribution, x.y),
                      curand_detail::look_up(distribution, x.z), curand_detail::look_up(distribution, x.w));
}
#endif
