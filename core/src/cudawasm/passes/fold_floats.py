"""Compute what floats of the program are constants, with IEEE's results: infinities and NaN are constants too."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.builtins import BUILTINS
from cudawasm.ir.types import BOOL, F32, F64, Type
from cudawasm.ir.walk import Rewriter

_NUMPY: dict[Type, Any] = {F32: np.float32, F64: np.float64}
_COMPARED = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
             "ge": np.greater_equal}  # fmt: skip
_COMPUTED = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}
_EXACT = frozenset(("abs", "ceil", "copysign", "floor", "max", "min", "rint", "round", "sqrt", "trunc"))
"""Builtins that NumPy rounds as IEEE and CUDA do."""


def fold_floats(module: n.Module) -> n.Module:
    """The module in which no operation on f32 or f64 has only constants for operands, if its result is one value."""
    functions = {name: replace(f, body=_Folder().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Folder(Rewriter):
    def leave_expr(self, expr: n.Expr) -> n.Expr:
        match expr:
            case n.Binary(left=n.Const() as left, right=n.Const() as right) if left.type in _NUMPY:
                return self.binary(expr, left, right)
            case n.Builtin() if expr.args[0].type in _NUMPY and all(isinstance(a, n.Const) for a in expr.args):
                return self.builtin(expr)
            case n.Unary(op="neg", operand=n.Const() as operand) if operand.type in _NUMPY:
                return n.Const(operand.type, -float(operand.value))
            case n.Cast(operand=n.Const() as operand) if expr.type in _NUMPY and operand.type in _NUMPY:
                return _constant(expr.type, _number(operand))
            case _:
                return expr

    def binary(self, expr: n.Binary, left: n.Const, right: n.Const) -> n.Expr:
        a, b = _number(left), _number(right)
        with np.errstate(all="ignore"):
            if expr.op in _COMPARED:
                return n.Const(BOOL, bool(_COMPARED[expr.op](a, b)))
            if expr.op in _COMPUTED:
                return _constant(expr.type, _COMPUTED[expr.op](a, b))
        return expr

    def builtin(self, expr: n.Builtin) -> n.Expr:
        args = [np.array([_number(a)]) for a in expr.args if isinstance(a, n.Const)]
        with np.errstate(all="ignore"):
            if expr.name in ("isnan", "isinf", "isfinite", "signbit"):
                return n.Const(BOOL, bool(BUILTINS[expr.name].meaning(*args)[0]))  # type: ignore[misc]
            if expr.name in _EXACT:
                return _constant(expr.type, BUILTINS[expr.name].meaning(*args)[0])  # type: ignore[misc]
        return expr


def _number(constant: n.Const) -> Any:
    return _NUMPY[constant.type](constant.value)


def _constant(type_: Type, value: Any) -> n.Const:
    with np.errstate(over="ignore"):
        number = float(_NUMPY[type_](value))
    return n.Const(type_, math.nan if math.isnan(number) else number)
