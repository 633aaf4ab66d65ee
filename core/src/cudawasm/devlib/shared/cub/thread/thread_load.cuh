// Loads with a hint for caches. Only those that ask for memory itself mean more than a plain load.
#ifndef __CUDAWASM_CUB_THREAD_LOAD__
#define __CUDAWASM_CUB_THREAD_LOAD__
#include <cub/util_type.cuh>
namespace cub {
enum CacheLoadModifier { LOAD_DEFAULT, LOAD_CA, LOAD_CG, LOAD_CS, LOAD_CV, LOAD_LDG, LOAD_VOLATILE };
template <CacheLoadModifier modifier, typename It> __device__ inline auto ThreadLoad(It place) {
    if constexpr (std::is_pointer_v<It> && std::is_arithmetic_v<detail::value_t<It>>
                  && (modifier == LOAD_CV || modifier == LOAD_VOLATILE))
        return (detail::value_t<It>)*(const volatile detail::value_t<It>*)place;
    else return (detail::value_t<It>)*place;
}
}  // namespace cub
#endif
