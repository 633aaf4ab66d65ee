// Edges of a grey picture, through a tile in shared memory with a border of one pixel.
#define TILE 16
__global__ void sobel(const unsigned char* in, unsigned char* out, int width, int height) {
    __shared__ float tile[TILE + 2][TILE + 2];
    int left = blockIdx.x * TILE - 1, top = blockIdx.y * TILE - 1;
    for (int i = threadIdx.y * TILE + threadIdx.x; i < (TILE + 2) * (TILE + 2); i += TILE * TILE) {
        int tx = i % (TILE + 2), ty = i / (TILE + 2);
        int sx = min(max(left + tx, 0), width - 1), sy = min(max(top + ty, 0), height - 1);
        tile[ty][tx] = in[sy * width + sx];
    }
    __syncthreads();
    int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;
    if (x >= width || y >= height) return;
    auto at = [&](int dx, int dy) { return tile[threadIdx.y + 1 + dy][threadIdx.x + 1 + dx]; };
    float gx = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
    float gy = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
    out[y * width + x] = (unsigned char)fminf(sqrtf(gx * gx + gy * gy), 255.0f);
}
