// Groups the items of each warp by key and lets one lane per group do the atomic for all of them.
// Counters, sums and maxima per key are order-free; the slots handed out are checked to be a permutation.
#include <cooperative_groups.h>
#include <cstdint>

namespace cg = cooperative_groups;

struct Totals {
    unsigned count;
    int sum;
    int highest;
    unsigned pad;
};

__device__ int aggregated_increment(int* counter) {
    const auto active = cg::coalesced_threads();
    int base = 0;
    if (active.thread_rank() == 0) base = atomicAdd(counter, static_cast<int>(active.size()));
    return active.shfl(base, 0) + static_cast<int>(active.thread_rank());
}

template <typename T, typename Op> __device__ T reduce_over(unsigned peers, T value, Op op) {
    // Walks the peers' lanes from the lowest; every lane of the group does the same shuffles.
    T result = value;
    bool first = true;
    for (unsigned rest = peers; rest; rest &= rest - 1) {
        const T other = __shfl_sync(peers, value, __ffs(rest) - 1);
        result = first ? other : op(result, other);
        first = false;
    }
    return result;
}

__global__ void aggregate(const uint8_t* keys, const int* values, int n, Totals* totals, int* even_count, uint8_t* seen,
                          uint32_t* groups) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const int lane = threadIdx.x & 31;
    const unsigned present = __ballot_sync(0xffffffffu, i < n);
    if (i >= n) return;

    const int key = keys[i], value = values[i];
    const unsigned peers = __match_any_sync(present, key);
    const int leader = __ffs(peers) - 1;
    const int sum = reduce_over(peers, value, [](int a, int b) { return a + b; });
    const int top = __reduce_max_sync(peers, value);
    if (lane == leader) {
        Totals& t = totals[key];
        atomicAdd(&t.count, __popc(peers));
        atomicAdd(&t.sum, sum);
        atomicMax(&t.highest, top);
    }
    __syncwarp(present);
    groups[i] = peers;

    int same = 0;
    const unsigned all = __match_all_sync(present, key >> 3, &same);
    if (same && lane == __ffs(all) - 1) atomicAdd(&totals[key & ~7].pad, 1u);

    if (value % 2 == 0) {
        const int slot = aggregated_increment(even_count);
        seen[slot] += 1;
    } else if (__any_sync(__activemask(), value < -1000)) {
        atomicSub(&totals[0].sum, 1 << 20);
    }
}
