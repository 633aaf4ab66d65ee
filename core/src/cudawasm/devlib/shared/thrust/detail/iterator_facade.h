// What iterators of random access share: each moves its position and has an operator [].
#ifndef __CUDAWASM_THRUST_ITERATOR_FACADE__
#define __CUDAWASM_THRUST_ITERATOR_FACADE__
#include <thrust/detail/config.h>
#define __CW_THRUST_ITERATOR(Self, position)                                                                    \
    typedef std::random_access_iterator_tag iterator_category;                                                  \
    typedef ptrdiff_t difference_type;                                                                          \
    __host__ __device__ reference operator*() const { return (*this)[0]; }                                      \
    __host__ __device__ Self& operator++() { position = position + 1; return *this; }                           \
    __host__ __device__ Self operator++(int) { Self old = *this; position = position + 1; return old; }         \
    __host__ __device__ Self& operator--() { position = position - 1; return *this; }                           \
    __host__ __device__ Self operator--(int) { Self old = *this; position = position - 1; return old; }         \
    __host__ __device__ Self operator+(ptrdiff_t n) const { Self moved = *this; moved += n; return moved; }     \
    __host__ __device__ Self operator-(ptrdiff_t n) const { Self moved = *this; moved -= n; return moved; }     \
    __host__ __device__ Self& operator+=(ptrdiff_t n) { position = position + n; return *this; }                \
    __host__ __device__ Self& operator-=(ptrdiff_t n) { position = position - n; return *this; }                \
    __host__ __device__ ptrdiff_t operator-(const Self& b) const { return (ptrdiff_t)(position - b.position); } \
    __host__ __device__ bool operator==(const Self& b) const { return position == b.position; }                 \
    __host__ __device__ bool operator!=(const Self& b) const { return !(position == b.position); }              \
    __host__ __device__ bool operator<(const Self& b) const { return position - b.position < 0; }               \
    __host__ __device__ bool operator>(const Self& b) const { return b.position - position < 0; }               \
    __host__ __device__ bool operator<=(const Self& b) const { return !(*this > b); }                           \
    __host__ __device__ bool operator>=(const Self& b) const { return !(*this < b); }
#endif
