// Kernel: blur
struct Weights {
    float centre, side;
};

__constant__ Weights weights = {0.5f, 0.125f};

__global__ void blur(const float* in, float* out, int width, int height) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    int left = max(x - 1, 0), right = min(x + 1, width - 1), up = max(y - 1, 0), down = min(y + 1, height - 1);
    float sides = in[y * width + left] + in[y * width + right] + in[up * width + x] + in[down * width + x];
    out[y * width + x] = weights.centre * in[y * width + x] + weights.side * sides;
}
