// Thrust's random numbers, on the host and in kernels, and what fills and checks ranges with them.
#include <thrust/device_vector.h>
#include <thrust/generate.h>
#include <thrust/host_vector.h>
#include <thrust/random.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <random>
#include "checked.h"

struct Drawn {
    __host__ __device__ float operator()(unsigned int i) const {
        thrust::default_random_engine engine;
        engine.discard(i);
        return thrust::uniform_real_distribution<float>(-1.0f, 1.0f)(engine);
    }
};
struct Counted {
    thrust::minstd_rand engine;
    unsigned int operator()() { return thrust::uniform_int_distribution<unsigned int>(10, 19)(engine); }
};
struct Seven {
    __host__ __device__ int operator()() const { return 7; }
};

int main() {
    thrust::minstd_rand ours(42);
    std::minstd_rand standard(42);
    for (int i = 0; i < 100; ++i) EXPECT(ours() == standard());
    ours.discard(12345);
    standard.discard(12345);
    EXPECT(ours() == standard());
    thrust::minstd_rand0 zero(0);
    EXPECT(zero() == std::minstd_rand0(0)() && zero.min == 1 && zero.max == 2147483646);

    thrust::host_vector<unsigned int> indices(1000), counted(1000);
    for (int i = 0; i < 1000; ++i) indices[i] = i * 1000003u;
    thrust::device_vector<unsigned int> on_device = indices;
    thrust::device_vector<float> drawn(1000);
    thrust::transform(on_device.begin(), on_device.end(), drawn.begin(), Drawn());
    for (int i = 0; i < 1000; ++i) EXPECT(drawn[i] == Drawn()(indices[i]) && drawn[i] >= -1 && drawn[i] < 1);
    EXPECT(!thrust::is_sorted(drawn.begin(), drawn.end()));
    thrust::sort(drawn.begin(), drawn.end());
    EXPECT(thrust::is_sorted(drawn.begin(), drawn.end()));
    EXPECT(!thrust::is_sorted(drawn.begin(), drawn.end(), thrust::greater<float>()));

    EXPECT(thrust::uniform_int_distribution<int>().b() == 2147483647);
    EXPECT(thrust::uniform_int_distribution<unsigned char>().b() == 255);
    thrust::generate(counted.begin(), counted.end(), Counted());
    unsigned int seen = 0;
    for (unsigned int x : counted) seen |= 1u << x;
    EXPECT(seen == 0xffc00);
    thrust::device_vector<int> sevens(100);
    thrust::generate(sevens.begin(), sevens.end(), Seven());
    EXPECT(sevens[0] == 7 && sevens[99] == 7);
    thrust::normal_distribution<float> normal(3.0f, 2.0f);
    double sum = 0;
    for (int i = 0; i < 10000; ++i) sum += normal(ours);
    EXPECT(sum / 10000 > 2.9 && sum / 10000 < 3.1);
    std::puts("thrust_random is right");
}
