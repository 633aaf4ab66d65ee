// A small fixed-size matrix library: products, Laplace determinants and adjugates by recursion over template sizes.
// Dimensions are checked at compile time, builders are variadic, and everything is exact in 64-bit integers.
#include <cstdint>

template <typename T, int R, int C = 1> struct Mat {
    static_assert(R > 0 && C > 0, "a matrix has cells");
    T cell[R * C];

    static constexpr int rows = R, columns = C;
    __device__ T& operator()(int r, int c = 0) { return cell[r * C + c]; }
    __device__ constexpr const T& operator()(int r, int c = 0) const { return cell[r * C + c]; }

    template <typename F> static __device__ Mat generate(F&& f) {
        Mat m;
        for (int r = 0; r < R; ++r)
            for (int c = 0; c < C; ++c) m(r, c) = f(r, c);
        return m;
    }
    static __device__ Mat identity() {
        return generate([](int r, int c) { return static_cast<T>(r == c); });
    }
    __device__ Mat<T, C, R> transposed() const {
        return Mat<T, C, R>::generate([this](int r, int c) { return (*this)(c, r); });
    }
    __device__ Mat<T, R - 1, C - 1> without(int row, int column) const {
        return Mat<T, R - 1, C - 1>::generate([&](int r, int c) { return (*this)(r + (r >= row), c + (c >= column)); });
    }
};

template <typename T, int R, int K, int C>
__device__ Mat<T, R, C> operator*(const Mat<T, R, K>& a, const Mat<T, K, C>& b) {
    return Mat<T, R, C>::generate([&](int r, int c) {
        T sum{};
        for (int k = 0; k < K; ++k) sum += a(r, k) * b(k, c);
        return sum;
    });
}
template <typename T, int R, int C> __device__ Mat<T, R, C> operator+(Mat<T, R, C> a, const Mat<T, R, C>& b) {
    for (auto *p = a.cell, *e = p + R * C; p < e; ++p) *p += b.cell[p - a.cell];
    return a;
}

template <typename T, int N> __device__ T determinant(const Mat<T, N, N>& m) {
    if constexpr (N == 1) {
        return m.cell[0];
    } else if constexpr (N == 2) {
        return m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0);
    } else {
        T sum{};
        for (int c = 0; c < N; ++c) {
            if (m(0, c) == T{}) continue;
            const T term = m(0, c) * determinant(m.without(0, c));
            sum += c & 1 ? -term : term;
        }
        return sum;
    }
}

template <typename T, int N> __device__ Mat<T, N, N> adjugate(const Mat<T, N, N>& m) {
    return Mat<T, N, N>::generate([&m](int r, int c) {
        const T minor = determinant(m.without(c, r));
        return (r + c) % 2 ? -minor : minor;
    });
}

template <typename T, int N> __device__ Mat<T, N, N> power(Mat<T, N, N> base, unsigned exponent) {
    auto result = Mat<T, N, N>::identity();
    for (; exponent; exponent >>= 1, base = base * base)
        if (exponent & 1) result = result * base;
    return result;
}

template <typename... Ts> __device__ auto column(Ts... values) {
    using T = decltype((values + ...));
    return Mat<T, sizeof...(Ts)>{{static_cast<T>(values)...}};
}
template <typename T, int R> __device__ T trace_like(const Mat<T, R, R>& m) {
    return [&m, left = R]() mutable -> T {
        T sum = 0;
        for (int i = 0; i < R; ++i) sum += m(i, i) * left--;
        return sum;
    }();
}

template <int N>
__global__ void matrices(const int8_t* cells, int64_t* dets, int64_t* checks, uint32_t* powers, int64_t* images,
                         int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const auto* source = cells + i * N * N;
    const auto m = Mat<int64_t, N, N>::generate([source](int r, int c) { return source[r * N + c]; });
    const int64_t det = dets[i] = determinant(m);
    // m * adj(m) is det times the identity.
    const auto product = m * adjugate(m);
    int64_t wrong = 0;
    for (int r = 0; r < N; ++r)
        for (int c = 0; c < N; ++c) wrong += product(r, c) != (r == c ? det : 0);
    checks[2 * i] = wrong;
    checks[2 * i + 1] = trace_like(m + m.transposed());
    // Powers wrap around as unsigned numbers do.
    const auto u = Mat<uint32_t, N, N>::generate([&m](int r, int c) { return static_cast<uint32_t>(m(r, c)); });
    const auto p = power(u, 5 + i % 11);
    for (int k = 0; k < N; ++k) powers[i * N + k] = p(k, N - 1 - k);
    const Mat<int64_t, 3, 3> frame{{1, i, 0, 0, 1, -i, 2, 0, 1}};
    const auto image = frame * column(short{3}, i * 2, int64_t{7});
    for (const auto v : image.cell) images[i * 3] += v;
    images[i * 3 + 1] = image(1), images[i * 3 + 2] = image(2, 0);
}
