// Kernels of every form that a launch may name, with parameters of every kind.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "checked.h"

__constant__ float factors[2];
__device__ int counter = 3;
namespace tables { __device__ double table[4] = {1, 2, 3, 4}, sum; }

struct Point {
    float x;
    double y;
    char tag;
    __host__ __device__ Point(float a, double b, char c) : x(a), y(b), tag(c) {}
    __device__ float total() const { return __fadd_rn(x, (float)y) + tag; }
};
enum class Mode { add, multiply };
template <typename T, int N> struct Pack { T values[N]; };

__host__ __device__ inline float square(float x) {
#ifdef __CUDA_ARCH__
    return __fmul_rn(x, x);
#else
    return x * x;
#endif
}

__global__ void plain(float* y, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = square(i) * factors[0] + factors[1];
}
template <typename T, int N = 2>
__global__ void __launch_bounds__(128) scaled(const T* __restrict__ x, T* __restrict__ y, const T by, unsigned) {
    y[threadIdx.x] = x[threadIdx.x] * by + N;
}
template <Mode M, typename... Rest> __global__ void combined(int* out, Rest... rest) {
    if (M == Mode::add) *out = (0 + ... + rest);
    else *out = (1 * ... * rest);
    atomicAdd(&counter, 1);
}
template <> __global__ void scaled<char, 3>(const char*, char* y, const char by, unsigned) { y[threadIdx.x] = by; }
namespace inner {
template <typename T, int N = 1, bool Negate = false> __global__ void scaled(T* y) { *y = Negate ? -N : N; }
namespace {
template <class T, int N> __global__ void unpacked(Pack<T, N> pack, Point p, float (*out)[N]) {
    for (int i = threadIdx.x; i < N; i += blockDim.x) (*out)[i] = pack.values[i] + p.total();
}
}  // namespace
__global__ static void summed() {
    tables::sum = 0;
    for (double v : tables::table) tables::sum += v;
}
}  // namespace inner
__global__ void halved(__half* h, __half a, __nv_bfloat16* b, __nv_bfloat16 c) {
    *h = __float2half(__half2float(a) / 2);
    *b = __float2bfloat16(__bfloat162float(c) / 2);
}
extern "C" __global__ void shared_memory(int* out) {
    extern __shared__ int numbers[];
    numbers[threadIdx.x] = threadIdx.x;
    __syncthreads();
    out[threadIdx.x] = numbers[blockDim.x - 1 - threadIdx.x];
}
#define LAUNCH(kernel, ...) kernel<<<1, 64>>>(__VA_ARGS__)

int main(int argc, char** argv) {
    const int n = 300;
    float* y;
    CHECK(cudaMalloc(&y, n * sizeof(float)));
    const float given[2] = {2, 1};
    CHECK(cudaMemcpyToSymbol(factors, given, sizeof given));
    plain<<<(n + 127) / 128, dim3(128)>>>(y, n);
    std::vector<float> found(n);
    CHECK(cudaMemcpy(found.data(), y, n * sizeof(float), cudaMemcpyDeviceToHost));
    for (int i = 0; i < n; ++i) EXPECT(found[i] == square(i) * 2 + 1);

    std::vector<double> x(64);
    std::iota(x.begin(), x.end(), 0.0);
    double* xs;
    CHECK(cudaMalloc((void**)&xs, 128 * sizeof(double)));
    CHECK(cudaMemcpy(xs, x.data(), 64 * sizeof(double), cudaMemcpyHostToDevice));
    LAUNCH(scaled<double>, xs, xs + 64, 3.0, 0u);
    LAUNCH((scaled<double, 7>), xs + 64, xs, 1.0, 0u);
    CHECK(cudaMemcpy(x.data(), xs, 64 * sizeof(double), cudaMemcpyDefault));
    EXPECT(x[10] == 10 * 3 + 2 + 7);

    int* out;
    CHECK(cudaMalloc(&out, 64 * sizeof(int)));
    int results[64];
    combined<Mode::multiply><<<1, 1>>>(out, 2, 3, 7);
    CHECK(cudaMemcpy(results, out, sizeof(int), cudaMemcpyDeviceToHost));
    EXPECT(results[0] == 42);
    auto* pointer = &combined<Mode::add, int, int>;
    int a = 20, b = 22;
    void* arguments[] = {&out, &a, &b};
    CHECK(cudaLaunchKernel((const void*)pointer, dim3(1), dim3(1), arguments, 0, 0));
    CHECK(cudaMemcpy(results, out, sizeof(int), cudaMemcpyDeviceToHost));
    EXPECT(results[0] == 42);
    int count = 0;
    CHECK(cudaMemcpyFromSymbol(&count, counter, sizeof count));
    EXPECT(count == 5);

    Pack<float, 5> pack = {{1, 2, 3, 4, 5}};
    inner::unpacked<<<1, 32>>>(pack, Point(0.5f, 0.25, 2), (float(*)[5])y);
    CHECK(cudaMemcpy(found.data(), y, 5 * sizeof(float), cudaMemcpyDeviceToHost));
    EXPECT(found[4] == 7.75f);
    inner::summed<<<1, 1>>>();
    double sum, *address;
    CHECK(cudaMemcpyFromSymbol(&sum, tables::sum, sizeof sum));
    EXPECT(sum == 10);
    CHECK(cudaGetSymbolAddress((void**)&address, tables::table));
    CHECK(cudaMemcpy(&sum, address + 2, sizeof sum, cudaMemcpyDeviceToHost));
    EXPECT(sum == 3);

    inner::scaled<int, 5, true><<<1, 1>>>(out);
    CHECK(cudaMemcpy(results, out, sizeof(int), cudaMemcpyDeviceToHost));
    EXPECT(results[0] == -5);
    scaled<char, 3><<<1, 64>>>(nullptr, (char*)out, 'c', 0u);
    char letters[64];
    CHECK(cudaMemcpy(letters, out, sizeof letters, cudaMemcpyDeviceToHost));
    EXPECT(letters[0] == 'c' && letters[63] == 'c');
    CHECK(cudaMemcpy(&sum, address + 1, sizeof sum, cudaMemcpyDefault));
    EXPECT(sum == 2 && cudaFree(address) == cudaErrorInvalidValue);
    halved<<<1, 1>>>((__half*)out, __float2half(3.0f), (__nv_bfloat16*)out + 1, __nv_bfloat16(5.0f));
    __half half;
    __nv_bfloat16 bfloat;
    CHECK(cudaMemcpy(&half, out, 2, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(&bfloat, (char*)out + 2, 2, cudaMemcpyDeviceToHost));
    EXPECT(__half2float(half) == 1.5f && __bfloat162float(bfloat) == 2.5f && float(__float2half(65519.0f)) == 65504.0f);

    shared_memory<<<1, 64, 64 * sizeof(int)>>>(out);
    CHECK(cudaMemcpy(results, out, sizeof results, cudaMemcpyDeviceToHost));
    EXPECT(results[0] == 63 && results[63] == 0);
    std::cout << "argument " << (argc > 1 ? std::string(argv[1]) : "none") << std::endl;
    return 7;
}
