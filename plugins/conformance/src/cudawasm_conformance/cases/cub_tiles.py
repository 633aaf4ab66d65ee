"""CUB's sorts, loads, stores and exchanges of a block's tile, its iterators and helpers."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudawasm_conformance.case import Case
from cudawasm_conformance.cases.cub import cub, numbers
from cudawasm_conformance.make import ctype, whole

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
        {"x": numbers(192), "o": whole(192), "p": whole(192)},
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
        {"x": numbers(count, dtype), **{n: whole(count, dtype=dtype) for n in "opqr"}},
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
        {"x": (numbers(128) // 30).astype(np.int32), **{n: whole(128) for n in "opqruw"}},
        _flags,
    ),
    cub(
        "block_shuffle",
        "typedef cub::BlockShuffle<int, 64> S; __shared__ S::TempStorage s; int v[2] = {x[2 * t], x[2 * t + 1]}, r[2] = {-1, -2}, e;"
        " int one = -5; S(s).Offset(v[0], one, -3); o[t] = one; __syncthreads(); S(s).Rotate(v[0], one, 5); o[64 + t] = one; __syncthreads();"
        " S(s).Up(v, r, e); o[128 + 2 * t] = r[0] + e; o[129 + 2 * t] = r[1]; __syncthreads();"
        " S(s).Down(v, r); o[256 + 2 * t] = r[0]; o[257 + 2 * t] = t == 63 ? 0 : r[1];",
        {"x": numbers(128), "o": whole(384)},
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
        {"x": numbers(256, np.uint8), "o": whole(100, dtype=np.uint32), "p": whole(100, dtype=np.uint32)},
        lambda x, o, p: {"o": 2 * np.bincount(x, minlength=100), "p": np.bincount(x, minlength=100)},
    ),
]  # fmt: skip


def _decoded(x: np.ndarray, n: np.ndarray, **_: Any) -> Any:
    """The items of the runs, and their places in these, from the fourth item on."""
    items, places = np.repeat(x, n), np.concatenate([np.arange(length) for length in n])
    count = min(128, len(items) - 3)
    pad = [0] * (128 - count)
    return {"o": [*items[3 : 3 + count], *pad], "p": [*places[3 : 3 + count], *pad], "total": [len(items)]}


# --- iterators and helpers ----------------------------------------------------------

_HELPERS = [
    cub(
        "run_length_decode",
        "typedef cub::BlockRunLengthDecode<int, 32, 2, 4> D; __shared__ D::TempStorage s; int v[2], l[2], r[4]; unsigned all, f[4];"
        " for (int i = 0; i < 2; ++i) { v[i] = x[2 * t + i]; l[i] = n[2 * t + i]; } D d(s, v, l, all); d.RunLengthDecode(r, f, 3);"
        " for (int i = 0; i < 4; ++i) if (3 + 4 * t + i < all) { o[4 * t + i] = r[i]; p[4 * t + i] = f[i]; } if (t == 0) total[0] = all;",
        {"x": numbers(64), "n": numbers(64, seed=9) % 4, "o": whole(128), "p": whole(128), "total": whole(1)},
        _decoded,
        32,
    ),
    cub(
        "iterators",
        "cub::CountingInputIterator<int> count(10); cub::TransformInputIterator<int, Twice, decltype(count)> twice(count, Twice());"
        " cub::ArgIndexInputIterator<int*> pairs(x); cub::CacheModifiedInputIterator<cub::LOAD_LDG, int> cached(x);"
        " cub::ConstantInputIterator<int> same(6); typedef cub::BlockLoad<int, 32, 2> L; __shared__ L::TempStorage l; int v[2]; L(l).Load(twice + 3, v);"
        " o[t * 6] = count[t] + *same; o[t * 6 + 1] = v[0]; o[t * 6 + 2] = v[1]; o[t * 6 + 3] = pairs[t].value * 100 + pairs[t].key;"
        " o[t * 6 + 4] = *(cached + t); ++count; o[t * 6 + 5] = *count++ + cub::ThreadLoad<cub::LOAD_CG>(x + t);",
        {"x": numbers(32), "o": whole(32, 6)},
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
]

CASES = [*_SORTS, *_TILES, *_HELPERS]
