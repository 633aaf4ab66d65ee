"""Make conversions of 16-bit floats of integer operations, for targets that have no such floats.

Runs after ``halves_by_float``. What is left of f16 and bf16 then are bits: loads, stores, bitcasts and constants. A
wider number is first rounded to odd in f32, so that rounding it once more is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, BOOL, F16, F32, F64, I64, U16, U32, U64, Scalar, Type
from cudawasm.ir.walk import Rewriter
from cudawasm.passes.meetings import binary, u32

_HALVES = (F16, BF16)


def halves_to_bits(module: n.Module, is_native: Callable[[Scalar], bool] = lambda type_: False) -> n.Module:
    """The module without casts of 16-bit floats, but between f32 and those for which ``is_native`` is true."""
    writer = _Writer(is_native)
    functions = {name: replace(f, body=writer.block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Writer(Rewriter):
    def __init__(self, is_native: Callable[[Scalar], bool]):
        self.is_native = is_native

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if not isinstance(expr, n.Cast):
            return expr
        type_, source = expr.type, expr.operand.type
        if source in _HALVES:
            assert isinstance(source, Scalar)
            return _cast(type_, self.wide(source, expr.operand))
        if type_ in _HALVES:
            assert isinstance(type_, Scalar)
            return self.narrow(type_, _single(expr.operand))
        return expr

    def wide(self, source: Scalar, value: n.Expr) -> n.Expr:
        """A 16-bit float as f32."""
        if self.is_native(source):
            return n.Cast(F32, value)
        bits = n.Cast(U32, n.Bitcast(U16, value))
        return _of_half(bits) if source == F16 else n.Bitcast(F32, _shift("shl", bits, 16))

    def narrow(self, type_: Scalar, value: n.Expr) -> n.Expr:
        """An f32 as a 16-bit float."""
        if self.is_native(type_):
            return n.Cast(type_, value)
        bits = n.Bitcast(U32, value)
        word = _half(bits) if type_ == F16 else _bfloat(bits)
        return n.Bitcast(type_, n.Cast(U16, word))


def _cast(type_: Type, value: n.Expr) -> n.Expr:
    return value if type_ == value.type else n.Cast(type_, value)


def _shift(op: n.BinaryOp, value: n.Expr, count: int) -> n.Expr:
    return n.Binary(op, value, u32(count), U32)


def _of_half(bits: n.Expr) -> n.Expr:
    sign = _shift("shl", binary("and", bits, u32(0x8000)), 16)
    rest = binary("and", bits, u32(0x7FFF))
    normal = binary("add", _shift("shl", rest, 13), u32(0x38000000))
    special = binary("or", u32(0x7F800000), _shift("shl", binary("and", rest, u32(0x3FF)), 13))
    tiny = n.Bitcast(U32, n.Binary("mul", n.Cast(F32, rest), n.Const(F32, 2.0**-24), F32, contract=False))
    found = n.Select(binary("ge", rest, u32(0x7C00)), special, n.Select(binary("ge", rest, u32(0x400)), normal, tiny))
    return n.Bitcast(F32, binary("or", sign, found))


def _half(bits: n.Expr) -> n.Expr:
    sign = binary("and", _shift("shr", bits, 16), u32(0x8000))
    rest = binary("and", bits, u32(0x7FFFFFFF))
    scaled = n.Binary("mul", n.Bitcast(F32, rest), n.Const(F32, 2.0**24), F32, contract=False)
    tiny = n.Cast(U32, n.Builtin("rint", (scaled,), F32))
    even = binary("and", _shift("shr", rest, 13), u32(1))
    rebased = binary("add", binary("sub", rest, u32(0x38000000)), u32(0xFFF))
    found = n.Select(binary("lt", rest, u32(0x38800000)), tiny, _shift("shr", binary("add", rebased, even), 13))
    found = n.Select(binary("ge", rest, u32(0x477FF000)), u32(0x7C00), found)
    return n.Select(binary("gt", rest, u32(0x7F800000)), u32(0x7FFF), binary("or", sign, found))


def _bfloat(bits: n.Expr) -> n.Expr:
    even = binary("and", _shift("shr", bits, 16), u32(1))
    rounded = _shift("shr", binary("add", binary("add", bits, u32(0x7FFF)), even), 16)
    is_nan = binary("gt", binary("and", bits, u32(0x7FFFFFFF)), u32(0x7F800000))
    return n.Select(is_nan, u32(0x7FFF), rounded)


def _single(value: n.Expr) -> n.Expr:
    """A number as f32: itself where that is exact, else rounded to odd."""
    type_ = value.type
    assert isinstance(type_, Scalar)
    if type_ == F32:
        return value
    if type_ == BOOL or (type_.is_integer and type_.bits < 32):
        return n.Cast(F32, value)
    if type_.is_integer:
        return _odd_of_integer(n.Cast(I64 if type_.is_signed else U64, value) if type_.bits == 32 else value)
    assert type_ == F64
    near = n.Cast(F32, value)
    back = n.Cast(F64, near)
    is_above = binary("gt", n.Builtin("abs", (back,), F64), n.Builtin("abs", (value,), F64))
    return _odd(near, is_above, binary("ne", back, value))


def _odd_of_integer(value: n.Expr) -> n.Expr:
    near = n.Cast(F32, value)
    back = n.Cast(value.type, near)
    above = binary("gt", back, value)
    if value.type == I64:
        above = n.Select(binary("lt", value, n.Const(I64, 0)), binary("lt", back, value), above)
    return _odd(near, above, binary("ne", back, value))


def _odd(near: n.Expr, is_above: n.Expr, is_inexact: n.Expr) -> n.Expr:
    """The f32 next to a number toward zero, its last bit set where it is not the number itself."""
    below = binary("sub", n.Bitcast(U32, near), n.Cast(U32, is_above))
    return n.Bitcast(F32, binary("or", below, n.Cast(U32, is_inexact)))
