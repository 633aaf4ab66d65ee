// A pointer whose loads carry a hint for caches.
#ifndef __CUDAWASM_CUB_CACHE_MODIFIED_INPUT_ITERATOR__
#define __CUDAWASM_CUB_CACHE_MODIFIED_INPUT_ITERATOR__
#include <cub/detail/iterator_arithmetic.cuh>
#include <cub/thread/thread_load.cuh>
namespace cub {
template <CacheLoadModifier MODIFIER, typename ValueType, typename OffsetT = ptrdiff_t>
class CacheModifiedInputIterator {
    const ValueType* place;

public:
    typedef ValueType value_type;
    typedef ValueType reference;
    typedef ValueType* pointer;
    __host__ __device__ CacheModifiedInputIterator(const ValueType* first) : place(first) {}
    template <typename N> __device__ ValueType operator[](N n) const { return ThreadLoad<MODIFIER>(place + n); }
    __CW_ITERATOR_ARITHMETIC(CacheModifiedInputIterator, OffsetT, place)
};
}  // namespace cub
#endif
