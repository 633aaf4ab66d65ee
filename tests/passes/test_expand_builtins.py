from __future__ import annotations

import numpy as np
import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statement_expressions, statements, subexpressions
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.inline_calls import inline_calls

EDGES = [0.0, -0.0, 1e-40, 88.72283, 88.72284, 1000.0, np.inf, -86.9, -87.3, -103.0, -104.0, -1e30, -np.inf, np.nan]


def builtins(module: n.Module) -> set[str]:
    outer = [e for s in statements(module.functions["k"].body) for e in statement_expressions(s)]
    return {e.name for o in outer for e in subexpressions(o) if isinstance(e, n.Builtin)}


@pytest.mark.parametrize("function", ["expf", "exp2f", "__expf"])
def test_exp_is_made_of_exp2_where_that_is_at_hand(lowered, ran, function: str):
    module = lowered(f"__global__ void k(float* x) {{ x[threadIdx.x] = {function}(x[threadIdx.x]); }}")
    module = inline_calls(expand_builtins(module, lambda name, type_: name not in ("exp", "exp2", "fast_exp")))
    assert builtins(module) & {"exp", "exp2", "fast_exp", "fast_exp2"} == {"fast_exp2"}
    spread = np.random.default_rng(1).uniform(-151, 129, 512 - len(EDGES))
    x = np.concatenate([spread, EDGES]).astype(np.float32)
    with np.errstate(all="ignore"):
        exact = (np.exp2 if function == "exp2f" else np.exp)(x.astype(np.float64))
        found = ran(module, x, block=512)[0]
        assert np.array_equal(np.isnan(found), np.isnan(x))
        rounded = exact.astype(np.float32)
        error = np.abs(found - exact) / np.spacing(np.maximum(rounded, np.float32(1e-45)))
    is_usual = np.isfinite(rounded) & ~np.isnan(x)
    assert error[is_usual].max() < (140 if function == "__expf" else 1.5)
    assert np.array_equal(found[np.isinf(rounded)], rounded[np.isinf(rounded)])
