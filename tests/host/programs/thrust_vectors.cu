// Thrust's vectors and the algorithms that most programs use.
#include <thrust/device_vector.h>
#include <thrust/host_vector.h>
#include <thrust/copy.h>
#include <thrust/fill.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/transform_reduce.h>
#include "checked.h"

struct Scaled {
    float a;
    __host__ __device__ float operator()(const float& x, const float& y) const { return a * x + y; }
};

struct Square {
    __host__ __device__ double operator()(const int& x) const { return double(x) * x; }
};

int main() {
    thrust::host_vector<int> h(3000);
    for (int i = 0; i < 3000; ++i) h[i] = i * 7919 % 3001 - 1500;
    thrust::device_vector<int> d = h, places(3000);
    EXPECT(thrust::reduce(d.begin(), d.end()) == thrust::reduce(h.begin(), h.end()));
    EXPECT(thrust::reduce(d.begin(), d.end(), -9999, thrust::maximum<int>()) == 1500);
    thrust::sequence(places.begin(), places.end());
    thrust::sort_by_key(d.begin(), d.end(), places.begin());
    thrust::host_vector<int> sorted = d, from = places;
    for (int i = 0; i < 3000; ++i) EXPECT(h[from[i]] == sorted[i] && (i == 0 || sorted[i - 1] < sorted[i]));
    thrust::sort(thrust::device, d.begin(), d.end(), thrust::greater<int>());
    EXPECT(d[0] == 1500);
    d[0] = 5;
    EXPECT(d[0] == 5);
    thrust::device_vector<float> x(100, 2.0f), y(100);
    thrust::fill(y.begin(), y.end(), 1.0f);
    thrust::transform(x.begin(), x.end(), y.begin(), y.begin(), Scaled{3.0f});
    EXPECT(thrust::reduce(y.begin(), y.end(), 0.0f, thrust::plus<float>()) == 700.0f);
    thrust::device_vector<int> ones(1000, 1), sums(1000);
    thrust::inclusive_scan(ones.begin(), ones.end(), sums.begin());
    EXPECT(sums[999] == 1000);
    thrust::exclusive_scan(ones.begin(), ones.end(), sums.begin(), 4);
    thrust::host_vector<int> seen(1000);
    thrust::copy(sums.begin(), sums.end(), seen.begin());
    EXPECT(seen[0] == 4 && seen[999] == 1003);
    thrust::copy(seen.begin(), seen.end(), ones.begin());
    EXPECT(ones[999] == 1003);
    double squares = 0.5;
    for (int i = 0; i < 3000; ++i) squares += double(h[i]) * h[i];
    d = h;
    EXPECT(thrust::transform_reduce(d.begin(), d.end(), Square(), 0.5, thrust::plus<double>()) == squares);
    EXPECT(thrust::transform_reduce(h.begin(), h.end(), Square(), 0.5, thrust::plus<double>()) == squares);
    EXPECT(thrust::transform_reduce(thrust::device, d.begin(), d.end(), Square(), 0.0, thrust::maximum<double>()) == 2250000.0);
    std::puts("thrust_vectors is right");
}
