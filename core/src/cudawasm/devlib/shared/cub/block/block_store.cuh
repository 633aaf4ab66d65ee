// Stores of a tile, as many items by each thread.
#ifndef __CUDAWASM_CUB_BLOCK_STORE__
#define __CUDAWASM_CUB_BLOCK_STORE__
#include <cub/block/block_exchange.cuh>
#include <cub/detail/block_collective.cuh>
namespace cub {
#define __CW_EACH_ITEM _Pragma("unroll") for (int i = 0; i < ITEMS; ++i)
template <typename T, int ITEMS, typename It>
__device__ inline void StoreDirectBlocked(int linear_tid, It block_itr, T (&items)[ITEMS]) {
    __CW_EACH_ITEM block_itr[linear_tid * ITEMS + i] = items[i];
}
template <typename T, int ITEMS, typename It>
__device__ inline void StoreDirectBlocked(int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items) {
    __CW_EACH_ITEM if (linear_tid * ITEMS + i < valid_items) block_itr[linear_tid * ITEMS + i] = items[i];
}
template <typename T, int ITEMS>
__device__ inline void StoreDirectBlockedVectorized(int linear_tid, T* block_ptr, T (&items)[ITEMS]) {
    StoreDirectBlocked(linear_tid, block_ptr, items); }
template <int BLOCK_THREADS, typename T, int ITEMS, typename It>
__device__ inline void StoreDirectStriped(int linear_tid, It block_itr, T (&items)[ITEMS]) {
    __CW_EACH_ITEM block_itr[linear_tid + i * BLOCK_THREADS] = items[i];
}
template <int BLOCK_THREADS, typename T, int ITEMS, typename It>
__device__ inline void StoreDirectStriped(int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items) {
    __CW_EACH_ITEM {
        const int place = linear_tid + i * BLOCK_THREADS;
        if (place < valid_items) block_itr[place] = items[i];
    }
}
// Each warp's part of the tile is one piece, and striped over its lanes.
template <typename T, int ITEMS, typename It>
__device__ inline void StoreDirectWarpStriped(int linear_tid, It block_itr, T (&items)[ITEMS]) {
    const int first = linear_tid / 32 * 32 * ITEMS + linear_tid % 32;
    __CW_EACH_ITEM block_itr[first + i * 32] = items[i];
}
template <typename T, int ITEMS, typename It>
__device__ inline void StoreDirectWarpStriped(int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items) {
    const int first = linear_tid / 32 * 32 * ITEMS + linear_tid % 32;
    __CW_EACH_ITEM if (first + i * 32 < valid_items) block_itr[first + i * 32] = items[i];
}
#undef __CW_EACH_ITEM

enum BlockStoreAlgorithm {
    BLOCK_STORE_DIRECT, BLOCK_STORE_STRIPED, BLOCK_STORE_VECTORIZE, BLOCK_STORE_TRANSPOSE, BLOCK_STORE_WARP_TRANSPOSE,
    BLOCK_STORE_WARP_TRANSPOSE_TIMESLICED
};

template <typename T, int BLOCK_DIM_X, int ITEMS_PER_THREAD, BlockStoreAlgorithm ALGORITHM = BLOCK_STORE_DIRECT,
          int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockStore {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;
    static constexpr bool transposes = ALGORITHM >= BLOCK_STORE_TRANSPOSE;
    static constexpr bool by_warp = ALGORITHM > BLOCK_STORE_TRANSPOSE;
    static_assert(!by_warp || threads % 32 == 0, "blocks that are stored warp by warp are made of whole warps");
    typedef BlockExchange<T, BLOCK_DIM_X, ITEMS_PER_THREAD, false, BLOCK_DIM_Y, BLOCK_DIM_Z> Exchange;

public:
    struct NoStorage {};
    struct TempStorage : std::conditional_t<transposes, typename Exchange::TempStorage, NoStorage> {};
    __CW_BLOCK_COLLECTIVE(BlockStore)

private:
    template <typename It, typename... Limits>
    __device__ void store(It block_itr, T (&items)[ITEMS_PER_THREAD], Limits... limits) {
        if constexpr (by_warp) {
            Exchange(storage).BlockedToWarpStriped(items, items);
            StoreDirectWarpStriped(thread, block_itr, items, limits...);
        } else if constexpr (transposes) {
            Exchange(storage).BlockedToStriped(items, items);
            StoreDirectStriped<threads>(thread, block_itr, items, limits...);
        } else if constexpr (ALGORITHM == BLOCK_STORE_STRIPED)
            StoreDirectStriped<threads>(thread, block_itr, items, limits...);
        else StoreDirectBlocked(thread, block_itr, items, limits...);
    }

public:
    template <typename It> __device__ void Store(It block_itr, T (&items)[ITEMS_PER_THREAD]) {
        store(block_itr, items); }
    template <typename It> __device__ void Store(It block_itr, T (&items)[ITEMS_PER_THREAD], int valid_items) {
        store(block_itr, items, valid_items); }
};
}  // namespace cub
#endif
