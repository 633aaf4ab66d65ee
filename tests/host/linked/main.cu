// A program of two sources whose device code is linked: each has a helper and variables of the same names of its own.
#include <cstdio>

#include "../programs/checked.h"
#include "shared.cuh"

#define BIAS 1000

static __device__ int calls = 7;
__constant__ const int sizes[2] = {1, 2};
namespace {
__device__ int hidden = 10;
}

static __device__ int helper(int v) { return v - BIAS; }

__global__ void use(float* floats, int* ints) {
    floats[threadIdx.x] = scaled(20.0f, threadIdx.x) * half_of_all;
    if (threadIdx.x == 0) {
        ints[0] = tools::sum(Pair{1, 2});
        ints[1] = helper(0);
        ints[2] = counter;
        ints[3] = calls + 100 * (sizes[1] + hidden);
        counter = 50;
    }
}

int main() {
    float *floats, found[4];
    int *ints, numbers[4], value;
    CHECK(cudaMalloc(&floats, sizeof found));
    CHECK(cudaMalloc(&ints, sizeof numbers));
    use<<<1, 4>>>(floats, ints);
    CHECK(cudaMemcpy(found, floats, sizeof found, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(numbers, ints, sizeof numbers, cudaMemcpyDeviceToHost));
    EXPECT(found[0] == 10.0f && found[3] == 40.0f);
    EXPECT(numbers[0] == 3405 && numbers[1] == -1000 && numbers[2] == 5 && numbers[3] == 1207);
    bump();
    CHECK(cudaMemcpyFromSymbol(&value, calls, sizeof value));
    EXPECT(value == 7);
    use<<<1, 4>>>(floats, ints);
    CHECK(cudaMemcpy(numbers, ints, sizeof numbers, cudaMemcpyDeviceToHost));
    EXPECT(numbers[2] == 61);
    std::printf("linked code is right\n");
}
