// Divisions that round up and their like.
#ifndef __CUDAWASM_CUB_UTIL_MATH__
#define __CUDAWASM_CUB_UTIL_MATH__
#include <cub/config.cuh>
namespace cub {
template <typename N, typename D> __device__ constexpr inline N DivideAndRoundUp(N n, D d) {
    return (N)(n / d + (n % d != 0 ? 1 : 0)); }
template <typename N> __device__ constexpr inline N Nominal4BItemsToItemsCombined(int items, N bytes) {
    return items * 4 / bytes; }
template <typename A, typename B> __device__ constexpr inline auto MinOf(A a, B b) { return b < a ? b : a; }
}  // namespace cub
#endif
