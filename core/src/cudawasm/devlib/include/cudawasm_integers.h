// Integer intrinsics: bit manipulation, wide multiplication, dot products, SIMD within a word.
__device__ int __cw_popc(unsigned int) __cw_intrinsic("math.popc");
__device__ int __cw_popcll(unsigned long long) __cw_intrinsic("math.popc");
__device__ int __cw_clz(unsigned int) __cw_intrinsic("math.clz");
__device__ int __cw_clzll(unsigned long long) __cw_intrinsic("math.clz");
__device__ unsigned int __brev(unsigned int) __cw_intrinsic("math.brev");
__device__ unsigned long long __brevll(unsigned long long) __cw_intrinsic("math.brev");
__device__ int __mulhi(int, int) __cw_intrinsic("math.mulhi");
__device__ unsigned int __umulhi(unsigned int, unsigned int) __cw_intrinsic("math.mulhi");
__device__ long long __mul64hi(long long, long long) __cw_intrinsic("math.mulhi");
__device__ unsigned long long __umul64hi(unsigned long long, unsigned long long) __cw_intrinsic("math.mulhi");
__device__ inline int mulhi(int a, int b) { return __mulhi(a, b); }
__device__ inline unsigned int umulhi(unsigned int a, unsigned int b) { return __umulhi(a, b); }

__device__ inline int __popc(unsigned int x) { return __cw_popc(x); }
__device__ inline int __popcll(unsigned long long x) { return __cw_popcll(x); }
__device__ inline int __clz(int x) { return __cw_clz((unsigned int)x); }
__device__ inline int __clzll(long long x) { return __cw_clzll((unsigned long long)x); }
__device__ inline int __ffs(int x) { return x == 0 ? 0 : 32 - __cw_clz((unsigned int)x & (0u - (unsigned int)x)); }
__device__ inline int __ffsll(long long x) {
    return x == 0 ? 0 : 64 - __cw_clzll((unsigned long long)x & (0ull - (unsigned long long)x)); }
__device__ inline unsigned int __fns(unsigned int mask, unsigned int base, int offset) {
    if (offset == 0) return mask >> base & 1 ? base : 0xffffffffu;
    int step = offset > 0 ? 1 : -1, left = offset > 0 ? offset : -offset;
    for (int bit = (int)base; bit >= 0 && bit < 32; bit += step)
        if (mask >> bit & 1 && --left == 0) return bit;
    return 0xffffffffu;
}
__device__ inline int __mul24(int a, int b) { return ((a << 8) >> 8) * ((b << 8) >> 8); }
__device__ inline unsigned int __umul24(unsigned int a, unsigned int b) { return (a & 0xffffffu) * (b & 0xffffffu); }
__device__ inline int mul24(int a, int b) { return __mul24(a, b); }
__device__ inline unsigned int umul24(unsigned int a, unsigned int b) { return __umul24(a, b); }
__device__ inline unsigned int __sad(int a, int b, unsigned int c) {
    return c + (a > b ? (unsigned int)a - (unsigned int)b : (unsigned int)b - (unsigned int)a); }
__device__ inline unsigned int __usad(unsigned int a, unsigned int b, unsigned int c) { return c + (a > b ? a - b : b - a); }
__device__ inline int __hadd(int a, int b) { return (int)(((long long)a + b) >> 1); }
__device__ inline int __rhadd(int a, int b) { return (int)(((long long)a + b + 1) >> 1); }
__device__ inline unsigned int __uhadd(unsigned int a, unsigned int b) { return (unsigned int)(((unsigned long long)a + b) >> 1); }
__device__ inline unsigned int __urhadd(unsigned int a, unsigned int b) {
    return (unsigned int)(((unsigned long long)a + b + 1) >> 1); }
__device__ inline unsigned int __cw_byte(unsigned int lo, unsigned int hi, unsigned int selector) {
    unsigned int word = selector & 4 ? hi : lo;
    unsigned int byte = word >> (8 * (selector & 3)) & 0xff;
    return selector & 8 ? (byte & 0x80 ? 0xffu : 0u) : byte;
}
__device__ inline unsigned int __byte_perm(unsigned int x, unsigned int y, unsigned int s) {
    return __cw_byte(x, y, s & 7) | __cw_byte(x, y, s >> 4 & 7) << 8 | __cw_byte(x, y, s >> 8 & 7) << 16 |
           __cw_byte(x, y, s >> 12 & 7) << 24;
}
__device__ inline unsigned int __cw_prmt(unsigned int x, unsigned int y, unsigned int s) {
    return __cw_byte(x, y, s & 15) | __cw_byte(x, y, s >> 4 & 15) << 8 | __cw_byte(x, y, s >> 8 & 15) << 16 |
           __cw_byte(x, y, s >> 12 & 15) << 24;
}
__device__ inline unsigned int __funnelshift_l(unsigned int lo, unsigned int hi, unsigned int shift) {
    return (unsigned int)((((unsigned long long)hi << 32 | lo) << (shift & 31)) >> 32); }
__device__ inline unsigned int __funnelshift_lc(unsigned int lo, unsigned int hi, unsigned int shift) {
    return (unsigned int)((((unsigned long long)hi << 32 | lo) << (shift < 32 ? shift : 32)) >> 32); }
__device__ inline unsigned int __funnelshift_r(unsigned int lo, unsigned int hi, unsigned int shift) {
    return (unsigned int)(((unsigned long long)hi << 32 | lo) >> (shift & 31)); }
__device__ inline unsigned int __funnelshift_rc(unsigned int lo, unsigned int hi, unsigned int shift) {
    return (unsigned int)(((unsigned long long)hi << 32 | lo) >> (shift < 32 ? shift : 32)); }

__device__ inline int __dp4a(int a, int b, int c) {
    for (int i = 0; i < 32; i += 8) c += (int)(signed char)(a >> i) * (int)(signed char)(b >> i);
    return c;
}
__device__ inline unsigned int __dp4a(unsigned int a, unsigned int b, unsigned int c) {
    for (int i = 0; i < 32; i += 8) c += (a >> i & 0xff) * (b >> i & 0xff);
    return c;
}
__device__ inline int __dp4a(char4 a, char4 b, int c) { return c + a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w; }
__device__ inline unsigned int __dp4a(uchar4 a, uchar4 b, unsigned int c) {
    return c + a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w; }
__device__ inline int __dp2a_lo(int a, int b, int c) {
    return c + (int)(short)a * (int)(signed char)b + (int)(short)(a >> 16) * (int)(signed char)(b >> 8); }
__device__ inline int __dp2a_hi(int a, int b, int c) {
    return c + (int)(short)a * (int)(signed char)(b >> 16) + (int)(short)(a >> 16) * (int)(signed char)(b >> 24); }
__device__ inline unsigned int __dp2a_lo(unsigned int a, unsigned int b, unsigned int c) {
    return c + (a & 0xffff) * (b & 0xff) + (a >> 16) * (b >> 8 & 0xff); }
__device__ inline unsigned int __dp2a_hi(unsigned int a, unsigned int b, unsigned int c) {
    return c + (a & 0xffff) * (b >> 16 & 0xff) + (a >> 16) * (b >> 24 & 0xff); }
__device__ inline int __dp2a_lo(short2 a, char4 b, int c) { return c + a.x * b.x + a.y * b.y; }
__device__ inline int __dp2a_hi(short2 a, char4 b, int c) { return c + a.x * b.z + a.y * b.w; }
__device__ inline unsigned int __dp2a_lo(ushort2 a, uchar4 b, unsigned int c) { return c + a.x * b.x + a.y * b.y; }
__device__ inline unsigned int __dp2a_hi(ushort2 a, uchar4 b, unsigned int c) { return c + a.x * b.z + a.y * b.w; }
#include "cudawasm_simd_words.h"
#include "cudawasm_conversions.h"
