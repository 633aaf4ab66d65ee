// Reductions over bfloat16 vectors: sums rounded at every step along a fixed tree, maxima, and a fused dot product.
// A class wraps pairs of bfloat16; the tree's shape does not depend on timing, so that rounding is reproducible.
#include <cstdint>
#include <cuda_bf16.h>

class Pair {
    __nv_bfloat162 v_;

public:
    Pair() = default;
    __device__ Pair(__nv_bfloat162 v) : v_(v) {}
    __device__ explicit Pair(float both) : v_(__float2bfloat162_rn(both)) {}
    __device__ __nv_bfloat162 raw() const { return v_; }
    __device__ Pair operator+(Pair o) const { return __hadd2(v_, o.v_); }
    __device__ Pair fused(Pair b, Pair c) const { return __hfma2(v_, b.v_, c.v_); }
    __device__ Pair larger(Pair o) const { return __hmax2(v_, o.v_); }
    __device__ __nv_bfloat16 low() const { return __low2bfloat16(v_); }
    __device__ __nv_bfloat16 high() const { return __high2bfloat16(v_); }
    __device__ Pair across(int delta) const {
        const unsigned bits = __shfl_xor_sync(~0u, reinterpret_cast<const unsigned&>(v_), delta);
        return reinterpret_cast<const __nv_bfloat162&>(bits);
    }
};

struct Sum {
    static __device__ Pair start() { return Pair(0.0f); }
    __device__ Pair operator()(Pair a, Pair b) const { return a + b; }
};
struct Max {
    static __device__ Pair start() { return Pair(-3e38f); }
    __device__ Pair operator()(Pair a, Pair b) const { return a.larger(b); }
};

template <typename Op, int WARPS> __device__ Pair block_tree(Pair x, unsigned* scratch) {
    const Op op{};
    for (int d = 1; d < 32; d <<= 1) x = op(x, x.across(d));
    if (threadIdx.x % 32 == 0) {
        const auto raw = x.raw();
        scratch[threadIdx.x / 32] = *reinterpret_cast<const unsigned*>(&raw);
    }
    __syncthreads();
    Pair total = Op::start();
    for (int w = 0; w < WARPS; ++w) total = op(total, *reinterpret_cast<const __nv_bfloat162*>(scratch + w));
    __syncthreads();
    return total;
}

struct Result {
    __nv_bfloat16 sum[2], top[2], dot;
    uint16_t compares;
    float exact;
};

template <int WARPS>
__global__ void reduce(const __nv_bfloat162* x, const __nv_bfloat162* y, Result* results, __nv_bfloat16* rounded,
                       int pairs) {
    __shared__ unsigned scratch[WARPS];
    x += blockIdx.x * pairs, y += blockIdx.x * pairs;
    Pair sum = Sum::start(), top = Max::start(), dot(0.0f);
    unsigned compares = 0;
    for (int i = threadIdx.x; i < pairs; i += WARPS * 32) {
        const Pair a = x[i], b = y[i];
        sum = sum + a, top = top.larger(b);
        dot = a.fused(b, dot);
        compares += __hlt(a.low(), b.low()) + 2 * __heq(a.high(), b.high()) + (__habs(a.low()) > __habs(b.high()));
        const float2 f = __bfloat1622float2(a.raw());
        rounded[(blockIdx.x * pairs + i) * 2] = __float2bfloat16_rn(f.x * 1.0009765625f);
        rounded[(blockIdx.x * pairs + i) * 2 + 1] = __float2bfloat16_rz(f.y * 1.0078125f);
    }
    sum = block_tree<Sum, WARPS>(sum, scratch);
    top = block_tree<Max, WARPS>(top, scratch);
    dot = block_tree<Sum, WARPS>(dot, scratch);
    compares = __reduce_add_sync(~0u, compares);
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = compares;
    __syncthreads();
    if (threadIdx.x) return;
    Result& r = results[blockIdx.x];
    r.sum[0] = sum.low(), r.sum[1] = sum.high();
    r.top[0] = top.low(), r.top[1] = top.high();
    r.dot = __hadd(dot.low(), dot.high());
    unsigned all = 0;
    for (unsigned c : scratch) all += c;
    r.compares = static_cast<uint16_t>(all);
    r.exact = __bfloat162float(sum.low()) - __bfloat162float(sum.high());
}
