// Counts the solutions of the N queens problem with an explicit stack, one thread per placement of the first two rows.
// Also sums a hash of all solutions, finds the least solution as a packed number, and counts visited nodes.
#include <cstdint>

struct Level {
    uint32_t columns, left, right, free;
};

template <int N> class Search {
    static constexpr uint32_t FULL = (1u << N) - 1;
    Level stack_[N + 1];
    uint8_t chosen_[N];
    int depth_ = 0;

public:
    unsigned solutions = 0, hash = 0, nodes = 0;
    unsigned long long least = ~0ull;

    __device__ Search() { stack_[0] = {0, 0, 0, FULL}; }

    __device__ bool place(int column) {
        const uint32_t bit = 1u << column;
        Level& top = stack_[depth_];
        if (!(top.free & bit)) return false;
        const Level next = {top.columns | bit, (top.left | bit) << 1, (top.right | bit) >> 1, 0};
        chosen_[depth_++] = static_cast<uint8_t>(column);
        stack_[depth_] = next;
        stack_[depth_].free = FULL & ~(next.columns | next.left | next.right);
        return true;
    }

    template <typename Visit> __device__ void run(Visit&& visit) {
        const int floor = depth_;
        while (depth_ >= floor) {
            ++nodes;
            if (depth_ == N) {
                visit(chosen_);
                --depth_;
                continue;
            }
            Level& top = stack_[depth_];
            if (const uint32_t bit = top.free & -top.free; bit != 0) {
                place(__ffs(bit) - 1);
                top.free ^= bit;
            } else {
                --depth_;
            }
        }
    }

    __device__ void record(const uint8_t (&rows)[N]) {
        unsigned h = 0;
        unsigned long long packed = 0;
        for (auto r : rows) h = h * 33 + r, packed = packed << 4 | r;
        ++solutions, hash += h * h ^ h >> 7;
        least = packed < least ? packed : least;
    }
};

struct Totals {
    unsigned solutions, hash, nodes, deepest;
};

template <int N>
__global__ void queens(Totals* totals, unsigned long long* complement_of_least, uint16_t* per_start) {
    const int start = blockIdx.x * blockDim.x + threadIdx.x, first = start / N, second = start % N;
    if (first >= N) return;
    Search<N> search;
    if (!search.place(first) || !search.place(second)) {
        per_start[start] = 0xffff;
        return;
    }
    int calls = 0;
    search.run([&](auto& rows) {
        ++calls;
        search.record(rows);
    });
    per_start[start] = static_cast<uint16_t>(calls);
    atomicAdd(&totals->solutions, search.solutions);
    atomicAdd(&totals->hash, search.hash);
    atomicAdd(&totals->nodes, search.nodes);
    atomicMax(&totals->deepest, search.nodes);
    atomicMax(complement_of_least, ~search.least);
}
