"""Where denormal numbers of f32 can be met, for devices some of whose instructions take them to be 0."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import F32
from cudawasm.ir.walk import Rewriter

WHOLE_FMA = "whole fma"
"""Stands for an ``fma`` that keeps denormal numbers."""
_LARGE = 2.0**-64


def keep_denormals_of_fma(module: n.Module) -> n.Module:
    """The module with another builtin for each ``fma`` of f32."""
    functions = {name: replace(f, body=_Whole().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Whole(Rewriter):
    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Builtin) and expr.name == "fma" and expr.type == F32:
            return replace(expr, name=WHOLE_FMA)
        return expr


def is_never_denormal(expr: n.Expr) -> bool:
    """Whether a value is a sum with a constant so large that the rest cannot cancel all but its smallest bits."""
    if not (isinstance(expr, n.Binary) and expr.op in ("add", "sub")):
        return False
    return any(isinstance(side, n.Const) and abs(side.value) >= _LARGE for side in (expr.left, expr.right))
