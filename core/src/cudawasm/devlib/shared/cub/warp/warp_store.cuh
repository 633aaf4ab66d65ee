// Stores of a tile by a warp, as many items by each lane.
#ifndef __CUDAWASM_CUB_WARP_STORE__
#define __CUDAWASM_CUB_WARP_STORE__
#include <cub/block/block_store.cuh>
#include <cub/warp/warp_exchange.cuh>
namespace cub {
enum WarpStoreAlgorithm { WARP_STORE_DIRECT, WARP_STORE_STRIPED, WARP_STORE_VECTORIZE, WARP_STORE_TRANSPOSE };

template <typename T, int ITEMS_PER_THREAD, WarpStoreAlgorithm ALGORITHM = WARP_STORE_DIRECT,
          int LOGICAL_WARP_THREADS = CUB_PTX_WARP_THREADS, int LEGACY_PTX_ARCH = 0>
class WarpStore {
    static constexpr bool transposes = ALGORITHM == WARP_STORE_TRANSPOSE;
    typedef WarpExchange<T, ITEMS_PER_THREAD, LOGICAL_WARP_THREADS> Exchange;

public:
    struct NoStorage {};
    struct TempStorage : std::conditional_t<transposes, typename Exchange::TempStorage, NoStorage> {};

private:
    TempStorage& storage;
    const int lane;
    template <typename It, typename... Limits>
    __device__ void store(It block_itr, T (&items)[ITEMS_PER_THREAD], Limits... limits) {
        if constexpr (transposes) Exchange(storage).BlockedToStriped(items, items);
        if constexpr (ALGORITHM == WARP_STORE_STRIPED || transposes)
            StoreDirectStriped<LOGICAL_WARP_THREADS>(lane, block_itr, items, limits...);
        else StoreDirectBlocked(lane, block_itr, items, limits...);
    }

public:
    __device__ WarpStore(TempStorage& temp_storage)
        : storage(temp_storage), lane((int)LaneId() % LOGICAL_WARP_THREADS) {}
    template <typename It> __device__ void Store(It block_itr, T (&items)[ITEMS_PER_THREAD]) {
        store(block_itr, items); }
    template <typename It> __device__ void Store(It block_itr, T (&items)[ITEMS_PER_THREAD], int valid_items) {
        store(block_itr, items, valid_items); }
};
}  // namespace cub
#endif
