// Loads of a tile, as many items for each thread.
#ifndef __CUDAWASM_CUB_BLOCK_LOAD__
#define __CUDAWASM_CUB_BLOCK_LOAD__
#include <cub/block/block_exchange.cuh>
#include <cub/detail/block_collective.cuh>
namespace cub {
#define __CW_EACH_ITEM _Pragma("unroll") for (int i = 0; i < ITEMS; ++i)
template <typename T, int ITEMS, typename It>
__device__ inline void LoadDirectBlocked(int linear_tid, It block_itr, T (&items)[ITEMS]) {
    __CW_EACH_ITEM items[i] = block_itr[linear_tid * ITEMS + i];
}
template <typename T, int ITEMS, typename It>
__device__ inline void LoadDirectBlocked(int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items) {
    __CW_EACH_ITEM if (linear_tid * ITEMS + i < valid_items) items[i] = block_itr[linear_tid * ITEMS + i];
}
template <typename T, typename Default, int ITEMS, typename It> __device__ inline void LoadDirectBlocked(
    int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items, Default oob_default) {
    __CW_EACH_ITEM items[i] = oob_default;
    LoadDirectBlocked(linear_tid, block_itr, items, valid_items);
}
template <typename T, int ITEMS>
__device__ inline void LoadDirectBlockedVectorized(int linear_tid, T* block_ptr, T (&items)[ITEMS]) {
    LoadDirectBlocked(linear_tid, block_ptr, items); }

template <int BLOCK_THREADS, typename T, int ITEMS, typename It>
__device__ inline void LoadDirectStriped(int linear_tid, It block_itr, T (&items)[ITEMS]) {
    __CW_EACH_ITEM items[i] = block_itr[linear_tid + i * BLOCK_THREADS];
}
template <int BLOCK_THREADS, typename T, int ITEMS, typename It>
__device__ inline void LoadDirectStriped(int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items) {
    __CW_EACH_ITEM {
        const int place = linear_tid + i * BLOCK_THREADS;
        if (place < valid_items) items[i] = block_itr[place];
    }
}
template <int BLOCK_THREADS, typename T, typename Default, int ITEMS, typename It>
__device__ inline void LoadDirectStriped(
    int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items, Default oob_default) {
    __CW_EACH_ITEM items[i] = oob_default;
    LoadDirectStriped<BLOCK_THREADS>(linear_tid, block_itr, items, valid_items);
}

// Each warp's part of the tile is one piece, and striped over its lanes.
template <typename T, int ITEMS, typename It>
__device__ inline void LoadDirectWarpStriped(int linear_tid, It block_itr, T (&items)[ITEMS]) {
    const int first = linear_tid / 32 * 32 * ITEMS + linear_tid % 32;
    __CW_EACH_ITEM items[i] = block_itr[first + i * 32];
}
template <typename T, int ITEMS, typename It>
__device__ inline void LoadDirectWarpStriped(int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items) {
    const int first = linear_tid / 32 * 32 * ITEMS + linear_tid % 32;
    __CW_EACH_ITEM if (first + i * 32 < valid_items) items[i] = block_itr[first + i * 32];
}
template <typename T, typename Default, int ITEMS, typename It> __device__ inline void LoadDirectWarpStriped(
    int linear_tid, It block_itr, T (&items)[ITEMS], int valid_items, Default oob_default) {
    __CW_EACH_ITEM items[i] = oob_default;
    LoadDirectWarpStriped(linear_tid, block_itr, items, valid_items);
}
#undef __CW_EACH_ITEM

enum BlockLoadAlgorithm {
    BLOCK_LOAD_DIRECT, BLOCK_LOAD_STRIPED, BLOCK_LOAD_VECTORIZE, BLOCK_LOAD_TRANSPOSE, BLOCK_LOAD_WARP_TRANSPOSE,
    BLOCK_LOAD_WARP_TRANSPOSE_TIMESLICED
};

template <typename T, int BLOCK_DIM_X, int ITEMS_PER_THREAD, BlockLoadAlgorithm ALGORITHM = BLOCK_LOAD_DIRECT,
          int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockLoad {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;
    static constexpr bool transposes = ALGORITHM >= BLOCK_LOAD_TRANSPOSE;
    static constexpr bool by_warp = ALGORITHM > BLOCK_LOAD_TRANSPOSE;
    static_assert(!by_warp || threads % 32 == 0, "blocks that are loaded warp by warp are made of whole warps");
    typedef BlockExchange<T, BLOCK_DIM_X, ITEMS_PER_THREAD, false, BLOCK_DIM_Y, BLOCK_DIM_Z> Exchange;

public:
    struct NoStorage {};
    struct TempStorage : std::conditional_t<transposes, typename Exchange::TempStorage, NoStorage> {};
    __CW_BLOCK_COLLECTIVE(BlockLoad)

private:
    template <typename It, typename... Limits>
    __device__ void load(It block_itr, T (&items)[ITEMS_PER_THREAD], Limits... limits) {
        if constexpr (by_warp) {
            LoadDirectWarpStriped(thread, block_itr, items, limits...);
            Exchange(storage).WarpStripedToBlocked(items, items);
        } else if constexpr (transposes) {
            LoadDirectStriped<threads>(thread, block_itr, items, limits...);
            Exchange(storage).StripedToBlocked(items, items);
        } else if constexpr (ALGORITHM == BLOCK_LOAD_STRIPED)
            LoadDirectStriped<threads>(thread, block_itr, items, limits...);
        else LoadDirectBlocked(thread, block_itr, items, limits...);
    }

public:
    template <typename It> __device__ void Load(It block_itr, T (&items)[ITEMS_PER_THREAD]) {
        load(block_itr, items); }
    template <typename It> __device__ void Load(It block_itr, T (&items)[ITEMS_PER_THREAD], int valid_items) {
        load(block_itr, items, valid_items); }
    template <typename It, typename Default>
    __device__ void Load(It block_itr, T (&items)[ITEMS_PER_THREAD], int valid_items, Default oob_default) {
        load(block_itr, items, valid_items, oob_default); }
};
}  // namespace cub
#endif
