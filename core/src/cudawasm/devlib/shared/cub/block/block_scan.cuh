// Prefix scans over a block: of each warp by shuffles, then over the warps' results. All algorithms are this one.
#ifndef __CUDAWASM_CUB_BLOCK_SCAN__
#define __CUDAWASM_CUB_BLOCK_SCAN__
#include <cub/detail/block_collective.cuh>
#include <cub/thread/thread_reduce.cuh>
#include <cub/thread/thread_scan.cuh>
#include <cub/warp/warp_scan.cuh>
namespace cub {
enum BlockScanAlgorithm { BLOCK_SCAN_RAKING, BLOCK_SCAN_RAKING_MEMOIZE, BLOCK_SCAN_WARP_SCANS };

template <typename T, int BLOCK_DIM_X, BlockScanAlgorithm ALGORITHM = BLOCK_SCAN_RAKING, int BLOCK_DIM_Y = 1,
          int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockScan {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;
    static constexpr int warps = (threads + 31) / 32;

public:
    struct TempStorage {
        T warp_aggregates[warps];
        T block_prefix;
    };
    __CW_BLOCK_COLLECTIVE(BlockScan)

private:
    // Scans the warps, and reduces those before this thread's to its prefix; the first warp has none.
    template <typename Op> __device__ T scan_warps(T input, T& inclusive, T& exclusive, Op op, T& aggregate) {
        typename WarpScan<T>::TempStorage none;
        WarpScan<T>(none).Scan(input, inclusive, exclusive, op);
        const int warp = thread / 32;
        if (thread % 32 == 31 || thread == threads - 1) storage.warp_aggregates[warp] = inclusive;
        __syncthreads();
        T prefix = aggregate = storage.warp_aggregates[0];
#pragma unroll
        for (int other = 1; other < warps; ++other) {
            if (other == warp) prefix = aggregate;
            aggregate = op(aggregate, storage.warp_aggregates[other]);
        }
        return prefix;
    }
    // Both scans. Without an initial value thread 0's exclusive result means nothing.
    template <typename Op> __device__ void scan(T input, T& inclusive, T& exclusive, Op op, T& aggregate) {
        T prefix = scan_warps(input, inclusive, exclusive, op, aggregate);
        if (thread >= 32) {
            exclusive = thread % 32 == 0 ? prefix : op(prefix, exclusive);
            inclusive = op(prefix, inclusive);
        }
    }
    template <typename Op> __device__ void precede(T initial, T& exclusive, Op op) {
        exclusive = thread == 0 ? initial : op(initial, exclusive); }
    // What the callback makes of the block's aggregate: the first warp asks it, its first lane's answer counts.
    template <typename Callback> __device__ T prefix_of_block(T aggregate, Callback& callback) {
        if (thread < 32) {
            T prefix = callback(aggregate);
            if (thread == 0) storage.block_prefix = prefix;
        }
        __syncthreads();
        return storage.block_prefix;
    }

public:
    // --- exclusive scans of one item a thread
    template <typename Op> __device__ void ExclusiveScan(T input, T& output, Op scan_op, T& block_aggregate) {
        T inclusive;
        scan(input, inclusive, output, scan_op, block_aggregate);
    }
    template <typename Op> __device__ void ExclusiveScan(T input, T& output, Op scan_op) {
        T aggregate;
        ExclusiveScan(input, output, scan_op, aggregate);
    }
    template <typename Op>
    __device__ void ExclusiveScan(T input, T& output, T initial_value, Op scan_op, T& block_aggregate) {
        T exclusive;
        ExclusiveScan(input, exclusive, scan_op, block_aggregate);
        precede(initial_value, exclusive, scan_op);
        output = exclusive;
    }
    template <typename Op> __device__ void ExclusiveScan(T input, T& output, T initial_value, Op scan_op) {
        T aggregate;
        ExclusiveScan(input, output, initial_value, scan_op, aggregate);
    }
    template <typename Op, typename Callback>
    __device__ void ExclusiveScan(T input, T& output, Op scan_op, Callback& block_prefix_callback_op) {
        T aggregate, exclusive;
        ExclusiveScan(input, exclusive, scan_op, aggregate);
        precede(prefix_of_block(aggregate, block_prefix_callback_op), exclusive, scan_op);
        output = exclusive;
    }
    __device__ void ExclusiveSum(T input, T& output) { ExclusiveScan(input, output, T(), cub::Sum()); }
    __device__ void ExclusiveSum(T input, T& output, T& block_aggregate) {
        ExclusiveScan(input, output, T(), cub::Sum(), block_aggregate); }
    template <typename Callback>
    __device__ void ExclusiveSum(T input, T& output, Callback& block_prefix_callback_op) {
        ExclusiveScan(input, output, cub::Sum(), block_prefix_callback_op); }

    // --- of several items a thread
    template <int ITEMS, typename Op>
    __device__ void ExclusiveScan(T (&input)[ITEMS], T (&output)[ITEMS], Op scan_op, T& block_aggregate) {
        T prefix;
        ExclusiveScan(ThreadReduce(input, scan_op), prefix, scan_op, block_aggregate);
        ThreadScanExclusive(input, output, scan_op, prefix, thread != 0);
    }
    template <int ITEMS, typename Op> __device__ void ExclusiveScan(T (&input)[ITEMS], T (&output)[ITEMS], Op scan_op) {
        T aggregate;
        ExclusiveScan(input, output, scan_op, aggregate);
    }
    template <int ITEMS, typename Op> __device__ void ExclusiveScan(
        T (&input)[ITEMS], T (&output)[ITEMS], T initial_value, Op scan_op, T& block_aggregate) {
        T prefix;
        ExclusiveScan(ThreadReduce(input, scan_op), prefix, initial_value, scan_op, block_aggregate);
        ThreadScanExclusive(input, output, scan_op, prefix);
    }
    template <int ITEMS, typename Op>
    __device__ void ExclusiveScan(T (&input)[ITEMS], T (&output)[ITEMS], T initial_value, Op scan_op) {
        T aggregate;
        ExclusiveScan(input, output, initial_value, scan_op, aggregate);
    }
    template <int ITEMS, typename Op, typename Callback> __device__ void ExclusiveScan(
        T (&input)[ITEMS], T (&output)[ITEMS], Op scan_op, Callback& block_prefix_callback_op) {
        T prefix;
        ExclusiveScan(ThreadReduce(input, scan_op), prefix, scan_op, block_prefix_callback_op);
        ThreadScanExclusive(input, output, scan_op, prefix);
    }
    template <int ITEMS> __device__ void ExclusiveSum(T (&input)[ITEMS], T (&output)[ITEMS]) {
        ExclusiveScan(input, output, T(), cub::Sum()); }
    template <int ITEMS> __device__ void ExclusiveSum(T (&input)[ITEMS], T (&output)[ITEMS], T& block_aggregate) {
        ExclusiveScan(input, output, T(), cub::Sum(), block_aggregate); }
    template <int ITEMS, typename Callback>
    __device__ void ExclusiveSum(T (&input)[ITEMS], T (&output)[ITEMS], Callback& block_prefix_callback_op) {
        ExclusiveScan(input, output, cub::Sum(), block_prefix_callback_op); }

    // --- inclusive scans of one item a thread
    template <typename Op> __device__ void InclusiveScan(T input, T& output, Op scan_op, T& block_aggregate) {
        T exclusive;
        scan(input, output, exclusive, scan_op, block_aggregate);
    }
    template <typename Op> __device__ void InclusiveScan(T input, T& output, Op scan_op) {
        T aggregate;
        InclusiveScan(input, output, scan_op, aggregate);
    }
    template <typename Op, typename Callback>
    __device__ void InclusiveScan(T input, T& output, Op scan_op, Callback& block_prefix_callback_op) {
        T aggregate, inclusive;
        InclusiveScan(input, inclusive, scan_op, aggregate);
        output = scan_op(prefix_of_block(aggregate, block_prefix_callback_op), inclusive);
    }
    __device__ void InclusiveSum(T input, T& output) { InclusiveScan(input, output, cub::Sum()); }
    __device__ void InclusiveSum(T input, T& output, T& block_aggregate) {
        InclusiveScan(input, output, cub::Sum(), block_aggregate); }
    template <typename Callback>
    __device__ void InclusiveSum(T input, T& output, Callback& block_prefix_callback_op) {
        InclusiveScan(input, output, cub::Sum(), block_prefix_callback_op); }

    // --- of several items a thread
    template <int ITEMS, typename Op>
    __device__ void InclusiveScan(T (&input)[ITEMS], T (&output)[ITEMS], Op scan_op, T& block_aggregate) {
        T prefix;
        ExclusiveScan(ThreadReduce(input, scan_op), prefix, scan_op, block_aggregate);
        ThreadScanInclusive(input, output, scan_op, prefix, thread != 0);
    }
    template <int ITEMS, typename Op> __device__ void InclusiveScan(T (&input)[ITEMS], T (&output)[ITEMS], Op scan_op) {
        T aggregate;
        InclusiveScan(input, output, scan_op, aggregate);
    }
    template <int ITEMS, typename Op> __device__ void InclusiveScan(
        T (&input)[ITEMS], T (&output)[ITEMS], T initial_value, Op scan_op, T& block_aggregate) {
        T prefix;
        ExclusiveScan(ThreadReduce(input, scan_op), prefix, initial_value, scan_op, block_aggregate);
        ThreadScanInclusive(input, output, scan_op, prefix);
    }
    template <int ITEMS, typename Op>
    __device__ void InclusiveScan(T (&input)[ITEMS], T (&output)[ITEMS], T initial_value, Op scan_op) {
        T aggregate;
        InclusiveScan(input, output, initial_value, scan_op, aggregate);
    }
    template <int ITEMS, typename Op, typename Callback> __device__ void InclusiveScan(
        T (&input)[ITEMS], T (&output)[ITEMS], Op scan_op, Callback& block_prefix_callback_op) {
        T prefix;
        ExclusiveScan(ThreadReduce(input, scan_op), prefix, scan_op, block_prefix_callback_op);
        ThreadScanInclusive(input, output, scan_op, prefix);
    }
    template <int ITEMS> __device__ void InclusiveSum(T (&input)[ITEMS], T (&output)[ITEMS]) {
        InclusiveScan(input, output, cub::Sum()); }
    template <int ITEMS> __device__ void InclusiveSum(T (&input)[ITEMS], T (&output)[ITEMS], T& block_aggregate) {
        InclusiveScan(input, output, cub::Sum(), block_aggregate); }
    template <int ITEMS, typename Callback>
    __device__ void InclusiveSum(T (&input)[ITEMS], T (&output)[ITEMS], Callback& block_prefix_callback_op) {
        InclusiveScan(input, output, cub::Sum(), block_prefix_callback_op); }
};
}  // namespace cub
#endif
