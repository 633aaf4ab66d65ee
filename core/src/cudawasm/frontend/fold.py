"""Building KIR expressions with constants folded on the way, exactly as the device would compute them."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np

from cudawasm.ir import nodes
from cudawasm.ir import types as kir

_COMPARE = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}  # fmt: skip


def constant(type_: kir.Type, value: int | float | bool) -> nodes.Const:
    """A Const with its value brought into the type's range and precision."""
    return nodes.Const(type_, rounded(type_, value))


def rounded(type_: kir.Type, value: Any) -> int | float | bool:
    """A number as the type can hold it: wrapped, rounded or truth-tested."""
    if not isinstance(type_, kir.Scalar):
        return int(value)
    match type_.kind:
        case "bool":
            return bool(value)
        case "int":
            unsigned = int(_converted(type_, value)) & ((1 << type_.bits) - 1)
            return unsigned - (1 << type_.bits) if unsigned >> (type_.bits - 1) else unsigned
        case "uint":
            return int(_converted(type_, value)) & ((1 << type_.bits) - 1)
        case "float":
            if type_.bits == 64:
                return float(value)
            with np.errstate(over="ignore"):
                return float(np.float32(value) if type_.bits == 32 else np.float16(value))
        case "bfloat":
            return _to_bfloat(float(value))


def _to_bfloat(value: float) -> float:
    with np.errstate(over="ignore"):
        bits = int(np.float32(value).view(np.uint32))
    if math.isnan(value):
        return value
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    return float(np.uint32(bits & 0xFFFFFFFF).view(np.float32))


def binary(op: nodes.BinaryOp, left: nodes.Expr, right: nodes.Expr, contract: bool = True) -> nodes.Expr:
    """A Binary, or its value when both operands are constants."""
    type_: kir.Type = kir.BOOL if op in nodes.COMPARISONS else left.type
    if isinstance(left, nodes.Const) and isinstance(right, nodes.Const) and isinstance(left.type, kir.Scalar):
        value = _binary_value(op, left.type, left.value, right.value)
        if value is not None:
            return constant(type_, value)
    if isinstance(right, nodes.Const) and isinstance(left.type, kir.Scalar) and not left.type.is_float:
        if right.value == 0 and op in ("add", "sub", "shl", "shr", "or", "xor") and left.type.kind != "bool":
            return left
        if right.value == 1 and op in ("mul", "div") and left.type.kind != "bool":
            return left
    if isinstance(left, nodes.Const) and isinstance(left.type, kir.Scalar) and left.type.is_integer:
        if (left.value == 0 and op == "add") or (left.value == 1 and op == "mul"):
            return right
    if type_ == kir.BOOL and op in ("and", "or"):
        for known, other in ((left, right), (right, left)):
            if isinstance(known, nodes.Const):
                return (other if known.value else known) if op == "and" else (known if known.value else other)
    return nodes.Binary(op, left, right, type_, contract)


def _binary_value(op: str, type_: kir.Scalar, a: Any, b: Any) -> Any:
    if op in _COMPARE:
        return _COMPARE[op](a, b)
    if type_.is_float:
        return _float_value(op, a, b)
    match op:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div" | "rem":
            if b == 0:
                return None
            quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            return quotient if op == "div" else a - quotient * b
        case "and":
            return a & b
        case "or":
            return a | b
        case "xor":
            return a ^ b
        case "shl":
            return a << b if 0 <= b < type_.bits else 0
        case "shr":
            return a >> min(b, type_.bits) if b >= 0 else None
    return None


def _float_value(op: str, a: float, b: float) -> float | None:
    match op:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div":
            if b == 0:
                if a == 0 or math.isnan(a):
                    return math.nan
                return math.copysign(math.inf, a) * math.copysign(1, b)
            return a / b
    return None


def unary(op: nodes.UnaryOp, operand: nodes.Expr) -> nodes.Expr:
    """A Unary, or its value when the operand is constant."""
    if isinstance(operand, nodes.Const):
        value = operand.value
        return constant(operand.type, -value if op == "neg" else ~int(value) if op == "bitnot" else not value)
    if op == "not" and isinstance(operand, nodes.Unary) and operand.op == "not":
        return operand.operand
    return nodes.Unary(op, operand)


def cast(type_: kir.Type, operand: nodes.Expr) -> nodes.Expr:
    """A value conversion, folded for constants and dropped where the type stays."""
    if operand.type == type_:
        return operand
    if isinstance(operand, nodes.Const):
        if isinstance(type_, kir.Pointer):
            return nodes.Const(type_, int(operand.value))
        if isinstance(type_, kir.Scalar) and isinstance(operand.type, kir.Scalar):
            return constant(type_, _converted(type_, operand.value))
    if isinstance(operand, nodes.Cast) and isinstance(type_, kir.Pointer) and isinstance(operand.type, kir.Pointer):
        if isinstance(operand.operand.type, kir.Pointer):
            return cast(type_, operand.operand)
    return nodes.Cast(type_, operand)


def _converted(type_: kir.Scalar, value: Any) -> Any:
    if not type_.is_integer or not isinstance(value, float):
        return value
    if math.isnan(value):
        return 0
    low, high = (-(1 << type_.bits - 1), (1 << type_.bits - 1) - 1) if type_.is_signed else (0, (1 << type_.bits) - 1)
    if math.isinf(value):
        return high if value > 0 else low
    return max(low, min(high, int(value)))


def select(condition: nodes.Expr, if_true: nodes.Expr, if_false: nodes.Expr) -> nodes.Expr:
    if isinstance(condition, nodes.Const):
        return if_true if condition.value else if_false
    return nodes.Select(condition, if_true, if_false)


_FORMATS = {
    "f32": "f",
    "f64": "d",
    "i32": "i",
    "u32": "I",
    "i64": "q",
    "u64": "Q",
    "f16": "e",
    "i16": "h",
    "u16": "H",
}


def bitcast(type_: kir.Type, operand: nodes.Expr) -> nodes.Expr:
    """The same bits as another type, folded for constants."""
    if operand.type == type_:
        return operand
    source, target = _FORMATS.get(str(operand.type)), _FORMATS.get(str(type_))
    if isinstance(operand, nodes.Const) and source and target:
        data = struct.pack("<" + source, operand.value)
        return nodes.Const(type_, struct.unpack("<" + target, data)[0])
    return nodes.Bitcast(type_, operand)


_MATH: dict[str, Any] = {
    "sqrt": math.sqrt, "abs": abs, "floor": math.floor, "ceil": math.ceil, "trunc": math.trunc,
    "min": min, "max": max, "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos,
}  # fmt: skip


def builtin(name: str, args: tuple[nodes.Expr, ...], type_: kir.Type) -> nodes.Expr:
    """A Builtin; the few that constants commonly meet are folded."""
    if all(isinstance(a, nodes.Const) for a in args) and isinstance(type_, kir.Scalar):
        values = [a.value for a in args if isinstance(a, nodes.Const)]
        exact = (
            not type_.is_float or name in ("sqrt", "abs", "floor", "ceil", "trunc", "min", "max") or type_.bits == 64
        )
        if name in _MATH and exact and not any(isinstance(v, float) and not math.isfinite(v) for v in values):
            try:
                return constant(type_, _MATH[name](*values))
            except (ValueError, OverflowError):
                pass
        if name in ("popc", "clz") and isinstance(args[0].type, kir.Scalar):
            bits = args[0].type.bits
            raw = int(values[0]) & ((1 << bits) - 1)
            return constant(type_, raw.bit_count() if name == "popc" else bits - raw.bit_length())
    return nodes.Builtin(name, args, type_)


def extract(operand: nodes.Expr, index: int) -> nodes.Expr:
    """A member of an aggregate value, taken from its parts where they are known."""
    match operand:
        case nodes.Construct(parts=parts, type=type_) if len(parts) > index and not _is_union(type_):
            return parts[index]
        case nodes.Load(place=place):
            return nodes.Load(nodes.Member(place, index))
        case nodes.Zero(type=type_):
            return zero(kir.member_type(type_, index))
    return nodes.Extract(operand, index)


def _is_union(type_: kir.Type) -> bool:
    return isinstance(type_, kir.Struct) and type_.is_union


def zero(type_: kir.Type) -> nodes.Expr:
    """The zero of any type."""
    if isinstance(type_, kir.Scalar):
        return constant(type_, 0)
    return nodes.Const(type_, 0) if isinstance(type_, kir.Pointer) else nodes.Zero(type_)


def deref(ptr: nodes.Expr, volatile: bool = False, span: Any = None) -> nodes.Place:
    """The place a pointer points to."""
    if isinstance(ptr, nodes.AddressOf) and not volatile:
        return ptr.place
    return nodes.Deref(ptr, volatile, span)


def space_of(place: nodes.Place) -> kir.Space:
    """The address space that a place lies in."""
    match place:
        case nodes.VarPlace(var=var):
            return var.space
        case nodes.Deref(ptr=ptr):
            assert isinstance(ptr.type, kir.Pointer)
            return ptr.type.space
        case nodes.Member(base=base) | nodes.Index(base=base):
            return space_of(base)


def address_of(place: nodes.Place) -> nodes.Expr:
    """Pointer to a place, in the place's own address space."""
    if isinstance(place, nodes.Deref):
        return place.ptr
    return nodes.AddressOf(place, kir.Pointer(place.type, space_of(place)))


def offset(ptr: nodes.Expr, index: nodes.Expr, span: Any = None) -> nodes.Expr:
    """Pointer arithmetic in elements."""
    if isinstance(index, nodes.Const) and index.value == 0:
        return ptr
    return nodes.Offset(ptr, index, span)


def has_load(expr: nodes.Expr | nodes.Place) -> bool:
    """Whether evaluating reads memory, so that a later store could change the result."""
    match expr:
        case nodes.Load():
            return True
        case nodes.Const() | nodes.Special() | nodes.Zero() | nodes.VarPlace():
            return False
        case nodes.Unary(operand=x) | nodes.Cast(operand=x) | nodes.Bitcast(operand=x) | nodes.Extract(operand=x):
            return has_load(x)
        case nodes.Binary(left=a, right=b) | nodes.Distance(left=a, right=b) | nodes.Offset(ptr=a, index=b):
            return has_load(a) or has_load(b)
        case nodes.Select(condition=c, if_true=a, if_false=b):
            return has_load(c) or has_load(a) or has_load(b)
        case nodes.Builtin(args=args) | nodes.Construct(parts=args):
            return any(has_load(a) for a in args)
        case nodes.AddressOf(place=place) | nodes.Member(base=place):
            return has_load(place)
        case nodes.Deref(ptr=ptr):
            return has_load(ptr)
        case nodes.Index(base=base, index=index):
            return has_load(base) or has_load(index)
    return True
