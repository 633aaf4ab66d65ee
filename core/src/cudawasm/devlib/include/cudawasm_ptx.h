// Functions behind inline PTX instructions and special registers.
__device__ inline unsigned int __cw_ptx_special_laneid() { return __cw_lane_id(); }
__device__ inline unsigned int __cw_ptx_special_warpid() { return __cw_warp_id(); }
__device__ inline unsigned int __cw_ptx_special_smid() { return 0; }
__device__ inline unsigned int __cw_ptx_special_tid_x() { return threadIdx.x; }
__device__ inline unsigned int __cw_ptx_special_tid_y() { return threadIdx.y; }
__device__ inline unsigned int __cw_ptx_special_tid_z() { return threadIdx.z; }
__device__ inline unsigned int __cw_ptx_special_ntid_x() { return blockDim.x; }
__device__ inline unsigned int __cw_ptx_special_ntid_y() { return blockDim.y; }
__device__ inline unsigned int __cw_ptx_special_ntid_z() { return blockDim.z; }
__device__ inline unsigned int __cw_ptx_special_ctaid_x() { return blockIdx.x; }
__device__ inline unsigned int __cw_ptx_special_ctaid_y() { return blockIdx.y; }
__device__ inline unsigned int __cw_ptx_special_ctaid_z() { return blockIdx.z; }
__device__ inline unsigned int __cw_ptx_special_nctaid_x() { return gridDim.x; }
__device__ inline unsigned int __cw_ptx_special_nctaid_y() { return gridDim.y; }
__device__ inline unsigned int __cw_ptx_special_nctaid_z() { return gridDim.z; }
__device__ inline unsigned int __cw_ptx_special_lanemask_lt() { return (1u << __cw_lane_id()) - 1u; }
__device__ inline unsigned int __cw_ptx_special_lanemask_le() { return (2u << __cw_lane_id()) - 1u; }
__device__ inline unsigned int __cw_ptx_special_lanemask_eq() { return 1u << __cw_lane_id(); }
__device__ inline unsigned int __cw_ptx_special_lanemask_gt() { return ~((2u << __cw_lane_id()) - 1u); }
__device__ inline unsigned int __cw_ptx_special_lanemask_ge() { return ~((1u << __cw_lane_id()) - 1u); }
__device__ inline unsigned int __cw_ptx_special_clock() { return (unsigned int)clock64(); }
__device__ inline unsigned long __cw_ptx_special_clock64() { return (unsigned long)clock64(); }
__device__ inline unsigned long __cw_ptx_special_globaltimer() { return (unsigned long)clock64(); }
__device__ inline unsigned int __cw_ptx_special_dynamic_smem_size() { return __cw_dynamic_shared_bytes(); }

__device__ inline unsigned int __cw_ptx_bfind(int a) {
    unsigned int u = a < 0 ? ~(unsigned int)a : (unsigned int)a;
    return u ? 31u - __clz((int)u) : 0xffffffffu;
}
// The field starts at position and has length bits; bits past the top repeat the sign of a signed operand.
#define __CW_PTX_BFE(T, U, bits)                                                                      \
    __device__ inline T __cw_ptx_bfe(T a, unsigned int position, unsigned int length) {                 \
        position &= 0xff; length &= 0xff;                                                             \
        if (length == 0) return 0;                                                                    \
        unsigned int top = position + length - 1 < bits - 1 ? position + length - 1 : bits - 1;        \
        bool negative = (T)-1 < (T)0 && ((U)a >> top & 1);                                             \
        unsigned int there = position >= bits ? 0 : bits - position < length ? bits - position : length; \
        U mask = there == 0 ? 0 : there < bits ? ((U)1 << there) - 1 : ~(U)0;                          \
        U field = position < bits ? (U)a >> position & mask : 0;                                      \
        return (T)(negative ? field | ~mask : field); }
__CW_PTX_BFE(int, unsigned int, 32) __CW_PTX_BFE(unsigned int, unsigned int, 32)
__CW_PTX_BFE(long, unsigned long, 64) __CW_PTX_BFE(unsigned long, unsigned long, 64)
#undef __CW_PTX_BFE
#define __CW_PTX_BFI(T, bits)                                                                            \
    __device__ inline T __cw_ptx_bfi(T a, T b, unsigned int position, unsigned int length) {               \
        position &= 0xff; length &= 0xff;                                                                \
        if (position >= bits || length == 0) return b;                                                   \
        T mask = (length < bits ? ((T)1 << length) - 1 : ~(T)0) << position;                             \
        return (b & ~mask) | (a << position & mask); }
__CW_PTX_BFI(unsigned int, 32) __CW_PTX_BFI(unsigned long, 64)
#undef __CW_PTX_BFI
__device__ inline long __cw_ptx_mad_wide(int a, int b, long c) { return (long)a * (long)b + c; }
__device__ inline unsigned long __cw_ptx_mad_wide(unsigned int a, unsigned int b, unsigned long c) {
    return (unsigned long)a * (unsigned long)b + c; }
template <typename T> __device__ inline T __cw_ptx_select(T a, T b, int p) { return p ? a : b; }
__device__ inline float __cw_ptx_add(float a, float b) { return __fadd_rn(a, b); }
__device__ inline double __cw_ptx_add(double a, double b) { return __dadd_rn(a, b); }
__device__ inline float __cw_ptx_sub(float a, float b) { return __fsub_rn(a, b); }
__device__ inline double __cw_ptx_sub(double a, double b) { return __dsub_rn(a, b); }
__device__ inline float __cw_ptx_mul(float a, float b) { return __fmul_rn(a, b); }
__device__ inline double __cw_ptx_mul(double a, double b) { return __dmul_rn(a, b); }
template <typename T> __device__ inline T __cw_ptx_load(T* a) { return *(volatile T*)a; }
template <typename T> __device__ inline void __cw_ptx_store(T* a, T b) { *(volatile T*)a = b; }
// A chain of additions or subtractions; the carry (or borrow) goes from one to the next.
#define __CW_PTX_CARRY(T)                                                                              \
    __device__ inline T __cw_ptx_addc(T a, T b, unsigned int& carry) {                                   \
        T s = a + b, r = s + carry; carry = (s < a) | (r < s); return r; }                               \
    __device__ inline T __cw_ptx_subc(T a, T b, unsigned int& carry) {                                   \
        T s = a - b, r = s - carry; carry = (a < b) | (s < carry); return r; }                           \
    __device__ inline T __cw_ptx_addc_last(T a, T b, unsigned int carry) { return a + b + carry; }       \
    __device__ inline T __cw_ptx_subc_last(T a, T b, unsigned int carry) { return a - b - carry; }
__CW_PTX_CARRY(unsigned int) __CW_PTX_CARRY(unsigned long)
#undef __CW_PTX_CARRY
__device__ inline unsigned int __cw_ptx_lop3(unsigned int a, unsigned int b, unsigned int c, unsigned int table) {
    unsigned int r = 0;
    if (table & 1) r |= ~a & ~b & ~c;
    if (table & 2) r |= ~a & ~b & c;
    if (table & 4) r |= ~a & b & ~c;
    if (table & 8) r |= ~a & b & c;
    if (table & 16) r |= a & ~b & ~c;
    if (table & 32) r |= a & ~b & c;
    if (table & 64) r |= a & b & ~c;
    if (table & 128) r |= a & b & c;
    return r;
}
__device__ inline void __cw_ptx_bar_sync(unsigned int) { __syncthreads(); }
