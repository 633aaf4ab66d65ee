// An iterator over one value again and again.
#ifndef __CUDAWASM_CUB_CONSTANT_INPUT_ITERATOR__
#define __CUDAWASM_CUB_CONSTANT_INPUT_ITERATOR__
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
template <typename ValueType, typename OffsetT = ptrdiff_t> class ConstantInputIterator {
    ValueType value;
    OffsetT offset;

public:
    typedef ValueType value_type;
    typedef ValueType reference;
    typedef ValueType* pointer;
    __host__ __device__ ConstantInputIterator(ValueType constant, OffsetT first = 0) : value(constant), offset(first) {}
    template <typename N> __host__ __device__ ValueType operator[](N) const { return value; }
    __CW_ITERATOR_ARITHMETIC(ConstantInputIterator, OffsetT, offset)
};
}  // namespace cub
#endif
