// An iterator over numbers one after the other.
#ifndef __CUDAWASM_CUB_COUNTING_INPUT_ITERATOR__
#define __CUDAWASM_CUB_COUNTING_INPUT_ITERATOR__
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
template <typename ValueType, typename OffsetT = ptrdiff_t> class CountingInputIterator {
    ValueType value;

public:
    typedef ValueType value_type;
    typedef ValueType reference;
    typedef ValueType* pointer;
    __host__ __device__ CountingInputIterator(const ValueType& first) : value(first) {}
    template <typename N> __host__ __device__ ValueType operator[](N n) const { return value + (ValueType)n; }
    __CW_ITERATOR_ARITHMETIC(CountingInputIterator, OffsetT, value)
};
}  // namespace cub
#endif
