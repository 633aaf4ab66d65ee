// Ranges filled by a function without arguments.
#ifndef __CUDAWASM_THRUST_GENERATE__
#define __CUDAWASM_THRUST_GENERATE__
#include <thrust/detail/launch.h>
namespace thrust {
namespace detail {
template <typename Out, typename F> struct generate_with {
    Out out;
    F f;
    __device__ void operator()(long long i) { out[i] = f(); }
};
}  // namespace detail
}  // namespace thrust
#ifndef __CUDA_ARCH__
#include <algorithm>
namespace thrust {
template <typename It, typename F> void generate(detail::on_host, It first, It last, F f) { std::generate(first, last, f); }
template <typename It, typename F> void generate(detail::on_device policy, It first, It last, F f) {
    auto out = detail::raw(first);
    detail::run(policy, last - first, detail::generate_with<decltype(out), F>{out, f});
}
template <typename It, typename F, detail::unless_policy<It> = 0> void generate(It first, It last, F f) {
    generate(detail::policy_of<It>(), first, last, f);
}
template <typename It, typename Size, typename F, detail::unless_policy<It> = 0> It generate_n(It first, Size n, F f) {
    generate(first, first + n, f);
    return first + n;
}
}  // namespace thrust
#endif
#endif
