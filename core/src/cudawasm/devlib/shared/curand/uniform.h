// Uniform numbers in (0, 1].
#ifndef __CUDAWASM_CURAND_UNIFORM__
#define __CUDAWASM_CURAND_UNIFORM__
#include <curand/mrg32k3a.h>
#include <curand/philox.h>
#include <curand/sobol.h>
#include <curand/xorwow.h>
#define CURAND_2POW32_INV (2.3283064e-10f)
#define CURAND_2POW32_INV_DOUBLE (2.3283064365386963e-10)
#define CURAND_2POW53_INV_DOUBLE (1.1102230246251565e-16)
#define CURAND_2PI (6.2831855f)
#define CURAND_2POW32_INV_2PI (2.3283064e-10f * 6.2831855f)
namespace curand_detail {
QUALIFIERS float uniform(unsigned int x) { return x * CURAND_2POW32_INV + CURAND_2POW32_INV / 2.0f; }
QUALIFIERS float uniform(unsigned long long x) { return uniform((unsigned int)(x >> 32)); }
QUALIFIERS float4 uniform(const uint4& x) { return make_float4(uniform(x.x), uniform(x.y), uniform(x.z), uniform(x.w)); }
QUALIFIERS double uniform_double(unsigned int x) { return x * CURAND_2POW32_INV_DOUBLE + CURAND_2POW32_INV_DOUBLE; }
QUALIFIERS double uniform_double(unsigned long long x) {
    return (x >> 11) * CURAND_2POW53_INV_DOUBLE + CURAND_2POW53_INV_DOUBLE / 2.0;
}
QUALIFIERS double uniform_double(unsigned int x, unsigned int y) {
    const unsigned long long bits = (unsigned long long)x ^ ((unsigned long long)y << 21);
    return bits * CURAND_2POW53_INV_DOUBLE + CURAND_2POW53_INV_DOUBLE / 2.0;
}
}  // namespace curand_detail

template <typename S> QUALIFIERS float curand_uniform(S* state) { return curand_detail::uniform(curand(state)); }
// A product of a double, rounded to a float: where there are doubles and where there are none.
QUALIFIERS float curand_uniform(curandStateMRG32k3a_t* state) {
    int point;
    const unsigned long long bits = curand_detail::scaled(curand_detail::draw(state), 0xd00000b, point);
    return (float)bits * (CURAND_2POW32_INV / 4503599627370496.0f) * (float)(1ull << (52 - point));
}
QUALIFIERS float4 curand_uniform4(curandStatePhilox4_32_10_t* state) { return curand_detail::uniform(curand4(state)); }

template <typename S> QUALIFIERS double curand_uniform_double(S* state) {
    return curand_detail::uniform_double(curand(state));
}
QUALIFIERS double curand_uniform_double(curandStateXORWOW_t* state) {
    const unsigned int x = curand(state), y = curand(state);
    return curand_detail::uniform_double(x, y);
}
QUALIFIERS double curand_uniform_double(curandStateMRG32k3a_t* state) {
    return curand_detail::draw(state) * 2.328306549837829e-10;
}
QUALIFIERS double2 curand_uniform2_double(curandStatePhilox4_32_10_t* state) {
    const uint4 x = curand4(state);
    return make_double2(curand_detail::uniform_double(x.x, x.y), curand_detail::uniform_double(x.z, x.w));
}
#endif
