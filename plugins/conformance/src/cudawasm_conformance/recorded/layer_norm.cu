// Layer normalisation over rows for several storage types, with vector loads and Welford statistics merged block-wide.
// Traits convert between storage and float; scale and shift are optional (null pointers), chosen at run time.
#include <cstdint>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

template <typename A, typename B> constexpr bool same = false;
template <typename A> constexpr bool same<A, A> = true;

template <typename S> __device__ float load_as_float(S v) {
    if constexpr (same<S, __half>)
        return __half2float(v);
    else if constexpr (same<S, __nv_bfloat16>)
        return __bfloat162float(v);
    else
        return static_cast<float>(v);
}
template <typename S> __device__ S store_from_float(float v) {
    if constexpr (same<S, __half>)
        return __float2half_rn(v);
    else if constexpr (same<S, __nv_bfloat16>)
        return __float2bfloat16_rn(v);
    else
        return static_cast<S>(v);
}

template <typename S, int N> struct alignas(sizeof(S) * N) Pack {
    S lane[N];
    __device__ S* begin() { return lane; }
    __device__ S* end() { return lane + N; }
};

struct Moments {
    float count = 0, mean = 0, m2 = 0;
    __device__ void push(float x) {
        count += 1;
        const float delta = x - mean;
        mean += delta / count;
        m2 += delta * (x - mean);
    }
    __device__ void merge(const Moments& o) {
        if (o.count == 0) return;
        const float total = count + o.count, delta = o.mean - mean;
        m2 += o.m2 + delta * delta * count * o.count / total;
        mean += delta * o.count / total;
        count = total;
    }
};

template <int THREADS> __device__ Moments merge_block(Moments m) {
    __shared__ float parts[3][THREADS / 32];
    for (int d = 16; d > 0; d >>= 1) {
        Moments o;
        o.count = __shfl_down_sync(~0u, m.count, d);
        o.mean = __shfl_down_sync(~0u, m.mean, d);
        o.m2 = __shfl_down_sync(~0u, m.m2, d);
        if (threadIdx.x % 32 < d) m.merge(o);
    }
    if (threadIdx.x % 32 == 0) {
        const float values[] = {m.count, m.mean, m.m2};
        for (int k = 0; k < 3; ++k) parts[k][threadIdx.x / 32] = values[k];
    }
    __syncthreads();
    Moments all;
    for (int w = 0; w < THREADS / 32; ++w) {
        Moments o;
        o.count = parts[0][w], o.mean = parts[1][w], o.m2 = parts[2][w];
        all.merge(o);
    }
    __syncthreads();
    return all;
}

template <typename S, int VECTOR, int THREADS, bool RMS = false>
__global__ void __launch_bounds__(THREADS)
layer_norm(const S* x, const float* gamma, const float* beta, S* y, float2* statistics, int rows, int columns,
           float epsilon) {
    using P = Pack<S, VECTOR>;
    const int packs = columns / VECTOR;
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
        const P* in = reinterpret_cast<const P*>(x + row * columns);
        P* out = reinterpret_cast<P*>(y + row * columns);
        Moments own;
        for (int i = threadIdx.x; i < packs; i += THREADS) {
            P p = in[i];
            for (const S& v : p) own.push(load_as_float(v));
        }
        const Moments m = merge_block<THREADS>(own);
        const float variance = RMS ? m.m2 / m.count + m.mean * m.mean : m.m2 / m.count;
        const float scale = rsqrtf(variance + epsilon), centre = RMS ? 0.0f : m.mean;
        for (int i = threadIdx.x; i < packs; i += THREADS) {
            P p = in[i];
            for (S& v : p) {
                const auto column = i * VECTOR + (&v - p.begin());
                float normal = (load_as_float(v) - centre) * scale;
                if (gamma) normal *= gamma[column];
                if (beta) normal += beta[column];
                v = store_from_float<S>(normal);
            }
            out[i] = p;
        }
        if (threadIdx.x == 0) statistics[row] = {centre, variance};
    }
}
