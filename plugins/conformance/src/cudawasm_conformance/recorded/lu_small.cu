// LU factorisation with partial pivoting of small matrices, one matrix per thread, all held in local arrays.
// Writes the solution of A x = b, the determinant, and the row permutation packed four bits an entry.
#include <cstdint>

template <typename T, int R, int C> class Matrix {
    T cells_[R][C];
    T* rows_[R];

public:
    __device__ Matrix() {
        for (int r = 0; r < R; ++r) rows_[r] = cells_[r];
    }
    Matrix(const Matrix&) = delete;
    __device__ T* operator[](int r) { return rows_[r]; }
    __device__ const T* operator[](int r) const { return rows_[r]; }
    __device__ void swap_rows(int a, int b) {
        T* const keep = rows_[a];
        rows_[a] = rows_[b];
        rows_[b] = keep;
    }
    // The place that row `r` had before any swap.
    __device__ int origin(int r) const { return static_cast<int>(rows_[r] - &cells_[0][0]) / C; }
};

template <typename T, int N> struct Factorised {
    Matrix<T, N, N> lu;
    int sign = 1;
    bool singular = false;

    __device__ explicit Factorised(const T* source) {
        for (int r = 0; r < N; ++r)
            for (int c = 0; c < N; ++c) lu[r][c] = *source++;
        for (int k = 0; k < N && !singular; ++k) eliminate(k);
    }

    __device__ T determinant() const {
        T product = sign;
        for (int k = 0; k < N; ++k) product *= lu[k][k];
        return singular ? T{} : product;
    }

    __device__ void solve(const T* b, T* x) const {
        for (int r = 0; r < N; ++r) {
            T sum = b[lu.origin(r)];
            for (int c = 0; c < r; ++c) sum -= lu[r][c] * x[c];
            x[r] = sum;
        }
        for (int r = N; r-- > 0;) {
            for (int c = r + 1; c < N; ++c) x[r] -= lu[r][c] * x[c];
            x[r] /= lu[r][r];
        }
    }

private:
    __device__ void eliminate(int k) {
        int pivot = k;
        for (int r = k + 1; r < N; ++r)
            if (fabs(lu[r][k]) > fabs(lu[pivot][k])) pivot = r;
        if (lu[pivot][k] == T(0)) {
            singular = true;
            return;
        }
        if (pivot != k) lu.swap_rows(pivot, k), sign = -sign;
        for (int r = k + 1; r < N; ++r) {
            const T factor = lu[r][k] /= lu[k][k];
            for (int c = k + 1; c < N; ++c) lu[r][c] -= factor * lu[k][c];
        }
    }
};

template <typename T, int N>
__global__ void lu_solve(const T* matrices, const T* rhs, T* solutions, T* determinants, uint32_t* permutations,
                         int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const Factorised<T, N> f{matrices + i * N * N};
    determinants[i] = f.determinant();
    if (f.singular) {
        permutations[i] = 0xffffffffu;
        return;
    }
    T x[N];
    f.solve(&rhs[i * N], x);
    uint32_t packed = 0;
    for (int r = 0; r < N; ++r) {
        solutions[i * N + r] = x[r];
        packed |= static_cast<uint32_t>(f.lu.origin(r)) << 4 * r;
    }
    permutations[i] = packed;
}
