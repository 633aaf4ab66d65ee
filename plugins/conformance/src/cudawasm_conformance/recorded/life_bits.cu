// Game of life on a torus, 32 cells per word, several generations in shared memory with bit-sliced neighbour counts.
// Full adders are three-input logic operations in PTX; also tracks the population and detects still or extinct boards.
#include <cstdint>

struct BitPair {
    uint32_t low, high;
};

__device__ __forceinline__ uint32_t xor3(uint32_t a, uint32_t b, uint32_t c) {
    uint32_t r;
    asm("lop3.b32 %0, %1, %2, %3, 0x96;" : "=r"(r) : "r"(a), "r"(b), "r"(c));
    return r;
}
__device__ __forceinline__ uint32_t majority(uint32_t a, uint32_t b, uint32_t c) {
    uint32_t r;
    asm("lop3.b32 %0, %1, %2, %3, 0xE8;" : "=r"(r) : "r"(a), "r"(b), "r"(c));
    return r;
}
__device__ BitPair full_add(uint32_t a, uint32_t b, uint32_t c) { return {xor3(a, b, c), majority(a, b, c)}; }

template <int WORDS, int ROWS> struct Board {
    uint32_t rows[ROWS][WORDS];

    // The words whose bits are the left, own and right neighbours of row y, word x.
    __device__ void window(int y, int x, uint32_t (&out)[3]) const {
        const uint32_t* row = rows[(y + ROWS) % ROWS];
        const uint32_t mid = row[x];
        out[0] = __funnelshift_l(row[(x + WORDS - 1) % WORDS], mid, 1);
        out[1] = mid;
        out[2] = __funnelshift_r(mid, row[(x + 1) % WORDS], 1);
    }

    __device__ uint32_t next(int y, int x) const {
        uint32_t above[3], here[3], below[3];
        window(y - 1, x, above), window(y, x, here), window(y + 1, x, below);
        const BitPair a = full_add(above[0], above[1], above[2]), b = full_add(below[0], below[1], below[2]);
        const BitPair c = {here[0] ^ here[2], here[0] & here[2]};
        const BitPair ones = full_add(a.low, b.low, c.low);
        const BitPair twos = full_add(a.high, b.high, c.high);
        // Count = ones.low + 2 * (ones.high + twos.low) + 4 * twos.high; alive at 3, or at 2 when alive already.
        const uint32_t two = ones.high ^ twos.low, four = twos.high | (ones.high & twos.low);
        return two & ~four & (ones.low | here[1]);
    }
};

enum class Fate : int { Running, Still, Extinct };

template <int WORDS, int ROWS>
__global__ void life(const uint32_t* start, uint32_t* final_board, int* population, int* fates, int generations) {
    static_assert(sizeof(Board<WORDS, ROWS>) == WORDS * ROWS * 4, "no padding");
    __shared__ Board<WORDS, ROWS> boards[2];
    __shared__ int alive;
    const int x = threadIdx.x, y = threadIdx.y, self = y * WORDS + x, base = blockIdx.x * WORDS * ROWS;
    boards[0].rows[y][x] = start[base + self];
    if (self == 0) alive = 0;
    __syncthreads();

    int turn = 0;
    Fate fate = Fate::Running;
    for (int g = 0; g < generations && fate == Fate::Running; ++g, turn ^= 1) {
        const auto& now = boards[turn];
        auto& then = boards[turn ^ 1];
        const uint32_t was = now.rows[y][x], is = then.rows[y][x] = now.next(y, x);
        atomicAdd(&alive, __popc(is));
        const bool changed = __syncthreads_or(was != is);
        const int count = alive;
        __syncthreads();
        if (self == 0) population[blockIdx.x * generations + g] = count, alive = 0;
        __syncthreads();
        if (count == 0)
            fate = Fate::Extinct;
        else if (!changed)
            fate = Fate::Still;
    }
    final_board[base + self] = boards[turn].rows[y][x];
    if (self == 0) fates[blockIdx.x] = static_cast<int>(fate);
}
