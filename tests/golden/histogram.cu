// Kernel: histogram<256, unsigned char>
template <int Bins, class Value>
__global__ void histogram(const Value* values, unsigned* counts, int count) {
    __shared__ unsigned local[Bins];
    for (int bin = threadIdx.x; bin < Bins; bin += blockDim.x) local[bin] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x)
        atomicAdd(&local[values[i] % Bins], 1u);
    __syncthreads();
    for (int bin = threadIdx.x; bin < Bins; bin += blockDim.x) atomicAdd(&counts[bin], local[bin]);
}
