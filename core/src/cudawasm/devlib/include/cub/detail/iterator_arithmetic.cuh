// What all iterators of random access share: each moves its position and has an operator [].
#ifndef __CUDAWASM_CUB_DETAIL_ITERATOR_ARITHMETIC__
#define __CUDAWASM_CUB_DETAIL_ITERATOR_ARITHMETIC__
#include <cub/util_type.cuh>
#define __CW_ITERATOR_ARITHMETIC(Self, Distance, position)                                                   \
    __device__ auto operator*() const { return (*this)[0]; }                                                   \
    __device__ Self& operator++() { position = position + 1; return *this; }                                   \
    __device__ Self operator++(int) { Self old = *this; position = position + 1; return old; }                 \
    __device__ Self& operator--() { position = position - 1; return *this; }                                   \
    __device__ Self operator--(int) { Self old = *this; position = position - 1; return old; }                 \
    template <typename N> __device__ Self operator+(N n) const { Self moved = *this; moved += n; return moved; } \
    template <typename N> __device__ Self operator-(N n) const { Self moved = *this; moved -= n; return moved; } \
    template <typename N> __device__ Self& operator+=(N n) { position = position + n; return *this; }          \
    template <typename N> __device__ Self& operator-=(N n) { position = position - n; return *this; }          \
    __device__ Distance operator-(const Self& other) const { return (Distance)(position - other.position); }   \
    __device__ bool operator==(const Self& other) const { return position == other.position; }                 \
    __device__ bool operator!=(const Self& other) const { return !(position == other.position); }              \
    typedef Self self_type;                                                                                   \
    typedef Distance difference_type;
#endif
