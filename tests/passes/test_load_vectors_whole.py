from __future__ import annotations

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Vector
from cudawasm.ir.walk import statements
from cudawasm.passes.forward_addresses import forward_addresses
from cudawasm.passes.load_vectors_whole import load_vectors_whole
from cudawasm.passes.simplify import simplify
from cudawasm.passes.split_aggregates import split_aggregates

SOURCE = """__global__ void k(const float4* a, float* o) {
  float4 v = a[threadIdx.x % 2];
  o[threadIdx.x] = v.x + v.y * v.z - v.w; }"""


def vectors(module: n.Module) -> int:
    declared = [s.var for s in statements(module.functions["k"].body) if isinstance(s, n.Declare)]
    return sum(isinstance(v.type, Vector) for v in declared)


def test_components_come_from_one_load(lowered, ran):
    module = forward_addresses(split_aggregates(simplify(lowered(SOURCE))))
    whole = load_vectors_whole(module)
    assert vectors(whole) == vectors(module) + 1
    a = np.arange(8, dtype=np.float32)
    before, after = (ran(m, a, np.zeros(32, np.float32)) for m in (module, whole))
    assert np.array_equal(before[1], after[1])


def test_a_single_component_is_loaded_alone(lowered):
    source = "__global__ void k(const float4* a, float* o) { float x = a[0].x; float y = a[1].y; o[0] = x + y; }"
    module = simplify(lowered(source))
    assert load_vectors_whole(module).functions == module.functions
