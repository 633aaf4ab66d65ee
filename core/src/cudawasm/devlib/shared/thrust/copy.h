// Copies between the host and the device, and inside of each.
#ifndef __CUDAWASM_THRUST_COPY__
#define __CUDAWASM_THRUST_COPY__
#include <thrust/transform.h>
#ifndef __CUDA_ARCH__
#include <vector>
namespace thrust {
template <typename In, typename Out> Out copy(In first, In last, Out out) {
    constexpr bool from_device = std::is_same_v<detail::system_t<In>, device_system_tag>;
    constexpr bool to_device = std::is_same_v<detail::system_t<Out>, device_system_tag>;
    const long long count = last - first;
    if constexpr (from_device && to_device) {
        return transform(detail::on_device(), first, last, out, identity<detail::value_t<In>>());
    } else if constexpr (from_device) {
        std::vector<detail::value_t<In>> read(count);
        if (count > 0) detail::check(cudaMemcpy(read.data(), first.get(), count * sizeof(read[0]), cudaMemcpyDefault));
        return std::copy(read.begin(), read.end(), out);
    } else if constexpr (to_device) {
        const std::vector<detail::value_t<Out>> written(first, last);
        if (count > 0)
            detail::check(cudaMemcpy(out.get(), written.data(), count * sizeof(written[0]), cudaMemcpyDefault));
        return out + count;
    } else {
        return std::copy(first, last, out);
    }
}
}  // namespace thrust
#endif
#endif
