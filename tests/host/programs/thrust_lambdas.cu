// Lambdas for the device in Thrust's and CUB's algorithms.
#include <cub/cub.cuh>
#include <thrust/device_vector.h>
#include <thrust/for_each.h>
#include <thrust/reduce.h>
#include <thrust/sequence.h>
#include <thrust/transform.h>
#include "checked.h"

template <typename T> T sum_of_scaled(const thrust::device_vector<T>& x, T by) {
    thrust::device_vector<T> y(x.size());
    thrust::transform(x.begin(), x.end(), y.begin(), [=] __device__(T v) { return v * by; });
    return thrust::reduce(y.begin(), y.end(), T(0), [] __host__ __device__(T a, T b) { return a + b; });
}

int main() {
    thrust::device_vector<float> x(1000);
    thrust::sequence(x.begin(), x.end());
    EXPECT(sum_of_scaled(x, 2.0f) == 999000.0f);
    EXPECT(sum_of_scaled(thrust::device_vector<int>(10, 4), 3) == 120);
    float* raw = thrust::raw_pointer_cast(x.data());
    thrust::for_each(x.begin(), x.end(), [=] __device__(float& v) { if (&v - raw >= 500) v = -1; });
    EXPECT(x[499] == 499 && x[500] == -1);
    float s = 0.5f;
    thrust::transform(x.begin(), x.end(), x.begin(), x.begin(), [s] __device__(float a, float b) { return s * (a + b) + 1; });
    EXPECT(x[499] == 500 && x[500] == 0);
    int *numbers, *most;
    CHECK(cudaMallocManaged(&numbers, 100 * sizeof(int)));
    CHECK(cudaMallocManaged(&most, sizeof(int)));
    for (int i = 0; i < 100; ++i) numbers[i] = i * 37 % 101;
    size_t bytes = 0;
    void* storage = nullptr;
    const auto larger = [] __device__(int a, int b) { return a > b ? a : b; };
    CHECK(cub::DeviceReduce::Reduce(storage, bytes, numbers, most, 100, larger, -1));
    CHECK(cudaMalloc(&storage, bytes));
    CHECK(cub::DeviceReduce::Reduce(storage, bytes, numbers, most, 100, larger, -1));
    CHECK(cudaDeviceSynchronize());
    EXPECT(*most == 100);
    puts("thrust_lambdas is right");
}
