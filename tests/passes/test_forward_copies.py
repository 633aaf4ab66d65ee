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


def test_declarations_join_their_first_assignments(lowered):
    module = forward_copies(
        lowered("__global__ void k(int* o) { int x; int y; x = o[0]; y = x + o[1]; x = y; o[2] = x; }")
    )
    assert declared(module) == ["x", "y"]
    assert all(s.init is not None for s in statements(module.functions["k"].body) if isinstance(s, n.Declare))


def test_a_declaration_stays_before_a_branch_that_assigns(lowered):
    module = forward_copies(lowered("__global__ void k(int* o) { int x; if (o[0]) x = 1; else x = o[1]; o[2] = x; }"))
    (declaration,) = (s for s in statements(module.functions["k"].body) if isinstance(s, n.Declare))
    assert declaration.init is None


def test_copies_and_constants_go(lowered, ran):
    module = lowered("__global__ void k(int* o) { int x = o[0]; int y = x; int z = 5; int w = y; o[1] = w + z; }")
    forwarded = forward_copies(module)
    assert declared(forwarded) == ["x"]
    (found,) = ran(forwarded, np.array([3, 0], np.int32), block=1)
    assert found.tolist() == [3, 8]


def test_a_copy_of_a_variable_that_changes_stays(lowered, ran):
    source = "__global__ void k(int* o) { int x = o[0]; int old = x; x += 4; o[1] = old; o[2] = x; }"
    (found,) = ran(forward_copies(lowered(source)), np.array([3, 0, 0], np.int32), block=1)
    assert found.tolist() == [3, 3, 7]


def test_a_copy_of_a_variable_that_a_loop_writes_stays(lowered, ran):
    source = """__global__ void k(int* o) {
        int last; int sum = 0; last = 0;
        for (int i = 0; i < 4; i++) { int before = last; last = i * 3; sum += before * 10 + last; }
        o[0] = sum; }"""
    (found,) = ran(forward_copies(lowered(source)), np.zeros(1, np.int32), block=1)
    assert found.tolist() == [0 * 10 + 0 + 0 * 10 + 3 + 3 * 10 + 6 + 6 * 10 + 9]


def test_what_nothing_reads_goes_but_effects_stay(lowered, ran):
    source = "__global__ void k(int* o) { int unused = o[0] * 2; int old = atomicAdd(o, 5); }"
    forwarded = forward_copies(lowered(source))
    assert declared(forwarded) == []
    (found,) = ran(forwarded, np.array([1], np.int32), block=4)
    assert found.tolist() == [21]


def test_a_copy_of_a_variable_that_a_pointer_reaches_stays(lowered, ran):
    source = """__global__ void k(int* o) {
        int x = o[0], y = o[1]; int* p = o[2] ? &x : &y; int old = x; *p = 5; o[3] = old; o[4] = x; }"""
    (found,) = ran(forward_copies(lowered(source)), np.array([3, 4, 1, 0, 0], np.int32), block=1)
    assert found.tolist() == [3, 4, 1, 3, 5]
