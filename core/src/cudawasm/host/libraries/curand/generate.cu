// Numbers in a generator's order: kernels on the device, loops on the host.
#include <cmath>

#include "generate.h"
#include "sequences.cuh"

namespace {
constexpr unsigned int block_threads = 128;

// Calls f for every number below `count`.
template <typename F> curandStatus_t run(const curandGenerator_st& g, unsigned long long count, F f) {
    if (g.is_on_host) {
        for (unsigned long long thread = 0; thread < count; ++thread) f(thread);
        return CURAND_STATUS_SUCCESS;
    }
    const unsigned int blocks = static_cast<unsigned int>((count + block_threads - 1) / block_threads);
    in_threads<F><<<blocks, block_threads, 0, g.stream>>>(f, count);
    return cudaPeekAtLastError() == cudaSuccess ? CURAND_STATUS_SUCCESS : CURAND_STATUS_LAUNCH_FAILURE;
}

// How many states take turns.
unsigned int turns(const curandGenerator_st& g) {
    return g.type == CURAND_RNG_PSEUDO_MRG32K3A && g.order != CURAND_ORDERING_PSEUDO_LEGACY ? 81920 : 4096;
}

template <typename S> curandStatus_t begin_turns(curandGenerator_st& g) {
    TRY(allocate(g.is_on_host, turns(g) * sizeof(S), &g.states));
    return run(g, turns(g), Begin<S>{static_cast<S*>(g.states), turns(g), g.seed, g.offset});
}

template <typename Vectors> curandStatus_t bring_vectors(curandGenerator_st& g, const Vectors* vectors) {
    if (!vectors) return CURAND_STATUS_INITIALIZATION_FAILED;
    const size_t bytes = g.dimensions * sizeof(Vectors);
    TRY(allocate(g.is_on_host, bytes, &g.states));
    return fill(g.is_on_host, g.states, vectors, bytes);
}

template <typename S, typename D> curandStatus_t in_turn(curandGenerator_st& g, typename D::number* out, size_t n, D d) {
    constexpr int width = width_of<S, D>::value;
    if (n % width) return CURAND_STATUS_LENGTH_NOT_MULTIPLE;
    const unsigned int count = turns(g);
    const unsigned int cursor = static_cast<unsigned int>((g.offset + g.drawn) % count);
    TRY(run(g, count, InTurn<S, D>{static_cast<S*>(g.states), count, cursor, n / width, d, out}));
    g.drawn += n / width;
    return CURAND_STATUS_SUCCESS;
}

template <typename D> curandStatus_t in_blocks(curandGenerator_st& g, typename D::number* out, size_t n, D d) {
    const unsigned long long start = g.offset + g.drawn, blocks = (start % 4 + n + 3) / 4;
    g.drawn += n;
    return run(g, blocks, InBlocks<D>{g.seed, start, n, d, out});
}

template <typename S, typename Word, typename D>
curandStatus_t in_dimensions(curandGenerator_st& g, typename D::number* out, size_t n, D d) {
    if (n % g.dimensions) return CURAND_STATUS_LENGTH_NOT_MULTIPLE;
    typedef InDimensions<S, Word, D> Order;
    const unsigned long long each = n / g.dimensions, runs = (each + Order::run - 1) / Order::run;
    const unsigned long long start = g.offset + g.drawn;
    g.drawn += each;
    return run(g, runs * g.dimensions, Order{static_cast<const Word*>(g.states), start, each, runs, d, out});
}

template <typename D> curandStatus_t generate(curandGenerator_st& g, typename D::number* out, size_t n, D d) {
    TRY(prepare(g));
    if (n == 0) return CURAND_STATUS_SUCCESS;
    switch (g.type) {
        case CURAND_RNG_PSEUDO_XORWOW: return in_turn<curandStateXORWOW_t>(g, out, n, d);
        case CURAND_RNG_PSEUDO_MRG32K3A: return in_turn<curandStateMRG32k3a_t>(g, out, n, d);
        case CURAND_RNG_PSEUDO_PHILOX4_32_10: return in_blocks(g, out, n, d);
        case CURAND_RNG_QUASI_SOBOL32: return in_dimensions<curandStateSobol32_t, unsigned int>(g, out, n, d);
        default: return in_dimensions<curandStateSobol64_t, unsigned long long>(g, out, n, d);
    }
}
}  // namespace

curandStatus_t prepare(curandGenerator_st& g) {
    if (g.is_ready) return CURAND_STATUS_SUCCESS;
    release(g.is_on_host, g.states);
    g.states = nullptr;
    switch (g.type) {
        case CURAND_RNG_PSEUDO_XORWOW: TRY(begin_turns<curandStateXORWOW_t>(g)); break;
        case CURAND_RNG_PSEUDO_MRG32K3A: TRY(begin_turns<curandStateMRG32k3a_t>(g)); break;
        case CURAND_RNG_QUASI_SOBOL32: TRY(bring_vectors(g, direction_vectors32())); break;
        case CURAND_RNG_QUASI_SOBOL64: TRY(bring_vectors(g, direction_vectors64())); break;
        default: break;
    }
    g.is_ready = true;
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t generate_bits(curandGenerator_st& g, unsigned int* out, size_t n) {
    return generate(g, out, n, Bits<unsigned int>{});
}
curandStatus_t generate_bits(curandGenerator_st& g, unsigned long long* out, size_t n) {
    return generate(g, out, n, Bits<unsigned long long>{});
}
curandStatus_t generate_uniform(curandGenerator_st& g, float* out, size_t n) { return generate(g, out, n, Uniform{}); }
curandStatus_t generate_uniform(curandGenerator_st& g, double* out, size_t n) {
    return generate(g, out, n, UniformDouble{});
}
curandStatus_t generate_normal(curandGenerator_st& g, float* out, size_t n, float mean, float stddev) {
    return generate(g, out, n, Normal<false>{mean, stddev});
}
curandStatus_t generate_normal(curandGenerator_st& g, double* out, size_t n, double mean, double stddev) {
    return generate(g, out, n, NormalDouble<false>{mean, stddev});
}
curandStatus_t generate_log_normal(curandGenerator_st& g, float* out, size_t n, float mean, float stddev) {
    return generate(g, out, n, Normal<true>{mean, stddev});
}
curandStatus_t generate_log_normal(curandGenerator_st& g, double* out, size_t n, double mean, double stddev) {
    return generate(g, out, n, NormalDouble<true>{mean, stddev});
}
curandStatus_t generate_poisson(curandGenerator_st& g, unsigned int* out, size_t n, double mean) {
    if (mean >= 2000 && g.type != CURAND_RNG_QUASI_SOBOL32) {  // cuRAND's bound lies between 1000 and 3000
        return generate(g, out, n, PoissonByNormal{static_cast<float>(mean), static_cast<float>(std::sqrt(mean))});
    }
    if (mean != g.table_mean) {
        release(g.is_on_host, g.table);
        g.table = nullptr;
        g.table_mean = 0;
        TRY(make_poisson_table(mean, g.is_on_host, &g.table));
        g.table_mean = mean;
    }
    return generate(g, out, n, PoissonByTable{g.table});
}
