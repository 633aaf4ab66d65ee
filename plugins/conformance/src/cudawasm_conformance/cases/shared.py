"""Shared memory and barriers, at block sizes that do and do not fill warps."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import whole

_F = np.float32
_SIZES = (1, 7, 32, 33, 64, 100, 256)


def block(
    name: str, source: str, args: dict[str, Any], expected: Any, size: Any, grid: int = 1, shared: int = 0
) -> Case:
    extents = size if isinstance(size, tuple) else (size, 1, 1)
    return Case(name, source, args, expected, Launch((grid, 1, 1), extents, shared))


def _reverse(n: int) -> Case:
    return block(
        f"shared_reverse_{n}",
        "__global__ void k(const int* a, int* o) { __shared__ int s[256]; int i = threadIdx.x, n = blockDim.x; s[i] = a[blockIdx.x * n + i];"
        " __syncthreads(); o[blockIdx.x * n + i] = s[n - 1 - i]; }",
        {"a": np.arange(3 * n, dtype=np.int32) * 7, "o": whole(3 * n)},
        lambda a, o: {"o": a.reshape(3, n)[:, ::-1]},
        n,
        3,
    )


def _reduce(n: int) -> Case:
    """A tree over any block size: the upper half starts at the next power of two."""
    values = (np.arange(4 * n) * 37 % 101 - 50).astype(np.int32)
    return block(
        f"shared_tree_reduction_{n}",
        "__global__ void k(const int* a, int* o, int top) { __shared__ int s[256]; int t = threadIdx.x; s[t] = a[blockIdx.x * blockDim.x + t];"
        " __syncthreads(); for (int d = top; d > 0; d >>= 1) { if (t < d && t + d < blockDim.x) s[t] += s[t + d]; __syncthreads(); }"
        " if (t == 0) o[blockIdx.x] = s[0]; }",
        {"a": values, "o": whole(4), "top": np.int32(1 << (n - 1).bit_length() >> 1)},
        lambda a, o, top: {"o": a.reshape(4, n).sum(1)},
        n,
        4,
    )


def _scan(n: int) -> Case:
    values = (np.arange(2 * n) * 13 % 17).astype(np.int32)
    return block(
        f"shared_inclusive_scan_{n}",
        "__global__ void k(const int* a, int* o) { __shared__ int s[2][256]; int t = threadIdx.x, n = blockDim.x, from = 0;"
        " s[0][t] = a[blockIdx.x * n + t]; __syncthreads(); for (int d = 1; d < n; d *= 2) { int to = 1 - from;"
        " s[to][t] = t >= d ? s[from][t] + s[from][t - d] : s[from][t]; from = to; __syncthreads(); } o[blockIdx.x * n + t] = s[from][t]; }",
        {"a": values, "o": whole(2 * n)},
        lambda a, o: {"o": np.cumsum(a.reshape(2, n), 1)},
        n,
        2,
    )


def _blelloch(n: int) -> Case:
    values = (np.arange(2 * n) * 5 % 23).astype(np.float32)
    return block(
        f"shared_work_efficient_scan_{n}",
        "__global__ void k(const float* a, float* o, int n) { extern __shared__ float temp[]; int t = threadIdx.x, offset = 1;"
        " temp[2 * t] = a[2 * t]; temp[2 * t + 1] = a[2 * t + 1]; for (int d = n >> 1; d > 0; d >>= 1) { __syncthreads(); if (t < d) {"
        " int p = offset * (2 * t + 1) - 1, q = offset * (2 * t + 2) - 1; temp[q] += temp[p]; } offset *= 2; } if (t == 0) temp[n - 1] = 0;"
        " for (int d = 1; d < n; d *= 2) { offset >>= 1; __syncthreads(); if (t < d) { int p = offset * (2 * t + 1) - 1, q = offset * (2 * t + 2)"
        " - 1; float x = temp[p]; temp[p] = temp[q]; temp[q] += x; } } __syncthreads(); o[2 * t] = temp[2 * t]; o[2 * t + 1] = temp[2 * t + 1]; }",
        {"a": values, "o": whole(2 * n, dtype=_F), "n": np.int32(2 * n)},
        lambda a, o, n: {"o": np.concatenate([[0], np.cumsum(a)[:-1]])},
        n,
        shared=8 * n,
    )


def _transpose(pad: int) -> Case:
    return Case(
        f"shared_transpose_padding_{pad}",
        f"#define TILE 16\n__global__ void k(const float* a, float* o, int w, int h) {{ __shared__ float t[TILE][TILE + {pad}];"
        " int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y; if (x < w && y < h) t[threadIdx.y][threadIdx.x] = a[y * w + x];"
        " __syncthreads(); x = blockIdx.y * TILE + threadIdx.x; y = blockIdx.x * TILE + threadIdx.y; if (x < h && y < w) o[y * h + x] ="
        " t[threadIdx.x][threadIdx.y]; }",
        {
            "a": np.arange(50 * 37, dtype=_F).reshape(37, 50),
            "o": whole(50, 37, dtype=_F),
            "w": np.int32(50),
            "h": np.int32(37),
        },
        lambda a, o, w, h: {"o": a.T},
        Launch((4, 3, 1), (16, 16, 1)),
    )


def _matmul(tile: int) -> Case:
    n = 2 * tile + 3
    a = (np.arange(n * n).reshape(n, n) % 7 - 3).astype(_F)
    b = (np.arange(n * n).reshape(n, n) % 5 - 2).astype(_F)
    return Case(
        f"shared_tiled_matmul_{tile}",
        "template <int T> __global__ void k(const float* a, const float* b, float* c, int n) { __shared__ float s[T][T], u[T][T];"
        " int x = threadIdx.x, y = threadIdx.y, col = blockIdx.x * T + x, row = blockIdx.y * T + y; float sum = 0; for (int m = 0; m < (n + T - 1)"
        " / T; ++m) { s[y][x] = row < n && m * T + x < n ? a[row * n + m * T + x] : 0; u[y][x] = col < n && m * T + y < n ? b[(m * T + y) * n + col]"
        " : 0; __syncthreads(); for (int j = 0; j < T; ++j) sum += s[y][j] * u[j][x]; __syncthreads(); } if (row < n && col < n) c[row * n + col]"
        " = sum; }",
        {"a": a, "b": b, "c": whole(n, n, dtype=_F), "n": np.int32(n)},
        lambda a, b, c, n: {"c": a @ b},
        Launch((3, 3, 1), (tile, tile, 1)),
        f"k<{tile}>",
    )


def _votes(n: int) -> Case:
    a = (np.arange(3 * n) * 7 % 10).astype(np.int32)
    a[n : 2 * n] = 8
    a[2 * n :] = 1

    def wanted(a: np.ndarray, o: np.ndarray) -> dict[str, Any]:
        big = a.reshape(3, n) > 5
        rows = [
            np.full((3, n), 0) + v
            for v in (big.sum(1)[:, None], big.all(1)[:, None] * 1000, big.any(1)[:, None] * 10000)
        ]
        return {"o": sum(rows)}

    return block(
        f"syncthreads_count_and_or_{n}",
        "__global__ void k(const int* a, int* o) { int i = blockIdx.x * blockDim.x + threadIdx.x; int p = a[i] > 5; int c = __syncthreads_count(p);"
        " int all = __syncthreads_and(p); int any = __syncthreads_or(a[i] > 5 ? 4 : 0); o[i] = c + (all ? 1000 : 0) + (any ? 10000 : 0); }",
        {"a": a, "o": whole(3 * n)},
        wanted,
        n,
        3,
    )


def _block_shapes(shape: tuple[int, int, int]) -> Case:
    n = shape[0] * shape[1] * shape[2]
    return Case(
        f"block_shape_{'x'.join(map(str, shape))}",
        "__global__ void k(int* o) { __shared__ int s[512]; int r = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);"
        " int n = blockDim.x * blockDim.y * blockDim.z; s[r] = threadIdx.x + 100 * threadIdx.y + 10000 * threadIdx.z; __syncthreads();"
        " o[(blockIdx.x + gridDim.x * blockIdx.y) * n + r] = s[(r + 1) % n]; }",
        {"o": whole(4, n)},
        lambda o: {"o": np.tile(np.roll(_coordinates(shape), -1), (4, 1))},
        Launch((2, 2, 1), shape),
    )


def _coordinates(shape: tuple[int, int, int]) -> np.ndarray:
    z, y, x = np.meshgrid(np.arange(shape[2]), np.arange(shape[1]), np.arange(shape[0]), indexing="ij")
    return (x + 100 * y + 10000 * z).ravel()


_I = np.arange(96, dtype=np.int32)
_BARRIERS = [
    block(
        "barrier_values_alive_across_several",
        "__global__ void k(const int* a, int* o) { __shared__ int s[96]; int i = threadIdx.x, n = blockDim.x; int x = a[i], y = x * 2; long long z = x;"
        " float f = x * 0.5f; s[i] = x; __syncthreads(); int l = s[(i + 1) % n]; __syncthreads(); s[i] = l + y; __syncthreads(); z += s[(i + 2) % n];"
        " __syncthreads(); s[i] = (int)z; y += l; __syncthreads(); o[i] = s[n - 1 - i] + y + (int)(f * 2); }",
        {"a": _I * 3, "o": whole(96)},
        lambda a, o: (lambda l: (lambda z: {"o": z[::-1] + 2 * a + l + a})(a + np.roll(l + 2 * a, -2)))(np.roll(a, -1)),
        96,
    ),
    block(
        "barrier_in_uniform_loop_with_break",
        "__global__ void k(const int* a, int* o, int stop) { __shared__ int s[96]; __shared__ int flag; int i = threadIdx.x; s[i] = a[i]; int rounds = 0;"
        " if (i == 0) flag = 0; __syncthreads(); while (true) { int v = s[(i + 1) % 96]; __syncthreads(); s[i] = v + 1; if (i == 5 && rounds == stop) flag = 1;"
        " ++rounds; __syncthreads(); if (flag) break; } o[i] = s[i] * 100 + rounds; }",
        {"a": _I, "o": whole(96), "stop": np.int32(6)},
        lambda a, o, stop: {"o": (np.roll(a, -7) + 7) * 100 + 7},
        96,
    ),
    block(
        "barrier_in_uniform_if",
        "__global__ void k(int* o, int n) { __shared__ int s[64]; int i = threadIdx.x; s[i] = i; if (n > 3) { __syncthreads(); int v = s[63 - i];"
        " __syncthreads(); s[i] = v * 2; } else { s[i] = -1; } if (blockIdx.x == 1) { s[i] += 5; __syncthreads(); o[64 + i] = s[i ^ 1]; return; }"
        " __syncthreads(); o[blockIdx.x * 64 + i] = s[(i + 1) % 64]; }",
        {"o": whole(3 * 64), "n": np.int32(4)},
        lambda o, n: {
            "o": [(63 - (i + 1) % 64) * 2 for i in range(64)] + [(63 - (i ^ 1)) * 2 + 5 for i in range(64)] + [(63 - (i + 1) % 64) * 2 for i in range(64)]
        },
        64,
        3,
    ),
    block(
        "barrier_in_nested_uniform_loops",
        "__global__ void k(int* o, int n, int m) { __shared__ int s[40]; int i = threadIdx.x; s[i] = i; for (int p = 0; p < n; ++p) { __syncthreads();"
        " int keep = s[(i + p) % 40]; for (int q = 0; q < m + p; ++q) { __syncthreads(); s[i] = keep + q; __syncthreads(); keep += s[(i + 1) % 40]; }"
        " if (p % 2) continue; __syncthreads(); s[i] = keep % 1000; } __syncthreads(); o[i] = s[i]; }",
        {"o": whole(40), "n": np.int32(5), "m": np.int32(2)},
        lambda o, n, m: {"o": _nested(5, 2)},
        40,
    ),
    block(
        "barrier_after_divergent_work",
        "__global__ void k(int* o) { __shared__ int s[70]; int i = threadIdx.x; int v = 0; if (i % 3 == 0) { for (int j = 0; j < i; ++j) v += j; } else if"
        " (i % 3 == 1) v = -i; s[i] = v; __syncthreads(); int w = 0; for (int j = 0; j <= i % 5; ++j) { if (j == 3) continue; w += s[(i + j) % 70]; }"
        " __syncthreads(); if (i < 35) s[i] = w; __syncthreads(); o[i] = s[i] + w; }",
        {"o": whole(70)},
        lambda o: {"o": _divergent()},
        70,
    ),
    block(
        "barrier_in_a_device_function",
        "__device__ int exchange(int* s, int v, int d) { int i = threadIdx.x; s[i] = v; __syncthreads(); int r = s[(i + d) % blockDim.x]; __syncthreads();"
        " return r; }\n__global__ void k(int* o) { __shared__ int s[50]; int v = threadIdx.x; for (int d = 1; d < 8; d *= 2) v = exchange(s, v, d) + 1;"
        " o[threadIdx.x] = v; }",
        {"o": whole(50)},
        lambda o: {"o": (np.arange(50) + 7) % 50 + 3},
        50,
    ),
    block(
        "barrier_with_local_arrays_alive",
        "__global__ void k(int* o) { __shared__ int s[64]; int i = threadIdx.x; int t[6]; for (int j = 0; j < 6; ++j) t[j] = i * j; s[i] = t[i % 6];"
        " __syncthreads(); t[(i + 1) % 6] = s[63 - i]; int* p = &t[i % 6]; __syncthreads(); int r = *p; for (int j = 0; j < 6; ++j) r += t[j]; o[i] = r; }",
        {"o": whole(64)},
        lambda o: {"o": [_local_arrays(i) for i in range(64)]},
        64,
    ),
    block(
        "barrier_in_loop_with_carried_floats",
        "__global__ void k(const float* a, float* o, int n) { __shared__ float s[48]; int i = threadIdx.x; float acc = 0, prev = a[i]; for (int j = 0; j < n; ++j)"
        " { s[i] = prev; __syncthreads(); float l = s[(i + 47) % 48], r = s[(i + 1) % 48]; __syncthreads(); prev = 0.25f * l + 0.5f * prev + 0.25f * r;"
        " acc += prev; } o[i] = acc + prev; }",
        {"a": (np.arange(48) % 16 * 16).astype(_F), "o": whole(48, dtype=_F), "n": np.int32(4)},
        lambda a, o, n: {"o": _stencil(a, 4)},
        48,
    ),
    block(
        "shared_writes_by_one_thread",
        "__global__ void k(const int* a, int* o) { __shared__ int total, first[4]; __shared__ struct { int lo; float hi; } range; int i = threadIdx.x;"
        " if (i == 0) { total = 0; for (int j = 0; j < 64; ++j) total += a[j]; range.lo = a[0]; range.hi = 2.5f; } if (i < 4) first[i] = i * i; __syncthreads();"
        " o[i] = total + first[i % 4] + range.lo * 10 + (int)(range.hi * 2); }",
        {"a": np.arange(64, dtype=np.int32) + 1, "o": whole(64)},
        lambda a, o: {"o": [2080 + [0, 1, 4, 9][i % 4] + 10 + 5 for i in range(64)]},
        64,
    ),
    block(
        "shared_dynamic_as_several_types",
        "__global__ void k(double* o, int n) { extern __shared__ char raw[]; double* d = (double*)raw; int* w = (int*)(d + n); float2* f = reinterpret_cast<float2*>"
        "(w + n + (n & 1)); int i = threadIdx.x; d[i] = i + 0.5; w[i] = i * 2; f[i] = make_float2(i, -i); __syncthreads(); int j = n - 1 - i; o[i] = d[j] + w[j] * 100 +"
        " f[j].y * 10000 + f[i].x; }",
        {"o": whole(45, dtype=np.float64), "n": np.int32(45)},
        lambda o, n: {"o": (lambda j: j + 0.5 + j * 200 - j * 10000 + np.arange(45))(44 - np.arange(45))},
        45,
        shared=45 * 8 + 46 * 4 + 45 * 8,
    ),
    block(
        "shared_dynamic_two_declarations_share_memory",
        # Every extern shared array of a kernel starts at the same address.
        "__device__ void put(int v) { extern __shared__ int words[]; words[threadIdx.x] = v; }\n"
        "__global__ void k(unsigned char* o) { extern __shared__ unsigned char bytes[]; put(0x01020304 + threadIdx.x); __syncthreads(); o[threadIdx.x] = bytes[threadIdx.x * 4 + 1]"
        " + bytes[threadIdx.x * 4]; }",
        {"o": whole(32, dtype=np.uint8)},
        lambda o: {"o": np.arange(32) + 7},
        32,
        shared=128,
    ),
    block(
        "shared_dynamic_2d_by_hand_with_static",
        "__global__ void k(int* o, int pitch) { extern __shared__ int dyn[]; __shared__ int fixed[8][9]; int x = threadIdx.x, y = threadIdx.y; dyn[y * pitch + x] = x * y;"
        " fixed[y][x] = x - y; __syncthreads(); o[y * 8 + x] = dyn[x * pitch + y] * 100 + fixed[x][y]; }",
        {"o": whole(8, 8), "pitch": np.int32(11)},
        lambda o, pitch: {"o": [[x * y * 100 + y - x for x in range(8)] for y in range(8)]},
        (8, 8, 1),
        shared=8 * 11 * 4,
    ),
    block(
        "shared_in_template_and_two_functions",
        "template <typename T> __device__ T rotate(T v) { __shared__ T s[32]; s[threadIdx.x] = v; __syncthreads(); return s[(threadIdx.x + 1) % 32]; }\n"
        "__global__ void k(float* o) { int a = rotate<int>(threadIdx.x); float b = rotate<float>(threadIdx.x * 0.5f); o[threadIdx.x] = a * 100 + b; }",
        {"o": whole(32, dtype=_F)},
        lambda o: {"o": [(i + 1) % 32 * 100.5 for i in range(32)]},
        32,
    ),
    block(
        "shared_struct_array_and_pointers",
        "struct P { float x, y; int id; };\n__global__ void k(P* o) { __shared__ P s[40]; __shared__ P* best; int i = threadIdx.x; s[i].x = (i * 17) % 40; s[i].y = -i; s[i].id = i;"
        " __syncthreads(); if (i == 3) { best = s; for (P* p = s; p != s + 40; ++p) if (p->x > best->x) best = p; } __syncthreads(); P t = *best; t.y += s[(i + 1) % 40].y; o[i] = t; }",
        {"o": np.zeros(40, [("x", "f4"), ("y", "f4"), ("id", "i4")])},
        lambda o: {"o": np.array([(39, -7 - (i + 1) % 40, 7) for i in range(40)], o.dtype)},
        40,
    ),
    block(
        "shared_stencil_with_halo",
        "__global__ void k(const float* a, float* o, int n) { __shared__ float s[64 + 4]; int g = blockIdx.x * 64 + threadIdx.x, l = threadIdx.x + 2; s[l] = g < n ? a[g] : 0;"
        " if (threadIdx.x < 2) { s[l - 2] = g >= 2 ? a[g - 2] : 0; s[l + 64] = g + 64 < n ? a[g + 64] : 0; } __syncthreads(); float r = 0; for (int d = -2; d <= 2; ++d)"
        " r += s[l + d]; if (g < n) o[g] = r; }",
        {"a": np.arange(150, dtype=_F), "o": whole(150, dtype=_F), "n": np.int32(150)},
        lambda a, o, n: {"o": np.convolve(a, np.ones(5), "same")},
        64,
        3,
    ),
    block(
        "shared_bitonic_sort",
        "__global__ void k(int* a) { __shared__ int s[128]; int t = threadIdx.x; s[t] = a[t]; for (int size = 2; size <= 128; size <<= 1) for (int d = size >> 1; d > 0; d >>= 1)"
        " { __syncthreads(); int p = t ^ d; if (p > t) { bool up = (t & size) == 0; if ((s[t] > s[p]) == up) { int x = s[t]; s[t] = s[p]; s[p] = x; } } } __syncthreads(); a[t] = s[t]; }",
        {"a": (np.arange(128) * 91 % 127 - 60).astype(np.int32)},
        lambda a: {"a": np.sort(a)},
        128,
    ),
    block(
        "legacy_warp_synchronous_volatile_reduction",
        # Before Volta warps ran in lockstep; the last 32 threads did without barriers.
        "__device__ void last(volatile int* s, int t) { s[t] += s[t + 32]; s[t] += s[t + 16]; s[t] += s[t + 8]; s[t] += s[t + 4]; s[t] += s[t + 2]; s[t] += s[t + 1]; }\n"
        "__global__ void k(const int* a, int* o) { __shared__ int s[128]; int t = threadIdx.x; s[t] = a[blockIdx.x * 128 + t]; __syncthreads(); if (t < 64) s[t] += s[t + 64];"
        " __syncthreads(); if (t < 32) last(s, t); if (t == 0) o[blockIdx.x] = s[0]; }",
        {"a": (np.arange(384) * 7 % 31).astype(np.int32), "o": whole(3)},
        lambda a, o: {"o": a.reshape(3, 128).sum(1)},
        128,
        3,
    ),
    block(
        "syncwarp_reduction_of_the_tail",
        "__global__ void k(const float* a, float* o) { __shared__ float s[64]; int t = threadIdx.x; s[t] = a[t]; __syncthreads(); if (t < 32) { float v = s[t] + s[t + 32];"
        " s[t] = v; __syncwarp(); for (int d = 16; d; d >>= 1) { if (t < d) v += s[t + d]; __syncwarp(); s[t] = v; __syncwarp(); } } if (t == 0) *o = s[0]; }",
        {"a": np.arange(64, dtype=_F), "o": whole(1, dtype=_F)},
        lambda a, o: {"o": a.sum(keepdims=True)},
        64,
    ),
    block(
        "fences_and_volatile_flags",
        "__global__ void k(volatile int* data, int* o) { int i = threadIdx.x; data[i] = i * 3; __threadfence(); __syncthreads(); o[i] = data[(i + 5) % 64]; __threadfence_block();"
        " __threadfence_system(); }",
        {"data": whole(64), "o": whole(64)},
        lambda data, o: {"data": np.arange(64) * 3, "o": (np.arange(64) + 5) % 64 * 3},
        64,
    ),
    block(
        "last_block_by_ticket",
        "__device__ unsigned tickets;\n__global__ void k(const int* a, volatile int* part, int* o) { __shared__ int s[32]; __shared__ bool last; int t = threadIdx.x;"
        " s[t] = a[blockIdx.x * 32 + t]; __syncthreads(); for (int d = 16; d; d >>= 1) { if (t < d) s[t] += s[t + d]; __syncthreads(); } if (t == 0) { part[blockIdx.x] = s[0];"
        " __threadfence(); last = atomicInc(&tickets, gridDim.x - 1) == gridDim.x - 1; } __syncthreads(); if (last && t == 0) { int r = 0; for (int j = 0; j < gridDim.x; ++j)"
        " r += part[j]; *o = r; } }",
        {"a": np.arange(320, dtype=np.int32), "part": whole(10), "o": whole(1)},
        lambda a, part, o: {"part": a.reshape(10, 32).sum(1), "o": [a.sum()]},
        32,
        10,
    ),
]  # fmt: skip


def _nested(n: int, m: int) -> np.ndarray:
    s = np.arange(40)
    for p in range(n):
        keep = np.roll(s, -p)
        for q in range(m + p):
            s = keep + q
            keep = keep + np.roll(s, -1)
        if p % 2 == 0:
            s = keep % 1000
    return s


def _divergent() -> np.ndarray:
    s = np.array([i * (i - 1) // 2 if i % 3 == 0 else -i if i % 3 == 1 else 0 for i in range(70)])
    w = np.array([sum(s[(i + j) % 70] for j in range(i % 5 + 1) if j != 3) for i in range(70)])
    return np.where(np.arange(70) < 35, w, s) + w


def _local_arrays(i: int) -> int:
    t = [i * j for j in range(6)]
    j = 63 - i
    t[(i + 1) % 6] = j * (j % 6)
    return t[i % 6] + sum(t)


def _stencil(a: np.ndarray, n: int) -> np.ndarray:
    acc = np.zeros_like(a)
    for _ in range(n):
        a = _F(0.25) * np.roll(a, 1) + _F(0.5) * a + _F(0.25) * np.roll(a, -1)
        acc = acc + a
    return acc + a


CASES = [
    *[_reverse(n) for n in _SIZES],
    *[_reduce(n) for n in _SIZES],
    *[_scan(n) for n in (1, 7, 33, 100)],
    *[_blelloch(n) for n in (32, 128)],
    _transpose(0),
    _transpose(1),
    *[_matmul(t) for t in (8, 16)],
    *[_votes(n) for n in (1, 33, 100)],
    *[_block_shapes(s) for s in ((8, 8, 1), (5, 7, 3), (33, 3, 1), (1, 40, 1), (2, 2, 32), (100, 1, 2))],
    *_BARRIERS,
]
