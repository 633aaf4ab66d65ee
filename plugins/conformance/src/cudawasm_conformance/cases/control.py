"""Control flow: loops, switches, jumps, short circuits, divergence and early returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import each, whole

_N = np.arange(100, dtype=np.int32)


def per_thread(
    name: str, body: str, f: Callable[[int], int], values: np.ndarray = _N, head: str = "", **more: Any
) -> Case:
    """Each thread computes ``r`` from ``x``; ``f`` is the same in Python."""
    return each(
        name,
        f"int x = a[i]; int r = 0; {body} o[i] = r;",
        {"a": values},
        {"o": np.int32},
        lambda a: {"o": np.array([f(int(x)) for x in a], np.int64).astype(np.int32)},
        head,
        **more,
    )


def _collatz(x: int) -> int:
    steps = 0
    while x > 1:
        x = x // 2 if x % 2 == 0 else 3 * x + 1
        steps += 1
    return steps


def _continue_sum(x: int) -> int:
    return sum(j * 10 for j in range(x % 13) if j % 3 and j != 7)


def _nested_break(x: int) -> int:
    r = 0
    for i in range(x % 10):
        for j in range(10):
            if i * j > x:
                break
            r += i + j
        if r > 100:
            break
    return r


def _goto_out(x: int) -> int:
    for i in range(6):
        for j in range(6):
            if i * 7 + j * 3 == x % 50:
                return i * 100 + j
    return -1


def _switch_plain(x: int) -> int:
    return {0: 10, 1: 20, 2: 30, 5: 50}.get(x % 7, -1) + 1


def _switch_fall(x: int) -> int:
    r = 0
    key = x % 6
    order = [3, 1, 0, 4]
    if key in order:
        for label in order[order.index(key) :]:
            r += {3: 1, 1: 10, 0: 100, 4: 1000}[label]
            if label == 0:
                break
    else:
        r = 5000
    return r


def _duff(x: int) -> int:
    return (x % 23 + 1) * 3 + x % 23 + 1


def _switch_in_loop(x: int) -> int:
    r = 0
    i = 0
    while i < 20:
        kind = (i + x) % 4
        i += 1
        if kind == 0:
            continue
        if kind == 1:
            r += 1
        elif kind == 2:
            r += 10
            if r > 60:
                break
        else:
            r += 100 if i % 2 else 3
    return r


def _do_while(x: int) -> int:
    r = 0
    n = x
    while True:
        r = r * 3 + n % 10
        n //= 10
        if n <= 0:
            return r


def _primes(x: int) -> int:
    return sum(all(n % d for d in range(2, n)) for n in range(2, x % 30 + 2))


def _gcd(x: int) -> int:
    return int(np.gcd(x, 84))


def _ternary(x: int) -> int:
    return 1 if x < 10 else 2 if x < 30 else 3 if x % 2 else 4 if x < 70 else 5


def _comma(x: int) -> int:
    r = 0
    i, j = 0, x
    while i < j:
        r += i * j
        i, j = i + 1, j - 2
    return r


def _short_circuit(x: int) -> int:
    r = 0
    if x > 10:
        r += 1
        if x > 10 and (x & 1) != 0:
            r += 2
    calls = 0
    calls += 1
    first = x % 3 == 0
    if not first:
        calls += 1
    return r + calls * 10 + (100 if first or x % 5 == 0 else 0)


def _returns(x: int) -> int:
    if x < 5:
        return 1
    for i in range(x):
        if i * i > x:
            return i * 10
        if i == 7:
            return -7
    return 0


def _mandel(x: int) -> int:
    cr, ci = (x % 10) * 0.25 - 1.75, (x // 10) * 0.25 - 1.25
    zr = zi = 0.0
    for n in range(40):
        if zr * zr + zi * zi > 4.0:
            return n
        zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
    return 40


_SIMPLE = [
    per_thread("loop_trip_counts_differ", "while (x > 1) { x = x % 2 == 0 ? x / 2 : 3 * x + 1; ++r; }", _collatz),
    per_thread(
        "loop_continue_in_divergent_code",
        "for (int j = 0; j < x % 13; ++j) { if (j % 3 == 0) continue; if (j == 7) { continue; } r += j * 10; }",
        _continue_sum,
    ),
    per_thread(
        "loop_nested_break",
        "for (int p = 0; p < x % 10; ++p) { for (int q = 0; q < 10; ++q) { if (p * q > x) break; r += p + q; }"
        " if (r > 100) break; }",
        _nested_break,
    ),
    per_thread(
        "goto_out_of_two_loops",
        "int p, q; r = -1; for (p = 0; p < 6; ++p) for (q = 0; q < 6; ++q) if (p * 7 + q * 3 == x % 50) goto found;"
        " goto done; found: r = p * 100 + q; done: ;",
        _goto_out,
    ),
    per_thread(
        "goto_out_of_a_switch_in_a_loop",
        "for (int p = 0; p < 10; ++p) { switch ((p + x) % 5) { case 3: r += 7; goto out; case 1: r += 100; break;"
        " default: r += 1; } } out: r *= 2;",
        lambda x: _goto_switch(x),
    ),
    per_thread(
        "switch_without_fall_through",
        "switch (x % 7) { case 0: r = 10; break; case 1: r = 20; break; case 2: { r = 30; break; } case 5: r = 50; break;"
        " default: r = -1; } r += 1;",
        _switch_plain,
    ),
    per_thread(
        "switch_with_fall_through",
        "switch (x % 6) { case 3: r += 1; case 1: r += 10; case 0: r += 100; break; case 4: r += 1000; break;"
        " default: r = 5000; }",
        _switch_fall,
    ),
    per_thread(
        "switch_default_in_the_middle",
        "switch (x % 5) { case 0: r += 1; default: r += 10; case 2: r += 100; break; case 3: r += 1000; }",
        lambda x: {0: 111, 1: 110, 2: 100, 3: 1000, 4: 110}[x % 5],
    ),
    per_thread(
        "switch_without_default", "r = 9; switch (x) { case 3: case 4: r = 1; break; case -1: r = 2; }",
        lambda x: 1 if x in (3, 4) else 9,
    ),
    per_thread(
        "switch_on_64_bits_and_chars",
        "long long big = (long long)x << 33; switch (big) { case 0: r = 1; break; case 3LL << 33: r = 2; break;"
        " case 5LL << 33: r = 3; } char c = 'a' + x % 4; switch (c) { case 'a': r += 10; break; case 'c': r += 20; }",
        lambda x: {0: 1, 3: 2, 5: 3}.get(x, 0) + {0: 10, 2: 20}.get(x % 4, 0),
    ),
    per_thread(
        "switch_on_enum",
        "Op op = static_cast<Op>(x % 4); switch (op) { case Op::add: r = x + 1; break; case Op::sub: r = x - 1; break;"
        " case Op::mul: r = x * 2; break; default: r = -1; }",
        lambda x: [x + 1, x - 1, x * 2, -1][x % 4],
        head="enum class Op { add, sub, mul };",
    ),
    per_thread(
        "switch_with_return_in_a_function", "r = pick(x % 6);", lambda x: [5, 7, 7, 9, -1, -1][x % 6],
        head="__device__ int pick(int v) { switch (v) { case 0: return 5; case 1: case 2: return 7; case 3: return 9; }"
        " return -1; }",
    ),
    per_thread(
        "switch_with_initialiser", "switch (int v = x % 3; v) { case 1: r = v * 10; break; case 2: r = v * 100; }"
        " if (int w = x % 2; w == 1) r += w; else r -= 1;",
        lambda x: [0, 10, 200][x % 3] + (1 if x % 2 else -1),
    ),
    per_thread(
        "switch_inside_a_loop",
        "int j = 0; while (j < 20) { int kind = (j + x) % 4; ++j; switch (kind) { case 0: continue; case 1: r += 1; break;"
        " case 2: r += 10; if (r > 60) goto end; break; default: r += j % 2 ? 100 : 3; } } end: ;",
        _switch_in_loop,
    ),
    per_thread(
        "switch_nested",
        "switch (x % 3) { case 0: switch (x % 2) { case 0: r = 1; break; default: r = 2; } r += 10; break; case 1: r = 3;"
        " case 2: r += 5; }",
        lambda x: [(11 if x % 2 == 0 else 12), 8, 5][x % 3],
    ),
    per_thread("do_while", "int m = x; do { r = r * 3 + m % 10; m /= 10; } while (m > 0);", _do_while),
    per_thread(
        "do_while_with_continue",
        "int m = 0; do { ++m; if (m % 2) continue; r += m; } while (m < x % 17);",
        lambda x: sum(m for m in range(1, max(1, x % 17) + 1) if m % 2 == 0),
    ),
    per_thread(
        "loop_within_loop_of_varying_bounds",
        "for (int p = 2; p < x % 30 + 2; ++p) { bool prime = true; for (int d = 2; d < p; ++d) if (p % d == 0)"
        " { prime = false; break; } r += prime; }",
        _primes,
    ),
    per_thread("loop_euclid", "int p = x, q = 84; while (q) { int t = p % q; p = q; q = t; } r = p;", _gcd),
    per_thread("ternary_chain", "r = x < 10 ? 1 : x < 30 ? 2 : x % 2 ? 3 : x < 70 ? 4 : 5;", _ternary),
    per_thread("ternary_as_an_lvalue", "int p = 1, q = 2; (x % 2 ? p : q) += 10; r = p * 100 + q;",
               lambda x: 1102 if x % 2 else 112),
    per_thread("comma_in_for", "for (int p = 0, q = x; p < q; ++p, q -= 2) r += p * q;", _comma),
    per_thread("comma_expression", "int t; r = (t = x * 2, t += 3, t); r = r + (x, 1);", lambda x: 2 * x + 4),
    per_thread(
        "short_circuit_with_effects",
        "int calls = 0; if (x > 10 && ++r && (x & 1) && (r += 2)) ; bool f = (++calls, x % 3 == 0) || (++calls, x % 5 == 0);"
        " r += calls * 10 + (f ? 100 : 0);",
        _short_circuit,
    ),
    per_thread(
        "returns_from_the_middle_of_loops", "r = find(x);", _returns,
        head="__device__ int find(int x) { if (x < 5) return 1; for (int j = 0; j < x; ++j) { if (j * j > x) return j * 10;"
        " if (j == 7) return -7; } return 0; }",
    ),
    per_thread(
        "loop_escape_time",
        "double cr = (x % 10) * 0.25 - 1.75, ci = (x / 10) * 0.25 - 1.25, zr = 0, zi = 0; int n; for (n = 0; n < 40; ++n) {"
        " double p = zr * zr, q = zi * zi; if (p + q > 4.0) break; zi = 2 * zr * zi + ci; zr = p - q + cr; } r = n;",
        _mandel,
    ),
    per_thread("loop_empty_and_infinite", "for (;;) { if (++r >= x) break; } while (false) ++r; for (; r < 5;) ++r;",
               lambda x: max(x, 1, 5)),
    per_thread("loop_variable_changed_in_body", "for (int j = 0; j < x; ++j) { r += j; j += r % 3; }",
               lambda x: _changed(x)),
    per_thread("loop_counting_down_unsigned", "for (unsigned j = x; j-- > 0;) r += j;", lambda x: x * (x - 1) // 2),
    per_thread("loop_of_chars", "for (char c = 'a'; c <= 'e'; c++) r = r * 2 + (c - 'a') * x;",
               lambda x: ((((x * 2 + 2 * x) * 2) + 3 * x) * 2 + 4 * x)),
    per_thread("pragma_unroll",
               "\n#pragma unroll\nfor (int j = 0; j < 8; ++j) r += j * x;\n#pragma unroll 4\nfor (int j = 0; j < x % 11; ++j) r -= j;"
               "\n#pragma unroll 1\nfor (int j = 0; j < 3; ++j) r ^= j;\n",
               lambda x: ((28 * x - (x % 11) * (x % 11 - 1) // 2) ^ 1) ^ 2),
    per_thread("recursion", "r = fib(x % 12) + depth(x % 20);", lambda x: _fib(x % 12) + x % 20,
               head="__device__ int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\n"
               "__device__ int depth(int n) { if (n == 0) return 0; return 1 + depth(n - 1); }", requires=("recursion",)),
    per_thread("shadowed_variables", "int y = 1; { int y = x; { int y = 5; r += y; } r += y; } for (int y = 0; y < 2; ++y) r += 10;"
               " r += y;", lambda x: 5 + x + 20 + 1),
    per_thread("static_loop_bounds_of_a_constant", "const int n = 4; int t[n]; for (int j = 0; j < n; ++j) t[j] = x + j;"
               " for (int j : t) r = r * 2 + j;", lambda x: ((x * 2 + x + 1) * 2 + x + 2) * 2 + x + 3),
    per_thread("increments_in_order", "int j = x; int t[3] = {0, 0, 0}; t[j % 3] = j++ * 2; r = j + t[0] + t[1] * 10 + t[2] * 100;"
               " r += j++ - j; int q = (j = 5) + 1; r += q;",
               lambda x: x + 1 + x * 2 * [1, 10, 100][(x + 1) % 3] - 1 + 6),
]  # fmt: skip


def _goto_switch(x: int) -> int:
    r = 0
    for p in range(10):
        key = (p + x) % 5
        if key == 3:
            r += 7
            break
        r += 100 if key == 1 else 1
    return r * 2


def _fib(n: int) -> int:
    return n if n < 2 else _fib(n - 1) + _fib(n - 2)


def _changed(x: int) -> int:
    r = j = 0
    while j < x:
        r += j
        j += r % 3 + 1
    return r


_GUARDED = Case(
    "short_circuit_guards_memory",
    # A null pointer must not be read.
    "__global__ void k(const int* a, const int* none, int* o, int n) { int i = threadIdx.x;"
    " o[i] = (i < n && a[i] > 3) ? 1 : 0; if (none != nullptr && none[i] > 0) o[i] = 9;"
    " int j = i - 5; if (j < 0 || a[j] < 0) o[i] += 10; o[i] += i < n ? a[i] * 100 : 0; }",
    {"a": np.arange(64, dtype=np.int32), "none": np.uint64(0), "o": whole(64), "n": np.int32(20)},
    lambda a, none, o, n: {
        "o": [(1 if i < 20 and i > 3 else 0) + (10 if i < 5 else 0) + (i * 100 if i < 20 else 0) for i in range(64)]
    },
    Launch(block=(64, 1, 1)),
)
_EARLY_RETURN = Case(
    "return_before_a_barrier_of_the_rest",
    # Threads that have returned no longer take part in barriers.
    "__global__ void k(const int* a, int* o, int n) { __shared__ int s[96]; int i = threadIdx.x; s[i] = 0;"
    " __syncthreads(); if (i >= n) return; s[i] = a[i]; __syncthreads(); o[i] = s[n - 1 - i]; }",
    {"a": np.arange(96, dtype=np.int32) * 3, "o": whole(96), "n": np.int32(70)},
    lambda a, o, n: {"o": np.concatenate([a[:70][::-1], o[70:]])},
    Launch(block=(96, 1, 1)),
)
_UNIFORM_RETURN = Case(
    "return_of_whole_blocks",
    "__global__ void k(int* o, int n) { __shared__ int s[32]; if (blockIdx.x * 32 >= n) return; s[threadIdx.x] = threadIdx.x;"
    " __syncthreads(); o[blockIdx.x * 32 + threadIdx.x] = s[31 - threadIdx.x] + blockIdx.x; }",
    {"o": whole(160), "n": np.int32(70)},
    lambda o, n: {"o": [31 - i % 32 + i // 32 if i < 96 else 0 for i in range(160)]},
    Launch((5, 1, 1), (32, 1, 1)),
)
_DIVERGENT_CALLS = Case(
    "calls_in_divergent_branches",
    "__device__ int twice(int x, int* log) { log[threadIdx.x] += 1; return 2 * x; }\n"
    "__device__ void nothing(int x, int* log) { if (x < 3) return; log[threadIdx.x] += 100; }\n"
    "__global__ void k(int* o, int* log) { int i = threadIdx.x; int r = 0; if (i % 3 == 0) r = twice(i, log); else if (i % 3 == 1)"
    " r = twice(twice(i, log), log); else nothing(i, log); for (int j = 0; j < i % 4; ++j) nothing(j + 2, log); o[i] = r; }",
    {"o": whole(40), "log": whole(40)},
    lambda o, log: {
        "o": [[2 * i, 4 * i, 0][i % 3] for i in range(40)],
        "log": [[1, 2, 100 * (i >= 3)][i % 3] + 100 * max(0, i % 4 - 1) for i in range(40)],
    },
    Launch(block=(40, 1, 1)),
)
_STORES = Case(
    "stores_of_inactive_threads_do_not_happen",
    "__global__ void k(int* o, int n) { int i = threadIdx.x; if (i & 1) { o[i] = i; if (i & 2) { o[i] = -i; } else { for (int j = 0; j <"
    " i; j += 4) o[i] += 1000; } } else if (i > n) o[i] = 7; }",
    {"o": np.full(48, 5, np.int32), "n": np.int32(20)},
    lambda o, n: {
        "o": [(-i if i & 2 else i + 1000 * -(-i // 4)) if i & 1 else (7 if i > 20 else 5) for i in range(48)]
    },
    Launch(block=(48, 1, 1)),
)

_DESCENDING = Case(
    "loop_descends_by_the_block",
    """__global__ void k(const int4* a, int* o, int n) {
  int sum = 0;
  for (int i = n + threadIdx.x - blockDim.x; i >= 0; i -= blockDim.x) {
    const int* row = (const int*)(a + i);
    int4 v = *(const int4*)((const int*)a + i * 4);
    sum += v.x + 10 * v.y + 100 * row[2] + i * v.w;
  }
  o[threadIdx.x] = sum;
}""",
    {"a": (np.arange(401 * 4) % 23).astype(np.int32).reshape(-1, 4), "o": whole(64), "n": np.int32(401)},
    lambda a, o, n: {
        "o": [sum(int(a[i] @ np.array([1, 10, 100, i])) for i in range(int(n) + t - 64, -1, -64)) for t in range(64)]
    },
    Launch(block=(64, 1, 1)),
)

CASES = [
    _DESCENDING,
    *_SIMPLE,
    _GUARDED, _EARLY_RETURN, _UNIFORM_RETURN, _DIVERGENT_CALLS, _STORES,
]  # fmt: skip
