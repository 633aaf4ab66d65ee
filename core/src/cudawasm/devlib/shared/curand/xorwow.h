// XORWOW: Marsaglia's xorshift of 160 bits plus a Weyl sequence ("Xorshift RNGs", 2003).
// The xorshift is linear over GF(2), so a jump of n steps applies the polynomial x**n mod p, where p is its characteristic
// polynomial: the sum of the states whose coefficient is one, 160 steps for a jump of any length.
#ifndef __CUDAWASM_CURAND_XORWOW__
#define __CUDAWASM_CURAND_XORWOW__
#include <curand/common.h>
#include <curand/xorwow_jumps.h>
struct curandStateXORWOW : curand_detail::spare_normals {
    unsigned int d, v[5];
    unsigned int reserved;
};
typedef struct curandStateXORWOW curandStateXORWOW_t;
typedef struct curandStateXORWOW curandState_t;
typedef struct curandStateXORWOW curandState;

namespace curand_detail {
constexpr int log2_sequence = 67;  // subsequences of XORWOW are 2**67 apart
constexpr unsigned int weyl = 362437;

QUALIFIERS void step(unsigned int v[5]) {
    const unsigned int t = v[0] ^ (v[0] >> 2);
    v[0] = v[1];
    v[1] = v[2];
    v[2] = v[3];
    v[3] = v[4];
    v[4] = v[4] ^ (v[4] << 4) ^ t ^ (t << 1);
}
// Jumps n * 2**log2_unit steps; log2_unit is at least xorwow_first_jump. All threads go through the same polynomials, so
// that those of a warp, or of a vector, work together.
QUALIFIERS void jump(unsigned int state[5], unsigned long long n, int log2_unit) {
    if (!n) return;
    unsigned int v[5];  // not in the memory that the state is in
    for (int j = 0; j < 5; ++j) v[j] = state[j];
    for (int k = 0; k < 64; ++k) {
        if (!(n >> k & 1)) continue;
        unsigned int sum[5] = {0, 0, 0, 0, 0};
        for (int word = 0; word < 5; ++word) {
            unsigned int bits = xorwow_jumps[(log2_unit - xorwow_first_jump + k) * 5 + word];
            for (int i = 0; i < 32; ++i) {
                const unsigned int mask = 0u - (bits & 1);
                for (int j = 0; j < 5; ++j) sum[j] ^= v[j] & mask;
                step(v);
                bits >>= 1;
            }
        }
        for (int j = 0; j < 5; ++j) v[j] = sum[j];
    }
    for (int j = 0; j < 5; ++j) state[j] = v[j];
}
}  // namespace curand_detail

QUALIFIERS unsigned int curand(curandStateXORWOW_t* state) {
    curand_detail::step(state->v);
    state->d += curand_detail::weyl;
    return state->v[4] + state->d;
}
QUALIFIERS void skipahead(unsigned long long n, curandStateXORWOW_t* state) {
    unsigned int v[5];
    for (int j = 0; j < 5; ++j) v[j] = state->v[j];
    const unsigned int few = (unsigned int)n & ((1u << curand_detail::xorwow_first_jump) - 1);
    for (unsigned int i = 0; i < few; ++i) curand_detail::step(v);
    for (int j = 0; j < 5; ++j) state->v[j] = v[j];
    curand_detail::jump(state->v, n >> curand_detail::xorwow_first_jump, curand_detail::xorwow_first_jump);
    state->d += curand_detail::weyl * (unsigned int)n;
}
QUALIFIERS void skipahead_sequence(unsigned long long n, curandStateXORWOW_t* state) {
    curand_detail::jump(state->v, n, curand_detail::log2_sequence);  // the Weyl sequence is back where it was
}
QUALIFIERS void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                            curandStateXORWOW_t* state) {
    const unsigned int low = 1099087573u * ((unsigned int)seed ^ 0xaad26b49u);
    const unsigned int high = 2591861531u * ((unsigned int)(seed >> 32) ^ 0xf7dcefddu);
    state->d = 6615241u + high + low;
    state->v[0] = 123456789u + low;
    state->v[1] = 362436069u ^ low;
    state->v[2] = 521288629u + high;
    state->v[3] = 88675123u ^ high;
    state->v[4] = 5783321u + low;
    state->reserved = 0;
    curand_detail::forget(*state);
    skipahead_sequence(subsequence, state);
    skipahead(offset, state);
}
#endif
