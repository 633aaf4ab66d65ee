// CUDA for a C++ compiler, one thread after the other: for kernels without barriers and shared memory.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define __global__
#define __device__

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
};
static dim3 blockIdx, threadIdx, blockDim, gridDim;
enum { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };

template <typename T>
int cudaMalloc(T **memory, size_t size) {
    *memory = static_cast<T *>(calloc(size, 1));
    return 0;
}
inline int cudaMemcpy(void *target, const void *source, size_t size, int) {
    memcpy(target, source, size);
    return 0;
}
inline int cudaFree(void *memory) {
    free(memory);
    return 0;
}
inline int cudaThreadSynchronize() { return 0; }

template <typename Kernel>
auto serially(Kernel kernel, dim3 grid, dim3 block) {
    return [=](auto... arguments) {
        gridDim = grid, blockDim = block;
        for (blockIdx.x = 0; blockIdx.x < grid.x; blockIdx.x++)
            for (threadIdx.x = 0; threadIdx.x < block.x; threadIdx.x++) kernel(arguments...);
    };
}
