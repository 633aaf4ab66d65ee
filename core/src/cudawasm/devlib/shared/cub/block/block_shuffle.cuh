// Items that move along the threads of a block.
#ifndef __CUDAWASM_CUB_BLOCK_SHUFFLE__
#define __CUDAWASM_CUB_BLOCK_SHUFFLE__
#include <cub/detail/block_collective.cuh>
namespace cub {
template <typename T, int BLOCK_DIM_X, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockShuffle {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;

public:
    struct TempStorage { T items[threads]; };
    __CW_BLOCK_COLLECTIVE(BlockShuffle)

private:
    __device__ void share(T item) {
        storage.items[thread] = item;
        __syncthreads();
    }

public:
    // The item of the thread at a distance; a thread for which there is none keeps its output.
    __device__ void Offset(T input, T& output, int distance = 1) {
        share(input);
        if (thread + distance >= 0 && thread + distance < threads) output = storage.items[thread + distance];
    }
    __device__ void Rotate(T input, T& output, unsigned int distance = 1) {
        share(input);
        output = storage.items[((unsigned int)thread + distance) % threads];
    }
    // All items of the tile move one place on, or back.
    template <int ITEMS> __device__ void Up(T (&input)[ITEMS], T (&prev)[ITEMS]) {
        share(input[ITEMS - 1]);
#pragma unroll
        for (int i = ITEMS - 1; i > 0; --i) prev[i] = input[i - 1];
        if (thread > 0) prev[0] = storage.items[thread - 1];
    }
    template <int ITEMS> __device__ void Up(T (&input)[ITEMS], T (&prev)[ITEMS], T& block_suffix) {
        Up(input, prev);
        block_suffix = storage.items[threads - 1];
    }
    template <int ITEMS> __device__ void Down(T (&input)[ITEMS], T (&next)[ITEMS]) {
        share(input[0]);
#pragma unroll
        for (int i = 0; i < ITEMS - 1; ++i) next[i] = input[i + 1];
        if (thread < threads - 1) next[ITEMS - 1] = storage.items[thread + 1];
    }
    template <int ITEMS> __device__ void Down(T (&input)[ITEMS], T (&next)[ITEMS], T& block_prefix) {
        Down(input, next);
        block_prefix = storage.items[0];
    }
};
}  // namespace cub
#endif
