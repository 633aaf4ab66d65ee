from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.types import U32
from cudawasm.ir.walk import Rewriter, statements
from cudawasm.passes.exchange_through_shared import exchange_through_shared
from cudawasm.passes.jumps_to_flags import jumps_to_flags
from cudawasm.passes.keep_threads_for_barriers import keep_threads_for_barriers
from cudawasm.passes.threads_to_rounds import threads_to_rounds

THREADS, WIDTH = 56, 16
BODIES = {
    "without_barriers": "if (t % 3 == 0) return; for (int i = 0; i < t; i++) { if (i > 7) break; v += i; } o[t] = v;",
    "a_parameter_that_is_changed": "n += t; o[t] = n;",
    "a_reversal": "s[t] = 3 * t; __syncthreads(); o[t] = s[55 - t] + v;",
    "a_loop_around_barriers": "for (int d = 32; d > 0; d /= 2) { if (t < d && t + d < 56) s[t] += s[t + d] + v; __syncthreads(); } o[t] = s[0];",
    "values_that_live_in_a_loop": "int u = t; for (int i = 0; i < n; i++) { s[t] = u; __syncthreads(); u += s[(t + i) % 56]; __syncthreads(); } o[t] = u;",
    "a_branch_around_a_barrier": "if (n > 2) { s[t] = t; __syncthreads(); v = s[(t + 1) % 56]; } else v = 7; o[t] = v;",
    "a_do_while": "int i = 0; do { s[t] = i + t; __syncthreads(); v += s[(t + 7) % 56]; __syncthreads(); } while (++i < n); o[t] = v;",
    "a_return_before_a_barrier": "if (t > 40) return; s[t] = t; __syncthreads(); o[t] = s[40 - t];",
    "a_loop_that_is_left_together": "for (int i = 0; ; i++) { s[t] += i; __syncthreads(); if (s[3] > 9) break; } o[t] = s[t];",
    "warps": "v = __shfl_xor_sync(~0u, v, 5) + __ballot_sync(~0u, t % 5 == 1) % 1000; if (t % 2) v += __shfl_xor_sync(0xaaaaaaaa, v, 2); o[t] = v;",
    "votes": "o[t] = __syncthreads_count(t % 7 == 2) * 100 + __syncthreads_or(t > 50) + v;",
    "results_of_atomics": "int old = atomicAdd(&s[t / 56], 0); __syncthreads(); o[t] = old + t;",
    "lanes": "__syncthreads(); o[t] = (t & 31) + v;",
}  # fmt: skip


def kernel(body: str) -> str:
    return f"__global__ void k(int* o, int n) {{ __shared__ int s[64]; int t = threadIdx.x, v = 2 * t; s[t] = 1; __syncthreads(); {body} }}"


def plain(body: str) -> str:
    return kernel(body).replace("__syncthreads(); ", "", 1).replace("s[t] = 1; ", "")


class _Shaped(Rewriter):
    """Of a block with ``THREADS`` threads."""

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Special) and expr.name.startswith("block_dim"):
            return n.Const(U32, THREADS if expr.name == "block_dim.x" else 1)
        return expr


def prepared(module: n.Module) -> n.Module:
    has_warps = any(isinstance(s, n.Warp) for f in module.functions.values() for s in statements(f.body))
    return jumps_to_flags(keep_threads_for_barriers(exchange_through_shared(module), not has_warps))


def folded(module: n.Module) -> n.Module:
    module = jumps_to_flags(threads_to_rounds(prepared(module), WIDTH))
    functions = {name: replace(f, body=_Shaped().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


@pytest.mark.parametrize("name", BODIES)
def test_rounds_compute_what_the_block_does(name, lowered, ran):
    has_barriers = name not in ("without_barriers", "a_parameter_that_is_changed")
    module = lowered(kernel(BODIES[name]) if has_barriers else plain(BODIES[name]))
    start = np.full(64, -1, np.int32)
    (wanted,) = ran(module, start, np.int32(3), block=THREADS)
    (found,) = ran(folded(module), start, np.int32(3), block=WIDTH)
    assert found.tolist() == wanted.tolist()
    assert (wanted != -1).any()


def test_a_kernel_without_barriers_is_one_loop_and_keeps_its_variables(lowered):
    (function,) = folded(lowered(plain("o[t] = v;"))).functions.values()
    loops = [s for s in statements(function.body) if isinstance(s, n.Loop)]
    names = [s.var.name for s in statements(function.body) if isinstance(s, n.Declare)]
    assert len(loops) == 1
    assert not any(".rounds" in name for name in names)


def test_counters_of_loops_around_barriers_exist_once(lowered):
    (function,) = folded(lowered(kernel(BODIES["values_that_live_in_a_loop"]))).functions.values()
    copied = {s.var.name for s in statements(function.body) if isinstance(s, n.Declare) if ".rounds" in s.var.name}
    assert not any(name.startswith("i.") for name in copied)
    assert any(name.startswith("u.") for name in copied)
