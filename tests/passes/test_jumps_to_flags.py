from __future__ import annotations

import numpy as np
import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import nested_blocks, statements
from cudawasm.passes.jumps_to_flags import jumps_to_flags

JUMPS = {
    "goto_out_of_two_loops": """
        for (int a = 0; a < 5; a++) for (int b = 0; b < 5; b++) { if (a * b == t % 9) goto out; r += a + b; }
        out: r += 1000;""",
    "goto_of_the_outer_loop": """
        for (int a = 0; a < 5; a++) { for (int b = 0; b < 5; b++) { if (a + b == t % 7) goto next; r += a * b; } r += 100; next:; }
        """,
    "jump_in_a_switch_in_a_loop": """
        for (int a = 0; a < 6; a++) { switch ((a + t) % 4) { case 0: continue; case 1: r += 1; break; case 2: goto out; default: r += 10; } r += 100; }
        out: r += 7;""",
    "returns_of_a_function_in_loops": "r = find(t);",
}  # fmt: skip
FIND = """__device__ int find(int t) {
    for (int a = 1; a < 9; a++) { if (a == t) return a; for (int b = 1; b < 9; b++) if (a * b == t) return a * 100 + b; }
    return -1; }
"""


@pytest.mark.parametrize("body", JUMPS.values(), ids=JUMPS)
def test_meaning_is_kept(body, lowered, ran):
    module = lowered(f"{FIND}__global__ void k(int* o) {{ int t = threadIdx.x, r = 0; {body} o[t] = r; }}")
    wanted = ran(module, np.zeros(32, np.int32))
    found = jumps_to_flags(module)
    assert np.array_equal(ran(found, np.zeros(32, np.int32)), wanted)
    check_jumps(found.functions["k"].body, "")


def check_jumps(block: n.Block, loop: str) -> None:
    for stmt in block:
        assert not isinstance(stmt, n.Scope)
        if isinstance(stmt, n.Break | n.Continue):
            assert stmt.label == loop
        for inner in nested_blocks(stmt):
            check_jumps(inner, stmt.label if isinstance(stmt, n.Loop) else loop)


def test_no_flag_where_nesting_will_do(lowered):
    module = lowered("__global__ void k(int* o, int n) { if (n < 3) { o[0] = 1; return; } o[1] = 2; }")
    declared = [s for s in statements(jumps_to_flags(module).functions["k"].body) if isinstance(s, n.Declare)]
    assert declared == []
