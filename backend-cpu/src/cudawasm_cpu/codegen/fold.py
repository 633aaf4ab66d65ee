"""Constant folding of integers, exactly as the generated code would compute."""

from __future__ import annotations

from cudawasm.ir.types import Scalar, Type


def wrap(type_: Scalar, value: int) -> int:
    """``value`` modulo the type's range."""
    value &= (1 << type_.bits) - 1
    return value - (1 << type_.bits) if type_.is_signed and value >> (type_.bits - 1) else value


def fold_binary(op: str, type_: Type, a: int | None, b: int | None) -> int | None:
    """The value of an integer operation, or None when it is not known."""
    if a is None or b is None or not isinstance(type_, Scalar) or not type_.is_integer:
        return None
    match op:
        case "add":
            return wrap(type_, a + b)
        case "sub":
            return wrap(type_, a - b)
        case "mul":
            return wrap(type_, a * b)
        case "and":
            return wrap(type_, a & b)
        case "or":
            return wrap(type_, a | b)
        case "xor":
            return wrap(type_, a ^ b)
        case "shl":
            return wrap(type_, a << b) if 0 <= b < type_.bits else 0 if b >= type_.bits else None
        case "shr":
            return wrap(type_, a >> min(b, type_.bits)) if b >= 0 else None
        case "div" | "rem":
            if b == 0:
                return None
            quotient = abs(a) // abs(b)
            quotient = -quotient if (a < 0) != (b < 0) else quotient
            return wrap(type_, quotient if op == "div" else a - quotient * b)
        case _:
            return None


def fold_cast(source: Type, target: Type, a: int | None) -> int | None:
    """The value of an integer conversion, or None when it is not known."""
    if a is None or not (isinstance(source, Scalar) and isinstance(target, Scalar)):
        return None
    if not (source.is_integer and target.is_integer):
        return None
    return wrap(target, a)
