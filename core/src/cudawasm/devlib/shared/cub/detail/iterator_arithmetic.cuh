// What all iterators of random access share: each moves its position and has an operator [].
#ifndef __CUDAWASM_CUB_DETAIL_ITERATOR_ARITHMETIC__
#define __CUDAWASM_CUB_DETAIL_ITERATOR_ARITHMETIC__
#include <cub/util_type.cuh>
#ifndef __CUDA_ARCH__
#include <iterator>
#endif
#define __CW_ITERATOR_ARITHMETIC(Self, Distance, position)                                                   \
    __host__ __device__ auto operator*() const { return (*this)[0]; }                                                   \
    __host__ __device__ Self& operator++() { position = position + 1; return *this; }                                   \
    __host__ __device__ Self operator++(int) { Self old = *this; position = position + 1; return old; }                 \
    __host__ __device__ Self& operator--() { position = position - 1; return *this; }                                   \
    __host__ __device__ Self operator--(int) { Self old = *this; position = position - 1; return old; }                 \
    template <typename N> __host__ __device__ Self operator+(N n) const { Self moved = *this; moved += n; return moved; } \
    template <typename N> __host__ __device__ Self operator-(N n) const { Self moved = *this; moved -= n; return moved; } \
    template <typename N> __host__ __device__ Self& operator+=(N n) { position = position + n; return *this; }          \
    template <typename N> __host__ __device__ Self& operator-=(N n) { position = position - n; return *this; }          \
    __host__ __device__ Distance operator-(const Self& other) const { return (Distance)(position - other.position); }   \
    __host__ __device__ bool operator==(const Self& other) const { return position == other.position; }                 \
    __host__ __device__ bool operator!=(const Self& other) const { return !(position == other.position); }              \
    typedef Self self_type;                                                                                   \
    typedef std::random_access_iterator_tag iterator_category;                                                \
    typedef Distance difference_type;
#endif
