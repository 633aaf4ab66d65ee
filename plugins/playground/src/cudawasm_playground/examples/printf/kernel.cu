// Blocks may print in any order; within a thread the order is that of the program.
__global__ void collatz(const unsigned int* start, unsigned int* steps, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    unsigned int value = start[i], most = value, count = 0;
    while (value != 1) {
        value = value % 2 ? 3 * value + 1 : value / 2;
        most = max(most, value);
        ++count;
    }
    steps[i] = count;
    printf("thread %2d of block %d: %3u takes %3u steps and reaches %5u, %.1f times itself\n",
           threadIdx.x, blockIdx.x, start[i], count, most, (float)most / start[i]);
}
