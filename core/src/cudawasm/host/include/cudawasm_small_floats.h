// Floats of 16 bits for host code: arithmetic is that of float, rounded once.
#pragma once
#include <math.h>
#include <string.h>

namespace cudawasm {

inline unsigned int bits_of(float f) {
    unsigned int bits;
    memcpy(&bits, &f, 4);
    return bits;
}
inline float float_of(unsigned int bits) {
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

// IEEE binary16, to nearest even.
inline unsigned short half_bits(float f) {
    const unsigned int bits = bits_of(f), sign = bits >> 16 & 0x8000u, rest = bits & 0x7fffffffu;
    if (rest > 0x7f800000u) return static_cast<unsigned short>(sign | 0x7fffu);
    if (rest >= 0x477ff000u) return static_cast<unsigned short>(sign | 0x7c00u);
    if (rest < 0x38800000u) return static_cast<unsigned short>(sign | static_cast<unsigned int>(rintf(float_of(rest) * 16777216.0f)));
    return static_cast<unsigned short>(sign | (rest - 0x38000000u + 0xfffu + (rest >> 13 & 1u)) >> 13);
}
inline float float_of_half(unsigned short h) {
    const unsigned int sign = (h & 0x8000u) << 16, rest = h & 0x7fffu;
    if (rest >= 0x7c00u) return float_of(sign | 0x7f800000u | (rest & 0x3ffu) << 13);
    if (rest >= 0x0400u) return float_of(sign | ((rest << 13) + 0x38000000u));
    return float_of(sign | bits_of(static_cast<float>(rest) * 5.9604645e-08f));
}

// The upper half of a float, to nearest even.
inline unsigned short bfloat_bits(float f) {
    const unsigned int bits = bits_of(f);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fffu;
    return static_cast<unsigned short>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
inline float float_of_bfloat(unsigned short h) { return float_of(static_cast<unsigned int>(h) << 16); }

}  // namespace cudawasm

#define CUDAWASM_SMALL_FLOAT(T, T2, RAW, RAW2, TO, FROM)                                                              \
    struct RAW {                                                                                                      \
        unsigned short x;                                                                                             \
    };                                                                                                                \
    struct alignas(4) RAW2 {                                                                                          \
        unsigned short x, y;                                                                                          \
    };                                                                                                                \
    struct T {                                                                                                        \
        unsigned short cudawasm_bits;                                                                                 \
        T() = default;                                                                                                \
        T(const RAW& raw) : cudawasm_bits(raw.x) {}                                                                   \
        T(float f) : cudawasm_bits(cudawasm::TO(f)) {}                                                                \
        T(double f) : T(static_cast<float>(f)) {}                                                                     \
        T(int i) : T(static_cast<float>(i)) {}                                                                        \
        T(unsigned int i) : T(static_cast<float>(i)) {}                                                               \
        T(long i) : T(static_cast<float>(i)) {}                                                                       \
        T(long long i) : T(static_cast<float>(i)) {}                                                                  \
        T(unsigned long long i) : T(static_cast<float>(i)) {}                                                         \
        operator float() const { return cudawasm::FROM(cudawasm_bits); }                                              \
        operator RAW() const { return RAW{cudawasm_bits}; }                                                           \
        T& operator+=(const T& o) { return *this = T(float(*this) + float(o)); }                                      \
        T& operator-=(const T& o) { return *this = T(float(*this) - float(o)); }                                      \
        T& operator*=(const T& o) { return *this = T(float(*this) * float(o)); }                                      \
        T& operator/=(const T& o) { return *this = T(float(*this) / float(o)); }                                      \
    };                                                                                                                \
    inline T operator+(const T& a, const T& b) { return T(float(a) + float(b)); }                                     \
    inline T operator-(const T& a, const T& b) { return T(float(a) - float(b)); }                                     \
    inline T operator*(const T& a, const T& b) { return T(float(a) * float(b)); }                                     \
    inline T operator/(const T& a, const T& b) { return T(float(a) / float(b)); }                                     \
    inline T operator-(const T& a) { return T(-float(a)); }                                                           \
    inline bool operator==(const T& a, const T& b) { return float(a) == float(b); }                                   \
    inline bool operator!=(const T& a, const T& b) { return float(a) != float(b); }                                   \
    inline bool operator<(const T& a, const T& b) { return float(a) < float(b); }                                     \
    inline bool operator>(const T& a, const T& b) { return float(a) > float(b); }                                     \
    inline bool operator<=(const T& a, const T& b) { return float(a) <= float(b); }                                   \
    inline bool operator>=(const T& a, const T& b) { return float(a) >= float(b); }                                   \
    struct alignas(4) T2 {                                                                                            \
        T x, y;                                                                                                       \
        T2() = default;                                                                                               \
        T2(const T& a, const T& b) : x(a), y(b) {}                                                                    \
    };

// Conversions and arithmetic by name, for a type that CUDA calls NAME in them.
#define CUDAWASM_SMALL_FLOAT_FUNCTIONS(T, T2, RAW, NAME)                                             \
    inline T __float2##NAME(float f) { return T(f); }                                                \
    inline T __float2##NAME##_rn(float f) { return T(f); }                                           \
    inline T __double2##NAME(double f) { return T(f); }                                              \
    inline T __int2##NAME##_rn(int i) { return T(i); }                                               \
    inline float __##NAME##2float(T h) { return float(h); }                                          \
    inline T2 __float2##NAME##2_rn(float f) { return T2(T(f), T(f)); }                               \
    inline T2 __floats2##NAME##2_rn(float a, float b) { return T2(T(a), T(b)); }                     \
    inline T2 __halves2##NAME##2(T a, T b) { return T2(a, b); }                                      \
    inline T2 __##NAME##2##NAME##2(T a) { return T2(a, a); }                                         \
    inline float __low2float(T2 v) { return float(v.x); }                                            \
    inline float __high2float(T2 v) { return float(v.y); }                                           \
    inline T __low2##NAME(T2 v) { return v.x; }                                                      \
    inline T __high2##NAME(T2 v) { return v.y; }                                                     \
    inline float2 __##NAME##22float2(T2 v) { return float2{float(v.x), float(v.y)}; }                \
    inline unsigned short __##NAME##_as_ushort(T h) { return h.cudawasm_bits; }                      \
    inline T __ushort_as_##NAME(unsigned short bits) { return T(RAW{bits}); }                        \
    inline T __hadd(T a, T b) { return a + b; }                                                      \
    inline T __hsub(T a, T b) { return a - b; }                                                      \
    inline T __hmul(T a, T b) { return a * b; }                                                      \
    inline T __hdiv(T a, T b) { return a / b; }
