// Digits of keys, of any number type: numbers are made unsigned ones of the same order.
#ifndef __CUDAWASM_CUB_RADIX_OPERATIONS__
#define __CUDAWASM_CUB_RADIX_OPERATIONS__
#include <cub/util_ptx.cuh>
namespace cub {
// Some bits of a key that is already in order. Of floats, both zeros have the same digits.
template <typename KeyT> struct BFEDigitExtractor {
    typedef typename Traits<KeyT>::UnsignedBits UnsignedBits;
    unsigned int bit_start, num_bits;
    __device__ explicit BFEDigitExtractor(unsigned int start = 0, unsigned int count = 0)
        : bit_start(start), num_bits(count) {}
    __device__ unsigned int Digit(UnsignedBits key) const {
        if constexpr (Traits<KeyT>::CATEGORY == FLOATING_POINT) {
            constexpr UnsignedBits minus_zero = (UnsignedBits)~Traits<KeyT>::HIGH_BIT;
            if (key == minus_zero) key = Traits<KeyT>::HIGH_BIT;
        }
        return BFE(key, bit_start, num_bits);
    }
};
template <typename KeyT> using ShiftDigitExtractor = BFEDigitExtractor<KeyT>;
namespace detail {
template <typename KeyT> __device__ inline typename Traits<KeyT>::UnsignedBits to_ordered_bits(KeyT key) {
    static_assert(Traits<KeyT>::PRIMITIVE, "radix sorts take numbers");
    return Traits<KeyT>::TwiddleIn(bits_as<typename Traits<KeyT>::UnsignedBits>(key));
}
template <typename KeyT> __device__ inline KeyT from_ordered_bits(typename Traits<KeyT>::UnsignedBits bits) {
    return bits_as<KeyT>((typename Traits<KeyT>::UnsignedBits)Traits<KeyT>::TwiddleOut(bits)); }
}  // namespace detail
}  // namespace cub
#endif
