// Every atomic operation on shared and global memory, with results that do not depend on the order of the threads.
// Compare-and-swap loops give operations that the hardware lacks: on bytes, 16-bit words, floats and 64-bit structs.
#include <cstdint>
#include <cuda_fp16.h>

template <typename T, typename F> __device__ T atomic_update(T* address, F change) {
    T seen = *const_cast<volatile T*>(address), assumed;
    do {
        assumed = seen;
        seen = atomicCAS(address, assumed, static_cast<T>(change(assumed)));
    } while (seen != assumed);
    return seen;
}

__device__ void atomic_max(float* address, float v) {
    // Non-negative floats order as their bits do, negative ones the other way round.
    if (v >= 0)
        atomicMax(reinterpret_cast<int*>(address), __float_as_int(v));
    else
        atomicMin(reinterpret_cast<unsigned*>(address), __float_as_uint(v));
}

__device__ void atomic_add_byte(uint8_t* address, uint8_t v) {
    const auto where = reinterpret_cast<uintptr_t>(address);
    auto* const word = reinterpret_cast<unsigned*>(where & ~uintptr_t{3});
    const int shift = (where & 3) * 8;
    atomic_update(word, [=, mask = 0xffu << shift](unsigned w) {
        return (w & ~mask) | ((w + (unsigned{v} << shift)) & mask);
    });
}

struct Extent {
    int low, high;
};
__device__ void atomic_widen(unsigned long long* address, int v) {
    atomic_update(address, [v](unsigned long long bits) {
        Extent e = reinterpret_cast<const Extent&>(bits);
        e.low = v < e.low ? v : e.low;
        e.high = v > e.high ? v : e.high;
        return reinterpret_cast<const unsigned long long&>(e);
    });
}

struct Results {
    int add, sub, low, high;
    unsigned ulow, uhigh, all, any, parity, wrapped_up, wrapped_down, seen_or;
    unsigned long long add64, max64, product, exchanged;
    float fadd, fmax;
    double dadd;
    Extent extent;
    __half2 hadd;
    uint16_t saturated;
    uint8_t bytes[6];
};
static_assert(sizeof(Results) == 120, "the host has the same layout");

__device__ int launches = -5;
__device__ unsigned long long bank[2] = {1000, 0};

__global__ void atomics(const int* values, int n, Results* results, unsigned* tickets) {
    __shared__ Results r;
    __shared__ unsigned long long extent, token;
    if (threadIdx.x == 0) {
        r = Results{};
        r.low = INT32_MAX, r.high = INT32_MIN, r.ulow = ~0u, r.all = ~0u, r.product = 1, r.fmax = -1e30f;
        r.wrapped_down = 9, r.hadd = __float2half2_rn(0.0f);
        const Extent empty{INT32_MAX, INT32_MIN};
        extent = reinterpret_cast<const unsigned long long&>(empty), token = 0;
    }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        const int v = values[i];
        const unsigned u = v;
        atomicAdd_block(&r.add, v), atomicSub(&r.sub, v);
        atomicMin(&r.low, v), atomicMax_block(&r.high, v);
        atomicMin_block(&r.ulow, u), atomicMax(&r.uhigh, u);
        atomicAnd(&r.all, u | 0xff0f), atomicOr_block(&r.any, u & 0x0ff0), atomicXor(&r.parity, u);
        atomicInc(&r.wrapped_up, 6), atomicDec(&r.wrapped_down, 9);
        atomicAdd(&r.add64, static_cast<unsigned long long>(static_cast<long long>(v)) << 7);
        atomicMax(&r.max64, static_cast<unsigned long long>(u) * u);
        atomic_update(&r.product, [u](auto p) { return p * (u % 1000 + 1) % 998244353ull; });
        atomicAdd(&r.fadd, static_cast<float>(v % 64)), atomic_max(&r.fmax, v * 0.5f);
        atomicAdd(&r.dadd, v * 0.25);
        atomic_widen(&extent, v);
        atomicAdd(&r.hadd, __floats2half2_rn(v & 1, -(v >> 1 & 1)));
        atomic_update(&r.saturated, [v](unsigned old) { return min(old + (v & 1023), 0xfff0u); });
        atomic_add_byte(&r.bytes[u % 6], static_cast<uint8_t>(v));
        // What goes in through an exchange comes out again, or stays: the sum is kept.
        atomicAdd(&r.exchanged, atomicExch(&token, u + 1ull));
        // All tickets of a block differ, whatever the order.
        atomicOr(&r.seen_or, 1u << atomicAdd(&tickets[blockIdx.x], 1u) % 32);
    }
    atomicAdd_system(&launches, 1);
    atomicAdd(&bank[1], atomicExch(&bank[0], 0ull));
    __syncthreads();
    if (threadIdx.x == 0) {
        r.exchanged += token;
        r.extent = reinterpret_cast<const Extent&>(extent);
        results[blockIdx.x] = r;
        atomicAdd(&tickets[gridDim.x], static_cast<unsigned>(atomicCAS_block(&r.add, r.add,
            0) == results[blockIdx.x].add));
    }
}
