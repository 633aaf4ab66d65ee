// Reductions.
#ifndef __CUDAWASM_THRUST_REDUCE__
#define __CUDAWASM_THRUST_REDUCE__
#include <cub/device/device_reduce.cuh>
#include <thrust/detail/launch.h>
#ifndef __CUDA_ARCH__
#include <numeric>
namespace thrust {
template <typename It, typename T, typename Op> T reduce(detail::on_host, It first, It last, T initial, Op op) {
    return std::accumulate(first, last, initial, op);
}
template <typename It, typename T, typename Op> T reduce(detail::on_device policy, It first, It last, T initial, Op op) {
    detail::scratch<T> total(1);
    detail::with_storage(policy, [&](void* storage, size_t& bytes) {
        return cub::detail::reduce<T>(storage, bytes, detail::raw(first), total.get(), last - first, op, initial,
                                      policy.stream);
    });
    return total.read(policy.stream);
}
template <typename P, typename It, typename T, std::enable_if_t<detail::is_policy<P>, int> = 0>
T reduce(P policy, It first, It last, T initial) { return reduce(policy, first, last, initial, plus<T>()); }
template <typename P, typename It, std::enable_if_t<detail::is_policy<P>, int> = 0>
detail::value_t<It> reduce(P policy, It first, It last) { return reduce(policy, first, last, detail::value_t<It>()); }
__CW_WITHOUT_POLICY(reduce)
}  // namespace thrust
#endif
#endif
