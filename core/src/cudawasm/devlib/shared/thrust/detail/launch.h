// One kernel for all that is done element by element: a function of the index.
#ifndef __CUDAWASM_THRUST_LAUNCH__
#define __CUDAWASM_THRUST_LAUNCH__
#include <cub/detail/device_dispatch.cuh>
#include <thrust/functional.h>
#include <thrust/memory.h>
#include <thrust/execution_policy.h>
namespace thrust {
namespace detail {
template <typename F> __global__ void at_every_index(F f, long long count) {
    const long long stride = (long long)gridDim.x * blockDim.x;
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride) f(i);
}
template <typename In, typename Out, typename F> struct transform_one {
    In in;
    Out out;
    F f;
    __device__ void operator()(long long i) { out[i] = f(in[i]); }
};
template <typename In1, typename In2, typename Out, typename F> struct transform_two {
    In1 in1;
    In2 in2;
    Out out;
    F f;
    __device__ void operator()(long long i) { out[i] = f(in1[i], in2[i]); }
};
template <typename Out, typename T> struct fill_with {
    Out out;
    T start, step;
    __device__ void operator()(long long i) { out[i] = start + (T)i * step; }
};
template <typename Out, typename T> struct fill_with_one {
    Out out;
    T value;
    __device__ void operator()(long long i) { out[i] = value; }
};
template <typename In, typename F> struct do_for {
    In in;
    F f;
    __device__ void operator()(long long i) { f(in[i]); }
};
}  // namespace detail
}  // namespace thrust
#ifndef __CUDA_ARCH__
namespace thrust {
namespace detail {
template <typename F> void run(on_device policy, long long count, F f) {
    cub::detail::expect_names<F>();
    if (count <= 0) return;
    const long long blocks = (count + 127) / 128;
    at_every_index<F><<<static_cast<unsigned int>(blocks < 4096 ? blocks : 4096), 128, 0, policy.stream>>>(f, count);
    check(cudaPeekAtLastError());
    check(cudaStreamSynchronize(policy.stream));
}
// Makes both calls of one of CUB's functions.
template <typename Call> void with_storage(on_device policy, Call call) {
    size_t bytes = 0;
    check(call(nullptr, bytes));
    scratch<char> storage(bytes);
    check(call(storage.get(), bytes));
    check(cudaStreamSynchronize(policy.stream));
}
}  // namespace detail
}  // namespace thrust
#endif
#endif
