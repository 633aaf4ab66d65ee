// Byte histogram with one private copy per warp in shared memory, merged by atomics into global memory.
// The last block to finish (a ticket after a fence) turns the counts into a cumulative table and finds the mode.
#include <cstdint>

constexpr int BINS = 256;
__device__ unsigned ticket = 0;

template <int COPIES> class PrivateHistogram {
    unsigned (*bins_)[BINS];

public:
    __device__ explicit PrivateHistogram(unsigned (*bins)[BINS]) : bins_(bins) {}
    __device__ void clear() {
        unsigned* flat = &bins_[0][0];
        for (int i = threadIdx.x; i < COPIES * BINS; i += blockDim.x) flat[i] = 0;
    }
    __device__ void add(int copy, uint8_t v) { atomicAdd(&bins_[copy % COPIES][v], 1u); }
    __device__ unsigned total(int bin) const {
        unsigned sum = 0;
        for (int c = 0; c < COPIES; ++c) sum += bins_[c][bin];
        return sum;
    }
};

template <int COPIES>
__global__ void histogram(const uint8_t* data, int n, unsigned* counts, unsigned* cumulative,
                          unsigned long long* mode) {
    __shared__ unsigned bins[COPIES][BINS];
    __shared__ bool last;
    PrivateHistogram<COPIES> mine{bins};
    mine.clear();
    __syncthreads();

    const int warp = threadIdx.x >> 5;
    const int stride = gridDim.x * blockDim.x, self = blockIdx.x * blockDim.x + threadIdx.x;
    const uchar4* quads = reinterpret_cast<const uchar4*>(data);
    for (int q = self; q < n / 4; q += stride) {
        const uchar4 v = __ldg(quads + q);
        for (uint8_t b : {v.x, v.y, v.z, v.w}) mine.add(warp, b);
    }
    if (self < n % 4) mine.add(warp, data[n / 4 * 4 + self]);
    __syncthreads();

    for (int b = threadIdx.x; b < BINS; b += blockDim.x)
        if (const unsigned c = mine.total(b); c != 0) atomicAdd(counts + b, c);
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicInc(&ticket, gridDim.x - 1) == gridDim.x - 1;
    __syncthreads();
    if (!last) return;

    __threadfence();
    unsigned* sums = bins[0];
    for (int b = threadIdx.x; b < BINS; b += blockDim.x) {
        const unsigned c = atomicAdd(&counts[b], 0u);
        sums[b] = c;
        // Ties go to the smaller byte.
        atomicMax(mode, static_cast<unsigned long long>(c) << 32 | static_cast<unsigned>(BINS - 1 - b));
    }
    __syncthreads();
    for (int d = 1; d < BINS; d <<= 1) {
        unsigned grown[BINS / 64];
        int k = 0;
        for (int b = threadIdx.x; b < BINS; b += blockDim.x, ++k) grown[k] = sums[b] + (b >= d ? sums[b - d] : 0);
        __syncthreads();
        k = 0;
        for (int b = threadIdx.x; b < BINS; b += blockDim.x) sums[b] = grown[k++];
        __syncthreads();
    }
    for (int b = threadIdx.x; b < BINS; b += blockDim.x) cumulative[b] = sums[b];
}
