// Warp shuffles of all kinds, widths and types, with full and partial masks, many of them inside divergent branches.
// Builds scans, rotations, broadcasts and a sort from them; votes and matches are taken over the same subsets.
#include <cstdint>
#include <cuda_fp16.h>

constexpr unsigned FULL = 0xffffffffu;

enum Slot { SCAN, ROTATED, ODD_SUM, SEGMENT, HALVES, REVERSED, SORTED, VOTES, MATCHES, LOOPED, WIDE, PREDICATED,
    SLOTS };

template <int WIDTH, typename T> __device__ T inclusive_scan(T v, unsigned mask = FULL) {
    const int lane = threadIdx.x & (WIDTH - 1);
    for (int d = 1; d < WIDTH; d += d) {
        const T up = __shfl_up_sync(mask, v, d, WIDTH);
        v += lane >= d ? up : T(0);
    }
    return v;
}

template <int WIDTH> __device__ int sort_lanes(int v) {
    const int lane = threadIdx.x % WIDTH;
#pragma unroll
    for (int size = 2; size <= WIDTH; size *= 2)
#pragma unroll
        for (int stride = size / 2; stride > 0; stride /= 2) {
            const int other = __shfl_xor_sync(FULL, v, stride, WIDTH);
            const bool keep_small = ((lane & stride) == 0) == ((lane & size) == 0 || size == WIDTH);
            v = keep_small ? min(v, other) : max(v, other);
        }
    return v;
}

__global__ void shuffles(const int* in, uint32_t* out, double* doubles) {
    const int t = threadIdx.x, lane = t & 31, i = blockIdx.x * blockDim.x + t;
    const int v = in[i];
    uint32_t* const mine = out + i * SLOTS;

    mine[SCAN] = inclusive_scan<32>(v) * 3 + inclusive_scan<8>(v) + inclusive_scan<1>(v);
    mine[ROTATED] = __shfl_sync(FULL, v, lane + 5) ^ __shfl_sync(FULL, v, lane + 13, 16) ^ __shfl_sync(FULL, v, 7, 4);

    // Odd and even lanes go apart, and each half shuffles among itself.
    if (lane & 1) {
        int sum = v;
        for (int d = 16; d > 1; d >>= 1) sum += __shfl_xor_sync(0xaaaaaaaau, sum, d);
        mine[ODD_SUM] = sum;
    } else {
        const int first = __shfl_sync(0x55555555u, v, 0);
        if (lane & 2)
            mine[ODD_SUM] = __reduce_min_sync(0x44444444u, v) - first;
        else
            mine[ODD_SUM] = __reduce_max_sync(0x11111111u, v) + first;
    }

    // Segments of unequal length: each works under its own mask, given by a switch.
    switch (lane / 8) {
    case 0: mine[SEGMENT] = inclusive_scan<8>(v, 0x000000ffu); break;
    case 1:
    case 2: {
        const unsigned mask = 0x00ffff00u;
        const int src = 8 + (lane - 8 + 6) % 16;
        mine[SEGMENT] = __shfl_sync(mask, v, src) - __shfl_xor_sync(mask, v, 4, 8);
        break;
    }
    default: mine[SEGMENT] = __shfl_down_sync(0xff000000u, v, 3, 8) + __shfl_sync(0xff000000u, v, 31); break;
    }
    __syncwarp();

    const __half2 h = __halves2half2(__int2half_rn(v % 100), __int2half_rn(lane));
    const __half2 hs = __hadd2(__shfl_xor_sync(FULL, h, 9), __shfl_down_sync(FULL, h, 2, 8));
    mine[HALVES] = __half2int_rn(hs.x) * 1000 + __half2int_rn(__high2half(hs));

    const unsigned long long w = static_cast<unsigned long long>(v) << 20 | lane;
    mine[REVERSED] = static_cast<uint32_t>(__shfl_sync(FULL, w, 31 - lane) >> 13);
    mine[SORTED] = sort_lanes<32>(v) ^ sort_lanes<8>(v + lane);

    uint32_t votes = __ballot_sync(FULL, v > 0);
    if (v > 0) {  // the voters' own mask
        votes = __ballot_sync(votes, v % 3 == 0) + __all_sync(votes, v % 2) * 5;
    } else {
        votes = __ballot_sync(~votes, v % 5 == 0) ^ (__any_sync(~votes, v == 0) ? 1u : 0u);
    }
    mine[VOTES] = votes;
    int all_same;
    const unsigned same = __match_any_sync(FULL, v & 3), everyone = __match_all_sync(same, v & 3, &all_same);
    mine[MATCHES] = same * 2 + (everyone == same) + all_same;

    // Lanes leave a loop one after the other; the mask shrinks with them.
    unsigned live = FULL, rounds = 0, gathered = 0;
    const unsigned trips = lane % 5 + 1;
    while (true) {
        live = __ballot_sync(live, rounds < trips);
        if (rounds >= trips) break;
        const int low = __ffs(live) - 1;
        gathered = gathered * 7 + __shfl_sync(live, v + static_cast<int>(rounds), low);
        ++rounds;
    }
    mine[LOOPED] = gathered + __popc(live);
    __syncwarp();

    double d = v * 0.5;
    for (int k = 1; k < 32; k <<= 1) d += __shfl_xor_sync(FULL, d, k);
    doubles[i] = d + __shfl_up_sync(FULL, d + lane, 4, 16);
    const char small = __shfl_down_sync(FULL, static_cast<char>(v), 1) + static_cast<char>(lane);
    mine[WIDE] = static_cast<uint8_t>(small) | static_cast<uint32_t>(__shfl_xor_sync(FULL, -1.5f * v, 1) < 0) << 8;
    mine[PREDICATED] = lane < 20 ? __reduce_add_sync(0x000fffffu, v) : __reduce_xor_sync(0xfff00000u, uint32_t(v) * 9u);
}
