"""Sums, products and quotients with a zero, for drivers that take constant ones to need no arithmetic.

They lose signs and NaN. A driver may find out that an operand of a quotient is 0 where the program does not say so.
"""

from __future__ import annotations

import math

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, Scalar
from cudawasm.passes.meetings import binary

QUOTIENT, PRODUCT = "quotient", "product"
"""Stand for what is left when neither side is 0."""


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
        case "mul" if _is_converted(expr.left) or _is_converted(expr.right):
            return _guarded_product(expr)
        case "div" if _divisor_is_known(expr.right):
            return None
        case "div":
            return _quotient(expr)
        case _:
            return None


def _divisor_is_known(expr: n.Expr) -> bool:
    return isinstance(expr, n.Const) and expr.value != 0


def _is_converted(expr: n.Expr) -> bool:
    """Whether a float was an integer or a truth value, of which a driver may know that it is 0."""
    return isinstance(expr, n.Cast) and not (isinstance(expr.operand.type, Scalar) and expr.operand.type.is_float)


def _guarded_product(expr: n.Binary) -> n.Expr:
    zero = _zero(expr.type)
    plain = n.Builtin(PRODUCT, (expr.left, expr.right), expr.type)
    without_left = n.Select(binary("eq", expr.left, zero), _product_of_zero(expr.left, expr.right), plain)
    return n.Select(binary("eq", expr.right, zero), _product_of_zero(expr.right, expr.left), without_left)


def _product_of_zero(zero: n.Expr, other: n.Expr) -> n.Expr:
    negated = n.Builtin("signbit", (zero,), BOOL)
    return n.Select(negated, _product(other, -1), _product(other, 1))


def _quotient(expr: n.Binary) -> n.Expr:
    """Of and by zeros nothing is left to the driver."""
    left, right, type_ = expr.left, expr.right, expr.type
    zero, infinity, nan = _zero(type_), n.Const(type_, math.inf), n.Const(type_, math.nan)
    sign = n.Builtin("copysign", (n.Const(type_, 1.0), left), type_)
    signed = n.Select(n.Builtin("signbit", (right,), BOOL), n.Unary("neg", sign), sign)
    signed_infinity = n.Builtin("copysign", (infinity, signed), type_)
    is_nan = binary("or", binary("eq", left, zero), n.Builtin("isnan", (left,), BOOL))
    by_zero = n.Select(is_nan, nan, signed_infinity)
    signed_zero = n.Builtin("copysign", (zero, signed), type_)
    of_zero = n.Select(n.Builtin("isnan", (right,), BOOL), nan, signed_zero)
    plain = n.Builtin(QUOTIENT, (left, right), type_)
    return n.Select(binary("eq", right, zero), by_zero, n.Select(binary("eq", left, zero), of_zero, plain))


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
