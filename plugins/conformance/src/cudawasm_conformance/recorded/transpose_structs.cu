// Transposes a matrix of packed pixel structs through a padded shared tile, converting the elements on the way.
// The element is a class with bit-fields; the conversion is chosen by an enum template parameter.
#include <cstdint>

struct Pixel {
    uint32_t red : 10;
    uint32_t green : 10;
    uint32_t blue : 10;
    uint32_t kind : 2;
    int16_t depth : 12;
    int16_t layer : 4;
    uint16_t tag;

    __device__ unsigned luma() const { return (red * 3u + green * 6u + blue) / 10u; }
};
static_assert(sizeof(Pixel) == 8 && alignof(Pixel) == 4, "two words");

struct alignas(16) Wide {
    int64_t key;
    float ratio;
    uint8_t bytes[3];
    bool flag;
};
static_assert(sizeof(Wide) == 16, "one 128-bit access");

enum Mode { COPY, INVERT, SHRINK };

template <Mode M> struct Convert;
template <> struct Convert<COPY> {
    using result = Pixel;
    __device__ Pixel operator()(const Pixel& p) const { return p; }
};
template <> struct Convert<INVERT> {
    using result = Pixel;
    __device__ Pixel operator()(Pixel p) const {
        p.red = 1023 - p.red;
        p.green = ~p.green;
        p.blue += 512;  // wraps in ten bits
        p.kind ^= 3;
        p.depth = -p.depth / 2;
        --p.layer;      // wraps in four bits, as a value of the field
        p.tag = static_cast<uint16_t>(p.tag << 8 | p.tag >> 8);
        return p;
    }
};
template <> struct Convert<SHRINK> {
    using result = Wide;
    __device__ Wide operator()(const Pixel& p) const {
        Wide w{};
        w.key = static_cast<int64_t>(p.layer) * 256 + p.depth;
        w.ratio = static_cast<float>(p.luma()) * 0.25f;
        w.bytes[0] = p.red >> 2, w.bytes[1] = p.green >> 2, w.bytes[2] = p.blue >> 2;
        w.flag = p.kind & 2;
        return w;
    }
};

template <typename T, int SIDE, int PAD = 1> struct Tile {
    T cells[SIDE][SIDE + PAD];
    __device__ T* operator[](int row) { return cells[row]; }
};

template <Mode M, int SIDE, int STEP>
__global__ void transpose(const Pixel* __restrict__ in, typename Convert<M>::result* __restrict__ out, int rows,
                          int columns) {
    __shared__ Tile<typename Convert<M>::result, SIDE> tile;
    const Convert<M> convert;
    int x = blockIdx.x * SIDE + threadIdx.x, y = blockIdx.y * SIDE + threadIdx.y;
#pragma unroll
    for (int k = 0; k < SIDE; k += STEP)
        if (x < columns && y + k < rows) tile[threadIdx.y + k][threadIdx.x] = convert(in[(y + k) * columns + x]);
    __syncthreads();
    x = blockIdx.y * SIDE + threadIdx.x, y = blockIdx.x * SIDE + threadIdx.y;
    for (int k = 0; k < SIDE; k += STEP)
        if (x < rows && y + k < columns) out[(y + k) * rows + x] = tile[threadIdx.x][threadIdx.y + k];
}
