// A heat plate: each inner point becomes the mean of its four neighbours.
__global__ void heat(const float* now, float* next, int width, int height) {
    int x = blockIdx.x * blockDim.x + threadIdx.x + 1, y = blockIdx.y * blockDim.y + threadIdx.y + 1;
    if (x >= width - 1 || y >= height - 1) return;
    int i = y * width + x;
    next[i] = 0.25f * (now[i - 1] + now[i + 1] + now[i - width] + now[i + width]);
}
