// Barriers, fences, warp operations, clocks, printf and assert.
__device__ void __syncthreads() __cw_intrinsic("barrier.sync");
__device__ int __syncthreads_count(int predicate) __cw_intrinsic("barrier.count");
__device__ int __syncthreads_and(int predicate) __cw_intrinsic("barrier.and");
__device__ int __syncthreads_or(int predicate) __cw_intrinsic("barrier.or");
__device__ void __cw_grid_sync() __cw_intrinsic("barrier.grid");
__device__ void __threadfence_block() __cw_intrinsic("fence.block");
__device__ void __threadfence() __cw_intrinsic("fence.device");
__device__ void __threadfence_system() __cw_intrinsic("fence.system");
__device__ void __cw_warp_sync(unsigned int mask) __cw_intrinsic("warp.sync");
__device__ inline void __syncwarp(unsigned int mask = 0xffffffffu) { __cw_warp_sync(mask); }
__device__ unsigned int __activemask() __cw_intrinsic("warp.active_mask");
__device__ unsigned int __ballot_sync(unsigned int mask, int predicate) __cw_intrinsic("warp.ballot");
__device__ int __any_sync(unsigned int mask, int predicate) __cw_intrinsic("warp.any");
__device__ int __all_sync(unsigned int mask, int predicate) __cw_intrinsic("warp.all");
__device__ unsigned int __ballot(int predicate) __cw_intrinsic("warp.ballot.legacy");
__device__ int __any(int predicate) __cw_intrinsic("warp.any.legacy");
__device__ int __all(int predicate) __cw_intrinsic("warp.all.legacy");

#define __CW_SHUFFLES(T)                                                                                    \
    __device__ T __cw_shfl(unsigned int mask, T value, int lane, int width) __cw_intrinsic("warp.shfl_idx");  \
    __device__ T __cw_shfl_up(unsigned int mask, T value, unsigned int d, int width) __cw_intrinsic("warp.shfl_up"); \
    __device__ T __cw_shfl_down(unsigned int mask, T value, unsigned int d, int width) __cw_intrinsic("warp.shfl_down"); \
    __device__ T __cw_shfl_xor(unsigned int mask, T value, int lane_mask, int width) __cw_intrinsic("warp.shfl_xor"); \
    __device__ T __cw_shfl_legacy(T value, int lane, int width) __cw_intrinsic("warp.shfl_idx.legacy");        \
    __device__ T __cw_shfl_up_legacy(T value, unsigned int d, int width) __cw_intrinsic("warp.shfl_up.legacy"); \
    __device__ T __cw_shfl_down_legacy(T value, unsigned int d, int width) __cw_intrinsic("warp.shfl_down.legacy"); \
    __device__ T __cw_shfl_xor_legacy(T value, int lane_mask, int width) __cw_intrinsic("warp.shfl_xor.legacy"); \
    __device__ inline T __shfl_sync(unsigned int mask, T value, int lane, int width = 32) {                   \
        return __cw_shfl(mask, value, lane, width); }                                                        \
    __device__ inline T __shfl_up_sync(unsigned int mask, T value, unsigned int d, int width = 32) {          \
        return __cw_shfl_up(mask, value, d, width); }                                                        \
    __device__ inline T __shfl_down_sync(unsigned int mask, T value, unsigned int d, int width = 32) {        \
        return __cw_shfl_down(mask, value, d, width); }                                                      \
    __device__ inline T __shfl_xor_sync(unsigned int mask, T value, int lane_mask, int width = 32) {          \
        return __cw_shfl_xor(mask, value, lane_mask, width); }                                               \
    __device__ inline T __shfl(T value, int lane, int width = 32) { return __cw_shfl_legacy(value, lane, width); } \
    __device__ inline T __shfl_up(T value, unsigned int d, int width = 32) {                                  \
        return __cw_shfl_up_legacy(value, d, width); }                                                       \
    __device__ inline T __shfl_down(T value, unsigned int d, int width = 32) {                                \
        return __cw_shfl_down_legacy(value, d, width); }                                                     \
    __device__ inline T __shfl_xor(T value, int lane_mask, int width = 32) {                                  \
        return __cw_shfl_xor_legacy(value, lane_mask, width); }
__CW_SHUFFLES(int)
__CW_SHUFFLES(unsigned int)
__CW_SHUFFLES(long)
__CW_SHUFFLES(unsigned long)
__CW_SHUFFLES(long long)
__CW_SHUFFLES(unsigned long long)
__CW_SHUFFLES(float)
__CW_SHUFFLES(double)
#undef __CW_SHUFFLES

#define __CW_MATCHES(T)                                                                               \
    __device__ unsigned int __match_any_sync(unsigned int mask, T value) __cw_intrinsic("warp.match_any"); \
    __device__ unsigned int __match_all_sync(unsigned int mask, T value, int* predicate) __cw_intrinsic("warp.match_all");
__CW_MATCHES(int)
__CW_MATCHES(unsigned int)
__CW_MATCHES(long)
__CW_MATCHES(unsigned long)
__CW_MATCHES(long long)
__CW_MATCHES(unsigned long long)
__CW_MATCHES(float)
__CW_MATCHES(double)
#undef __CW_MATCHES

#define __CW_REDUCTIONS(T)                                                                      \
    __device__ T __reduce_add_sync(unsigned int mask, T value) __cw_intrinsic("warp.reduce_add"); \
    __device__ T __reduce_min_sync(unsigned int mask, T value) __cw_intrinsic("warp.reduce_min"); \
    __device__ T __reduce_max_sync(unsigned int mask, T value) __cw_intrinsic("warp.reduce_max");
__CW_REDUCTIONS(int)
__CW_REDUCTIONS(unsigned int)
#undef __CW_REDUCTIONS
__device__ unsigned int __reduce_and_sync(unsigned int mask, unsigned int value) __cw_intrinsic("warp.reduce_and");
__device__ unsigned int __reduce_or_sync(unsigned int mask, unsigned int value) __cw_intrinsic("warp.reduce_or");
__device__ unsigned int __reduce_xor_sync(unsigned int mask, unsigned int value) __cw_intrinsic("warp.reduce_xor");

__device__ unsigned int __cw_lane_id() __cw_intrinsic("special.lane_id");
__device__ unsigned int __cw_warp_id() __cw_intrinsic("special.warp_id");
__device__ unsigned int __cw_dynamic_shared_bytes() __cw_intrinsic("special.dynamic_shared_bytes");

__device__ long long clock64() __cw_intrinsic("clock.nanoseconds");
__device__ inline long clock() { return (long)clock64(); }
__device__ inline void __nanosleep(unsigned int) {}
__device__ int printf(const char* format, ...) __cw_intrinsic("print.f");
__device__ void __trap() __cw_intrinsic("trap.trap");
__device__ inline void __brkpt() { __trap(); }
__device__ void __cw_assert_failed(const char* text) __cw_intrinsic("trap.assert");
#include "assert.h"
#define __builtin_assume(condition) ((void)0)
#define __builtin_unreachable() ((void)0)
#define __builtin_assume_aligned(pointer, ...) ((void*)(pointer))
#define __builtin_expect(value, expected) (value)
#define __assume(condition) ((void)0)
