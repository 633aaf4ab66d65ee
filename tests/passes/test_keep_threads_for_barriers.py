from __future__ import annotations

import numpy as np
import pytest

from cudawasm.analysis.block_uniformity import BlockUniformity
from cudawasm.ir import nodes as n
from cudawasm.ir.walk import nested_blocks, statements
from cudawasm.passes.exchange_through_shared import exchange_through_shared
from cudawasm.passes.keep_threads_for_barriers import keep_threads_for_barriers

EARLY = {
    "a_guard_at_the_start": """if (t >= 40) return; s[t] = t; __syncthreads(); o[t] = s[39 - t];""",
    "a_reduction_of_those_that_stay": """
        s[t] = t; __syncthreads(); if (t >= 32) return;
        for (int d = 16; d > 0; d /= 2) { if (t < d) s[t] += s[t + d]; __syncthreads(); } o[t] = s[0];""",
    "a_loop_that_threads_leave": """
        int r = 0; for (int i = 0; i < 4; i++) { s[t] = i * t; __syncthreads(); if (t > 20 && i == 2) return; r += s[0] + i; __syncthreads(); }
        o[t] = r;""",
    "a_condition_from_memory": """
        if (t == 5) return; s[t] = 3; __syncthreads(); if (s[0] == 3) { o[t] = 1; __syncthreads(); o[t] += s[1]; }""",
    "a_do_while": """
        if (t > 50) return; int i = 0; do { s[t] = i; __syncthreads(); o[t] += s[(t + 1) % 50]; __syncthreads(); } while (++i < 3);""",
}  # fmt: skip
WARPS = {
    "in_a_branch": "if (t % 32 < 16) v = __shfl_xor_sync(0xffff, v, 3); o[t] = v;",
    "in_a_loop_of_varying_length": "for (int i = 0; i < t % 5 + 1; i++) v += __popc(__ballot_sync(~0u, v & 1)); o[t] = v;",
    "under_a_switch": "switch (t % 3) { case 0: v = __activemask(); break; case 1: v = __any_sync(~0u, t > 9); break; default: v = __all_sync(~0u, t % 3 == 2); } o[t] = v;",
    "after_a_return_and_a_break": "if (t == 7) return; while (true) { if (__all_sync(~0u, v > 40)) break; v += t % 4 + 1; } o[t] = v;",
    "matches_and_reductions": "o[t] = __match_any_sync(~0u, t % 5) + __reduce_add_sync(~0u, t) + __reduce_max_sync(~0u, t ^ 21);",
    "shuffles_with_widths": "o[t] = __shfl_up_sync(~0u, v, 2, 8) * 1000 + __shfl_down_sync(~0u, v, 3, 16) * 10 + __shfl_sync(~0u, v, 9, 4);",
}  # fmt: skip


def kernel(body: str) -> str:
    return f"__global__ void k(int* o) {{ __shared__ int s[64]; int t = threadIdx.x, v = t; s[t] = 0; {body} }}"


def check_barriers(block: n.Block, facts: BlockUniformity, is_uniform: bool) -> None:
    """That each barrier stands where all threads come."""
    for stmt in block:
        assert is_uniform or not isinstance(stmt, n.Barrier)
        inside = is_uniform
        if isinstance(stmt, n.If):
            inside = is_uniform and facts.is_uniform(stmt.condition)
        if isinstance(stmt, n.Return):
            raise AssertionError("a return is left")
        for inner in nested_blocks(stmt):
            check_barriers(inner, facts, inside)


@pytest.mark.parametrize("body", EARLY.values(), ids=EARLY)
def test_threads_that_return_come_to_barriers(body, lowered, ran):
    module = lowered(kernel(body))
    wanted = ran(module, np.zeros(64, np.int32), block=64)
    found = keep_threads_for_barriers(module, trust_barriers=True)
    assert np.array_equal(ran(found, np.zeros(64, np.int32), block=64), wanted)
    function = found.functions["k"]
    assert not any(isinstance(s, n.Return) for s in statements(function.body))
    check_barriers(function.body, BlockUniformity(function, False), True)


@pytest.mark.parametrize("body", WARPS.values(), ids=WARPS)
def test_warp_operations_become_exchanges(body, lowered, ran):
    module = lowered(kernel(body))
    wanted = ran(module, np.zeros(64, np.int32), block=64)
    found = keep_threads_for_barriers(exchange_through_shared(module), trust_barriers=False)
    assert not any(isinstance(s, n.Warp) for s in statements(found.functions["k"].body))
    assert np.array_equal(ran(found, np.zeros(64, np.int32), block=64), wanted)


@pytest.mark.parametrize("kind", ["count", "and", "or"])
def test_barriers_that_count(kind, lowered, ran):
    module = lowered(kernel(f"for (int i = 0; i < 5; i++) v += __syncthreads_{kind}(t > i * 15); o[t] = v;"))
    wanted = ran(module, np.zeros(64, np.int32), block=64)
    found = keep_threads_for_barriers(exchange_through_shared(module), trust_barriers=True)
    assert np.array_equal(ran(found, np.zeros(64, np.int32), block=64), wanted)


def test_uniform_kernels_are_left_alone(lowered):
    module = lowered(
        kernel("for (int d = 32; d > 0; d /= 2) { if (t < d) s[t] += s[t + d]; __syncthreads(); } o[t] = s[0];")
    )
    assert keep_threads_for_barriers(module, trust_barriers=True).functions == module.functions
