// Device functions and variables that another source uses.
#include "../programs/checked.h"
#include "shared.cuh"

#define BIAS 1

__device__ int counter = 5;
extern __constant__ const float half_of_all;
__constant__ const float half_of_all = 0.5f;
__constant__ float factors[4] = {1.0f, 2.0f, 3.0f, 4.0f};
static __device__ int calls = 100;
__constant__ const int sizes[2] = {3, 4};
namespace {
__device__ int hidden = 30;
}

static __device__ int helper(int v) { return v + BIAS; }

__device__ float scaled(float v, int which) { return v * factors[which]; }

namespace tools {
__device__ int sum(Pair pair) {
    atomicAdd(&calls, 1);
    return helper(pair.a) + helper(pair.b) + 100 * (sizes[1] + hidden);
}
}

__global__ void add_to_counter(int amount) { counter += amount + (calls - 100); }

void bump() { add_to_counter<<<1, 1>>>(10); }
