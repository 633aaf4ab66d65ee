// The orders in which generators write numbers. Each has a function for one thread, which a kernel's threads call, or a
// loop on the host.
#pragma once
#include "distributions.cuh"

// Many states take turns. Item i of a call is drawn from state (cursor + i) modulo `count`.
template <typename S, typename D> struct InTurn {
    S* states;
    unsigned int count, cursor;
    unsigned long long items;
    D distribution;
    typename D::number* out;
    __host__ __device__ void operator()(unsigned long long thread) const {
        const unsigned int width = width_of<S, D>::value;
        unsigned long long item = thread >= cursor ? thread - cursor : thread + count - cursor;
        if (item >= items) return;
        S state = states[thread];
        for (; item < items; item += count) distribution(&state, out + item * width);
        states[thread] = state;
    }
};
// The state of each turn, `offset` items after the beginning.
template <typename S> struct Begin {
    S* states;
    unsigned int count;
    unsigned long long seed, offset;
    __host__ __device__ void operator()(unsigned long long thread) const {
        curand_init(seed, thread, offset / count + (thread < offset % count), &states[thread]);
    }
};

// Philox in blocks of four numbers: block b is of subsequence b modulo `subsequences`. A thread writes what of its block
// lies in the `count` numbers from `start` on.
template <typename D> struct InBlocks {
    static constexpr unsigned long long subsequences = 65536;
    unsigned long long seed, start, count;
    D distribution;
    typename D::number* out;
    __host__ __device__ void operator()(unsigned long long thread) const {
        const unsigned long long block = start / 4 + thread;
        typedef curandStatePhilox4_32_10_t S;
        const int width = width_of<S, D>::value;
        S state;
        curand_init(seed, block % subsequences, block / subsequences * 4, &state);
        typename D::number numbers[4];
        for (int i = 0; i < 4; i += width) distribution(&state, numbers + i);
        for (int i = 0; i < 4; ++i) {
            const unsigned long long place = block * 4 + i;
            if (place >= start && place - start < count) out[place - start] = numbers[i];
        }
    }
};

// Sobol's sequences, dimension after dimension. A thread writes a run of one dimension.
template <typename S, typename Word, typename D> struct InDimensions {
    static constexpr unsigned int run = 64;
    const Word* vectors;
    unsigned long long start, per_dimension, runs;
    D distribution;
    typename D::number* out;
    __host__ __device__ void operator()(unsigned long long thread) const {
        const unsigned long long dimension = thread / runs, first = thread % runs * run;
        S state;
        curand_detail::begin(&state, vectors + dimension * sizeof(Word) * 8, (Word)0, (Word)(start + first));
        for (unsigned long long i = first; i < first + run && i < per_dimension; ++i) {
            distribution(&state, out + dimension * per_dimension + i);
        }
    }
};

template <typename F> __global__ void in_threads(F f, unsigned long long count) {
    const unsigned long long thread = (unsigned long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (thread < count) f(thread);
}
