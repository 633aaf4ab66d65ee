// Each block counts in shared memory, and adds what it found to the result.
__global__ void histogram(const uchar4* pixels, unsigned int* bins, int n) {
    __shared__ unsigned int local[256];
    for (int b = threadIdx.x; b < 256; b += blockDim.x) local[b] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) {
        uchar4 p = pixels[i];
        atomicAdd(&local[(77 * p.x + 151 * p.y + 28 * p.z) >> 8], 1u);
    }
    __syncthreads();
    for (int b = threadIdx.x; b < 256; b += blockDim.x) atomicAdd(&bins[b], local[b]);
}
