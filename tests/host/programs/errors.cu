// What goes wrong has CUDA's codes, at CUDA's time.
#include <string>

#include "checked.h"

__global__ void fill(int* p, int v) { p[threadIdx.x] = v; }
__global__ void bounded() __launch_bounds__(64);
__global__ void __launch_bounds__(64) bounded() {}
__global__ void says(int i) { printf("kernel %d\n", i); }
__global__ void stops(int i) { if (threadIdx.x == i) __trap(); }

int main() {
    int* p = nullptr;
    CHECK(cudaMalloc(&p, 256));
    EXPECT(cudaMalloc(&p, size_t(1) << 50) == cudaErrorMemoryAllocation && p == nullptr);
    EXPECT(cudaGetLastError() == cudaErrorMemoryAllocation);
    EXPECT(cudaGetLastError() == cudaSuccess);
    fill<<<1, 5000>>>(p, 1);
    EXPECT(cudaPeekAtLastError() == cudaErrorInvalidConfiguration);
    EXPECT(cudaGetLastError() == cudaErrorInvalidConfiguration && cudaGetLastError() == cudaSuccess);
    fill<<<0, 32>>>(p, 1);
    EXPECT(cudaGetLastError() == cudaErrorInvalidConfiguration);
    fill<<<1, 32, 1 << 24>>>(p, 1);
    EXPECT(cudaGetLastError() == cudaErrorInvalidValue);
    bounded<<<1, 128>>>();
    EXPECT(cudaGetLastError() == cudaErrorLaunchOutOfResources);
    EXPECT(cudaSetDevice(5) == cudaErrorInvalidDevice && cudaGetLastError() == cudaErrorInvalidDevice);
    EXPECT(cudaFree((void*)0x1234) == cudaErrorInvalidValue);
    EXPECT(cudaMemcpy(nullptr, &p, 8, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
    cudaGetLastError();
    EXPECT(cudaGetErrorString(cudaErrorInvalidValue) == std::string("invalid argument"));
    EXPECT(cudaGetErrorName(cudaErrorInvalidValue) == std::string("cudaErrorInvalidValue"));
    std::printf("one\n");
    says<<<1, 1>>>(2);
    CHECK(cudaDeviceSynchronize());
    std::printf("three\n");
    stops<<<1, 32>>>(3);
    EXPECT(cudaGetLastError() == cudaSuccess);
    EXPECT(cudaDeviceSynchronize() == cudaErrorLaunchFailure);
    EXPECT(cudaGetLastError() == cudaErrorLaunchFailure && cudaGetLastError() == cudaErrorLaunchFailure);
    EXPECT(cudaMalloc(&p, 4) == cudaErrorLaunchFailure);
    CHECK(cudaDeviceReset());
    CHECK(cudaMalloc(&p, 256));
    std::printf("after\n");
}
