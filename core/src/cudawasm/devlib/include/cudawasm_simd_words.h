// Four bytes or two halfwords of a word at a time; comparisons give all ones (__vcmp*) or 1 (__vset*) in a lane. One
// macro deep: every program pays for reading this.
typedef unsigned int __cw_word;
// f of each lane of type L.
template <typename L, typename F> __device__ inline __cw_word __cw_lanes(__cw_word a, __cw_word b, F f) {
    const int bits = 8 * sizeof(L);
    __cw_word result = 0;
#pragma unroll
    for (int shift = 0; shift < 32; shift += bits)
        result |= ((__cw_word)f((int)(L)(a >> shift), (int)(L)(b >> shift)) & (0xffffffffu >> (32 - bits))) << shift;
    return result;
}
template <typename L> __device__ inline __cw_word __cw_sum_lanes(__cw_word a, __cw_word b) {
    __cw_word sum = 0;
#pragma unroll
    for (int shift = 0; shift < 32; shift += 8 * sizeof(L)) sum += (__cw_word)abs((int)(L)(a >> shift) - (int)(L)(b >> shift));
    return sum;
}
#define __CW_WORDS(n, S, U, all, lowest, highest) \
    __device__ inline __cw_word __vadd##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return x + y; }); } \
    __device__ inline __cw_word __vsub##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return x - y; }); } \
    __device__ inline __cw_word __vaddss##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return min(max(x + y, lowest), highest); }); } \
    __device__ inline __cw_word __vsubss##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return min(max(x - y, lowest), highest); }); } \
    __device__ inline __cw_word __vaddus##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return min(x + y, all); }); } \
    __device__ inline __cw_word __vsubus##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return max(x - y, 0); }); } \
    __device__ inline __cw_word __vabsdiffs##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return abs(x - y); }); } \
    __device__ inline __cw_word __vabsdiffu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return abs(x - y); }); } \
    __device__ inline __cw_word __vavgs##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return (x + y + (x + y >= 0)) >> 1; }); } \
    __device__ inline __cw_word __vavgu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (x + y + 1) >> 1; }); } \
    __device__ inline __cw_word __vhaddu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (x + y) >> 1; }); } \
    __device__ inline __cw_word __vmaxs##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return max(x, y); }); } \
    __device__ inline __cw_word __vmaxu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return max(x, y); }); } \
    __device__ inline __cw_word __vmins##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return min(x, y); }); } \
    __device__ inline __cw_word __vminu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return min(x, y); }); } \
    __device__ inline __cw_word __vcmpeq##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return -(int)(x == y); }); } \
    __device__ inline __cw_word __vseteq##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (int)(x == y); }); } \
    __device__ inline __cw_word __vcmpne##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return -(int)(x != y); }); } \
    __device__ inline __cw_word __vsetne##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (int)(x != y); }); } \
    __device__ inline __cw_word __vcmpges##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return -(int)(x >= y); }); } \
    __device__ inline __cw_word __vsetges##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return (int)(x >= y); }); } \
    __device__ inline __cw_word __vcmpgeu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return -(int)(x >= y); }); } \
    __device__ inline __cw_word __vsetgeu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (int)(x >= y); }); } \
    __device__ inline __cw_word __vcmpgts##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return -(int)(x > y); }); } \
    __device__ inline __cw_word __vsetgts##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return (int)(x > y); }); } \
    __device__ inline __cw_word __vcmpgtu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return -(int)(x > y); }); } \
    __device__ inline __cw_word __vsetgtu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (int)(x > y); }); } \
    __device__ inline __cw_word __vcmples##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return -(int)(x <= y); }); } \
    __device__ inline __cw_word __vsetles##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return (int)(x <= y); }); } \
    __device__ inline __cw_word __vcmpleu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return -(int)(x <= y); }); } \
    __device__ inline __cw_word __vsetleu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (int)(x <= y); }); } \
    __device__ inline __cw_word __vcmplts##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return -(int)(x < y); }); } \
    __device__ inline __cw_word __vsetlts##n(__cw_word a, __cw_word b) { return __cw_lanes<S>(a, b, [](int x, int y) { return (int)(x < y); }); } \
    __device__ inline __cw_word __vcmpltu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return -(int)(x < y); }); } \
    __device__ inline __cw_word __vsetltu##n(__cw_word a, __cw_word b) { return __cw_lanes<U>(a, b, [](int x, int y) { return (int)(x < y); }); } \
    __device__ inline __cw_word __vabs##n(__cw_word a) { return __cw_lanes<S>(a, a, [](int x, int) { return abs(x); }); } \
    __device__ inline __cw_word __vabsss##n(__cw_word a) { return __cw_lanes<S>(a, a, [](int x, int) { return min(abs(x), highest); }); } \
    __device__ inline __cw_word __vneg##n(__cw_word a) { return __cw_lanes<S>(a, a, [](int x, int) { return -x; }); } \
    __device__ inline __cw_word __vnegss##n(__cw_word a) { return __cw_lanes<S>(a, a, [](int x, int) { return min(-x, highest); }); } \
    __device__ inline __cw_word __vsads##n(__cw_word a, __cw_word b) { return __cw_sum_lanes<S>(a, b); } \
    __device__ inline __cw_word __vsadu##n(__cw_word a, __cw_word b) { return __cw_sum_lanes<U>(a, b); }
__CW_WORDS(4, signed char, unsigned char, 255, -128, 127) __CW_WORDS(2, short, unsigned short, 65535, -32768, 32767)
#undef __CW_WORDS

// Minima and maxima of three values, and with 0.
__device__ inline int __vimin3_s32(int a, int b, int c) { return min(min(a, b), c); }
__device__ inline int __vimax3_s32(int a, int b, int c) { return max(max(a, b), c); }
__device__ inline __cw_word __vimin3_u32(__cw_word a, __cw_word b, __cw_word c) { return min(min(a, b), c); }
__device__ inline __cw_word __vimax3_u32(__cw_word a, __cw_word b, __cw_word c) { return max(max(a, b), c); }
__device__ inline __cw_word __vimin3_s16x2(__cw_word a, __cw_word b, __cw_word c) { return __vmins2(__vmins2(a, b), c); }
__device__ inline __cw_word __vimax3_s16x2(__cw_word a, __cw_word b, __cw_word c) { return __vmaxs2(__vmaxs2(a, b), c); }
__device__ inline __cw_word __vimin3_u16x2(__cw_word a, __cw_word b, __cw_word c) { return __vminu2(__vminu2(a, b), c); }
__device__ inline __cw_word __vimax3_u16x2(__cw_word a, __cw_word b, __cw_word c) { return __vmaxu2(__vmaxu2(a, b), c); }
__device__ inline int __vimin_s32_relu(int a, int b) { return max(min(a, b), 0); }
__device__ inline int __vimax_s32_relu(int a, int b) { return max(max(a, b), 0); }
__device__ inline __cw_word __vimin_s16x2_relu(__cw_word a, __cw_word b) { return __vmaxs2(__vmins2(a, b), 0u); }
__device__ inline __cw_word __vimax_s16x2_relu(__cw_word a, __cw_word b) { return __vmaxs2(__vmaxs2(a, b), 0u); }
