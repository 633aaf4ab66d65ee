"""Warp operations: shuffles of every width, votes, matches, reductions, partial masks, divergent code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import ctype, requiring, whole

_LANES = np.arange(32)
_FULL = 0xFFFFFFFF


def source_lane(kind: str, lane: int, argument: int, width: int) -> int:
    """The lane that a shuffle reads, by the PTX manual: its own where the source is out of range."""
    first = lane & ~(width - 1)
    last = first | (width - 1)
    if kind == "idx":
        return first | (argument & (width - 1))
    if kind == "up":
        return lane - argument if lane - argument >= first else lane
    if kind == "down":
        return lane + argument if lane + argument <= last else lane
    return lane ^ argument if lane ^ argument <= last else lane  # earlier segments may be read


_NAMES = {"idx": "__shfl_sync", "up": "__shfl_up_sync", "down": "__shfl_down_sync", "xor": "__shfl_xor_sync"}
_ARGUMENTS = {
    "idx": (0, 1, 5, 31, 33, 70),
    "up": (0, 1, 3, 8, 31),
    "down": (0, 1, 2, 7, 16),
    "xor": (0, 1, 3, 8, 16, 31),
}


def _shuffle(kind: str, width: int) -> Case:
    """Uniform arguments, then one that differs by lane, on two warps."""
    args = _ARGUMENTS[kind]
    calls = "".join(f" o[{n} * 64 + i] = {_NAMES[kind]}(0xffffffffu, v, {a}, {width});" for n, a in enumerate(args))
    varying = "i % 7" if kind != "xor" else "1 << (i / 32)"

    def wanted(o: np.ndarray) -> dict[str, Any]:
        rows = [[_value(i, source_lane(kind, i % 32, a, width)) for i in range(64)] for a in args]
        each = [i % 7 if kind != "xor" else 1 << (i // 32) for i in range(64)]
        rows.append([_value(i, source_lane(kind, i % 32, each[i], width)) for i in range(64)])
        return {"o": rows}

    return Case(
        f"shuffle_{kind}_width_{width}",
        f"__global__ void k(int* o) {{ int i = threadIdx.x; int v = i * 10 + 1;{calls}"
        f" o[{len(args)} * 64 + i] = {_NAMES[kind]}(0xffffffffu, v, {varying}, {width}); }}",
        {"o": whole(len(args) + 1, 64)},
        wanted,
        Launch(block=(64, 1, 1)),
    )


def _value(thread: int, lane: int) -> int:
    return (thread // 32 * 32 + lane) * 10 + 1


def _typed(t: str) -> Case:
    values = (
        (np.arange(32) * 3 - 20).astype(t)
        if t[0] != "u"
        else (np.arange(32).astype(t) << np.array(20 if t == "u4" else 50, t))
    )
    c = ctype(t)
    return Case(
        f"shuffle_of_{np.dtype(t).name}",
        f"__global__ void k(const {c}* a, {c}* o) {{ int i = threadIdx.x; {c} v = a[i]; o[i] = __shfl_sync(0xffffffff, v, 31 - i); o[32 + i] ="
        " __shfl_up_sync(0xffffffff, v, 2); o[64 + i] = __shfl_down_sync(~0u, v, 2); o[96 + i] = __shfl_xor_sync(~0, v, 5); }",
        {"a": values, "o": np.zeros((4, 32), t)},
        lambda a, o: {
            "o": [
                a[::-1],
                a[np.where(_LANES < 2, _LANES, _LANES - 2)],
                a[np.where(_LANES > 29, _LANES, _LANES + 2)],
                a[_LANES ^ 5],
            ]
        },
    )


def warp(name: str, source: str, out: Any, f: Callable[[], Any], size: int = 32, grid: int = 1, y: int = 1) -> Case:
    """A kernel with one output array ``o``."""
    return Case(name, source, {"o": out}, lambda o: {"o": f()}, Launch((grid, 1, 1), (size, y, 1)))


def _bits(predicate: Callable[[int], bool], lanes: Any = range(32)) -> int:
    return sum(1 << i for i in lanes if predicate(i))


def _reduction(name: str, f: Callable[[list[int]], int], t: str) -> Case:
    """Over the full warp, over a half in a divergent branch, and over the lanes of a mask."""
    values = [(i * 0x9E3779B1 >> 5) % (1 << 32) for i in range(32)]
    if t == "i4":
        values = [v - (1 << 32) if v >> 31 else v for v in values]

    def total(lanes: Any) -> int:
        return f([values[i] for i in lanes]) & _FULL

    def wanted() -> np.ndarray:
        rows = [[total(range(32))] * 32, [total(range(16)) if i < 16 else total(range(16, 32)) for i in range(32)]]
        rows.append([total(range(0, 32, 3)) if i % 3 == 0 else 0 for i in range(32)])
        return np.array(rows, np.uint32).view(t)

    c = ctype(t)
    return Case(
        f"warp_{name}_{t}",
        f"__global__ void k(const {c}* a, {c}* o) {{ int i = threadIdx.x; o[i] = __{name}_sync(0xffffffff, a[i]); if (i < 16) o[32 + i] = __{name}_sync(0xffff, a[i]);"
        f" else o[32 + i] = __{name}_sync(0xffff0000, a[i]); if (i % 3 == 0) o[64 + i] = __{name}_sync(0x49249249, a[i]); }}",
        {"a": np.array(values, np.int64).astype(t), "o": np.zeros((3, 32), t)},
        lambda a, o: {"o": wanted()},
    )


def _wrapped(values: list[int]) -> int:
    return sum(values)


def _or(values: list[int]) -> int:
    r = 0
    for v in values:
        r |= v
    return r


def _and(values: list[int]) -> int:
    r = -1
    for v in values:
        r &= v
    return r


def _xor(values: list[int]) -> int:
    r = 0
    for v in values:
        r ^= v
    return r


_VOTES = [
    warp(
        "vote_ballot_any_all",
        "__global__ void k(unsigned* o) { int i = threadIdx.x; unsigned m = 0xffffffff; o[i] = __ballot_sync(m, i % 3 == 0); o[64 + i] = __any_sync(m, i == 40) ? 1 : 0;"
        " o[128 + i] = __all_sync(m, i < 50) ? 1 : 0; o[192 + i] = __popc(__ballot_sync(m, i & 4)); }",
        whole(4, 64, dtype=np.uint32),
        lambda: [
            [_bits(lambda lane, i=i: (i // 32 * 32 + lane) % 3 == 0) for i in range(64)], [i // 32 for i in range(64)],
            [1 - i // 32 for i in range(64)], [16] * 64,
        ],
        64,
    ),
    warp(
        "vote_in_divergent_branches",
        "__global__ void k(unsigned* o) { int i = threadIdx.x; if (i % 2 == 0) { o[i] = __ballot_sync(0x55555555, i > 9); if (i >= 16) o[32 + i] = __ballot_sync(0x55550000, i % 8 == 0);"
        " } else { o[i] = __ballot_sync(0xaaaaaaaa, i < 9); o[32 + i] = __any_sync(0xaaaaaaaa, i == 8) ? 7 : 5; } }",
        whole(2, 32, dtype=np.uint32),
        lambda: [
            [_bits(lambda j: j > 9, range(0, 32, 2)) if i % 2 == 0 else _bits(lambda j: j < 9, range(1, 32, 2)) for i in range(32)],
            [(_bits(lambda j: j % 8 == 0, range(16, 32, 2)) if i >= 16 else 0) if i % 2 == 0 else 5 for i in range(32)],
        ],
    ),
    warp(
        "vote_in_loops_of_varying_length",
        # The lanes that are still in the loop vote: the mask shrinks with them.
        "__global__ void k(unsigned* o) { int i = threadIdx.x; unsigned mask = 0xffffffff; unsigned sum = 0; for (int j = 0; j < 8; ++j) { mask = __ballot_sync(mask, j < i % 5 + 1); if (j >= i % 5 + 1)"
        " break; sum += __popc(mask) * (j + 1); } o[i] = sum; }",
        whole(32, dtype=np.uint32),
        lambda: [sum(sum(k % 5 + 1 > j for k in range(32)) * (j + 1) for j in range(i % 5 + 1)) for i in range(32)],
    ),
    warp(
        "vote_partial_last_warp",
        "__global__ void k(unsigned* o) { int i = threadIdx.x; unsigned m = __activemask(); o[i] = m; o[44 + i] = __ballot_sync(m, i & 1); o[88 + i] = __all_sync(m, 1) + __any_sync(m, 0) * 2; }",
        whole(3, 44, dtype=np.uint32),
        lambda: [
            [_FULL if i < 32 else 0xFFF for i in range(44)], [0xAAAAAAAA if i < 32 else 0xAAA for i in range(44)], [1] * 44,
        ],
        44,
    ),
    warp(
        "activemask_in_a_branch",
        "__global__ void k(unsigned* o) { int i = threadIdx.x; if (i >= 8 && i < 20) { o[i] = __activemask(); } if (i == 3) o[i] = __activemask(); }",
        whole(32, dtype=np.uint32),
        lambda: [0xFFF00 if 8 <= i < 20 else 8 if i == 3 else 0 for i in range(32)],
    ),
    warp(
        "match_any_and_all",
        "__global__ void k(unsigned* o) { int i = threadIdx.x; o[i] = __match_any_sync(0xffffffff, i % 5); int p = 9, q = 9; o[32 + i] = __match_all_sync(0xffffffff, i / 32, &p) + p;"
        " o[64 + i] = __match_all_sync(0xffffffff, i == 7, &q) + q; unsigned long long w = 1ull << (33 + i % 2); o[96 + i] = __match_any_sync(~0u, w);"
        " if (i < 10) o[128 + i] = __match_any_sync(0x3ff, i * 0.5f > 2.0f ? 1.5f : -0.0f); }",
        whole(5, 32, dtype=np.uint32),
        lambda: [
            [_bits(lambda j, i=i: j % 5 == i % 5) for i in range(32)], [0] * 32, [0] * 32, [0x55555555 << i % 2 for i in range(32)],
            [(0x1F if i < 5 else 0x3E0) if i < 10 else 0 for i in range(32)],
        ],
    ),
    warp(
        "lane_and_warp_numbers",
        "__global__ void k(unsigned* o) { int t = threadIdx.x + blockDim.x * threadIdx.y; unsigned lane, w; asm(\"mov.u32 %0, %%laneid;\" : \"=r\"(lane)); unsigned mask = __activemask();"
        " w = __popc(mask & ((1u << lane) - 1)); o[t] = lane * 100 + w; }",
        whole(60, dtype=np.uint32),
        lambda: [i % 32 * 101 for i in range(60)],
        60,
    ),
]  # fmt: skip
# match_all gives the mask when all agree: 0xffffffff + 1 wraps to 0; and 0 + 0 when they do not.

_USES = [
    warp(
        "warp_reduction_by_shuffles",
        "__device__ float warpSum(float v) { for (int d = 16; d > 0; d >>= 1) v += __shfl_down_sync(0xffffffff, v, d); return v; }\n"
        "__global__ void k(float* o) { float s = warpSum(threadIdx.x * 0.5f); if (threadIdx.x % 32 == 0) o[blockIdx.x * 3 + threadIdx.x / 32] = s + blockIdx.x; }",
        whole(6, dtype=np.float32),
        lambda: [sum(range(w * 32, w * 32 + 32)) * 0.5 + b for b in range(2) for w in range(3)],
        96,
        2,
    ),
    warp(
        "block_reduction_by_shuffles_and_shared",
        "__global__ void k(int* o) { __shared__ int s[32]; int t = threadIdx.x, lane = t % 32, w = t / 32, n = (blockDim.x + 31) / 32; int v = t * 3 + blockIdx.x; for (int d = 16; d; d /= 2) v +="
        " __shfl_xor_sync(0xffffffff, v, d); if (lane == 0) s[w] = v; __syncthreads(); if (w == 0) { v = lane < n ? s[lane] : 0; for (int d = 16; d; d /= 2) v += __shfl_down_sync(~0u, v, d); if (lane == 0)"
        " o[blockIdx.x] = v; } }",
        whole(3),
        lambda: [sum(t * 3 + b for t in range(192)) for b in range(3)],
        192,
        3,
    ),
    warp(
        "warp_scan_by_shuffles",
        "__global__ void k(int* o) { int lane = threadIdx.x & 31; int v = threadIdx.x % 7; for (int d = 1; d < 32; d <<= 1) { int u = __shfl_up_sync(0xffffffff, v, d); if (lane >= d) v += u; }"
        " o[threadIdx.x] = v; }",
        whole(64),
        lambda: [sum(j % 7 for j in range(i // 32 * 32, i + 1)) for i in range(64)],
        64,
    ),
    warp(
        "shuffle_broadcast_from_a_chosen_lane",
        "__global__ void k(int* o) { int i = threadIdx.x; unsigned b = __ballot_sync(~0u, i % 11 == 9); int leader = __ffs(b) - 1; o[i] = __shfl_sync(~0u, i * i, leader) + __shfl_sync(~0u, i, __popc(b)); }",
        whole(32),
        lambda: [81 + 3] * 32,
    ),
    warp(
        "shuffle_in_divergent_branches",
        # Each branch names its own lanes; only those are read.
        "__global__ void k(int* o) { int i = threadIdx.x; int r; if (i < 12) r = __shfl_sync(0xfff, i * 10, (i + 1) % 12); else if (i < 20) r = __shfl_sync(0xff000, i * 100, 12 + (i + 3) % 8);"
        " else r = __shfl_xor_sync(0xfff00000, i, 1); o[i] = r; }",
        whole(32),
        lambda: [(i + 1) % 12 * 10 if i < 12 else (12 + (i + 3) % 8) * 100 if i < 20 else i ^ 1 for i in range(32)],
    ),
    warp(
        "shuffle_after_partial_exit",
        "__global__ void k(int* o) { int i = threadIdx.x; if (i >= 24) return; int v = i; for (int j = 0; j < 3; ++j) v += __shfl_sync(0xffffff, v, (i + 1) % 24); o[i] = v; }",
        whole(32),
        lambda: [*_rotations(24, 3), *[0] * 8],
    ),
    warp(
        "shuffle_in_uniform_loop_with_break",
        "__global__ void k(int* o) { int i = threadIdx.x; int v = i; int n = 0; while (true) { v = __shfl_sync(~0u, v, (i * 5 + 1) & 31); ++n; if (__all_sync(~0u, n > 3)) break; } o[i] = v * 10 + n; }",
        whole(32),
        lambda: [_permuted(i, 4) * 10 + 4 for i in range(32)],
    ),
    warp(
        "shuffle_of_a_struct_by_words",
        "struct P { float x; int y; double z; };\ntemplate <typename T> __device__ T shuffle(T v, int lane) { T r; int* s = (int*)&v; int* d = (int*)&r; for (int j = 0; j < (int)(sizeof(T) / 4); ++j)"
        " d[j] = __shfl_sync(~0u, s[j], lane); return r; }\n__global__ void k(double* o) { int i = threadIdx.x; P p = {i * 0.5f, i * 2, i + 0.25}; P q = shuffle(p, 31 - i); o[i] = q.x + q.y * 100 + q.z * 10000; }",
        whole(32, dtype=np.float64),
        lambda: [(31 - i) * 0.5 + (31 - i) * 200 + (31 - i + 0.25) * 10000 for i in range(32)],
    ),
    warp(
        "shuffle_with_2d_blocks",
        # Lanes count along x, then y.
        "__global__ void k(int* o) { int t = threadIdx.y * blockDim.x + threadIdx.x; int v = threadIdx.x + 100 * threadIdx.y; o[t] = __shfl_down_sync(~0u, v, 9); o[64 + t] = __shfl_xor_sync(~0u, v, 12); }",
        whole(2, 64),
        lambda: [
            [(lambda j: j % 8 + 100 * (j // 8))(i + 9 if i % 32 + 9 < 32 else i) for i in range(64)], [(lambda j: j % 8 + 100 * (j // 8))(i ^ 12) for i in range(64)],
        ],
        8,
        y=8,
    ),
    warp(
        "warp_bitonic_sort",
        "__global__ void k(int* o) { int i = threadIdx.x; int v = (i * 37 + 11) % 64; for (int size = 2; size <= 32; size *= 2) for (int d = size / 2; d; d /= 2) { int u = __shfl_xor_sync(~0u, v, d);"
        " bool low = (i & d) == 0, up = (i & size) == 0; v = (low == up) ? min(u, v) : max(u, v); } o[i] = v; }",
        whole(32),
        lambda: sorted((i * 37 + 11) % 64 for i in range(32)),
    ),
    warp(
        "warp_aggregated_atomics",
        "__device__ int add(int* p) { unsigned m = __activemask(); int lane = threadIdx.x % 32, leader = __ffs(m) - 1, base = 0; if (lane == leader) base = atomicAdd(p, __popc(m)); base = __shfl_sync(m,"
        " base, leader); return base + __popc(m & ((1u << lane) - 1)); }\n__device__ int counter;\n__global__ void k(int* o) { if (threadIdx.x % 3 != 1) o[add(&counter)] = 1; }",
        whole(70),
        lambda: [1 if i < 64 else 0 for i in range(70)],
        96,
    ),
    warp(
        "syncwarp_orders_shared_memory",
        "__global__ void k(int* o) { __shared__ int s[64]; int t = threadIdx.x, w = t & ~31, l = t & 31; s[t] = t; __syncwarp(); int a = s[w + (l + 1) % 32]; __syncwarp(); s[t] = a * 2; __syncwarp();"
        " o[t] = s[w + (l + 3) % 32]; __syncwarp(); if (l < 8) { s[t] = l; __syncwarp(0xff); o[t] += s[w + 7 - l] * 1000; } }",
        whole(64),
        lambda: [(i // 32 * 32 + (i + 4) % 32) * 2 + ((7 - i % 32) * 1000 if i % 32 < 8 else 0) for i in range(64)],
        64,
    ),
]  # fmt: skip


def _rotations(n: int, times: int) -> list[int]:
    v = list(range(n))
    for _ in range(times):
        v = [v[i] + v[(i + 1) % n] for i in range(n)]
    return v


def _permuted(lane: int, times: int) -> int:
    v = list(range(32))
    for _ in range(times):
        v = [v[(i * 5 + 1) & 31] for i in range(32)]
    return v[lane]


_LEGACY = [
    warp(
        "pre_volta_shuffles",
        "__global__ void k(int* o) { int i = threadIdx.x; int v = i * 3; o[i] = __shfl(v, 5); o[32 + i] = __shfl_up(v, 4, 16); o[64 + i] = __shfl_down(v, 1); o[96 + i] = __shfl_xor(v, 2, 8); }",
        whole(4, 32),
        lambda: [
            [15] * 32,
            [3 * source_lane("up", i, 4, 16) for i in range(32)],
            [3 * min(i + 1, 31) for i in range(32)],
            [3 * (i ^ 2) for i in range(32)],
        ],
    ),
    warp(
        "pre_volta_votes",
        "__global__ void k(unsigned* o) { int i = threadIdx.x; o[i] = __ballot(i & 1); o[32 + i] = __any(i == 3) + 2 * __all(i < 32); if (i < 4) o[64 + i] = __ballot(i != 2); }",
        whole(3, 32, dtype=np.uint32),
        lambda: [[0xAAAAAAAA] * 32, [3] * 32, [11] * 4 + [0] * 28],
    ),
]

CASES = requiring(
    "warp",
    [
        *[_shuffle(kind, width) for kind in _NAMES for width in (2, 4, 8, 16, 32)],
        *[_typed(t) for t in ("i4", "u4", "i8", "u8", "f4", "f8")],
        *_VOTES,
        *[
            _reduction(f"reduce_{n}", f, t)
            for n, f in (("add", _wrapped), ("min", min), ("max", max))
            for t in ("i4", "u4")
        ],
        *[_reduction(f"reduce_{n}", f, "u4") for n, f in (("and", _and), ("or", _or), ("xor", _xor))],
        *_USES,
        *_LEGACY,
    ],
)
