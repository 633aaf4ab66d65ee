// Reductions over a warp, or over parts of one, by shuffles. The first lane gets the result.
#ifndef __CUDAWASM_CUB_WARP_REDUCE__
#define __CUDAWASM_CUB_WARP_REDUCE__
#include <cub/thread/thread_reduce.cuh>
#include <cub/util_ptx.cuh>
namespace cub {
template <typename T, int LOGICAL_WARP_THREADS = CUB_PTX_WARP_THREADS, int LEGACY_PTX_ARCH = 0> class WarpReduce {
    static_assert(LOGICAL_WARP_THREADS >= 1 && LOGICAL_WARP_THREADS <= 32, "a logical warp has 1 to 32 threads");
    static constexpr int width = LOGICAL_WARP_THREADS;
    __device__ static int lane() { return width == 32 ? (int)LaneId() : (int)LaneId() % width; }
    __device__ static unsigned int mask() { return WarpMask<width>(width == 32 ? 0 : LaneId() / width); }

    template <typename Op> __device__ static T fold(T value, Op op, int last) {
#pragma unroll
        for (int distance = 1; distance < width; distance *= 2) {
            T other = ShuffleDown<width>(value, distance, last, mask());
            if (lane() + distance <= last) value = op(value, other);
        }
        return value;
    }
    // Lanes past the last take part with their own value, so that no lane has to be asked.
    template <typename Op> __device__ static T fold_all(T value, Op op) {
        if constexpr (detail::is_power_of_two(width)) {
#pragma unroll
            for (int distance = 1; distance < width; distance *= 2)
                value = op(value, detail::shuffle(value, detail::take_lane_above{mask(), distance, width}));
            return value;
        } else return fold(value, op, width - 1);
    }
    // The last lane of this lane's segment, from the lanes that begin or end one.
    template <bool heads, typename Flag> __device__ static int last_of_segment(Flag flag) {
        unsigned int flags = __ballot_sync(mask(), flag ? 1 : 0);
        if (heads) flags >>= 1;
        flags &= LaneMaskGe();
        int base = (int)LaneId() - lane(), last = __ffs((int)flags) - 1 - base;
        return flags == 0 || last >= width ? width - 1 : last;
    }

public:
    struct TempStorage {};
    __device__ WarpReduce(TempStorage&) {}

    template <typename Op> __device__ T Reduce(T input, Op op) { return fold_all(input, op); }
    template <typename Op> __device__ T Reduce(T input, Op op, int valid_items) {
        return fold(input, op, valid_items - 1); }
    __device__ T Sum(T input) { return fold_all(input, cub::Sum()); }
    __device__ T Sum(T input, int valid_items) { return fold(input, cub::Sum(), valid_items - 1); }
    template <int ITEMS, typename Op> __device__ T Reduce(T (&input)[ITEMS], Op op) {
        return fold_all(ThreadReduce(input, op), op); }
    template <int ITEMS> __device__ T Sum(T (&input)[ITEMS]) { return Reduce(input, cub::Sum()); }
    template <typename Flag, typename Op> __device__ T HeadSegmentedReduce(T input, Flag head, Op op) {
        return fold(input, op, last_of_segment<true>(head)); }
    template <typename Flag, typename Op> __device__ T TailSegmentedReduce(T input, Flag tail, Op op) {
        return fold(input, op, last_of_segment<false>(tail)); }
    template <typename Flag> __device__ T HeadSegmentedSum(T input, Flag head) {
        return fold(input, cub::Sum(), last_of_segment<true>(head)); }
    template <typename Flag> __device__ T TailSegmentedSum(T input, Flag tail) {
        return fold(input, cub::Sum(), last_of_segment<false>(tail)); }
};
}  // namespace cub
#endif
