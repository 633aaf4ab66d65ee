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
template <typename S> __host__ __device__ void draw_normal(S* state, float* x) { *x = curand_normal(state); }
template <typename S> __host__ __device__ void draw_normal(S* state, double* x) { *x = curand_normal_double(state); }
template <typename S> __host__ __device__ void draw_normals(S* state, float2* x) { *x = curand_normal2(state); }
template <typename S> __host__ __device__ void draw_normals(S* state, double2* x) { *x = curand_normal2_double(state); }
__host__ __device__ inline float exponential(float x) { return expf(x); }
__host__ __device__ inline double exponential(double x) { return exp(x); }

// Pair: of the numbers' type, which are `mean + stddev * x` or, log-normal, the exponentials of those.
template <typename Number, typename Pair, bool IsLog> struct NormalOf {
    typedef Number number;
    static constexpr bool is_paired = true;
    Number mean, stddev;
    __host__ __device__ Number at(Number x) const { return IsLog ? exponential(mean + stddev * x) : mean + stddev * x; }
    template <typename S> __host__ __device__ void operator()(S* state, Number* out) const {
        if constexpr (is_quasirandom<S>::value) {
            Number x;
            draw_normal(state, &x);
            *out = at(x);
        } else {
            Pair both;
            draw_normals(state, &both);
            out[0] = at(both.x);
            out[1] = at(both.y);
        }
    }
};
template <bool IsLog> using Normal = NormalOf<float, float2, IsLog>;
template <bool IsLog> using NormalDouble = NormalOf<double, double2, IsLog>;
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
