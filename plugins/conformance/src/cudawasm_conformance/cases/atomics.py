"""Atomics: every operation on every type, in shared and global memory, under contention, and what is built of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import ctype, whole

_TYPES = ("i4", "u4", "i8", "u8")
_N = 4 * 96


def _data(t: str) -> np.ndarray:
    bits = np.dtype(t).itemsize * 8
    values = [(i * 0x9E3779B97F4A7C15 >> 7) % (1 << bits) for i in range(1, _N + 1)]
    return np.array(values, object).astype(f"u{bits // 8}").view(t)


_FOLDS: dict[str, Callable[[np.ndarray], Any]] = {
    "Add": np.add.reduce,
    "Min": np.minimum.reduce,
    "Max": np.maximum.reduce,
    "And": np.bitwise_and.reduce,
    "Or": np.bitwise_or.reduce,
    "Xor": np.bitwise_xor.reduce,
}


def _signed_supported(op: str, t: str) -> bool:
    """CUDA's overloads on 64 bits: add only unsigned."""
    return not (t == "i8" and op == "Add")


def _global(op: str, t: str) -> Case:
    """All threads of all blocks on 3 words; the words start at values that take part."""
    c = ctype(t)
    start = _data(t)[:3][::-1].copy()

    def wanted(a: np.ndarray, o: np.ndarray) -> dict[str, Any]:
        return {"o": [_FOLDS[op](np.concatenate([start[j : j + 1], a[j::3]])) for j in range(3)]}

    return Case(
        f"atomic_{op.lower()}_global_{np.dtype(t).name}",
        f"__global__ void k(const {c}* a, {c}* o) {{ int i = blockIdx.x * blockDim.x + threadIdx.x; atomic{op}(&o[i % 3], a[i]); }}",
        {"a": _data(t), "o": start},
        wanted,
        Launch((4, 1, 1), (96, 1, 1)),
    )


def _shared(op: str, t: str) -> Case:
    c = ctype(t)
    return Case(
        f"atomic_{op.lower()}_shared_{np.dtype(t).name}",
        f"__global__ void k(const {c}* a, {c}* o) {{ __shared__ {c} s[2]; int t = threadIdx.x, i = blockIdx.x * blockDim.x + t; if (t < 2) s[t] = a[i];"
        f" __syncthreads(); if (t >= 2) atomic{op}(s + (t & 1), a[i]); __syncthreads(); if (t < 2) o[blockIdx.x * 2 + t] = s[t]; }}",
        {"a": _data(t), "o": np.zeros(8, t)},
        lambda a, o: {"o": [_FOLDS[op](row[j::2]) for row in a.reshape(4, 96) for j in range(2)]},
        Launch((4, 1, 1), (96, 1, 1)),
    )


def _ticket(space: str, t: str) -> Case:
    """Each old value is returned to exactly one thread: writing there makes a permutation."""
    c = ctype(t)
    if space == "global":
        source = (
            f"__device__ {c} next_;\n__global__ void k({c}* o, int* who) {{ int i = blockIdx.x * blockDim.x + threadIdx.x;"
            f" {c} mine = atomicAdd(&next_, ({c})1); atomicAdd(&who[mine], 1); o[i] = mine < {_N} ? 1 : 0; }}"
        )
        hits = np.ones(_N, np.int32)
    else:
        source = (
            f"__global__ void k({c}* o, int* who) {{ __shared__ {c} next_; if (threadIdx.x == 0) next_ = 0; __syncthreads(); int i = blockIdx.x * blockDim.x"
            f" + threadIdx.x; {c} mine = atomicAdd(&next_, ({c})1); atomicAdd(&who[mine], 1); o[i] = mine < 96 ? 1 : 0; }}"
        )
        hits = np.where(np.arange(_N) < 96, 4, 0).astype(np.int32)
    return Case(
        f"atomic_tickets_{space}_{np.dtype(t).name}",
        source,
        {"o": np.zeros(_N, t), "who": whole(_N)},
        lambda o, who: {"o": o + 1, "who": hits},
        Launch((4, 1, 1), (96, 1, 1)),
    )


def _exchange(t: str) -> Case:
    """Values move through one word; what was put in comes out once, but for the last."""
    c = ctype(t)
    return Case(
        f"atomic_exch_{np.dtype(t).name}",
        f"__global__ void k({c}* word, int* seen) {{ int i = threadIdx.x + 1; {c} old = atomicExch(word, ({c})i); atomicAdd(&seen[(int)old], 1);"
        f" __syncthreads(); if (i == 1) atomicAdd(&seen[(int)atomicExch(word, ({c})7)], 1); }}",
        {"word": np.zeros(1, t), "seen": whole(101)},
        lambda word, seen: {"word": [7], "seen": seen + 1},
        Launch(block=(100, 1, 1)),
    )


def _cas_loop(t: str) -> Case:
    """A multiply-add done by compare and swap, with threads of a warp in conflict."""
    c = ctype(t)
    mask = (1 << np.dtype(t).itemsize * 8) - 1

    def wanted(word: np.ndarray) -> dict[str, Any]:
        x = 1
        for _ in range(128):
            x = (x * 5 + 3) & mask
        return {"word": np.array([x], object).astype(f"u{word.itemsize}").view(t)}

    return Case(
        f"atomic_cas_loop_{np.dtype(t).name}",
        f"__global__ void k({c}* word) {{ {c} old = *word, seen; do {{ seen = old; old = atomicCAS(word, seen, ({c})(seen * 5 + 3)); }} while (old != seen); }}",
        {"word": np.ones(1, t)},
        wanted,
        Launch((2, 1, 1), (64, 1, 1)),
    )


def _cas_result(t: str) -> Case:
    c = ctype(t)
    return Case(
        f"atomic_cas_result_{np.dtype(t).name}",
        f"__global__ void k({c}* a, {c}* o) {{ int i = threadIdx.x; o[i] = atomicCAS(a + i, ({c})(i & ~1), ({c})(i + 100)); }}",
        {"a": np.arange(64).astype(t), "o": np.zeros(64, t)},
        lambda a, o: {"o": a, "a": np.where(a % 2 == 0, a + np.array(100, t), a)},
        Launch(block=(64, 1, 1)),
    )


def _float_add(t: str, space: str) -> Case:
    """Small integers, so that the sum is exact in any order."""
    c = ctype(t)
    values = (np.arange(_N) * 11 % 64 - 20).astype(t)
    if space == "global":
        body = "atomicAdd(o + (i & 1), a[i]);"
        after = ""
    else:
        body = f"__shared__ {c} s[2]; if (threadIdx.x < 2) s[threadIdx.x] = 0; __syncthreads(); atomicAdd(s + (i & 1), a[i]); __syncthreads();"
        after = "if (threadIdx.x < 2) atomicAdd(o + threadIdx.x, s[threadIdx.x]);"
    return Case(
        f"atomic_add_{space}_{np.dtype(t).name}",
        f"__global__ void k(const {c}* a, {c}* o) {{ int i = blockIdx.x * blockDim.x + threadIdx.x; {body} {after} }}",
        {"a": values, "o": np.array([0.5, 1], t)},
        lambda a, o: {"o": [a[::2].sum() + 0.5, a[1::2].sum() + 1]},
        Launch((4, 1, 1), (96, 1, 1)),
    )


_FP16_ADD = Case(
    "atomic_add_half",
    "#include <cuda_fp16.h>\n__global__ void k(const __half* a, __half* o, __half2* p) { int i = threadIdx.x; atomicAdd(o + i % 5, a[i]);"
    " atomicAdd(p, __halves2half2(a[i], __float2half(1.0f))); }",
    {"a": (np.arange(100) % 8).astype("f2"), "o": np.zeros(5, "f2"), "p": np.zeros((1, 2), "f2")},
    lambda a, o, p: {"o": [a[j::5].sum() for j in range(5)], "p": [[a.sum(), 100]]},
    Launch(block=(100, 1, 1)),
)

_SUB = [
    Case(
        f"atomic_sub_{np.dtype(t).name}",
        f"__global__ void k({ctype(t)}* o) {{ atomicSub(o + threadIdx.x % 3, ({ctype(t)})threadIdx.x); }}",
        {"o": np.array([5, 6, 7], t)},
        lambda o: {"o": [o[j] - np.arange(j, 90, 3).sum().astype(o.dtype) for j in range(3)]},
        Launch(block=(90, 1, 1)),
    )
    for t in ("i4", "u4")
]

_INC = Case(
    "atomic_inc_wraps_at_limit",
    # inc: old >= limit ? 0 : old + 1. 100 steps from 3 with limit 6 count modulo 7.
    "__global__ void k(unsigned* o, int* seen) { unsigned old = atomicInc(&o[0], 6u); atomicAdd(&seen[old], 1); atomicInc(&o[1], 1000u); atomicInc(&o[2], 0u);"
    " if (threadIdx.x == 0) { o[4] = atomicInc(&o[3], 5u); } }",
    {"o": np.array([3, 0, 9, 77, 0], np.uint32), "seen": whole(7)},
    lambda o, seen: {
        "o": [103 % 7, 100, 0, 0, 77],
        "seen": [sum((3 + j) % 7 == v for j in range(100)) for v in range(7)],
    },
    Launch(block=(100, 1, 1)),
)
_DEC = Case(
    "atomic_dec_wraps_to_limit",
    # dec: old == 0 or old > limit ? limit : old - 1.
    "__global__ void k(unsigned* o, int* seen) { unsigned old = atomicDec(&o[0], 6u); atomicAdd(&seen[old], 1); if (threadIdx.x == 0) { atomicDec(&o[1], 5u);"
    " atomicDec(&o[2], 5u); } }",
    {"o": np.array([3, 77, 5], np.uint32), "seen": whole(7)},
    lambda o, seen: {"o": [(3 - 100) % 7, 5, 4], "seen": [sum((3 - j) % 7 == v for j in range(100)) for v in range(7)]},
    Launch(block=(100, 1, 1)),
)

_SCOPES = Case(
    "atomic_block_and_system_scopes",
    "__global__ void k(int* o, unsigned long long* p, float* f) { __shared__ int s; if (threadIdx.x == 0) s = 0; __syncthreads(); atomicAdd_block(&s, 2);"
    " atomicAdd_system(o, 1); atomicMax_block(o + 1 + blockIdx.x, (int)threadIdx.x); atomicOr_system(p, 1ull << threadIdx.x); atomicAdd_system(f, 0.5f); __syncthreads();"
    " if (threadIdx.x == 0) { atomicCAS_block(&s, 100, 7); o[4 + blockIdx.x] = s; atomicExch_system(o + 7, 9); } }",
    {"o": whole(8), "p": whole(1, dtype=np.uint64), "f": whole(1, dtype=np.float32)},
    lambda o, p, f: {"o": [150, 49, 49, 49, 7, 7, 7, 9], "p": [2**50 - 1], "f": [75]},
    Launch((3, 1, 1), (50, 1, 1)),
)

_CAS16 = Case(
    "atomic_cas_16_bits",
    "__global__ void k(unsigned short* a, unsigned short* o) { int i = threadIdx.x; o[i] = atomicCAS(a + i, (unsigned short)(i * 2), (unsigned short)(i + 7)); __syncthreads();"
    " unsigned short old = a[64], seen; do { seen = old; old = atomicCAS(a + 64, seen, (unsigned short)(seen + 3)); } while (old != seen); }",
    {"a": np.where(np.arange(65) % 3 == 0, np.arange(65) * 2, 9).astype(np.uint16), "o": whole(64, dtype=np.uint16)},
    lambda a, o: {
        "o": a[:64],
        "a": [i + 7 if a[i] == 2 * i else a[i] for i in range(64)] + [int(a[64]) + 3 * 64],
    },
    Launch(block=(64, 1, 1)),
)

_FLOAT_MAX = Case(
    "atomic_float_max_by_cas",
    "__device__ float atomicMaxFloat(float* p, float v) { int* w = (int*)p; int old = *w, seen; do { seen = old; if (__int_as_float(seen) >= v) break; old = atomicCAS(w, seen,"
    " __float_as_int(v)); } while (old != seen); return __int_as_float(old); }\n"
    "__global__ void k(const float* a, float* o) { int i = blockIdx.x * 64 + threadIdx.x; atomicMaxFloat(o + i % 2, a[i]); }",
    {"a": (np.sin(np.arange(256)) * 100).astype(np.float32), "o": np.full(2, -np.inf, np.float32)},
    lambda a, o: {"o": [a[::2].max(), a[1::2].max()]},
    Launch((4, 1, 1), (64, 1, 1)),
)
_DOUBLE_ADD = Case(
    "atomic_double_add_by_cas",
    "__device__ double add(double* p, double v) { unsigned long long* w = (unsigned long long*)p; unsigned long long old = *w, seen; do { seen = old; old = atomicCAS(w, seen,"
    " __double_as_longlong(v + __longlong_as_double(seen))); } while (seen != old); return __longlong_as_double(old); }\n"
    "__global__ void k(double* o) { add(o, (double)threadIdx.x); }",
    {"o": np.zeros(1)},
    lambda o: {"o": [np.arange(100).sum() * 2]},
    Launch((2, 1, 1), (100, 1, 1)),
)
_LOCK = Case(
    "atomic_spin_lock_of_blocks",
    # One thread of each block takes the lock, so that no thread waits for one of its own warp.
    "__device__ int lock_;\n__global__ void k(volatile int* data) { if (threadIdx.x == 0) { while (atomicCAS(&lock_, 0, 1) != 0) ; data[0] = data[0] * 3 % 1009 + 1; data[1] += 1;"
    " __threadfence(); atomicExch(&lock_, 0); } }",
    {"data": whole(2)},
    lambda data: {"data": [_lock_value(20), 20]},
    Launch((20, 1, 1), (32, 1, 1)),
)


def _lock_value(n: int) -> int:
    x = 0
    for _ in range(n):
        x = x * 3 % 1009 + 1
    return x


_PER_THREAD_LOCK = Case(
    "atomic_lock_taken_in_a_loop_with_a_flag",
    # The common way to lock per thread: the critical section is inside the branch that got the lock.
    "__device__ int lock_;\n__global__ void k(volatile int* data) { bool done = false; while (!done) { if (atomicCAS(&lock_, 0, 1) == 0) { __threadfence(); data[0] += 1;"
    " data[1] += threadIdx.x; __threadfence(); atomicExch(&lock_, 0); done = true; } } }",
    {"data": whole(2)},
    lambda data: {"data": [128, 2 * np.arange(64).sum()]},
    Launch((2, 1, 1), (64, 1, 1)),
)
_HISTOGRAM = Case(
    "atomic_histogram_shared_then_global",
    "__global__ void k(const unsigned char* a, unsigned* h, int n) { __shared__ unsigned s[64]; for (int j = threadIdx.x; j < 64; j += blockDim.x) s[j] = 0; __syncthreads();"
    " for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&s[a[i] >> 2], 1u); __syncthreads();"
    " for (int j = threadIdx.x; j < 64; j += blockDim.x) atomicAdd(&h[j], s[j]); }",
    {"a": (np.arange(5000) ** 2 % 251).astype(np.uint8), "h": whole(64, dtype=np.uint32), "n": np.int32(5000)},
    lambda a, h, n: {"h": np.bincount(a >> 2, minlength=64)},
    Launch((3, 1, 1), (50, 1, 1)),
)
_COMPACT = Case(
    "atomic_compaction",
    "__global__ void k(const int* a, int* count, int* marks, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n && a[i] % 3 == 0) { int at = atomicAdd(count, 1);"
    " marks[at] = 1; atomicAdd(&marks[500], a[i]); } }",
    {"a": np.arange(400, dtype=np.int32) * 5 % 77, "count": whole(1), "marks": whole(501), "n": np.int32(390)},
    lambda a, count, marks, n: (
        lambda hit: {"count": [hit.sum()], "marks": np.concatenate([np.arange(500) < hit.sum(), [a[:390][hit].sum()]])}
    )(a[:390] % 3 == 0),
    Launch((4, 1, 1), (100, 1, 1)),
)
_MEMBERS = Case(
    "atomic_on_members_and_array_elements",
    "struct Stats { int n; float sum; unsigned long long bits; int h[4]; };\n__global__ void k(Stats* s) { Stats* p = s + threadIdx.x % 2; atomicAdd(&p->n, 1); atomicAdd(&p->sum, 0.25f);"
    " atomicXor(&p->bits, 1ull << threadIdx.x); atomicMin(&p->h[threadIdx.x % 4], (int)threadIdx.x - 10); }",
    {"s": np.zeros(2, np.dtype([("n", "i4"), ("sum", "f4"), ("bits", "u8"), ("h", "i4", 4)]))},
    lambda s: {
        "s": np.array([(30, 7.5, sum(1 << i for i in range(j, 60, 2)), [(j + 2 * m) % 4 * 0 + v for m, v in enumerate(_mins(j))]) for j in range(2)], s.dtype)
    },
    Launch(block=(60, 1, 1)),
)  # fmt: skip


def _mins(j: int) -> list[int]:
    h = [0] * 4
    for i in range(j, 60, 2):
        h[i % 4] = min(h[i % 4], i - 10)
    return h


_UNUSED = Case(
    "atomic_in_divergent_code_and_loops",
    "__global__ void k(int* o) { int i = threadIdx.x; for (int j = 0; j < i % 4; ++j) { if ((i + j) & 1) atomicAdd(o + j, i); else { int old = atomicMax(o + 4, i * j); if (old > 5000) o[9] = 1; } }"
    " if (i > 40) return; atomicOr(o + 5, i); }",
    {"o": whole(10)},
    lambda o: {
        "o": [sum(i for i in range(70) if j < i % 4 and (i + j) & 1) for j in range(4)]
        + [max(i * j for i in range(70) for j in range(i % 4) if not (i + j) & 1), 63, 0, 0, 0, 0]
    },
    Launch(block=(70, 1, 1)),
)
_MIXED = Case(
    "atomic_results_used_at_once",
    "__global__ void k(int* c, int* o) { int i = threadIdx.x; int r = atomicAdd(c + i, 5) * 2 + atomicExch(c + i, i); o[i] = r + (atomicSub(c + i, 3) > 10 ? 1000 : 0); int x = atomicAnd(c + i, ~1);"
    " if (x & 1) o[i] += 10000; }",
    {"c": np.arange(64, dtype=np.int32) * 2, "o": whole(64)},
    lambda c, o: (
        lambda i: {"o": c * 2 + c + 5 + np.where(i > 10, 1000, 0) + np.where((i - 3) & 1, 10000, 0), "c": (i - 3) & ~1}
    )(np.arange(64)),
    Launch(block=(64, 1, 1)),
)

CASES = [
    *[_global(op, t) for op in _FOLDS for t in _TYPES if _signed_supported(op, t)],
    *[_shared(op, t) for op in _FOLDS for t in ("i4", "u8") if _signed_supported(op, t)],
    *[_ticket(space, t) for space in ("global", "shared") for t in ("i4", "u4", "u8")],
    *[_exchange(t) for t in ("i4", "u4", "u8", "f4")],
    *[_cas_loop(t) for t in ("i4", "u4", "u8")],
    *[_cas_result(t) for t in ("i4", "u4", "u8")],
    *[_float_add(t, space) for t in ("f4", "f8") for space in ("global", "shared")],
    _FP16_ADD, *_SUB, _INC, _DEC, _SCOPES, _CAS16, _FLOAT_MAX, _DOUBLE_ADD, _LOCK, _PER_THREAD_LOCK, _HISTOGRAM, _COMPACT, _MEMBERS, _UNUSED, _MIXED,
]  # fmt: skip
