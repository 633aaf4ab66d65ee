// Stable block-wide LSD radix sort: every block sorts its own tile of keys, several items per thread, BITS bits a pass.
// A trait maps signed integers and floats to unsigned bits that sort alike; the origin of every key goes along with it.
#include <cstdint>

template <typename K> struct Sortable;

template <> struct Sortable<int32_t> {
    static __device__ uint32_t encode(int32_t k) { return static_cast<uint32_t>(k) ^ 0x80000000u; }
    static __device__ int32_t decode(uint32_t u) { return static_cast<int32_t>(u ^ 0x80000000u); }
};

template <> struct Sortable<float> {
    static __device__ uint32_t encode(float k) {
        const uint32_t bits = __float_as_uint(k);
        return bits ^ ((bits >> 31) ? 0xffffffffu : 0x80000000u);
    }
    static __device__ float decode(uint32_t u) {
        return __uint_as_float(u ^ ((u >> 31) ? 0x80000000u : 0xffffffffu));
    }
};

template <int THREADS> __device__ unsigned exclusive_scan(unsigned v, unsigned* scratch) {
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    unsigned inclusive = v;
#pragma unroll
    for (int d = 1; d < 32; d <<= 1) {
        const unsigned up = __shfl_up_sync(~0u, inclusive, d);
        if (lane >= d) inclusive += up;
    }
    if (lane == 31) scratch[warp] = inclusive;
    __syncthreads();
    unsigned base = 0;
    for (int w = 0; w < THREADS / 32; ++w) base += w < warp ? scratch[w] : 0u;
    __syncthreads();
    return base + inclusive - v;
}

template <typename K, int THREADS, int ITEMS, int BITS>
__global__ void __launch_bounds__(THREADS)
radix_sort(const K* __restrict__ in, K* __restrict__ keys_out, uint16_t* __restrict__ origin_out, bool descending) {
    constexpr int TILE = THREADS * ITEMS, RADIX = 1 << BITS;
    static_assert(32 % BITS == 0, "whole passes only");
    extern __shared__ __align__(16) unsigned char raw[];
    uint32_t* keys = reinterpret_cast<uint32_t*>(raw);
    uint16_t* vals = reinterpret_cast<uint16_t*>(keys + TILE);
    uint16_t* counts = vals + TILE;  // [RADIX][THREADS]
    unsigned* scratch = reinterpret_cast<unsigned*>(counts + RADIX * THREADS);

    const int t = threadIdx.x;
    const size_t first = static_cast<size_t>(blockIdx.x) * TILE;
    const uint32_t flip = descending ? ~uint32_t{0} : uint32_t{0};
    for (int i = t; i < TILE; i += THREADS) {
        keys[i] = Sortable<K>::encode(in[first + i]) ^ flip;
        vals[i] = static_cast<uint16_t>(i);
    }
    __syncthreads();

    for (int shift = 0; shift < 32; shift += BITS) {
        uint32_t k[ITEMS];
        uint16_t v[ITEMS];
        unsigned rank[ITEMS];
        for (int d = 0; d < RADIX; ++d) counts[d * THREADS + t] = 0;
#pragma unroll
        for (int i = 0; i < ITEMS; ++i) {
            k[i] = keys[t * ITEMS + i], v[i] = vals[t * ITEMS + i];
            rank[i] = counts[((k[i] >> shift) & (RADIX - 1)) * THREADS + t]++;
        }
        __syncthreads();
        unsigned sum = 0;
        for (int j = 0; j < RADIX; ++j) sum += counts[t * RADIX + j];
        unsigned run = exclusive_scan<THREADS>(sum, scratch);
        for (int j = 0; j < RADIX; ++j) {
            const unsigned c = counts[t * RADIX + j];
            counts[t * RADIX + j] = static_cast<uint16_t>(run);
            run += c;
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < ITEMS; ++i) {
            const unsigned at = counts[((k[i] >> shift) & (RADIX - 1)) * THREADS + t] + rank[i];
            keys[at] = k[i], vals[at] = v[i];
        }
        __syncthreads();
    }
    for (int i = t; i < TILE; i += THREADS) {
        keys_out[first + i] = Sortable<K>::decode(keys[i] ^ flip);
        origin_out[first + i] = vals[i];
    }
}
