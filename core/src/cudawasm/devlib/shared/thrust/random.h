// Engines and distributions of random numbers, for the host and for kernels.
#ifndef __CUDAWASM_THRUST_RANDOM__
#define __CUDAWASM_THRUST_RANDOM__
#include <curand/inverse_normal.h>
#include <thrust/detail/config.h>
namespace thrust {
namespace random {
// x = a * x + c modulo m. Limits are constants here, where the standard library has functions.
template <typename UInt, UInt a, UInt c, UInt m> class linear_congruential_engine {
    UInt x;

public:
    typedef UInt result_type;
    static constexpr UInt multiplier = a, increment = c, modulus = m, default_seed = 1;
    static constexpr UInt min = c == 0 ? 1 : 0, max = m - 1;
    __host__ __device__ explicit linear_congruential_engine(UInt s = default_seed) { seed(s); }
    __host__ __device__ void seed(UInt s = default_seed) { x = c == 0 && s % m == 0 ? 1 : s % m; }
    __host__ __device__ UInt operator()() {
        x = (UInt)(((unsigned long long)x * a + c) % m);
        return x;
    }
    __host__ __device__ void discard(unsigned long long n) {
        unsigned long long factor = a, summand = c, x_ = x;
        for (; n; n >>= 1) {
            if (n & 1) x_ = (x_ * factor + summand) % m;
            summand = (factor * summand + summand) % m;
            factor = factor * factor % m;
        }
        x = (UInt)x_;
    }
    __host__ __device__ bool operator==(const linear_congruential_engine& o) const { return x == o.x; }
    __host__ __device__ bool operator!=(const linear_congruential_engine& o) const { return x != o.x; }
};
typedef linear_congruential_engine<unsigned int, 16807u, 0u, 2147483647u> minstd_rand0;
typedef linear_congruential_engine<unsigned int, 48271u, 0u, 2147483647u> minstd_rand;
typedef minstd_rand default_random_engine;

// In [a, b).
template <typename Real = double> class uniform_real_distribution {
    Real low, high;

public:
    typedef Real result_type;
    __host__ __device__ explicit uniform_real_distribution(Real a = 0, Real b = 1) : low(a), high(b) {}
    __host__ __device__ void reset() {}
    __host__ __device__ Real a() const { return low; }
    __host__ __device__ Real b() const { return high; }
    template <typename Engine> __host__ __device__ Real operator()(Engine& engine) const {
        const Real part = (Real)(engine() - Engine::min) / ((Real)1 + (Real)(Engine::max - Engine::min));
        return part * (high - low) + low;
    }
};
template <typename Int> struct largest {
    static constexpr bool is_signed = (Int)-1 < (Int)0;
    static constexpr Int value = (Int)(~0ull >> (64 - 8 * sizeof(Int) + is_signed));
};
// In [a, b], both included.
template <typename Int = int> class uniform_int_distribution {
    Int low, high;

public:
    typedef Int result_type;
    __host__ __device__ explicit uniform_int_distribution(Int a = 0, Int b = largest<Int>::value) : low(a), high(b) {}
    __host__ __device__ void reset() {}
    __host__ __device__ Int a() const { return low; }
    __host__ __device__ Int b() const { return high; }
    template <typename Engine> __host__ __device__ Int operator()(Engine& engine) const {
        return (Int)floor(uniform_real_distribution<double>((double)low, (double)high + 1.0)(engine));
    }
};
// By the inverse of the distribution.
template <typename Real = double> class normal_distribution {
    Real center, deviation;

public:
    typedef Real result_type;
    __host__ __device__ explicit normal_distribution(Real mean = 0, Real stddev = 1) : center(mean), deviation(stddev) {}
    __host__ __device__ void reset() {}
    __host__ __device__ Real mean() const { return center; }
    __host__ __device__ Real stddev() const { return deviation; }
    template <typename Engine> __host__ __device__ Real operator()(Engine& engine) const {
        const unsigned int range = Engine::max - Engine::min;
        const unsigned int drawn = engine() - Engine::min;
        const bool is_upper = drawn > range / 2;
        const Real unit = (Real)1 / (Real)range;
        const Real z = quantile((is_upper ? range - drawn : drawn) * unit + unit / 2);
        return center + deviation * (is_upper ? -z : z);
    }

private:
    __host__ __device__ static float quantile(float p) { return curand_detail::lower_quantile(p); }
    __host__ __device__ static double quantile(double p) { return curand_detail::lower_quantile_double(p); }
};
}  // namespace random
using random::default_random_engine;
using random::linear_congruential_engine;
using random::minstd_rand;
using random::minstd_rand0;
using random::normal_distribution;
using random::uniform_int_distribution;
using random::uniform_real_distribution;
}  // namespace thrust
#endif
