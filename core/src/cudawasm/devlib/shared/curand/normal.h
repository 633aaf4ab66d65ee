// Normal and log-normal numbers: by Box and Muller's method in pairs, of quasirandom numbers by the inverse distribution.
#ifndef __CUDAWASM_CURAND_NORMAL__
#define __CUDAWASM_CURAND_NORMAL__
#include <curand/inverse_normal.h>
#include <curand/uniform.h>
namespace curand_detail {
QUALIFIERS float2 rotated(float radius_bits, float angle) {
    const float radius = sqrtf(-2.0f * logf(radius_bits));
#ifdef __CUDA_ARCH__
    float s, c;
    __sincosf(angle, &s, &c);
#else
    const float s = sinf(angle), c = cosf(angle);
#endif
    return make_float2(radius * s, radius * c);
}
QUALIFIERS float2 box_muller(unsigned int x, unsigned int y) {
    return rotated(uniform(x), y * CURAND_2POW32_INV_2PI + CURAND_2POW32_INV_2PI / 2.0f);
}
QUALIFIERS double2 rotated_double(double radius_bits, double half_turns) {
    const double radius = sqrt(-2.0 * log(radius_bits));
#ifdef __CUDA_ARCH__
    double s, c;
    sincospi(half_turns, &s, &c);
#else
    const double s = sin(3.141592653589793 * half_turns), c = cos(3.141592653589793 * half_turns);
#endif
    return make_double2(radius * s, radius * c);
}
QUALIFIERS double2 box_muller_double(unsigned int x0, unsigned int x1, unsigned int y0, unsigned int y1) {
    return rotated_double(uniform_double(x0, x1), 2.0 * uniform_double(y0, y1));
}
QUALIFIERS void keep(spare_normals& spare, double value) {
#ifdef __CUDA_ARCH__
    spare.boxmuller_extra_double[0] = __double2loint(value);
    spare.boxmuller_extra_double[1] = __double2hiint(value);
#else
    __builtin_memcpy(spare.boxmuller_extra_double, &value, sizeof value);
#endif
}
QUALIFIERS double kept(const spare_normals& spare) {
#ifdef __CUDA_ARCH__
    return __hiloint2double(spare.boxmuller_extra_double[1], spare.boxmuller_extra_double[0]);
#else
    double value;
    __builtin_memcpy(&value, spare.boxmuller_extra_double, sizeof value);
    return value;
#endif
}
}  // namespace curand_detail

template <typename S> QUALIFIERS float2 curand_normal2(S* state) {
    const unsigned int x = curand(state), y = curand(state);
    return curand_detail::box_muller(x, y);
}
QUALIFIERS float2 curand_normal2(curandStateMRG32k3a_t* state) {
    const float x = curand_uniform(state), y = curand_uniform(state) * CURAND_2PI;
    return curand_detail::rotated(x, y);
}
template <typename S> QUALIFIERS double2 curand_normal2_double(S* state) {
    const unsigned int x0 = curand(state), x1 = curand(state), y0 = curand(state), y1 = curand(state);
    return curand_detail::box_muller_double(x0, x1, y0, y1);
}
QUALIFIERS double2 curand_normal2_double(curandStateMRG32k3a_t* state) {
    const double x = curand_uniform_double(state), y = curand_uniform_double(state);
    return curand_detail::rotated_double(x, 2.0 * y);
}
template <typename S> QUALIFIERS float curand_normal(S* state) {
    if (state->boxmuller_flag) {
        state->boxmuller_flag = 0;
        return state->boxmuller_extra;
    }
    const float2 both = curand_normal2(state);
    state->boxmuller_flag = 1;
    state->boxmuller_extra = both.y;
    return both.x;
}
template <typename S> QUALIFIERS double curand_normal_double(S* state) {
    if (state->boxmuller_flag_double) {
        state->boxmuller_flag_double = 0;
        return curand_detail::kept(*state);
    }
    const double2 both = curand_normal2_double(state);
    state->boxmuller_flag_double = 1;
    curand_detail::keep(*state, both.y);
    return both.x;
}
QUALIFIERS float4 curand_normal4(curandStatePhilox4_32_10_t* state) {
    const uint4 x = curand4(state);
    const float2 a = curand_detail::box_muller(x.x, x.y), b = curand_detail::box_muller(x.z, x.w);
    return make_float4(a.x, a.y, b.x, b.y);
}
#define __CW_QUASI_NORMAL(State)                                                                      \
    QUALIFIERS float curand_normal(State* state) { return curand_detail::inverse_normal(curand(state)); } \
    QUALIFIERS double curand_normal_double(State* state) { return curand_detail::inverse_normal_double(curand(state)); }
__CW_QUASI_NORMAL(curandStateSobol32_t)
__CW_QUASI_NORMAL(curandStateScrambledSobol32_t)
__CW_QUASI_NORMAL(curandStateSobol64_t)
__CW_QUASI_NORMAL(curandStateScrambledSobol64_t)
#undef __CW_QUASI_NORMAL

template <typename S> QUALIFIERS float curand_log_normal(S* state, float mean, float stddev) {
    return expf(mean + stddev * curand_normal(state));
}
template <typename S> QUALIFIERS double curand_log_normal_double(S* state, double mean, double stddev) {
    return exp(mean + stddev * curand_normal_double(state));
}
template <typename S> QUALIFIERS float2 curand_log_normal2(S* state, float mean, float stddev) {
    const float2 x = curand_normal2(state);
    return make_float2(expf(mean + stddev * x.x), expf(mean + stddev * x.y));
}
template <typename S> QUALIFIERS double2 curand_log_normal2_double(S* state, double mean, double stddev) {
    const double2 x = curand_normal2_double(state);
    return make_double2(exp(mean + stddev * x.x), exp(mean + stddev * x.y));
}
QUALIFIERS float4 curand_log_normal4(curandStatePhilox4_32_10_t* state, float mean, float stddev) {
    const float4 x = curand_normal4(state);
    return make_float4(expf(mean + stddev * x.x), expf(mean + stddev * x.y), expf(mean + stddev * x.z),
                       expf(mean + stddev * x.w));
}
#endif
