// The CUDA math API: float, double and their fast forms.
__device__ int __float_as_int(float) __cw_intrinsic("bits.cast");
__device__ unsigned int __float_as_uint(float) __cw_intrinsic("bits.cast");
__device__ float __int_as_float(int) __cw_intrinsic("bits.cast");
__device__ float __uint_as_float(unsigned int) __cw_intrinsic("bits.cast");
__device__ long long __double_as_longlong(double) __cw_intrinsic("bits.cast");
__device__ unsigned long long __cw_double_as_ulonglong(double) __cw_intrinsic("bits.cast");
__device__ double __longlong_as_double(long long) __cw_intrinsic("bits.cast");
__device__ double __cw_ulonglong_as_double(unsigned long long) __cw_intrinsic("bits.cast");
__device__ inline int __double2hiint(double x) { return (int)(__double_as_longlong(x) >> 32); }
__device__ inline int __double2loint(double x) { return (int)__double_as_longlong(x); }
__device__ inline double __hiloint2double(int hi, int lo) {
    return __longlong_as_double(((long long)hi << 32) | (unsigned int)lo);
}

#define __CW_MATH1(name)                                           \
    __device__ float name##f(float) __cw_intrinsic("math." #name);   \
    __device__ double name(double) __cw_intrinsic("math." #name);    \
    __device__ float name(float) __cw_intrinsic("math." #name);
template <bool, typename T = void> struct __cw_enable_if {};
template <typename T> struct __cw_enable_if<true, T> { typedef T type; };
template <typename T> using __cw_if_integral = typename __cw_enable_if<__is_integral(T)>::type;
template <typename... Ts> using __cw_if_arithmetic = typename __cw_enable_if<(__is_arithmetic(Ts) && ...)>::type;
// Integers, and float mixed with anything, compute in double: what <cmath> says, and nvcc takes its templates.
#define __CW_PROMOTED1(name) \
    template <typename T, typename = __cw_if_integral<T>> __device__ inline double name(T x) { return name((double)x); }
#define __CW_PROMOTED2(name)                                           \
    template <typename A, typename B, typename = __cw_if_arithmetic<A, B>> \
    __device__ inline double name(A a, B b) { return name((double)a, (double)b); }
#define __CW_MATH2(name)                                                  \
    __device__ float name##f(float, float) __cw_intrinsic("math." #name);   \
    __device__ double name(double, double) __cw_intrinsic("math." #name);   \
    __device__ float name(float, float) __cw_intrinsic("math." #name);      \
    __CW_PROMOTED2(name)

#ifdef __USE_FAST_MATH__
#define __CW_FASTF(name) __device__ float name##f(float) __cw_intrinsic("math.fast_" #name); \
    __device__ double name(double) __cw_intrinsic("math." #name); \
    __device__ float name(float) __cw_intrinsic("math.fast_" #name);
#else
#define __CW_FASTF(name) __CW_MATH1(name)
#endif
__CW_FASTF(sin) __CW_FASTF(cos) __CW_FASTF(tan) __CW_FASTF(exp) __CW_FASTF(log) __CW_FASTF(log2) __CW_FASTF(exp2)
__CW_FASTF(tanh)
__CW_MATH1(acos) __CW_MATH1(acosh) __CW_MATH1(asin) __CW_MATH1(asinh) __CW_MATH1(atan) __CW_MATH1(atanh) __CW_MATH1(cbrt)
__CW_MATH1(ceil) __CW_MATH1(cosh) __CW_MATH1(cospi) __CW_MATH1(erf) __CW_MATH1(erfc) __CW_MATH1(erfcinv)
__CW_MATH1(erfcx) __CW_MATH1(erfinv) __CW_MATH1(exp10) __CW_MATH1(expm1) __CW_MATH1(floor) __CW_MATH1(lgamma)
__CW_MATH1(log10) __CW_MATH1(log1p) __CW_MATH1(normcdf) __CW_MATH1(normcdfinv) __CW_MATH1(rint) __CW_MATH1(round)
__CW_MATH1(rsqrt) __CW_MATH1(sinh) __CW_MATH1(sinpi) __CW_MATH1(sqrt) __CW_MATH1(tgamma) __CW_MATH1(trunc)
__CW_PROMOTED1(sqrt) __CW_PROMOTED1(exp) __CW_PROMOTED1(log) __CW_PROMOTED1(log2) __CW_PROMOTED1(log10)
__CW_PROMOTED1(exp2) __CW_PROMOTED1(expm1) __CW_PROMOTED1(log1p) __CW_PROMOTED1(sin) __CW_PROMOTED1(cos)
__CW_PROMOTED1(tan) __CW_PROMOTED1(asin) __CW_PROMOTED1(acos) __CW_PROMOTED1(atan) __CW_PROMOTED1(sinh)
__CW_PROMOTED1(cosh) __CW_PROMOTED1(tanh) __CW_PROMOTED1(asinh) __CW_PROMOTED1(acosh) __CW_PROMOTED1(atanh)
__CW_PROMOTED1(floor) __CW_PROMOTED1(ceil) __CW_PROMOTED1(round) __CW_PROMOTED1(trunc) __CW_PROMOTED1(rint)
__CW_PROMOTED1(nearbyint) __CW_PROMOTED1(cbrt) __CW_PROMOTED1(erf) __CW_PROMOTED1(erfc) __CW_PROMOTED1(lgamma)
__CW_PROMOTED1(tgamma) __CW_PROMOTED1(logb) __CW_PROMOTED1(fabs)
__CW_MATH2(atan2) __CW_MATH2(copysign) __CW_MATH2(fmod) __CW_MATH2(hypot) __CW_MATH2(nextafter) __CW_MATH2(remainder)
#ifdef __USE_FAST_MATH__
__device__ float powf(float, float) __cw_intrinsic("math.fast_pow");
__device__ float pow(float, float) __cw_intrinsic("math.fast_pow");
#else
__device__ float powf(float, float) __cw_intrinsic("math.pow");
__device__ float pow(float, float) __cw_intrinsic("math.pow");
#endif
__device__ double pow(double, double) __cw_intrinsic("math.pow");
__CW_PROMOTED2(pow)
__device__ inline double powi(double a, int b) { return pow(a, (double)b); }

__device__ float fabsf(float) __cw_intrinsic("math.abs");
__device__ double fabs(double) __cw_intrinsic("math.abs");
__device__ float fabs(float) __cw_intrinsic("math.abs");
__device__ float abs(float) __cw_intrinsic("math.abs");
__device__ double abs(double) __cw_intrinsic("math.abs");
__device__ int abs(int) __cw_intrinsic("math.abs");
__device__ long abs(long) __cw_intrinsic("math.abs");
__device__ long long abs(long long) __cw_intrinsic("math.abs");
__device__ long labs(long) __cw_intrinsic("math.abs");
__device__ long long llabs(long long) __cw_intrinsic("math.abs");
#define __CW_NAN_MINMAX(name, op)                                            \
    __device__ float name##f(float, float) __cw_intrinsic("math." #op);        \
    __device__ double name(double, double) __cw_intrinsic("math." #op);        \
    __device__ float name(float, float) __cw_intrinsic("math." #op);           \
    __CW_PROMOTED2(name)
__CW_NAN_MINMAX(fmin, min) __CW_NAN_MINMAX(fmax, max)
#define __CW_MINMAX(T)                                        \
    __device__ constexpr T min(T, T) __cw_intrinsic("math.min"); \
    __device__ constexpr T max(T, T) __cw_intrinsic("math.max");
__CW_MINMAX(int) __CW_MINMAX(unsigned int) __CW_MINMAX(long) __CW_MINMAX(unsigned long)
__CW_MINMAX(long long) __CW_MINMAX(unsigned long long) __CW_MINMAX(float) __CW_MINMAX(double)
#define __CW_MIXED_MINMAX(A, B, R)                                          \
    __device__ constexpr inline R min(A a, B b) { return min((R)a, (R)b); }   \
    __device__ constexpr inline R min(B a, A b) { return min((R)a, (R)b); }   \
    __device__ constexpr inline R max(A a, B b) { return max((R)a, (R)b); }   \
    __device__ constexpr inline R max(B a, A b) { return max((R)a, (R)b); }
__CW_MIXED_MINMAX(int, unsigned int, unsigned int) __CW_MIXED_MINMAX(long, unsigned long, unsigned long)
__CW_MIXED_MINMAX(long long, unsigned long long, unsigned long long) __CW_MIXED_MINMAX(float, double, double)
__device__ int __cw_min(int, int) __cw_intrinsic("math.min");
__device__ inline unsigned int umin(unsigned int a, unsigned int b) { return min(a, b); }
__device__ inline unsigned int umax(unsigned int a, unsigned int b) { return max(a, b); }
__device__ inline long long llmin(long long a, long long b) { return min(a, b); }
__device__ inline long long llmax(long long a, long long b) { return max(a, b); }
__device__ inline unsigned long long ullmin(unsigned long long a, unsigned long long b) { return min(a, b); }
__device__ inline unsigned long long ullmax(unsigned long long a, unsigned long long b) { return max(a, b); }

__device__ float fmaf(float, float, float) __cw_intrinsic("math.fma");
__device__ double fma(double, double, double) __cw_intrinsic("math.fma");
__device__ float fma(float, float, float) __cw_intrinsic("math.fma");
template <typename A, typename B, typename C, typename = __cw_if_arithmetic<A, B, C>>
__device__ inline double fma(A a, B b, C c) { return fma((double)a, (double)b, (double)c); }
__device__ inline float fdimf(float a, float b) { return a > b ? a - b : (a <= b ? 0.0f : a + b); }
__device__ inline double fdim(double a, double b) { return a > b ? a - b : (a <= b ? 0.0 : a + b); }
__device__ inline float fdim(float a, float b) { return fdimf(a, b); }
__CW_PROMOTED2(fdim)
__device__ inline float fdividef(float a, float b) { return a / b; }
__device__ inline float nearbyintf(float x) { return rintf(x); }
__device__ inline double nearbyint(double x) { return rint(x); }
__device__ inline float nearbyint(float x) { return rintf(x); }
__device__ float ldexpf(float, int) __cw_intrinsic("math.ldexp");
__device__ double ldexp(double, int) __cw_intrinsic("math.ldexp");
__device__ float ldexp(float, int) __cw_intrinsic("math.ldexp");
template <typename T, typename = __cw_if_integral<T>> __device__ inline double ldexp(T x, int n) { return ldexp((double)x, n); }
__device__ float scalbnf(float, int) __cw_intrinsic("math.ldexp");
__device__ double scalbn(double, int) __cw_intrinsic("math.ldexp");
__device__ float scalbn(float, int) __cw_intrinsic("math.ldexp");
template <typename T, typename = __cw_if_integral<T>> __device__ inline double scalbn(T x, int n) { return ldexp((double)x, n); }
__device__ inline float scalblnf(float x, long n) { return ldexpf(x, n > 100000 ? 100000 : n < -100000 ? -100000 : (int)n); }
__device__ inline double scalbln(double x, long n) { return ldexp(x, n > 100000 ? 100000 : n < -100000 ? -100000 : (int)n); }
__device__ inline float scalbln(float x, long n) { return scalblnf(x, n); }
template <typename T, typename = __cw_if_integral<T>> __device__ inline double scalbln(T x, long n) { return scalbln((double)x, n); }
__device__ inline int __cw_exponent(double x) {
    long long bits = __double_as_longlong(x) & 0x7fffffffffffffffLL;
    if (bits >= 0x0010000000000000LL) return (int)(bits >> 52) - 1023;
    return (int)(__double_as_longlong((double)bits) >> 52) - 1023 - 1074;
}
__device__ inline int ilogb(double x) {
    long long bits = __double_as_longlong(x) & 0x7fffffffffffffffLL;
    if (bits == 0) return (-2147483647 - 1);
    if (bits > 0x7ff0000000000000LL) return (-2147483647 - 1);
    if (bits == 0x7ff0000000000000LL) return 2147483647;
    return __cw_exponent(x);
}
__device__ inline int ilogbf(float x) { return ilogb((double)x); }
__device__ inline int ilogb(float x) { return ilogb((double)x); }
__device__ inline double logb(double x) {
    long long bits = __double_as_longlong(x) & 0x7fffffffffffffffLL;
    if (bits == 0) return __longlong_as_double(0xfff0000000000000LL);
    if (bits >= 0x7ff0000000000000LL) return __longlong_as_double(bits);
    return (double)__cw_exponent(x);
}
template <typename T, typename = __cw_if_integral<T>> __device__ inline int ilogb(T x) { return ilogb((double)x); }
__device__ inline float logbf(float x) { return (float)logb((double)x); }
__device__ inline float logb(float x) { return logbf(x); }
__device__ inline double frexp(double x, int* exponent) {
    long long bits = __double_as_longlong(x);
    long long magnitude = bits & 0x7fffffffffffffffLL;
    if (magnitude == 0 || magnitude >= 0x7ff0000000000000LL) { *exponent = 0; return x + x; }
    int e = __cw_exponent(x) + 1;
    *exponent = e;
    return ldexp(x, -e);
}
__device__ inline float frexpf(float x, int* exponent) { return (float)frexp((double)x, exponent); }
__device__ inline float frexp(float x, int* exponent) { return (float)frexp((double)x, exponent); }
template <typename T, typename = __cw_if_integral<T>> __device__ inline double frexp(T x, int* exponent) {
    return frexp((double)x, exponent); }
__device__ inline double modf(double x, double* whole) {
    double w = trunc(x);
    *whole = w;
    long long bits = __double_as_longlong(x) & 0x7fffffffffffffffLL;
    return copysign(bits == 0x7ff0000000000000LL ? 0.0 : x - w, x);
}
__device__ inline float modff(float x, float* whole) { double w; float r = (float)modf((double)x, &w); *whole = (float)w; return r; }
__device__ inline float modf(float x, float* whole) { return modff(x, whole); }
__device__ inline double remquo(double x, double y, int* quotient) {
    // The three low bits that C asks for: of a dividend reduced by multiples of 8 y, which is exact.
    double r = remainder(x, y), reduced = fabs(y) < 2.0e307 ? fmod(x, 8.0 * y) : x;
    *quotient = (int)rint((reduced - r) / y);
    return r;
}
__device__ inline float remquof(float x, float y, int* quotient) { return (float)remquo((double)x, (double)y, quotient); }
__device__ inline float remquo(float x, float y, int* quotient) { return remquof(x, y, quotient); }
__device__ inline long lrintf(float x) { return (long)rintf(x); }
__device__ inline long lrint(double x) { return (long)rint(x); }
__device__ inline long long llrintf(float x) { return (long long)rintf(x); }
__device__ inline long long llrint(double x) { return (long long)rint(x); }
__device__ inline long lroundf(float x) { return (long)roundf(x); }
__device__ inline long lround(double x) { return (long)round(x); }
__device__ inline long long llroundf(float x) { return (long long)roundf(x); }
__device__ inline long long llround(double x) { return (long long)round(x); }
__device__ inline void sincosf(float x, float* s, float* c) { *s = sinf(x); *c = cosf(x); }
__device__ inline void sincos(double x, double* s, double* c) { *s = sin(x); *c = cos(x); }
__device__ inline void sincos(float x, float* s, float* c) { *s = sinf(x); *c = cosf(x); }
__device__ inline void sincospif(float x, float* s, float* c) { *s = sinpif(x); *c = cospif(x); }
__device__ inline void sincospi(double x, double* s, double* c) { *s = sinpi(x); *c = cospi(x); }
__device__ inline float rcbrtf(float x) { return (float)(1.0 / cbrt((double)x)); }
__device__ inline double rcbrt(double x) { return 1.0 / cbrt(x); }
__device__ inline float rcbrt(float x) { return rcbrtf(x); }
__device__ inline float rhypotf(float x, float y) { return (float)(1.0 / hypot((double)x, (double)y)); }
__device__ inline double rhypot(double x, double y) { return 1.0 / hypot(x, y); }
__device__ inline float norm3df(float a, float b, float c) { return (float)sqrt((double)a * a + (double)b * b + (double)c * c); }
__device__ inline float norm4df(float a, float b, float c, float d) {
    return (float)sqrt((double)a * a + (double)b * b + (double)c * c + (double)d * d); }
__device__ inline float rnorm3df(float a, float b, float c) { return (float)rsqrt((double)a * a + (double)b * b + (double)c * c); }
__device__ inline float rnorm4df(float a, float b, float c, float d) {
    return (float)rsqrt((double)a * a + (double)b * b + (double)c * c + (double)d * d); }
__device__ inline double norm3d(double a, double b, double c) { return hypot(hypot(a, b), c); }
__device__ inline double norm4d(double a, double b, double c, double d) { return hypot(hypot(a, b), hypot(c, d)); }
__device__ inline double rnorm3d(double a, double b, double c) { return 1.0 / norm3d(a, b, c); }
__device__ inline double rnorm4d(double a, double b, double c, double d) { return 1.0 / norm4d(a, b, c, d); }
__device__ inline double __cw_norm(int n, const float* a) {
    double sum = 0.0;
    for (int i = 0; i < n; ++i) sum += (double)a[i] * a[i];
    return sqrt(sum);
}
__device__ inline float normf(int n, const float* a) { return (float)__cw_norm(n, a); }
__device__ inline double norm(int n, const double* a) {
    double length = 0.0;
    for (int i = 0; i < n; ++i) length = hypot(length, a[i]);
    return length;
}
__device__ inline float rnormf(int n, const float* a) { return (float)(1.0 / __cw_norm(n, a)); }
__device__ inline double rnorm(int n, const double* a) { return 1.0 / norm(n, a); }
__device__ inline float nanf(const char*) { return __int_as_float(0x7fffffff); }
__device__ inline double nan(const char*) { return __longlong_as_double(0x7fffffffffffffffLL); }

#define __CW_CLASSIFIED(name) \
    template <typename T, typename = __cw_if_integral<T>> __device__ inline bool name(T x) { return name((double)x); }
#define __CW_CLASSIFY(name)                                        \
    __device__ bool name(float) __cw_intrinsic("math." #name);       \
    __device__ bool name(double) __cw_intrinsic("math." #name);      \
    __CW_CLASSIFIED(name)
__CW_CLASSIFY(isnan) __CW_CLASSIFY(isinf) __CW_CLASSIFY(isfinite) __CW_CLASSIFY(signbit)
__device__ inline int __isnanf(float x) { return isnan(x); }
__device__ inline int __isinff(float x) { return isinf(x); }
__device__ inline int __finitef(float x) { return isfinite(x); }
__device__ inline bool isnormal(float x) { return isfinite(x) && fabsf(x) >= 1.175494351e-38f; }
__device__ inline bool isnormal(double x) { return isfinite(x) && fabs(x) >= 2.2250738585072014e-308; }
__CW_CLASSIFIED(isnormal)
__device__ inline bool isunordered(double a, double b) { return isnan(a) || isnan(b); }

__device__ float __sinf(float) __cw_intrinsic("math.fast_sin");
__device__ float __cosf(float) __cw_intrinsic("math.fast_cos");
__device__ float __tanf(float) __cw_intrinsic("math.fast_tan");
__device__ float __tanhf(float) __cw_intrinsic("math.fast_tanh");
__device__ float __expf(float) __cw_intrinsic("math.fast_exp");
__device__ inline float __exp10f(float x) { return exp2f(x * 3.3219280948873626f); }
__device__ float __logf(float) __cw_intrinsic("math.fast_log");
__device__ float __log2f(float) __cw_intrinsic("math.fast_log2");
__device__ inline float __log10f(float x) { return __log2f(x) * 0.30102999566398120f; }
__device__ float __powf(float, float) __cw_intrinsic("math.fast_pow");
__device__ inline void __sincosf(float x, float* s, float* c) { *s = __sinf(x); *c = __cosf(x); }
__device__ inline float __fdividef(float a, float b) {
    return fabsf(b) > 8.507059173e37f && fabsf(b) < __int_as_float(0x7f800000) ? 0.0f * a : a / b; }
__device__ inline float __saturatef(float x) { return fminf(fmaxf(x, 0.0f), 1.0f); }
__device__ inline float __frsqrt_rn(float x) { return (float)(1.0 / sqrt((double)x)); }  // no square root is near a tie

__device__ float __fadd_rn(float, float) __cw_intrinsic("exact.add");
__device__ float __fsub_rn(float, float) __cw_intrinsic("exact.sub");
__device__ float __fmul_rn(float, float) __cw_intrinsic("exact.mul");
__device__ float __fdiv_rn(float, float) __cw_intrinsic("exact.div");
__device__ double __dadd_rn(double, double) __cw_intrinsic("exact.add");
__device__ double __dsub_rn(double, double) __cw_intrinsic("exact.sub");
__device__ double __dmul_rn(double, double) __cw_intrinsic("exact.mul");
__device__ double __ddiv_rn(double, double) __cw_intrinsic("exact.div");
__device__ float __fsqrt_rn(float) __cw_intrinsic("math.sqrt");
__device__ double __dsqrt_rn(double) __cw_intrinsic("math.sqrt");
__device__ float __fmaf_rn(float, float, float) __cw_intrinsic("math.fma");
__device__ double __fma_rn(double, double, double) __cw_intrinsic("math.fma");
__device__ inline float __frcp_rn(float x) { return __fdiv_rn(1.0f, x); }
__device__ inline double __drcp_rn(double x) { return __ddiv_rn(1.0, x); }
#include "cudawasm_rounding.h"
#undef __CW_MATH1
#undef __CW_MATH2
#undef __CW_PROMOTED1
#undef __CW_PROMOTED2
#undef __CW_CLASSIFY
#undef __CW_CLASSIFIED
