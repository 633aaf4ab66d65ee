// 128-bit integers as classes of two words: what 'unsigned __int128' and '__int128' name.
namespace __cw_wide {  // their operators are found by their arguments alone
template <typename W, typename T> using __cw_if_integer_with = typename __cw_enable_if<__is_integral(T), W>::type;
template <typename T> using __cw_if_float = typename __cw_enable_if<__is_floating(T), T>::type;
// Names are looked up when they are used, so the two may mention each other.
struct alignas(16) __cw_uint128 {
    unsigned long long lo, hi;

    __cw_uint128() = default;
    template <typename T, typename = __cw_if_integral<T>>
    __host__ __device__ constexpr __cw_uint128(T v) : lo((unsigned long long)v), hi(v < T(0) ? ~0ull : 0) {}
    __host__ __device__ constexpr __cw_uint128(double v) : lo(0), hi(0) {
        double size = v < 0 ? -v : v;
        hi = (unsigned long long)(size * 0x1p-64);
        lo = (unsigned long long)(size - (double)hi * 0x1p64);
        if (v < 0) { hi = ~hi + (lo == 0); lo = 0 - lo; }
    }
    __host__ __device__ constexpr __cw_uint128(float v) : __cw_uint128((double)v) {}
    __host__ __device__ constexpr __cw_uint128(unsigned long long high, unsigned long long low) : lo(low), hi(high) {}
    __host__ __device__ constexpr __cw_uint128(__cw_int128 v) : lo(v.lo), hi(v.hi) {}

#define __CW_TO(T) __host__ __device__ constexpr operator T() const { return (T)lo; }
#define __CW_TO_INTEGERS \
    __CW_TO(char) __CW_TO(signed char) __CW_TO(unsigned char) __CW_TO(short) __CW_TO(unsigned short) __CW_TO(int) \
    __CW_TO(unsigned int) __CW_TO(long) __CW_TO(unsigned long) __CW_TO(long long) __CW_TO(unsigned long long)
    __CW_TO_INTEGERS
    __host__ __device__ constexpr operator bool() const { return (lo | hi) != 0; }
    __host__ __device__ constexpr operator double() const {
        int below = 0;
        unsigned long long leading = __cw_leading(*this, below);
        return (double)leading * __cw_power_of_two(below);
    }
    __host__ __device__ constexpr operator float() const {
        int below = 0;
        unsigned long long leading = __cw_leading(*this, below);
        return (float)leading * (float)__cw_power_of_two(below);
    }

#define __CW_ASSIGN(W, op) \
    template <typename T> __host__ __device__ constexpr W& operator op##=(T b) { return *this = (W)(*this op b); }
#define __CW_ASSIGNS(W) \
    __CW_ASSIGN(W, +) __CW_ASSIGN(W, -) __CW_ASSIGN(W, *) __CW_ASSIGN(W, /) __CW_ASSIGN(W, %) __CW_ASSIGN(W, &) \
    __CW_ASSIGN(W, |) __CW_ASSIGN(W, ^) __CW_ASSIGN(W, <<) __CW_ASSIGN(W, >>) \
    __host__ __device__ constexpr W& operator++() { return *this += 1; } \
    __host__ __device__ constexpr W& operator--() { return *this -= 1; } \
    __host__ __device__ constexpr W operator++(int) { W old = *this; *this += 1; return old; } \
    __host__ __device__ constexpr W operator--(int) { W old = *this; *this -= 1; return old; }
    __CW_ASSIGNS(__cw_uint128)
};

struct alignas(16) __cw_int128 {
    unsigned long long lo, hi;

    __cw_int128() = default;
    template <typename T, typename = __cw_if_integral<T>>
    __host__ __device__ constexpr __cw_int128(T v) : lo((unsigned long long)v), hi(v < T(0) ? ~0ull : 0) {}
    __host__ __device__ constexpr __cw_int128(__cw_uint128 v) : lo(v.lo), hi(v.hi) {}
    __host__ __device__ constexpr __cw_int128(double v) : __cw_int128(__cw_uint128(v)) {}
    __host__ __device__ constexpr __cw_int128(float v) : __cw_int128(__cw_uint128((double)v)) {}
    __CW_TO_INTEGERS
    __host__ __device__ constexpr operator bool() const { return (lo | hi) != 0; }
    __host__ __device__ constexpr operator double() const {
        double size = (double)__cw_size(*this);
        return __cw_negative(*this) ? -size : size;
    }
    __host__ __device__ constexpr operator float() const {
        float size = (float)__cw_size(*this);
        return __cw_negative(*this) ? -size : size;
    }
    __CW_ASSIGNS(__cw_int128)
};
#undef __CW_TO
#undef __CW_TO_INTEGERS
#undef __CW_ASSIGN
#undef __CW_ASSIGNS

// The product of two words.
__host__ __device__ constexpr __cw_uint128 __cw_wide_product(unsigned long long a, unsigned long long b) {
    unsigned long long al = a & 0xffffffffu, ah = a >> 32, bl = b & 0xffffffffu, bh = b >> 32;
    unsigned long long low = al * bl, first = ah * bl + (low >> 32), second = al * bh + (first & 0xffffffffu);
    return __cw_uint128(ah * bh + (first >> 32) + (second >> 32), a * b);
}
__host__ __device__ constexpr __cw_uint128 operator+(__cw_uint128 a, __cw_uint128 b) {
    return __cw_uint128(a.hi + b.hi + (a.lo + b.lo < a.lo), a.lo + b.lo);
}
__host__ __device__ constexpr __cw_uint128 operator-(__cw_uint128 a, __cw_uint128 b) {
    return __cw_uint128(a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo);
}
__host__ __device__ constexpr __cw_uint128 operator*(__cw_uint128 a, __cw_uint128 b) {
    __cw_uint128 low = __cw_wide_product(a.lo, b.lo);
    return __cw_uint128(low.hi + a.hi * b.lo + a.lo * b.hi, low.lo);
}
__host__ __device__ constexpr __cw_uint128 operator&(__cw_uint128 a, __cw_uint128 b) {
    return __cw_uint128(a.hi & b.hi, a.lo & b.lo);
}
__host__ __device__ constexpr __cw_uint128 operator|(__cw_uint128 a, __cw_uint128 b) {
    return __cw_uint128(a.hi | b.hi, a.lo | b.lo);
}
__host__ __device__ constexpr __cw_uint128 operator^(__cw_uint128 a, __cw_uint128 b) {
    return __cw_uint128(a.hi ^ b.hi, a.lo ^ b.lo);
}
__host__ __device__ constexpr __cw_uint128 __cw_shifted_left(__cw_uint128 a, unsigned int by) {
    if (by >= 64) return __cw_uint128(by < 128 ? a.lo << (by - 64) : 0, 0);
    return by == 0 ? a : __cw_uint128(a.hi << by | a.lo >> (64 - by), a.lo << by);
}
__host__ __device__ constexpr __cw_uint128 __cw_shifted_right(__cw_uint128 a, unsigned int by, unsigned long long fill) {
    if (by == 0) return a;
    if (by >= 128) return __cw_uint128(fill, fill);
    if (by == 64) return __cw_uint128(fill, a.hi);
    if (by > 64) return __cw_uint128(fill, a.hi >> (by - 64) | fill << (128 - by));
    return __cw_uint128(a.hi >> by | fill << (64 - by), a.lo >> by | a.hi << (64 - by));
}
__host__ __device__ constexpr bool operator==(__cw_uint128 a, __cw_uint128 b) { return a.lo == b.lo && a.hi == b.hi; }
__host__ __device__ constexpr bool operator!=(__cw_uint128 a, __cw_uint128 b) { return a.lo != b.lo || a.hi != b.hi; }
__host__ __device__ constexpr bool operator<(__cw_uint128 a, __cw_uint128 b) {
    return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}
__host__ __device__ constexpr bool operator>(__cw_uint128 a, __cw_uint128 b) { return b < a; }
__host__ __device__ constexpr bool operator<=(__cw_uint128 a, __cw_uint128 b) { return !(b < a); }
__host__ __device__ constexpr bool operator>=(__cw_uint128 a, __cw_uint128 b) { return !(a < b); }
__host__ __device__ constexpr __cw_uint128 __cw_divided(__cw_uint128 a, __cw_uint128 b, bool remainder) {
    if (a.hi == 0 && b.hi == 0) return __cw_uint128(remainder ? a.lo % b.lo : a.lo / b.lo);
    __cw_uint128 quotient(0), rest(0);
    for (int bit = 127; bit >= 0; --bit) {
        bool carry = rest.hi >> 63;
        rest = rest + rest;
        rest.lo |= (bit >= 64 ? a.hi >> (bit - 64) : a.lo >> bit) & 1;
        if (!carry && rest < b) continue;
        rest = rest - b;
        if (bit >= 64) quotient.hi |= 1ull << (bit - 64); else quotient.lo |= 1ull << bit;
    }
    return remainder ? rest : quotient;
}
__host__ __device__ constexpr __cw_uint128 operator/(__cw_uint128 a, __cw_uint128 b) { return __cw_divided(a, b, false); }
__host__ __device__ constexpr __cw_uint128 operator%(__cw_uint128 a, __cw_uint128 b) { return __cw_divided(a, b, true); }
__host__ __device__ constexpr __cw_uint128 operator~(__cw_uint128 a) { return __cw_uint128(~a.hi, ~a.lo); }
__host__ __device__ constexpr __cw_uint128 operator-(__cw_uint128 a) { return __cw_uint128(0ull, 0ull) - a; }
__host__ __device__ constexpr __cw_uint128 operator+(__cw_uint128 a) { return a; }
__host__ __device__ constexpr bool operator!(__cw_uint128 a) { return (a.lo | a.hi) == 0; }

__host__ __device__ constexpr bool __cw_negative(__cw_int128 a) { return a.hi >> 63; }
__host__ __device__ constexpr __cw_uint128 __cw_size(__cw_int128 a) {
    return __cw_negative(a) ? -__cw_uint128(a) : __cw_uint128(a);
}
__host__ __device__ constexpr __cw_int128 operator~(__cw_int128 a) { return ~__cw_uint128(a); }
__host__ __device__ constexpr __cw_int128 operator-(__cw_int128 a) { return -__cw_uint128(a); }
__host__ __device__ constexpr __cw_int128 operator+(__cw_int128 a) { return a; }
__host__ __device__ constexpr bool operator!(__cw_int128 a) { return (a.lo | a.hi) == 0; }
#define __CW_SAME_BITS(op) \
    __host__ __device__ constexpr __cw_int128 operator op(__cw_int128 a, __cw_int128 b) { \
        return __cw_uint128(a) op __cw_uint128(b); }
__CW_SAME_BITS(+)
__CW_SAME_BITS(-)
__CW_SAME_BITS(*)
__CW_SAME_BITS(&)
__CW_SAME_BITS(|)
__CW_SAME_BITS(^)
#undef __CW_SAME_BITS
__host__ __device__ constexpr __cw_int128 operator/(__cw_int128 a, __cw_int128 b) {
    __cw_uint128 size = __cw_size(a) / __cw_size(b);
    return __cw_negative(a) != __cw_negative(b) ? -size : size;
}
__host__ __device__ constexpr __cw_int128 operator%(__cw_int128 a, __cw_int128 b) {
    __cw_uint128 size = __cw_size(a) % __cw_size(b);
    return __cw_negative(a) ? -size : size;
}
__host__ __device__ constexpr bool operator==(__cw_int128 a, __cw_int128 b) { return a.lo == b.lo && a.hi == b.hi; }
__host__ __device__ constexpr bool operator!=(__cw_int128 a, __cw_int128 b) { return a.lo != b.lo || a.hi != b.hi; }
__host__ __device__ constexpr bool operator<(__cw_int128 a, __cw_int128 b) {
    return (long long)a.hi < (long long)b.hi || (a.hi == b.hi && a.lo < b.lo);
}
__host__ __device__ constexpr bool operator>(__cw_int128 a, __cw_int128 b) { return b < a; }
__host__ __device__ constexpr bool operator<=(__cw_int128 a, __cw_int128 b) { return !(b < a); }
__host__ __device__ constexpr bool operator>=(__cw_int128 a, __cw_int128 b) { return !(a < b); }

// Shifts have the type of their left side; 'by' may be any integer.
#define __CW_SHIFTS(W, fill) \
    template <typename T> __host__ __device__ constexpr W operator<<(W a, T by) { \
        return __cw_shifted_left(a, (unsigned int)by); } \
    template <typename T> __host__ __device__ constexpr W operator>>(W a, T by) { \
        return __cw_shifted_right(a, (unsigned int)by, fill); }
__CW_SHIFTS(__cw_uint128, 0)
__CW_SHIFTS(__cw_int128, __cw_negative(a) ? ~0ull : 0)
#undef __CW_SHIFTS

// With another type on one side: integers widen, the signed kind becomes unsigned, floats win.
#define __CW_MIXED_WITH(W, op, R) \
    template <typename T> __host__ __device__ constexpr __cw_if_integer_with<R, T> operator op(W a, T b) { return a op W(b); } \
    template <typename T> __host__ __device__ constexpr __cw_if_integer_with<R, T> operator op(T a, W b) { return W(a) op b; }
#define __CW_MIXED_FLOAT(W, op) \
    template <typename T> __host__ __device__ constexpr auto operator op(W a, T b) -> decltype(__cw_if_float<T>(b) op b) { \
        return (T)a op b; } \
    template <typename T> __host__ __device__ constexpr auto operator op(T a, W b) -> decltype(__cw_if_float<T>(a) op a) { \
        return a op (T)b; }
#define __CW_MIXED(op, R, S) \
    __CW_MIXED_WITH(__cw_uint128, op, R) __CW_MIXED_WITH(__cw_int128, op, S) \
    __host__ __device__ constexpr R operator op(__cw_uint128 a, __cw_int128 b) { return a op __cw_uint128(b); } \
    __host__ __device__ constexpr R operator op(__cw_int128 a, __cw_uint128 b) { return __cw_uint128(a) op b; }
__CW_MIXED(+, __cw_uint128, __cw_int128)
__CW_MIXED(-, __cw_uint128, __cw_int128)
__CW_MIXED(*, __cw_uint128, __cw_int128)
__CW_MIXED(/, __cw_uint128, __cw_int128)
__CW_MIXED(%, __cw_uint128, __cw_int128)
__CW_MIXED(&, __cw_uint128, __cw_int128)
__CW_MIXED(|, __cw_uint128, __cw_int128)
__CW_MIXED(^, __cw_uint128, __cw_int128)
__CW_MIXED(==, bool, bool)
__CW_MIXED(!=, bool, bool)
__CW_MIXED(<, bool, bool)
__CW_MIXED(>, bool, bool)
__CW_MIXED(<=, bool, bool)
__CW_MIXED(>=, bool, bool)
#define __CW_FLOATS(W) \
    __CW_MIXED_FLOAT(W, +) __CW_MIXED_FLOAT(W, -) __CW_MIXED_FLOAT(W, *) __CW_MIXED_FLOAT(W, /) \
    __CW_MIXED_FLOAT(W, ==) __CW_MIXED_FLOAT(W, !=) __CW_MIXED_FLOAT(W, <) __CW_MIXED_FLOAT(W, >) \
    __CW_MIXED_FLOAT(W, <=) __CW_MIXED_FLOAT(W, >=)
__CW_FLOATS(__cw_uint128)
__CW_FLOATS(__cw_int128)
#undef __CW_MIXED_WITH
#undef __CW_MIXED_FLOAT
#undef __CW_MIXED
#undef __CW_FLOATS

// Rounded once: the bits below the 64 leading ones only tell whether there are any.
__host__ __device__ constexpr unsigned long long __cw_leading(__cw_uint128 a, int& below) {
    below = 0;
    if (a.hi == 0) return a.lo;
    int left = 0;
    while (!(a.hi << left >> 63)) ++left;
    __cw_uint128 high = __cw_shifted_left(a, left);
    below = 64 - left;
    return high.hi | (high.lo != 0);
}
__host__ __device__ constexpr double __cw_power_of_two(int n) { return n == 64 ? 0x1p64 : (double)(1ull << n); }
}
typedef __cw_wide::__cw_int128 __int128_t;
typedef __cw_wide::__cw_uint128 __uint128_t;
