// What calls of the CUDA runtime cost a program: microseconds each, the best of several rounds.
//
//     cudawasm run benchmarks/host_overhead.cu --device cpu
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

__global__ void nothing(int* p) {}

template <typename F>
double best(int times, F call) {
    double found = 1e9;
    for (int round = 0; round < 7; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < times; ++i) call();
        const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
        found = std::min(found, taken.count() / times);
    }
    return found;
}

int main() {
    std::vector<char> host(65536);
    int* p;
    void* taken;
    cudaMalloc(&p, host.size());
    nothing<<<1, 32>>>(p);
    cudaDeviceSynchronize();
    std::printf("cudaMalloc and cudaFree of 64 KiB  %8.2f us\n", best(1000, [&] { cudaMalloc(&taken, 65536), cudaFree(taken); }));
    std::printf("cudaMemcpy of 4 bytes to device    %8.2f us\n",
                best(1000, [&] { cudaMemcpy(p, host.data(), 4, cudaMemcpyHostToDevice); }));
    std::printf("cudaMemcpy of 64 KiB from device   %8.2f us\n",
                best(1000, [&] { cudaMemcpy(host.data(), p, 65536, cudaMemcpyDeviceToHost); }));
    std::printf("launches in a row                  %8.2f us\n", best(1, [&] {
        for (int i = 0; i < 2000; ++i) nothing<<<1, 32>>>(p);
        cudaDeviceSynchronize();
    }) / 2000);
    std::printf("launch and cudaDeviceSynchronize   %8.2f us\n", best(500, [&] { nothing<<<1, 32>>>(p), cudaDeviceSynchronize(); }));
    return cudaGetLastError();
}
