// Cooperative groups: tiles of every size, tiles of tiles, partitions by predicate and label, reductions and scans.
// A pairwise product of group results goes through a generic helper that works for any group type.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
#include <cstdint>

namespace cg = cooperative_groups;

struct Summary {
    int total, least, scanned;
    unsigned rank;
};

template <typename Group> __device__ Summary summarise(const Group& group, int v) {
    Summary s;
    s.total = cg::reduce(group, v, cg::plus<int>());
    s.least = cg::reduce(group, v, cg::less<int>());
    const int before = cg::exclusive_scan(group, v + 1, [](int a, int b) { return a > b ? a : b; });
    s.scanned = cg::inclusive_scan(group, v) - (group.thread_rank() ? before : 0);
    s.rank = group.thread_rank() * 100 + group.num_threads();
    group.sync();
    return s;
}

__device__ void add(uint32_t*& out, const Summary& s) {
    for (const uint32_t word : {static_cast<uint32_t>(s.total), static_cast<uint32_t>(s.least),
                                static_cast<uint32_t>(s.scanned), s.rank})
        *out++ = word;
}

// The product over tile sizes given as a pack.
template <int... SIZES> __device__ void over_tiles(const cg::thread_block& block, int v, uint32_t*& out) {
    (add(out, summarise(cg::tiled_partition<SIZES>(block), v)), ...);
}

template <typename Tile> __device__ unsigned vote_words(const Tile& tile, int v) {
    unsigned word = tile.ballot(v & 1);
    word = word * 5 + tile.any(v > 40) * 2 + tile.all(v > -40);
    word ^= tile.match_any(v & 3) << 1;
    return word + tile.shfl(v, tile.size() - 1) + tile.shfl_down(v, 1) * 3 + tile.shfl_xor(v, tile.size() / 2);
}

__global__ void groups(const int* in, uint32_t* out, int per_thread) {
    __shared__ int staged[128];
    const auto block = cg::this_thread_block();
    const unsigned rank = block.thread_rank();
    const dim3 index = block.thread_index(), dims = block.dim_threads();
    const int v = in[block.group_index().x * block.size() + rank];
    uint32_t* mine = out + (blockIdx.x * block.num_threads() + rank) * per_thread;
    *mine++ = index.x + 10 * index.y + 100 * index.z + 1000 * dims.x + 10000 * dims.y;

    over_tiles<1, 4, 8, 32>(block, v, mine);
    const auto warp = cg::tiled_partition<32>(block);
    const auto half = cg::tiled_partition<16>(warp);
    *mine++ = vote_words(half, v) + vote_words(cg::tiled_partition<2>(half), v) * 17;
    *mine++ = warp.meta_group_rank() * 100 + warp.meta_group_size() * 10 + half.meta_group_rank();

    const auto by_sign = cg::binary_partition(warp, v >= 0);
    *mine++ = cg::reduce(by_sign, static_cast<unsigned>(v), cg::bit_xor<unsigned>()) + by_sign.size();
    const auto by_label = cg::labeled_partition(half, v & 3);
    *mine++ = cg::reduce(by_label, v * 2u + 1, [](unsigned a, unsigned b) { return a * b; }) ^ by_label.shfl(v, 0);
    *mine++ = cg::exclusive_scan(by_label, static_cast<unsigned>(v) & 0xff, cg::plus<unsigned>());

    // Only some tiles take the branch, as a whole.
    uint32_t extra = 0;
    if (half.meta_group_rank() == 1 || warp.meta_group_rank() == 2) {
        staged[rank] = v;
        half.sync();
        const int partner = static_cast<int>(rank ^ 15u);
        extra = staged[partner] * 2 + cg::reduce(half, v, cg::greater<int>());
    } else if (warp.meta_group_rank() % 2) {
        extra = cg::inclusive_scan(half, v, cg::bit_or<int>());
    }
    *mine++ = extra;

    cg::sync(block);
    staged[rank] = v + static_cast<int>(rank);
    block.sync();
    *mine++ = staged[(rank + 37) % block.size()];
    const int64_t big = cg::reduce(warp, v * (1ll << 30), cg::plus<long long>());
    *mine++ = static_cast<uint32_t>(big >> 15);
    *mine++ = static_cast<int>(cg::reduce(half, static_cast<float>(v), cg::plus<float>()));

    if (v & 4) {
        const auto active = cg::coalesced_threads();
        // The same in whatever way the threads of a warp happen to be grouped.
        *mine++ = active.thread_rank() < active.size() && active.any(v & 4) && active.all(v & 4);
    }
}
