// 64-point complex FFTs in shared memory, one per row of a two-dimensional block, radix 2 with bit-reversed input.
// Writes the spectrum, the round trip back through the inverse transform, and the signal's energy in both domains.
#include <cstdint>

template <typename T> class Complex {
    T re_, im_;

public:
    Complex() = default;
    __device__ constexpr Complex(T re, T im = T(0)) : re_(re), im_(im) {}
    __device__ T re() const { return re_; }
    __device__ T im() const { return im_; }
    __device__ T norm() const { return re_ * re_ + im_ * im_; }
    __device__ Complex conj() const { return {re_, -im_}; }
    __device__ Complex& operator+=(const Complex& o) { return re_ += o.re_, im_ += o.im_, *this; }
    __device__ Complex& operator-=(const Complex& o) { return re_ -= o.re_, im_ -= o.im_, *this; }
    __device__ Complex& operator*=(const Complex& o) {
        const T re = re_ * o.re_ - im_ * o.im_;
        im_ = re_ * o.im_ + im_ * o.re_;
        re_ = re;
        return *this;
    }
    friend __device__ Complex operator+(Complex a, const Complex& b) { return a += b; }
    friend __device__ Complex operator-(Complex a, const Complex& b) { return a -= b; }
    friend __device__ Complex operator*(Complex a, const Complex& b) { return a *= b; }
};

enum Direction { FORWARD = -1, INVERSE = +1 };

__device__ Complex<float> root(float turns_times_two) {
    float s, c;
    sincospif(turns_times_two, &s, &c);
    return {c, s};
}
__device__ Complex<double> root(double turns_times_two) {
    double s, c;
    sincospi(turns_times_two, &s, &c);
    return {c, s};
}

template <Direction DIRECTION, int LOG, typename T> __device__ void transform(Complex<T> (&x)[1 << LOG], int t) {
    constexpr int N = 1 << LOG;
    for (int i = t; i < N; i += N / 2) {
        const int j = __brev(i) >> (32 - LOG);
        if (i < j) {
            const Complex<T> keep = x[i];
            x[i] = x[j];
            x[j] = keep;
        }
    }
    __syncthreads();
#pragma unroll
    for (int half = 1; half < N; half *= 2) {
        const int k = t & (half - 1), i = (t - k) * 2 + k, j = i + half;
        const auto w = root(T(DIRECTION) * T(k) / T(half));
        const Complex<T> u = x[i], v = w * x[j];
        x[i] = u + v;
        x[j] = u - v;
        __syncthreads();
    }
    if constexpr (DIRECTION == INVERSE) {
        for (int i = t; i < N; i += N / 2) x[i] *= T(1) / N;
        __syncthreads();
    }
}

template <typename T, int LOG, int ROWS>
__global__ void fft(const Complex<T>* in, Complex<T>* spectrum, Complex<T>* back, T* energy) {
    constexpr int N = 1 << LOG;
    // Raw storage: shared objects have no constructor run for them.
    __shared__ __align__(alignof(Complex<T>)) unsigned char raw[ROWS * N * sizeof(Complex<T>)];
    auto& rows = reinterpret_cast<Complex<T>(&)[ROWS][N]>(raw);
    auto& x = rows[threadIdx.y];
    const int t = threadIdx.x, row = blockIdx.x * ROWS + threadIdx.y;
    x[t] = in[row * N + t];
    x[t + N / 2] = in[row * N + t + N / 2];
    __syncthreads();
    for (int pass = 0; pass < 2; ++pass) {
        if (pass == 0)
            transform<FORWARD, LOG>(x, t);
        else
            transform<INVERSE, LOG>(x, t);
        Complex<T>* const out = (pass ? back : spectrum) + row * N;
        T sum = x[t].norm() + (x[t + N / 2] * x[t + N / 2].conj()).re();
        out[t] = x[t], out[t + N / 2] = x[t + N / 2];
        for (int d = 16; d; d >>= 1) sum += __shfl_down_sync(0xffffffffu, sum, d);
        if (t == 0) energy[2 * row + pass] = sum;
        __syncthreads();
    }
}
