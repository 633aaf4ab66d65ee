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
