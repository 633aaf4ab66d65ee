// Sobol's sequences in Gray code order, of 32 and 64 bits, plain and with a constant that scrambles them.
#ifndef __CUDAWASM_CURAND_SOBOL__
#define __CUDAWASM_CURAND_SOBOL__
#include <curand.h>
#include <curand/common.h>
namespace curand_detail {
template <typename Word> struct sobol {
    typedef Word word;
    Word i, x, c;
    Word direction_vectors[sizeof(Word) * 8];
};
template <typename S> QUALIFIERS void place(S* state, typename S::word n) {
    typename S::word x = state->c;
    int k = 0;
    for (typename S::word gray = n ^ (n >> 1); gray; gray >>= 1, ++k) {
        if (gray & 1) x ^= state->direction_vectors[k];
    }
    state->i = n;
    state->x = x;
}
template <typename S, typename Word> QUALIFIERS void begin(S* state, const Word* vectors, Word scramble, Word offset) {
    for (int k = 0; k < (int)sizeof(Word) * 8; ++k) state->direction_vectors[k] = vectors[k];
    state->c = scramble;
    place(state, offset);
}
template <typename S> QUALIFIERS typename S::word draw_sobol(S* state) {
    const typename S::word drawn = state->x;
    int k = 0;
    while (k + 1 < (int)sizeof(drawn) * 8 && state->i >> k & 1) ++k;
    state->x ^= state->direction_vectors[k];
    ++state->i;
    return drawn;
}
}  // namespace curand_detail

struct curandStateSobol32 : curand_detail::sobol<unsigned int> {};
struct curandStateScrambledSobol32 : curand_detail::sobol<unsigned int> {};
struct curandStateSobol64 : curand_detail::sobol<unsigned long long> {};
struct curandStateScrambledSobol64 : curand_detail::sobol<unsigned long long> {};
typedef struct curandStateSobol32 curandStateSobol32_t;
typedef struct curandStateScrambledSobol32 curandStateScrambledSobol32_t;
typedef struct curandStateSobol64 curandStateSobol64_t;
typedef struct curandStateScrambledSobol64 curandStateScrambledSobol64_t;

QUALIFIERS unsigned int curand(curandStateSobol32_t* state) { return curand_detail::draw_sobol(state); }
QUALIFIERS unsigned int curand(curandStateScrambledSobol32_t* state) { return curand_detail::draw_sobol(state); }
QUALIFIERS unsigned long long curand(curandStateSobol64_t* state) { return curand_detail::draw_sobol(state); }
QUALIFIERS unsigned long long curand(curandStateScrambledSobol64_t* state) { return curand_detail::draw_sobol(state); }
QUALIFIERS void skipahead(unsigned int n, curandStateSobol32_t* state) { curand_detail::place(state, state->i + n); }
QUALIFIERS void skipahead(unsigned int n, curandStateScrambledSobol32_t* state) { curand_detail::place(state, state->i + n); }
QUALIFIERS void skipahead(unsigned long long n, curandStateSobol64_t* state) { curand_detail::place(state, state->i + n); }
QUALIFIERS void skipahead(unsigned long long n, curandStateScrambledSobol64_t* state) {
    curand_detail::place(state, state->i + n);
}
QUALIFIERS void curand_init(curandDirectionVectors32_t vectors, unsigned int offset, curandStateSobol32_t* state) {
    curand_detail::begin(state, vectors, 0u, offset);
}
QUALIFIERS void curand_init(curandDirectionVectors32_t vectors, unsigned int scramble, unsigned int offset,
                            curandStateScrambledSobol32_t* state) {
    curand_detail::begin(state, vectors, scramble, offset);
}
QUALIFIERS void curand_init(curandDirectionVectors64_t vectors, unsigned long long offset, curandStateSobol64_t* state) {
    curand_detail::begin(state, vectors, 0ull, offset);
}
QUALIFIERS void curand_init(curandDirectionVectors64_t vectors, unsigned long long scramble, unsigned long long offset,
                            curandStateScrambledSobol64_t* state) {
    curand_detail::begin(state, vectors, scramble, offset);
}
#endif
