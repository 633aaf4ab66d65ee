"""Cooperative groups: blocks, tiles, coalesced threads, partitions, the grid, and their collectives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import requiring, whole

_HEAD = "#include <cooperative_groups.h>\nnamespace cg = cooperative_groups;\n"
_REDUCE = (
    "#include <cooperative_groups.h>\n#include <cooperative_groups/reduce.h>\nnamespace cg = cooperative_groups;\n"
)
_SCAN = "#include <cooperative_groups.h>\n#include <cooperative_groups/scan.h>\nnamespace cg = cooperative_groups;\n"


def group(
    name: str, source: str, out: Any, f: Callable[[], Any], block: Any = 32, grid: int = 1, head: str = _HEAD
) -> Case:
    extents = block if isinstance(block, tuple) else (block, 1, 1)
    return Case(name, head + source, {"o": out}, lambda o: {"o": f()}, Launch((grid, 1, 1), extents))


def _tile(n: int) -> Case:
    """Ranks, shuffles and votes of a tile, on 64 threads."""

    def wanted() -> list[list[int]]:
        rows = []
        for i in range(64):
            r, base = i % n, i // n * n
            d = 1
            rows.append([
                n, r, i // n, 64 // n, base * 3, (i + d if r + d < n else i) * 3, (i - d if r >= d else i) * 3, (base + (r ^ (n // 2))) * 3,
                sum(1 << j for j in range(n) if (base + j) % 3 == 0), int(any((base + j) % 5 == 0 for j in range(n))),
                int(all((base + j) % 32 < 31 for j in range(n))), sum(base + j for j in range(n)),
            ])  # fmt: skip
        return rows

    return group(
        f"group_tile_{n}",
        f"__global__ void k(unsigned* o) {{ auto t = cg::tiled_partition<{n}>(cg::this_thread_block()); int i = threadIdx.x; unsigned* p = o + i * 12; int v = i * 3; p[0] = t.size(); p[1] = t.thread_rank();"
        " p[2] = t.meta_group_rank(); p[3] = t.meta_group_size(); p[4] = t.shfl(v, 0); p[5] = t.shfl_down(v, 1); p[6] = t.shfl_up(v, 1); p[7] = t.shfl_xor(v, t.num_threads() / 2);"
        " p[8] = t.ballot(i % 3 == 0); p[9] = t.any(i % 5 == 0) ? 1 : 0; p[10] = t.all(i % 32 < 31) ? 1 : 0; int s = i; for (int d = t.size() / 2; d > 0; d /= 2) s += t.shfl_xor(s, d); p[11] = s; t.sync(); }",
        whole(64, 12, dtype=np.uint32),
        wanted,
        64,
    )


def _reduce(n: int) -> Case:
    def wanted() -> list[list[float]]:
        rows = []
        for i in range(64):
            lanes = range(i // n * n, i // n * n + n)
            xs = [j * 7 % 13 for j in lanes]
            bits = [1 << j % 9 for j in lanes]
            both, either, odd = bits[0], 0, 0
            for b in bits:
                both, either, odd = both & b, either | b, odd ^ b
            rows.append([sum(xs), min(xs), max(xs), either, both, odd, sum(xs) * 0.5])
        return rows

    return group(
        f"group_reduce_tile_{n}",
        f"__global__ void k(double* o) {{ auto t = cg::tiled_partition<{n}>(cg::this_thread_block()); int i = threadIdx.x; double* p = o + i * 7; int v = i * 7 % 13; unsigned b = 1u << (i % 9);"
        " p[0] = cg::reduce(t, v, cg::plus<int>()); p[1] = cg::reduce(t, v, cg::less<int>()); p[2] = cg::reduce(t, v, cg::greater<int>()); p[3] = cg::reduce(t, b, cg::bit_or<unsigned>());"
        " p[4] = cg::reduce(t, b, cg::bit_and<unsigned>()); p[5] = cg::reduce(t, b, cg::bit_xor<unsigned>()); p[6] = cg::reduce(t, v * 0.5f, cg::plus<float>()); }",
        whole(64, 7, dtype=np.float64),
        wanted,
        64,
        head=_REDUCE,
    )


def _scan(n: int) -> Case:
    def wanted() -> list[list[int]]:
        rows = []
        for i in range(64):
            before = [j % 5 + 1 for j in range(i // n * n, i + 1)]
            rows.append([sum(before), sum(before[:-1]), max(before)])
        return rows

    return group(
        f"group_scan_tile_{n}",
        f"__global__ void k(int* o) {{ auto t = cg::tiled_partition<{n}>(cg::this_thread_block()); int v = threadIdx.x % 5 + 1; int* p = o + threadIdx.x * 3; p[0] = cg::inclusive_scan(t, v);"
        " p[1] = cg::exclusive_scan(t, v); p[2] = cg::inclusive_scan(t, v, cg::greater<int>()); }",
        whole(64, 3),
        wanted,
        64,
        head=_SCAN,
    )


_OTHERS = [
    group(
        "group_thread_block",
        "__global__ void k(int* o) { cg::thread_block b = cg::this_thread_block(); __shared__ int s[60]; s[b.thread_rank()] = b.thread_rank() * 2; b.sync(); int r = b.thread_rank();"
        " o[b.group_index().x * 60 + r] = s[b.size() - 1 - r] + b.thread_index().y * 1000 + b.group_dim().x * 10000 + b.num_threads() * 100000; cg::sync(b); }",
        whole(2, 60),
        lambda: [[(59 - r) * 2 + r // 6 % 5 * 1000 + 60000 + 6000000 for r in range(60)]] * 2,
        (6, 5, 2),
        2,
    ),
    group(
        "group_coalesced_in_a_branch",
        "__global__ void k(int* o) { int i = threadIdx.x; o[i] = -1; if (i % 3 == 1) { cg::coalesced_group g = cg::coalesced_threads(); int n = g.size(), r = g.thread_rank(); int s = i;"
        " o[i] = n * 1000 + r * 10 + g.shfl(s, n - 1) * 100000; o[32 + i] = g.shfl_down(i, 1) + 100 * g.shfl_up(i, 2); o[64 + i] = g.ballot(i > 15) * 10 + (g.any(i == 4) ? 1 : 0) + (g.all(i > 0) ? 2 : 0); } }",
        whole(3, 32),
        lambda: [
            [11000 + i // 3 * 10 + 3100000 if i % 3 == 1 else -1 for i in range(32)],
            [min(i + 3, 31) + 100 * (i - 6 if i > 6 else i) if i % 3 == 1 else 0 for i in range(32)],
            [(0b11111100000) * 10 + 3 if i % 3 == 1 else 0 for i in range(32)],
        ],
    ),
    group(
        "group_aggregated_increment",
        "__device__ int add(int* p) { auto g = cg::coalesced_threads(); int base = 0; if (g.thread_rank() == 0) base = atomicAdd(p, (int)g.size()); return g.shfl(base, 0) + g.thread_rank(); }\n"
        "__device__ int counter;\n__global__ void k(int* o) { if (threadIdx.x % 4 != 2) o[add(&counter)] += 1; }",
        whole(100),
        lambda: [1] * 75 + [0] * 25,
        100,
    ),
    group(
        "group_reduce_of_coalesced",
        "__global__ void k(int* o) { int i = threadIdx.x; if (i % 5 < 2) { auto g = cg::coalesced_threads(); o[i] = cg::reduce(g, i, cg::plus<int>()); o[32 + i] = cg::reduce(g, i * 3 % 7, cg::greater<int>()); } }",
        whole(2, 32),
        lambda: [
            [sum(j for j in range(32) if j % 5 < 2) if i % 5 < 2 else 0 for i in range(32)], [max(j * 3 % 7 for j in range(32) if j % 5 < 2) if i % 5 < 2 else 0 for i in range(32)],
        ],
        head=_REDUCE,
    ),
    group(
        "group_tile_of_a_tile",
        "__global__ void k(int* o) { auto w = cg::tiled_partition<32>(cg::this_thread_block()); auto t = cg::tiled_partition<8>(w); int i = threadIdx.x; o[i] = t.meta_group_rank() * 1000 + t.thread_rank() * 100"
        " + t.meta_group_size(); o[64 + i] = t.shfl(i, 3) + w.shfl(i, 9) * 100; }",
        whole(2, 64),
        lambda: [[i % 32 // 8 * 1000 + i % 8 * 100 + 4 for i in range(64)], [i // 8 * 8 + 3 + (i // 32 * 32 + 9) * 100 for i in range(64)]],
        64,
    ),
    group(
        "group_function_over_any_group",
        "template <typename G> __device__ int sum(G g, int* scratch, int v) { int r = g.thread_rank(); scratch[r] = v; g.sync(); for (int d = g.size() / 2; d > 0; d /= 2) { if (r < d) scratch[r] += scratch[r + d];"
        " g.sync(); } int t = scratch[0]; g.sync(); return t; }\n__global__ void k(int* o) { __shared__ int s[64]; auto b = cg::this_thread_block(); int i = b.thread_rank(); int whole = sum(b, s, i);"
        " auto t = cg::tiled_partition<16>(b); int part = sum(t, s + i / 16 * 16, i); o[i] = whole * 1000 + part; }",
        whole(64),
        lambda: [2016000 + sum(range(i // 16 * 16, i // 16 * 16 + 16)) for i in range(64)],
        64,
    ),
    group(
        "group_thread_group_chosen_at_run_time",
        "__device__ int work(cg::thread_group g, int v) { g.sync(); return g.size() * 100 + g.thread_rank() + v * 10000; }\n__global__ void k(int* o) { cg::thread_block b = cg::this_thread_block();"
        " cg::thread_group t = cg::tiled_partition(b, 4); o[threadIdx.x] = work(t, 1) + work(b, 2); }",
        whole(32),
        lambda: [400 + i % 4 + 10000 + 3200 + i + 20000 for i in range(32)],
    ),
    group(
        "group_binary_partition",
        "__global__ void k(int* o) { auto w = cg::tiled_partition<32>(cg::this_thread_block()); int i = threadIdx.x; auto g = cg::binary_partition(w, i % 3 == 0); o[i] = g.size() * 100 + g.thread_rank(); o[32 + i] ="
        " g.shfl(i, 1); }",
        whole(2, 32),
        lambda: [[1100 + i // 3 if i % 3 == 0 else 2100 + i - i // 3 - 1 for i in range(32)], [3 if i % 3 == 0 else 2 for i in range(32)]],
    ),
    group(
        "group_labeled_partition",
        "__global__ void k(int* o) { auto w = cg::tiled_partition<32>(cg::this_thread_block()); int i = threadIdx.x; auto g = cg::labeled_partition(w, i * i % 5); o[i] = g.size() * 100 + g.thread_rank(); o[32 + i] ="
        " cg::reduce(g, i, cg::plus<int>()); }",
        whole(2, 32),
        lambda: [
            [100 * len(_label(i)) + _label(i).index(i) for i in range(32)], [sum(_label(i)) for i in range(32)],
        ],
        head=_REDUCE,
    ),
    group(
        "group_match",
        "__global__ void k(unsigned* o) { auto t = cg::tiled_partition<16>(cg::this_thread_block()); int i = threadIdx.x; o[i] = t.match_any(i % 3); int p; o[32 + i] = t.match_all(i / 16, p) + p; }",
        whole(2, 32, dtype=np.uint32),
        lambda: [[sum(1 << j for j in range(16) if (i // 16 * 16 + j) % 3 == i % 3) for i in range(32)], [0x10000] * 32],
    ),
    group(
        "group_grid_ranks",
        "__global__ void k(int* o) { auto g = cg::this_grid(); o[g.thread_rank()] = g.size() + g.block_rank() * 10000 + g.num_blocks() * 100000; }",
        whole(96),
        lambda: [96 + i // 32 * 10000 + 300000 for i in range(96)],
        32,
        3,
    ),
]  # fmt: skip


def _label(i: int) -> list[int]:
    return [j for j in range(32) if j * j % 5 == i * i % 5]


_GRID = "cg::grid_group g = cg::this_grid(); int n = gridDim.x * blockDim.x, i = g.thread_rank();"


def _in_branches(a: Any, o: Any, rounds: Any) -> dict[str, Any]:
    for r in range(int(rounds)):
        a = np.roll(a, -1) + a if r % 3 == 0 else a[::-1].copy() if r % 3 == 1 else a + 5
        if a[0] > 400:
            break
    return {"a": a, "o": a + np.roll(a, -9)}


def _kept_in_shared_memory(o: Any) -> dict[str, Any]:
    block, t = np.divmod(np.arange(96), 32)
    rows = (t % 4) * 10 + (31 - t) // 4 + block
    return {"o": rows + 2 * (31 - t) + 100 * (block + 1) + (31 - t) * block + o[(np.arange(96) + 40) % 96]}


def _kept_by_threads(o: Any, start: Any) -> dict[str, Any]:
    i = np.arange(64)
    total = sum((i + k) * (k + 1) for k in range(4))
    return {"o": total + (int(start) + i) * 2 + i % 7 + (63 - i)}


# Every block sees what all blocks wrote before the barrier. Needs a cooperative launch on CUDA devices.
_GRID_SYNCS = [
    Case(
        "group_grid_sync",
        _HEAD + f"__global__ void k(int* a, int* o, int rounds) {{ {_GRID} for (int r = 0; r < rounds; ++r) {{"
        " int v = a[(i + 37) % n]; g.sync(); a[i] = v + 1; g.sync(); } o[i] = a[n - 1 - i]; }",
        {"a": np.arange(128, dtype=np.int32), "o": whole(128), "rounds": np.int32(3)},
        lambda a, o, rounds: {"a": np.roll(a, -111) + 3, "o": (np.roll(a, -111) + 3)[::-1]},
        Launch((4, 1, 1), (32, 1, 1)),
    ),
    Case(
        "group_grid_sync_in_branches",
        _HEAD
        + "__device__ int exchanged(int* a, int i, int j) { cg::this_grid().sync(); int v = a[j]; cg::this_grid().sync(); return v; }"
        f"__global__ void k(int* a, int* o, int rounds) {{ {_GRID} for (int r = 0; r < rounds; ++r) {{"
        " if (r % 3 == 0) { int v = exchanged(a, i, (i + 1) % n); a[i] += v; } else if (r % 3 == 1) { int v = exchanged(a, i, n - 1 - i); a[i] = v; }"
        " else a[i] += 5; g.sync(); if (a[0] > 400) break; } o[i] = a[i] + a[(i + 9) % n]; }",
        {"a": np.arange(96, dtype=np.int32), "o": whole(96), "rounds": np.int32(20)},
        _in_branches,
        Launch((3, 1, 1), (32, 1, 1)),
    ),
    Case(
        "group_grid_sync_keeps_shared_memory",
        _HEAD
        + "__global__ void k(int* o) { __shared__ int rows[8][4]; __shared__ int count; extern __shared__ short d[];"
        f" {_GRID} int t = threadIdx.x; rows[t / 4][t % 4] = t % 4 * 10 + t / 4 + blockIdx.x; d[t] = t * 2; d[32 + t] = t * blockIdx.x;"
        " if (t == 0) count = 100; __syncthreads(); int seen = o[(i + 40) % n]; g.sync(); if (t == 0) count += 100 * blockIdx.x; g.sync();"
        " o[i] = rows[(31 - t) / 4][t % 4] + d[31 - t] + count + d[63 - t] + seen; }",
        {"o": np.arange(96, dtype=np.int32)},
        _kept_in_shared_memory,
        Launch((3, 1, 1), (32, 1, 1), 128),
    ),
    Case(
        "group_grid_sync_keeps_variables",
        _HEAD + "struct Pair { short small; double large; }; __global__ void k(int* o, int start) {"
        f" {_GRID} int kept[4]; for (int j = 0; j < 4; ++j) kept[j] = i + j; Pair pair = {{(short)(i % 7), 0.5}}; bool is_odd = i & 1;"
        " start += i; o[i] = i; const int* other = o + (n - 1 - i); g.sync(); int far = *other; pair.large *= 4; g.sync(); int total = 0;"
        " for (int j = 0; j < 4; ++j) total += kept[j] * (j + 1); o[i] = total + start * (int)pair.large + pair.small + far + (is_odd != (i & 1)); }",
        {"o": whole(64), "start": np.int32(1000)},
        _kept_by_threads,
        Launch((2, 1, 1), (32, 1, 1)),
    ),
]

CASES = requiring(
    "warp",
    [
        *[_tile(n) for n in (2, 4, 8, 16, 32)],
        *[_reduce(n) for n in (4, 16, 32)],
        *[_scan(n) for n in (8, 32)],
        *_OTHERS,
        *requiring("cooperative", _GRID_SYNCS),
    ],
)
