// Items that change places in a block. Blocked: thread t has items t * n to t * n + n - 1; striped: t, t + threads, ..
#ifndef __CUDAWASM_CUB_BLOCK_EXCHANGE__
#define __CUDAWASM_CUB_BLOCK_EXCHANGE__
#include <cub/detail/block_collective.cuh>
namespace cub {
template <typename T, int BLOCK_DIM_X, int ITEMS_PER_THREAD, bool WARP_TIME_SLICING = false, int BLOCK_DIM_Y = 1,
          int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockExchange {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;
    static constexpr int count = ITEMS_PER_THREAD;

public:
    struct TempStorage { T items[threads * ITEMS_PER_THREAD]; };
    __CW_BLOCK_COLLECTIVE(BlockExchange)

private:
    struct blocked {
        int first;
        __device__ blocked(int thread) : first(thread * count) {}
        __device__ int operator[](int i) const { return first + i; }
    };
    struct striped {
        int first;
        __device__ striped(int thread) : first(thread) {}
        __device__ int operator[](int i) const { return first + i * threads; }
    };
    struct warp_striped {  // a last warp that is not full has shorter stripes
        int first, stride;
        __device__ warp_striped(int thread)
            : first(thread / 32 * 32 * count + thread % 32),
              stride(threads % 32 == 0 ? 32 : min(32, threads - thread / 32 * 32)) {}
        __device__ int operator[](int i) const { return first + i * stride; }
    };
    template <typename U, typename To, typename From>
    __device__ void move(const T (&input)[count], U (&output)[count], const To& to, const From& from) {
#pragma unroll
        for (int i = 0; i < count; ++i) storage.items[to[i]] = input[i];
        __syncthreads();
#pragma unroll
        for (int i = 0; i < count; ++i) output[i] = storage.items[from[i]];
    }

public:
#define __CW_EXCHANGE(name, to, from)                                                            \
    template <typename U> __device__ void name(const T (&input)[count], U (&output)[count]) {      \
        move(input, output, to(thread), from(thread)); }                                           \
    __device__ void name(T (&items)[count]) { move(items, items, to(thread), from(thread)); }
    __CW_EXCHANGE(StripedToBlocked, striped, blocked)
    __CW_EXCHANGE(BlockedToStriped, blocked, striped)
    __CW_EXCHANGE(WarpStripedToBlocked, warp_striped, blocked)
    __CW_EXCHANGE(BlockedToWarpStriped, blocked, warp_striped)
#undef __CW_EXCHANGE

    template <typename U, typename Rank>
    __device__ void ScatterToBlocked(const T (&input)[count], U (&output)[count], Rank (&ranks)[count]) {
        move(input, output, ranks, blocked(thread)); }
    template <typename Rank> __device__ void ScatterToBlocked(T (&items)[count], Rank (&ranks)[count]) {
        move(items, items, ranks, blocked(thread)); }
    template <typename U, typename Rank>
    __device__ void ScatterToStriped(const T (&input)[count], U (&output)[count], Rank (&ranks)[count]) {
        move(input, output, ranks, striped(thread)); }
    template <typename Rank> __device__ void ScatterToStriped(T (&items)[count], Rank (&ranks)[count]) {
        move(items, items, ranks, striped(thread)); }

    // Items of negative rank, or without a flag, are left out; what nobody scatters to means nothing.
    template <typename U, typename Rank>
    __device__ void ScatterToStripedGuarded(const T (&input)[count], U (&output)[count], Rank (&ranks)[count]) {
        bool valid[count];
#pragma unroll
        for (int i = 0; i < count; ++i) valid[i] = ranks[i] >= 0;
        ScatterToStripedFlagged(input, output, ranks, valid);
    }
    template <typename Rank> __device__ void ScatterToStripedGuarded(T (&items)[count], Rank (&ranks)[count]) {
        ScatterToStripedGuarded(items, items, ranks); }
    template <typename U, typename Rank, typename Flag> __device__ void ScatterToStripedFlagged(
        const T (&input)[count], U (&output)[count], Rank (&ranks)[count], Flag (&is_valid)[count]) {
#pragma unroll
        for (int i = 0; i < count; ++i)
            if (is_valid[i]) storage.items[ranks[i]] = input[i];
        __syncthreads();
#pragma unroll
        for (int i = 0; i < count; ++i) output[i] = storage.items[striped(thread)[i]];
    }
    template <typename Rank, typename Flag>
    __device__ void ScatterToStripedFlagged(T (&items)[count], Rank (&ranks)[count], Flag (&is_valid)[count]) {
        ScatterToStripedFlagged(items, items, ranks, is_valid); }
};
}  // namespace cub
#endif
