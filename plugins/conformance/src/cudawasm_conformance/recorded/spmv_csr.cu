// Sparse matrix times vector in CSR form, one tile of LANES threads per row, for several value types and semirings.
// Each tile reduces through cooperative groups; the leader also stores the row's largest magnitude and its column.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cstdint>

namespace cg = cooperative_groups;

namespace semiring {
template <typename T> struct PlusTimes {
    using value_type = T;
    static constexpr T zero = T(0);
    static __device__ T multiply(T a, T b) { return a * b; }
    __device__ T operator()(T a, T b) const { return a + b; }
};
template <typename T> struct MinPlus {
    using value_type = T;
    static constexpr T zero = T(1 << 20);
    static __device__ T multiply(T a, T b) { return a + b; }
    __device__ T operator()(T a, T b) const { return a < b ? a : b; }
};
}  // namespace semiring

struct Peak {
    uint32_t magnitude;
    int32_t column;
};

template <typename Ring, int LANES>
__global__ void spmv(const int* __restrict__ row_start, const uint16_t* __restrict__ columns,
                     const typename Ring::value_type* __restrict__ values,
                     const typename Ring::value_type* __restrict__ x, typename Ring::value_type* __restrict__ y,
                     Peak* __restrict__ peaks, int rows) {
    using T = typename Ring::value_type;
    const Ring add{};
    const auto tile = cg::tiled_partition<LANES>(cg::this_thread_block());
    const int tiles = gridDim.x * blockDim.x / LANES;
    for (int row = (blockIdx.x * blockDim.x + threadIdx.x) / LANES; row < rows; row += tiles) {
        T sum = Ring::zero;
        uint64_t best = 0;
        const int end = row_start[row + 1];
        for (int k = row_start[row] + tile.thread_rank(); k < end; k += tile.size()) {
            const T v = __ldg(values + k);
            sum = add(sum, Ring::multiply(v, __ldg(&x[columns[k]])));
            const auto size = static_cast<uint32_t>(v < T(0) ? -v : v);
            const uint64_t packed = uint64_t{size} << 32 | (0xffffu - columns[k]);
            best = packed > best ? packed : best;
        }
        for (int d = LANES / 2; d > 0; d /= 2) {
            const uint64_t other = tile.shfl_xor(best, d);
            if (other > best) best = other;
        }
        sum = cg::reduce(tile, sum, add);
        if (tile.thread_rank() == 0) {
            y[row] = sum;
            const auto column = static_cast<int32_t>(0xffffu - static_cast<uint32_t>(best));
            peaks[row] = best ? Peak{static_cast<uint32_t>(best >> 32), column} : Peak{0, -1};
        }
    }
}
