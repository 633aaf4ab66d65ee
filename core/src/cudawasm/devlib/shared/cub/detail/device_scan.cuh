// Kernels that scan a whole array in order: tiles are reduced, their sums scanned by one block, and each tile is
// scanned on from its sum. The first is launched with a block for each tile but the last, the third with one for each.
#ifndef __CUDAWASM_CUB_DETAIL_DEVICE_SCAN__
#define __CUDAWASM_CUB_DETAIL_DEVICE_SCAN__
#include <cub/block/block_load.cuh>
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/block/block_store.cuh>
namespace cub {
namespace detail {
template <int threads, int items, typename T, typename In, typename Op>
__global__ void reduce_tiles(In in, T* sums, Op op) {
    typedef BlockLoad<T, threads, items, BLOCK_LOAD_WARP_TRANSPOSE> Load;
    typedef BlockReduce<T, threads> Reduce;
    __shared__ union {
        typename Load::TempStorage load;
        typename Reduce::TempStorage reduce;
    } storage;
    T tile[items];
    Load(storage.load).Load(in + (long long)blockIdx.x * threads * items, tile);
    __syncthreads();
    T total = Reduce(storage.reduce).Reduce(tile, op);
    if (threadIdx.x == 0) sums[blockIdx.x] = total;
}
// Every tile gets what comes before it: the first the initial value, where there is one. A sum for the last tile, which
// nobody asks for, is not read.
template <int threads, typename T, typename Op>
__global__ void scan_sums(T* sums, long long tiles, Op op, T initial, bool has_initial) {
    typedef BlockScan<T, threads> Scan;
    __shared__ typename Scan::TempStorage storage;
    T before = initial, total, through;
    if (threadIdx.x == 0 && has_initial && tiles == 1) sums[0] = initial;
    for (long long first = 0; first < tiles - 1; first += threads) {
        const long long tile = first + threadIdx.x;
        T sum = sums[min(tile, tiles - 2)];
        Scan(storage).InclusiveScan(sum, through, op, total);
        const bool has_before = first > 0 || has_initial;
        if (has_before) {
            through = op(before, through);
            total = op(before, total);
        }
        __syncthreads();
        if (threadIdx.x == 0 && has_before) sums[first] = before;
        if (tile < tiles - 1 && (threadIdx.x < threads - 1 || tile == tiles - 2)) sums[tile + 1] = through;
        before = total;
        __syncthreads();
    }
}
template <bool inclusive, int threads, int items, typename T, typename In, typename Out, typename Op>
__global__ void scan_tiles(In in, const T* sums, Out out, long long count, Op op, bool has_initial) {
    typedef BlockLoad<T, threads, items, BLOCK_LOAD_WARP_TRANSPOSE> Load;
    typedef BlockScan<T, threads> Scan;
    typedef BlockStore<T, threads, items, BLOCK_STORE_WARP_TRANSPOSE> Store;
    __shared__ union {
        typename Load::TempStorage load;
        typename Scan::TempStorage scan;
        typename Store::TempStorage store;
    } storage;
    const long long first = (long long)blockIdx.x * threads * items;
    const int valid = (int)min((long long)threads * items, count - first);
    T tile[items];
    Load(storage.load).Load(in + first, tile, valid, (T)in[first]);
    __syncthreads();
    const bool has_prefix = blockIdx.x > 0 || has_initial;
    if constexpr (inclusive) {
        if (has_prefix) Scan(storage.scan).InclusiveScan(tile, tile, (T)sums[blockIdx.x], op);
        else Scan(storage.scan).InclusiveScan(tile, tile, op);
    } else Scan(storage.scan).ExclusiveScan(tile, tile, (T)sums[blockIdx.x], op);
    __syncthreads();
    Store(storage.store).Store(out + first, tile, valid);
}
// As the exclusive scan of an initial value and the items, but results go to a sink: sink(index, before, through).
template <int threads, int items, typename T, typename In, typename Sink, typename Op>
__global__ void scan_tiles_into(In in, const T* sums, Sink sink, long long count, Op op) {
    typedef BlockLoad<T, threads, items, BLOCK_LOAD_WARP_TRANSPOSE> Load;
    typedef BlockScan<T, threads> Scan;
    __shared__ union {
        typename Load::TempStorage load;
        typename Scan::TempStorage scan;
    } storage;
    const long long first = (long long)blockIdx.x * threads * items;
    T tile[items], before[items];
    Load(storage.load).Load(in + first, tile, (int)min((long long)threads * items, count - first), (T)in[first]);
    __syncthreads();
    Scan(storage.scan).ExclusiveScan(tile, before, (T)sums[blockIdx.x], op);
#pragma unroll
    for (int i = 0; i < items; ++i) {
        const long long index = first + (long long)threadIdx.x * items + i;
        if (index < count) sink(index, before[i], op(before[i], tile[i]));
    }
}
}  // namespace detail
}  // namespace cub
#endif
