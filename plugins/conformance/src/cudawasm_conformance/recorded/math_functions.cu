// The math API in float or double through one template: functions are listed as function objects and run over points.
// Also reduces polar coordinates, evaluates special functions, and takes numbers apart and puts them together again.
#include <cstdint>
#include <math_constants.h>

template <typename T> struct Constants;
template <> struct Constants<float> { static __device__ float pi() { return CUDART_PI_F; } };
template <> struct Constants<double> { static __device__ double pi() { return CUDART_PI; } };

template <typename T> class Recorder {
    T* out_;
    int count_ = 0;

public:
    __device__ explicit Recorder(T* out) : out_(out) {}
    __device__ Recorder& operator<<(T v) {
        out_[count_++] = v;
        return *this;
    }
    template <typename... Fs> __device__ void each(T x, Fs... fs) { (void)(*this << ... << fs(x)); }
    __device__ int count() const { return count_; }
};

template <typename T> __device__ T polynomial(T x, const T* c, int n) {
    T sum = c[--n];
    while (n > 0) sum = fma(sum, x, c[--n]);
    return sum;
}

template <typename T> __device__ T simpson(T (*f)(T), T a, T b, int steps) {
    const T h = (b - a) / steps;
    T sum = f(a) + f(b);
    for (int k = 1; k < steps; ++k) sum += f(a + k * h) * (k % 2 ? 4 : 2);
    return sum * h / 3;
}
template <typename T> __device__ T bell(T x) { return exp(-x * x); }

template <typename T, int PER_POINT>
__global__ void functions(const T* xs, const T* ys, T* results, int* integers, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const T x = xs[i], y = ys[i];  // x in (-6, 6), y in (0.1, 5)
    const T unit = x / 6;
    Recorder<T> r(results + i * PER_POINT);

    r.each(
        x, [](T v) { return sin(v); }, [](T v) { return cos(v); }, [](T v) { return atan(v); },
        [](T v) { return exp(v); }, [](T v) { return tanh(v); }, [](T v) { return sinh(v); },
        [](T v) { return cosh(v); },
        [](T v) { return cbrt(v); }, [](T v) { return asinh(v); }, [](T v) { return erf(v); });
    r.each(
        y, [](T v) { return log(v); }, [](T v) { return log2(v); }, [](T v) { return log10(v); },
        [](T v) { return log1p(v); }, [](T v) { return sqrt(v); }, [](T v) { return rsqrt(v); },
        [](T v) { return rcbrt(v); },
        [](T v) { return tgamma(v); }, [](T v) { return acosh(v + 1); }, [](T v) { return erfc(v); },
        [](T v) { return normcdf(-v); }, [](T v) { return exp2(v); }, [](T v) { return exp10(v); },
        [](T v) { return expm1(v); }, [](T v) { return erfcx(v); });
    r.each(
        unit, [](T v) { return asin(v); }, [](T v) { return acos(v); }, [](T v) { return atanh(v * T(0.9)); },
        [](T v) { return sinpi(v * T(0.5)); }, [](T v) { return cospi(v * T(0.4)); }, [](T v) { return erfinv(v); });
    r << pow(y, x) << hypot(x, y) << rhypot(x, y) << atan2(x, y) << atan2(y, x) << norm3d(x, y, unit) << fdim(x, y);
    r << fmod(x * 7, y) << remainder(x * 7, y) << copysign(y, x) << fmax(x, y) << fmin(-x, y) << fabs(x);
    r << ldexp(y, i % 9 - 4);
    r << ceil(x) << floor(x) << trunc(x) << round(x) << rint(x) << nextafter(x, y) << scalbn(x, -3) << logb(y);

    T whole;
    const T fraction = modf(x, &whole);
    int exponent, quotient;
    const T mantissa = frexp(y, &exponent);
    const T rest = remquo(x * 5, y, &quotient);
    T s, c;
    sincos(x, &s, &c);
    r << fraction << whole << mantissa << rest << s + T(2) << c + T(2);
    const T coefficients[5] = {1, T(0.5), T(-0.25), T(0.125), T(2)};
    r << polynomial(y, coefficients, 5) << simpson(bell<T>, T(0), y, 16) << sin(Constants<T>::pi() / (y + 2));

    int flags = signbit(x) ? 1 : 0;
    flags |= isfinite(x / (y - y)) << 1 | isnan(sqrt(-y)) << 2 | isinf(exp(y * 1000)) << 3 | (x == x) << 4;
    int4* const out = reinterpret_cast<int4*>(integers) + i;
    *out = make_int4(exponent | ilogb(y) << 8, quotient & 7, flags, r.count());
    out->x += static_cast<int>(lrint(x)) * 100000, out->y += static_cast<int>(llround(y * 3)) * 10;
}
