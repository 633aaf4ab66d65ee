// A thread's items sorted, equal ones in their order.
#ifndef __CUDAWASM_CUB_THREAD_SORT__
#define __CUDAWASM_CUB_THREAD_SORT__
#include <cub/util_type.cuh>
namespace cub {
// Neighbours change places, pairs at even and at odd places in turn: no index depends on the keys.
template <typename KeyT, typename ValueT, typename Compare, int ITEMS>
__device__ inline void StableOddEvenSort(KeyT (&keys)[ITEMS], ValueT (&items)[ITEMS], Compare compare_op) {
#pragma unroll
    for (int round = 0; round < ITEMS; ++round) {
#pragma unroll
        for (int i = round & 1; i < ITEMS - 1; i += 2) {
            if (compare_op(keys[i + 1], keys[i])) {
                std::swap(keys[i], keys[i + 1]);
                if constexpr (!__is_same(ValueT, NullType)) std::swap(items[i], items[i + 1]);
            }
        }
    }
}
}  // namespace cub
#endif
