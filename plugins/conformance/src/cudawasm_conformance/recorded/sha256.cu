// SHA-256 of many short messages of varying length, one message per thread, with the schedule in a 16-word ring.
// The round constants are derived at compile time from the cube roots of the first 64 primes.
#include <cstdint>

struct RoundConstants {
    uint32_t k[64];
};

// The first 32 fractional bits of the cube root of p: floor(cbrt(p) * 2^32) mod 2^32, found by bisection on integers.
constexpr uint32_t cube_root_bits(uint32_t p) {
    uint64_t lo = 0, hi = uint64_t{8} << 32;
    while (hi - lo > 1) {
        const uint64_t x = (lo + hi) / 2;
        // x^3 <= p * 2^96, in 128 bits as two halves: square, then times x by 32-bit limbs.
        uint32_t limb[4] = {static_cast<uint32_t>(x), static_cast<uint32_t>(x >> 32), 0, 0};
        uint32_t product[7] = {1, 0, 0, 0, 0, 0, 0};
        for (int power = 0; power < 3; ++power) {
            uint32_t next[7] = {};
            for (int i = 0; i < 7; ++i) {
                uint64_t carry = 0;
                for (int j = 0; i + j < 7; ++j) {
                    const uint64_t sum = uint64_t{product[i]} * (j < 4 ? limb[j] : 0) + next[i + j] + carry;
                    next[i + j] = static_cast<uint32_t>(sum);
                    carry = sum >> 32;
                }
            }
            for (int i = 0; i < 7; ++i) product[i] = next[i];
        }
        const bool fits = product[4] == 0 && product[3] < p;
        (fits ? lo : hi) = x;
    }
    return static_cast<uint32_t>(lo);
}

constexpr RoundConstants make_constants() {
    RoundConstants c{};
    int found = 0;
    for (uint32_t p = 2; found < 64; ++p) {
        bool prime = true;
        for (uint32_t d = 2; d * d <= p; ++d) prime = prime && p % d != 0;
        if (prime) c.k[found++] = cube_root_bits(p);
    }
    return c;
}
__constant__ constexpr RoundConstants constants = make_constants();
static_assert(make_constants().k[0] == 0x428a2f98u && make_constants().k[63] == 0xc67178f2u, "FIPS 180-4");

template <int R> __device__ uint32_t ror(uint32_t x) { return __funnelshift_r(x, x, R); }
template <int A, int B, int C> __device__ uint32_t big_sigma(uint32_t x) { return ror<A>(x) ^ ror<B>(x) ^ ror<C>(x); }
template <int A, int B, int S> __device__ uint32_t small_sigma(uint32_t x) { return ror<A>(x) ^ ror<B>(x) ^ x >> S; }

__device__ void compress(uint32_t (&state)[8], uint32_t (&w)[16]) {
    uint32_t s[8];
    for (int i = 0; i < 8; ++i) s[i] = state[i];
    for (int round = 0; round < 64; ++round) {
        uint32_t& word = w[round & 15];
        if (round >= 16)
            word += small_sigma<17, 19, 10>(w[(round + 14) & 15]) + w[(round + 9) & 15] +
                    small_sigma<7, 18, 3>(w[(round + 1) & 15]);
        const uint32_t choose = (s[4] & s[5]) ^ (~s[4] & s[6]),
            majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        const uint32_t t1 = s[7] + big_sigma<6, 11, 25>(s[4]) + choose + constants.k[round] + word;
        const uint32_t t2 = big_sigma<2, 13, 22>(s[0]) + majority;
        for (int i = 7; i > 0; --i) s[i] = s[i - 1];
        s[4] += t1, s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i) state[i] += s[i];
}

__global__ void sha256(const uint8_t* text, const uint32_t* offsets, uint8_t* digests, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19};
    const uint8_t *p = text + offsets[i], *const end = text + offsets[i + 1];
    const uint64_t bits = static_cast<uint64_t>(end - p) * 8;
    bool marked = false, done = false;
    while (!done) {
        uint32_t block[16] = {};
        int fill = 0;
        for (; fill < 64 && p < end; ++fill) block[fill / 4] |= uint32_t{*p++} << (24 - fill % 4 * 8);
        if (fill < 64 && !marked) {
            block[fill / 4] |= 0x80u << (24 - fill % 4 * 8);
            marked = true;
            ++fill;
        }
        if (marked && fill <= 56) {
            block[14] = static_cast<uint32_t>(bits >> 32), block[15] = static_cast<uint32_t>(bits);
            done = true;
        }
        compress(state, block);
    }
    auto* out = reinterpret_cast<uint32_t*>(digests) + i * 8;
    for (uint32_t word : state) *out++ = __byte_perm(word, 0, 0x0123);
}
