// Two fused sweeps of a 27-point stencil over a 3-D field, each block working on a brick with a halo of two cells.
// The weights depend on the neighbour's distance class; the boundary rule (periodic or clamped) is a policy class.
#include <cstdint>

struct Periodic {
    static __device__ int fold(int i, int n) { return i < 0 ? i + n : i >= n ? i - n : i; }
};
struct Clamped {
    static __device__ int fold(int i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }
};

template <typename T, int X, int Y, int Z, int HALO> struct Brick {
    static constexpr int SX = X + 2 * HALO, SY = Y + 2 * HALO, SZ = Z + 2 * HALO;
    T cells[SZ][SY][SX];
    __device__ T& at(int x, int y, int z) { return cells[z + HALO][y + HALO][x + HALO]; }
    __device__ const T& at(int x, int y, int z) const { return cells[z + HALO][y + HALO][x + HALO]; }
};

// Calls f(x, y, z) for all cells within `margin` of the brick, shared out over the block's threads.
template <int X, int Y, int Z, typename F> __device__ void for_each_cell(int margin, const F& f) {
    const int sx = X + 2 * margin, sy = Y + 2 * margin, sz = Z + 2 * margin;
    const int self = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    const int threads = blockDim.x * blockDim.y * blockDim.z;
    for (int i = self; i < sx * sy * sz; i += threads) f(i % sx - margin, i / sx % sy - margin, i / (sx * sy) - margin);
}

template <typename B> __device__ auto weigh(const B& brick, int x, int y, int z, const int (&weights)[4]) {
    int64_t sum = 0;
#pragma unroll
    for (int dz = -1; dz <= 1; ++dz)
#pragma unroll
        for (int dy = -1; dy <= 1; ++dy)
#pragma unroll
            for (int dx = -1; dx <= 1; ++dx) {
                const int w = weights[(dx != 0) + (dy != 0) + (dz != 0)];
                sum += static_cast<int64_t>(w) * static_cast<int>(brick.at(x + dx, y + dy, z + dz));
            }
    return sum;
}

template <typename T, typename Boundary, int X, int Y, int Z>
__global__ void __launch_bounds__(X* Y* Z) stencil(const T* field, T* result, int3 size, int modulus) {
    __shared__ Brick<T, X, Y, Z, 2> first;
    __shared__ Brick<T, X, Y, Z, 1> second;
    const int3 origin = make_int3(blockIdx.x * X, blockIdx.y * Y, blockIdx.z * Z);
    const int weights[4] = {9, -4, 2, -1};
    const auto index = [size](int x, int y, int z) { return (z * size.y + y) * size.x + x; };

    for_each_cell<X, Y, Z>(2, [&](int x, int y, int z) {
        first.at(x, y, z) = field[index(Boundary::fold(origin.x + x, size.x), Boundary::fold(origin.y + y, size.y),
                                        Boundary::fold(origin.z + z, size.z))];
    });
    __syncthreads();
    for_each_cell<X, Y, Z>(1, [&](int x, int y, int z) {
        second.at(x, y, z) = static_cast<T>(weigh(first, x, y, z, weights) % modulus);
    });
    __syncthreads();
    const int x = threadIdx.x, y = threadIdx.y, z = threadIdx.z;
    result[index(origin.x + x, origin.y + y, origin.z + z)] = static_cast<T>(weigh(second, x, y, z, weights) % modulus);
}
