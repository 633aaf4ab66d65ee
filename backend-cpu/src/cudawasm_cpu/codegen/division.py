"""Integer division and remainder: fast in vectors, and never trapping."""

from __future__ import annotations

from cudawasm.ir.types import Scalar, Type
from cudawasm_cpu.codegen import lltypes, shapes
from cudawasm_cpu.codegen.context import Context
from cudawasm_cpu.codegen.shapes import Shape
from cudawasm_cpu.codegen.values import Value, vector_of


def divide(ctx: Context, op: str, a: Value, b: Value, type_: Type, shape: Shape) -> Value:
    """``a / b`` or ``a % b``. A zero divisor gives an unspecified value."""
    assert isinstance(type_, Scalar)
    ll, signed = lltypes.register(type_), type_.is_signed
    verb = ("s" if signed else "u") + op
    code = ctx.code
    uniform = a.is_uniform and b.is_uniform
    x, y = (a.ref, b.ref) if uniform else (vector_of(code, a), vector_of(code, b))
    vector = ll if uniform else code.vector(ll)
    divisor = b.shape.const
    if divisor == 0:
        return Value(type_, shape, x)
    if divisor is not None and not (signed and divisor == -1):
        return Value(type_, shape, code.op(f"{verb} {vector} {x}, {y}"))
    if not uniform and type_.bits == 32 and not (signed and divisor == -1):
        return Value(type_, shapes.ANY, _by_double(ctx, op, x, y, signed))
    y = _safe_divisor(ctx, x, y, type_, uniform)
    return Value(type_, shape if uniform else shapes.ANY, code.op(f"{verb} {vector} {x}, {y}"))


def _safe_divisor(ctx: Context, x: str, y: str, type_: Scalar, uniform: bool) -> str:
    """1 in place of 0; for signed division also in place of -1 when the dividend is the least value.

    INT_MIN / 1 is INT_MIN and INT_MIN % 1 is 0, as wrapping arithmetic wants for -1.
    """
    code, ll = ctx.code, lltypes.register(type_)
    vector, flag = (ll, "i1") if uniform else (code.vector(ll), code.mask_type)

    def each(literal: str) -> str:
        return literal if uniform else code.splat_constant(ll, literal)

    bad = code.op(f"icmp eq {vector} {y}, {each('0')}")
    if type_.is_signed:
        least = str(-(1 << (type_.bits - 1)))
        minus = code.op(f"icmp eq {vector} {y}, {each('-1')}")
        low = code.op(f"icmp eq {vector} {x}, {each(least)}")
        bad = code.op(f"or {flag} {bad}, {code.op(f'and {flag} {minus}, {low}')}")
    return code.op(f"select {flag} {bad}, {vector} {each('1')}, {vector} {y}")


def _by_double(ctx: Context, op: str, x: str, y: str, signed: bool) -> str:
    """32-bit division in double precision: the quotient of two such integers, truncated, is exact.

    Two integers below 2**32 whose quotient is not an integer differ from it by more than double's
    rounding error, so that truncation cannot go wrong. The least value divided by -1 wraps.
    """
    code = ctx.code
    ints, doubles = code.vector("i32"), code.vector("double")
    to_double, back = ("sitofp", "fptosi") if signed else ("uitofp", "fptoui")
    zero = code.op(f"icmp eq {ints} {y}, zeroinitializer")
    divisor = code.op(f"select {code.mask_type} {zero}, {ints} splat (i32 1), {ints} {y}")
    a = code.op(f"{to_double} {ints} {x} to {doubles}")
    b = code.op(f"{to_double} {ints} {divisor} to {doubles}")
    quotient = code.op(f"fdiv {doubles} {a}, {b}")
    if signed:
        # Only the least value by -1 leaves the range (poison); negation gives all quotients by -1.
        whole = code.op(f"{back} {doubles} {quotient} to {ints}")
        minus = code.op(f"icmp eq {ints} {divisor}, splat (i32 -1)")
        negated = code.op(f"sub {ints} zeroinitializer, {x}")
        whole = code.op(f"select {code.mask_type} {minus}, {ints} {negated}, {ints} {whole}")
    else:
        whole = code.op(f"{back} {doubles} {quotient} to {ints}")
    if op == "div":
        return whole
    return code.op(f"sub {ints} {x}, {code.op(f'mul {ints} {whole}, {divisor}')}")
