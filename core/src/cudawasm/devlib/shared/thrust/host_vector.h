// Vectors on the host, and on the device.
#ifndef __CUDAWASM_THRUST_HOST_VECTOR__
#define __CUDAWASM_THRUST_HOST_VECTOR__
#include <thrust/detail/launch.h>
#ifndef __CUDA_ARCH__
#include <vector>
namespace thrust {
template <typename T> class device_vector;
template <typename T> class host_vector : public std::vector<T> {
public:
    using std::vector<T>::vector;
    host_vector() = default;
    host_vector(const device_vector<T>& from) { *this = from; }
    host_vector& operator=(const device_vector<T>& from) {
        this->resize(from.size());
        if (from.size())
            detail::check(cudaMemcpy(std::vector<T>::data(), from.data().get(), from.size() * sizeof(T),
                                     cudaMemcpyDeviceToHost));
        return *this;
    }
};
template <typename T> class device_vector {
    static_assert(std::is_trivially_copyable_v<T>, "cudawasm: elements in device memory are copied as bytes");
    device_ptr<T> memory;
    size_t count = 0, room = 0;
    void upload(const T* from) {
        if (count) detail::check(cudaMemcpy(memory.get(), from, count * sizeof(T), cudaMemcpyDefault));
    }

public:
    typedef T value_type;
    typedef device_ptr<T> iterator, pointer;
    typedef device_ptr<const T> const_iterator;
    typedef device_reference<T> reference;
    typedef size_t size_type;
    device_vector() = default;
    explicit device_vector(size_t n) { resize(n); }
    device_vector(size_t n, const T& x) { resize(n, x); }
    device_vector(const device_vector& o) { *this = o; }
    device_vector(const std::vector<T>& from) { *this = from; }
    template <typename It, typename = typename std::iterator_traits<It>::iterator_category>
    device_vector(It first, It last) {
        const std::vector<T> host(first, last);
        *this = host;
    }
    ~device_vector() { if (memory) cudaFree(memory.get()); }
    device_vector& operator=(const device_vector& o) {
        if (this == &o) return *this;
        reserve(o.count);
        count = o.count;
        upload(o.memory.get());
        return *this;
    }
    device_vector& operator=(const std::vector<T>& from) {
        reserve(from.size());
        count = from.size();
        upload(from.data());
        return *this;
    }
    void reserve(size_t n) {
        if (n <= room) return;
        const device_ptr<T> larger = device_malloc<T>(n);
        if (count) detail::check(cudaMemcpy(larger.get(), memory.get(), count * sizeof(T), cudaMemcpyDefault));
        if (memory) device_free(memory);
        memory = larger;
        room = n;
    }
    void resize(size_t n, const T& x = T()) {
        reserve(n);
        if (n > count)
            detail::run(detail::on_device(), n - count, detail::fill_with_one<T*, T>{memory.get() + count, x});
        count = n;
    }
    void clear() { count = 0; }
    size_t size() const { return count; }
    bool empty() const { return !count; }
    iterator begin() { return memory; }
    iterator end() { return memory + count; }
    const_iterator begin() const { return memory; }
    const_iterator end() const { return const_iterator(memory) + count; }
    pointer data() { return memory; }
    const_iterator data() const { return memory; }
    reference operator[](size_t i) { return memory[i]; }
    T operator[](size_t i) const { return device_reference<T>(memory + i); }
};
}  // namespace thrust
#endif
#endif
