from __future__ import annotations

import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements
from cudawasm.passes.unroll_loops import unroll_loops

KERNEL = "__global__ void k(const int* in, int* o, int n) {{ __shared__ int s[64]; int x = threadIdx.x, t = 0; {} o[x] = t; }}"


def order(module: n.Module) -> str:
    """For each conditional statement and each local one whether it loads, stores to memory or only computes."""
    letters = []
    for stmt in module.functions["k"].body:
        inner = [s for s in statements((stmt,)) if isinstance(s, n.Assign)]
        if isinstance(stmt, n.If) and inner:
            letters.append("s" if not isinstance(inner[0].place, n.VarPlace) else "l")
    return "".join(letters)


def test_conditional_loads_stand_before_conditional_stores(lowered):
    text = "for (int j = 0; j < 3; ++j) if (x + j < n) s[x + j] = in[x + j];"
    assert order(unroll_loops(lowered(KERNEL.format(text)))) == "lllsss"


@pytest.mark.parametrize(
    "text",
    [
        "for (int j = 0; j < 3; ++j) if (x + j < n) o[x + j] = in[x + j];",  # may be the same memory
        "for (int j = 0; j < 3; ++j) if (x + j < n) s[x + j] = s[x + j + 1];",
    ],
)
def test_rounds_that_may_see_each_other_stay_apart(lowered, text):
    assert order(unroll_loops(lowered(KERNEL.format(text)))) == "sss"


def loops(module: n.Module) -> list[n.Loop]:
    return [s for s in statements(module.functions["k"].body) if isinstance(s, n.Loop)]


def test_a_long_loop_does_several_rounds_in_one(lowered):
    text = "for (int j = 0; j < 64; ++j) { int a = s[j] * 3; int b = a + s[j ^ 1]; t += b * b; }"
    (loop,) = loops(unroll_loops(lowered(KERNEL.format(text))))
    kinds = "".join("d" if isinstance(s, n.Declare) else "a" for s in loop.body)
    assert kinds == "d" * 32 + "a" * 16
    assert "value=16" in repr(loop.step)


@pytest.mark.parametrize("body", ["s[j] = t; t += in[j];", "t += in[j]; __syncthreads();", "t = in[j]; x += t;"])
def test_a_long_loop_whose_rounds_need_their_order_stays(lowered, body):
    module = lowered(KERNEL.format(f"for (int j = 0; j < 64; ++j) {{ {body} }}"))
    assert loops(unroll_loops(module)) == loops(module)
