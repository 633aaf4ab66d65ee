// Integer intrinsics against inline PTX for the same operation: the results are recorded and the pairs compared.
// Covers bit fields, permutes, funnel shifts, wide multiplies, carries, three-input logic, counting and averaging.
#include <cstdint>

namespace ptx {
__device__ uint32_t bfe(uint32_t v, uint32_t at, uint32_t length) {
    uint32_t r;
    asm("bfe.u32 %0, %1, %2, %3;" : "=r"(r) : "r"(v), "r"(at), "r"(length));
    return r;
}
__device__ int32_t bfe(int32_t v, uint32_t at, uint32_t length) {
    int32_t r;
    asm("bfe.s32 %0, %1, %2, %3;" : "=r"(r) : "r"(v), "r"(at), "r"(length));
    return r;
}
__device__ uint32_t bfi(uint32_t field, uint32_t into, uint32_t at, uint32_t length) {
    uint32_t r;
    asm("bfi.b32 %0, %1, %2, %3, %4;" : "=r"(r) : "r"(field), "r"(into), "r"(at), "r"(length));
    return r;
}
__device__ uint32_t prmt(uint32_t a, uint32_t b, uint32_t selector) {
    asm("prmt.b32 %0, %0, %1, %2;" : "+r"(a) : "r"(b), "r"(selector));
    return a;
}
template <int TABLE> __device__ uint32_t lop3(uint32_t a, uint32_t b, uint32_t c) {
    uint32_t r;
    asm("lop3.b32 %0, %1, %2, %3, %4;" : "=r"(r) : "r"(a), "r"(b), "r"(c), "n"(TABLE));
    return r;
}
__device__ int64_t mad_wide(int32_t a, int32_t b, int64_t c) {
    int64_t r;
    asm("mad.wide.s32 %0, %1, %2, %3;" : "=l"(r) : "r"(a), "r"(b), "l"(c));
    return r;
}
__device__ uint64_t add_with_carry(uint64_t a, uint64_t b, uint32_t& carry) {
    uint32_t low, high;
    asm("add.cc.u32 %0, %3, %5;\n\taddc.cc.u32 %1, %4, %6;\n\taddc.u32 %2, 0, 0;"
        : "=&r"(low), "=&r"(high), "=r"(carry)
        : "r"(static_cast<uint32_t>(a)), "r"(static_cast<uint32_t>(a >> 32)), "r"(static_cast<uint32_t>(b)),
          "r"(static_cast<uint32_t>(b >> 32)));
    return uint64_t{high} << 32 | low;
}
__device__ uint32_t shf(uint32_t low, uint32_t high, uint32_t by, bool wrap) {
    uint32_t r;
    if (wrap)
        asm("shf.l.wrap.b32 %0, %1, %2, %3;" : "=r"(r) : "r"(low), "r"(high), "r"(by));
    else
        asm("shf.r.clamp.b32 %0, %1, %2, %3;" : "=r"(r) : "r"(low), "r"(high), "r"(by));
    return r;
}
__device__ uint32_t count(uint64_t v) {
    uint32_t ones, zeros;
    asm("{\n\t.reg .b64 t;\n\tnot.b64 t, %2;\n\tpopc.b64 %0, t;\n\tclz.b64 %1, %2;\n\t}"
        : "=&r"(ones), "=r"(zeros) : "l"(v));
    return ones << 8 | zeros;
}
}  // namespace ptx

struct Out {
    uint32_t* p;
    uint32_t bad = 0;
    int checks = 0;
    template <typename T> __device__ void value(T v) {
        if constexpr (sizeof(T) == 8) {
            *p++ = static_cast<uint32_t>(v);
            *p++ = static_cast<uint32_t>(static_cast<uint64_t>(v) >> 32);
        } else {
            *p++ = static_cast<uint32_t>(v);
        }
    }
    template <typename T, typename U> __device__ void pair(T v, U same) {
        value(v);
        bad |= uint32_t(v != static_cast<T>(same)) << checks++;
    }
};

__global__ void intrinsics(const uint4* inputs, uint32_t* results, int per_thread) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const uint4 in = inputs[i];
    const uint32_t a = in.x, b = in.y, c = in.z, s = in.w & 31;
    const int32_t sa = a, sb = b;
    const uint64_t wide = uint64_t{a} << 32 | b;
    Out out{results + i * per_thread};

    out.pair(ptx::bfe(a, s, 9u), s + 9 <= 32 ? a << (23 - s) >> 23 : a >> s);
    out.pair(ptx::bfe(sa, s, 32 - s), sa >> s);
    out.pair(ptx::bfi(b, a, s, 5u), (a & ~(0x1fu << s)) | (b & 0x1f) << s);
    out.pair(__byte_perm(a, b, c & 0x7777), ptx::prmt(a, b, c & 0x7777));
    out.value(ptx::prmt(a, b, 0x8091 | c % 7 << 12));
    out.pair(__funnelshift_l(a, b, in.w), ptx::shf(a, b, in.w, true));
    out.pair(__funnelshift_rc(a, b, in.w % 50), ptx::shf(a, b, in.w % 50, false));
    out.value(__funnelshift_r(a, b, in.w)), out.value(__funnelshift_lc(a, b, in.w % 40));
    out.pair(ptx::mad_wide(sa, sb, -7), int64_t{sa} * sb - 7);
    uint32_t carry;
    out.pair(ptx::add_with_carry(wide, uint64_t{c} << 32 | s, carry), wide + (uint64_t{c} << 32 | s));
    out.value(carry);
    out.pair(ptx::lop3<0xCA>(a, b, c), (a & b) | (~a & c));
    out.pair(ptx::lop3<(0xF0 ^ 0xCC) & 0xAA>(a, b, c), (a ^ b) & c);
    out.pair(ptx::count(wide), __popcll(~wide) << 8 | __clzll(static_cast<long long>(wide)));
    out.pair(__popc(a) + 100 * __clz(sa), 32 - __popc(~a) + 100 * (sa ? 31 - (31 - __clz(sa)) : 32));
    out.pair(__ffs(sb), b ? 32 - __clz(static_cast<int>(b & -b)) : 0);
    out.pair(__brevll(wide), uint64_t{__brev(b)} << 32 | __brev(a));
    out.pair(__umulhi(a, b), (uint64_t{a} * b) >> 32);
    out.pair(__mulhi(sa, sb), (int64_t{sa} * sb) >> 32);
    out.pair(__umul64hi(wide, ~wide), (static_cast<unsigned __int128>(wide) * ~wide) >> 64);
    out.value(__mul64hi(static_cast<long long>(wide), -3ll - s));
    out.pair(__mul24(sa, sb), uint32_t(int64_t{int32_t(a << 8) >> 8} * (int32_t(b << 8) >> 8)));
    out.pair(__umul24(a, b), (a & 0xffffff) * (b & 0xffffff));
    out.pair(__sad(sa, sb, c), (sa > sb ? a - b : b - a) + c);
    out.pair(__usad(a, b, c), (a > b ? a - b : b - a) + c);
    out.pair(__hadd(sa, sb), (int64_t{sa} + sb) >> 1);
    out.pair(__rhadd(sa, sb), (int64_t{sa} + sb + 1) >> 1);
    out.pair(__uhadd(a, b), (uint64_t{a} + b) >> 1);
    out.pair(__urhadd(a, b), (uint64_t{a} + b + 1) >> 1);
    out.value(__vabsdiffs2(a, b)), out.value(__vaddss2(a, b)), out.value(__vcmpleu2(a, b));
    out.value(__fns(a, s, 2)), out.value(__fns(b, s, -1)), out.value(abs(sa % 1000) + __ffsll(wide & -wide));
    uint32_t lane;
    asm volatile("mov.u32 %0, %%laneid;" : "=r"(lane));
    out.value(lane == threadIdx.x % 32 ? out.bad : ~0u);
}
