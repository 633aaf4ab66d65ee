"""CUB's reductions and scans over blocks and warps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Dim3, Launch
from cudawasm_conformance.make import ctype, whole

_HEAD = "#include <cub/cub.cuh>\n"
_TID = "int t = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);"
_AFFINE = """
struct Map { int a, b; };
struct Then { __device__ Map operator()(const Map& f, const Map& g) const {
  Map h; h.a = f.a * g.a & 0xffff; h.b = (f.b * g.a + g.b) & 0xffff; return h; } };
"""
"""Maps ``x -> a * x + b`` modulo 65536, and their composition, which does not commute."""


def numbers(count: int, dtype: Any = np.int32, seed: int = 7) -> np.ndarray:
    """Small whole numbers: their sums are exact in any order."""
    return np.random.default_rng(seed).integers(0, 100, count).astype(dtype)


def _then(f: tuple[int, int], g: tuple[int, int]) -> tuple[int, int]:
    return f[0] * g[0] & 0xFFFF, (f[1] * g[0] + g[1]) & 0xFFFF


def _maps(count: int) -> list[tuple[int, int]]:
    return [(int(a) * 2 + 1, int(b)) for a, b in zip(numbers(count), numbers(count, seed=8), strict=True)]


def cub(
    name: str,
    body: str,
    arrays: dict[str, np.ndarray],
    expected: Callable[..., Any],
    block: int | Dim3 = 64,
    head: str = "",
    types: Sequence[str] = (),
    **more: Any,
) -> Case:
    """A case of one block; ``t`` is the thread's rank in it. ``types`` are other C++ types for the first arrays."""
    named = [*types, *(ctype(a.dtype) for a in list(arrays.values())[len(types) :])]
    params = ", ".join(f"{c}* {n}" for c, n in zip(named, arrays, strict=True))
    extents = (block, 1, 1) if isinstance(block, int) else block
    source = f"{_HEAD}{head}\n__global__ void k({params}) {{\n  {_TID}\n  {body}\n}}\n"
    return Case(f"cub_{name}", source, arrays, expected, Launch((1, 1, 1), extents), **more)


# --- reductions ----------------------------------------------------------------------------------


def _reduce_sum(threads: int, items: int, dtype: Any) -> Case:
    c = ctype(dtype)
    return cub(
        f"reduce_sum_{threads}_{items}_{np.dtype(dtype).str[1:]}",
        f"typedef cub::BlockReduce<{c}, {threads}> R; __shared__ typename R::TempStorage s; {c} v[{items}];"
        f" for (int i = 0; i < {items}; ++i) v[i] = x[t * {items} + i];"
        " auto sum = R(s).Sum(v); if (t == 0) o[0] = sum;",
        {"x": numbers(threads * items, dtype), "o": whole(1, dtype=dtype)},
        lambda x, o: {"o": [x.sum(dtype=dtype)]},
        threads,
    )


def _reduce_shape(x: int, y: int, z: int, algorithm: str) -> Case:
    count = x * y * z
    return cub(
        f"reduce_{x}x{y}x{z}_{algorithm.lower()}",
        f"typedef cub::BlockReduce<int, {x}, cub::BLOCK_REDUCE_{algorithm}, {y}, {z}> R; __shared__ R::TempStorage s;"
        " int sum = R(s).Sum(x[t]); __syncthreads(); int most = R(s).Reduce(x[t], cub::Max()); __syncthreads();"
        " int least = R(s).Reduce(x[t], cub::Min()); if (t == 0) { o[0] = sum; o[1] = most; o[2] = least; }",
        {"x": numbers(count), "o": whole(3)},
        lambda x, o: {"o": [x.sum(), x.max(), x.min()]},
        (x, y, z),
    )


def _composed(maps: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return list(accumulate(maps, _then))[-1]


_VALID = (1, 2, 31, 32, 33, 63, 64, 65, 95, 96)
_REDUCTIONS = [
    *(_reduce_sum(n, k, np.int32) for n, k in ((32, 1), (64, 2), (96, 4), (128, 8), (256, 3), (40, 2), (24, 1))),
    *(_reduce_sum(64, 2, d) for d in (np.uint8, np.int16, np.uint64, np.float32, np.float64)),
    _reduce_shape(16, 4, 1, "WARP_REDUCTIONS"),
    _reduce_shape(4, 4, 8, "RAKING"),
    _reduce_shape(8, 3, 4, "RAKING_COMMUTATIVE_ONLY"),
    cub(
        "reduce_valid",
        "typedef cub::BlockReduce<int, 96> R; __shared__ R::TempStorage s;"
        f" int counts[] = {{{', '.join(map(str, _VALID))}}};"
        f" for (int i = 0; i < {len(_VALID)}; ++i) {{ int sum = R(s).Sum(x[t], counts[i]); __syncthreads();"
        " int most = R(s).Reduce(x[t], [](int a, int b) { return a > b ? a : b; }, counts[i]); __syncthreads();"
        " if (t == 0) { o[2 * i] = sum; o[2 * i + 1] = most; } }",
        {"x": numbers(96), "o": whole(2 * len(_VALID))},
        lambda x, o: {"o": [f(x[:n]) for n in _VALID for f in (np.sum, np.max)]},
        96,
    ),
    cub(
        "reduce_in_order",
        "typedef cub::BlockReduce<Map, 128> R; __shared__ R::TempStorage s; Map m[2];"
        " for (int i = 0; i < 2; ++i) { m[i].a = x[4 * t + 2 * i]; m[i].b = x[4 * t + 2 * i + 1]; }"
        " Map all = R(s).Reduce(m, Then()); __syncthreads(); Map part = R(s).Reduce(m[0], Then(), 77);"
        " if (t == 0) { o[0] = all.a; o[1] = all.b; o[2] = part.a; o[3] = part.b; }",
        {"x": np.array(_maps(256), np.int32), "o": whole(4)},
        lambda x, o: {"o": [*_composed(_maps(256)), *_composed(_maps(256)[::2][:77])]},
        128,
        head=_AFFINE,
    ),
    cub(
        "reduce_arg_extremes",
        "typedef cub::KeyValuePair<int, float> P; typedef cub::BlockReduce<P, 64> R; __shared__ R::TempStorage s;"
        " P most = R(s).Reduce(P(t, x[t]), cub::ArgMax()); __syncthreads();"
        " P least = R(s).Reduce(P(t, x[t]), cub::ArgMin()); if (t == 0) { o[0] = most.key; o[1] = most.value;"
        " o[2] = least.key; o[3] = least.value; }",
        {"x": numbers(64, np.float32), "o": whole(4, dtype=np.float32)},
        lambda x, o: {"o": [x.argmax(), x.max(), x.argmin(), x.min()]},
    ),
    cub(
        "storage_in_union",
        "typedef cub::BlockReduce<int, 64> R; typedef cub::BlockScan<double, 64> S; typedef cub::BlockReduce<short, 64> Q;"
        " __shared__ union { typename R::TempStorage r; typename S::TempStorage s; Q::TempStorage q[2]; } u;"
        " int sum = R(u.r).Sum(x[t]); __syncthreads(); double before; S(u.s).ExclusiveSum(x[t] * 0.5, before); __syncthreads();"
        " short most = Q(u.q[1]).Reduce((short)x[t], cub::Max()); o[t] = (int)(before * 2); if (t == 0) { o[64] = sum; o[65] = most; }",
        {"x": numbers(64), "o": whole(66)},
        lambda x, o: {"o": [*(np.cumsum(x) - x), x.sum(), x.max()]},
    ),
    cub(
        "private_storage",
        "for (int i = 0; i < 3; ++i) { int sum = cub::BlockReduce<int, 64>().Sum(x[t] + i); int through;"
        " cub::BlockScan<int, 64>().InclusiveSum(x[t], through); __syncthreads(); o[t] = through;"
        " if (t == 0) o[64 + i] = sum; }",
        {"x": numbers(64), "o": whole(67)},
        lambda x, o: {"o": [*np.cumsum(x), *(x.sum() + 64 * i for i in range(3))]},
    ),
]

# --- scans ---------------------------------------------------------------------------------------


def _scan(threads: int | Dim3, items: int, dtype: Any, algorithm: str) -> Case:
    extents = threads if isinstance(threads, tuple) else (threads, 1, 1)
    count = int(np.prod(extents))
    c, shape = ctype(dtype), f"{extents[0]}, cub::BLOCK_SCAN_{algorithm}, {extents[1]}, {extents[2]}"

    def wanted(x: np.ndarray, o: np.ndarray, p: np.ndarray, total: np.ndarray) -> Any:
        sums = np.cumsum(x, dtype=dtype)
        return {"o": sums, "p": sums - x, "total": [x.sum(dtype=dtype)] * count}

    return cub(
        f"scan_{'x'.join(str(n) for n in extents if n > 1)}_{items}_{np.dtype(dtype).str[1:]}",
        f"typedef cub::BlockScan<{c}, {shape}> S; __shared__ S::TempStorage s; {c} v[{items}], in[{items}], ex[{items}], all;"
        f" for (int i = 0; i < {items}; ++i) v[i] = x[t * {items} + i];"
        " S(s).InclusiveSum(v, in, all); __syncthreads(); S(s).ExclusiveSum(v, ex); total[t] = all;"
        f" for (int i = 0; i < {items}; ++i) {{ o[t * {items} + i] = in[i]; p[t * {items} + i] = ex[i]; }}",
        {
            "x": numbers(count * items, dtype), "o": whole(count * items, dtype=dtype),
            "p": whole(count * items, dtype=dtype), "total": whole(count, dtype=dtype),
        },
        wanted,
        extents,
    )  # fmt: skip


def _scanned_maps(x: np.ndarray, o: np.ndarray, p: np.ndarray) -> Any:
    through = list(accumulate(_maps(192), _then))
    return {"o": through, "p": [(3, 1), *(_then((3, 1), m) for m in through[:-1])]}


_RUNNING = """
struct Running { int total; __device__ Running(int first) : total(first) {}
  __device__ int operator()(int tile) { int before = total; total += tile; return before; } };
"""
_SCANS = [
    _scan(32, 1, np.int32, "WARP_SCANS"),
    _scan(64, 4, np.int32, "RAKING"),
    _scan(96, 3, np.float32, "RAKING_MEMOIZE"),
    _scan(256, 2, np.int64, "WARP_SCANS"),
    _scan(128, 8, np.float64, "RAKING"),
    _scan(40, 2, np.int16, "RAKING"),
    _scan((8, 4, 2), 1, np.uint32, "RAKING"),
    _scan((16, 6, 1), 2, np.int32, "WARP_SCANS"),
    cub(
        "scan_one_item",
        "typedef cub::BlockScan<int, 96> S; __shared__ S::TempStorage s; int v, all;"
        " S(s).ExclusiveSum(x[t], v); o[t] = v; __syncthreads();"
        " S(s).ExclusiveScan(x[t], v, 7, cub::Max()); o[96 + t] = v; __syncthreads();"
        " S(s).InclusiveScan(x[t], v, cub::Min(), all); o[192 + t] = v; o[288 + t] = all; __syncthreads();"
        " cub::Sum op; S(s).ExclusiveScan(x[t], v, 5, op, all); o[384 + t] = v + all; __syncthreads();"
        " S(s).ExclusiveScan(x[t], v, op); o[480 + t] = t == 0 ? 0 : v;",
        {"x": numbers(96), "o": whole(6, 96)},
        lambda x, o: {
            "o": [
                np.cumsum(x) - x,
                np.maximum.accumulate([7, *x[:-1]]),
                np.minimum.accumulate(x),
                [x.min()] * 96,
                np.cumsum(x) - x + 5 + x.sum(),
                np.cumsum(x) - x,
            ]
        },
        96,
    ),
    cub(
        "scan_in_order",
        "typedef cub::BlockScan<Map, 64> S; __shared__ S::TempStorage s; Map v[3], r[3]; Map first; first.a = 3; first.b = 1;"
        " for (int i = 0; i < 3; ++i) v[i] = x[3 * t + i]; S(s).InclusiveScan(v, r, Then()); __syncthreads();"
        " for (int i = 0; i < 3; ++i) o[3 * t + i] = r[i]; S(s).ExclusiveScan(v, v, first, Then());"
        " for (int i = 0; i < 3; ++i) p[3 * t + i] = v[i];",
        {"x": np.array(_maps(192), np.int32), "o": whole(192, 2), "p": whole(192, 2)},
        _scanned_maps,
        64,
        head=_AFFINE,
        types=("Map", "Map", "Map"),
    ),
    cub(
        "scan_over_tiles",
        "typedef cub::BlockScan<int, 64> S; __shared__ S::TempStorage s; Running run(100), run1(0), run2(1);"
        " for (int tile = 0; tile < 512; tile += 128) { int v[2] = {x[tile + 2 * t], x[tile + 2 * t + 1]}, r[2];"
        "  S(s).ExclusiveSum(v, r, run); o[tile + 2 * t] = r[0]; o[tile + 2 * t + 1] = r[1]; __syncthreads();"
        "  S(s).InclusiveSum(v, r, run1); p[tile + 2 * t] = r[0]; p[tile + 2 * t + 1] = r[1]; __syncthreads();"
        "  int one; S(s).ExclusiveScan(v[0], one, cub::Sum(), run2); q[tile / 2 + t] = one; __syncthreads(); }",
        {"x": numbers(512), "o": whole(512), "p": whole(512), "q": whole(256)},
        lambda x, o, p, q: {"o": np.cumsum(x) - x + 100, "p": np.cumsum(x), "q": np.cumsum(x[::2]) - x[::2] + 1},
        64,
        head=_RUNNING,
    ),
]

# --- warps ---------------------------------------------------------------------------------------


def _warp_sums(width: int) -> Case:
    used = 32 // width * width

    def wanted(x: np.ndarray, o: np.ndarray, p: np.ndarray, q: np.ndarray) -> Any:
        sums, through, some = np.zeros(32, int), np.zeros(32, int), np.zeros(32, int)
        for first in range(0, used, width):
            part = x[first : first + width]
            sums[first], through[first : first + width] = part.sum(), np.cumsum(part)
            some[first] = part[: max(1, width // 2)].max()
        return {"o": sums, "p": through, "q": some}

    return cub(
        f"warp_sums_{width}",
        f"typedef cub::WarpReduce<int, {width}> R; typedef cub::WarpScan<int, {width}> S;"
        f" __shared__ R::TempStorage r[32]; __shared__ S::TempStorage s[32]; int w = t / {width};"
        f" if (t < {used}) {{ int sum = R(r[w]).Sum(x[t]), through, most = R(r[w]).Reduce(x[t], cub::Max(), {max(1, width // 2)});"
        f" S(s[w]).InclusiveSum(x[t], through); p[t] = through; if (t % {width} == 0) {{ o[t] = sum; q[t] = most; }} }}",
        {"x": numbers(32), "o": whole(32), "p": whole(32), "q": whole(32)},
        wanted,
        32,
    )


def _segments(x: np.ndarray, o: np.ndarray, p: np.ndarray) -> Any:
    heads, tails = np.zeros(64, int), np.zeros(64, int)
    for first in range(0, 64, 16):
        lanes = range(first, first + 16)
        for lane in lanes:
            if lane == first or lane % 5 == 0:
                rest = [j for j in lanes if j > lane and j % 5 == 0]
                heads[lane] = x[lane : (rest[0] if rest else first + 16)].sum()
            if lane == first or (lane - 1) % 5 == 0:
                ends = [j for j in lanes if j >= lane and j % 5 == 0]
                tails[lane] = x[lane : (ends[0] + 1 if ends else first + 16)].sum()
    return {"o": heads, "p": tails}


_WARPS = [
    *(_warp_sums(width) for width in (2, 4, 8, 16, 32, 12)),
    cub(
        "warp_segments",
        "typedef cub::WarpReduce<int, 16> W; __shared__ W::TempStorage s[4];"
        " int h = W(s[t / 16]).HeadSegmentedSum(x[t], t % 5 == 0), e = W(s[t / 16]).TailSegmentedReduce(x[t], t % 5 == 0, cub::Sum());"
        " if (t % 16 == 0 || t % 5 == 0) o[t] = h; if (t % 16 == 0 || (t - 1) % 5 == 0) p[t] = e;",
        {"x": numbers(64), "o": whole(64), "p": whole(64)},
        _segments,
    ),
    cub(
        "warp_scan_family",
        "typedef cub::WarpScan<double, 8> S; __shared__ S::TempStorage s[4]; double v = x[t], a, b, all;"
        " S(s[t / 8]).ExclusiveSum(v, a, all); o[t] = a; o[32 + t] = all;"
        " S(s[t / 8]).ExclusiveScan(v, a, 50.0, cub::Max()); o[64 + t] = a;"
        " S(s[t / 8]).Scan(v, a, b, 1.0, cub::Sum()); o[96 + t] = a; o[128 + t] = b;"
        " S(s[t / 8]).InclusiveScan(v, a, cub::Min(), all); o[160 + t] = a; o[192 + t] = all;"
        " o[224 + t] = S(s[t / 8]).Broadcast(v, 3);",
        {"x": numbers(32, np.float64), "o": whole(8, 4, 8, dtype=np.float64)},
        lambda x, o: {
            "o": [
                [
                    np.cumsum(w) - w, [w.sum()] * 8, np.maximum.accumulate([50, *w[:-1]]), np.cumsum(w) + 1,
                    np.cumsum(w) - w + 1, np.minimum.accumulate(w), [w.min()] * 8, [w[3]] * 8,
                ][row]
                for row in range(8)
                for w in x.reshape(4, 8)
            ]
        },
        32,
    ),
    cub(
        "warp_sum_of_items",
        "typedef cub::WarpReduce<float, 8> W; __shared__ W::TempStorage s[4]; float v[3] = {x[3 * t], x[3 * t + 1], x[3 * t + 2]};"
        " float sum = W(s[t / 8]).Sum(v), most = W(s[t / 8]).Reduce(v, cub::Max()); if (t % 8 == 0) { o[t / 8] = sum; p[t / 8] = most; }",
        {"x": numbers(96, np.float32), "o": whole(4, dtype=np.float32), "p": whole(4, dtype=np.float32)},
        lambda x, o, p: {"o": x.reshape(4, 24).sum(1), "p": x.reshape(4, 24).max(1)},
        32,
    ),
    cub(
        "warp_in_order",
        "typedef cub::WarpReduce<Map> R; typedef cub::WarpScan<Map> S; __shared__ R::TempStorage r[2]; __shared__ S::TempStorage s[2];"
        " Map all = R(r[t / 32]).Reduce(x[t], Then()), through; S(s[t / 32]).InclusiveScan(x[t], through, Then());"
        " o[t] = through; if (t % 32 == 0) p[t / 32] = all;",
        {"x": np.array(_maps(64), np.int32), "o": whole(64, 2), "p": whole(2, 2)},
        lambda x, o, p: {
            "o": [m for i in (0, 32) for m in accumulate(_maps(64)[i : i + 32], _then)],
            "p": [_composed(_maps(64)[i : i + 32]) for i in (0, 32)],
        },
        64,
        head=_AFFINE,
        types=("Map", "Map", "Map"),
    ),
    cub(
        "shuffles_of_structs",
        "Item v; v.tag = (char)t; v.number = t * 1.5; v.small = (short)(-t);"
        " Item d = cub::ShuffleDown<32>(v, 3, 31, 0xffffffffu), u = cub::ShuffleUp<16>(v, 2, 0, 0xffffffffu),"
        " i = cub::ShuffleIndex<8>(v, 5, 0xffffffffu); o[t * 3] = d.tag; o[t * 3 + 1] = u.number; o[t * 3 + 2] = i.small;",
        {"o": whole(32, 3, dtype=np.float64)},
        lambda o: {"o": [(min(t + 3, 31) if t + 3 <= 31 else t, (t - 2 if t % 16 >= 2 else t) * 1.5, -(t // 8 * 8 + 5)) for t in range(32)]},
        32,
        head="struct Item { double number; short small; char tag; };",
    ),
    cub(
        "warp_tiles",
        "typedef cub::WarpLoad<int, 4, cub::WARP_LOAD_TRANSPOSE, 16> L; typedef cub::WarpStore<int, 4, cub::WARP_STORE_STRIPED, 16> S;"
        " typedef cub::WarpExchange<int, 4, 16> E; typedef cub::WarpMergeSort<int, 4, 16> M;"
        " __shared__ L::TempStorage l[2]; __shared__ S::TempStorage s[2]; __shared__ E::TempStorage e[2]; __shared__ M::TempStorage m[2];"
        " int w = t / 16, v[4]; L(l[w]).Load(x + w * 64, v, 60, -1); M(m[w]).Sort(v, [](int a, int b) { return a > b; });"
        " E(e[w]).BlockedToStriped(v, v); S(s[w]).Store(o + w * 64, v, 63);",
        {"x": numbers(128), "o": whole(128)},
        lambda x, o: {"o": [[*sorted(x[i : i + 60], reverse=True), -1, -1, -1, 0] for i in (0, 64)]},
        32,
    ),
]  # fmt: skip

CASES = [*_REDUCTIONS, *_SCANS, *_WARPS]
