// Stable sorts of a warp's keys, alone or with values, by comparison.
#ifndef __CUDAWASM_CUB_WARP_MERGE_SORT__
#define __CUDAWASM_CUB_WARP_MERGE_SORT__
#include <cub/detail/merge_sort.cuh>
namespace cub {
namespace detail {
template <int threads> struct part_of_warp {
    __device__ static void sync() { __syncwarp(WarpMask<threads>(LaneId() / threads)); }
};
}  // namespace detail
template <typename KeyT, int ITEMS_PER_THREAD, int LOGICAL_WARP_THREADS = CUB_PTX_WARP_THREADS,
          typename ValueT = NullType, int LEGACY_PTX_ARCH = 0>
class WarpMergeSort : public detail::MergeSort<
    KeyT, LOGICAL_WARP_THREADS, ITEMS_PER_THREAD, ValueT, detail::part_of_warp<LOGICAL_WARP_THREADS>> {
    typedef detail::MergeSort<
        KeyT, LOGICAL_WARP_THREADS, ITEMS_PER_THREAD, ValueT, detail::part_of_warp<LOGICAL_WARP_THREADS>> Base;

public:
    typedef typename Base::TempStorage TempStorage;
    __device__ WarpMergeSort(TempStorage& temp_storage) : Base(temp_storage, (int)LaneId() % LOGICAL_WARP_THREADS) {}
};
}  // namespace cub
#endif
