"""This backend's column of the builtins table: instructions, or KIR that the device computes exactly."""

from __future__ import annotations

from collections.abc import Callable

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F32, I64, U16, U32, U64, Scalar
from cudawasm.passes.meetings import binary, u32
from cudawasm_vulkan.traits import Traits

CLOSE = {"fast_cos": "Cos", "fast_exp2": "Exp2", "fast_log2": "Log2", "fast_sin": "Sin"}
"""Functions of f32 for devices where they are close to CUDA's."""
EXTENDED = {**CLOSE, "ceil": "Ceil", "floor": "Floor", "rint": "RoundEven", "trunc": "Trunc"}
"""These, and functions of floats that are exact everywhere."""
_WRITTEN = frozenset((
    "abs", "brev", "clz", "copysign", "fast_rcp", "fma", "isfinite", "isinf", "isnan", "max", "min", "mulhi", "popc",
    "round", "rsqrt", "signbit", "sqrt",
))  # fmt: skip


def is_native(name: str, operand: Scalar, traits: Traits) -> bool:
    """Whether the emitter knows a builtin for operands of a type."""
    if name == "fma":
        return traits.exact_fma or operand.bits == 16
    if name in CLOSE:
        return traits.close and operand == F32
    return name in EXTENDED or name in _WRITTEN


def expanded(expr: n.Builtin) -> n.Expr | None:
    """A builtin as plainer KIR; None where it is an instruction of its own."""
    write = _EXPANSIONS.get(expr.name)
    return None if write is None else write(*expr.args)


def _bits(value: n.Expr) -> n.Expr:
    assert isinstance(value.type, Scalar)
    return n.Bitcast({16: U16, 32: U32, 64: U64}[value.type.bits], value)


def _const(like: n.Expr, value: int) -> n.Expr:
    return n.Const(like.type, value)


def _magnitude(bits: n.Expr) -> n.Expr:
    return binary("and", bits, _const(bits, (1 << (_width(bits) - 1)) - 1))


def _sign(bits: n.Expr) -> n.Expr:
    return binary("and", bits, _const(bits, 1 << (_width(bits) - 1)))


def _width(value: n.Expr) -> int:
    assert isinstance(value.type, Scalar)
    return value.type.bits


def _infinity(bits: n.Expr) -> n.Expr:
    return _const(bits, {16: 0x7C00, 32: 0x7F800000, 64: 0x7FF << 52}[_width(bits)])


def _classify(op: n.BinaryOp) -> Callable[[n.Expr], n.Expr]:
    """A test of a float's bits, which no optimiser takes to be always false."""

    def write(value: n.Expr) -> n.Expr:
        bits = _bits(value)
        return binary(op, _magnitude(bits), _infinity(bits))

    return write


def _signbit(value: n.Expr) -> n.Expr:
    bits = _bits(value)
    return binary("ne", _sign(bits), _const(bits, 0))


def _copysign(value: n.Expr, sign: n.Expr) -> n.Expr:
    return n.Bitcast(value.type, binary("or", _magnitude(_bits(value)), _sign(_bits(sign))))


def _round(value: n.Expr) -> n.Expr:
    """Half away from zero."""
    below_half = 0.5 - 2.0 ** -(25 if _width(value) == 32 else 54)
    half = _copysign(n.Const(value.type, below_half), value)
    total = n.Binary("add", value, half, value.type, contract=False)
    return n.Builtin("trunc", (total,), value.type)


def _reciprocal(value: n.Expr) -> n.Expr:
    return n.Binary("div", n.Const(value.type, 1.0), value, value.type)


def _rsqrt(value: n.Expr) -> n.Expr | None:
    """Vulkan's own in f32 is off by 2 ulp at most."""
    if _width(value) == 32:
        return None
    return _reciprocal(n.Builtin("sqrt", (value,), value.type))


def _low(value: n.Expr) -> n.Expr:
    return n.Cast(U32, value)


def _high(value: n.Expr) -> n.Expr:
    return n.Cast(U32, n.Binary("shr", n.Cast(U64, value), u32(32), U64))


def _pair(low: n.Expr, high: n.Expr) -> n.Expr:
    return binary("or", n.Cast(U64, low), n.Binary("shl", n.Cast(U64, high), u32(32), U64))


def _word(name: str, value: n.Expr) -> n.Expr:
    return n.Builtin(name, (value,), U32)


def _brev(value: n.Expr) -> n.Expr | None:
    if _width(value) == 32:
        return None
    return n.Cast(value.type, _pair(_word("brev", _high(value)), _word("brev", _low(value))))


def _popc(value: n.Expr) -> n.Expr | None:
    if _width(value) == 32:
        return None
    return binary("add", _word("popc", _low(value)), _word("popc", _high(value)))


def _clz(value: n.Expr) -> n.Expr | None:
    if _width(value) == 32:
        return None
    high = _high(value)
    below = binary("add", _word("clz", _low(value)), u32(32))
    return n.Select(binary("eq", high, u32(0)), below, _word("clz", high))


def _mulhi(a: n.Expr, b: n.Expr) -> n.Expr:
    type_ = a.type
    assert isinstance(type_, Scalar)
    if type_.bits == 32:
        wide = I64 if type_.is_signed else U64
        product = n.Binary("mul", n.Cast(wide, a), n.Cast(wide, b), wide)
        return n.Cast(type_, n.Binary("shr", product, u32(32), wide))
    high = _unsigned_mulhi(n.Cast(U64, a), n.Cast(U64, b))
    if not type_.is_signed:
        return high
    zero = n.Const(U64, 0)
    for side, other in ((a, b), (b, a)):
        high = binary("sub", high, n.Select(binary("lt", side, n.Const(I64, 0)), n.Cast(U64, other), zero))
    return n.Cast(type_, high)


def _unsigned_mulhi(a: n.Expr, b: n.Expr) -> n.Expr:
    """The upper half of a product of 64-bit numbers, of their halves' products."""

    def product(x: n.Expr, y: n.Expr) -> n.Expr:
        return binary("mul", n.Cast(U64, x), n.Cast(U64, y))

    low = product(_low(a), _low(b))
    middle = binary("add", product(_high(a), _low(b)), n.Cast(U64, _high(low)))
    other = binary("add", product(_low(a), _high(b)), n.Cast(U64, _low(middle)))
    upper = binary("add", product(_high(a), _high(b)), n.Cast(U64, _high(middle)))
    return binary("add", upper, n.Cast(U64, _high(other)))


def _abs(value: n.Expr) -> n.Expr | None:
    type_ = value.type
    assert isinstance(type_, Scalar)
    if type_.is_float:
        return n.Bitcast(type_, _magnitude(_bits(value)))
    if not type_.is_signed:
        return value
    return n.Select(binary("lt", value, _const(value, 0)), n.Unary("neg", value), value)


def _extreme(op: n.BinaryOp) -> Callable[[n.Expr, n.Expr], n.Expr | None]:
    def write(a: n.Expr, b: n.Expr) -> n.Expr | None:
        assert isinstance(a.type, Scalar)
        if a.type.is_float or a.type.bits == 32:
            return None
        return n.Select(n.Binary(op, a, b, BOOL), a, b)

    return write


_EXPANSIONS: dict[str, Callable[..., n.Expr | None]] = {
    "abs": _abs,
    "brev": _brev,
    "clz": _clz,
    "copysign": _copysign,
    "fast_rcp": _reciprocal,
    "isfinite": _classify("lt"),
    "isinf": _classify("eq"),
    "isnan": _classify("gt"),
    "max": _extreme("gt"),
    "min": _extreme("lt"),
    "mulhi": _mulhi,
    "popc": _popc,
    "round": _round,
    "rsqrt": _rsqrt,
    "signbit": _signbit,
}
