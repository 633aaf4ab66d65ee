// A thread's items reduced in order.
#ifndef __CUDAWASM_CUB_THREAD_REDUCE__
#define __CUDAWASM_CUB_THREAD_REDUCE__
#include <cub/thread/thread_operators.cuh>
namespace cub {
template <int count, typename T, typename Op> __device__ inline T ThreadReduce(const T* items, Op op, T prefix) {
#pragma unroll
    for (int i = 0; i < count; ++i) prefix = op(prefix, items[i]);
    return prefix;
}
template <int count, typename T, typename Op>
__device__ inline T ThreadReduce(const T (&items)[count], Op op, T prefix) {
#pragma unroll
    for (int i = 0; i < count; ++i) prefix = op(prefix, items[i]);
    return prefix;
}
template <int count, typename T, typename Op> __device__ inline T ThreadReduce(const T (&items)[count], Op op) {
    T total = items[0];
#pragma unroll
    for (int i = 1; i < count; ++i) total = op(total, items[i]);
    return total;
}
namespace internal { using ::cub::ThreadReduce; }
}  // namespace cub
#endif
