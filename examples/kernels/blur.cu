// A separable Gaussian blur of an 8-bit RGBA picture; weights in constant memory.
__constant__ float weights[33];

__device__ float4 weighted(uchar4 p, float w) { return make_float4(p.x * w, p.y * w, p.z * w, p.w * w); }
__device__ float4& operator+=(float4& a, float4 b) {
    a.x += b.x; a.y += b.y; a.z += b.z; a.w += b.w;
    return a;
}
template <bool horizontal> __global__ void blur(const uchar4* in, uchar4* out, int width, int height, int radius) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    for (int d = -radius; d <= radius; ++d) {
        int sx = horizontal ? min(max(x + d, 0), width - 1) : x;
        int sy = horizontal ? y : min(max(y + d, 0), height - 1);
        sum += weighted(in[sy * width + sx], weights[d + radius]);
    }
    out[y * width + x] = make_uchar4((unsigned char)(sum.x + 0.5f), (unsigned char)(sum.y + 0.5f),
                                     (unsigned char)(sum.z + 0.5f), (unsigned char)(sum.w + 0.5f));
}
