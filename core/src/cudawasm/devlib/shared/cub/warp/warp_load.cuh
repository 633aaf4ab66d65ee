// Loads of a tile by a warp, as many items for each lane.
#ifndef __CUDAWASM_CUB_WARP_LOAD__
#define __CUDAWASM_CUB_WARP_LOAD__
#include <cub/block/block_load.cuh>
#include <cub/warp/warp_exchange.cuh>
namespace cub {
enum WarpLoadAlgorithm { WARP_LOAD_DIRECT, WARP_LOAD_STRIPED, WARP_LOAD_VECTORIZE, WARP_LOAD_TRANSPOSE };

template <typename T, int ITEMS_PER_THREAD, WarpLoadAlgorithm ALGORITHM = WARP_LOAD_DIRECT,
          int LOGICAL_WARP_THREADS = CUB_PTX_WARP_THREADS, int LEGACY_PTX_ARCH = 0>
class WarpLoad {
    static constexpr bool transposes = ALGORITHM == WARP_LOAD_TRANSPOSE;
    typedef WarpExchange<T, ITEMS_PER_THREAD, LOGICAL_WARP_THREADS> Exchange;

public:
    struct NoStorage {};
    struct TempStorage : std::conditional_t<transposes, typename Exchange::TempStorage, NoStorage> {};

private:
    TempStorage& storage;
    const int lane;
    template <typename It, typename... Limits>
    __device__ void load(It block_itr, T (&items)[ITEMS_PER_THREAD], Limits... limits) {
        if constexpr (ALGORITHM == WARP_LOAD_STRIPED || transposes)
            LoadDirectStriped<LOGICAL_WARP_THREADS>(lane, block_itr, items, limits...);
        else LoadDirectBlocked(lane, block_itr, items, limits...);
        if constexpr (transposes) Exchange(storage).StripedToBlocked(items, items);
    }

public:
    __device__ WarpLoad(TempStorage& temp_storage)
        : storage(temp_storage), lane((int)LaneId() % LOGICAL_WARP_THREADS) {}
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
