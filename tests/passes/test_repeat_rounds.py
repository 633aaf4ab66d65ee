from __future__ import annotations

import numpy as np
import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements
from cudawasm.passes.repeat_rounds import repeat_rounds


def loops(module: n.Module) -> list[n.Loop]:
    return [s for s in statements(module.functions["k"].body) if isinstance(s, n.Loop)]


STEPS = [("int", "1"), ("int", "o[32] + 3"), ("unsigned", "7"), ("int", "d")]
LIMITS = [
    (limit, *step) for limit in (-5, 0, 1, 3, 4, 5, 8, 30) for step in STEPS if (limit, step[0]) != (-5, "unsigned")
]


# No counter passes the largest number, which CUDA leaves undefined.
@pytest.mark.parametrize(("limit", "kind", "step"), [*LIMITS, (2147483647, "int", "1")])
def test_loops_do_as_many_rounds(lowered, ran, limit: int, kind: str, step: str):
    first = "0" if 0 <= limit < 100 else f"({kind}){limit} - 9"
    source = f"""__global__ void k(int* o, {kind} n) {{
      int s = 1, d = o[33] + 2;
      for ({kind} i = {first} + threadIdx.x % 3; i < n && i >= 0; i += 1) s = s * 3 + i;
      for ({kind} i = {first} + threadIdx.x % 3; i < n; i += {step}) {{ int t = s * 3; s = t + i + o[40 + i % 8 * (i > 0)]; }}
      o[threadIdx.x] = s; }}"""
    module = lowered(source)
    longer = repeat_rounds(module)
    assert len(loops(longer)) == len(loops(module)) + (step != "o[32] + 3")
    n_ = np.int32(limit) if kind == "int" else np.uint32(limit % 2**32)
    before, after = (ran(m, np.zeros(64, np.int32), n_) for m in (module, longer))
    assert np.array_equal(before[0], after[0])


def test_loops_that_load_no_memory_stay(lowered):
    source = """__global__ void k(int* o, int n) {
      int s = 0;
      for (int i = o[1]; i < n; i++) s = s * 3 + i;
      for (int i = o[1]; i < n; i++) o[i] = s; }"""
    module = lowered(source)
    assert len(loops(repeat_rounds(module))) == len(loops(module)) == 2


def test_a_counter_that_is_part_of_an_object_stays(lowered):
    source = "__global__ void k(int* o, int n) { int c[2] = {0, n}; for (; c[n & 1] < n; c[n & 1] += 1) o[0] = c[1]; }"
    module = lowered(source)
    assert len(loops(repeat_rounds(module))) == len(loops(module))


def test_loops_that_are_left_in_the_middle_stay(lowered):
    source = """__global__ void k(int* o, int n) {
      for (int i = 0; i < 4; i++) if (o[i]) break;
      for (int i = 0; i < n; i++) { o[i] = i; i += o[i]; }
      #pragma unroll 1
      for (int i = 0; i < 4; i++) o[i] = 2; }"""
    module = lowered(source)
    assert len(loops(repeat_rounds(module))) == 3


def test_counters_and_limits_that_pointers_may_reach_stay(lowered):
    source = """__global__ void k(int* o, int n) {
      int i, m = n; int* p = o[0] ? &i : &m;
      for (i = o[1]; i < n; i++) { *p += 1; o[i] = 2; }
      for (int j = o[1]; j < m; j++) { *p -= 1; o[j] = 2; } }"""
    module = lowered(source)
    assert len(loops(repeat_rounds(module))) == len(loops(module)) == 2
