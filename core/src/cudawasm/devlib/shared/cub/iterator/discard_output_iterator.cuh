// An output iterator that forgets what is assigned.
#ifndef __CUDAWASM_CUB_DISCARD_OUTPUT_ITERATOR__
#define __CUDAWASM_CUB_DISCARD_OUTPUT_ITERATOR__
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
template <typename OffsetT = ptrdiff_t> class DiscardOutputIterator {
    OffsetT offset;

public:
    struct reference {
        template <typename T> __host__ __device__ const reference& operator=(const T&) const { return *this; }
    };
    typedef void value_type;
    __host__ __device__ DiscardOutputIterator(OffsetT first = 0) : offset(first) {}
    template <typename N> __host__ __device__ reference operator[](N) const { return reference(); }
    __CW_ITERATOR_ARITHMETIC(DiscardOutputIterator, OffsetT, offset)
};
}  // namespace cub
#endif
