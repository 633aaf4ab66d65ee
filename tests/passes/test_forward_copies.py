from __future__ import annotations

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements
from cudawasm.passes.forward_copies import forward_copies

VECTORS = """__device__ float3 operator-(float3 a, float3 b) { return make_float3(a.x - b.x, a.y - b.y, a.z - b.z); }
__global__ void k(const float* a, float* o) {
  float3 p = make_float3(a[0], a[1], a[2]), q = make_float3(1, 2, 3);
  float3 d = p - q; d.x += 1;
  o[threadIdx.x] = d.x * d.y + d.z; }"""
SWAPPED = """__global__ void k(const int* a, int* o) {
  int x = a[0], y = a[1];
  for (int i = 0; i < 5; ++i) { int old = x; x = y; y = old + i; }
  int before = x; if (threadIdx.x & 1) x = 7; o[threadIdx.x] = x * 100 + y + before; }"""


def declared(module: n.Module) -> list[str]:
    return [s.var.name for s in statements(module.functions["k"].body) if isinstance(s, n.Declare)]


def test_copies_that_inlining_made_are_left_out(lowered, ran):
    module = lowered(VECTORS)
    short = forward_copies(module)
    assert len(declared(short)) < len(declared(module)) / 2
    a = np.array([4, 5, 6], np.float32)
    before, after = (ran(m, a, np.zeros(32, np.float32)) for m in (module, short))
    assert np.array_equal(before[1], after[1])


def test_a_copy_of_what_changes_afterwards_stays(lowered, ran):
    module = lowered(SWAPPED)
    short = forward_copies(module)
    assert {"old", "before"} <= set(declared(short))
    a = np.array([3, 8], np.int32)
    before, after = (ran(m, a, np.zeros(32, np.int32)) for m in (module, short))
    assert np.array_equal(before[1], after[1])
