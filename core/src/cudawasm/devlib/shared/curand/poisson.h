// Poisson numbers. Below a mean of 64 uniform numbers are multiplied (Knuth), above 4000 a normal number is rounded, both
// as NVIDIA's does; between, numbers have the same distribution but are others: Hoermann's transformed rejection PTRS
// ("The transformed rejection method for generating Poisson random variables", 1993).
#ifndef __CUDAWASM_CURAND_POISSON__
#define __CUDAWASM_CURAND_POISSON__
#include <curand/normal.h>
#include <curand/sobol.h>
namespace curand_detail {
template <typename S> QUALIFIERS unsigned int poisson_product(S* state, float mean) {
    unsigned int factors = 0;
    float product = expf(mean);
    do {
        ++factors;
        product *= curand_uniform(state);
    } while (product > 1.0f);
    return factors - 1;
}
// The logarithm of the probability of k, by Stirling's series; k is at least one.
QUALIFIERS float log_poisson(float k, float mean) {
    const float more = k - mean;
    return more - k * log1pf(more / mean) - 0.5f * logf(6.2831855f * k) - 1.0f / (12.0f * k);
}
template <typename S> QUALIFIERS unsigned int poisson_rejection(S* state, float mean) {
    const float b = 0.931f + 2.53f * sqrtf(mean), a = -0.059f + 0.02483f * b;
    const float inverse_alpha = 1.1239f + 1.1328f / (b - 3.4f), accepted = 0.9277f - 3.6224f / (b - 2.0f);
    while (true) {
        const float u = curand_uniform(state) - 0.5f, v = curand_uniform(state);
        const float edge = 0.5f - fabsf(u) + 1.1641532e-10f;
        const float k = floorf((2.0f * a / edge + b) * u + mean + 0.43f);
        if (edge >= 0.07f && v <= accepted) return (unsigned int)k;
        if (k < 1.0f || k > 1.0e6f || (edge < 0.013f && v > edge)) continue;
        if (logf(v * inverse_alpha / (a / (edge * edge) + b)) <= log_poisson(k, mean)) return (unsigned int)k;
    }
}
}  // namespace curand_detail

template <typename S> QUALIFIERS unsigned int curand_poisson(S* state, double lambda) {
    const float mean = (float)lambda;
    if (mean < 64.0f) return curand_detail::poisson_product(state, mean);
    if (mean <= 4000.0f) return curand_detail::poisson_rejection(state, mean);
    return (unsigned int)(sqrt(lambda) * curand_normal_double(state) + lambda + 0.5);
}
// NVIDIA's draws one Sobol number and inverts the distribution; several would leave the sequence's dimension.
unsigned int curand_poisson(curandStateSobol32_t* state, double lambda) = delete;
unsigned int curand_poisson(curandStateScrambledSobol32_t* state, double lambda) = delete;
unsigned int curand_poisson(curandStateSobol64_t* state, double lambda) = delete;
unsigned int curand_poisson(curandStateScrambledSobol64_t* state, double lambda) = delete;
QUALIFIERS uint4 curand_poisson4(curandStatePhilox4_32_10_t* state, double lambda) {
    uint4 four;
    four.x = curand_poisson(state, lambda);
    four.y = curand_poisson(state, lambda);
    four.z = curand_poisson(state, lambda);
    four.w = curand_poisson(state, lambda);
    return four;
}
#endif
