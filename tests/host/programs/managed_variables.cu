// Variables that host and device use by one name.
#include <cstdio>

#include "checked.h"

__device__ __managed__ int total = 5;
__managed__ float values[4] = {1.0f, 2.0f, 3.0f, 4.0f};
namespace inner {
struct Pair {
    int first, second;
};
__managed__ Pair pair;
}

__global__ void use() {
    atomicAdd(&total, 1);
    if (blockIdx.x == 0 && threadIdx.x < 4) values[threadIdx.x] *= 2.0f;
    if (threadIdx.x == 0) inner::pair.second = inner::pair.first + 1;
}
__global__ void through(int* pointer) { *pointer += 100; }

int main() {
    inner::pair.first = 41;
    use<<<1, 32>>>();
    CHECK(cudaDeviceSynchronize());
    EXPECT(total == 37 && values[0] == 2.0f && values[3] == 8.0f && inner::pair.second == 42);
    total = 1;
    values[1] = 10.0f;
    use<<<2, 32>>>();
    through<<<1, 1>>>(&total);
    CHECK(cudaDeviceSynchronize());
    EXPECT(total == 165 && values[1] == 20.0f && values[2] == 12.0f);
    int copy = 0;
    CHECK(cudaMemcpy(&copy, &total, sizeof copy, cudaMemcpyDeviceToHost));
    EXPECT(copy == 165);
    const int seven = 7;
    CHECK(cudaMemcpyToSymbol(total, &seven, sizeof seven));
    EXPECT(total == 7);
    cudaPointerAttributes attributes;
    CHECK(cudaPointerGetAttributes(&attributes, &total));
    EXPECT(attributes.type == cudaMemoryTypeManaged);
    std::printf("managed variables are right\n");
}
