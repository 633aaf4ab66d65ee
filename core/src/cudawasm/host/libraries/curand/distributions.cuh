// What a generator's state is asked for: each distribution writes one number, or two that are made together.
#pragma once
#include <curand_kernel.h>

// Quasirandom numbers become normal one by one, others in pairs.
template <typename S> struct is_quasirandom {
    static constexpr bool value = false;
};
template <> struct is_quasirandom<curandStateSobol32_t> {
    static constexpr bool value = true;
};
template <> struct is_quasirandom<curandStateSobol64_t> {
    static constexpr bool value = true;
};
// How many numbers a distribution writes at a time.
template <typename S, typename D> struct width_of {
    static constexpr int value = D::is_paired && !is_quasirandom<S>::value ? 2 : 1;
};

template <typename Word> struct Bits {
    typedef Word number;
    static constexpr bool is_paired = false;
    template <typename S> __host__ __device__ void operator()(S* state, Word* out) const { *out = (Word)curand(state); }
};
struct Uniform {
    typedef float number;
    static constexpr bool is_paired = false;
    template <typename S> __host__ __device__ void operator()(S* state, float* out) const { *out = curand_uniform(state); }
};
struct UniformDouble {
    typedef double number;
    static constexpr bool is_paired = false;
    template <typename S> __host__ __device__ void operator()(S* state, double* out) const {
        *out = curand_uniform_double(state);
    }
    __host__ __device__ void operator()(curandStatePhilox4_32_10_t* state, double* out) const {
        const unsigned int x = curand(state), y = curand(state);  // of 53 bits, where the device function has 32
        *out = curand_detail::uniform_double(x, y);
    }
};
template <bool IsLog> struct Normal {
    typedef float number;
    static constexpr bool is_paired = true;
    float mean, stddev;
    __host__ __device__ float at(float x) const { return IsLog ? expf(mean + stddev * x) : mean + stddev * x; }
    template <typename S> __host__ __device__ void operator()(S* state, float* out) const {
        if constexpr (is_quasirandom<S>::value) {
            *out = at(curand_normal(state));
        } else {
            const float2 both = curand_normal2(state);
            out[0] = at(both.x);
            out[1] = at(both.y);
        }
    }
};
template <bool IsLog> struct NormalDouble {
    typedef double number;
    static constexpr bool is_paired = true;
    double mean, stddev;
    __host__ __device__ double at(double x) const { return IsLog ? exp(mean + stddev * x) : mean + stddev * x; }
    template <typename S> __host__ __device__ void operator()(S* state, double* out) const {
        if constexpr (is_quasirandom<S>::value) {
            *out = at(curand_normal_double(state));
        } else {
            const double2 both = curand_normal2_double(state);
            out[0] = at(both.x);
            out[1] = at(both.y);
        }
    }
};
struct PoissonByTable {
    typedef unsigned int number;
    static constexpr bool is_paired = false;
    curandDiscreteDistribution_t table;
    template <typename S> __host__ __device__ void operator()(S* state, unsigned int* out) const {
        *out = curand_discrete(state, table);
    }
};
struct PoissonByNormal {
    typedef unsigned int number;
    static constexpr bool is_paired = false;
    float mean, deviation;
    template <typename S> __host__ __device__ void operator()(S* state, unsigned int* out) const {
        *out = (unsigned int)(mean + deviation * curand_normal(state) + 0.5f);
    }
};
