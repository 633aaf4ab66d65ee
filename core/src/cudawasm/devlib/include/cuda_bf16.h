// __nv_bfloat16 and __nv_bfloat162: 16-bit floating point. Arithmetic rounds once to 16 bits, as on a device with native support.
#ifndef __CUDAWASM_BF16_H__
#define __CUDAWASM_BF16_H__
struct __cw_transparent __nv_bfloat16_raw { unsigned short x; };
struct __cw_transparent __nv_bfloat16 {
    __cw_bfloat16 __x;
    __nv_bfloat16() = default;
    __device__ __nv_bfloat16(const __nv_bfloat16_raw& bits) : __x(__cw_bfloat16_from_bits(bits.x)) {}
    __device__ operator __nv_bfloat16_raw() const { return {__cw_bfloat16_bits(__x)}; }
    __device__ constexpr __nv_bfloat16(float v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(double v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(int v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(unsigned int v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(short v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(unsigned short v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(long v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(unsigned long v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(long long v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(unsigned long long v) : __x((__cw_bfloat16)v) {}
    __device__ constexpr __nv_bfloat16(__cw_bfloat16 v) : __x(v) {}
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
struct __align__(4) __nv_bfloat162 {
    __nv_bfloat16 x, y;
    __nv_bfloat162() = default;
    __device__ constexpr __nv_bfloat162(const __nv_bfloat16& a, const __nv_bfloat16& b) : x(a), y(b) {}
};
__device__ inline __nv_bfloat16 operator+(const __nv_bfloat16& a, const __nv_bfloat16& b) { return __nv_bfloat16((__cw_bfloat16)(a.__x + b.__x)); }
__device__ inline __nv_bfloat16& operator+=(__nv_bfloat16& a, const __nv_bfloat16& b) { a = a + b; return a; }
__device__ inline __nv_bfloat162 operator+(const __nv_bfloat162& a, const __nv_bfloat162& b) { return __nv_bfloat162(a.x + b.x, a.y + b.y); }
__device__ inline __nv_bfloat162& operator+=(__nv_bfloat162& a, const __nv_bfloat162& b) { a = a + b; return a; }
__device__ inline __nv_bfloat16 operator-(const __nv_bfloat16& a, const __nv_bfloat16& b) { return __nv_bfloat16((__cw_bfloat16)(a.__x - b.__x)); }
__device__ inline __nv_bfloat16& operator-=(__nv_bfloat16& a, const __nv_bfloat16& b) { a = a - b; return a; }
__device__ inline __nv_bfloat162 operator-(const __nv_bfloat162& a, const __nv_bfloat162& b) { return __nv_bfloat162(a.x - b.x, a.y - b.y); }
__device__ inline __nv_bfloat162& operator-=(__nv_bfloat162& a, const __nv_bfloat162& b) { a = a - b; return a; }
__device__ inline __nv_bfloat16 operator*(const __nv_bfloat16& a, const __nv_bfloat16& b) { return __nv_bfloat16((__cw_bfloat16)(a.__x * b.__x)); }
__device__ inline __nv_bfloat16& operator*=(__nv_bfloat16& a, const __nv_bfloat16& b) { a = a * b; return a; }
__device__ inline __nv_bfloat162 operator*(const __nv_bfloat162& a, const __nv_bfloat162& b) { return __nv_bfloat162(a.x * b.x, a.y * b.y); }
__device__ inline __nv_bfloat162& operator*=(__nv_bfloat162& a, const __nv_bfloat162& b) { a = a * b; return a; }
__device__ inline __nv_bfloat16 operator/(const __nv_bfloat16& a, const __nv_bfloat16& b) { return __nv_bfloat16((__cw_bfloat16)(a.__x / b.__x)); }
__device__ inline __nv_bfloat16& operator/=(__nv_bfloat16& a, const __nv_bfloat16& b) { a = a / b; return a; }
__device__ inline __nv_bfloat162 operator/(const __nv_bfloat162& a, const __nv_bfloat162& b) { return __nv_bfloat162(a.x / b.x, a.y / b.y); }
__device__ inline __nv_bfloat162& operator/=(__nv_bfloat162& a, const __nv_bfloat162& b) { a = a / b; return a; }
__device__ inline __nv_bfloat16 operator-(const __nv_bfloat16& a) { return __nv_bfloat16((__cw_bfloat16)(-a.__x)); }
__device__ inline __nv_bfloat16 operator+(const __nv_bfloat16& a) { return a; }
__device__ inline __nv_bfloat162 operator-(const __nv_bfloat162& a) { return __nv_bfloat162(-a.x, -a.y); }
__device__ inline __nv_bfloat16& operator++(__nv_bfloat16& a) { a = a + __nv_bfloat16(1.0f); return a; }
__device__ inline __nv_bfloat16 operator++(__nv_bfloat16& a, int) { __nv_bfloat16 t = a; ++a; return t; }
__device__ inline __nv_bfloat16& operator--(__nv_bfloat16& a) { a = a - __nv_bfloat16(1.0f); return a; }
__device__ inline bool operator==(const __nv_bfloat16& a, const __nv_bfloat16& b) { return a.__x == b.__x; }
__device__ inline bool operator==(const __nv_bfloat162& a, const __nv_bfloat162& b) { return a.x == b.x && a.y == b.y; }
__device__ inline bool operator!=(const __nv_bfloat16& a, const __nv_bfloat16& b) { return a.__x != b.__x; }
__device__ inline bool operator!=(const __nv_bfloat162& a, const __nv_bfloat162& b) { return a.x != b.x && a.y != b.y; }
__device__ inline bool operator<(const __nv_bfloat16& a, const __nv_bfloat16& b) { return a.__x < b.__x; }
__device__ inline bool operator<(const __nv_bfloat162& a, const __nv_bfloat162& b) { return a.x < b.x && a.y < b.y; }
__device__ inline bool operator<=(const __nv_bfloat16& a, const __nv_bfloat16& b) { return a.__x <= b.__x; }
__device__ inline bool operator<=(const __nv_bfloat162& a, const __nv_bfloat162& b) { return a.x <= b.x && a.y <= b.y; }
__device__ inline bool operator>(const __nv_bfloat16& a, const __nv_bfloat16& b) { return a.__x > b.__x; }
__device__ inline bool operator>(const __nv_bfloat162& a, const __nv_bfloat162& b) { return a.x > b.x && a.y > b.y; }
__device__ inline bool operator>=(const __nv_bfloat16& a, const __nv_bfloat16& b) { return a.__x >= b.__x; }
__device__ inline bool operator>=(const __nv_bfloat162& a, const __nv_bfloat162& b) { return a.x >= b.x && a.y >= b.y; }
__device__ unsigned short __cw_bfloat16_bits(__cw_bfloat16) __cw_intrinsic("bits.cast");
__device__ __cw_bfloat16 __cw_bfloat16_from_bits(unsigned short) __cw_intrinsic("bits.cast");
__device__ inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 a) { return __cw_bfloat16_bits(a.__x); }
__device__ inline short __bfloat16_as_short(__nv_bfloat16 a) { return (short)__cw_bfloat16_bits(a.__x); }
__device__ inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short a) { return __nv_bfloat16(__cw_bfloat16_from_bits(a)); }
__device__ inline __nv_bfloat16 __short_as_bfloat16(short a) { return __nv_bfloat16(__cw_bfloat16_from_bits((unsigned short)a)); }
__device__ inline float __bfloat162float(__nv_bfloat16 a) { return (float)a.__x; }
__device__ inline __nv_bfloat16 __float2bfloat16(float a) { return __nv_bfloat16(a); }
__device__ inline __nv_bfloat16 __float2bfloat16_rn(float a) { return __nv_bfloat16(a); }
__device__ inline __nv_bfloat16 __double2bfloat16(double a) { return __nv_bfloat16(a); }
__device__ inline __nv_bfloat16 __cw_bfloat16_next_up(__nv_bfloat16 a) { unsigned short b = __bfloat16_as_ushort(a); if ((b & 0x7fff) == 0) return __ushort_as_bfloat16(1); return __ushort_as_bfloat16(b & 0x8000 ? b - 1 : b + 1); }
__device__ inline __nv_bfloat16 __cw_bfloat16_next_down(__nv_bfloat16 a) { unsigned short b = __bfloat16_as_ushort(a); if ((b & 0x7fff) == 0) return __ushort_as_bfloat16(0x8001); return __ushort_as_bfloat16(b & 0x8000 ? b + 1 : b - 1); }
__device__ inline __nv_bfloat16 __float2bfloat16_ru(float a) { __nv_bfloat16 r(a); return (float)r < a ? __cw_bfloat16_next_up(r) : r; }
__device__ inline __nv_bfloat16 __float2bfloat16_rd(float a) { __nv_bfloat16 r(a); return (float)r > a ? __cw_bfloat16_next_down(r) : r; }
__device__ inline __nv_bfloat16 __float2bfloat16_rz(float a) { return a < 0.0f ? __float2bfloat16_ru(a) : __float2bfloat16_rd(a); }
__device__ inline int __bfloat162int_rz(__nv_bfloat16 a) { return (int)(float)a; }
__device__ inline int __bfloat162int_rn(__nv_bfloat16 a) { return (int)rintf((float)a); }
__device__ inline int __bfloat162int_rd(__nv_bfloat16 a) { return (int)floorf((float)a); }
__device__ inline int __bfloat162int_ru(__nv_bfloat16 a) { return (int)ceilf((float)a); }
__device__ inline __nv_bfloat16 __int2bfloat16_rn(int a) { return __nv_bfloat16(a); }
__device__ inline unsigned int __bfloat162uint_rz(__nv_bfloat16 a) { return (unsigned int)(float)a; }
__device__ inline unsigned int __bfloat162uint_rn(__nv_bfloat16 a) { return (unsigned int)rintf((float)a); }
__device__ inline unsigned int __bfloat162uint_rd(__nv_bfloat16 a) { return (unsigned int)floorf((float)a); }
__device__ inline unsigned int __bfloat162uint_ru(__nv_bfloat16 a) { return (unsigned int)ceilf((float)a); }
__device__ inline __nv_bfloat16 __uint2bfloat16_rn(unsigned int a) { return __nv_bfloat16(a); }
__device__ inline short __bfloat162short_rz(__nv_bfloat16 a) { return (short)(float)a; }
__device__ inline short __bfloat162short_rn(__nv_bfloat16 a) { return (short)rintf((float)a); }
__device__ inline short __bfloat162short_rd(__nv_bfloat16 a) { return (short)floorf((float)a); }
__device__ inline short __bfloat162short_ru(__nv_bfloat16 a) { return (short)ceilf((float)a); }
__device__ inline __nv_bfloat16 __short2bfloat16_rn(short a) { return __nv_bfloat16(a); }
__device__ inline unsigned short __bfloat162ushort_rz(__nv_bfloat16 a) { return (unsigned short)(float)a; }
__device__ inline unsigned short __bfloat162ushort_rn(__nv_bfloat16 a) { return (unsigned short)rintf((float)a); }
__device__ inline unsigned short __bfloat162ushort_rd(__nv_bfloat16 a) { return (unsigned short)floorf((float)a); }
__device__ inline unsigned short __bfloat162ushort_ru(__nv_bfloat16 a) { return (unsigned short)ceilf((float)a); }
__device__ inline __nv_bfloat16 __ushort2bfloat16_rn(unsigned short a) { return __nv_bfloat16(a); }
__device__ inline long long __bfloat162ll_rz(__nv_bfloat16 a) { return (long long)(float)a; }
__device__ inline long long __bfloat162ll_rn(__nv_bfloat16 a) { return (long long)rintf((float)a); }
__device__ inline long long __bfloat162ll_rd(__nv_bfloat16 a) { return (long long)floorf((float)a); }
__device__ inline long long __bfloat162ll_ru(__nv_bfloat16 a) { return (long long)ceilf((float)a); }
__device__ inline __nv_bfloat16 __ll2bfloat16_rn(long long a) { return __nv_bfloat16(a); }
__device__ inline unsigned long long __bfloat162ull_rz(__nv_bfloat16 a) { return (unsigned long long)(float)a; }
__device__ inline unsigned long long __bfloat162ull_rn(__nv_bfloat16 a) { return (unsigned long long)rintf((float)a); }
__device__ inline unsigned long long __bfloat162ull_rd(__nv_bfloat16 a) { return (unsigned long long)floorf((float)a); }
__device__ inline unsigned long long __bfloat162ull_ru(__nv_bfloat16 a) { return (unsigned long long)ceilf((float)a); }
__device__ inline __nv_bfloat16 __ull2bfloat16_rn(unsigned long long a) { return __nv_bfloat16(a); }
__device__ inline __nv_bfloat162 __float2bfloat162_rn(float a) { return __nv_bfloat162(__nv_bfloat16(a), __nv_bfloat16(a)); }
__device__ inline __nv_bfloat162 __floats2bfloat162_rn(float a, float b) { return __nv_bfloat162(__nv_bfloat16(a), __nv_bfloat16(b)); }
__device__ inline __nv_bfloat162 __float22bfloat162_rn(float2 a) { return __nv_bfloat162(__nv_bfloat16(a.x), __nv_bfloat16(a.y)); }
__device__ inline float2 __bfloat1622float2(__nv_bfloat162 a) { return make_float2((float)a.x, (float)a.y); }
__device__ inline __nv_bfloat162 __bfloat162bfloat162(__nv_bfloat16 a) { return __nv_bfloat162(a, a); }
__device__ inline __nv_bfloat162 __halves2bfloat162(__nv_bfloat16 a, __nv_bfloat16 b) { return __nv_bfloat162(a, b); }
__device__ inline __nv_bfloat162 make_bfloat162(__nv_bfloat16 a, __nv_bfloat16 b) { return __nv_bfloat162(a, b); }
__device__ inline __nv_bfloat16 __low2bfloat16(__nv_bfloat162 a) { return a.x; }
__device__ inline __nv_bfloat16 __high2bfloat16(__nv_bfloat162 a) { return a.y; }
__device__ inline float __low2float(__nv_bfloat162 a) { return (float)a.x; }
__device__ inline float __high2float(__nv_bfloat162 a) { return (float)a.y; }
__device__ inline __nv_bfloat162 __low2bfloat162(__nv_bfloat162 a) { return __nv_bfloat162(a.x, a.x); }
__device__ inline __nv_bfloat162 __high2bfloat162(__nv_bfloat162 a) { return __nv_bfloat162(a.y, a.y); }
__device__ inline __nv_bfloat162 __lowhigh2highlow(__nv_bfloat162 a) { return __nv_bfloat162(a.y, a.x); }
__device__ inline __nv_bfloat162 __lows2bfloat162(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(a.x, b.x); }
__device__ inline __nv_bfloat162 __highs2bfloat162(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(a.y, b.y); }
__device__ inline __nv_bfloat16 __hadd(__nv_bfloat16 a, __nv_bfloat16 b) { return a + b; }
__device__ inline __nv_bfloat162 __hadd2(__nv_bfloat162 a, __nv_bfloat162 b) { return a + b; }
__device__ inline __nv_bfloat16 __hadd_rn(__nv_bfloat16 a, __nv_bfloat16 b) { return a + b; }
__device__ inline __nv_bfloat162 __hadd2_rn(__nv_bfloat162 a, __nv_bfloat162 b) { return a + b; }
__device__ inline __nv_bfloat16 __hadd_sat(__nv_bfloat16 a, __nv_bfloat16 b) { return __nv_bfloat16(__saturatef((float)(a + b))); }
__device__ inline __nv_bfloat162 __hadd2_sat(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hadd_sat(a.x, b.x), __hadd_sat(a.y, b.y)); }
__device__ inline __nv_bfloat16 __hsub(__nv_bfloat16 a, __nv_bfloat16 b) { return a - b; }
__device__ inline __nv_bfloat162 __hsub2(__nv_bfloat162 a, __nv_bfloat162 b) { return a - b; }
__device__ inline __nv_bfloat16 __hsub_rn(__nv_bfloat16 a, __nv_bfloat16 b) { return a - b; }
__device__ inline __nv_bfloat162 __hsub2_rn(__nv_bfloat162 a, __nv_bfloat162 b) { return a - b; }
__device__ inline __nv_bfloat16 __hsub_sat(__nv_bfloat16 a, __nv_bfloat16 b) { return __nv_bfloat16(__saturatef((float)(a - b))); }
__device__ inline __nv_bfloat162 __hsub2_sat(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hsub_sat(a.x, b.x), __hsub_sat(a.y, b.y)); }
__device__ inline __nv_bfloat16 __hmul(__nv_bfloat16 a, __nv_bfloat16 b) { return a * b; }
__device__ inline __nv_bfloat162 __hmul2(__nv_bfloat162 a, __nv_bfloat162 b) { return a * b; }
__device__ inline __nv_bfloat16 __hmul_rn(__nv_bfloat16 a, __nv_bfloat16 b) { return a * b; }
__device__ inline __nv_bfloat162 __hmul2_rn(__nv_bfloat162 a, __nv_bfloat162 b) { return a * b; }
__device__ inline __nv_bfloat16 __hmul_sat(__nv_bfloat16 a, __nv_bfloat16 b) { return __nv_bfloat16(__saturatef((float)(a * b))); }
__device__ inline __nv_bfloat162 __hmul2_sat(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hmul_sat(a.x, b.x), __hmul_sat(a.y, b.y)); }
__device__ inline __nv_bfloat16 __hdiv(__nv_bfloat16 a, __nv_bfloat16 b) { return a / b; }
__device__ inline __nv_bfloat162 __h2div(__nv_bfloat162 a, __nv_bfloat162 b) { return a / b; }
__device__ inline __nv_bfloat16 __hneg(__nv_bfloat16 a) { return -a; }
__device__ inline __nv_bfloat162 __hneg2(__nv_bfloat162 a) { return -a; }
__device__ inline __nv_bfloat16 __habs(__nv_bfloat16 a) { return __ushort_as_bfloat16(__bfloat16_as_ushort(a) & 0x7fff); }
__device__ inline __nv_bfloat162 __habs2(__nv_bfloat162 a) { return __nv_bfloat162(__habs(a.x), __habs(a.y)); }
__device__ inline __nv_bfloat16 __cw_bfloat16_from_sum(double p, double c) {
    // Round the exact sum p + c to odd in double first: the final rounding to 16 bits is then the only one.
    double s = __dadd_rn(p, c), t = __dsub_rn(s, p), e = __dadd_rn(__dsub_rn(p, __dsub_rn(s, t)), __dsub_rn(c, t));
    long long bits = __double_as_longlong(s);
    if ((e > 0.0 || e < 0.0) && !(bits & 1)) bits += (e > 0.0) == (s > 0.0) ? 1 : -1;
    return __nv_bfloat16(__longlong_as_double(bits));
}
__device__ inline __nv_bfloat16 __hfma(__nv_bfloat16 a, __nv_bfloat16 b, __nv_bfloat16 c) { return __cw_bfloat16_from_sum((double)(float)a * (double)(float)b, (double)(float)c); }
__device__ inline __nv_bfloat16 __hfma_sat(__nv_bfloat16 a, __nv_bfloat16 b, __nv_bfloat16 c) { return __nv_bfloat16(__saturatef((float)__hfma(a, b, c))); }
__device__ inline __nv_bfloat16 __hfma_relu(__nv_bfloat16 a, __nv_bfloat16 b, __nv_bfloat16 c) { __nv_bfloat16 r = __hfma(a, b, c); return (float)r < 0.0f ? __nv_bfloat16(0.0f) : r; }
__device__ inline __nv_bfloat162 __hfma2(__nv_bfloat162 a, __nv_bfloat162 b, __nv_bfloat162 c) { return __nv_bfloat162(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)); }
__device__ inline __nv_bfloat162 __hfma2_sat(__nv_bfloat162 a, __nv_bfloat162 b, __nv_bfloat162 c) { return __nv_bfloat162(__hfma_sat(a.x, b.x, c.x), __hfma_sat(a.y, b.y, c.y)); }
__device__ inline __nv_bfloat162 __hfma2_relu(__nv_bfloat162 a, __nv_bfloat162 b, __nv_bfloat162 c) { return __nv_bfloat162(__hfma_relu(a.x, b.x, c.x), __hfma_relu(a.y, b.y, c.y)); }
__device__ inline bool __hisnan(__nv_bfloat16 a) { return isnan((float)a); }
__device__ inline int __hisinf(__nv_bfloat16 a) { return isinf((float)a) ? ((float)a > 0.0f ? 1 : -1) : 0; }
__device__ inline __nv_bfloat162 __hisnan2(__nv_bfloat162 a) { return __nv_bfloat162(__nv_bfloat16(isnan((float)a.x) ? 1.0f : 0.0f), __nv_bfloat16(isnan((float)a.y) ? 1.0f : 0.0f)); }
__device__ inline __nv_bfloat16 __hmax(__nv_bfloat16 a, __nv_bfloat16 b) {
    // Equal operands can only differ in the sign of a zero.
    if ((float)a == (float)b) return __ushort_as_bfloat16(__bfloat16_as_ushort(a) & __bfloat16_as_ushort(b));
    return isnan((float)a) && isnan((float)b) ? __ushort_as_bfloat16(0x7fff) : __nv_bfloat16(fmaxf((float)a, (float)b));
}
__device__ inline __nv_bfloat16 __hmax_nan(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) ? __ushort_as_bfloat16(0x7fff) : __hmax(a, b); }
__device__ inline __nv_bfloat162 __hmax2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hmax(a.x, b.x), __hmax(a.y, b.y)); }
__device__ inline __nv_bfloat162 __hmax2_nan(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hmax_nan(a.x, b.x), __hmax_nan(a.y, b.y)); }
__device__ inline __nv_bfloat16 __hmin(__nv_bfloat16 a, __nv_bfloat16 b) {
    // Equal operands can only differ in the sign of a zero.
    if ((float)a == (float)b) return __ushort_as_bfloat16(__bfloat16_as_ushort(a) | __bfloat16_as_ushort(b));
    return isnan((float)a) && isnan((float)b) ? __ushort_as_bfloat16(0x7fff) : __nv_bfloat16(fminf((float)a, (float)b));
}
__device__ inline __nv_bfloat16 __hmin_nan(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) ? __ushort_as_bfloat16(0x7fff) : __hmin(a, b); }
__device__ inline __nv_bfloat162 __hmin2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hmin(a.x, b.x), __hmin(a.y, b.y)); }
__device__ inline __nv_bfloat162 __hmin2_nan(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__hmin_nan(a.x, b.x), __hmin_nan(a.y, b.y)); }
__device__ inline bool __heq(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a == (float)b; }
__device__ inline bool __hequ(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) || (float)a == (float)b; }
__device__ inline __nv_bfloat162 __heq2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__heq(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__heq(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbeq2(__nv_bfloat162 a, __nv_bfloat162 b) { return __heq(a.x, b.x) && __heq(a.y, b.y); }
__device__ inline __nv_bfloat162 __hequ2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hequ(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hequ(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbequ2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hequ(a.x, b.x) && __hequ(a.y, b.y); }
__device__ inline bool __hne(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a != (float)b && !__hisnan(a) && !__hisnan(b); }
__device__ inline bool __hneu(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) || (float)a != (float)b; }
__device__ inline __nv_bfloat162 __hne2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hne(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hne(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbne2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hne(a.x, b.x) && __hne(a.y, b.y); }
__device__ inline __nv_bfloat162 __hneu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hneu(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hneu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbneu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hneu(a.x, b.x) && __hneu(a.y, b.y); }
__device__ inline bool __hlt(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a < (float)b; }
__device__ inline bool __hltu(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) || (float)a < (float)b; }
__device__ inline __nv_bfloat162 __hlt2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hlt(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hlt(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hblt2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hlt(a.x, b.x) && __hlt(a.y, b.y); }
__device__ inline __nv_bfloat162 __hltu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hltu(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hltu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbltu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hltu(a.x, b.x) && __hltu(a.y, b.y); }
__device__ inline bool __hle(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a <= (float)b; }
__device__ inline bool __hleu(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) || (float)a <= (float)b; }
__device__ inline __nv_bfloat162 __hle2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hle(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hle(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hble2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hle(a.x, b.x) && __hle(a.y, b.y); }
__device__ inline __nv_bfloat162 __hleu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hleu(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hleu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbleu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hleu(a.x, b.x) && __hleu(a.y, b.y); }
__device__ inline bool __hgt(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a > (float)b; }
__device__ inline bool __hgtu(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) || (float)a > (float)b; }
__device__ inline __nv_bfloat162 __hgt2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hgt(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hgt(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbgt2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hgt(a.x, b.x) && __hgt(a.y, b.y); }
__device__ inline __nv_bfloat162 __hgtu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hgtu(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hgtu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbgtu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hgtu(a.x, b.x) && __hgtu(a.y, b.y); }
__device__ inline bool __hge(__nv_bfloat16 a, __nv_bfloat16 b) { return (float)a >= (float)b; }
__device__ inline bool __hgeu(__nv_bfloat16 a, __nv_bfloat16 b) { return __hisnan(a) || __hisnan(b) || (float)a >= (float)b; }
__device__ inline __nv_bfloat162 __hge2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hge(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hge(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbge2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hge(a.x, b.x) && __hge(a.y, b.y); }
__device__ inline __nv_bfloat162 __hgeu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __nv_bfloat162(__nv_bfloat16(__hgeu(a.x, b.x) ? 1.0f : 0.0f), __nv_bfloat16(__hgeu(a.y, b.y) ? 1.0f : 0.0f)); }
__device__ inline bool __hbgeu2(__nv_bfloat162 a, __nv_bfloat162 b) { return __hgeu(a.x, b.x) && __hgeu(a.y, b.y); }
// Directed conversions of integers; ``e`` has the sign of what the nearest value lacks.
__device__ inline __nv_bfloat16 __cw_bfloat16_rd(__nv_bfloat16 r, double e) { return e < 0.0 ? __cw_bfloat16_next_down(r) : r; }
__device__ inline __nv_bfloat16 __cw_bfloat16_ru(__nv_bfloat16 r, double e) { return e > 0.0 ? __cw_bfloat16_next_up(r) : r; }
__device__ inline __nv_bfloat16 __cw_bfloat16_rz(__nv_bfloat16 r, double e) { return (float)r < 0.0f ? __cw_bfloat16_ru(r, e) : __cw_bfloat16_rd(r, e); }
#define __CW_DIRECTED_CONVERSION(from, T, W, mode) \
    __device__ inline __nv_bfloat16 __##from##2bfloat16_##mode(T a) { __nv_bfloat16 r(a); return __cw_bfloat16_##mode(r, __cw_convert_error((W)a, (double)(float)r)); }
#define __CW_DIRECTED_CONVERSIONS(mode) \
    __CW_DIRECTED_CONVERSION(int, int, long long, mode) __CW_DIRECTED_CONVERSION(uint, unsigned int, long long, mode) \
    __CW_DIRECTED_CONVERSION(short, short, long long, mode) __CW_DIRECTED_CONVERSION(ushort, unsigned short, long long, mode) \
    __CW_DIRECTED_CONVERSION(ll, long long, long long, mode) __CW_DIRECTED_CONVERSION(ull, unsigned long long, unsigned long long, mode)
__CW_DIRECTED_CONVERSIONS(rd) __CW_DIRECTED_CONVERSIONS(ru) __CW_DIRECTED_CONVERSIONS(rz)
#undef __CW_DIRECTED_CONVERSION
#undef __CW_DIRECTED_CONVERSIONS
__device__ inline signed char __bfloat162char_rz(__nv_bfloat16 a) { return (signed char)(float)a; }
__device__ inline unsigned char __bfloat162uchar_rz(__nv_bfloat16 a) { return (unsigned char)(float)a; }
__device__ inline __nv_bfloat162 __hcmadd(__nv_bfloat162 a, __nv_bfloat162 b, __nv_bfloat162 c) {
    return __nv_bfloat162(__hfma(-a.y, b.y, __hfma(a.x, b.x, c.x)), __hfma(a.y, b.x, __hfma(a.x, b.y, c.y)));
}
#define __CW_MASKS(name) \
    __device__ inline unsigned int __h##name##2_mask(__nv_bfloat162 a, __nv_bfloat162 b) { return (__h##name(a.x, b.x) ? 0xffffu : 0u) | (__h##name(a.y, b.y) ? 0xffff0000u : 0u); }
__CW_MASKS(eq) __CW_MASKS(ne) __CW_MASKS(lt) __CW_MASKS(le) __CW_MASKS(gt) __CW_MASKS(ge)
__CW_MASKS(equ) __CW_MASKS(neu) __CW_MASKS(ltu) __CW_MASKS(leu) __CW_MASKS(gtu) __CW_MASKS(geu)
#undef __CW_MASKS
__device__ inline __nv_bfloat16 operator--(__nv_bfloat16& a, int) { __nv_bfloat16 t = a; --a; return t; }
__device__ inline __nv_bfloat16 hsqrt(__nv_bfloat16 a) { return __nv_bfloat16(sqrtf((float)a)); }
__device__ inline __nv_bfloat162 h2sqrt(__nv_bfloat162 a) { return __nv_bfloat162(hsqrt(a.x), hsqrt(a.y)); }
__device__ inline __nv_bfloat16 hrsqrt(__nv_bfloat16 a) { return __nv_bfloat16(rsqrtf((float)a)); }
__device__ inline __nv_bfloat162 h2rsqrt(__nv_bfloat162 a) { return __nv_bfloat162(hrsqrt(a.x), hrsqrt(a.y)); }
__device__ inline __nv_bfloat16 hexp(__nv_bfloat16 a) { return __nv_bfloat16(expf((float)a)); }
__device__ inline __nv_bfloat162 h2exp(__nv_bfloat162 a) { return __nv_bfloat162(hexp(a.x), hexp(a.y)); }
__device__ inline __nv_bfloat16 hexp2(__nv_bfloat16 a) { return __nv_bfloat16(exp2f((float)a)); }
__device__ inline __nv_bfloat162 h2exp2(__nv_bfloat162 a) { return __nv_bfloat162(hexp2(a.x), hexp2(a.y)); }
__device__ inline __nv_bfloat16 hexp10(__nv_bfloat16 a) { return __nv_bfloat16(exp10f((float)a)); }
__device__ inline __nv_bfloat162 h2exp10(__nv_bfloat162 a) { return __nv_bfloat162(hexp10(a.x), hexp10(a.y)); }
__device__ inline __nv_bfloat16 hlog(__nv_bfloat16 a) { return __nv_bfloat16(logf((float)a)); }
__device__ inline __nv_bfloat162 h2log(__nv_bfloat162 a) { return __nv_bfloat162(hlog(a.x), hlog(a.y)); }
__device__ inline __nv_bfloat16 hlog2(__nv_bfloat16 a) { return __nv_bfloat16(log2f((float)a)); }
__device__ inline __nv_bfloat162 h2log2(__nv_bfloat162 a) { return __nv_bfloat162(hlog2(a.x), hlog2(a.y)); }
__device__ inline __nv_bfloat16 hlog10(__nv_bfloat16 a) { return __nv_bfloat16(log10f((float)a)); }
__device__ inline __nv_bfloat162 h2log10(__nv_bfloat162 a) { return __nv_bfloat162(hlog10(a.x), hlog10(a.y)); }
__device__ inline __nv_bfloat16 hsin(__nv_bfloat16 a) { return __nv_bfloat16(sinf((float)a)); }
__device__ inline __nv_bfloat162 h2sin(__nv_bfloat162 a) { return __nv_bfloat162(hsin(a.x), hsin(a.y)); }
__device__ inline __nv_bfloat16 hcos(__nv_bfloat16 a) { return __nv_bfloat16(cosf((float)a)); }
__device__ inline __nv_bfloat162 h2cos(__nv_bfloat162 a) { return __nv_bfloat162(hcos(a.x), hcos(a.y)); }
__device__ inline __nv_bfloat16 hfloor(__nv_bfloat16 a) { return __nv_bfloat16(floorf((float)a)); }
__device__ inline __nv_bfloat162 h2floor(__nv_bfloat162 a) { return __nv_bfloat162(hfloor(a.x), hfloor(a.y)); }
__device__ inline __nv_bfloat16 hceil(__nv_bfloat16 a) { return __nv_bfloat16(ceilf((float)a)); }
__device__ inline __nv_bfloat162 h2ceil(__nv_bfloat162 a) { return __nv_bfloat162(hceil(a.x), hceil(a.y)); }
__device__ inline __nv_bfloat16 htrunc(__nv_bfloat16 a) { return __nv_bfloat16(truncf((float)a)); }
__device__ inline __nv_bfloat162 h2trunc(__nv_bfloat162 a) { return __nv_bfloat162(htrunc(a.x), htrunc(a.y)); }
__device__ inline __nv_bfloat16 hrint(__nv_bfloat16 a) { return __nv_bfloat16(rintf((float)a)); }
__device__ inline __nv_bfloat162 h2rint(__nv_bfloat162 a) { return __nv_bfloat162(hrint(a.x), hrint(a.y)); }
__device__ inline __nv_bfloat16 hrcp(__nv_bfloat16 a) { return __nv_bfloat16(__frcp_rn((float)a)); }
__device__ inline __nv_bfloat162 h2rcp(__nv_bfloat162 a) { return __nv_bfloat162(hrcp(a.x), hrcp(a.y)); }
__device__ inline __nv_bfloat16 htanh(__nv_bfloat16 a) { return __nv_bfloat16(tanhf((float)a)); }
__device__ inline __nv_bfloat162 h2tanh(__nv_bfloat162 a) { return __nv_bfloat162(htanh(a.x), htanh(a.y)); }
__device__ inline __nv_bfloat16 __shfl_sync(unsigned int mask, __nv_bfloat16 v, int lane, int width = 32) { return __ushort_as_bfloat16((unsigned short)__shfl_sync(mask, (unsigned int)__bfloat16_as_ushort(v), lane, width)); }
__device__ inline __nv_bfloat162 __shfl_sync(unsigned int mask, __nv_bfloat162 v, int lane, int width = 32) { unsigned int b = __shfl_sync(mask, (unsigned int)__bfloat16_as_ushort(v.x) | (unsigned int)__bfloat16_as_ushort(v.y) << 16, lane, width); return __nv_bfloat162(__ushort_as_bfloat16((unsigned short)b), __ushort_as_bfloat16((unsigned short)(b >> 16))); }
__device__ inline __nv_bfloat16 __shfl_up_sync(unsigned int mask, __nv_bfloat16 v, unsigned int lane, int width = 32) { return __ushort_as_bfloat16((unsigned short)__shfl_up_sync(mask, (unsigned int)__bfloat16_as_ushort(v), lane, width)); }
__device__ inline __nv_bfloat162 __shfl_up_sync(unsigned int mask, __nv_bfloat162 v, unsigned int lane, int width = 32) { unsigned int b = __shfl_up_sync(mask, (unsigned int)__bfloat16_as_ushort(v.x) | (unsigned int)__bfloat16_as_ushort(v.y) << 16, lane, width); return __nv_bfloat162(__ushort_as_bfloat16((unsigned short)b), __ushort_as_bfloat16((unsigned short)(b >> 16))); }
__device__ inline __nv_bfloat16 __shfl_down_sync(unsigned int mask, __nv_bfloat16 v, unsigned int lane, int width = 32) { return __ushort_as_bfloat16((unsigned short)__shfl_down_sync(mask, (unsigned int)__bfloat16_as_ushort(v), lane, width)); }
__device__ inline __nv_bfloat162 __shfl_down_sync(unsigned int mask, __nv_bfloat162 v, unsigned int lane, int width = 32) { unsigned int b = __shfl_down_sync(mask, (unsigned int)__bfloat16_as_ushort(v.x) | (unsigned int)__bfloat16_as_ushort(v.y) << 16, lane, width); return __nv_bfloat162(__ushort_as_bfloat16((unsigned short)b), __ushort_as_bfloat16((unsigned short)(b >> 16))); }
__device__ inline __nv_bfloat16 __shfl_xor_sync(unsigned int mask, __nv_bfloat16 v, int lane, int width = 32) { return __ushort_as_bfloat16((unsigned short)__shfl_xor_sync(mask, (unsigned int)__bfloat16_as_ushort(v), lane, width)); }
__device__ inline __nv_bfloat162 __shfl_xor_sync(unsigned int mask, __nv_bfloat162 v, int lane, int width = 32) { unsigned int b = __shfl_xor_sync(mask, (unsigned int)__bfloat16_as_ushort(v.x) | (unsigned int)__bfloat16_as_ushort(v.y) << 16, lane, width); return __nv_bfloat162(__ushort_as_bfloat16((unsigned short)b), __ushort_as_bfloat16((unsigned short)(b >> 16))); }
__device__ __nv_bfloat16 atomicAdd(__nv_bfloat16* address, __nv_bfloat16 value) __cw_intrinsic("atomic.add.device");
__device__ inline __nv_bfloat162 atomicAdd(__nv_bfloat162* address, __nv_bfloat162 value) { return __nv_bfloat162(atomicAdd(&address->x, value.x), atomicAdd(&address->y, value.y)); }
__device__ __nv_bfloat16 __ldg(const __nv_bfloat16* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat162 __ldg(const __nv_bfloat162* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat16 __ldca(const __nv_bfloat16* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat162 __ldca(const __nv_bfloat162* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat16 __ldcg(const __nv_bfloat16* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat162 __ldcg(const __nv_bfloat162* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat16 __ldcs(const __nv_bfloat16* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat162 __ldcs(const __nv_bfloat162* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat16 __ldlu(const __nv_bfloat16* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat162 __ldlu(const __nv_bfloat162* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat16 __ldcv(const __nv_bfloat16* address) __cw_intrinsic("load.plain");
__device__ __nv_bfloat162 __ldcv(const __nv_bfloat162* address) __cw_intrinsic("load.plain");
__device__ void __stcs(__nv_bfloat16* address, __nv_bfloat16 value) __cw_intrinsic("store.plain");
__device__ void __stcs(__nv_bfloat162* address, __nv_bfloat162 value) __cw_intrinsic("store.plain");
__device__ void __stcg(__nv_bfloat16* address, __nv_bfloat16 value) __cw_intrinsic("store.plain");
__device__ void __stcg(__nv_bfloat162* address, __nv_bfloat162 value) __cw_intrinsic("store.plain");
__device__ void __stwb(__nv_bfloat16* address, __nv_bfloat16 value) __cw_intrinsic("store.plain");
__device__ void __stwb(__nv_bfloat162* address, __nv_bfloat162 value) __cw_intrinsic("store.plain");
typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;
#define CUDART_INF_BF16 __ushort_as_bfloat16(0x7f80)
#define CUDART_NAN_BF16 __ushort_as_bfloat16(0x7fff)
#endif
