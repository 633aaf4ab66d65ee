// Device memory as typed pointers.
#ifndef __CUDAWASM_THRUST_MEMORY__
#define __CUDAWASM_THRUST_MEMORY__
#include <thrust/device_ptr.h>
#ifndef __CUDA_ARCH__
namespace thrust {
template <typename T> device_ptr<T> device_malloc(size_t count) {
    void* place = nullptr;
    detail::check(cudaMalloc(&place, count * sizeof(T)));
    return device_ptr<T>(static_cast<T*>(place));
}
inline device_ptr<char> device_malloc(size_t bytes) { return device_malloc<char>(bytes); }
template <typename T> void device_free(device_ptr<T> p) { detail::check(cudaFree(const_cast<std::remove_cv_t<T>*>(p.get()))); }
namespace detail {
// Device memory for the time of a call.
template <typename T> class scratch {
    device_ptr<T> memory;

public:
    explicit scratch(long long count) : memory(count > 0 ? device_malloc<T>(count) : device_ptr<T>()) {}
    scratch(const scratch&) = delete;
    ~scratch() {
        if (memory) cudaFree(memory.get());
    }
    T* get() const { return memory.get(); }
    // The first element, when all that is in the stream has been done.
    T read(cudaStream_t stream) const {
        alignas(T) unsigned char bytes[sizeof(T)];
        check(cudaMemcpyAsync(bytes, get(), sizeof(T), cudaMemcpyDeviceToHost, stream));
        check(cudaStreamSynchronize(stream));
        return *reinterpret_cast<const T*>(bytes);
    }
};
}  // namespace detail
}  // namespace thrust
#endif
#endif
