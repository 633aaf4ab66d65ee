// One pass of a stable radix sort over a whole array: tiles count their digits, the counts are scanned (device_scan),
// digit by digit and in these tile by tile, and tiles put their keys where the sums say.
#ifndef __CUDAWASM_CUB_DETAIL_DEVICE_RADIX_SORT__
#define __CUDAWASM_CUB_DETAIL_DEVICE_RADIX_SORT__
#include <cub/block/block_load.cuh>
#include <cub/block/block_radix_rank.cuh>
namespace cub {
namespace detail {
template <bool descending, int threads, int items, int radix_bits, typename KeyT>
__global__ void count_digits(const KeyT* keys, int* counts, long long count, int bit, int bits) {
    constexpr int digits = 1 << radix_bits;
    __shared__ int of_tile[digits];
    for (int i = threadIdx.x; i < digits; i += threads) of_tile[i] = 0;
    __syncthreads();
    const BFEDigitExtractor<KeyT> digit(bit, bits);
    const long long first = (long long)blockIdx.x * threads * items;
#pragma unroll
    for (int i = 0; i < items; ++i) {
        const long long index = first + i * threads + threadIdx.x;
        if (index < count) atomicAdd(of_tile + digit.Digit(to_ordered_bits(keys[index])), 1);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < digits; i += threads)
        counts[(descending ? digits - 1 - i : i) * gridDim.x + blockIdx.x] = of_tile[i];
}

template <bool descending, int threads, int items, int radix_bits, typename KeyT, typename ValueT>
__global__ void scatter_by_digits(const KeyT* keys_in, KeyT* keys_out, const ValueT* values_in, ValueT* values_out,
                                  const int* places, long long count, int bit, int bits) {
    typedef typename Traits<KeyT>::UnsignedBits Bits;
    typedef BlockRadixRank<threads, radix_bits, descending> Rank;
    constexpr int digits = 1 << radix_bits;
    __shared__ typename Rank::TempStorage storage;
    __shared__ int place_of_digit[digits];  // of a tile's item of rank 0, were it of that digit
    const BFEDigitExtractor<KeyT> digit(bit, bits);
    const long long first = (long long)blockIdx.x * threads * items + threadIdx.x * items;
    Bits keys[items];
    int ranks[items], before_digit[Rank::BINS_TRACKED_PER_THREAD];
#pragma unroll
    for (int i = 0; i < items; ++i) {
        keys[i] = descending ? (Bits)0 : (Bits)-1;  // comes last
        if (first + i < count) keys[i] = to_ordered_bits(keys_in[first + i]);
    }
    Rank(storage).RankKeys(keys, ranks, digit, before_digit);
#pragma unroll
    for (int i = 0; i < Rank::BINS_TRACKED_PER_THREAD; ++i) {
        const int own = threadIdx.x * Rank::BINS_TRACKED_PER_THREAD + i, row = descending ? digits - 1 - own : own;
        if (own < digits) place_of_digit[own] = places[row * gridDim.x + blockIdx.x] - before_digit[i];
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < items; ++i) {
        if (first + i >= count) break;
        const int place = place_of_digit[digit.Digit(keys[i])] + ranks[i];
        keys_out[place] = from_ordered_bits<KeyT>(keys[i]);
        if constexpr (!__is_same(ValueT, NullType)) values_out[place] = values_in[first + i];
    }
}
}  // namespace detail
}  // namespace cub
#endif
