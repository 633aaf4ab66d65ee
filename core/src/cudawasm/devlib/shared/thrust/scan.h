// Scans.
#ifndef __CUDAWASM_THRUST_SCAN__
#define __CUDAWASM_THRUST_SCAN__
#include <cub/device/device_scan.cuh>
#include <thrust/detail/launch.h>
#ifndef __CUDA_ARCH__
#include <numeric>
namespace thrust {
template <typename In, typename Out, typename Op>
Out inclusive_scan(detail::on_host, In first, In last, Out out, Op op) {
    return std::partial_sum(first, last, out, op);
}
template <typename In, typename Out, typename Op>
Out inclusive_scan(detail::on_device policy, In first, In last, Out out, Op op) {
    typedef detail::value_t<In> T;
    detail::with_storage(policy, [&](void* storage, size_t& bytes) {
        return cub::detail::scan<true, T>(storage, bytes, detail::raw(first), detail::raw(out), last - first, op, T(),
                                          false, policy.stream);
    });
    return out + (last - first);
}
template <typename P, typename In, typename Out, std::enable_if_t<detail::is_policy<P>, int> = 0>
Out inclusive_scan(P policy, In first, In last, Out out) {
    return inclusive_scan(policy, first, last, out, plus<detail::value_t<In>>());
}
template <typename In, typename Out, typename T, typename Op>
Out exclusive_scan(detail::on_host, In first, In last, Out out, T initial, Op op) {
    return std::exclusive_scan(first, last, out, initial, op);
}
template <typename In, typename Out, typename T, typename Op>
Out exclusive_scan(detail::on_device policy, In first, In last, Out out, T initial, Op op) {
    detail::with_storage(policy, [&](void* storage, size_t& bytes) {
        return cub::detail::scan<false, T>(storage, bytes, detail::raw(first), detail::raw(out), last - first, op,
                                           initial, true, policy.stream);
    });
    return out + (last - first);
}
template <typename P, typename In, typename Out, typename T, std::enable_if_t<detail::is_policy<P>, int> = 0>
Out exclusive_scan(P policy, In first, In last, Out out, T initial) {
    return exclusive_scan(policy, first, last, out, initial, plus<T>());
}
template <typename P, typename In, typename Out, std::enable_if_t<detail::is_policy<P>, int> = 0>
Out exclusive_scan(P policy, In first, In last, Out out) {
    return exclusive_scan(policy, first, last, out, detail::value_t<In>());
}
__CW_WITHOUT_POLICY(inclusive_scan)
__CW_WITHOUT_POLICY(exclusive_scan)
}  // namespace thrust
#endif
#endif
