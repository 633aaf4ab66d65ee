// Philox4x32-10 counter-based random numbers behind a buffered generator class, with a few distributions on top.
// Checks streams that start at an offset, draws dice, exact uniform floats and a shuffled deck per thread.
#include <cstdint>

namespace rng {
constexpr uint32_t M0 = 0xD2511F53u, M1 = 0xCD9E8D57u, W0 = 0x9E3779B9u, W1 = 0xBB67AE85u;

__device__ inline uint4 single_round(uint4 c, uint2 k) {
    const uint32_t hi0 = __umulhi(M0, c.x), lo0 = M0 * c.x;
    const uint64_t wide = static_cast<uint64_t>(M1) * c.z;
    return make_uint4(static_cast<uint32_t>(wide >> 32) ^ c.y ^ k.x, static_cast<uint32_t>(wide), hi0 ^ c.w ^ k.y, lo0);
}

template <int ROUNDS> __device__ uint4 philox(uint4 counter, uint2 key) {
    if constexpr (ROUNDS == 0) {
        return counter;
    } else {
        const uint4 next = single_round(counter, key);
        return philox<ROUNDS - 1>(next, make_uint2(key.x + W0, key.y + W1));
    }
}

class Generator {
    uint4 counter_;
    uint2 key_;
    uint4 buffer_;
    int used_ = 4;

    __device__ void step(uint64_t by) {
        const uint64_t low = (uint64_t{counter_.y} << 32 | counter_.x) + by;
        const uint32_t carry = low < by;
        counter_.x = static_cast<uint32_t>(low), counter_.y = static_cast<uint32_t>(low >> 32);
        if (carry && ++counter_.z == 0) ++counter_.w;
    }

public:
    using result_type = uint32_t;
    __device__ Generator(uint64_t seed, uint32_t stream, uint64_t offset = 0)
        : counter_{0xfffffffeu, 0xffffffffu, stream, 0},
          key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
          buffer_{} {
        skip(offset);
    }
    __device__ result_type operator()() {
        if (used_ == 4) {
            buffer_ = philox<10>(counter_, key_);
            step(1);
            used_ = 0;
        }
        return (&buffer_.x)[used_++];
    }
    __device__ void skip(uint64_t n) {
        for (; n && used_ != 4; --n) ++used_;
        step(n / 4);
        for (n %= 4; n; --n) (*this)();
    }
};

template <typename G> __device__ uint32_t below(G& g, uint32_t bound) {
    uint64_t m = uint64_t{g()} * bound;
    if (static_cast<uint32_t>(m) < bound)
        for (const uint32_t least = -bound % bound; static_cast<uint32_t>(m) < least;) m = uint64_t{g()} * bound;
    return static_cast<uint32_t>(m >> 32);
}
template <typename T, typename G> __device__ T uniform(G& g) {
    if constexpr (sizeof(T) == 4)
        return static_cast<T>(g() >> 8) * T(0x1p-24);
    else {
        const uint64_t hi = g();
        return static_cast<T>((hi << 32 | g()) >> 11) * T(0x1p-53);
    }
}
}  // namespace rng

__global__ void sample(uint64_t seed, uint32_t* raw, uint8_t* deck, float* floats, double* doubles, uint8_t* same) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    rng::Generator g(seed, i);
    const rng::Generator start = g;
    for (int k = 0; k < 6; ++k) raw[i * 6 + k] = g();
    rng::Generator again(seed, i, 5), skipped = start;
    skipped.skip(3), skipped.skip(2);
    const uint32_t x = again(), y = skipped();
    same[i] = (x == raw[i * 6 + 5]) + 2 * (x == y);

    uint8_t cards[13];
    for (auto& c : cards) c = static_cast<uint8_t>(&c - cards);
    for (int left = 13; left > 1; --left) {
        uint8_t& a = cards[rng::below(g, left)];
        const uint8_t b = cards[left - 1];
        cards[left - 1] = a;
        a = b;
    }
    for (int k = 0; k < 13; ++k) deck[i * 13 + k] = cards[k];
    floats[i] = rng::uniform<float>(g);
    floats[i] -= rng::uniform<float>(g);
    doubles[i] = rng::uniform<double>(g);
}
