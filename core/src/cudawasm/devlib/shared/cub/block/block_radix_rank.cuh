// Stable ranks of items by a digit: each thread counts its digits, and the counts are scanned digit by digit.
#ifndef __CUDAWASM_CUB_BLOCK_RADIX_RANK__
#define __CUDAWASM_CUB_BLOCK_RADIX_RANK__
#include <cub/block/block_scan.cuh>
#include <cub/block/radix_rank_sort_operations.cuh>
#include <cub/detail/block_collective.cuh>
namespace cub {
template <int BLOCK_DIM_X, int RADIX_BITS, bool IS_DESCENDING, bool MEMOIZE_OUTER_SCAN = false,
          BlockScanAlgorithm INNER_SCAN_ALGORITHM = BLOCK_SCAN_WARP_SCANS,
          cudaSharedMemConfig SMEM_CONFIG = cudaSharedMemBankSizeFourByte, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1,
          int LEGACY_PTX_ARCH = 0>
class BlockRadixRank {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;
    static constexpr int digits = 1 << RADIX_BITS;
    static constexpr int words = digits / 2;  // of two counters each: of a digit, and of that one half the digits on
    typedef BlockScan<unsigned int, BLOCK_DIM_X, INNER_SCAN_ALGORITHM, BLOCK_DIM_Y, BLOCK_DIM_Z> Scan;

public:
    static constexpr int BINS_TRACKED_PER_THREAD = (digits + threads - 1) / threads;
    struct TempStorage {
        unsigned int counters[words * threads];
        typename Scan::TempStorage scan;
    };
    __CW_BLOCK_COLLECTIVE(BlockRadixRank)

private:
    // Counters become sums of those before them.
    __device__ void scan_counters() {
        unsigned int* own = storage.counters + thread * words;
        unsigned int counts[words], total = 0;
#pragma unroll
        for (int i = 0; i < words; ++i) total += counts[i] = own[i];
        unsigned int before, all;
        Scan(storage.scan).ExclusiveSum(total, before, all);
        before += all << 16;  // the upper half of the digits follows the lower half
#pragma unroll
        for (int i = 0; i < words; ++i) {
            own[i] = before;
            before += counts[i];
        }
    }

public:
    template <typename UnsignedBits, int KEYS_PER_THREAD, typename DigitExtractor> __device__ void RankKeys(
        UnsignedBits (&keys)[KEYS_PER_THREAD], int (&ranks)[KEYS_PER_THREAD], DigitExtractor digit_extractor) {
        int places[KEYS_PER_THREAD], shifts[KEYS_PER_THREAD];
#pragma unroll
        for (int i = 0; i < words; ++i) storage.counters[i * threads + thread] = 0;
#pragma unroll
        for (int i = 0; i < KEYS_PER_THREAD; ++i) {
            int digit = (int)digit_extractor.Digit(keys[i]);
            if (IS_DESCENDING) digit = digits - 1 - digit;
            places[i] = digit % words * threads + thread;
            shifts[i] = digit / words * 16;
            unsigned int word = storage.counters[places[i]];
            storage.counters[places[i]] = word + (1u << shifts[i]);
            ranks[i] = (int)(word >> shifts[i] & 0xffffu);
        }
        __syncthreads();
        scan_counters();
        __syncthreads();
#pragma unroll
        for (int i = 0; i < KEYS_PER_THREAD; ++i)
            ranks[i] += (int)(storage.counters[places[i]] >> shifts[i] & 0xffffu);
    }
    // As above, and of the digits that a thread keeps account of: how many keys come before them.
    template <typename UnsignedBits, int KEYS_PER_THREAD, typename DigitExtractor> __device__ void RankKeys(
        UnsignedBits (&keys)[KEYS_PER_THREAD], int (&ranks)[KEYS_PER_THREAD], DigitExtractor digit_extractor,
        int (&exclusive_digit_prefix)[BINS_TRACKED_PER_THREAD]) {
        RankKeys(keys, ranks, digit_extractor);
#pragma unroll
        for (int i = 0; i < BINS_TRACKED_PER_THREAD; ++i) {
            int digit = thread * BINS_TRACKED_PER_THREAD + i;
            if (digit >= digits) break;
            if (IS_DESCENDING) digit = digits - 1 - digit;
            exclusive_digit_prefix[i] =
                (int)(storage.counters[digit % words * threads] >> (digit / words * 16) & 0xffffu);
        }
    }
};
}  // namespace cub
#endif
