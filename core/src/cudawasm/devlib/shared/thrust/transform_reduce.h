// Reductions of what a function makes of the elements.
#ifndef __CUDAWASM_THRUST_TRANSFORM_REDUCE__
#define __CUDAWASM_THRUST_TRANSFORM_REDUCE__
#include <cub/iterator/transform_input_iterator.cuh>
#include <thrust/reduce.h>
#ifndef __CUDA_ARCH__
namespace thrust {
template <typename It, typename F, typename T, typename Op>
T transform_reduce(detail::on_host, It first, It last, F f, T initial, Op op) {
    for (; first != last; ++first) initial = op(initial, f(*first));
    return initial;
}
template <typename It, typename F, typename T, typename Op>
T transform_reduce(detail::on_device policy, It first, It last, F f, T initial, Op op) {
    typedef cub::TransformInputIterator<T, F, detail::raw_t<It>> Made;
    detail::scratch<T> total(1);
    detail::with_storage(policy, [&](void* storage, size_t& bytes) {
        return cub::detail::reduce<T>(storage, bytes, Made(detail::raw(first), f), total.get(), last - first, op, initial,
                                      policy.stream);
    });
    return total.read(policy.stream);
}
__CW_WITHOUT_POLICY(transform_reduce)
}  // namespace thrust
#endif
#endif
