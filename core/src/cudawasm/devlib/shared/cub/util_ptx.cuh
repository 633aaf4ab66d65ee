// Where a thread is, and values that go from lane to lane, of any type.
#ifndef __CUDAWASM_CUB_UTIL_PTX__
#define __CUDAWASM_CUB_UTIL_PTX__
#include <cub/util_type.cuh>
namespace cub {
__device__ inline unsigned int LaneId() { return __cw_lane_id(); }
__device__ inline unsigned int WarpId() { return __cw_warp_id(); }
__device__ inline unsigned int LaneMaskLt() { return (1u << LaneId()) - 1u; }
__device__ inline unsigned int LaneMaskLe() { return (2u << LaneId()) - 1u; }
__device__ inline unsigned int LaneMaskGt() { return ~LaneMaskLe(); }
__device__ inline unsigned int LaneMaskGe() { return ~LaneMaskLt(); }
__device__ inline int RowMajorTid(int x, int y, int z) {
    return (z == 1 ? 0 : (int)threadIdx.z * x * y) + (y == 1 ? 0 : (int)threadIdx.y * x) + (int)threadIdx.x; }
// The lanes of a logical warp: where 32 is no multiple of its size, of the one that begins at a multiple of it.
template <int threads> __device__ inline unsigned int WarpMask(unsigned int warp) {
    if constexpr (threads == 32) return 0xffffffffu;
    else return ((1u << threads) - 1u) << (warp * threads);
}
__device__ inline void CTA_SYNC() { __syncthreads(); }
__device__ inline int CTA_SYNC_AND(int p) { return __syncthreads_and(p); }
__device__ inline int CTA_SYNC_OR(int p) { return __syncthreads_or(p); }
__device__ inline void WARP_SYNC(unsigned int mask) { __syncwarp(mask); }
__device__ inline int WARP_ANY(int p, unsigned int mask) { return __any_sync(mask, p); }
__device__ inline int WARP_ALL(int p, unsigned int mask) { return __all_sync(mask, p); }
__device__ inline int WARP_BALLOT(int p, unsigned int mask) { return (int)__ballot_sync(mask, p); }
__device__ inline void ThreadTrap() { __trap(); }
template <typename U> __device__ inline unsigned int BFE(U source, unsigned int start, unsigned int count) {
    return (unsigned int)(source >> start) & (count >= 32 ? 0xffffffffu : (1u << count) - 1u); }
__device__ inline unsigned int IADD3(unsigned int x, unsigned int y, unsigned int z) { return x + y + z; }
__device__ inline unsigned int SHR_ADD(unsigned int x, unsigned int shift, unsigned int y) { return (x >> shift) + y; }
__device__ inline unsigned int SHL_ADD(unsigned int x, unsigned int shift, unsigned int y) { return (x << shift) + y; }

namespace detail {
struct take_lane {
    unsigned int mask;
    int lane, width;
    template <typename W> __device__ W operator()(W word) const { return __shfl_sync(mask, word, lane, width); }
};
struct take_lane_above {
    unsigned int mask;
    int distance, width;
    template <typename W> __device__ W operator()(W word) const {
        return __shfl_down_sync(mask, word, distance, width); }
};
struct take_lane_below {
    unsigned int mask;
    int distance, width;
    template <typename W> __device__ W operator()(W word) const {
        return __shfl_up_sync(mask, word, distance, width); }
};
// A shuffle of a number as it is, of anything else 32 bits at a time.
template <typename T, typename Shuffle> __device__ inline T shuffle(T value, Shuffle shuffle_word) {
    if constexpr (std::is_arithmetic_v<T> && sizeof(T) >= 4 && sizeof(T) <= 8) return shuffle_word(value);
    else if constexpr (std::is_integral_v<T> && sizeof(T) < 4) return (T)shuffle_word((int)value);
    else {
        constexpr int words = (sizeof(T) + 3) / 4;
        union { T whole; unsigned int word[words]; } bits;
        bits.word[words - 1] = 0;
        bits.whole = value;
#pragma unroll
        for (int i = 0; i < words; ++i) bits.word[i] = shuffle_word(bits.word[i]);
        return bits.whole;
    }
}
constexpr bool is_power_of_two(int n) { return (n & (n - 1)) == 0; }
constexpr int at_most(int n, int limit) { return n < limit ? n : limit; }
}  // namespace detail

// The value of a lane some places on, up to the last one that counts; beyond it a lane gets its own.
template <int width, typename T>
__device__ inline T ShuffleDown(T value, int distance, int last, unsigned int mask) {
    constexpr int segment = detail::is_power_of_two(width) ? width : 32;
    T other = detail::shuffle(value, detail::take_lane_above{mask, distance, segment});
    return (int)(LaneId() % width) + distance > last ? value : other;
}
// As ShuffleDown, down to the first lane that counts.
template <int width, typename T>
__device__ inline T ShuffleUp(T value, int distance, int first, unsigned int mask) {
    constexpr int segment = detail::is_power_of_two(width) ? width : 32;
    T other = detail::shuffle(value, detail::take_lane_below{mask, distance, segment});
    return (int)(LaneId() % width) - distance < first ? value : other;
}
template <int width, typename T> __device__ inline T ShuffleIndex(T value, int lane, unsigned int mask) {
    if constexpr (detail::is_power_of_two(width)) return detail::shuffle(value, detail::take_lane{mask, lane, width});
    else return detail::shuffle(value, detail::take_lane{mask, (int)(LaneId() / width * width) + lane, 32});
}
// The lanes whose labels have the same lowest bits.
template <int bits> __device__ inline unsigned int MatchAny(unsigned int label) {
    return __match_any_sync(0xffffffffu, bits >= 32 ? label : label & ((1u << (bits & 31)) - 1u)); }
}  // namespace cub
#endif
