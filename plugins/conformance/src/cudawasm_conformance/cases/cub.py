"""CUB's collectives of blocks and warps, its iterators and function objects, and libcu++'s atomic objects."""

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


def _numbers(count: int, dtype: Any = np.int32, seed: int = 7) -> np.ndarray:
    """Small whole numbers: their sums are exact in any order."""
    return np.random.default_rng(seed).integers(0, 100, count).astype(dtype)


def _then(f: tuple[int, int], g: tuple[int, int]) -> tuple[int, int]:
    return f[0] * g[0] & 0xFFFF, (f[1] * g[0] + g[1]) & 0xFFFF


def _maps(count: int) -> list[tuple[int, int]]:
    return [(int(a) * 2 + 1, int(b)) for a, b in zip(_numbers(count), _numbers(count, seed=8), strict=True)]


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
        {"x": _numbers(threads * items, dtype), "o": whole(1, dtype=dtype)},
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
        {"x": _numbers(count), "o": whole(3)},
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
        {"x": _numbers(96), "o": whole(2 * len(_VALID))},
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
        {"x": _numbers(64, np.float32), "o": whole(4, dtype=np.float32)},
        lambda x, o: {"o": [x.argmax(), x.max(), x.argmin(), x.min()]},
    ),
    cub(
        "storage_in_union",
        "typedef cub::BlockReduce<int, 64> R; typedef cub::BlockScan<double, 64> S; typedef cub::BlockReduce<short, 64> Q;"
        " __shared__ union { typename R::TempStorage r; typename S::TempStorage s; Q::TempStorage q[2]; } u;"
        " int sum = R(u.r).Sum(x[t]); __syncthreads(); double before; S(u.s).ExclusiveSum(x[t] * 0.5, before); __syncthreads();"
        " short most = Q(u.q[1]).Reduce((short)x[t], cub::Max()); o[t] = (int)(before * 2); if (t == 0) { o[64] = sum; o[65] = most; }",
        {"x": _numbers(64), "o": whole(66)},
        lambda x, o: {"o": [*(np.cumsum(x) - x), x.sum(), x.max()]},
    ),
    cub(
        "private_storage",
        "for (int i = 0; i < 3; ++i) { int sum = cub::BlockReduce<int, 64>().Sum(x[t] + i); int through;"
        " cub::BlockScan<int, 64>().InclusiveSum(x[t], through); __syncthreads(); o[t] = through;"
        " if (t == 0) o[64 + i] = sum; }",
        {"x": _numbers(64), "o": whole(67)},
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
            "x": _numbers(count * items, dtype), "o": whole(count * items, dtype=dtype),
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
        {"x": _numbers(96), "o": whole(6, 96)},
        lambda x, o: {
            "o": [
                np.cumsum(x) - x, np.maximum.accumulate([7, *x[:-1]]), np.minimum.accumulate(x), [x.min()] * 96,
                np.cumsum(x) - x + 5 + x.sum(), np.cumsum(x) - x,
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
        {"x": _numbers(512), "o": whole(512), "p": whole(512), "q": whole(256)},
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
        {"x": _numbers(32), "o": whole(32), "p": whole(32), "q": whole(32)},
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
        {"x": _numbers(64), "o": whole(64), "p": whole(64)},
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
        {"x": _numbers(32, np.float64), "o": whole(8, 4, 8, dtype=np.float64)},
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
        {"x": _numbers(128), "o": whole(128)},
        lambda x, o: {"o": [[*sorted(x[i : i + 60], reverse=True), -1, -1, -1, 0] for i in (0, 64)]},
        32,
    ),
]  # fmt: skip

# --- sorts ---------------------------------------------------------------------------------------


def _keys(dtype: Any, count: int) -> np.ndarray:
    random = np.random.default_rng(3)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        keys = (random.normal(size=count) * 1000).astype(kind)
        keys[:6] = [0.0, -0.0, np.inf, -np.inf, 0.0, -0.0]
        return keys
    limits = np.iinfo(kind)
    return random.integers(limits.min, limits.max, count, dtype=kind, endpoint=True)


def _radix(dtype: Any, threads: int, items: int) -> Case:
    c = "__half" if np.dtype(dtype) == np.float16 else ctype(dtype)
    count = threads * items
    keys = _keys(dtype, count)
    order = np.argsort(keys, kind="stable")
    reverse = count - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    return cub(
        f"radix_sort_{np.dtype(dtype).str[1:]}_{threads}_{items}",
        f"typedef cub::BlockRadixSort<{c}, {threads}, {items}, int> S; __shared__ S::TempStorage s; {c} v[{items}]; int n[{items}];"
        f" for (int i = 0; i < {items}; ++i) {{ n[i] = t * {items} + i; v[i] = x[n[i]]; }} S(s).Sort(v, n); __syncthreads();"
        f" for (int i = 0; i < {items}; ++i) {{ o[t * {items} + i] = v[i]; p[t * {items} + i] = n[i]; n[i] = t * {items} + i; v[i] = x[n[i]]; }}"
        f" S(s).SortDescending(v, n); for (int i = 0; i < {items}; ++i) q[t * {items} + i] = n[i];",
        {"x": keys, "o": whole(count, dtype=dtype), "p": whole(count), "q": whole(count)},
        lambda x, o, p, q: {"o": keys[order], "p": order, "q": reverse},
        threads,
        head="#include <cuda_fp16.h>",
    )


def _by_bits(x: np.ndarray, o: np.ndarray, p: np.ndarray, q: np.ndarray) -> Any:
    order = np.argsort(x >> 3 & 0x3FF, kind="stable")
    striped = np.sort(x)[::-1].reshape(3, 64).T.ravel()
    return {"o": x[order], "p": np.sort(x).reshape(3, 64).T.ravel(), "q": striped}


_SORTS = [
    *(
        _radix(d, n, k)
        for d, n, k in (
            (np.int32, 64, 4), (np.uint32, 96, 3), (np.int8, 32, 8), (np.uint8, 128, 1), (np.int16, 64, 2),
            (np.uint16, 40, 5), (np.int64, 64, 2), (np.uint64, 32, 3), (np.float32, 128, 4), (np.float64, 64, 2),
            (np.float16, 64, 2),
        )
    ),
    cub(
        "radix_sort_bits_and_stripes",
        "typedef cub::BlockRadixSort<unsigned, 64, 3> S; __shared__ S::TempStorage s; unsigned v[3];"
        " cub::LoadDirectBlocked(t, x, v); S(s).Sort(v, 3, 13); cub::StoreDirectBlocked(t, o, v); __syncthreads();"
        " cub::LoadDirectBlocked(t, x, v); S(s).SortBlockedToStriped(v); cub::StoreDirectBlocked(t, p, v); __syncthreads();"
        " cub::LoadDirectBlocked(t, x, v); S(s).SortDescendingBlockedToStriped(v); cub::StoreDirectBlocked(t, q, v);",
        {"x": _keys(np.uint32, 192), **{n: whole(192, dtype=np.uint32) for n in "opq"}},
        _by_bits,
    ),
    cub(
        "merge_sort_pairs",
        "typedef cub::BlockMergeSort<Key, 64, 3, int> M; __shared__ M::TempStorage s; Key v[3]; int n[3];"
        " for (int i = 0; i < 3; ++i) { n[i] = 3 * t + i; v[i].number = x[n[i]]; v[i].weight = n[i]; }"
        " Key last; last.number = 1000; last.weight = 0; M(s).Sort(v, n, Less(), 190, last);"
        " for (int i = 0; i < 3; ++i) { o[3 * t + i] = v[i].number; if (3 * t + i < 190) p[3 * t + i] = n[i]; }",
        {"x": _numbers(192), "o": whole(192), "p": whole(192)},
        lambda x, o, p: {"o": [*np.sort(x[:190]), 1000, 1000], "p": [*np.argsort(x[:190], kind="stable"), 0, 0]},
        head="struct Key { int number; float weight; };"
        " struct Less { __device__ bool operator()(const Key& a, const Key& b) const { return a.number < b.number; } };",
    ),
    cub(
        "merge_sort_keys",
        "typedef cub::BlockMergeSort<float, 32, 5> M; __shared__ M::TempStorage s; float v[5];"
        " cub::LoadDirectBlocked(t, x, v); M(s).StableSort(v, [](float a, float b) { return a > b; }); cub::StoreDirectBlocked(t, x, v);",
        {"x": _keys(np.float32, 160)},
        lambda x: {"x": np.sort(x)[::-1]},
        32,
    ),
]  # fmt: skip

# --- tiles ---------------------------------------------------------------------------------------

_WAYS = ("DIRECT", "STRIPED", "VECTORIZE", "TRANSPOSE", "WARP_TRANSPOSE", "WARP_TRANSPOSE_TIMESLICED")


def _tile(way: str, dtype: Any, threads: int, items: int) -> Case:
    c, count = ctype(dtype), threads * items
    striped = way == "STRIPED"

    def placed(x: np.ndarray) -> np.ndarray:
        """What the threads have, in their order."""
        return x.reshape(items, threads).T.ravel() if striped else x

    return cub(
        f"tile_{way.lower()}",
        f"typedef cub::BlockLoad<{c}, {threads}, {items}, cub::BLOCK_LOAD_{way}> L; __shared__ typename L::TempStorage l;"
        f" typedef cub::BlockStore<{c}, {threads}, {items}, cub::BLOCK_STORE_{way}> S; __shared__ typename S::TempStorage s; {c} v[{items}];"
        f" L(l).Load(x, v); cub::StoreDirectBlocked(t, o, v); __syncthreads(); L(l).Load(x, v, {count - 5}, ({c})77);"
        f" cub::StoreDirectBlocked(t, p, v); for (int i = 0; i < {items}; ++i) v[i] = v[i] + 1; S(s).Store(q, v, {count - 7});"
        f" __syncthreads(); for (int i = 0; i < {items}; ++i) v[i] = p[t * {items} + i] + 1; S(s).Store(r, v);",
        {"x": _numbers(count, dtype), **{n: whole(count, dtype=dtype) for n in "opqr"}},
        lambda x, **_: {
            "o": placed(x),
            "p": placed(np.array([*x[:-5], *[77] * 5])),
            "q": [*x[:-7] + 1, *[0] * 7],
            "r": np.array([*x[:-5], *[77] * 5]) + 1,
        },
        threads,
    )


def _exchanged(x: np.ndarray, o: np.ndarray) -> Any:
    n = 96 * 4
    flat = np.arange(n)
    ranks = flat * 5 % n  # of item i of the tile; 5 and 384 have no common divisor
    scattered = np.zeros(n, int)
    scattered[ranks] = x
    striped = scattered.reshape(4, 96).T
    some = np.zeros(n, int)
    some[ranks[flat % 3 != 0]] = x[flat % 3 != 0]
    warps = x.reshape(3, 4, 32).transpose(0, 2, 1)
    return {
        "o": [
            x.reshape(4, 96).T, _to_blocked(x),
            scattered.reshape(96, 4), striped, some.reshape(4, 96).T, warps.reshape(96, 4),
        ]
    }  # fmt: skip


def _to_blocked(x: np.ndarray) -> np.ndarray:
    """The items of threads that have them striped, blocked."""
    tile = np.zeros(384, int)
    for thread in range(96):
        for item in range(4):
            tile[thread + item * 96] = x[thread * 4 + item]
    return tile.reshape(96, 4)


_EXCHANGE = (
    "typedef cub::BlockExchange<int, 96, 4> E; __shared__ E::TempStorage s; int v[4], r[4]; bool f[4];"
    " for (int i = 0; i < 4; ++i) { r[i] = (4 * t + i) * 5 % 384; f[i] = (4 * t + i) % 3 != 0; }\n"
    "#define TAKE for (int i = 0; i < 4; ++i) v[i] = x[4 * t + i];\n"
    "#define GIVE(n) for (int i = 0; i < 4; ++i) o[384 * n + 4 * t + i] = v[i]; __syncthreads();\n"
    " TAKE E(s).BlockedToStriped(v, v); GIVE(0) TAKE E(s).StripedToBlocked(v, v); GIVE(1)"
    " TAKE E(s).ScatterToBlocked(v, v, r); GIVE(2) TAKE E(s).ScatterToStriped(v, r); GIVE(3)"
    " TAKE for (int i = 0; i < 384; i += 96) s.items[i + t] = 0; __syncthreads(); E(s).ScatterToStripedFlagged(v, v, r, f); GIVE(4)"
    " TAKE E(s).BlockedToWarpStriped(v, v); GIVE(5)"
)


def _flags(x: np.ndarray, **_: Any) -> Any:
    heads = np.array([1, *(x[1:] != x[:-1])], int)
    tails = np.array([*(x[1:] != x[:-1]), 1], int)
    return {
        "o": heads, "p": tails, "q": np.array([x[0] != 4, *heads[1:]], int), "r": np.array([*tails[:-1], x[-1] != 9], int),
        "u": [x[0] - 3, *np.diff(x)], "w": [*(x[:99] - x[1:100]), *x[99:]],
    }  # fmt: skip


_TILES = [
    *(_tile(w, d, n, k) for w, d, n, k in zip(_WAYS, (np.int32, np.float32, np.int16, np.uint8, np.float64, np.int32), (96, 64, 64, 40, 96, 32), (4, 3, 2, 5, 2, 7), strict=True)),
    cub("exchange", _EXCHANGE, {"x": np.arange(384, dtype=np.int32) * 7 % 1000, "o": whole(6, 96, 4)}, _exchanged, 96),
    cub(
        "neighbours",
        "typedef cub::BlockDiscontinuity<int, 64> D; typedef cub::BlockAdjacentDifference<int, 64> A;"
        " __shared__ union { D::TempStorage d; A::TempStorage a; } s; int v[2] = {x[2 * t], x[2 * t + 1]}, f[2], g[2];\n"
        "#define GIVE(n, f) n[2 * t] = f[0]; n[2 * t + 1] = f[1]; __syncthreads();\n"
        " D(s.d).FlagHeads(f, v, cub::Inequality()); GIVE(o, f) D(s.d).FlagTails(f, v, [](int a, int b, int i) { return a != b; }); GIVE(p, f)"
        " D(s.d).FlagHeadsAndTails(f, 4, g, 9, v, cub::Inequality()); GIVE(q, f) GIVE(r, g)"
        " A(s.a).SubtractLeft(v, f, cub::Difference(), 3); GIVE(u, f) A(s.a).SubtractRightPartialTile(v, f, cub::Difference(), 100); GIVE(w, f)",
        {"x": (_numbers(128) // 30).astype(np.int32), **{n: whole(128) for n in "opqruw"}},
        _flags,
    ),
    cub(
        "block_shuffle",
        "typedef cub::BlockShuffle<int, 64> S; __shared__ S::TempStorage s; int v[2] = {x[2 * t], x[2 * t + 1]}, r[2] = {-1, -2}, e;"
        " int one = -5; S(s).Offset(v[0], one, -3); o[t] = one; __syncthreads(); S(s).Rotate(v[0], one, 5); o[64 + t] = one; __syncthreads();"
        " S(s).Up(v, r, e); o[128 + 2 * t] = r[0] + e; o[129 + 2 * t] = r[1]; __syncthreads();"
        " S(s).Down(v, r); o[256 + 2 * t] = r[0]; o[257 + 2 * t] = t == 63 ? 0 : r[1];",
        {"x": _numbers(128), "o": whole(384)},
        lambda x, o: {
            "o": [
                *[-5] * 3, *x[::2][:-3], *np.roll(x[::2], -5),
                *(np.array([-1, *x[:-1]]) + np.where(np.arange(128) % 2 == 0, x[127], 0)), *x[1:], 0,
            ]
        },
    ),
    cub(
        "histogram",
        "typedef cub::BlockHistogram<unsigned char, 64, 4, 100, cub::BLOCK_HISTO_ATOMIC> H; typedef cub::BlockHistogram<unsigned char, 64, 4, 100> G;"
        " __shared__ H::TempStorage h; __shared__ G::TempStorage g; __shared__ unsigned bins[100]; unsigned char v[4];"
        " cub::LoadDirectBlocked(t, x, v); H(h).InitHistogram(bins); __syncthreads(); H(h).Composite(v, bins); __syncthreads();"
        " H(h).Composite(v, bins); __syncthreads(); for (int i = t; i < 100; i += 64) o[i] = bins[i];"
        " __syncthreads(); G(g).Histogram(v, bins); __syncthreads(); for (int i = t; i < 100; i += 64) p[i] = bins[i];",
        {"x": _numbers(256, np.uint8), "o": whole(100, dtype=np.uint32), "p": whole(100, dtype=np.uint32)},
        lambda x, o, p: {"o": 2 * np.bincount(x, minlength=100), "p": np.bincount(x, minlength=100)},
    ),
]  # fmt: skip

# --- iterators, helpers, atomic objects ----------------------------------------------------------

_HELPERS = [
    cub(
        "iterators",
        "cub::CountingInputIterator<int> count(10); cub::TransformInputIterator<int, Twice, decltype(count)> twice(count, Twice());"
        " cub::ArgIndexInputIterator<int*> pairs(x); cub::CacheModifiedInputIterator<cub::LOAD_LDG, int> cached(x);"
        " cub::ConstantInputIterator<int> same(6); typedef cub::BlockLoad<int, 32, 2> L; __shared__ L::TempStorage l; int v[2]; L(l).Load(twice + 3, v);"
        " o[t * 6] = count[t] + *same; o[t * 6 + 1] = v[0]; o[t * 6 + 2] = v[1]; o[t * 6 + 3] = pairs[t].value * 100 + pairs[t].key;"
        " o[t * 6 + 4] = *(cached + t); ++count; o[t * 6 + 5] = *count++ + cub::ThreadLoad<cub::LOAD_CG>(x + t);",
        {"x": _numbers(32), "o": whole(32, 6)},
        lambda x, o: {"o": [[16 + t, 26 + 4 * t, 28 + 4 * t, x[t] * 100 + t, x[t], 11 + x[t]] for t in range(32)]},
        32,
        head="struct Twice { __device__ int operator()(const int& i) const { return 2 * i; } };",
    ),
    cub(
        "numbers_of_types",
        "o[0] = cub::Log2<33>::VALUE; o[1] = cub::Log2<64>::VALUE; o[2] = cub::PowerOfTwo<48>::VALUE; o[3] = cub::Traits<float>::CATEGORY;"
        " o[4] = cub::Traits<short>::CATEGORY == cub::SIGNED_INTEGER; o[5] = CUB_PTX_WARP_THREADS; o[6] = CUB_ROUND_UP_NEAREST(13, 8);"
        " o[7] = cub::Equals<int, unsigned>::VALUE; o[8] = sizeof(cub::If<true, char, int>::Type); o[9] = cub::CastOp<char>()(100.7f);"
        " int v[4] = {1, 2, 3, 4}, r[4]; o[10] = cub::internal::ThreadReduce(v, cub::Sum()); cub::internal::ThreadScanInclusive(v, r, cub::Sum());"
        " o[11] = r[3] * 100 + r[2]; o[12] = cub::LowerBound(v, 4, 3) * 10 + cub::UpperBound(v, 4, 3); o[13] = cub::LaneId() + cub::WarpId();"
        " o[14] = (int)cub::Division()(9, 2.0f); o[15] = cub::DivideAndRoundUp(17, 4);",
        {"o": whole(16)},
        lambda o: {"o": [6, 6, 0, 3, 1, 32, 16, 0, 1, 100, 10, 1006, 23, 0, 4, 5]},
        1,
    ),
    cub(
        "function_objects",
        "o[0] = apply(cuda::std::plus<>(), 7, 3); o[1] = apply(cuda::std::minus<int>(), 7, 3); o[2] = apply(cuda::std::bit_xor<>(), 7, 3);"
        " o[3] = apply(cuda::maximum<>(), 7, 3); o[4] = apply(cuda::minimum<int>(), 7, 3); o[5] = apply(cuda::std::greater_equal<>(), 7, 3);"
        " o[6] = apply(cuda::std::modulus<int>(), 7, 3); o[7] = cuda::std::negate<>()(5); o[8] = cuda::std::numeric_limits<short>::max();"
        " o[9] = cuda::std::is_same_v<cuda::std::iterator_traits<float*>::value_type, float>;",
        {"o": whole(10)},
        lambda o: {"o": [10, 4, 4, 7, 3, 1, 1, -5, 32767, 1]},
        1,
        head="#include <cuda/std/functional>\n#include <cuda/functional>\n"
        "template <typename F> __device__ int apply(F f, int a, int b) { return f(a, b); }",
    ),
    cub(
        "atomic_objects",
        "__shared__ cuda::atomic<int, cuda::thread_scope_block> n; __shared__ cuda::atomic<unsigned, cuda::thread_scope_block> seen[2];"
        " if (t == 0) { n.store(5, cuda::memory_order_relaxed); seen[0].store(0, cuda::std::memory_order_relaxed); seen[1] = 0u; } __syncthreads();"
        " n.fetch_add(x[t]); n += 2; ++n; n--; seen[t / 32].fetch_or(1u << (t % 32), cuda::memory_order_relaxed); __syncthreads();"
        " if (t == 0) { o[0] = n; o[1] = n.exchange(3); o[2] = n.load(); int e = 4; o[3] = n.compare_exchange_strong(e, 9); o[4] = e;"
        " o[5] = n.compare_exchange_strong(e, 9, cuda::memory_order_relaxed); o[6] = n.load(cuda::memory_order_relaxed);"
        " o[7] = (seen[0] & seen[1]) == 0xffffffffu; }",
        {"x": _numbers(64), "o": whole(8)},
        lambda x, o: {"o": [5 + x.sum() + 128, 5 + x.sum() + 128, 3, 0, 3, 1, 9, 1]},
        head="#include <cuda/atomic>",
    ),
    cub(
        "atomic_references",
        "cuda::atomic_ref<float, cuda::thread_scope_device> sum(o[0]), product(o[1]); cuda::atomic_ref<int, cuda::thread_scope_device> most(n[0]), least(n[1]);"
        " sum.fetch_add((float)x[t], cuda::memory_order_relaxed); most.fetch_max(x[t], cuda::memory_order_relaxed);"
        " least.fetch_min(-x[t], cuda::memory_order_relaxed); float old = product.load(cuda::memory_order_relaxed);"
        " while (!product.compare_exchange_weak(old, old + 2.0f, cuda::memory_order_relaxed)) {}",
        {"x": _numbers(64), "o": whole(2, dtype=np.float32), "n": whole(2)},
        lambda x, o, n: {"o": [x.sum(), 128], "n": [x.max(), -x.max()]},
        head="#include <cuda/atomic>",
    ),
]

CASES = [*_REDUCTIONS, *_SCANS, *_WARPS, *_SORTS, *_TILES, *_HELPERS]
