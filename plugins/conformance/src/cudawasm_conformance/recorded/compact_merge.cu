// Stream compaction of two sorted arrays by predicates, then a stable parallel merge of what is left (merge path).
// Several arrays are carved out of one dynamic shared allocation; each thread merges a fixed number of outputs.
#include <cstdint>

struct Item {
    uint16_t key;
    uint16_t source;  // the array in the top bit, the index below
};

struct Arena {
    unsigned char* next;
    template <typename T> __device__ T* take(int count) {
        constexpr uintptr_t align = alignof(T) - 1;
        next = reinterpret_cast<unsigned char*>((reinterpret_cast<uintptr_t>(next) + align) & ~align);
        T* const result = reinterpret_cast<T*>(next);
        next += count * sizeof(T);
        return result;
    }
};

template <typename Pred>
__device__ int compact(const uint16_t* in, int n, Item* out, uint16_t tag, unsigned* votes, Pred keep) {
    int kept = 0;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    for (int base = 0; base < n; base += blockDim.x) {
        const int i = base + threadIdx.x;
        const bool mine = i < n && keep(in[i], i);
        const unsigned vote = __ballot_sync(0xffffffffu, mine);
        if (lane == 0) votes[warp] = vote;
        __syncthreads();
        int before = kept + __popc(vote & ((1u << lane) - 1));
        for (int w = 0; w < warps; ++w) {
            const int c = __popc(votes[w]);
            kept += c;
            if (w < warp) before += c;
        }
        if (mine) out[before] = {in[i], static_cast<uint16_t>(tag | i)};
        __syncthreads();
    }
    return kept;
}

// How many of the first `diagonal` merged items come from a.
__device__ int merge_path(const Item* a, int m, const Item* b, int n, int diagonal) {
    int low = max(0, diagonal - n), high = min(diagonal, m);
    while (low < high) {
        const int mid = low + (high - low) / 2;
        if (a[mid].key <= b[diagonal - 1 - mid].key)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

template <int PER_THREAD>
__global__ void merge(const uint16_t* a, int m, const uint16_t* b, int n, Item* out, int* sizes, int divisor) {
    extern __shared__ unsigned char memory[];
    Arena arena{memory};
    auto* const flags = arena.take<uint8_t>(3);
    auto* const votes = arena.take<unsigned>(32);
    auto* const as = arena.take<Item>(m);
    auto* const bs = arena.take<Item>(n);
    auto* const sums = arena.take<unsigned long long>(2);
    if (threadIdx.x < 2) sums[threadIdx.x] = 0, flags[threadIdx.x] = 0;

    const int kept_a = compact(a, m, as, 0, votes, [=](unsigned v, int) { return v % divisor != 0; });
    int rejected = 0;
    const int kept_b = compact(b, n, bs, 0x8000, votes, [&](uint16_t, int i) {
        const bool ok = (i & 3) != 3 || i % 5 == 0;
        rejected += !ok;
        return ok;
    });
    const int total = kept_a + kept_b;
    for (int first = threadIdx.x * PER_THREAD; first < total; first += blockDim.x * PER_THREAD) {
        int i = merge_path(as, kept_a, bs, kept_b, first), j = first - i;
        for (int k = first; k < min(first + PER_THREAD, total); ++k) {
            const bool from_a = j >= kept_b || (i < kept_a && as[i].key <= bs[j].key);
            out[k] = from_a ? as[i++] : bs[j++];
            atomicAdd(&sums[from_a], static_cast<unsigned long long>(k) * k);
        }
        if (i == kept_a) flags[0] = 1;
        if (j == kept_b) flags[1] = 1;
    }
    const int b_rejects = __syncthreads_count(rejected > 0);
    if (threadIdx.x == 0) {
        sizes[0] = kept_a, sizes[1] = kept_b, sizes[2] = b_rejects;
        sizes[3] = static_cast<int>(sums[0] % 1000003), sizes[4] = static_cast<int>(sums[1] % 1000003);
        sizes[5] = flags[0] + flags[1];
    }
}
