"""The verifier accepts what the front end makes and names what is malformed."""

from dataclasses import replace

import pytest

from cudawasm.errors import InternalError
from cudawasm.frontend import Program
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F32, I32, VOID
from cudawasm.ir.verifier import verify

SOURCE = b"""
struct V { float x, y; __device__ V operator+(const V& o) const { return {x + o.x, y + o.y}; } };
template <typename T> __device__ T twice(T v) { return v + v; }
__global__ void k(V* out, const float* in, int n) {
    __shared__ float tile[32];
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        tile[threadIdx.x] = __shfl_xor_sync(~0u, in[i], 1);
        __syncthreads();
        if (i % 3 == 0) continue;
        switch (i & 3) { case 0: out[i] = twice(out[i]); break; case 1: atomicAdd(&out[i].x, tile[0]); default: break; }
    }
}
"""


def test_the_front_end_makes_well_formed_modules():
    verify(Program(SOURCE).lower("k").module)


def kernel(*body: n.Stmt) -> n.Module:
    return n.Module({"k": n.Function("k", (), VOID, body, True)})


X = n.Var("x", F32)
ONE = n.Const(I32, 1)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (kernel(n.Assign(n.VarPlace(X), n.Const(F32, 1.0))), "in k: variable x is not declared"),
        (kernel(n.Declare(X, ONE)), "in k: Declare: i32 where f32 belongs"),
        (kernel(n.Break("loop")), "in k: break to unknown label loop"),
        (kernel(n.If(ONE, ())), "in k: If: i32 where bool belongs"),
        (kernel(n.Call("f", ())), "in k: call of unknown function f"),
        (kernel(n.Declare(X, n.Builtin("sine", (n.Const(F32, 0.0),), F32))), "in k: unknown builtin sine"),
        (kernel(n.If(n.Binary("lt", ONE, n.Const(F32, 1.0), BOOL), ())), "in k: Binary: f32 where i32 belongs"),
        (kernel(n.Continue("s")), "in k: continue to unknown loop s"),
    ],
)
def test_malformed_modules_are_named(module: n.Module, message: str):
    with pytest.raises(InternalError) as caught:
        verify(module)
    assert str(caught.value) == message


def test_a_function_must_be_listed_under_its_name():
    module = kernel()
    wrong = replace(module, functions={"other": module.functions["k"]})
    with pytest.raises(InternalError, match="function k is listed as other"):
        verify(wrong)
