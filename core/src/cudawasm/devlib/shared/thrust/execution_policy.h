// Where algorithms run: on the host, on the device, or on the device in order with a stream.
#ifndef __CUDAWASM_THRUST_EXECUTION_POLICY__
#define __CUDAWASM_THRUST_EXECUTION_POLICY__
#include <thrust/detail/config.h>
#ifndef __CUDA_ARCH__
namespace thrust {
static constexpr detail::on_host host, seq;
static constexpr detail::on_device device;
namespace cuda_cub {
struct parallel : detail::on_device {
    detail::on_device on(cudaStream_t stream) const { return detail::on_device(stream); }
    template <typename Allocator> parallel operator()(Allocator&&) const { return *this; }
};
static constexpr parallel par, par_nosync;
}  // namespace cuda_cub
namespace cuda = cuda_cub;
namespace system {
namespace cuda = thrust::cuda_cub;
}
}  // namespace thrust
#endif
#endif
