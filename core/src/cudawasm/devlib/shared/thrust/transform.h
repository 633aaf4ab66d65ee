// Algorithms that treat each element by itself.
#ifndef __CUDAWASM_THRUST_TRANSFORM__
#define __CUDAWASM_THRUST_TRANSFORM__
#include <thrust/detail/launch.h>
#ifndef __CUDA_ARCH__
#include <algorithm>
#include <numeric>
namespace thrust {
template <typename In, typename Out, typename F>
Out transform(detail::on_host, In first, In last, Out out, F f) { return std::transform(first, last, out, f); }
template <typename In1, typename In2, typename Out, typename F>
Out transform(detail::on_host, In1 first, In1 last, In2 second, Out out, F f) {
    return std::transform(first, last, second, out, f);
}
template <typename In, typename Out, typename F>
Out transform(detail::on_device policy, In first, In last, Out out, F f) {
    typedef detail::transform_one<detail::raw_t<In>, detail::raw_t<Out>, F> Each;
    detail::run(policy, last - first, Each{detail::raw(first), detail::raw(out), f});
    return out + (last - first);
}
template <typename In1, typename In2, typename Out, typename F>
Out transform(detail::on_device policy, In1 first, In1 last, In2 second, Out out, F f) {
    typedef detail::transform_two<detail::raw_t<In1>, detail::raw_t<In2>, detail::raw_t<Out>, F> Each;
    detail::run(policy, last - first, Each{detail::raw(first), detail::raw(second), detail::raw(out), f});
    return out + (last - first);
}
template <typename It, typename F> It for_each(detail::on_host, It first, It last, F f) {
    std::for_each(first, last, f);
    return last;
}
template <typename It, typename F> It for_each(detail::on_device policy, It first, It last, F f) {
    detail::run(policy, last - first, detail::do_for<detail::raw_t<It>, F>{detail::raw(first), f});
    return last;
}
template <typename It, typename T> void fill(detail::on_host, It first, It last, T x) { std::fill(first, last, x); }
template <typename It, typename T> void fill(detail::on_device policy, It first, It last, T x) {
    typedef detail::value_t<It> Value;
    typedef detail::raw_t<It> Raw;
    const Value value = static_cast<Value>(x);
    detail::run(policy, last - first, detail::fill_with_one<Raw, Value>{detail::raw(first), value});
}
template <typename It, typename T, typename S> void sequence(detail::on_host, It first, It last, T start, S step) {
    typedef detail::value_t<It> Value;
    for (long long i = 0; i < last - first; ++i) first[i] = Value(start) + Value(i) * Value(step);
}
template <typename It, typename T, typename S>
void sequence(detail::on_device policy, It first, It last, T start, S step) {
    typedef detail::value_t<It> Value;
    typedef detail::fill_with<detail::raw_t<It>, Value> Each;
    detail::run(policy, last - first, Each{detail::raw(first), static_cast<Value>(start), static_cast<Value>(step)});
}
template <typename P, typename It, typename T, std::enable_if_t<detail::is_policy<P>, int> = 0>
void sequence(P policy, It first, It last, T start) { sequence(policy, first, last, start, 1); }
template <typename P, typename It, std::enable_if_t<detail::is_policy<P>, int> = 0>
void sequence(P policy, It first, It last) { sequence(policy, first, last, 0, 1); }
__CW_WITHOUT_POLICY(transform)
__CW_WITHOUT_POLICY(for_each)
__CW_WITHOUT_POLICY(fill)
__CW_WITHOUT_POLICY(sequence)
}  // namespace thrust
#endif
#endif
