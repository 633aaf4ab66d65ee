"""Sums and products with a zero that is a constant, for drivers that leave them out and so lose signs and NaN."""

from __future__ import annotations

import math

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar
from cudawasm.passes.meetings import binary


def without_zero(expr: n.Binary) -> n.Expr | None:
    """The same value without arithmetic on a constant zero; None where there is no such zero."""
    left_sign, right_sign = _sign_of_zero(expr.left), _sign_of_zero(expr.right)
    match expr.op:
        case "add" if right_sign:
            return _sum(expr.left, right_sign)
        case "add" if left_sign:
            return _sum(expr.right, left_sign)
        case "sub" if right_sign:
            return _sum(expr.left, -right_sign)
        case "sub" if left_sign:
            return _sum(n.Unary("neg", expr.right), left_sign)
        case "mul" if right_sign:
            return _product(expr.left, right_sign)
        case "mul" if left_sign:
            return _product(expr.right, left_sign)
        case _:
            return None


def _sign_of_zero(expr: n.Expr) -> int:
    """1 or -1 for a constant zero, 0 for anything else."""
    if not isinstance(expr, n.Const) or expr.value != 0:
        return 0
    return int(math.copysign(1, expr.value))


def _zero(type_: object) -> n.Expr:
    assert isinstance(type_, Scalar)
    return n.Const(type_, 0.0)


def _sum(value: n.Expr, sign: int) -> n.Expr:
    """A zero added to -0 gives the zero; anything else stays."""
    if sign < 0:
        return value
    zero = _zero(value.type)
    return n.Select(binary("eq", value, zero), zero, value)


def _product(value: n.Expr, sign: int) -> n.Expr:
    """Nothing finite is left but its sign."""
    assert isinstance(value.type, Scalar)
    finite = n.Builtin("copysign", (_zero(value.type), value if sign > 0 else n.Unary("neg", value)), value.type)
    magnitude = n.Builtin("abs", (value,), value.type)
    is_finite = binary("lt", magnitude, n.Const(value.type, math.inf))
    return n.Select(is_finite, finite, n.Const(value.type, math.nan))
