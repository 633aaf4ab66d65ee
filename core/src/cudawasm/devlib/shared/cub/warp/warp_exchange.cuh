// Items that change places in a warp. Blocked: lane t has items t * n to t * n + n - 1; striped: t, t + lanes, ..
#ifndef __CUDAWASM_CUB_WARP_EXCHANGE__
#define __CUDAWASM_CUB_WARP_EXCHANGE__
#include <cub/util_ptx.cuh>
namespace cub {
enum WarpExchangeAlgorithm { WARP_EXCHANGE_SMEM, WARP_EXCHANGE_SHUFFLE };

template <typename T, int ITEMS_PER_THREAD, int LOGICAL_WARP_THREADS = CUB_PTX_WARP_THREADS, int LEGACY_PTX_ARCH = 0,
          WarpExchangeAlgorithm ALGORITHM = WARP_EXCHANGE_SMEM>
class WarpExchange {
    static constexpr int count = ITEMS_PER_THREAD, width = LOGICAL_WARP_THREADS;
    static_assert(detail::is_power_of_two(width), "a logical warp that exchanges items has a power of two of threads");

public:
    struct TempStorage { T items[LOGICAL_WARP_THREADS * ITEMS_PER_THREAD]; };

private:
    TempStorage& storage;
    const int lane;
    __device__ void sync() { __syncwarp(WarpMask<width>(LaneId() / width)); }

public:
    WarpExchange() = delete;
    __device__ WarpExchange(TempStorage& temp_storage) : storage(temp_storage), lane((int)LaneId() % width) {}
    template <typename U> __device__ void BlockedToStriped(const T (&input)[count], U (&output)[count]) {
#pragma unroll
        for (int i = 0; i < count; ++i) storage.items[lane * count + i] = input[i];
        sync();
#pragma unroll
        for (int i = 0; i < count; ++i) output[i] = storage.items[lane + i * width];
    }
    template <typename U> __device__ void StripedToBlocked(const T (&input)[count], U (&output)[count]) {
#pragma unroll
        for (int i = 0; i < count; ++i) storage.items[lane + i * width] = input[i];
        sync();
#pragma unroll
        for (int i = 0; i < count; ++i) output[i] = storage.items[lane * count + i];
    }
    template <typename U, typename Rank>
    __device__ void ScatterToStriped(const T (&input)[count], U (&output)[count], Rank (&ranks)[count]) {
#pragma unroll
        for (int i = 0; i < count; ++i) storage.items[ranks[i]] = input[i];
        sync();
#pragma unroll
        for (int i = 0; i < count; ++i) output[i] = storage.items[lane + i * width];
    }
    template <typename Rank> __device__ void ScatterToStriped(T (&items)[count], Rank (&ranks)[count]) {
        ScatterToStriped(items, items, ranks); }
};
}  // namespace cub
#endif
