"""Loops that step by the size of the grid, with shared memory, barriers, tickets and early exits around them."""

from __future__ import annotations

import numpy as np

from cudawasm_conformance.case import Case, Dim3, Launch
from cudawasm_conformance.make import whole

_F = np.float32


def _values(count: int) -> np.ndarray:
    return (np.arange(count) * 37 % 101 - 50).astype(np.int32)


def _sum(grid: Dim3, block: Dim3) -> Case:
    """Block sums through shared memory, over a grid whose rows do not divide evenly into anything."""
    threads, blocks = int(np.prod(block)), int(np.prod(grid))
    count = 7 * threads * blocks + 5
    source = f"""__global__ void k(const int* a, int* o, int n) {{
  __shared__ int s[{threads}];
  int t = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  int b = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  int step = gridDim.x * gridDim.y * gridDim.z * {threads}, sum = 0;
  for (int i = b * {threads} + t; i < n; i += step) sum += a[i];
  s[t] = sum;
  __syncthreads();
  if (t == 0) {{ int all = 0; for (int j = 0; j < {threads}; j++) all += s[j]; o[b] = all * 10 + b % 10; }}
}}"""

    def wanted(a: np.ndarray, o: np.ndarray, n: int) -> dict[str, np.ndarray]:
        owner = np.arange(n) % (blocks * threads) // threads
        sums = np.array([a[owner == b].sum() for b in range(blocks)])
        return {"o": sums * 10 + np.arange(blocks) % 10}

    name = "_".join(str(x) for x in (*grid, *block))
    args = {"a": _values(count), "o": whole(blocks), "n": np.int32(count)}
    return Case(f"grid_stride_sum_{name}", source, args, wanted, Launch(grid, block))


_TICKET = Case(
    "grid_stride_last_block_sums_up",
    """__device__ unsigned int ticket;
__global__ void k(const int* a, volatile int* partial, int* o, int n) {
  __shared__ int s; __shared__ bool last;
  if (threadIdx.x == 0) s = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&s, a[i]);
  __syncthreads();
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = s;
    __threadfence();
    last = atomicInc(&ticket, gridDim.x) == gridDim.x - 1;
  }
  __syncthreads();
  if (last) {
    if (threadIdx.x == 0) s = 0;
    __syncthreads();
    for (int b = threadIdx.x; b < gridDim.x; b += blockDim.x) atomicAdd(&s, partial[b]);
    __syncthreads();
    if (threadIdx.x == 0) o[0] = s;
  }
}""",
    {"a": _values(4001), "partial": whole(13), "o": whole(1), "n": np.int32(4001)},
    lambda a, partial, o, n: {
        "o": a.sum(),
        "partial": [a[np.arange(n) % (13 * 64) // 64 == b].sum() for b in range(13)],
    },
    Launch((13, 1, 1), (64, 1, 1)),
)

_BLOCK_BARRIERS = Case(
    "grid_stride_then_barriers_of_some_blocks",
    """__global__ void k(const int* a, int* o, int n) {
  extern __shared__ int s[];
  int t = threadIdx.x, sum = 0;
  if (blockIdx.x == 3) return;
  for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) {
    if (a[i] < -20) continue;
    sum += a[i];
  }
  s[t] = sum;
  if (blockIdx.x % 2) {
    __syncthreads();
    sum = s[(t + 1) % blockDim.x];
  }
  for (int r = 0; r < blockIdx.x % 3; r++) {
    __syncthreads();
    s[t] = sum + r;
    __syncthreads();
    sum += s[blockDim.x - 1 - t];
  }
  o[blockIdx.x * blockDim.x + t] = sum;
}""",
    {"a": _values(5000), "o": whole(9 * 48), "n": np.int32(5000)},
    lambda a, o, n: {"o": _block_barriers(a, o)},
    Launch((9, 1, 1), (48, 1, 1), 48 * 4),
)


def _block_barriers(a: np.ndarray, o: np.ndarray) -> np.ndarray:
    for b in range(9):
        if b == 3:
            continue
        kept = np.where(a < -20, 0, a)
        total = np.array([kept[b * 48 + t :: 9 * 48].sum() for t in range(48)])
        if b % 2:
            total = np.roll(total, -1)
        for r in range(b % 3):
            total = total + (total + r)[::-1]
        o[b * 48 : b * 48 + 48] = total
    return o


_VOTES = Case(
    "grid_stride_with_votes_of_the_block",
    """__global__ void k(const int* a, int* o, int n) {
  int hits = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) hits += a[i] > 45;
  o[blockIdx.x] = __syncthreads_count(hits > 1) * 2 + __syncthreads_or(hits > 4);
}""",
    {"a": _values(3000), "o": whole(5), "n": np.int32(3000)},
    lambda a, o, n: {
        "o": [
            2 * sum((a[b * 40 + t :: 200] > 45).sum() > 1 for t in range(40))
            + any((a[b * 40 + t :: 200] > 45).sum() > 4 for t in range(40))
            for b in range(5)
        ]
    },
    Launch((5, 1, 1), (40, 1, 1)),
)

_STATE = Case(
    "grid_stride_with_state_of_every_kind",
    """struct Range { float low, high; int count; };
__global__ void k(const float* a, Range* o, int* last, int n) {
  Range r = {1e9f, -1e9f, 0};
  int seen[4] = {0, 0, 0, 0}, where = -1;
  const float* p = a;
  int start = blockIdx.x * blockDim.x + threadIdx.x;
  for (int i = start; i < n; i += blockDim.x * gridDim.x, where = i) {
    float v = p[i];
    r.low = fminf(r.low, v); r.high = fmaxf(r.high, v);
    if (v > 0) r.count++;
    seen[(int)(v + 64) & 3] += 1;
    if (i % 7 == 3) p = a + (n - 1 - i) % 3 - 1 + (i == n - 1);
    if (p < a) p = a;
  }
  r.count += 1000 * seen[1] + 100000 * seen[2];
  o[start] = r; last[start] = where;
}""",
    {
        "a": _values(2500).astype(_F),
        "o": np.zeros(6 * 33, [("low", _F), ("high", _F), ("count", np.int32)]),
        "last": whole(6 * 33),
        "n": np.int32(2400),
    },
    lambda a, o, last, n: _state(a, o, last, int(n)),
    Launch((6, 1, 1), (33, 1, 1)),
)


def _state(a: np.ndarray, o: np.ndarray, last: np.ndarray, n: int) -> dict[str, np.ndarray]:
    for start in range(198):
        low, high, count, seen, where, shift = 1e9, -1e9, 0, [0] * 4, -1, 0
        for i in range(start, n, 198):
            v = a[i + shift]
            low, high, count = min(low, v), max(high, v), count + (v > 0)
            seen[int(v + 64) & 3] += 1
            if i % 7 == 3:
                shift = (n - 1 - i) % 3 - 1 + (i == n - 1)
            shift = max(shift, 0)
            where = i + 198
        o[start] = (low, high, count + 1000 * seen[1] + 100000 * seen[2])
        last[start] = where
    return {"o": o, "last": last}


CASES = [
    *[
        _sum(g, b)
        for g, b in (
            ((700, 1, 1), (32, 1, 1)),
            ((5, 3, 2), (16, 2, 1)),
            ((67, 2, 1), (100, 1, 1)),
            ((3, 1, 1), (1024, 1, 1)),
            ((33, 1, 1), (7, 3, 2)),
        )
    ],
    _TICKET,
    _BLOCK_BARRIERS,
    _VOTES,
    _STATE,
]
