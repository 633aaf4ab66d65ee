// Kernels that reduce a whole array: blocks reduce as many items as they like, and one block reduces their results.
// The operator may take items in any order.
#ifndef __CUDAWASM_CUB_DETAIL_DEVICE_REDUCE__
#define __CUDAWASM_CUB_DETAIL_DEVICE_REDUCE__
#include <cub/block/block_reduce.cuh>
namespace cub {
namespace detail {
// The block's reduction of every stride-th item, in thread 0. Threads for which there is none have `otherwise`.
template <int threads, typename T, typename In, typename Op>
__device__ inline T reduce_strided(In in, long long count, long long first, long long stride, Op op, T otherwise) {
    typedef BlockReduce<T, threads> Reduce;
    __shared__ typename Reduce::TempStorage storage;
    long long i = first + threadIdx.x;
    T total = otherwise;
    if (i < count) total = in[i];
    for (i += stride; i < count; i += stride) total = op(total, in[i]);
    return Reduce(storage).Reduce(total, op, (int)min((long long)threads, count - first));
}
// Launched with at most one block for each `threads` items.
template <int threads, typename T, typename In, typename Op>
__global__ void reduce_blocks(In in, T* partials, long long count, Op op) {
    const long long first = (long long)blockIdx.x * threads;
    T total = reduce_strided<threads, T>(in, count, first, (long long)gridDim.x * threads, op, (T)in[first]);
    if (threadIdx.x == 0) partials[blockIdx.x] = total;
}
// Launched with one block; the items may be partial results or, when there are few, what is to be reduced.
template <int threads, typename T, typename In, typename Out, typename Op>
__global__ void reduce_in_one_block(In in, Out out, long long count, Op op, T initial) {
    T total = reduce_strided<threads, T>(in, count, 0, threads, op, initial);
    if (count > 0) total = op(initial, total);
    if (threadIdx.x == 0) out[0] = total;
}
}  // namespace detail
}  // namespace cub
#endif
