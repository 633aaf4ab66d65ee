// Morton codes in two and three dimensions with their inverses, and 32 x 32 and 8 x 8 bit matrix transposes.
// The codes are spread by constexpr-made magic masks; the transposes use shuffles, ballots and 64-bit swaps.
#include <cstdint>

// The mask for the step that leaves groups of `group` bits at distance DIMS * group.
template <int DIMS> __host__ __device__ constexpr uint64_t spread_mask(int group) {
    uint64_t mask = 0;
    for (int bit = 0; bit < 64; ++bit)
        if (bit % (DIMS * group) < group) mask |= uint64_t{1} << bit;
    return mask;
}
static_assert(spread_mask<2>(1) == 0x5555555555555555ull && spread_mask<3>(1) == 0x9249249249249249ull);

template <int DIMS, int GROUP = 16> __device__ uint64_t spread(uint64_t x) {
    if constexpr (GROUP == 0) {
        return x;
    } else {
        constexpr uint64_t mask = spread_mask<DIMS>(GROUP);
        return spread<DIMS, GROUP / 2>((x | x << (DIMS - 1) * GROUP) & mask);
    }
}

template <int DIMS, int GROUP = 1> __device__ uint64_t squeeze(uint64_t x) {
    constexpr uint64_t mask = spread_mask<DIMS>(GROUP);
    x &= mask;
    if constexpr (GROUP == 32)
        return x & 0xffffffffu;
    else
        return squeeze<DIMS, GROUP * 2>(x | x >> (DIMS - 1) * GROUP);
}

template <int DIMS, typename... Cs> __device__ uint64_t morton(Cs... coordinates) {
    static_assert(sizeof...(Cs) == DIMS, "one coordinate per dimension");
    uint64_t code = 0;
    int axis = 0;
    ((code |= spread<DIMS>(static_cast<uint64_t>(coordinates)) << axis++), ...);
    return code;
}

__device__ uint32_t transpose32_shuffles(uint32_t row) {
    const unsigned lane = threadIdx.x & 31;
    uint32_t mask = 0x0000ffffu;
    for (unsigned half = 16; half; half >>= 1, mask ^= mask << half) {
        const uint32_t other = __shfl_xor_sync(0xffffffffu, row, half);
        row = lane & half ? (row & ~mask) | ((other & ~mask) >> half) : (row & mask) | ((other & mask) << half);
    }
    return row;
}

__device__ uint32_t transpose32_ballots(uint32_t row) {
    uint32_t column = 0;
    for (int bit = 0; bit < 32; ++bit) {
        const uint32_t vote = __ballot_sync(0xffffffffu, row >> bit & 1);
        if (bit == static_cast<int>(threadIdx.x % 32)) column = vote;
    }
    return column;
}

__device__ uint64_t transpose8(uint64_t x) {
    const auto swap = [&x](uint64_t mask, int by) {
        const uint64_t t = (x ^ x >> by) & mask;
        x ^= t ^ t << by;
    };
    swap(0x00AA00AA00AA00AAull, 7), swap(0x0000CCCC0000CCCCull, 14), swap(0x00000000F0F0F0F0ull, 28);
    return x;
}

__global__ void morton_bits(const uint3* points, uint64_t* codes2, uint64_t* codes3, uint8_t* checks,
                            uint32_t* transposed,
                            uint64_t* small) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const auto [x, y, z] = points[i];
    const uint64_t c2 = morton<2>(x, y), c3 = morton<3>(x & 0xffff, y & 0xffff, z & 0xffff);
    codes2[i] = c2, codes3[i] = c3;
    const bool round_trip = squeeze<2>(c2) == x && squeeze<2>(c2 >> 1) == y &&
        (squeeze<3>(c3 >> 2) & 0xffff) == (z & 0xffff);

    const uint32_t word = x ^ __brev(y) ^ z * 0x9E3779B1u;
    const uint32_t t = transpose32_shuffles(word);
    transposed[i] = t;
    const bool agree = t == transpose32_ballots(word), involution = transpose32_shuffles(t) == word;

    const uint64_t m = uint64_t{word} << 32 | y, s = transpose8(m);
    small[i] = s;
    int wrong = 0;
    for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 8; ++c) wrong += (m >> (8 * r + c) & 1) != (s >> (8 * c + r) & 1);
    checks[i] = round_trip | agree << 1 | involution << 2 | (wrong == 0) << 3 |
                (__popcll(s) == __popcll(m) && __ffsll(__brevll(m)) == __clzll(m) + 1) << 4;
}
