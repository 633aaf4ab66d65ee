// What all collectives of a block have: memory that its threads share, given or the class's own, and a thread's rank.
#ifndef __CUDAWASM_CUB_DETAIL_BLOCK_COLLECTIVE__
#define __CUDAWASM_CUB_DETAIL_BLOCK_COLLECTIVE__
#include <cub/util_ptx.cuh>
#define __CW_BLOCK_COLLECTIVE(name)                                                                                   \
private:                                                                                                              \
    TempStorage& storage;                                                                                             \
    const int thread;                                                                                                 \
    __device__ static int rank_of_thread() { return RowMajorTid(BLOCK_DIM_X, BLOCK_DIM_Y, BLOCK_DIM_Z); }              \
    __device__ static TempStorage& private_storage() {                                                                \
        __shared__ TempStorage shared;                                                                                \
        return shared;                                                                                                \
    }                                                                                                                 \
                                                                                                                      \
public:                                                                                                               \
    __device__ name() : storage(private_storage()), thread(rank_of_thread()) {}                                       \
    __device__ name(TempStorage& temp_storage) : storage(temp_storage), thread(rank_of_thread()) {}
#endif
