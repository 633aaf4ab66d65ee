// Run-length encoding of a byte string by one block: ballots mark the run heads, popcounts and a block scan place them.
// Runs cross warp and tile borders; a second phase decodes by binary search and counts the mismatches.
#include <cstdint>

struct Run {
    uint32_t start;
    uint16_t length;
    uint8_t value;
};

constexpr int WARPS = 8, THREADS = WARPS * 32;

__device__ __forceinline__ unsigned lane_id() {
    unsigned id;
    asm volatile("mov.u32 %0, %%laneid;" : "=r"(id));
    return id;
}
__device__ __forceinline__ unsigned lanes_below() {
    unsigned mask;
    asm volatile("mov.u32 %0, %%lanemask_lt;" : "=r"(mask));
    return mask;
}

// Returns how many of the block's threads before this one satisfy the predicate, and the block's total by reference.
__device__ int rank_in_block(bool predicate, int& total) {
    __shared__ int counts[WARPS];
    const unsigned vote = __ballot_sync(0xffffffffu, predicate);
    if (lane_id() == 0) counts[threadIdx.x / 32] = __popc(vote);
    __syncthreads();
    int before = 0;
    total = 0;
    for (int w = 0; w < WARPS; ++w) {
        if (w < threadIdx.x / 32) before += counts[w];
        total += counts[w];
    }
    __syncthreads();
    return before + __popc(vote & lanes_below());
}

__global__ void __launch_bounds__(THREADS, 2) encode(const char* text, int n, Run* runs, int* summary, char* decoded) {
    int found = 0;
    for (int base = 0; base < n; base += THREADS) {
        const int i = base + threadIdx.x;
        const bool head = i < n && (i == 0 || text[i] != text[i - 1]);
        int total;
        const int rank = rank_in_block(head, total);
        if (head) {
            Run& r = runs[found + rank];
            r.start = i, r.value = static_cast<uint8_t>(text[i]);
        }
        found += total;
    }
    __syncthreads();
    int longest = 0;
    for (int k = threadIdx.x; k < found; k += THREADS) {
        const int end = k + 1 < found ? static_cast<int>(runs[k + 1].start) : n;
        runs[k].length = static_cast<uint16_t>(end - runs[k].start);
        longest = max(longest, end - static_cast<int>(runs[k].start));
    }
    __syncthreads();

    int wrong = 0;
    for (int i = threadIdx.x; i < n; i += THREADS) {
        const Run *lo = runs, *hi = runs + found;
        while (hi - lo > 1) {
            const Run* mid = lo + (hi - lo) / 2;
            (static_cast<int>(mid->start) <= i ? lo : hi) = mid;
        }
        decoded[i] = static_cast<char>(lo->value);
        wrong += decoded[i] != text[i] || i - lo->start >= lo->length;
    }
    const int first_bad = __syncthreads_count(wrong != 0);
    __shared__ int best;
    if (threadIdx.x == 0) best = 0;
    __syncthreads();
    longest = __reduce_max_sync(~0u, longest);
    if (lane_id() == 0) atomicMax_block(&best, longest);
    __syncthreads();
    if (threadIdx.x == 0) summary[0] = found, summary[1] = best, summary[2] = first_bad;
}
