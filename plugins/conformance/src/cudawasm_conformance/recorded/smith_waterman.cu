// Local alignment of two short sequences by anti-diagonals kept in three rotating shared buffers, affine gap costs.
// The best cell is found by a 64-bit atomicMax over a packed (score, row, column); ties go to the smallest position.
#include <cstdint>

__constant__ int8_t score_of[5][5] = {
    {5, -4, -3, -4, 0}, {-4, 5, -4, -3, 0}, {-3, -4, 5, -4, 0}, {-4, -3, -4, 5, 0}, {0, 0, 0, 0, -1},
};
__constant__ struct { int open, extend; } gap = {-7, -2};

enum class Base : uint8_t { A, C, G, T, N };

__device__ Base classify(char c) {
    switch (c) {
    case 'a':
    case 'A': return Base::A;
    case 'c':
    case 'C': return Base::C;
    case 'g':
    case 'G': return Base::G;
    case 't':
    case 'T':
    case 'u':
    case 'U': return Base::T;
    default: return Base::N;
    }
}

struct Cell {
    int h, e, f;
};

union Packed {
    unsigned long long bits;
    struct {
        uint16_t inverse_column, inverse_row;
        uint32_t score;
    } part;
};
static_assert(sizeof(Packed) == 8, "one atomic");

template <int MAX>
__global__ void align(const char* texts, const int2* spans, int4* best_out, int* row_best) {
    __shared__ Cell diagonals[3][MAX + 1];
    __shared__ Base a[MAX], b[MAX];
    __shared__ unsigned long long best;
    __shared__ int rows_best[MAX];
    const int t = threadIdx.x;
    const int2 sa = spans[2 * blockIdx.x], sb = spans[2 * blockIdx.x + 1];
    const int m = sa.y, n = sb.y;  // x: where, y: how long
    if (t < m) a[t] = classify(texts[sa.x + t]);
    if (t < n) b[t] = classify(texts[sb.x + t]);
    if (t == 0) best = 0;
    constexpr Cell edge{0, -1000, -1000};
    for (auto& diagonal : diagonals)
        for (int i = t; i <= MAX; i += blockDim.x) diagonal[i] = edge;
    if (t < MAX) rows_best[t] = 0;
    __syncthreads();

    for (int d = 0; d < m + n - 1; ++d) {
        Cell* const now = diagonals[d % 3];
        const Cell *const before = diagonals[(d + 2) % 3], *const older = diagonals[(d + 1) % 3];
        const int i = t, j = d - t;  // cell (i, j) is stored at slot i + 1
        if (i < m && j >= 0 && j < n) {
            const Cell up = before[i];                              // (i - 1, j)
            const Cell left = j > 0 ? before[i + 1] : edge;         // (i, j - 1)
            const int corner = i > 0 && j > 0 ? older[i].h : 0;     // (i - 1, j - 1)
            Cell c;
            c.e = max(left.h + gap.open, left.e + gap.extend);
            c.f = max(up.h + gap.open, up.f + gap.extend);
            c.h = max(max(0, corner + score_of[static_cast<int>(a[i])][static_cast<int>(b[j])]), max(c.e, c.f));
            now[i + 1] = c;
            rows_best[i] = max(rows_best[i], c.h);
            Packed p;
            p.part.score = c.h;
            p.part.inverse_row = static_cast<uint16_t>(~i), p.part.inverse_column = static_cast<uint16_t>(~j);
            if (c.h > 0) atomicMax(&best, p.bits);
        }
        __syncthreads();
    }
    if (t < MAX) row_best[blockIdx.x * MAX + t] = rows_best[t];
    if (t == 0) {
        Packed p;
        p.bits = best;
        const uint16_t row = ~p.part.inverse_row, column = ~p.part.inverse_column;
        best_out[blockIdx.x] = make_int4(p.part.score, p.part.score ? row : -1, p.part.score ? column : -1, m * n);
    }
}
