// Segmented inclusive scan of a non-commutative operator: affine maps modulo a prime, composed from left to right.
// Warp shuffles move whole structs; a second level over the warps' totals carries segments across warp boundaries.
#include <cstdint>

constexpr uint32_t PRIME = 65521;

struct Affine {
    uint32_t a, b;
    static __device__ constexpr Affine identity() { return {1, 0}; }
    __device__ uint32_t operator()(uint32_t x) const {
        return static_cast<uint32_t>((static_cast<uint64_t>(a) * x + b) % PRIME);
    }
};
// `f * g` applies f first.
__device__ Affine operator*(const Affine& f, const Affine& g) {
    return {static_cast<uint32_t>(uint64_t{f.a} * g.a % PRIME), g(f.b)};
}

template <typename T> struct Flagged {
    T value;
    uint32_t head;
};
template <typename T> __device__ Flagged<T> combine(const Flagged<T>& left, const Flagged<T>& right) {
    return {right.head ? right.value : left.value * right.value, left.head | right.head};
}

template <typename T> __device__ T shuffle_up(const T& v, unsigned delta, unsigned mask = 0xffffffffu) {
    static_assert(sizeof(T) % sizeof(uint32_t) == 0, "whole words");
    uint32_t words[sizeof(T) / sizeof(uint32_t)];
    memcpy(words, &v, sizeof v);
    for (auto& w : words) w = __shfl_up_sync(mask, w, delta);
    T result;
    memcpy(&result, words, sizeof result);
    return result;
}

template <typename T> __device__ Flagged<T> warp_scan(Flagged<T> x, int lane) {
#pragma unroll
    for (int d = 1; d < 32; d *= 2) {
        const auto up = shuffle_up(x, d);
        if (lane >= d) x = combine(up, x);
    }
    return x;
}

__global__ void segmented_scan(const uint2* maps, const uint8_t* heads, uint32_t* at_seven, uint2* composed, int n) {
    __shared__ Flagged<Affine> totals[32];
    const int lane = threadIdx.x % warpSize, warp = threadIdx.x / warpSize;
    Flagged<Affine> carry{Affine::identity(), 0};

    for (int base = 0; base < n; base += blockDim.x) {
        const int i = base + threadIdx.x;
        Flagged<Affine> x{Affine::identity(), 0};
        if (i < n) x = {{maps[i].x % PRIME, maps[i].y % PRIME}, heads[i] != 0};
        x = warp_scan(x, lane);
        if (lane == 31) totals[warp] = x;
        __syncthreads();
        if (warp == 0) {
            Flagged<Affine> t{Affine::identity(), 0};
            if (lane < static_cast<int>(blockDim.x) / 32) t = totals[lane];
            totals[lane] = warp_scan(t, lane);
        }
        __syncthreads();
        if (warp > 0) x = combine(totals[warp - 1], x);
        x = combine(carry, x);
        carry = combine(carry, totals[31]);
        if (i < n) {
            at_seven[i] = x.value(7);
            composed[i] = make_uint2(x.value.a, x.value.b);
        }
        __syncthreads();
    }
}
