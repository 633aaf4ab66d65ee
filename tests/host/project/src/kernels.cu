#include "kernels.cuh"
#ifndef BLOCK
#error "BLOCK comes from the command line"
#endif
__global__ void scale(float* data, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) data[i] *= SCALE;
}
void launch_scale(float* data, int n) { scale<<<(n + BLOCK - 1) / BLOCK, BLOCK>>>(data, n); }
