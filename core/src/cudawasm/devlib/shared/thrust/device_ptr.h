// Pointers to device memory. Device code reads and writes through them; on the host an element is reached by a copy.
#ifndef __CUDAWASM_THRUST_DEVICE_PTR__
#define __CUDAWASM_THRUST_DEVICE_PTR__
#include <thrust/detail/iterator_facade.h>
namespace thrust {
template <typename T> class device_reference;
template <typename T> class device_ptr {
    T* place;

public:
    typedef std::remove_cv_t<T> value_type;
    typedef T element_type;
    typedef T* raw_pointer;
    typedef device_ptr pointer;
    typedef device_system_tag system;
#ifdef __CUDA_ARCH__
    typedef T& reference;
#else
    typedef device_reference<T> reference;
#endif
    __host__ __device__ constexpr device_ptr() : place(nullptr) {}
    __host__ __device__ constexpr device_ptr(decltype(nullptr)) : place(nullptr) {}
    template <typename U> __host__ __device__ explicit device_ptr(U* pointer) : place((T*)pointer) {}
    template <typename U, typename = std::enable_if_t<std::is_convertible_v<U*, T*>>>
    __host__ __device__ device_ptr(const device_ptr<U>& other) : place(other.get()) {}
    __host__ __device__ T* get() const { return place; }
    __host__ __device__ explicit operator bool() const { return place != nullptr; }
    __host__ __device__ reference operator[](ptrdiff_t i) const {
#ifdef __CUDA_ARCH__
        return place[i];
#else
        return reference(*this + i);
#endif
    }
    __CW_THRUST_ITERATOR(device_ptr, place)
};
template <typename T> __host__ __device__ inline device_ptr<T> operator+(ptrdiff_t n, device_ptr<T> p) { return p + n; }
template <typename T> __host__ __device__ inline device_ptr<T> device_pointer_cast(T* p) { return device_ptr<T>(p); }
template <typename T> __host__ __device__ inline device_ptr<T> device_pointer_cast(const device_ptr<T>& p) { return p; }
template <typename T> __host__ __device__ inline T* raw_pointer_cast(T* p) { return p; }
template <typename T> __host__ __device__ inline T* raw_pointer_cast(const device_ptr<T>& p) { return p.get(); }

#ifndef __CUDA_ARCH__
// An element in device memory, for the host: reads and writes are copies.
template <typename T> class device_reference {
    device_ptr<T> place;
    typedef std::remove_cv_t<T> value;

public:
    typedef value value_type;
    typedef device_ptr<T> pointer;
    explicit device_reference(const device_ptr<T>& p) : place(p) {}
    device_reference(const device_reference&) = default;
    operator value() const {
        alignas(value) unsigned char bytes[sizeof(value)];
        detail::check(cudaMemcpy(bytes, place.get(), sizeof(value), cudaMemcpyDeviceToHost));
        return *reinterpret_cast<const value*>(bytes);
    }
    const device_reference& operator=(const value& x) const {
        detail::check(cudaMemcpy(place.get(), &x, sizeof(value), cudaMemcpyHostToDevice));
        return *this;
    }
    device_reference& operator=(const value& x) {
        static_cast<const device_reference&>(*this) = x;
        return *this;
    }
    device_reference& operator=(const device_reference& other) { return *this = static_cast<value>(other); }
    template <typename U> device_reference& operator=(const device_reference<U>& other) {
        return *this = static_cast<value>(static_cast<typename device_reference<U>::value_type>(other));
    }
    device_ptr<T> operator&() const { return place; }
    friend void swap(device_reference a, device_reference b) {
        const value x = a;
        a = static_cast<value>(b);
        b = x;
    }
#define __CW_ASSIGN(op)                                                                             \
    device_reference& operator op##=(const value & x) { return *this = static_cast<value>(static_cast<value>(*this) op x); }
    __CW_ASSIGN(+) __CW_ASSIGN(-) __CW_ASSIGN(*) __CW_ASSIGN(/) __CW_ASSIGN(%) __CW_ASSIGN(&) __CW_ASSIGN(|)
    __CW_ASSIGN(^) __CW_ASSIGN(<<) __CW_ASSIGN(>>)
#undef __CW_ASSIGN
    device_reference& operator++() { return *this += value(1); }
    device_reference& operator--() { return *this -= value(1); }
    value operator++(int) {
        const value old = *this;
        *this += value(1);
        return old;
    }
    value operator--(int) {
        const value old = *this;
        *this -= value(1);
        return old;
    }
};
template <typename Stream, typename T> Stream& operator<<(Stream& stream, const device_reference<T>& x) {
    stream << static_cast<std::remove_cv_t<T>>(x);
    return stream;
}
template <typename T> T* raw_pointer_cast(const device_reference<T>&) = delete;
template <typename T> T& raw_reference_cast(const device_reference<T>& x) { return *(&x).get(); }
template <typename T> T& raw_reference_cast(T& x) { return x; }
namespace detail {
// Iterators as kernels take them: pointers to device memory as such.
template <typename It> It raw(It it) { return it; }
template <typename T> T* raw(device_ptr<T> p) { return p.get(); }
template <typename It> using raw_t = decltype(raw(std::declval<It>()));
}  // namespace detail
#endif
}  // namespace thrust
#endif
