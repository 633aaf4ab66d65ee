// Kernels and kernel templates of one name, told apart by the types of their parameters.
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdio>

#include "checked.h"

template <typename T> struct Box { T value; };
namespace shapes { struct Point { int x; }; }

__global__ void store(int* to);
__global__ void store(int* to) { *to = 1; }
__global__ void store(float* to) { *to = 2; }
__global__ void store(int* __restrict__ to, const size_t by) { *to = 3 + (int)by; }
__global__ void store(int* to, Box<shapes::Point> box, const float (*table)[2]) { *to = box.value.x; }

template <typename T> __global__ void put(T* to, T value) { *to = value + 1; }
template <typename T> __global__ void put(T* to, Box<T> box) { *to = box.value + 2; }
template <typename T> __global__ void put(T* to, T* from, T by) { *to = *from + by; }
template <typename T, typename... Rest> __global__ void put(Box<T>* to, Rest... rest) { to->value = (0 + ... + rest); }

namespace {
namespace deep {
__global__ void store(int* to, shapes::Point p) { *to = p.x; }
__global__ void store(int* to, shapes::Point* p) { *to = p == nullptr ? 9 : 8; }
}  // namespace deep
}  // namespace

template <typename T> T fetched(T* from) {
    T value;
    CHECK(cudaMemcpy(&value, from, sizeof value, cudaMemcpyDefault));
    return value;
}

int main() {
    int* to;
    CHECK(cudaMalloc(&to, 4));
    store<<<1, 1>>>(to);
    EXPECT(fetched(to) == 1);
    store<<<1, 1>>>((float*)to);
    EXPECT(fetched((float*)to) == 2);
    store<<<1, 1>>>(to, 4);
    EXPECT(fetched(to) == 7);
    store<<<1, 1>>>(to, Box<shapes::Point>{{5}}, nullptr);
    EXPECT(fetched(to) == 5);
    put<<<1, 1>>>(to, 10);
    EXPECT(fetched(to) == 11);
    put<<<1, 1>>>(to, Box<int>{10});
    EXPECT(fetched(to) == 12);
    put<<<1, 1>>>(to, to, 3);
    EXPECT(fetched(to) == 15);
    put<<<1, 1>>>((Box<int>*)to, 1, (short)2, 3l);
    EXPECT(fetched(to) == 6);
    deep::store<<<1, 1>>>(to, shapes::Point{21});
    EXPECT(fetched(to) == 21);
    deep::store<<<1, 1>>>(to, nullptr);
    EXPECT(fetched(to) == 9);
    void (*chosen)(float*) = store;
    void* arguments[] = {&to};
    CHECK(cudaLaunchKernel(chosen, dim3(1), dim3(1), arguments));
    EXPECT(fetched((float*)to) == 2);
    puts("overloads are right");
}
