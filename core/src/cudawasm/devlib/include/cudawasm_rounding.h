// Arithmetic with directed rounding: the nearest result, moved by one step where the exact result lies on the wrong
// side of it. An error term ``e`` has the sign of what the nearest result lacks; NaN (of an infinite operand) moves nothing.
// Single precision is told from its bits, as devices may take numbers below the normal range for 0.
__device__ inline float __cw_step_down(float x) {
    int bits = __float_as_int(x);
    return __int_as_float((bits & 0x7fffffff) == 0 ? (int)0x80000001 : bits + (bits < 0 ? 1 : -1));
}
__device__ inline float __cw_step_up(float x) {
    int bits = __float_as_int(x);
    return __int_as_float((bits & 0x7fffffff) == 0 ? 1 : bits + (bits < 0 ? -1 : 1));
}
__device__ inline bool __cw_is_above(float x) { return __float_as_int(x) > 0; }
__device__ inline bool __cw_is_below(float x) { return __float_as_uint(x) > 0x80000000u; }
__device__ inline double __cw_step_down(double x) {
    long long bits = __double_as_longlong(x);
    return __longlong_as_double(x == 0.0 ? (long long)0x8000000000000001ull : bits + (bits < 0 ? 1 : -1));
}
__device__ inline double __cw_step_up(double x) {
    long long bits = __double_as_longlong(x);
    return __longlong_as_double(x == 0.0 ? 1ll : bits + (bits < 0 ? -1 : 1));
}
__device__ inline bool __cw_is_above(double x) { return x > 0; }
__device__ inline bool __cw_is_below(double x) { return x < 0; }
#define __CW_ROUND(T, E)                                                                                                \
    __device__ inline T __cw_round_rd(T s, E e) { return e < 0 ? __cw_step_down(s) : s; }                                \
    __device__ inline T __cw_round_ru(T s, E e) { return e > 0 ? __cw_step_up(s) : s; }                                  \
    __device__ inline T __cw_round_rz(T s, E e) {                                                                       \
        return __cw_is_above(s) && e < 0 ? __cw_step_down(s) : (__cw_is_below(s) && e > 0 ? __cw_step_up(s) : s); }
__CW_ROUND(float, double) __CW_ROUND(double, double)
#undef __CW_ROUND

// What s lacks of a + b: exact, by Dekker's Fast2Sum on the operands in order of size.
__device__ inline double __cw_sum_error(double a, double b, double s) {
    bool in_order = fabs(a) >= fabs(b);
    double high = in_order ? a : b, low = in_order ? b : a;
    return __dsub_rn(low, __dsub_rn(s, high));
}
// The direction in which a finite result lies from an infinite one; ``e`` if s is finite or an operand is infinite.
__device__ inline double __cw_overflow_error(double s, bool is_finite, double e) {
    return isinf(s) && is_finite ? -s : e;
}

// In single precision the exact result, or one correctly rounded to double with its error, is at hand.
__device__ inline double __cw_add_error(float a, float b, float s) {
    double sum = __dadd_rn((double)a, (double)b), e = __dsub_rn(sum, (double)s);
    return e == 0.0 ? __cw_sum_error((double)a, (double)b, sum) : e;
}
__device__ inline double __cw_mul_error(float a, float b, float s) { return __dsub_rn(__dmul_rn((double)a, (double)b), (double)s); }
__device__ inline double __cw_fma_error(float a, float b, float c, float s) {
    double p = __dmul_rn((double)a, (double)b), sum = __dadd_rn(p, (double)c), e = __dsub_rn(sum, (double)s);
    return e == 0.0 ? __cw_sum_error(p, (double)c, sum) : e;
}
__device__ inline double __cw_div_error(float a, float b, float s) {
    double e = __dsub_rn((double)a, __dmul_rn((double)s, (double)b));
    return b == 0.0f ? 0.0 : (signbit(b) ? -e : e);
}
__device__ inline double __cw_sqrt_error(float a, float s) { return __dsub_rn((double)a, __dmul_rn((double)s, (double)s)); }

__device__ inline double __cw_add_error(double a, double b, double s) {
    return __cw_overflow_error(s, isfinite(a) && isfinite(b), __cw_sum_error(a, b, s));
}
__device__ inline double __cw_mul_error(double a, double b, double s) {
    // Near underflow the error is that of the product times 2**600; a product of 0 lacks everything.
    bool is_small = fabs(s) < 1.0e-280;
    double scale = is_small ? 4.149515568880993e180 : 1.0;
    bool a_first = fabs(a) < fabs(b);
    double small = a_first ? a : b, large = a_first ? b : a;
    double e = fma(small * scale, large, -s * scale);
    e = s == 0.0 && a != 0.0 && b != 0.0 ? (signbit(a) != signbit(b) ? -1.0 : 1.0) : e;
    return __cw_overflow_error(s, isfinite(a) && isfinite(b), e);
}
__device__ inline double __cw_div_error(double a, double b, double s) {
    double scale = fabs(a) < 1.0e-200 ? 4.149515568880993e180 : 1.0;
    double e = fma(-s * scale, b, a * scale);
    e = isinf(b) || b == 0.0 ? 0.0 : (signbit(b) ? -e : e);
    return __cw_overflow_error(s, isfinite(a) && b != 0.0, e);
}
__device__ inline double __cw_sqrt_error(double a, double s) {
    bool is_small = a < 1.0e-200;
    double t = is_small ? s * 2.037035976334486e90 : s;
    return fma(-t, t, is_small ? a * 4.149515568880993e180 : a);
}
__device__ inline double __cw_fma_error(double a, double b, double c, double s) {
    // Far from 1 all is scaled by a power of two. An addend too small to reach the other one's last place only matters
    // by its sign: a scaled addend that would vanish is kept at 2**-1000 of the scaled range.
    bool a_first = fabs(a) < fabs(b);
    double x = a_first ? a : b, y = a_first ? b : a;  // |x| <= |y|
    double size = fmax(fabs(x * y), fabs(c));
    double up = size < 1.0e-240 ? 4.149515568880993e180 : 1.0, down = size > 1.0e290 ? 2.409919865102884e-181 : 1.0;
    double u = x * up, v = y * down, w = c * up * down;
    w = w == 0.0 && c != 0.0 ? copysign(1.0e-300, c) : w;
    double p = u * v, e = fma(u, v, -p);
    p = p == 0.0 && a != 0.0 && b != 0.0 ? (signbit(a) != signbit(b) ? -1.0e-300 : 1.0e-300) : p;
    double t = s * up * down;
    double sum = __dadd_rn(p, w), rest = __cw_sum_error(p, w, sum);
    double difference = __dsub_rn(sum, t), low = __dadd_rn(rest, e), lowest = __cw_sum_error(rest, e, low);
    double total = __dadd_rn(difference, low);
    return __cw_overflow_error(s, isfinite(a) && isfinite(b) && isfinite(c), total == 0.0 ? lowest : total);
}

#define __CW_DIRECTED(T, prefix, mode, fma_name, whole_zero)                                                    \
    __device__ inline T prefix##add_##mode(T a, T b) {                                                                  \
        T s = prefix##add_rn(a, b);                                                                                     \
        s = s == 0 && signbit(a) != signbit(b) ? whole_zero : s;                                                        \
        return __cw_round_##mode(s, __cw_add_error(a, b, s)); }                                                          \
    __device__ inline T prefix##sub_##mode(T a, T b) { return prefix##add_##mode(a, -b); }                                \
    __device__ inline T prefix##mul_##mode(T a, T b) {                                                                  \
        T s = prefix##mul_rn(a, b);                                                                                     \
        return __cw_round_##mode(s, __cw_mul_error(a, b, s)); }                                                          \
    __device__ inline T prefix##div_##mode(T a, T b) {                                                                  \
        T s = prefix##div_rn(a, b);                                                                                     \
        return __cw_round_##mode(s, __cw_div_error(a, b, s)); }                                                          \
    __device__ inline T prefix##rcp_##mode(T x) { return prefix##div_##mode((T)1, x); }                                   \
    __device__ inline T prefix##sqrt_##mode(T x) {                                                                      \
        T s = prefix##sqrt_rn(x);                                                                                       \
        return __cw_round_##mode(s, __cw_sqrt_error(x, s)); }                                                            \
    __device__ inline T fma_name##_##mode(T a, T b, T c) {                                                              \
        T s = fma_name##_rn(a, b, c);                                                                                   \
        double e = __cw_fma_error(a, b, c, s);                                                                          \
        s = s == 0 && e == 0 && (signbit(a) != signbit(b)) != signbit(c) ? whole_zero : s;                               \
        return __cw_round_##mode(s, e); }
__CW_DIRECTED(float, __f, rd, __fmaf, -0.0f) __CW_DIRECTED(float, __f, ru, __fmaf, 0.0f)
__CW_DIRECTED(float, __f, rz, __fmaf, 0.0f)
__CW_DIRECTED(double, __d, rd, __fma, -0.0) __CW_DIRECTED(double, __d, ru, __fma, 0.0)
__CW_DIRECTED(double, __d, rz, __fma, 0.0)
#undef __CW_DIRECTED
