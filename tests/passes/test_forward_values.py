"""Variables that only carry values go, and nothing else changes."""

from __future__ import annotations

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements
from cudawasm.passes.forward_values import forward_values
from cudawasm.passes.fuse_multiply_adds import fuse_multiply_adds


def declared(module: n.Module) -> list[str]:
    return [s.var.name for s in statements(module.functions["k"].body) if isinstance(s, n.Declare)]


def test_declarations_join_their_first_assignments(lowered):
    module = forward_values(
        lowered("__global__ void k(int* o) { int x; int y; x = o[0]; y = x + o[1]; x = y; o[2] = x; }")
    )
    assert declared(module) == ["x", "y"]
    assert all(s.init is not None for s in statements(module.functions["k"].body) if isinstance(s, n.Declare))


def test_a_declaration_stays_before_a_branch_that_assigns(lowered):
    module = forward_values(lowered("__global__ void k(int* o) { int x; if (o[0]) x = 1; else x = o[1]; o[2] = x; }"))
    (declaration,) = (s for s in statements(module.functions["k"].body) if isinstance(s, n.Declare))
    assert declaration.init is None


def test_copies_and_constants_go(lowered, ran):
    module = lowered("__global__ void k(int* o) { int x = o[0]; int y = x; int z = 5; int w = y; o[1] = w + z; }")
    forwarded = forward_values(module)
    assert declared(forwarded) == ["x"]
    (found,) = ran(forwarded, np.array([3, 0], np.int32), block=1)
    assert found.tolist() == [3, 8]


def test_a_copy_of_a_variable_that_changes_stays(lowered, ran):
    source = "__global__ void k(int* o) { int x = o[0]; int old = x; x += 4; o[1] = old; o[2] = x; }"
    (found,) = ran(forward_values(lowered(source)), np.array([3, 0, 0], np.int32), block=1)
    assert found.tolist() == [3, 3, 7]


def test_a_copy_of_a_variable_that_a_loop_writes_stays(lowered, ran):
    source = """__global__ void k(int* o) {
        int last; int sum = 0; last = 0;
        for (int i = 0; i < 4; i++) { int before = last; last = i * 3; sum += before * 10 + last; }
        o[0] = sum; }"""
    (found,) = ran(forward_values(lowered(source)), np.zeros(1, np.int32), block=1)
    assert found.tolist() == [0 * 10 + 0 + 0 * 10 + 3 + 3 * 10 + 6 + 6 * 10 + 9]


def test_what_nothing_reads_goes_but_effects_stay(lowered, ran):
    source = "__global__ void k(int* o) { int unused = o[0] * 2; int old = atomicAdd(o, 5); }"
    forwarded = forward_values(lowered(source))
    assert declared(forwarded) == []
    (found,) = ran(forwarded, np.array([1], np.int32), block=4)
    assert found.tolist() == [21]


def test_multiply_adds_are_fused_unless_that_is_forbidden(lowered):
    def builtins(source: str) -> int:
        module = fuse_multiply_adds(forward_values(lowered(source)))
        return str(module.functions["k"].body).count("'fma'")

    assert builtins("__global__ void k(float* o) { o[0] = o[1] * o[2] + o[3]; }") == 1
    assert builtins("__global__ void k(float* o) { o[0] = o[3] - o[1] * o[2]; }") == 1
    assert builtins("__global__ void k(float* o) { o[0] = __fadd_rn(__fmul_rn(o[1], o[2]), o[3]); }") == 0
    assert builtins("__global__ void k(int* o) { o[0] = o[1] * o[2] + o[3]; }") == 0
