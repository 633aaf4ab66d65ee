// Device functions and variables that another source uses.
#include "../programs/checked.h"
#include "shared.cuh"

#define BIAS 1

__device__ int counter = 5;
__constant__ float factors[4] = {1.0f, 2.0f, 3.0f, 4.0f};
static __device__ int calls = 100;

static __device__ int helper(int v) { return v + BIAS; }

__device__ float scaled(float v, int which) { return v * factors[which]; }

namespace tools {
__device__ int sum(Pair pair) {
    atomicAdd(&calls, 1);
    return helper(pair.a) + helper(pair.b);
}
}

__global__ void add_to_counter(int amount) { counter += amount + (calls - 100); }

void bump() { add_to_counter<<<1, 1>>>(10); }
