// Rows, then columns: the weights of a Gaussian are the same in both.
__device__ float4 operator*(uchar4 p, float w) { return make_float4(p.x * w, p.y * w, p.z * w, p.w * w); }
__device__ float4& operator+=(float4& a, float4 b) {
    a.x += b.x; a.y += b.y; a.z += b.z; a.w += b.w;
    return a;
}
__device__ unsigned char rounded(float value) { return (unsigned char)fminf(value + 0.5f, 255.0f); }

__device__ void blur(const uchar4* in, uchar4* out, const float* weights, int width, int height, int radius,
                     int dx, int dy) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    for (int d = -radius; d <= radius; ++d) {
        int sx = min(max(x + d * dx, 0), width - 1);
        int sy = min(max(y + d * dy, 0), height - 1);
        sum += in[sy * width + sx] * weights[d + radius];
    }
    out[y * width + x] = make_uchar4(rounded(sum.x), rounded(sum.y), rounded(sum.z), rounded(sum.w));
}

__global__ void blur_rows(const uchar4* in, uchar4* out, const float* weights, int width, int height,
                          int radius) {
    blur(in, out, weights, width, height, radius, 1, 0);
}
__global__ void blur_columns(const uchar4* in, uchar4* out, const float* weights, int width, int height,
                             int radius) {
    blur(in, out, weights, width, height, radius, 0, 1);
}
