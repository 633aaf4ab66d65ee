// Softmax of rows in one pass: running (maximum, scaled sum, argmax) triples are merged across lanes by shuffles.
// Rows may be masked and of different lengths; also writes the log of the normaliser and the index of the maximum.
#include <math_constants.h>

template <typename T> struct Running {
    T peak;
    T sum;
    int where;

    static __device__ Running empty() { return {-CUDART_INF_F, 0, -1}; }
    __device__ void push(T x, int i) {
        const T before = peak;
        if (x > peak || where < 0) peak = x, where = i;
        sum = (before == peak ? sum : sum * expf(before - peak)) + expf(x - peak);
    }
    friend __device__ Running operator+(const Running& a, const Running& b) {
        if (a.where < 0) return b;
        if (b.where < 0) return a;
        const bool left = a.peak > b.peak || (a.peak == b.peak && a.where < b.where);
        const Running &big = left ? a : b, &small = left ? b : a;
        return {big.peak, big.sum + small.sum * expf(small.peak - big.peak), big.where};
    }
    __device__ Running& operator+=(const Running& o) { return *this = *this + o; }
};

template <int WIDTH, typename T> __device__ Running<T> reduce_lanes(Running<T> r) {
#pragma unroll
    for (int d = WIDTH / 2; d >= 1; d /= 2) {
        const Running<T> other = {__shfl_xor_sync(0xffffffffu, r.peak, d, WIDTH),
                                  __shfl_xor_sync(0xffffffffu, r.sum, d, WIDTH),
                                  __shfl_xor_sync(0xffffffffu, r.where, d, WIDTH)};
        r += other;
    }
    return r;
}

template <int WIDTH>
__global__ void softmax(const float* __restrict__ logits, const int* __restrict__ lengths,
                        const unsigned* __restrict__ mask, float temperature, float* __restrict__ probabilities,
                        float* __restrict__ log_sums, int* __restrict__ argmax, int rows, int columns) {
    const int lane = threadIdx.x % WIDTH, row = (blockIdx.x * blockDim.x + threadIdx.x) / WIDTH;
    const bool live = row < rows;
    const int length = live ? lengths[row] : 0;
    const float scale = 1.0f / temperature;
    const auto allowed = [mask, row, columns](int c) {
        const int bit = row * columns + c;
        return mask[bit / 32] >> bit % 32 & 1u;
    };

    Running<float> mine = Running<float>::empty();
    for (int c = lane; c < length; c += WIDTH)
        if (allowed(c)) mine.push(logits[row * columns + c] * scale, c);
    const auto [peak, sum, where] = reduce_lanes<WIDTH>(mine);
    if (!live) return;

    for (int c = lane; c < columns; c += WIDTH) {
        float& p = probabilities[row * columns + c];
        p = c < length && allowed(c) ? expf(logits[row * columns + c] * scale - peak) / sum : 0.0f;
    }
    if (lane == 0) {
        log_sums[row] = where < 0 ? 0.0f : peak + logf(sum);
        argmax[row] = where;
    }
}
