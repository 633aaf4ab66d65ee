// Decodes UTF-8 in parallel, replacing malformed bytes, and writes UTF-32 and UTF-16 without gaps by block-wide scans.
// Every byte decides alone whether a valid sequence starts there or a valid one before it covers it.
#include <cooperative_groups.h>
#include <cooperative_groups/scan.h>
#include <cstdint>

namespace cg = cooperative_groups;

constexpr uint32_t REPLACEMENT = 0xfffd;

struct Decoded {
    uint32_t point;
    int length;  // zero when no valid sequence starts here
};

struct LeadClass {
    uint8_t low, high;    // range of the lead byte
    uint8_t length;
    uint8_t second_low, second_high;
};
__constant__ LeadClass leads[] = {
    {0x00, 0x7f, 1, 0, 0},       {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf},
    {0xf4, 0xf4, 4, 0x80, 0x8f},
};

__device__ Decoded decode(const uint8_t* p, const uint8_t* end) {
    const uint8_t lead = *p;
    for (const LeadClass& c : leads) {
        if (lead < c.low || lead > c.high) continue;
        if (end - p < c.length) return {0, 0};
        uint32_t point = c.length == 1 ? lead : lead & (0xffu >> (c.length + 1));
        uint8_t low = c.second_low, high = c.second_high;
        for (int k = 1; k < c.length; ++k, low = 0x80, high = 0xbf) {
            if (p[k] < low || p[k] > high) return {0, 0};
            point = point << 6 | (p[k] & 0x3f);
        }
        return {point, c.length};
    }
    return {};
}

enum Role : int { START, COVERED, MALFORMED };

__device__ Role role_of(const uint8_t* text, int i, int n, Decoded& d) {
    if ((d = decode(text + i, text + n)).length > 0) return START;
    for (int back = 1; back <= 3 && back <= i; ++back)
        if (decode(text + i - back, text + n).length > back) return COVERED;
    d.point = REPLACEMENT;
    return MALFORMED;
}

template <int TILE> class BlockScan {
    cg::thread_block block_;
    int* totals_;

public:
    __device__ BlockScan(const cg::thread_block& block, int* totals) : block_(block), totals_(totals) {}
    // The exclusive prefix of v over the block; the block's total is added to `running` in every thread.
    __device__ int operator()(int v, int& running) {
        const auto tile = cg::tiled_partition<TILE>(block_);
        const int within = cg::exclusive_scan(tile, v);
        if (tile.thread_rank() == TILE - 1) totals_[tile.meta_group_rank()] = within + v;
        block_.sync();
        int before = running;
        for (unsigned g = 0; g < tile.meta_group_size(); ++g) {
            if (g < tile.meta_group_rank()) before += totals_[g];
            running += totals_[g];
        }
        block_.sync();
        return before + within;
    }
};

__global__ void utf8(const uint8_t* text, int n, uint32_t* utf32, uint16_t* utf16, uint16_t* positions, int* summary) {
    __shared__ int totals[32], malformed, highest;
    const auto block = cg::this_thread_block();
    BlockScan<16> scan(block, totals);
    if (block.thread_rank() == 0) malformed = highest = 0;
    block.sync();
    int points = 0, units = 0;
    for (int base = 0; base < n; base += block.size()) {
        const int i = base + block.thread_rank();
        Decoded d{};
        const Role role = i < n ? role_of(text, i, n, d) : COVERED;
        const int width = role == COVERED ? 0 : d.point >= 0x10000 ? 2 : 1;
        const int at32 = scan(role != COVERED, points), at16 = scan(width, units);
        switch (role) {
        case MALFORMED: atomicAdd(&malformed, 1); [[fallthrough]];
        case START:
            utf32[at32] = d.point, positions[at32] = static_cast<uint16_t>(i);
            if (width == 2) {
                const uint32_t rest = d.point - 0x10000;
                utf16[at16] = 0xd800 | rest >> 10, utf16[at16 + 1] = 0xdc00 | (rest & 0x3ff);
            } else {
                utf16[at16] = static_cast<uint16_t>(d.point);
            }
            atomicMax(&highest, static_cast<int>(d.point));
            break;
        case COVERED: break;
        }
    }
    block.sync();
    if (block.thread_rank() == 0) summary[0] = points, summary[1] = units, summary[2] = malformed, summary[3] = highest;
}
