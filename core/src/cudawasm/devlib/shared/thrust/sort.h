// Sorts of numbers.
#ifndef __CUDAWASM_THRUST_SORT__
#define __CUDAWASM_THRUST_SORT__
#include <cub/device/device_radix_sort.cuh>
#include <thrust/detail/launch.h>
namespace thrust {
namespace detail {
// Sets a flag where a pair of neighbours is out of order.
template <typename In, typename Less> struct find_disorder {
    In in;
    Less less;
    int* flag;
    __device__ void operator()(long long i) {
        if (less(in[i + 1], in[i])) *flag = 1;
    }
};
}  // namespace detail
}  // namespace thrust
#ifndef __CUDA_ARCH__
#include <algorithm>
namespace thrust {
namespace detail {
template <typename Op, typename T> constexpr bool is_less = std::is_same_v<Op, less<T>> || std::is_same_v<Op, less<>> ||
    std::is_same_v<Op, std::less<T>> || std::is_same_v<Op, std::less<>>;
template <typename Op, typename T> constexpr bool is_greater = std::is_same_v<Op, greater<T>> ||
    std::is_same_v<Op, greater<>> || std::is_same_v<Op, std::greater<T>> || std::is_same_v<Op, std::greater<>>;
template <typename Key, typename Value, typename Less>
void radix_sort(on_device policy, Key* keys, Value* values, long long count) {
    static_assert(std::is_arithmetic_v<Key> && (is_less<Less, Key> || is_greater<Less, Key>),
                  "cudawasm: device sorts take numbers, by less or greater");
    constexpr bool has_values = !std::is_same_v<Value, cub::NullType>;
    scratch<Key> keys_out(count);
    scratch<Value> values_out(has_values ? count : 0);
    with_storage(policy, [&](void* storage, size_t& bytes) {
        return cub::detail::radix_sort<is_greater<Less, Key>, Key, Value>(
            storage, bytes, keys, keys_out.get(), values, values_out.get(), count, 0, sizeof(Key) * 8, policy.stream);
    });
    if (count <= 0) return;
    check(cudaMemcpy(keys, keys_out.get(), count * sizeof(Key), cudaMemcpyDeviceToDevice));
    if (has_values) check(cudaMemcpy(values, values_out.get(), count * sizeof(Value), cudaMemcpyDeviceToDevice));
}
}  // namespace detail
template <typename It, typename Less> void sort(detail::on_host, It first, It last, Less less) {
    std::stable_sort(first, last, less);
}
template <typename It, typename Less> void sort(detail::on_device policy, It first, It last, Less) {
    detail::radix_sort<detail::value_t<It>, cub::NullType, Less>(policy, detail::raw(first), nullptr, last - first);
}
template <typename P, typename It, std::enable_if_t<detail::is_policy<P>, int> = 0>
void sort(P policy, It first, It last) { sort(policy, first, last, less<detail::value_t<It>>()); }
template <typename Keys, typename Values, typename Less>
void sort_by_key(detail::on_device policy, Keys first, Keys last, Values values, Less) {
    detail::radix_sort<detail::value_t<Keys>, detail::value_t<Values>, Less>(
        policy, detail::raw(first), detail::raw(values), last - first);
}
template <typename P, typename Keys, typename Values, std::enable_if_t<detail::is_policy<P>, int> = 0>
void sort_by_key(P policy, Keys first, Keys last, Values values) {
    sort_by_key(policy, first, last, values, less<detail::value_t<Keys>>());
}
template <typename It, typename Less> bool is_sorted(detail::on_host, It first, It last, Less less) {
    return std::is_sorted(first, last, less);
}
template <typename It, typename Less> bool is_sorted(detail::on_device policy, It first, It last, Less less) {
    detail::scratch<int> flag(1);
    int is_unsorted = 0;
    detail::check(cudaMemcpy(flag.get(), &is_unsorted, sizeof(int), cudaMemcpyHostToDevice));
    auto in = detail::raw(first);
    detail::run(policy, last - first - 1, detail::find_disorder<decltype(in), Less>{in, less, flag.get()});
    detail::check(cudaMemcpy(&is_unsorted, flag.get(), sizeof(int), cudaMemcpyDeviceToHost));
    return !is_unsorted;
}
template <typename P, typename It, std::enable_if_t<detail::is_policy<P>, int> = 0>
bool is_sorted(P policy, It first, It last) { return is_sorted(policy, first, last, less<detail::value_t<It>>()); }
__CW_WITHOUT_POLICY(sort)
__CW_WITHOUT_POLICY(is_sorted)
__CW_WITHOUT_POLICY(sort_by_key)
}  // namespace thrust
#endif
#endif
