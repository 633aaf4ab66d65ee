// Barriers in nested uniform control flow: a phase machine, loops that end by a vote, and blocks on different branches.
// Barriers also sit in device functions with their own shared arrays, and some threads leave before the last ones.
#include <cassert>
#include <cstdint>

enum class Phase : uint8_t { Fill, Spread, Fold, Done };
__device__ Phase& operator++(Phase& p) { return p = static_cast<Phase>(static_cast<int>(p) + 1); }

template <int N, typename Op> __device__ int block_fold(int v, Op op) {
    __shared__ int cells[N];
    const int t = threadIdx.x;
    cells[t] = v;
    __syncthreads();
    for (int half = N / 2; half > 0; half /= 2) {
        if (t < half) cells[t] = op(cells[t], cells[t + half]);
        __syncthreads();
    }
    const int result = cells[0];
    __syncthreads();
    return result;
}

// Raises the cells of a ring until no two neighbours differ by more than one; returns the number of rounds.
__device__ int relax(int* cells, int n, int limit) {
    const int t = threadIdx.x;
    int round = 0;
    bool changed;
    do {
        const int own = cells[t], most = max(cells[(t + n - 1) % n], cells[(t + 1) % n]);
        const int next = own + (most > own + 1 ? max(1, (most - own) / 2) : 0);
        changed = next != own;
        __syncthreads();
        cells[t] = next;
        ++round;
    } while (__syncthreads_or(changed) && round < limit);
    return round;
}

template <int N> __device__ int mix(int* cells, int seed) {
    const int t = threadIdx.x;
    for (int outer = 0; outer < 3; ++outer) {
        if (outer == 1 && seed % 2 == 0) continue;
        for (int inner = 1; inner <= outer + 1; inner <<= 1) {
            const int far = cells[(t + inner * seed) % N];
            __syncthreads();
            if (inner & 1) {
                cells[t] = (cells[t] * 3 + far) % 1009;
                __syncthreads();
            } else if (__syncthreads_and(far >= 0)) {
                cells[N - 1 - t] = (far + t) % 1009;
                __syncthreads();
                if (cells[0] % 4 == 3) return -outer;
            }
        }
    }
    return __syncthreads_count(cells[t] % 2);
}

struct Report {
    int total, greatest, rounds, mixed, even, pairs;
};

template <int N> __global__ void phases(const int* scores, int* final_cells, Report* reports, int stay, int limit) {
    __shared__ int cells[N];
    const int t = threadIdx.x, block = blockIdx.x;
    Report report = {};
    for (Phase phase = Phase::Fill; phase != Phase::Done; ++phase) {
        switch (phase) {
        case Phase::Fill:
            cells[t] = scores[block * N + t];
            __syncthreads();
            break;
        case Phase::Spread:
            if (block % 3 == 0) {
                report.rounds = relax(cells, N, limit);
                assert(report.rounds <= limit);
            } else if (block % 3 == 1) {
                report.mixed = mix<N>(cells, block + 3);
            } else {
                report.mixed = mix<N>(cells, 2 * block + 1);
                if (report.mixed <= 0 || report.mixed > 10) report.rounds = relax(cells, N, 5);
            }
            __syncthreads();
            [[fallthrough]];
        case Phase::Fold:
            // Reached twice: by falling through and as a phase of its own.
            report.total = block_fold<N>(cells[t], [](int a, int b) { return a + b; }) - report.total;
            report.greatest =
                block_fold<N>(cells[t] * (phase == Phase::Fold ? 1 : -1), [](int a, int b) { return max(a, b); });
            break;
        case Phase::Done: break;
        }
    }
    final_cells[block * N + t] = cells[t];

    if (t >= stay) return;  // the barriers below are for the others
    __syncthreads();
    int sum = cells[t];
    for (int d = 1; d < stay; d *= 2) {
        const int other = t >= d ? cells[t - d] : 0;
        __syncthreads();
        cells[t] = sum += other;
        __syncthreads();
    }
    report.even = __syncthreads_count(sum % 2 == 0);
    report.pairs = __syncthreads_and(t == 0 || cells[t] >= cells[t - 1]) + 2 * __syncthreads_or(cells[t] == 77);
    if (t == 0) reports[block] = report;
}
