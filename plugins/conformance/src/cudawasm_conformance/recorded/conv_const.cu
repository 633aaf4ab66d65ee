// Separable and full convolutions of an RGBA byte image with weights in constant memory, clamped or mirrored borders.
// The tile is a static shared array inside a device function template; rounding and saturation are explicit.
#include <cstdint>

template <int R> struct Kernel2D {
    int8_t weight[2 * R + 1][2 * R + 1];
    int shift;
};

__constant__ Kernel2D<1> sharpen = {{{0, -1, 0}, {-1, 8, -1}, {0, -1, 0}}, 2};
__constant__ Kernel2D<2> blur = {
    {{1, 4, 6, 4, 1}, {4, 16, 24, 16, 4}, {6, 24, 36, 24, 6}, {4, 16, 24, 16, 4}, {1, 4, 6, 4, 1}}, 8};
__device__ const Kernel2D<1> emboss{{{-2, -1}, {-1, 1, 1}, {0, 1, 2}}, 0};

enum class Border { Clamp, Mirror };

template <Border B> __device__ int resolve(int i, int n) {
    if constexpr (B == Border::Clamp)
        return min(max(i, 0), n - 1);
    else
        return i < 0 ? -i - 1 : i >= n ? 2 * n - 1 - i : i;
}

__device__ inline int4 operator*(int s, uchar4 p) { return make_int4(s * p.x, s * p.y, s * p.z, s * p.w); }
__device__ inline int4& operator+=(int4& a, const int4& b) {
    a.x += b.x, a.y += b.y, a.z += b.z, a.w += b.w;
    return a;
}
__device__ inline uint8_t to_byte(int v, int shift) {
    if (shift) v = (v + (1 << (shift - 1))) >> shift;
    return static_cast<uint8_t>(v & ~255 ? (v < 0 ? 0 : 255) : v);
}

struct Image {
    const uchar4* pixels;
    int width, height;
    template <Border B> __device__ uchar4 at(int x, int y) const {
        return __ldg(&pixels[resolve<B>(y, height) * width + resolve<B>(x, width)]);
    }
};

template <int R, Border B, int W, int H> __device__ uchar4 convolve(const Image& image, const Kernel2D<R>& k) {
    __shared__ uchar4 tile[H + 2 * R][W + 2 * R];
    const int left = blockIdx.x * W - R, top = blockIdx.y * H - R;
    for (int y = threadIdx.y; y < H + 2 * R; y += H)
        for (int x = threadIdx.x; x < W + 2 * R; x += W) tile[y][x] = image.at<B>(left + x, top + y);
    __syncthreads();
    int4 sum = {};
#pragma unroll
    for (int dy = 0; dy <= 2 * R; ++dy)
#pragma unroll
        for (int dx = 0; dx <= 2 * R; ++dx)
            if (const int w = k.weight[dy][dx]) sum += w * tile[threadIdx.y + dy][threadIdx.x + dx];
    __syncthreads();
    return {to_byte(sum.x, k.shift), to_byte(sum.y, k.shift), to_byte(sum.z, k.shift),
            tile[threadIdx.y + R][threadIdx.x + R].w};
}

template <int W, int H>
__global__ void __launch_bounds__(W* H)
filter(const uchar4* pixels, int width, int height, uchar4* sharp, uchar4* smooth, uchar4* relief, unsigned* alpha) {
    const Image image{pixels, width, height};
    const int x = blockIdx.x * W + threadIdx.x, y = blockIdx.y * H + threadIdx.y, at = y * image.width + x;
    const bool inside = x < image.width && y < image.height;
    const uchar4 a = convolve<1, Border::Clamp, W, H>(image, sharpen);
    const uchar4 b = convolve<2, Border::Mirror, W, H>(image, blur);
    // The same instantiation as the first, and so the same shared tile.
    const auto c = convolve<1, Border::Clamp, W, H>(image, emboss);
    if (inside) sharp[at] = a, smooth[at] = b, relief[at] = c;
    const int opaque = __syncthreads_count(inside && a.w >= 128);
    if (threadIdx.x + threadIdx.y == 0) alpha[blockIdx.y * gridDim.x + blockIdx.x] = opaque;
}
