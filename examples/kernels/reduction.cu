// The sum of an array: shuffles within a warp, shared memory across warps, one atomic a block.
__inline__ __device__ double warp_sum(double value) {
    for (int offset = warpSize / 2; offset > 0; offset /= 2) value += __shfl_down_sync(0xffffffff, value, offset);
    return value;
}
__global__ void reduce_sum(const float* x, double* total, int n) {
    __shared__ double partial[32];
    double sum = 0.0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) sum += x[i];
    sum = warp_sum(sum);
    int lane = threadIdx.x % warpSize, warp = threadIdx.x / warpSize;
    if (lane == 0) partial[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = warp_sum(lane < (blockDim.x + warpSize - 1) / warpSize ? partial[lane] : 0.0);
        if (lane == 0) atomicAdd(total, sum);
    }
}
