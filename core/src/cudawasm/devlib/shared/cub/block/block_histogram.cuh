// Counts of a tile's items, each the number of a bin. Both algorithms count by atomic sums.
#ifndef __CUDAWASM_CUB_BLOCK_HISTOGRAM__
#define __CUDAWASM_CUB_BLOCK_HISTOGRAM__
#include <cub/detail/block_collective.cuh>
namespace cub {
enum BlockHistogramAlgorithm { BLOCK_HISTO_SORT, BLOCK_HISTO_ATOMIC };

template <typename T, int BLOCK_DIM_X, int ITEMS_PER_THREAD, int BINS,
          BlockHistogramAlgorithm ALGORITHM = BLOCK_HISTO_SORT, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1,
          int LEGACY_PTX_ARCH = 0>
class BlockHistogram {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;

public:
    struct TempStorage {};
    __CW_BLOCK_COLLECTIVE(BlockHistogram)

    template <typename CounterT> __device__ void InitHistogram(CounterT histogram[BINS]) {
        for (int bin = thread; bin < BINS; bin += threads) histogram[bin] = 0;
    }
    template <typename CounterT> __device__ void Histogram(T (&items)[ITEMS_PER_THREAD], CounterT histogram[BINS]) {
        InitHistogram(histogram);
        __syncthreads();
        Composite(items, histogram);
    }
    template <typename CounterT> __device__ void Composite(T (&items)[ITEMS_PER_THREAD], CounterT histogram[BINS]) {
        static_assert(sizeof(CounterT) >= 4, "a histogram's counters have 32 or 64 bits");
        if (ALGORITHM == BLOCK_HISTO_SORT) __syncthreads();
#pragma unroll
        for (int i = 0; i < ITEMS_PER_THREAD; ++i) atomicAdd(histogram + items[i], (CounterT)1);
        if (ALGORITHM == BLOCK_HISTO_SORT) __syncthreads();
    }
};
}  // namespace cub
#endif
