// MRG32k3a: L'Ecuyer's combination of two recurrences of order three ("Good parameters and implementations for combined
// multiple recursive random number generators", 1999). A jump of n steps applies x**n modulo the recurrence's polynomial.
#ifndef __CUDAWASM_CURAND_MRG32K3A__
#define __CUDAWASM_CURAND_MRG32K3A__
#include <curand/common.h>
struct curandStateMRG32k3a : curand_detail::spare_normals {
    unsigned int s1[3], s2[3];
    unsigned int reserved;
};
typedef struct curandStateMRG32k3a curandStateMRG32k3a_t;

namespace curand_detail {
// x[n + 3] = square * x[n + 2] + linear * x[n + 1] + constant * x[n] modulo 2**32 - Rest.
struct mrg_first {
    static constexpr unsigned int rest = 209, square = 0, linear = 1403580, constant = 4294967087u - 810728;
};
struct mrg_second {
    static constexpr unsigned int rest = 22853, square = 527612, linear = 0, constant = 4294944443u - 1370589;
};
template <typename R> constexpr unsigned int mrg_modulus = 0u - R::rest;

// A sum of few products, each below 2**64, modulo 2**32 - rest.
template <typename R> QUALIFIERS unsigned int reduced(unsigned long long x) {
    x = (x & 0xffffffffu) + (x >> 32) * R::rest;
    x = (x & 0xffffffffu) + (x >> 32) * R::rest;
    return (unsigned int)(x >= mrg_modulus<R> ? x - mrg_modulus<R> : x);
}
template <typename R> QUALIFIERS unsigned int product(unsigned int a, unsigned int b) {
    return reduced<R>((unsigned long long)a * b);
}
template <typename R> QUALIFIERS unsigned int sum(unsigned int a, unsigned int b) {
    return reduced<R>((unsigned long long)a + b);
}
template <typename R> QUALIFIERS unsigned int following(unsigned int x0, unsigned int x1, unsigned int x2) {
    unsigned int next = product<R>(R::constant, x0);
    if (R::linear) next = sum<R>(next, product<R>(R::linear, x1));
    if (R::square) next = sum<R>(next, product<R>(R::square, x2));
    return next;
}
template <typename R> QUALIFIERS void step(unsigned int s[3]) {
    const unsigned int next = following<R>(s[0], s[1], s[2]);
    s[0] = s[1];
    s[1] = s[2];
    s[2] = next;
}
// A polynomial of degree two, lowest coefficient first, becomes its square.
template <typename R> QUALIFIERS void square(unsigned int c[3]) {
    const unsigned int c01 = product<R>(c[0], c[1]), c02 = product<R>(c[0], c[2]), c12 = product<R>(c[1], c[2]);
    unsigned int r[5];
    r[0] = product<R>(c[0], c[0]);
    r[1] = sum<R>(c01, c01);
    r[2] = sum<R>(sum<R>(c02, c02), product<R>(c[1], c[1]));
    r[3] = sum<R>(c12, c12);
    r[4] = product<R>(c[2], c[2]);
    for (int i = 4; i > 2; --i) {
        r[i - 1] = sum<R>(r[i - 1], product<R>(r[i], R::square));
        r[i - 2] = sum<R>(r[i - 2], product<R>(r[i], R::linear));
        r[i - 3] = sum<R>(r[i - 3], product<R>(r[i], R::constant));
    }
    for (int i = 0; i < 3; ++i) c[i] = r[i];
}
// Jumps n times as far as the polynomial c does.
template <typename R> QUALIFIERS void jump(unsigned int s[3], unsigned long long n, unsigned int c0, unsigned int c1,
                                           unsigned int c2) {
    unsigned int c[3] = {c0, c1, c2};
    for (; n; n >>= 1) {
        if (n & 1) {
            unsigned int x[5] = {s[0], s[1], s[2], 0, 0};
            x[3] = following<R>(x[0], x[1], x[2]);
            x[4] = following<R>(x[1], x[2], x[3]);
            for (int i = 0; i < 3; ++i) {
                s[i] = sum<R>(sum<R>(product<R>(c[0], x[i]), product<R>(c[1], x[i + 1])), product<R>(c[2], x[i + 2]));
            }
        }
        square<R>(c);
    }
}
// The next of 1 to 2**32 - 209.
QUALIFIERS unsigned int draw(curandStateMRG32k3a* state) {
    step<mrg_first>(state->s1);
    step<mrg_second>(state->s2);
    const unsigned int a = state->s1[2], b = state->s2[2];
    return a <= b ? a - b + mrg_modulus<mrg_first> : a - b;
}
// How a double's product of a drawn number and 1 + part * 2**-52 is rounded: 53 bits, `point` of them after the point.
QUALIFIERS unsigned long long scaled(unsigned int drawn, unsigned int part, int& point) {
    const unsigned long long more = (unsigned long long)drawn * part, fraction = more & 0xfffffffffffffull;
    const unsigned long long whole = drawn + (more >> 52);
    int dropped = 0;
    while (whole >> dropped > 1) ++dropped;
    point = 52 - dropped;
    const unsigned long long kept = whole << point | fraction >> dropped;
    const unsigned long long rest = fraction & ((1ull << dropped) - 1), half = (1ull << dropped) >> 1;
    return kept + (half && (rest > half || (rest == half && (kept & 1))));
}
}  // namespace curand_detail

QUALIFIERS unsigned int curand(curandStateMRG32k3a_t* state) {
    int point;
    const unsigned long long bits = curand_detail::scaled(curand_detail::draw(state), 0xd1006f5, point) >> point;
    return bits > 0xffffffffu ? 0xffffffffu : (unsigned int)bits;  // a little more than 2**32 / (2**32 - 209)
}
QUALIFIERS void skipahead(unsigned long long n, curandStateMRG32k3a_t* state) {
    curand_detail::jump<curand_detail::mrg_first>(state->s1, n, 0, 1, 0);
    curand_detail::jump<curand_detail::mrg_second>(state->s2, n, 0, 1, 0);
}
QUALIFIERS void skipahead_subsequence(unsigned long long n, curandStateMRG32k3a_t* state) {  // 2**76 numbers each
    curand_detail::jump<curand_detail::mrg_first>(state->s1, n, 82758667u, 1871391091u, 4127413238u);
    curand_detail::jump<curand_detail::mrg_second>(state->s2, n, 1511326704u, 3759209742u, 1610795712u);
}
QUALIFIERS void skipahead_sequence(unsigned long long n, curandStateMRG32k3a_t* state) {  // 2**127 numbers each
    curand_detail::jump<curand_detail::mrg_first>(state->s1, n, 2427906178u, 3580155704u, 949770784u);
    curand_detail::jump<curand_detail::mrg_second>(state->s2, n, 1464411153u, 277697599u, 1610723613u);
}
QUALIFIERS void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                            curandStateMRG32k3a_t* state) {
    for (int i = 0; i < 3; ++i) state->s1[i] = state->s2[i] = 12345;
    if (seed) {
        const unsigned int low = (unsigned int)seed ^ 0x55555555u, high = (unsigned int)(seed >> 32) ^ 0xaaaaaaaau;
        for (int i = 0; i < 3; ++i) {
            state->s1[i] = curand_detail::product<curand_detail::mrg_first>(i == 1 ? high : low, 12345);
            state->s2[i] = curand_detail::product<curand_detail::mrg_second>(i == 1 ? low : high, 12345);
        }
    }
    state->reserved = 0;
    curand_detail::forget(*state);
    skipahead_subsequence(subsequence, state);
    skipahead(offset, state);
}
#endif
