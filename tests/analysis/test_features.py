"""What kernels need of a device."""

from __future__ import annotations

import pytest

from cudawasm.analysis.features import required_features
from cudawasm.frontend import Program

NEEDS = {
    "__global__ void k(float* a) { a[threadIdx.x] += 1; }": set(),
    "__global__ void k(const double* a, float* b) { b[0] = 1; }": set(),
    "__global__ void k(double* a) { a[0] *= 2; }": {"f64"},
    "__global__ void k(char* a) { a[0]++; }": {"i8"},
    "__device__ long long f(int x) { return (long long)x << 40; }\n__global__ void k(int* a) { a[0] = f(1) >> 33; }": {
        "i64"
    },
    "struct S { short x; }; __global__ void k(S s, int* a) { a[0] = 1; }": {"i16"},
    "#include <cuda_fp16.h>\n__global__ void k(__half* a) { a[0] = __hadd(a[1], a[2]); }": {"f16"},
    "__global__ void k(int* a) { __shared__ int s; atomicAdd(&s, 1); __syncthreads(); a[0] = s; }": {
        "atomics",
        "barrier",
    },
    "__global__ void k(float* a) { atomicAdd(a, 1.0f); }": {"atomics", "float_atomics"},
    "__global__ void k(unsigned long long* a) { atomicAdd(a, 1ull); }": {"atomics", "atomics64", "i64"},
    '__global__ void k(int* a) { a[0] = __shfl_sync(~0u, a[0], 3); printf("%d", a[0]); }': {"warp", "printf"},
    "#include <cassert>\n__global__ void k(int* a) { assert(a[0]); }": {"assert"},
    "__global__ void k(int* a) { a[0] = 1; __threadfence_block(); }": set(),
    "__global__ void k(int* a) { a[0] = 1; __threadfence(); }": {"fences"},
    "#include <cooperative_groups.h>\n__global__ void k() { cooperative_groups::this_grid().sync(); }": {"cooperative"},
}


@pytest.mark.parametrize("source", NEEDS)
def test_required_features(source: str):
    module = Program(source.encode(), "k.cu").lower("k").module
    kernel = next(f.name for f in module.kernels)
    assert required_features(module, kernel) == NEEDS[source]
