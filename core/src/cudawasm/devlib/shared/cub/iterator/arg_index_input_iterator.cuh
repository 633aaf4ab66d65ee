// An iterator over pairs of an index and the element of another iterator there.
#ifndef __CUDAWASM_CUB_ARG_INDEX_INPUT_ITERATOR__
#define __CUDAWASM_CUB_ARG_INDEX_INPUT_ITERATOR__
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
template <typename InputIteratorT, typename OffsetT = ptrdiff_t,
          typename OutputValueT = detail::value_t<InputIteratorT>>
class ArgIndexInputIterator {
    InputIteratorT input;
    OffsetT offset;

public:
    typedef KeyValuePair<OffsetT, OutputValueT> value_type;
    typedef value_type reference;
    typedef value_type* pointer;
    __host__ __device__ ArgIndexInputIterator(InputIteratorT first, OffsetT index = 0) : input(first), offset(index) {}
    template <typename N> __host__ __device__ value_type operator[](N n) const {
        return value_type(offset + (OffsetT)n, input[offset + (OffsetT)n]); }
    __host__ __device__ void normalize() {
        input += offset;
        offset = 0;
    }
    __CW_ITERATOR_ARITHMETIC(ArgIndexInputIterator, OffsetT, offset)
};
}  // namespace cub
#endif
