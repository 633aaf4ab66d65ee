// Stable sorts of a block's keys, alone or with values, digit by digit.
#ifndef __CUDAWASM_CUB_BLOCK_RADIX_SORT__
#define __CUDAWASM_CUB_BLOCK_RADIX_SORT__
#include <cub/block/block_exchange.cuh>
#include <cub/block/block_radix_rank.cuh>
namespace cub {
template <typename KeyT, int BLOCK_DIM_X, int ITEMS_PER_THREAD, typename ValueT = NullType, int RADIX_BITS = 4,
          bool MEMOIZE_OUTER_SCAN = true, BlockScanAlgorithm INNER_SCAN_ALGORITHM = BLOCK_SCAN_WARP_SCANS,
          cudaSharedMemConfig SMEM_CONFIG = cudaSharedMemBankSizeFourByte, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1,
          int LEGACY_PTX_ARCH = 0>
class BlockRadixSort {
    static constexpr bool keys_only = __is_same(ValueT, NullType);
    static constexpr int count = ITEMS_PER_THREAD, key_bits = sizeof(KeyT) * 8;
    typedef typename Traits<KeyT>::UnsignedBits Bits;
    template <bool descending> using Rank = BlockRadixRank<
        BLOCK_DIM_X, RADIX_BITS, descending, MEMOIZE_OUTER_SCAN, INNER_SCAN_ALGORITHM, SMEM_CONFIG, BLOCK_DIM_Y,
        BLOCK_DIM_Z>;
    template <typename T> using Exchange = BlockExchange<T, BLOCK_DIM_X, count, false, BLOCK_DIM_Y, BLOCK_DIM_Z>;

public:
    union TempStorage {
        typename Rank<false>::TempStorage ascending;
        typename Rank<true>::TempStorage descending;
        typename Exchange<Bits>::TempStorage keys;
        typename Exchange<ValueT>::TempStorage values;
    };
    __CW_BLOCK_COLLECTIVE(BlockRadixSort)

private:
    template <bool descending> __device__ void rank(Bits (&keys)[count], int (&ranks)[count], int bit, int bits) {
        BFEDigitExtractor<KeyT> digit((unsigned int)bit, (unsigned int)bits);
        if constexpr (descending) Rank<true>(storage.descending).RankKeys(keys, ranks, digit);
        else Rank<false>(storage.ascending).RankKeys(keys, ranks, digit);
        __syncthreads();
    }
    // Values wait for the keys: both use the same memory.
    template <bool striped> __device__ void scatter(Bits (&keys)[count], ValueT (&values)[count], int (&ranks)[count]) {
        if constexpr (striped) Exchange<Bits>(storage.keys).ScatterToStriped(keys, ranks);
        else Exchange<Bits>(storage.keys).ScatterToBlocked(keys, ranks);
        if constexpr (!keys_only) {
            __syncthreads();
            if constexpr (striped) Exchange<ValueT>(storage.values).ScatterToStriped(values, ranks);
            else Exchange<ValueT>(storage.values).ScatterToBlocked(values, ranks);
        }
    }
    template <bool descending, bool striped>
    __device__ void sort(KeyT (&keys)[count], ValueT (&values)[count], int begin_bit, int end_bit) {
        Bits bits[count];
        int ranks[count];
#pragma unroll
        for (int i = 0; i < count; ++i) bits[i] = detail::to_ordered_bits(keys[i]);
        for (int bit = begin_bit; bit < end_bit; bit += RADIX_BITS) {
            if (bit != begin_bit) __syncthreads();
            rank<descending>(bits, ranks, bit, CUB_MIN(RADIX_BITS, end_bit - bit));
            if (striped && bit + RADIX_BITS >= end_bit) scatter<striped>(bits, values, ranks);
            else scatter<false>(bits, values, ranks);
        }
#pragma unroll
        for (int i = 0; i < count; ++i) keys[i] = detail::from_ordered_bits<KeyT>(bits[i]);
    }

public:
#define __CW_SORT(name, descending, striped)                                                                  \
    __device__ void name(KeyT (&keys)[count], int begin_bit = 0, int end_bit = key_bits) {                       \
        ValueT none[count];                                                                                      \
        sort<descending, striped>(keys, none, begin_bit, end_bit);                                               \
    }                                                                                                            \
    __device__ void name(KeyT (&keys)[count], ValueT (&values)[count], int begin_bit = 0, int end_bit = key_bits) { \
        sort<descending, striped>(keys, values, begin_bit, end_bit); }
    __CW_SORT(Sort, false, false)
    __CW_SORT(SortDescending, true, false)
    __CW_SORT(SortBlockedToStriped, false, true)
    __CW_SORT(SortDescendingBlockedToStriped, true, true)
#undef __CW_SORT
};
}  // namespace cub
#endif
