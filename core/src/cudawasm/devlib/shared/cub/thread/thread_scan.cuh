// A thread's items scanned in order. The first item takes the prefix only where apply_prefix says so.
#ifndef __CUDAWASM_CUB_THREAD_SCAN__
#define __CUDAWASM_CUB_THREAD_SCAN__
#include <cub/thread/thread_operators.cuh>
namespace cub {
template <int count, typename T, typename Op> __device__ inline T ThreadScanExclusive(
    const T (&input)[count], T (&output)[count], Op op, T prefix, bool apply_prefix = true) {
    T through = input[0];
    if (apply_prefix) through = op(prefix, through);
    output[0] = prefix;
#pragma unroll
    for (int i = 1; i < count; ++i) {
        T next = op(through, input[i]);
        output[i] = through;
        through = next;
    }
    return through;
}
template <int count, typename T, typename Op> __device__ inline T ThreadScanInclusive(
    const T (&input)[count], T (&output)[count], Op op, T prefix, bool apply_prefix = true) {
    T through = input[0];
    if (apply_prefix) through = op(prefix, through);
    output[0] = through;
#pragma unroll
    for (int i = 1; i < count; ++i) output[i] = through = op(through, input[i]);
    return through;
}
template <int count, typename T, typename Op>
__device__ inline T ThreadScanInclusive(const T (&input)[count], T (&output)[count], Op op) {
    return ThreadScanInclusive(input, output, op, input[0], false); }
namespace internal { using ::cub::ThreadScanExclusive; using ::cub::ThreadScanInclusive; }
}  // namespace cub
#endif
