// Division that rounds up.
#ifndef __CUDAWASM_CUB_UTIL_MATH__
#define __CUDAWASM_CUB_UTIL_MATH__
#include <cub/config.cuh>
namespace cub {
template <typename N, typename D> __host__ __device__ constexpr inline N DivideAndRoundUp(N n, D d) {
    return (N)(n / d + (n % d != 0 ? 1 : 0)); }
}  // namespace cub
#endif
