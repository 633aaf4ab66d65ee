// Quantised matrix-vector products with dp4a and dp2a, with and without signs, and requantisation to saturated bytes.
// Byte lanes are also handled with the SIMD-in-a-word intrinsics and compared with plain arithmetic per lane.
#include <cstdint>

struct Quantisation {
    int32_t multiplier;
    int32_t shift;
    int8_t zero_point;
    bool relu;
};

template <typename To> __device__ constexpr To saturate(int64_t v) {
    constexpr int64_t low = static_cast<To>(-1) < To(0) ? -(int64_t{1} << (sizeof(To) * 8 - 1)) : 0;
    constexpr int64_t high = low ? -low - 1 : (int64_t{1} << sizeof(To) * 8) - 1;
    return static_cast<To>(v < low ? low : v > high ? high : v);
}
static_assert(saturate<int8_t>(300) == 127 && saturate<uint8_t>(-5) == 0 && saturate<int16_t>(-40000) == -32768);

// Multiplies by a fixed-point factor with rounding half away from zero.
__device__ int64_t rescale(int32_t acc, const Quantisation& q) {
    const int64_t product = static_cast<int64_t>(acc) * q.multiplier;
    const int64_t half = int64_t{1} << (q.shift - 1);
    return product >= 0 ? (product + half) >> q.shift : -((-product + half) >> q.shift);
}

template <int WORDS>
__global__ void matvec(const char4* __restrict__ weights, const char4* __restrict__ x, const int* __restrict__ bias,
                       Quantisation q, int8_t* __restrict__ out, int* __restrict__ raw,
                       uint32_t* __restrict__ unsigned_dots,
                       int* __restrict__ wide_dots, uint32_t* __restrict__ lanes, uint8_t* __restrict__ mismatches) {
    __shared__ int xs[WORDS];
    for (int k = threadIdx.x; k < WORDS; k += blockDim.x) xs[k] = reinterpret_cast<const int*>(x)[k];
    __syncthreads();
    const int row = blockIdx.x * blockDim.x + threadIdx.x;
    const int* w = reinterpret_cast<const int*>(weights + row * WORDS);

    int acc = bias[row], wide = 0;
    unsigned uacc = 0;
    for (int k = 0; k < WORDS; ++k) {
        acc = __dp4a(w[k], xs[k], acc);
        uacc = __dp4a(static_cast<unsigned>(w[k]), static_cast<unsigned>(xs[k]), uacc);
        // Bytes of x against the 16-bit halves of the weights' words.
        const short2 halves = make_short2(static_cast<short>(w[k]), static_cast<short>(w[k] >> 16));
        const char4 bytes = *reinterpret_cast<const char4*>(&xs[k]);
        wide = __dp2a_lo(halves, bytes, wide);
        wide = __dp2a_hi(w[k], xs[k], wide);
    }
    raw[row] = acc, unsigned_dots[row] = uacc, wide_dots[row] = wide;
    int64_t y = rescale(acc, q) + q.zero_point;
    if (q.relu && y < q.zero_point) y = q.zero_point;
    out[row] = saturate<int8_t>(y);

    uint32_t mix = 0;
    int wrong = 0;
    for (int k = 0; k < WORDS; ++k) {
        const uint32_t a = w[k], b = xs[k];
        const uint32_t results[] = {__vadd4(a, b),    __vsubss4(a, b), __vaddus4(a, b), __vmaxs4(a, b), __vminu4(a, b),
                                    __vavgu4(a, b),   __vabsdiffu4(a, b), __vcmpgts4(a, b), __vseteq4(a, b)};
        for (int lane = 0; lane < 4; ++lane) {
            const auto ua = static_cast<uint8_t>(a >> 8 * lane), ub = static_cast<uint8_t>(b >> 8 * lane);
            const auto sa = static_cast<int8_t>(ua), sb = static_cast<int8_t>(ub);
            const uint8_t expected[] = {static_cast<uint8_t>(ua + ub),
                                        static_cast<uint8_t>(saturate<int8_t>(sa - sb)),
                                        saturate<uint8_t>(ua + ub),
                                        static_cast<uint8_t>(sa > sb ? sa : sb),
                                        ua < ub ? ua : ub,
                                        static_cast<uint8_t>((ua + ub + 1) / 2),
                                        static_cast<uint8_t>(ua > ub ? ua - ub : ub - ua),
                                        static_cast<uint8_t>(sa > sb ? 0xff : 0),
                                        static_cast<uint8_t>(ua == ub)};
            for (int i = 0; i < 9; ++i) wrong += static_cast<uint8_t>(results[i] >> 8 * lane) != expected[i];
        }
        for (const uint32_t r : results) mix = mix * 31 + r;
        mix ^= __vsadu4(a, b);
    }
    lanes[row] = mix;
    mismatches[row] = static_cast<uint8_t>(min(wrong, 255));
}
