// __half and __half2: 16-bit floating point. Arithmetic rounds once to 16 bits, as on a device with native support.
#ifndef __CUDAWASM_FP16_H__
#define __CUDAWASM_FP16_H__
struct __cw_transparent __half_raw { unsigned short x; };
struct __cw_transparent __half {
    __cw_half __x;
    __half() = default;
    __device__ __half(const __half_raw& bits) : __x(__cw_half_from_bits(bits.x)) {}
    __device__ operator __half_raw() const { return {__cw_half_bits(__x)}; }
    __device__ constexpr __half(float v) : __x((__cw_half)v) {}
    __device__ constexpr __half(double v) : __x((__cw_half)v) {}
    __device__ constexpr __half(int v) : __x((__cw_half)v) {}
    __device__ constexpr __half(unsigned int v) : __x((__cw_half)v) {}
    __device__ constexpr __half(short v) : __x((__cw_half)v) {}
    __device__ constexpr __half(unsigned short v) : __x((__cw_half)v) {}
    __device__ constexpr __half(long v) : __x((__cw_half)v) {}
    __device__ constexpr __half(unsigned long v) : __x((__cw_half)v) {}
    __device__ constexpr __half(long long v) : __x((__cw_half)v) {}
    __device__ constexpr __half(unsigned long long v) : __x((__cw_half)v) {}
    __device__ constexpr __half(__cw_half v) : __x(v) {}
    __device__ constexpr operator float() const { return (float)__x; }
    __device__ constexpr operator short() const { return (short)__x; }
    __device__ constexpr operator unsigned short() const { return (unsigned short)__x; }
    __device__ constexpr operator int() const { return (int)__x; }
    __device__ constexpr operator unsigned int() const { return (unsigned int)__x; }
    __device__ constexpr operator long long() const { return (long long)__x; }
    __device__ constexpr operator unsigned long long() const { return (unsigned long long)__x; }
    __device__ constexpr operator long() const { return (long)__x; }
    __device__ constexpr operator unsigned long() const { return (unsigned long)__x; }
    __device__ constexpr operator signed char() const { return (signed char)__x; }
    __device__ constexpr operator unsigned char() const { return (unsigned char)__x; }
    __device__ constexpr operator char() const { return (char)__x; }
    __device__ constexpr operator bool() const { return (float)__x != 0.0f; }
};
struct __align__(4) __half2 {
    __half x, y;
    __half2() = default;
    __device__ constexpr __half2(const __half& a, const __half& b) : x(a), y(b) {}
};
__device__ inline __half operator+(const __half& a, const __half& b) { return __half((__cw_half)(a.__x + b.__x)); }
__device__ inline __half& operator+=(__half& a, const __half& b) { a = a + b; return a; }
__device__ inline __half2 operator+(const __half2& a, const __half2& b) { return __half2(a.x + b.x, a.y + b.y); }
__device__ inline __half2& operator+=(__half2& a, const __half2& b) { a = a + b; return a; }
__device__ inline __half operator-(const __half& a, const __half& b) { return __half((__cw_half)(a.__x - b.__x)); }
__device__ inline __half& operator-=(__half& a, const __half& b) { a = a - b; return a; }
__device__ inline __half2 operator-(const __half2& a, const __half2& b) { return __half2(a.x - b.x, a.y - b.y); }
__device__ inline __half2& operator-=(__half2& a, const __half2& b) { a = a - b; return a; }
__device__ inline __half operator*(const __half& a, const __half& b) { return __half((__cw_half)(a.__x * b.__x)); }
__device__ inline __half& operator*=(__half& a, const __half& b) { a = a * b; return a; }
__device__ inline __half2 operator*(const __half2& a, const __half2& b) { return __half2(a.x * b.x, a.y * b.y); }
__device__ inline __half2& operator*=(__half2& a, const __half2& b) { a = a * b; return a; }
__device__ inline __half operator/(const __half& a, const __half& b) { return __half((__cw_half)(a.__x / b.__x)); }
__device__ inline __half& operator/=(__half& a, const __half& b) { a = a / b; return a; }
__device__ inline __half2 operator/(const __half2& a, const __half2& b) { return __half2(a.x / b.x, a.y / b.y); }
__device__ inline __half2& operator/=(__half2& a, const __half2& b) { a = a / b; return a; }
__device__ inline __half operator-(const __half& a) { return __half((__cw_half)(-a.__x)); }
__device__ inline __half operator+(const __half& a) { return a; }
__device__ inline __half2 operator-(const __half2& a) { return __half2(-a.x, -a.y); }
__device__ inline __half& operator++(__half& a) { a = a + __half(1.0f); return a; }
__device__ inline __half operator++(__half& a, int) { __half t = a; ++a; return t; }
__device__ inline __half& operator--(__half& a) { a = a - __half(1.0f); return a; }
__device__ inline bool operator==(const __half& a, const __half& b) { return a.__x == b.__x; }
__device__ inline bool operator==(const __half2& a, const __half2& b) { return a.x == b.x && a.y == b.y; }
__device__ inline bool operator!=(const __half& a, const __half& b) { return a.__x != b.__x; }
__device__ inline bool operator!=(const __half2& a, const __half2& b) { return a.x != b.x && a.y != b.y; }
__device__ inline bool operator<(const __half& a, const __half& b) { return a.__x < b.__x; }
__device__ inline bool operator<(const __half2& a, const __half2& b) { return a.x < b.x && a.y < b.y; }
__device__ inline bool operator<=(const __half& a, const __half& b) { return a.__x <= b.__x; }
__device__ inline bool operator<=(const __half2& a, const __half2& b) { return a.x <= b.x && a.y <= b.y; }
__device__ inline bool operator>(const __half& a, const __half& b) { return a.__x > b.__x; }
__device__ inline bool operator>(const __half2& a, const __half2& b) { return a.x > b.x && a.y > b.y; }
__device__ inline bool operator>=(const __half& a, const __half& b) { return a.__x >= b.__x; }
__device__ inline bool operator>=(const __half2& a, const __half2& b) { return a.x >= b.x && a.y >= b.y; }
__device__ unsigned short __cw_half_bits(__cw_half) __cw_intrinsic("bits.cast");
__device__ __cw_half __cw_half_from_bits(unsigned short) __cw_intrinsic("bits.cast");
__device__ inline unsigned short __half_as_ushort(__half a) { return __cw_half_bits(a.__x); }
__device__ inline short __half_as_short(__half a) { return (short)__cw_half_bits(a.__x); }
__device__ inline __half __ushort_as_half(unsigned short a) { return __half(__cw_half_from_bits(a)); }
__device__ inline __half __short_as_half(short a) { return __half(__cw_half_from_bits((unsigned short)a)); }
__device__ inline float __half2float(__half a) { return (float)a.__x; }
__device__ inline __half __float2half(float a) { return __half(a); }
__device__ inline __half __float2half_rn(float a) { return __half(a); }
__device__ inline __half __double2half(double a) { return __half(a); }
__device__ inline __half __cw_half_next_up(__half a) { unsigned short b = __half_as_ushort(a); if ((b & 0x7fff) == 0) return __ushort_as_half(1); return __ushort_as_half(b & 0x8000 ? b - 1 : b + 1); }
__device__ inline __half __cw_half_next_down(__half a) { unsigned short b = __half_as_ushort(a); if ((b & 0x7fff) == 0) return __ushort_as_half(0x8001); return __ushort_as_half(b & 0x8000 ? b + 1 : b - 1); }
__device__ inline __half __float2half_ru(float a) { __half r(a); return (float)r < a ? __cw_half_next_up(r) : r; }
__device__ inline __half __float2half_rd(float a) { __half r(a); return (float)r > a ? __cw_half_next_down(r) : r; }
__device__ inline __half __float2half_rz(float a) { return a < 0.0f ? __float2half_ru(a) : __float2half_rd(a); }
__device__ inline int __half2int_rz(__half a) { return (int)(float)a; }
__device__ inline int __half2int_rn(__half a) { return (int)rintf((float)a); }
__device__ inline int __half2int_rd(__half a) { return (int)floorf((float)a); }
__device__ inline int __half2int_ru(__half a) { return (int)ceilf((float)a); }
__device__ inline __half __int2half_rn(int a) { return __half(a); }
__device__ inline unsigned int __half2uint_rz(__half a) { return (unsigned int)(float)a; }
__device__ inline unsigned int __half2uint_rn(__half a) { return (unsigned int)rintf((float)a); }
__device__ inline unsigned int __half2uint_rd(__half a) { return (unsigned int)floorf((float)a); }
__device__ inline unsigned int __half2uint_ru(__half a) { return (unsigned int)ceilf((float)a); }
__device__ inline __half __uint2half_rn(unsigned int a) { return __half(a); }
__device__ inline short __half2short_rz(__half a) { return (short)(float)a; }
__device__ inline short __half2short_rn(__half a) { return (short)rintf((float)a); }
__device__ inline short __half2short_rd(__half a) { return (short)floorf((float)a); }
__device__ inline short __half2short_ru(__half a) { return (short)ceilf((float)a); }
__device__ inline __half __short2half_rn(short a) { return __half(a); }
__device__ inline unsigned short __half2ushort_rz(__half a) { return (unsigned short)(float)a; }
__device__ inline unsigned short __half2ushort_rn(__half a) { return (unsigned short)rintf((float)a); }
__device__ inline unsigned short __half2ushort_rd(__half a) { return (unsigned short)floorf((float)a); }
__device__ inline unsigned short __half2ushort_ru(__half a) { return (unsigned short)ceilf((float)a); }
__device__ inline __half __ushort2half_rn(unsigned short a) { return __half(a); }
__device__ inline long long __half2ll_rz(__half a) { return (long long)(float)a; }
__device__ inline long long __half2ll_rn(__half a) { return (long long)rintf((float)a); }
__device__ inline long long __half2ll_rd(__half a) { return (long long)floorf((float)a); }
__device__ inline long long __half2ll_ru(__half a) { return (long long)ceilf((float)a); }
__device__ inline __half __ll2half_rn(long long a) { return __half(a); }
__device__ inline unsigned long long __half2ull_rz(__half a) { return (unsigned long long)(float)a; }
__device__ inline unsigned long long __half2ull_rn(__half a) { return (unsigned long long)rintf((float)a); }
__device__ inline unsigned long long __half2ull_rd(__half a) { return (unsigned long long)floorf((float)a); }
__device__ inline unsigned long long __half2ull_ru(__half a) { return (unsigned long long)ceilf((float)a); }
__device__ inline __half __ull2half_rn(unsigned long long a) { return __half(a); }
__device__ inline __half2 __float2half2_rn(float a) { return __half2(__half(a), __half(a)); }
__device__ inline __half2 __floats2half2_rn(float a, float b) { return __half2(__half(a), __half(b)); }
__device__ inline __half2 __float22half2_rn(float2 a) { return __half2(__half(a.x), __half(a.y)); }
__device__ inline float2 __half22float2(__half2 a) { return make_float2((float)a.x, (float)a.y); }
__device__ inline __half2 __half2half2(__half a) { return __half2(a, a); }
__device__ inline __half2 __halfs2half2(__half a, __half b) { return __half2(a, b); }
__device__ inline __half2 make_half2(__half a, __half b) { return __half2(a, b); }
__device__ inline __half2 __halves2half2(__half a, __half b) { return __half2(a, b); }
__device__ inline __half __low2half(__half2 a) { return a.x; }
__device__ inline __half __high2half(__half2 a) { return a.y; }
__device__ inline float __low2float(__half2 a) { return (float)a.x; }
__device__ inline float __high2float(__half2 a) { return (float)a.y; }
__device__ inline __half2 __low2half2(__half2 a) { return __half2(a.x, a.x); }
__device__ inline __half2 __high2half2(__half2 a) { return __half2(a.y, a.y); }
__device__ inline __half2 __lowhigh2highlow(__half2 a) { return __half2(a.y, a.x); }
__device__ inline __half2 __lows2half2(__half2 a, __half2 b) { return __half2(a.x, b.x); }
__device__ inline __half2 __highs2half2(__half2 a, __half2 b) { return __half2(a.y, b.y); }
__device__ inline __half __hadd(__half a, __half b) { return a + b; }
__device__ inline __half2 __hadd2(__half2 a, __half2 b) { return a + b; }
__device__ inline __half __hadd_rn(__half a, __half b) { return a + b; }
__device__ inline __half2 __hadd2_rn(__half2 a, __half2 b) { return a + b; }
__device__ inline __half __hadd_sat(__half a, __half b) { return __half(__saturatef((float)(a + b))); }
__device__ inline __half2 __hadd2_sat(__half2 a, __half2 b) { return __half2(__hadd_sat(a.x, b.x), __hadd_sat(a.y, b.y)); }
__device__ inline __half __hsub(__half a, __half b) { return a - b; }
__device__ inline __half2 __hsub2(__half2 a, __half2 b) { return a - b; }
__device__ inline __half __hsub_rn(__half a, __half b) { return a - b; }
__device__ inline __half2 __hsub2_rn(__half2 a, __half2 b) { return a - b; }
__device__ inline __half __hsub_sat(__half a, __half b) { return __half(__saturatef((float)(a - b))); }
__device__ inline __half2 __hsub2_sat(__half2 a, __half2 b) { return __half2(__hsub_sat(a.x, b.x), __hsub_sat(a.y, b.y)); }
__device__ inline __half __hmul(__half a, __half b) { return a * b; }
__device__ inline __half2 __hmul2(__half2 a, __half2 b) { return a * b; }
__device__ inline __half __hmul_rn(__half a, __half b) { return a * b; }
__device__ inline __half2 __hmul2_rn(__half2 a, __half2 b) { return a * b; }
__device__ inline __half __hmul_sat(__half a, __half b) { return __half(__saturatef((float)(a * b))); }
__device__ inline __half2 __hmul2_sat(__half2 a, __half2 b) { return __half2(__hmul_sat(a.x, b.x), __hmul_sat(a.y, b.y)); }
__device__ inline __half __hdiv(__half a, __half b) { return a / b; }
__device__ inline __half2 __h2div(__half2 a, __half2 b) { return a / b; }
__device__ inline __half __hneg(__half a) { return -a; }
__device__ inline __half2 __hneg2(__half2 a) { return -a; }
__device__ inline __half __habs(__half a) { return __ushort_as_half(__half_as_ushort(a) & 0x7fff); }
__device__ inline __half2 __habs2(__half2 a) { return __half2(__habs(a.x), __habs(a.y)); }
__device__ inline __half __cw_half_from_sum(double p, double c) {
    // Round the exact sum p + c to odd in double first: the final rounding to 16 bits is then the only one.
    double s = __dadd_rn(p, c), t = __dsub_rn(s, p), e = __dadd_rn(__dsub_rn(p, __dsub_rn(s, t)), __dsub_rn(c, t));
    long long bits = __double_as_longlong(s);
    if ((e > 0.0 || e < 0.0) && !(bits & 1)) bits += (e > 0.0) == (s > 0.0) ? 1 : -1;
    return __half(__longlong_as_double(bits));
}
__device__ inline __half __hfma(__half a, __half b, __half c) { return __cw_half_from_sum((double)(float)a * (double)(float)b, (double)(float)c); }
__device__ inline __half __hfma_sat(__half a, __half b, __half c) { return __half(__saturatef((float)__hfma(a, b, c))); }
__device__ inline __half __hfma_relu(__half a, __half b, __half c) { __half r = __hfma(a, b, c); return (float)r < 0.0f ? __half(0.0f) : r; }
__device__ inline __half2 __hfma2(__half2 a, __half2 b, __half2 c) { return __half2(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)); }
__device__ inline __half2 __hfma2_sat(__half2 a, __half2 b, __half2 c) { return __half2(__hfma_sat(a.x, b.x, c.x), __hfma_sat(a.y, b.y, c.y)); }
__device__ inline __half2 __hfma2_relu(__half2 a, __half2 b, __half2 c) { return __half2(__hfma_relu(a.x, b.x, c.x), __hfma_relu(a.y, b.y, c.y)); }
__device__ inline bool __hisnan(__half a) { return isnan((float)a); }
__device__ inline int __hisinf(__half a) { return isinf((float)a) ? ((float)a > 0.0f ? 1 : -1) : 0; }
__device__ inline __half2 __hisnan2(__half2 a) { return __half2(__half(isnan((float)a.x) ? 1.0f : 0.0f), __half(isnan((float)a.y) ? 1.0f : 0.0f)); }
__device__ inline __half __hmax(__half a, __half b) {
    // Equal operands can only differ in the sign of a zero.
    if ((float)a == (float)b) return __ushort_as_half(__half_as_ushort(a) & __half_as_ushort(b));
    return isnan((float)a) && isnan((float)b) ? __ushort_as_half(0x7fff) : __half(fmaxf((float)a, (float)b));
}
__device__ inline __half __hmax_nan(__half a, __half b) { return __hisnan(a) || __hisnan(b) ? __ushort_as_half(0x7fff) : __hmax(a, b); }
__device__ inline __half2 __hmax2(__half2 a, __half2 b) { return __half2(__hmax(a.x, b.x), __hmax(a.y, b.y)); }
__device__ inline __half2 __hmax2_nan(__half2 a, __half2 b) { return __half2(__hmax_nan(a.x, b.x), __hmax_nan(a.y, b.y)); }
__device__ inline __half __hmin(__half a, __half b) {
    // Equal operands can only differ in the sign of a zero.
    if ((float)a == (float)b) return __ushort_as_half(__half_as_ushort(a) | __half_as_ushort(b));
    return isnan((float)a) && isnan((float)b) ? __ushort_as_half(0x7fff) : __half(fminf((float)a, (float)b));
}
__device__ inline __half __hmin_nan(__half a, __half b) { return __hisnan(a) || __hisnan(b) ? __ushort_as_half(0x7fff) : __hmin(a, b); }
__device__ inline __half2 __hmin2(__half2 a, __half2 b) { return __half2(__hmin(a.x, b.x), __hmin(a.y, b.y)); }
__device__ inline __half2 __hmin2_nan(__half2 a, __half2 b) { return __half2(__hmin_nan(a.x, b.x), __hmin_nan(a.y, b.y)); }
__device__ inline bool __heq(__half a, __half b) { return (float)a == (float)b; }
__device__ inline bool __hequ(__half a, __half b) { return __hisnan(a) || __hisnan(b) || (float)a == (float)b; }
__device__ inline __half2 __heq2(__half2 a, __half2 b) { return __half2(__half(__heq(a.x, b.x) ? 1.0f : 0.0f), __half(__heq(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbeq2(__half2 a, __half2 b) { return __heq(a.x, b.x) && __heq(a.y, b.y); }
__device__ inline __half2 __hequ2(__half2 a, __half2 b) { return __half2(__half(__hequ(a.x, b.x) ? 1.0f : 0.0f), __half(__hequ(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbequ2(__half2 a, __half2 b) { return __hequ(a.x, b.x) && __hequ(a.y, b.y); }
__device__ inline bool __hne(__half a, __half b) { return (float)a != (float)b && !__hisnan(a) && !__hisnan(b); }
__device__ inline bool __hneu(__half a, __half b) { return __hisnan(a) || __hisnan(b) || (float)a != (float)b; }
__device__ inline __half2 __hne2(__half2 a, __half2 b) { return __half2(__half(__hne(a.x, b.x) ? 1.0f : 0.0f), __half(__hne(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbne2(__half2 a, __half2 b) { return __hne(a.x, b.x) && __hne(a.y, b.y); }
__device__ inline __half2 __hneu2(__half2 a, __half2 b) { return __half2(__half(__hneu(a.x, b.x) ? 1.0f : 0.0f), __half(__hneu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbneu2(__half2 a, __half2 b) { return __hneu(a.x, b.x) && __hneu(a.y, b.y); }
__device__ inline bool __hlt(__half a, __half b) { return (float)a < (float)b; }
__device__ inline bool __hltu(__half a, __half b) { return __hisnan(a) || __hisnan(b) || (float)a < (float)b; }
__device__ inline __half2 __hlt2(__half2 a, __half2 b) { return __half2(__half(__hlt(a.x, b.x) ? 1.0f : 0.0f), __half(__hlt(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hblt2(__half2 a, __half2 b) { return __hlt(a.x, b.x) && __hlt(a.y, b.y); }
__device__ inline __half2 __hltu2(__half2 a, __half2 b) { return __half2(__half(__hltu(a.x, b.x) ? 1.0f : 0.0f), __half(__hltu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbltu2(__half2 a, __half2 b) { return __hltu(a.x, b.x) && __hltu(a.y, b.y); }
__device__ inline bool __hle(__half a, __half b) { return (float)a <= (float)b; }
__device__ inline bool __hleu(__half a, __half b) { return __hisnan(a) || __hisnan(b) || (float)a <= (float)b; }
__device__ inline __half2 __hle2(__half2 a, __half2 b) { return __half2(__half(__hle(a.x, b.x) ? 1.0f : 0.0f), __half(__hle(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hble2(__half2 a, __half2 b) { return __hle(a.x, b.x) && __hle(a.y, b.y); }
__device__ inline __half2 __hleu2(__half2 a, __half2 b) { return __half2(__half(__hleu(a.x, b.x) ? 1.0f : 0.0f), __half(__hleu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbleu2(__half2 a, __half2 b) { return __hleu(a.x, b.x) && __hleu(a.y, b.y); }
__device__ inline bool __hgt(__half a, __half b) { return (float)a > (float)b; }
__device__ inline bool __hgtu(__half a, __half b) { return __hisnan(a) || __hisnan(b) || (float)a > (float)b; }
__device__ inline __half2 __hgt2(__half2 a, __half2 b) { return __half2(__half(__hgt(a.x, b.x) ? 1.0f : 0.0f), __half(__hgt(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbgt2(__half2 a, __half2 b) { return __hgt(a.x, b.x) && __hgt(a.y, b.y); }
__device__ inline __half2 __hgtu2(__half2 a, __half2 b) { return __half2(__half(__hgtu(a.x, b.x) ? 1.0f : 0.0f), __half(__hgtu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbgtu2(__half2 a, __half2 b) { return __hgtu(a.x, b.x) && __hgtu(a.y, b.y); }
__device__ inline bool __hge(__half a, __half b) { return (float)a >= (float)b; }
__device__ inline bool __hgeu(__half a, __half b) { return __hisnan(a) || __hisnan(b) || (float)a >= (float)b; }
__device__ inline __half2 __hge2(__half2 a, __half2 b) { return __half2(__half(__hge(a.x, b.x) ? 1.0f : 0.0f), __half(__hge(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbge2(__half2 a, __half2 b) { return __hge(a.x, b.x) && __hge(a.y, b.y); }
__device__ inline __half2 __hgeu2(__half2 a, __half2 b) { return __half2(__half(__hgeu(a.x, b.x) ? 1.0f : 0.0f), __half(__hgeu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbgeu2(__half2 a, __half2 b) { return __hgeu(a.x, b.x) && __hgeu(a.y, b.y); }
// Directed conversions of integers; ``e`` has the sign of what the nearest value lacks.
__device__ inline __half __cw_half_rd(__half r, double e) { return e < 0.0 ? __cw_half_next_down(r) : r; }
__device__ inline __half __cw_half_ru(__half r, double e) { return e > 0.0 ? __cw_half_next_up(r) : r; }
__device__ inline __half __cw_half_rz(__half r, double e) { return (float)r < 0.0f ? __cw_half_ru(r, e) : __cw_half_rd(r, e); }
#define __CW_DIRECTED_CONVERSION(from, T, W, mode) \
    __device__ inline __half __##from##2half_##mode(T a) { __half r(a); return __cw_half_##mode(r, __cw_convert_error((W)a, (double)(float)r)); }
#define __CW_DIRECTED_CONVERSIONS(mode) \
    __CW_DIRECTED_CONVERSION(int, int, long long, mode) __CW_DIRECTED_CONVERSION(uint, unsigned int, long long, mode) \
    __CW_DIRECTED_CONVERSION(short, short, long long, mode) __CW_DIRECTED_CONVERSION(ushort, unsigned short, long long, mode) \
    __CW_DIRECTED_CONVERSION(ll, long long, long long, mode) __CW_DIRECTED_CONVERSION(ull, unsigned long long, unsigned long long, mode)
__CW_DIRECTED_CONVERSIONS(rd) __CW_DIRECTED_CONVERSIONS(ru) __CW_DIRECTED_CONVERSIONS(rz)
#undef __CW_DIRECTED_CONVERSION
#undef __CW_DIRECTED_CONVERSIONS
__device__ inline signed char __half2char_rz(__half a) { return (signed char)(float)a; }
__device__ inline unsigned char __half2uchar_rz(__half a) { return (unsigned char)(float)a; }
__device__ inline __half2 __hcmadd(__half2 a, __half2 b, __half2 c) {
    return __half2(__hfma(-a.y, b.y, __hfma(a.x, b.x, c.x)), __hfma(a.y, b.x, __hfma(a.x, b.y, c.y)));
}
#define __CW_MASKS(name) \
    __device__ inline unsigned int __h##name##2_mask(__half2 a, __half2 b) { return (__h##name(a.x, b.x) ? 0xffffu : 0u) | (__h##name(a.y, b.y) ? 0xffff0000u : 0u); }
__CW_MASKS(eq) __CW_MASKS(ne) __CW_MASKS(lt) __CW_MASKS(le) __CW_MASKS(gt) __CW_MASKS(ge)
__CW_MASKS(equ) __CW_MASKS(neu) __CW_MASKS(ltu) __CW_MASKS(leu) __CW_MASKS(gtu) __CW_MASKS(geu)
#undef __CW_MASKS
__device__ inline __half operator--(__half& a, int) { __half t = a; --a; return t; }
__device__ inline __half hsqrt(__half a) { return __half(sqrtf((float)a)); }
__device__ inline __half2 h2sqrt(__half2 a) { return __half2(hsqrt(a.x), hsqrt(a.y)); }
__device__ inline __half hrsqrt(__half a) { return __half(rsqrtf((float)a)); }
__device__ inline __half2 h2rsqrt(__half2 a) { return __half2(hrsqrt(a.x), hrsqrt(a.y)); }
__device__ inline __half hexp(__half a) { return __half(expf((float)a)); }
__device__ inline __half2 h2exp(__half2 a) { return __half2(hexp(a.x), hexp(a.y)); }
__device__ inline __half hexp2(__half a) { return __half(exp2f((float)a)); }
__device__ inline __half2 h2exp2(__half2 a) { return __half2(hexp2(a.x), hexp2(a.y)); }
__device__ inline __half hexp10(__half a) { return __half(exp10f((float)a)); }
__device__ inline __half2 h2exp10(__half2 a) { return __half2(hexp10(a.x), hexp10(a.y)); }
__device__ inline __half hlog(__half a) { return __half(logf((float)a)); }
__device__ inline __half2 h2log(__half2 a) { return __half2(hlog(a.x), hlog(a.y)); }
__device__ inline __half hlog2(__half a) { return __half(log2f((float)a)); }
__device__ inline __half2 h2log2(__half2 a) { return __half2(hlog2(a.x), hlog2(a.y)); }
__device__ inline __half hlog10(__half a) { return __half(log10f((float)a)); }
__device__ inline __half2 h2log10(__half2 a) { return __half2(hlog10(a.x), hlog10(a.y)); }
__device__ inline __half hsin(__half a) { return __half(sinf((float)a)); }
__device__ inline __half2 h2sin(__half2 a) { return __half2(hsin(a.x), hsin(a.y)); }
__device__ inline __half hcos(__half a) { return __half(cosf((float)a)); }
__device__ inline __half2 h2cos(__half2 a) { return __half2(hcos(a.x), hcos(a.y)); }
__device__ inline __half hfloor(__half a) { return __half(floorf((float)a)); }
__device__ inline __half2 h2floor(__half2 a) { return __half2(hfloor(a.x), hfloor(a.y)); }
__device__ inline __half hceil(__half a) { return __half(ceilf((float)a)); }
__device__ inline __half2 h2ceil(__half2 a) { return __half2(hceil(a.x), hceil(a.y)); }
__device__ inline __half htrunc(__half a) { return __half(truncf((float)a)); }
__device__ inline __half2 h2trunc(__half2 a) { return __half2(htrunc(a.x), htrunc(a.y)); }
__device__ inline __half hrint(__half a) { return __half(rintf((float)a)); }
__device__ inline __half2 h2rint(__half2 a) { return __half2(hrint(a.x), hrint(a.y)); }
__device__ inline __half hrcp(__half a) { return __half(__frcp_rn((float)a)); }
__device__ inline __half2 h2rcp(__half2 a) { return __half2(hrcp(a.x), hrcp(a.y)); }
__device__ inline __half htanh(__half a) { return __half(tanhf((float)a)); }
__device__ inline __half2 h2tanh(__half2 a) { return __half2(htanh(a.x), htanh(a.y)); }
__device__ inline __half __shfl_sync(unsigned int mask, __half v, int lane, int width = 32) { return __ushort_as_half((unsigned short)__shfl_sync(mask, (unsigned int)__half_as_ushort(v), lane, width)); }
__device__ inline __half2 __shfl_sync(unsigned int mask, __half2 v, int lane, int width = 32) { unsigned int b = __shfl_sync(mask, (unsigned int)__half_as_ushort(v.x) | (unsigned int)__half_as_ushort(v.y) << 16, lane, width); return __half2(__ushort_as_half((unsigned short)b), __ushort_as_half((unsigned short)(b >> 16))); }
__device__ inline __half __shfl_up_sync(unsigned int mask, __half v, unsigned int lane, int width = 32) { return __ushort_as_half((unsigned short)__shfl_up_sync(mask, (unsigned int)__half_as_ushort(v), lane, width)); }
__device__ inline __half2 __shfl_up_sync(unsigned int mask, __half2 v, unsigned int lane, int width = 32) { unsigned int b = __shfl_up_sync(mask, (unsigned int)__half_as_ushort(v.x) | (unsigned int)__half_as_ushort(v.y) << 16, lane, width); return __half2(__ushort_as_half((unsigned short)b), __ushort_as_half((unsigned short)(b >> 16))); }
__device__ inline __half __shfl_down_sync(unsigned int mask, __half v, unsigned int lane, int width = 32) { return __ushort_as_half((unsigned short)__shfl_down_sync(mask, (unsigned int)__half_as_ushort(v), lane, width)); }
__device__ inline __half2 __shfl_down_sync(unsigned int mask, __half2 v, unsigned int lane, int width = 32) { unsigned int b = __shfl_down_sync(mask, (unsigned int)__half_as_ushort(v.x) | (unsigned int)__half_as_ushort(v.y) << 16, lane, width); return __half2(__ushort_as_half((unsigned short)b), __ushort_as_half((unsigned short)(b >> 16))); }
__device__ inline __half __shfl_xor_sync(unsigned int mask, __half v, int lane, int width = 32) { return __ushort_as_half((unsigned short)__shfl_xor_sync(mask, (unsigned int)__half_as_ushort(v), lane, width)); }
__device__ inline __half2 __shfl_xor_sync(unsigned int mask, __half2 v, int lane, int width = 32) { unsigned int b = __shfl_xor_sync(mask, (unsigned int)__half_as_ushort(v.x) | (unsigned int)__half_as_ushort(v.y) << 16, lane, width); return __half2(__ushort_as_half((unsigned short)b), __ushort_as_half((unsigned short)(b >> 16))); }
__device__ __half atomicAdd(__half* address, __half value) __cw_intrinsic("atomic.add.device");
__device__ inline __half2 atomicAdd(__half2* address, __half2 value) { return __half2(atomicAdd(&address->x, value.x), atomicAdd(&address->y, value.y)); }
__device__ __half __ldg(const __half* address) __cw_intrinsic("load.plain");
__device__ __half2 __ldg(const __half2* address) __cw_intrinsic("load.plain");
__device__ __half __ldca(const __half* address) __cw_intrinsic("load.plain");
__device__ __half2 __ldca(const __half2* address) __cw_intrinsic("load.plain");
__device__ __half __ldcg(const __half* address) __cw_intrinsic("load.plain");
__device__ __half2 __ldcg(const __half2* address) __cw_intrinsic("load.plain");
__device__ __half __ldcs(const __half* address) __cw_intrinsic("load.plain");
__device__ __half2 __ldcs(const __half2* address) __cw_intrinsic("load.plain");
__device__ __half __ldlu(const __half* address) __cw_intrinsic("load.plain");
__device__ __half2 __ldlu(const __half2* address) __cw_intrinsic("load.plain");
__device__ __half __ldcv(const __half* address) __cw_intrinsic("load.plain");
__device__ __half2 __ldcv(const __half2* address) __cw_intrinsic("load.plain");
__device__ void __stcs(__half* address, __half value) __cw_intrinsic("store.plain");
__device__ void __stcs(__half2* address, __half2 value) __cw_intrinsic("store.plain");
__device__ void __stcg(__half* address, __half value) __cw_intrinsic("store.plain");
__device__ void __stcg(__half2* address, __half2 value) __cw_intrinsic("store.plain");
__device__ void __stwb(__half* address, __half value) __cw_intrinsic("store.plain");
__device__ void __stwb(__half2* address, __half2 value) __cw_intrinsic("store.plain");
typedef __half half;
typedef __half2 half2;
typedef __half nv_half;
#define CUDART_INF_FP16 __ushort_as_half(0x7c00)
#define CUDART_NAN_FP16 __ushort_as_half(0x7fff)
#define CUDART_ONE_FP16 __ushort_as_half(0x3c00)
#define CUDART_ZERO_FP16 __ushort_as_half(0x0000)
#endif
