// Each inner point comes closer to the mean of its four neighbours.
__global__ void spread(const float* now, float* next, int width, int height, float rate) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    int i = y * width + x;
    if (x == 0 || y == 0 || x == width - 1 || y == height - 1) {
        next[i] = 0.0f;
        return;
    }
    float around = now[i - 1] + now[i + 1] + now[i - width] + now[i + width];
    next[i] = now[i] + rate * (around - 4.0f * now[i]);
}

__global__ void warm(float* now, int width, int height, float cx, float cy, float radius) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    float dx = x - cx, dy = y - cy;
    if (dx * dx + dy * dy < radius * radius) now[y * width + x] = 1.0f;
}
