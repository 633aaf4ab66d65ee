"""Quotients and square roots of f32 that are rounded once, for devices whose own are not.

Where no exponent is extreme a few multiply-adds correct an approximation; the remainder that they see is exact. The
rest is done in f64: no quotient or root of f32 lies so near to the middle of two that rounding twice changes it.
"""

from __future__ import annotations

from cudawasm.ir.types import F32, F64
from cudawasm_vulkan.code import Code

_DIVISORS, _QUOTIENTS = (2.0**-35, 2.0**100), (2.0**-64, 2.0**100)
"""With these the dividend is at least 2**-99, so that remainders are no denormal numbers."""
_LEAST_NORMAL = 2.0**-126
_LEAST_SQUARE, _SQUARES = 0x0D000000, 0x72800000
"""The bits of the smallest number whose root is taken quickly, and how many there are up to infinity."""


def fma(code: Code, a: int, b: int, c: int) -> int:
    return code.extended("Fma", code.type(F32), a, b, c)


def quotient(code: Code, left: int, right: int) -> None:
    """The body of a function that divides."""
    reciprocal, minus = _reciprocal(code, right)
    found = first = code.exactly("FMul", code.type(F32), left, reciprocal)
    for _ in range(2):
        found = fma(code, fma(code, minus, found, left), reciprocal, found)
    is_usual = code.op("LogicalAnd", code.boolean(), _within(code, right, _DIVISORS), _within(code, first, _QUOTIENTS))
    code.give(is_usual, found, lambda: divided(code, left, right))


def reciprocal(code: Code, value: int) -> None:
    """The body of a function that divides one by a number."""
    one = code.real(1.0)
    found, minus = _reciprocal(code, value)
    if not code.traits.close:
        found = fma(code, fma(code, minus, found, one), found, found)
    code.give(_within(code, value, _DIVISORS), found, lambda: divided(code, one, value))


def _reciprocal(code: Code, value: int) -> tuple[int, int]:
    """(nearly one by a number; the number negated)."""
    single, one = code.type(F32), code.real(1.0)
    minus = code.op("FNegate", single, value)
    rough = code.exactly("FDiv", single, one, value)
    return fma(code, fma(code, minus, rough, one), rough, rough), minus


def _within(code: Code, value: int, limits: tuple[float, float]) -> int:
    """Whether a number's magnitude is between two."""
    magnitude = code.extended("FAbs", code.type(F32), value)
    sides = zip(("FOrdGreaterThanEqual", "FOrdLessThanEqual"), limits, strict=True)
    return code.op("LogicalAnd", code.boolean(),
                   *(code.op(name, code.boolean(), magnitude, code.real(limit)) for name, limit in sides))  # fmt: skip


def divided(code: Code, left: int, right: int) -> int:
    """A quotient by way of f64."""
    double = code.type(F64)
    sides = (code.op("FConvert", double, side) for side in (left, right))
    return code.op("FConvert", code.type(F32), code.exactly("FDiv", double, *sides))


def root(code: Code, square: int) -> None:
    """The body of a function that takes a square root."""
    single, word = code.type(F32), code.integer(32)
    inverse = code.extended("InverseSqrt", single, square)
    rough = code.exactly("FMul", single, square, inverse)
    half = code.exactly("FMul", single, inverse, code.real(0.5))
    found = fma(code, fma(code, code.op("FNegate", single, rough), rough, square), half, rough)
    above = code.op("ISub", word, code.op("Bitcast", word, square), code.number(_LEAST_SQUARE))
    is_usual = code.op("ULessThan", code.boolean(), above, code.number(_SQUARES))
    code.give(is_usual, found, lambda: root_by_double(code, square))


def root_by_double(code: Code, square: int) -> int:
    """A square root by way of f64."""
    double = code.type(F64)
    return code.op("FConvert", code.type(F32), code.extended("Sqrt", double, code.op("FConvert", double, square)))


def inverse_root(code: Code, square: int) -> None:
    """The body of a function that divides one by a square root, also of denormal numbers, which the device does not."""
    single = code.type(F32)
    is_small = code.op("FOrdLessThan", code.boolean(), square, code.real(_LEAST_NORMAL))
    larger = code.exactly("FMul", single, square, code.real(2.0**24))
    found = code.extended("InverseSqrt", single, code.select(single, is_small, larger, square))
    scaled = code.exactly("FMul", single, found, code.real(2.0**12))
    code.do("ReturnValue", code.select(single, is_small, scaled, found))


def whole_fma(code: Code, a: int, b: int, c: int) -> None:
    """The body of a function that multiplies and adds with one rounding, also where there are denormal numbers."""
    single = code.type(F32)
    found = fma(code, a, b, c)
    is_usual = code.truth(True)
    for value in (a, b, c, found):
        magnitude = code.extended("FAbs", single, value)
        is_normal = code.op("FOrdGreaterThanEqual", code.boolean(), magnitude, code.real(_LEAST_NORMAL))
        is_usual = code.op("LogicalAnd", code.boolean(), is_usual, is_normal)
    code.give(is_usual, found, lambda: _fma_by_double(code, a, b, c))


def _fma_by_double(code: Code, *values: int) -> int:
    """The product is exact in f64; the sum is rounded to odd, so that rounding it again is rounding once."""
    double, long, boolean = code.type(F64), code.integer(64), code.boolean()
    a, b, c = (code.op("FConvert", double, value) for value in values)
    product = code.exactly("FMul", double, a, b)
    total = code.exactly("FAdd", double, product, c)
    added = code.exactly("FSub", double, total, product)
    lost = code.exactly("FSub", double, product, code.exactly("FSub", double, total, added))
    lost = code.exactly("FAdd", double, lost, code.exactly("FSub", double, c, added))
    zero, one = code.real(0.0, 64), code.number(1, 64)
    is_above, is_below = (code.op(name, boolean, lost, zero) for name in ("FOrdGreaterThan", "FOrdLessThan"))
    bits = code.op("Bitcast", long, total)
    is_even = code.op("IEqual", boolean, code.op("BitwiseAnd", long, bits, one), code.number(0, 64))
    is_inexact = code.op("LogicalAnd", boolean, is_even, code.op("LogicalOr", boolean, is_above, is_below))
    grows = code.op("LogicalEqual", boolean, is_above, code.op("FOrdGreaterThan", boolean, total, zero))
    odd = code.op("IAdd", long, bits, code.select(long, grows, one, code.number(-1, 64)))
    return code.op("FConvert", code.type(F32), code.op("Bitcast", double, code.select(long, is_inexact, odd, bits)))
