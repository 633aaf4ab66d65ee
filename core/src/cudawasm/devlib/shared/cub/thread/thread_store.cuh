// Stores with a hint for caches. Only those that ask for memory itself mean more than a plain store.
#ifndef __CUDAWASM_CUB_THREAD_STORE__
#define __CUDAWASM_CUB_THREAD_STORE__
#include <cub/util_type.cuh>
namespace cub {
enum CacheStoreModifier { STORE_DEFAULT, STORE_WB, STORE_CG, STORE_CS, STORE_WT, STORE_VOLATILE };
template <CacheStoreModifier modifier, typename It, typename T> __device__ inline void ThreadStore(It place, T value) {
    if constexpr (std::is_pointer_v<It> && std::is_arithmetic_v<T> && (modifier == STORE_WT || modifier == STORE_VOLATILE))
        *(volatile std::remove_pointer_t<It>*)place = value;
    else *place = value;
}
}  // namespace cub
#endif
