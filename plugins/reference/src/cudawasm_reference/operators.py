"""KIR's operators and builtin functions on rows of values."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import assert_never

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.builtins import BUILTINS
from cudawasm.ir.types import BOOL, Scalar, Type
from cudawasm_reference.values import Array, dtype_of, narrow, widen

_OWN_TYPE = frozenset((
    "abs", "brev", "ceil", "clz", "copysign", "floor", "isfinite", "isinf", "isnan", "ldexp", "max", "min", "mulhi",
    "nextafter", "popc", "rint", "round", "signbit", "trunc",
))  # fmt: skip
"""Builtins that are computed in their operands' type; the others in double precision, rounded once."""


def unary(op: n.UnaryOp, type_: Type, a: Array) -> Array:
    assert isinstance(type_, Scalar)
    match op:
        case "neg":
            return narrow(type_, -widen(type_, a)) if type_.is_float else np.negative(a)
        case "bitnot":
            return np.invert(a)
        case "not":
            return np.logical_not(a)
        case _:
            assert_never(op)


def binary(op: n.BinaryOp, operand: Type, a: Array, b: Array) -> Array:
    """``a op b`` for operands of type ``operand``."""
    if isinstance(operand, Scalar) and operand.is_float:
        a, b = widen(operand, a), widen(operand, b)
    if op in n.COMPARISONS:
        return _compare(op, a, b)
    assert isinstance(operand, Scalar)
    if operand.is_float:
        return narrow(operand, _float(op, a, b))
    return _integer(op, operand, a, b)


def _compare(op: n.BinaryOp, a: Array, b: Array) -> Array:
    functions = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
                 "ge": np.greater_equal}  # fmt: skip
    found: Array = functions[op](a, b)
    return found


def _float(op: n.BinaryOp, a: Array, b: Array) -> Array:
    functions = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "rem": np.fmod}
    found: Array = functions[op](a, b)
    return found


def _integer(op: n.BinaryOp, type_: Scalar, a: Array, b: Array) -> Array:
    match op:
        case "add":
            return np.add(a, b)
        case "sub":
            return np.subtract(a, b)
        case "mul":
            return np.multiply(a, b)
        case "and":
            return a & b
        case "or":
            return a | b
        case "xor":
            return a ^ b
        case "div":
            return _divide(a, b)
        case "rem":
            rest: Array = a - _divide(a, b) * b
            return rest
        case "shl" | "shr":
            return _shift(op, type_, a, b)
        case _:
            raise AssertionError(op)


def _divide(a: Array, b: Array) -> Array:
    """Towards zero."""
    divisor = np.where(b == 0, np.ones_like(b), b)
    floor = a // divisor
    inexact = (a - floor * divisor != 0) & ((a < 0) != (divisor < 0))
    quotient: Array = floor + inexact.astype(a.dtype)
    return quotient


def _shift(op: n.BinaryOp, type_: Scalar, a: Array, count: Array) -> Array:
    wide = count.astype(np.int64) if count.dtype != np.uint64 else np.minimum(count, np.uint64(64)).astype(np.int64)
    outside = (wide < 0) | (wide >= type_.bits)
    safe = np.where(outside, 0, wide).astype(a.dtype)
    if op == "shl":
        return np.where(outside, 0, a << safe).astype(a.dtype)
    filled = np.where(a < 0, -1, 0).astype(a.dtype) if type_.is_signed else np.zeros_like(a)
    return np.where(outside, filled, a >> safe)


def builtin(name: str, operands: tuple[Type, ...], result: Type, args: tuple[Array, ...]) -> Array:
    """A function of the builtins table; ``operands`` are the arguments' types."""
    assert isinstance(result, Scalar)
    wide = tuple(
        widen(t, a) if isinstance(t, Scalar) and t.is_float else a for t, a in zip(operands, args, strict=True)
    )
    if name == "fma":
        return narrow(result, _fma(result, *wide))
    if name == "remainder":
        pairs = zip(*(a.astype(np.float64) for a in wide), strict=True)
        return narrow(result, np.array([_remainder(x, y) for x, y in pairs]))
    meaning = BUILTINS[name].meaning
    assert meaning is not None
    if name not in _OWN_TYPE:
        wide = tuple(a.astype(np.float64) if a.dtype.kind == "f" else a for a in wide)
    found: Array = meaning(*wide)
    if result.is_float:
        return narrow(result, found)
    return found.astype(dtype_of(result)) if result != BOOL else found


def _remainder(x: float, y: float) -> float:
    try:
        return math.remainder(x, y)
    except ValueError:
        return math.nan


def _fma(type_: Scalar, a: Array, b: Array, c: Array) -> Array:
    """``a * b + c`` in a precision from which one more rounding is right."""
    if type_.bits == 16:
        return a.astype(np.float64) * b.astype(np.float64) + c.astype(np.float64)
    double = a.dtype == np.float64
    rows = zip(a.astype(np.float64), b.astype(np.float64), c.astype(np.float64), strict=True)
    return np.array([_exact_fma(float(x), float(y), float(z), double) for x, y, z in rows], a.dtype)


def _exact_fma(x: float, y: float, z: float, double: bool) -> float:
    if math.isfinite(x) and math.isfinite(y) and math.isinf(z):
        return z  # though the rounded product may be infinite too
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        return float(np.float64(x) * np.float64(y) + np.float64(z))
    exact = Fraction(x) * Fraction(y) + Fraction(z)
    if exact == 0:
        return x * y + z if x * y == 0 else 0.0
    return _nearest(exact, np.float64 if double else np.float32)


def _nearest(exact: Fraction, dtype: type[np.float64] | type[np.float32]) -> float:
    """The nearest number of a type, ties to even."""
    precision, smallest = (53, -1074) if dtype is np.float64 else (24, -149)
    magnitude = abs(exact)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if Fraction(2) ** exponent > magnitude:
        exponent -= 1
    unit = Fraction(2) ** max(exponent - precision + 1, smallest)
    rounded = round(magnitude / unit) * unit
    limit = Fraction(float(np.finfo(dtype).max))
    value = math.inf if rounded > limit else float(rounded)
    return -value if exact < 0 else value
