// Philox 4x32 of 10 rounds: a counter and a key, scrambled (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
#ifndef __CUDAWASM_CURAND_PHILOX__
#define __CUDAWASM_CURAND_PHILOX__
#include <curand/common.h>
struct curandStatePhilox4_32_10 : curand_detail::spare_normals {
    unsigned int STATE;  // how many of `output` are used
    uint2 key;
    uint4 ctr;
    uint4 output;
};
typedef struct curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;

QUALIFIERS uint4 curand_Philox4x32_10(uint4 c, uint2 key) {
    for (int round = 0; round < 10; ++round) {
        const unsigned int high0 = curand_detail::high_product(0xd2511f53u, c.x), low0 = 0xd2511f53u * c.x;
        const unsigned int high1 = curand_detail::high_product(0xcd9e8d57u, c.z), low1 = 0xcd9e8d57u * c.z;
        c.x = high1 ^ c.y ^ key.x;
        c.y = low1;
        c.z = high0 ^ c.w ^ key.y;
        c.w = low0;
        key.x += 0x9e3779b9u;
        key.y += 0xbb67ae85u;
    }
    return c;
}
namespace curand_detail {
// Adds n * 2**64 to the counter.
QUALIFIERS void count_high(curandStatePhilox4_32_10_t* state, unsigned long long n) {
    const unsigned int old = state->ctr.z;
    state->ctr.z += (unsigned int)n;
    state->ctr.w += (unsigned int)(n >> 32) + (state->ctr.z < old);
}
QUALIFIERS void count(curandStatePhilox4_32_10_t* state, unsigned long long n) {
    const unsigned int low = (unsigned int)n, high = (unsigned int)(n >> 32);
    state->ctr.x += low;
    const unsigned int carry = state->ctr.x < low;
    const unsigned int sum = state->ctr.y + high, whole = sum + carry;
    const bool carries = sum < high || whole < sum;
    state->ctr.y = whole;
    if (carries) count_high(state, 1);
}
QUALIFIERS unsigned int word(const uint4& four, unsigned int i) {
    return i == 0 ? four.x : i == 1 ? four.y : i == 2 ? four.z : four.w;
}
}  // namespace curand_detail

QUALIFIERS void skipahead(unsigned long long n, curandStatePhilox4_32_10_t* state) {
    state->STATE += (unsigned int)n & 3;
    n >>= 2;
    if (state->STATE > 3) {
        state->STATE -= 4;
        ++n;
    }
    curand_detail::count(state, n);
    state->output = curand_Philox4x32_10(state->ctr, state->key);
}
QUALIFIERS void skipahead_sequence(unsigned long long n, curandStatePhilox4_32_10_t* state) {
    curand_detail::count_high(state, n);
    state->output = curand_Philox4x32_10(state->ctr, state->key);
}
QUALIFIERS void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                            curandStatePhilox4_32_10_t* state) {
    state->ctr.x = state->ctr.y = state->ctr.z = state->ctr.w = 0;
    state->key.x = (unsigned int)seed;
    state->key.y = (unsigned int)(seed >> 32);
    state->STATE = 0;
    curand_detail::forget(*state);
    curand_detail::count_high(state, subsequence);
    skipahead(offset, state);
}
QUALIFIERS unsigned int curand(curandStatePhilox4_32_10_t* state) {
    const unsigned int drawn = curand_detail::word(state->output, state->STATE++);
    if (state->STATE > 3) {
        state->STATE = 0;
        curand_detail::count(state, 1);
        state->output = curand_Philox4x32_10(state->ctr, state->key);
    }
    return drawn;
}
QUALIFIERS uint4 curand4(curandStatePhilox4_32_10_t* state) {
    const uint4 old = state->output;
    curand_detail::count(state, 1);
    const uint4 now = state->output = curand_Philox4x32_10(state->ctr, state->key);
    switch (state->STATE) {
        case 0: return old;
        case 1: return make_uint4(old.y, old.z, old.w, now.x);
        case 2: return make_uint4(old.z, old.w, now.x, now.y);
        default: return make_uint4(old.w, now.x, now.y, now.z);
    }
}
#endif
