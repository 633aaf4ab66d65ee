#pragma once
#include "scale.h"
void launch_scale(float* data, int n);
template <typename T> __global__ void offset(T* data, T by, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) data[i] += by;
}
