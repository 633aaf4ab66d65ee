// Stable sorts of a block's keys, alone or with values, by comparison.
#ifndef __CUDAWASM_CUB_BLOCK_MERGE_SORT__
#define __CUDAWASM_CUB_BLOCK_MERGE_SORT__
#include <cub/detail/merge_sort.cuh>
namespace cub {
namespace detail {
struct whole_block { __device__ static void sync() { __syncthreads(); } };
}  // namespace detail
template <typename KeyT, int BLOCK_DIM_X, int ITEMS_PER_THREAD, typename ValueT = NullType, int BLOCK_DIM_Y = 1,
          int BLOCK_DIM_Z = 1>
class BlockMergeSort : public detail::MergeSort<
    KeyT, BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z, ITEMS_PER_THREAD, ValueT, detail::whole_block> {
    typedef detail::MergeSort<
        KeyT, BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z, ITEMS_PER_THREAD, ValueT, detail::whole_block> Base;

public:
    typedef typename Base::TempStorage TempStorage;
    __device__ BlockMergeSort() : Base(private_storage(), RowMajorTid(BLOCK_DIM_X, BLOCK_DIM_Y, BLOCK_DIM_Z)) {}
    __device__ BlockMergeSort(TempStorage& temp_storage)
        : Base(temp_storage, RowMajorTid(BLOCK_DIM_X, BLOCK_DIM_Y, BLOCK_DIM_Z)) {}

private:
    __device__ static TempStorage& private_storage() {
        __shared__ TempStorage shared;
        return shared;
    }
};
}  // namespace cub
#endif
