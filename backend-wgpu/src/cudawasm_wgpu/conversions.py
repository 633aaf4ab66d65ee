"""Conversions that need no text of their own: of constants, and of 64 bits to their low words."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F32, U32, Scalar, Type
from cudawasm.passes.simplify import wrap


def narrowed(expr: n.Expr) -> n.Expr:
    """An integer modulo 2**32: what needs no more than the low words of 64 bits is computed of them."""
    match expr:
        case n.Const():
            return n.Const(U32, int(expr.value) & 0xFFFFFFFF)
        case n.Cast() if isinstance(expr.operand.type, Scalar) and expr.operand.type.is_integer:
            return expr.operand if expr.operand.type.bits <= 32 else narrowed(expr.operand)
        case n.Binary(op="add" | "sub" | "mul" | "and" | "or" | "xor") if _is_wide(expr.type):
            left, right = (n.Cast(U32, narrowed(e)) for e in (expr.left, expr.right))
            return n.Binary(expr.op, left, right, U32)
        case n.Binary(op="shl", right=n.Const()) if _is_wide(expr.type):
            return n.Binary("shl", n.Cast(U32, narrowed(expr.left)), expr.right, U32)
        case n.Unary() if _is_wide(expr.type):
            return n.Unary(expr.op, n.Cast(U32, narrowed(expr.operand)))
        case _:
            return n.Cast(U32, expr)


def _is_wide(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.is_integer and type_.bits == 64


def folded(type_: Scalar, operand: n.Const) -> n.Const | None:
    """A constant of another type, where there is no doubt about it: naga converts none between some types."""
    value = operand.value
    if type_ == BOOL:
        return n.Const(BOOL, bool(value))
    if type_.is_integer and not isinstance(value, float):
        return n.Const(type_, wrap(type_, int(value)))
    if type_.bits == 64 and type_.is_float:
        return n.Const(type_, float(value))
    if type_ == F32 and (isinstance(value, float) or abs(value) < 1 << 24):
        import numpy as np

        with np.errstate(over="ignore"):
            return n.Const(type_, float(np.float32(value)))
    return None
