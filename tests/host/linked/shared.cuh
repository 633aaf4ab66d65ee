// What the sources of this program share.
#pragma once
struct Pair {
    int a, b;
};
extern __device__ int counter;
extern __constant__ float factors[4];
extern __constant__ const float half_of_all;
__device__ float scaled(float v, int which);
namespace tools {
__device__ int sum(Pair pair);
}
void bump();
