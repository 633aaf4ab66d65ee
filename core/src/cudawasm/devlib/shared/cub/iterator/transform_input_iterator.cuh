// An iterator over what a function makes of the elements of another.
#ifndef __CUDAWASM_CUB_TRANSFORM_INPUT_ITERATOR__
#define __CUDAWASM_CUB_TRANSFORM_INPUT_ITERATOR__
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
template <typename ValueType, typename ConversionOp, typename InputIteratorT, typename OffsetT = ptrdiff_t>
class TransformInputIterator {
    ConversionOp conversion;
    InputIteratorT input;

public:
    typedef ValueType value_type;
    typedef ValueType reference;
    typedef ValueType* pointer;
    __host__ __device__ TransformInputIterator(InputIteratorT first, ConversionOp op) : conversion(op), input(first) {}
    template <typename N> __host__ __device__ ValueType operator[](N n) const { return conversion(input[n]); }
    __CW_ITERATOR_ARITHMETIC(TransformInputIterator, OffsetT, input)
};
}  // namespace cub
#endif
