from __future__ import annotations

from cudawasm.passes.fuse_multiply_adds import fuse_multiply_adds


def test_multiply_adds_are_fused_unless_that_is_forbidden(lowered):
    def builtins(source: str) -> int:
        module = fuse_multiply_adds(lowered(source))
        return str(module.functions["k"].body).count("'fma'")

    assert builtins("__global__ void k(float* o) { o[0] = o[1] * o[2] + o[3]; }") == 1
    assert builtins("__global__ void k(float* o) { o[0] = o[3] - o[1] * o[2]; }") == 1
    assert builtins("__global__ void k(float* o) { o[0] = __fadd_rn(__fmul_rn(o[1], o[2]), o[3]); }") == 0
    assert builtins("__global__ void k(int* o) { o[0] = o[1] * o[2] + o[3]; }") == 0
