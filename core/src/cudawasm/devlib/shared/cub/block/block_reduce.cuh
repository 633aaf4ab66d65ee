// Reductions over a block: of each warp by shuffles, then of the warps' results in order. Thread 0 gets the result.
// All algorithms are this one.
#ifndef __CUDAWASM_CUB_BLOCK_REDUCE__
#define __CUDAWASM_CUB_BLOCK_REDUCE__
#include <cub/detail/block_collective.cuh>
#include <cub/thread/thread_reduce.cuh>
#include <cub/warp/warp_reduce.cuh>
namespace cub {
enum BlockReduceAlgorithm { BLOCK_REDUCE_RAKING_COMMUTATIVE_ONLY, BLOCK_REDUCE_RAKING, BLOCK_REDUCE_WARP_REDUCTIONS };

template <typename T, int BLOCK_DIM_X, BlockReduceAlgorithm ALGORITHM = BLOCK_REDUCE_WARP_REDUCTIONS,
          int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockReduce {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;
    static constexpr int warps = (threads + 31) / 32;
    static constexpr int warp_size = detail::at_most(threads, 32);
    typedef cub::WarpReduce<T, detail::is_power_of_two(warp_size) ? warp_size : 32> Warp;

public:
    struct TempStorage { T warp_aggregates[warps]; };
    __CW_BLOCK_COLLECTIVE(BlockReduce)

private:
    template <typename Op> __device__ T reduce_warps(T aggregate, Op op, int valid) {
        if constexpr (warps > 1) {
            if (thread % 32 == 0) storage.warp_aggregates[thread / 32] = aggregate;
            __syncthreads();
            if (thread == 0) {
#pragma unroll
                for (int warp = 1; warp < warps; ++warp)
                    if (warp * 32 < valid) aggregate = op(aggregate, storage.warp_aggregates[warp]);
            }
        }
        return aggregate;
    }
    template <typename Op> __device__ T reduce_valid(T input, Op op, int valid) {
        typename Warp::TempStorage none;
        return reduce_warps(Warp(none).Reduce(input, op, valid - thread / 32 * 32), op, valid);
    }

public:
    template <typename Op> __device__ T Reduce(T input, Op reduction_op) {
        if constexpr (threads % warp_size != 0 || !detail::is_power_of_two(warp_size))
            return reduce_valid(input, reduction_op, threads);
        else {
            typename Warp::TempStorage none;
            return reduce_warps(Warp(none).Reduce(input, reduction_op), reduction_op, threads);
        }
    }
    template <int ITEMS_PER_THREAD, typename Op> __device__ T Reduce(T (&inputs)[ITEMS_PER_THREAD], Op reduction_op) {
        return Reduce(ThreadReduce(inputs, reduction_op), reduction_op); }
    template <typename Op> __device__ T Reduce(T input, Op reduction_op, int num_valid) {
        return reduce_valid(input, reduction_op, num_valid < threads ? num_valid : threads); }
    __device__ T Sum(T input) { return Reduce(input, cub::Sum()); }
    template <int ITEMS_PER_THREAD> __device__ T Sum(T (&inputs)[ITEMS_PER_THREAD]) {
        return Reduce(inputs, cub::Sum()); }
    __device__ T Sum(T input, int num_valid) { return Reduce(input, cub::Sum(), num_valid); }
};
}  // namespace cub
#endif
