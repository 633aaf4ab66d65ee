// Interval arithmetic built on intrinsics with directed rounding, in float and double, behind one class template.
// Encloses polynomials, quotients and square roots; all operations are correctly rounded, so bits are exact.
#include <cstdint>

template <typename T> struct Rounded;
template <> struct Rounded<float> {
    static __device__ float add_down(float a, float b) { return __fadd_rd(a, b); }
    static __device__ float add_up(float a, float b) { return __fadd_ru(a, b); }
    static __device__ float mul_down(float a, float b) { return __fmul_rd(a, b); }
    static __device__ float mul_up(float a, float b) { return __fmul_ru(a, b); }
    static __device__ float div_down(float a, float b) { return __fdiv_rd(a, b); }
    static __device__ float div_up(float a, float b) { return __fdiv_ru(a, b); }
    static __device__ float sqrt_down(float a) { return __fsqrt_rd(a); }
    static __device__ float sqrt_up(float a) { return __fsqrt_ru(a); }
    static __device__ float fma_down(float a, float b, float c) { return __fmaf_rd(a, b, c); }
    static __device__ float fma_up(float a, float b, float c) { return __fmaf_ru(a, b, c); }
};
template <> struct Rounded<double> {
    static __device__ double add_down(double a, double b) { return __dadd_rd(a, b); }
    static __device__ double add_up(double a, double b) { return __dadd_ru(a, b); }
    static __device__ double mul_down(double a, double b) { return __dmul_rd(a, b); }
    static __device__ double mul_up(double a, double b) { return __dmul_ru(a, b); }
    static __device__ double div_down(double a, double b) { return __ddiv_rd(a, b); }
    static __device__ double div_up(double a, double b) { return __ddiv_ru(a, b); }
    static __device__ double sqrt_down(double a) { return __dsqrt_rd(a); }
    static __device__ double sqrt_up(double a) { return __dsqrt_ru(a); }
    static __device__ double fma_down(double a, double b, double c) { return __fma_rd(a, b, c); }
    static __device__ double fma_up(double a, double b, double c) { return __fma_ru(a, b, c); }
};

template <typename T> class Interval : private Rounded<T> {
    using R = Rounded<T>;
    T low_, high_;
    static __device__ T least(T a, T b) { return b < a ? b : a; }
    static __device__ T most(T a, T b) { return b > a ? b : a; }
    template <typename F, typename G> static __device__ Interval corners(Interval a, Interval b, F down, G up) {
        Interval r{down(a.low_, b.low_), up(a.low_, b.low_)};
        for (int k = 1; k < 4; ++k) {
            const T x = k & 1 ? a.high_ : a.low_, y = k & 2 ? b.high_ : b.low_;
            r.low_ = least(r.low_, down(x, y)), r.high_ = most(r.high_, up(x, y));
        }
        return r;
    }

public:
    Interval() = default;
    __device__ Interval(T point) : Interval(point, point) {}
    __device__ Interval(T low, T high) : low_(low), high_(high) {}
    __device__ T low() const { return low_; }
    __device__ T high() const { return high_; }
    __device__ bool contains(T x) const { return low_ <= x && x <= high_; }
    __device__ Interval operator-() const { return {-high_, -low_}; }
    friend __device__ Interval operator+(Interval a, Interval b) {
        return {R::add_down(a.low_, b.low_), R::add_up(a.high_, b.high_)};
    }
    friend __device__ Interval operator-(Interval a, Interval b) { return a + -b; }
    friend __device__ Interval operator*(Interval a, Interval b) { return corners(a, b, R::mul_down, R::mul_up); }
    friend __device__ Interval operator/(Interval a, Interval b) {
        return corners(
            a, b, [](T x, T y) { return R::div_down(x, y); }, [](T x, T y) { return R::div_up(x, y); });
    }
    friend __device__ Interval sqrt(Interval a) { return {R::sqrt_down(most(a.low_, 0)),
        R::sqrt_up(most(a.high_, 0))}; }
    __device__ Interval plus_product(T a, T b) const { return {R::fma_down(a, b, low_), R::fma_up(a, b, high_)}; }
};

template <typename T, int N> __device__ Interval<T> horner(const T (&coefficients)[N], Interval<T> x) {
    Interval<T> sum = T(0);
    for (const T c : coefficients) sum = sum * x + c;
    return sum;
}

template <typename T> __device__ void study(const T* in, T* out, uint8_t& checks) {
    const Interval<T> x(in[0]), y = in[1];
    const T coefficients[] = {T(0.1), T(-1.7), T(3), T(-1) / T(3)};
    const Interval<T> results[] = {
        horner(coefficients, x), x / (y * y + T(1)), sqrt(x * x + y), (x - y) / T(7),
            (x / T(7)).plus_product(in[0], in[1])};
    checks = 0;
    int bit = 0;
    for (const auto& r : results) {
        *out++ = r.low(), *out++ = r.high();
        checks |= (r.low() < r.high()) << bit++;
    }
    checks |= results[3].contains((in[0] - in[1]) / T(7)) << bit;
}

__global__ void intervals(const float2* floats, const double2* doubles, float* float_bounds, double* double_bounds,
                          uchar2* checks) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    study(&floats[i].x, float_bounds + i * 10, checks[i].x);
    study(&doubles[i].x, double_bounds + i * 10, checks[i].y);
}
