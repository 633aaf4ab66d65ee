"""Launch shapes and kernel parameters of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import record, whole

_F = np.float32


def _grid(grid: tuple[int, int, int], block: tuple[int, int, int]) -> Case:
    """Every thread writes its coordinates at its own place in row order."""
    extents = [g * b for g, b in zip(grid, block, strict=True)]

    def wanted(o: np.ndarray) -> dict[str, Any]:
        z, y, x = np.meshgrid(*(np.arange(n) for n in reversed(extents)), indexing="ij")
        return {"o": x + 1000 * y + 1000000 * z}

    name = "x".join(map(str, grid)) + "_of_" + "x".join(map(str, block))
    return Case(
        f"launch_{name}",
        "__global__ void k(int* o) { int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y,"
        " z = blockIdx.z * blockDim.z + threadIdx.z; int w = gridDim.x * blockDim.x, h = gridDim.y * blockDim.y;"
        " o[(z * h + y) * w + x] = x + 1000 * y + 1000000 * z; }",
        {"o": whole(*reversed(extents))},
        wanted,
        Launch(grid, block),
    )


_SCALARS = Case(
    "params_of_every_scalar_type",
    "__global__ void k(signed char a, unsigned char b, short c, unsigned short d, int e, unsigned f, long long g, unsigned long long h, float x, double y, bool p, char q,"
    " long l, size_t s, double* o) { double v[14] = {(double)a, (double)b, (double)c, (double)d, (double)e, (double)f, (double)g, (double)h, x, y, (double)p, (double)q, (double)l, (double)s};"
    " o[threadIdx.x] = v[threadIdx.x]; }",
    {
        "a": np.int8(-5), "b": np.uint8(250), "c": np.int16(-3000), "d": np.uint16(60000), "e": np.int32(-(2**31)), "f": np.uint32(2**32 - 1),
        "g": np.int64(-(2**53)), "h": np.uint64(2**53), "x": _F(0.1), "y": np.float64(1 / 3), "p": np.bool_(True), "q": np.int8(-7),
        "l": np.int64(-9), "s": np.uint64(2**40), "o": whole(14, dtype=np.float64),
    },
    lambda a, b, c, d, e, f, g, h, x, y, p, q, l, s, o: {"o": [a, b, c, d, e, f, g, h, x, y, p, q, l, s]},
    Launch(block=(14, 1, 1)),
)  # fmt: skip

_MANY = Case(
    "params_many",
    f"__global__ void k(int* o, {', '.join(f'int p{i}, double d{i}' for i in range(40))}) {{ double s = 0;"
    f" {' '.join(f's += p{i} * d{i};' for i in range(40))} o[threadIdx.x] = (int)s + threadIdx.x; }}",
    {"o": whole(8)} | {n: v for i in range(40) for n, v in ((f"p{i}", np.int32(i)), (f"d{i}", np.float64(i + 0.5)))},
    lambda o, **rest: {"o": int(sum(i * (i + 0.5) for i in range(40))) + np.arange(8)},
    Launch(block=(8, 1, 1)),
)

_S = np.dtype([("a", "u1"), ("b", "f8"), ("c", "i2", 3), ("v", [("x", "f4"), ("y", "f4")])], align=True)
_STRUCT = Case(
    "params_struct_by_value",
    "struct S { unsigned char a; double b; short c[3]; float2 v; };\n__global__ void k(char before, S s, char after, double* o) { int i = threadIdx.x; s.c[1] += i; o[i] = before + s.a * 10 + s.b + s.c[1] * 1000"
    " + s.v.y * 1e6 + after * 1e8 + (double)sizeof(S) * 1e10; }",
    # float2 is aligned to 8 bytes, where NumPy would put it at a multiple of 4.
    {
        "before": np.int8(1),
        "s": np.array((7, 0.5, [1, 2, 3], (4, 5)), np.dtype({"names": ["a", "b", "c", "v"], "formats": ["u1", "f8", ("i2", 3), [("x", "f4"), ("y", "f4")]],
                      "offsets": [0, 8, 16, 24], "itemsize": 32}))[()],
        "after": np.int8(2), "o": whole(8, dtype=np.float64),
    },
    lambda before, s, after, o: {"o": 1 + 70 + 0.5 + (2 + np.arange(8)) * 1000 + 5e6 + 2e8 + 32e10},
    Launch(block=(8, 1, 1)),
)  # fmt: skip

_VECTORS = Case(
    "params_vectors_by_value",
    "__global__ void k(float3 a, char4 b, double2 c, uint4 d, short2 e, float* o) { float v[15] = {a.x, a.y, a.z, (float)b.x, (float)b.y, (float)b.z, (float)b.w, (float)c.x, (float)c.y, (float)d.x, (float)d.y, (float)d.z, (float)d.w,"
    " (float)e.x, (float)e.y}; o[threadIdx.x] = v[threadIdx.x]; }",
    {
        "a": record("f4", 1, 2, 3), "b": record("i1", -1, -2, -3, -4), "c": record("f8", 0.5, 1.5), "d": record("u4", 5, 6, 7, 8), "e": record("i2", -300, 300),
        "o": whole(15, dtype=_F),
    },
    lambda a, b, c, d, e, o: {"o": [1, 2, 3, -1, -2, -3, -4, 0.5, 1.5, 5, 6, 7, 8, -300, 300]},
    Launch(block=(15, 1, 1)),
)  # fmt: skip

_MODIFIED = Case(
    "params_modified_in_the_kernel",
    "__global__ void k(int n, const float* p, float* o) { n += threadIdx.x; p += n; while (n > 5) { n -= 3; ++p; } o[threadIdx.x] = n * 100 + *p; o += 32; *(o + threadIdx.x) = 1; }",
    {"n": np.int32(2), "p": np.arange(64, dtype=_F), "o": whole(64, dtype=_F)},
    lambda n, p, o: {"o": [*[_modified(i) for i in range(32)], *[1] * 32]},
)


def _modified(i: int) -> int:
    n = 2 + i
    p = n
    while n > 5:
        n -= 3
        p += 1
    return n * 100 + p


_STRIDE = Case(
    "launch_grid_stride_loop",
    "__global__ void k(const int* a, int* o, int n) { for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) o[i] = a[i] * 2 + 1; }",
    {"a": np.arange(1001, dtype=np.int32), "o": whole(1001), "n": np.int32(1001)},
    lambda a, o, n: {"o": a * 2 + 1},
    Launch((3, 1, 1), (50, 1, 1)),
)
_OFFSETS = Case(
    "launch_unaligned_offsets",
    "__global__ void k(const float* a, float* o, int n, int shift) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i + shift < n) o[i] = a[i + shift] - a[i]; }",
    {"a": np.arange(100, dtype=_F) ** 2, "o": whole(100, dtype=_F), "n": np.int32(100), "shift": np.int32(3)},
    lambda a, o, n, shift: {"o": np.concatenate([a[3:] - a[:-3], [0, 0, 0]])},
    Launch((2, 1, 1), (64, 1, 1)),
)
_BOUNDS = Case(
    "launch_bounds_and_qualifiers",
    'extern "C" __global__ void __launch_bounds__(128, 2) k(const int* __restrict__ a, int* __restrict__ o) { o[threadIdx.x] = a[threadIdx.x] + warpSize + (int)blockDim.x; }',
    {"a": np.arange(64, dtype=np.int32), "o": whole(64)},
    lambda a, o: {"o": a + 32 + 64},
    Launch(block=(64, 1, 1)),
)
_PROTOTYPE = Case(
    "launch_prototype_before_definition",
    "__global__ void k(int*, int);\n__device__ int late(int);\n__global__ void k(int* o, int n) { o[threadIdx.x] = late(n); }\n__device__ int late(int x) { return x * 2 + threadIdx.x; }",
    {"o": whole(32), "n": np.int32(4)},
    lambda o, n: {"o": 8 + np.arange(32)},
)
_NAMESPACE = Case(
    "launch_kernel_in_a_namespace",
    "namespace a { namespace b { template <typename T> __global__ void k(T* o, T v) { o[threadIdx.x] = v * (T)2; } } }",
    {"o": whole(32, dtype=_F), "v": _F(1.25)},
    lambda o, v: {"o": o + 2.5},
    kernel="a::b::k<float>",
)
_EXTREMES = Case(
    "launch_block_of_1024",
    "__global__ void k(int* o) { __shared__ int s[1024]; int i = threadIdx.x; s[i] = i; __syncthreads(); o[i] = s[1023 - i] + s[(i + 512) % 1024]; }",
    {"o": whole(1024)},
    lambda o: {"o": 1023 - np.arange(1024) + (np.arange(1024) + 512) % 1024},
    Launch(block=(1024, 1, 1)),
)
_LONG_GRID = Case(
    "launch_many_small_blocks",
    "__global__ void k(unsigned* o, unsigned n) { unsigned b = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z); if (b < n) o[b] = b * 3 + threadIdx.x; }",
    {"o": whole(3000, dtype=np.uint32), "n": np.uint32(3000)},
    lambda o, n: {"o": np.arange(3000) * 3},
    Launch((500, 3, 2), (1, 1, 1)),
)
_STENCIL = Case(
    "launch_2d_stencil",
    "#define AT(x, y) a[(y) * w + (x)]\n__global__ void k(const float* a, float* o, int w, int h) { int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;"
    " if (x >= w || y >= h) return; if (x == 0 || y == 0 || x == w - 1 || y == h - 1) { o[y * w + x] = AT(x, y); return; } o[y * w + x] = 0.25f * (AT(x - 1, y) + AT(x + 1, y) + AT(x, y - 1) + AT(x, y + 1)); }",
    {
        "a": (np.arange(23 * 17).reshape(17, 23) % 19 * 4).astype(_F),
        "o": whole(17, 23, dtype=_F),
        "w": np.int32(23),
        "h": np.int32(17),
    },
    lambda a, o, w, h: {"o": _average(a)},
    Launch((3, 3, 1), (8, 8, 1)),
)


def _average(a: np.ndarray) -> np.ndarray:
    o = a.copy()
    o[1:-1, 1:-1] = _F(0.25) * (a[1:-1, :-2] + a[1:-1, 2:] + a[:-2, 1:-1] + a[2:, 1:-1])
    return o


CASES = [
    *[_grid(g, b) for g, b in (((1, 1, 1), (1, 1, 1)), ((7, 1, 1), (13, 1, 1)), ((2, 3, 1), (5, 4, 1)), ((2, 2, 3), (3, 2, 2)), ((1, 5, 1), (1, 1, 9)), ((3, 1, 2), (32, 2, 1)))],
    _SCALARS, _MANY, _STRUCT, _VECTORS, _MODIFIED, _STRIDE, _OFFSETS, _BOUNDS, _PROTOTYPE, _NAMESPACE, _EXTREMES, _LONG_GRID, _STENCIL,
]  # fmt: skip
