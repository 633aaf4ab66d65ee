// Runs of equal items written out: each thread has runs, and gets items of a window of what they decode to.
#ifndef __CUDAWASM_CUB_BLOCK_RUN_LENGTH_DECODE__
#define __CUDAWASM_CUB_BLOCK_RUN_LENGTH_DECODE__
#include <cub/block/block_scan.cuh>
#include <cub/detail/block_collective.cuh>
#include <cub/thread/thread_search.cuh>
namespace cub {
template <typename ItemT, int BLOCK_DIM_X, int RUNS_PER_THREAD, int DECODED_ITEMS_PER_THREAD,
          typename DecodedOffsetT = unsigned int, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1>
class BlockRunLengthDecode {
    static constexpr int runs = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z * RUNS_PER_THREAD;
    static constexpr int count = DECODED_ITEMS_PER_THREAD;
    typedef BlockScan<DecodedOffsetT, BLOCK_DIM_X, BLOCK_SCAN_RAKING, BLOCK_DIM_Y, BLOCK_DIM_Z> Scan;

public:
    struct TempStorage {
        ItemT values[runs];
        DecodedOffsetT offsets[runs];
        typename Scan::TempStorage scan;
    };
    __CW_BLOCK_COLLECTIVE(BlockRunLengthDecode)

    // From the lengths of the runs; tells how many items they decode to.
    template <typename RunLengthT, typename TotalT> __device__ BlockRunLengthDecode(
        TempStorage& temp_storage, ItemT (&run_values)[RUNS_PER_THREAD], RunLengthT (&run_lengths)[RUNS_PER_THREAD],
        TotalT& total_decoded_size)
        : storage(temp_storage), thread(rank_of_thread()) {
        DecodedOffsetT offsets[RUNS_PER_THREAD], total;
#pragma unroll
        for (int i = 0; i < RUNS_PER_THREAD; ++i) offsets[i] = (DecodedOffsetT)run_lengths[i];
        Scan(storage.scan).ExclusiveSum(offsets, offsets, total);
        total_decoded_size = (TotalT)total;
        keep(run_values, offsets);
    }
    // From the place of each run's first item among the decoded ones.
    template <typename OffsetT> __device__ BlockRunLengthDecode(
        TempStorage& temp_storage, ItemT (&run_values)[RUNS_PER_THREAD], OffsetT (&run_offsets)[RUNS_PER_THREAD])
        : storage(temp_storage), thread(rank_of_thread()) { keep(run_values, run_offsets); }

    // Of items past the last one nothing is known. Offsets count from the beginning of an item's run.
    template <typename OffsetT> __device__ void RunLengthDecode(
        ItemT (&decoded_items)[count], OffsetT (&item_offsets)[count], DecodedOffsetT from_decoded_offset = 0) {
        DecodedOffsetT place = from_decoded_offset + (DecodedOffsetT)(thread * count);
        int run = UpperBound(storage.offsets, runs, place) - 1;
#pragma unroll
        for (int i = 0; i < count; ++i, ++place) {
            while (run + 1 < runs && storage.offsets[run + 1] <= place) ++run;
            decoded_items[i] = storage.values[run];
            item_offsets[i] = (OffsetT)(place - storage.offsets[run]);
        }
    }
    __device__ void RunLengthDecode(ItemT (&decoded_items)[count], DecodedOffsetT from_decoded_offset = 0) {
        DecodedOffsetT item_offsets[count];
        RunLengthDecode(decoded_items, item_offsets, from_decoded_offset);
    }

private:
    template <typename OffsetT>
    __device__ void keep(ItemT (&run_values)[RUNS_PER_THREAD], OffsetT (&run_offsets)[RUNS_PER_THREAD]) {
#pragma unroll
        for (int i = 0; i < RUNS_PER_THREAD; ++i) {
            storage.values[thread * RUNS_PER_THREAD + i] = run_values[i];
            storage.offsets[thread * RUNS_PER_THREAD + i] = (DecodedOffsetT)run_offsets[i];
        }
        __syncthreads();
    }
};
}  // namespace cub
#endif
