// What all of Thrust's headers share: where data is, execution policies, errors, and who may ask for what.
#ifndef __CUDAWASM_THRUST_CONFIG__
#define __CUDAWASM_THRUST_CONFIG__
#define THRUST_VERSION 200500
#define THRUST_MAJOR_VERSION 2
#define THRUST_MINOR_VERSION 5
#define THRUST_SUBMINOR_VERSION 0
#ifndef __CUDA_ARCH__
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#endif
namespace thrust {
typedef std::random_access_iterator_tag random_access_traversal_tag;
struct host_system_tag {};
struct device_system_tag {};
struct any_system_tag {};
}  // namespace thrust
#ifndef __CUDA_ARCH__
namespace thrust {
namespace system {
class system_error : public std::runtime_error {
    cudaError_t error;

public:
    explicit system_error(cudaError_t e, const std::string& what = "cudawasm thrust")
        : std::runtime_error(what + ": " + cudaGetErrorString(e)), error(e) {}
    cudaError_t code() const { return error; }
};
namespace detail {
struct bad_alloc : std::bad_alloc {};
}  // namespace detail
}  // namespace system
using system::system_error;

namespace detail {
inline void check(cudaError_t error) {
    if (error != cudaSuccess) throw system_error(error);
}
struct policy {};
struct on_host : policy {};
struct on_device : policy {
    cudaStream_t stream;
    constexpr on_device(cudaStream_t s = nullptr) : stream(s) {}
};
template <typename T> constexpr bool is_policy = std::is_base_of_v<policy, std::decay_t<T>>;
template <typename T> using unless_policy = std::enable_if_t<!is_policy<T>, int>;

// Where the data of an iterator is: plain pointers and iterators of others are the host's.
template <typename It, typename = void> struct system_of {
    typedef any_system_tag type;
};
template <typename It> struct system_of<It, std::void_t<typename std::iterator_traits<It>::value_type>> {
    template <typename I> static typename I::system find(int);
    template <typename I> static host_system_tag find(...);
    typedef decltype(find<It>(0)) type;
};
template <typename It> using system_t = typename system_of<std::decay_t<It>>::type;
template <typename A, typename B> struct both_systems {
    typedef std::conditional_t<
        std::is_same_v<A, device_system_tag> || std::is_same_v<B, device_system_tag>, device_system_tag,
        std::conditional_t<std::is_same_v<A, any_system_tag>, B, A>> type;
};
template <typename... Its> struct common_system {
    typedef any_system_tag type;
};
template <typename It, typename... Its> struct common_system<It, Its...> {
    typedef typename both_systems<system_t<It>, typename common_system<Its...>::type>::type type;
};
// The policy that the arguments of an algorithm imply.
template <typename... Arguments> using policy_of = std::conditional_t<
    std::is_same_v<typename common_system<Arguments...>::type, device_system_tag>, on_device, on_host>;
template <typename It> using value_t = std::remove_cv_t<typename std::iterator_traits<It>::value_type>;
template <typename It> using difference_t = typename std::iterator_traits<It>::difference_type;
}  // namespace detail

// Gives an algorithm its form without a policy.
#define __CW_WITHOUT_POLICY(name)                                                                                \
    template <typename First, typename... Rest, detail::unless_policy<First> = 0>                                \
    auto name(First first, Rest... rest) {                                                                       \
        return name(detail::policy_of<First, Rest...>(), first, rest...);                                        \
    }
}  // namespace thrust
#endif
#endif
