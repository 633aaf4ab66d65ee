// Prefix scans over a warp, or over parts of one, by shuffles.
#ifndef __CUDAWASM_CUB_WARP_SCAN__
#define __CUDAWASM_CUB_WARP_SCAN__
#include <cub/thread/thread_operators.cuh>
#include <cub/util_ptx.cuh>
namespace cub {
template <typename T, int LOGICAL_WARP_THREADS = CUB_PTX_WARP_THREADS, int LEGACY_PTX_ARCH = 0> class WarpScan {
    static_assert(LOGICAL_WARP_THREADS >= 1 && LOGICAL_WARP_THREADS <= 32, "a logical warp has 1 to 32 threads");
    static constexpr int width = LOGICAL_WARP_THREADS;
    __device__ static int lane() { return width == 32 ? (int)LaneId() : (int)LaneId() % width; }
    __device__ static unsigned int mask() { return WarpMask<width>(width == 32 ? 0 : LaneId() / width); }
    __device__ static T before(T through) { return ShuffleUp<width>(through, 1, 0, mask()); }
    __device__ static T last(T through) { return ShuffleIndex<width>(through, width - 1, mask()); }

public:
    struct TempStorage {};
    __device__ WarpScan(TempStorage&) {}

    template <typename Op> __device__ void InclusiveScan(T input, T& inclusive_output, Op op) {
        T through = input;
#pragma unroll
        for (int distance = 1; distance < width; distance *= 2) {
            T other = ShuffleUp<width>(through, distance, 0, mask());
            if (lane() >= distance) through = op(other, through);
        }
        inclusive_output = through;
    }
    template <typename Op> __device__ void InclusiveScan(T input, T& inclusive_output, Op op, T& warp_aggregate) {
        InclusiveScan(input, inclusive_output, op);
        warp_aggregate = last(inclusive_output);
    }
    template <typename Op> __device__ void InclusiveScan(T input, T& inclusive_output, T initial_value, Op op) {
        InclusiveScan(input, inclusive_output, op);
        inclusive_output = op(initial_value, inclusive_output);
    }
    template <typename Op>
    __device__ void InclusiveScan(T input, T& inclusive_output, T initial_value, Op op, T& warp_aggregate) {
        InclusiveScan(input, inclusive_output, op, warp_aggregate);
        inclusive_output = op(initial_value, inclusive_output);
    }
    __device__ void InclusiveSum(T input, T& inclusive_output) { InclusiveScan(input, inclusive_output, cub::Sum()); }
    __device__ void InclusiveSum(T input, T& inclusive_output, T& warp_aggregate) {
        InclusiveScan(input, inclusive_output, cub::Sum(), warp_aggregate); }

    template <typename Op> __device__ void ExclusiveScan(T input, T& exclusive_output, Op op) {
        T through;
        Scan(input, through, exclusive_output, op);
    }
    template <typename Op> __device__ void ExclusiveScan(T input, T& exclusive_output, T initial_value, Op op) {
        T through;
        Scan(input, through, exclusive_output, initial_value, op);
    }
    template <typename Op> __device__ void ExclusiveScan(T input, T& exclusive_output, Op op, T& warp_aggregate) {
        T through;
        Scan(input, through, exclusive_output, op);
        warp_aggregate = last(through);
    }
    template <typename Op>
    __device__ void ExclusiveScan(T input, T& exclusive_output, T initial_value, Op op, T& warp_aggregate) {
        T through;
        InclusiveScan(input, through, op, warp_aggregate);
        exclusive_output = start_with(initial_value, before(through), op);
    }
    __device__ void ExclusiveSum(T input, T& exclusive_output) {
        ExclusiveScan(input, exclusive_output, T(), cub::Sum()); }
    __device__ void ExclusiveSum(T input, T& exclusive_output, T& warp_aggregate) {
        ExclusiveScan(input, exclusive_output, T(), cub::Sum(), warp_aggregate); }

    // Both scans at once. Without an initial value the first lane's exclusive result means nothing.
    template <typename Op> __device__ void Scan(T input, T& inclusive_output, T& exclusive_output, Op op) {
        InclusiveScan(input, inclusive_output, op);
        exclusive_output = before(inclusive_output);
    }
    template <typename Op>
    __device__ void Scan(T input, T& inclusive_output, T& exclusive_output, T initial_value, Op op) {
        InclusiveScan(input, inclusive_output, op);
        exclusive_output = start_with(initial_value, before(inclusive_output), op);
        inclusive_output = op(initial_value, inclusive_output);
    }
    __device__ T Broadcast(T input, unsigned int src_lane) {
        return ShuffleIndex<width>(input, (int)src_lane, mask()); }

private:
    template <typename Op> __device__ static T start_with(T initial_value, T exclusive, Op op) {
        return lane() == 0 ? initial_value : op(initial_value, exclusive); }
};
}  // namespace cub
#endif
