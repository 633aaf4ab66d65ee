"""KIR types as LLVM spells them, and aggregates as rows of scalar leaves."""

from __future__ import annotations

import math
import struct
from functools import cache

from cudawasm.ir.types import (
    BF16,
    BOOL,
    F16,
    F32,
    F64,
    U8,
    U16,
    U32,
    U64,
    Array,
    Pointer,
    Scalar,
    Struct,
    Type,
    Vector,
    Void,
    size_of,
)  # fmt: skip

Leaf = Scalar | Pointer
_SCALARS = {"bool": "i1", "bf16": "i16", "f16": "half", "f32": "float", "f64": "double"}


def register(type_: Type) -> str:
    """The LLVM type of a scalar or pointer value."""
    if isinstance(type_, Pointer):
        return "ptr"
    assert isinstance(type_, Scalar), type_
    return _SCALARS.get(type_.name) or f"i{type_.bits}"


def memory(type_: Type) -> str:
    """The LLVM type of a scalar or pointer in memory."""
    return "i8" if type_ == BOOL else register(type_)


def is_float(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.is_float


def is_signed(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.is_signed


@cache
def leaves(type_: Type) -> tuple[tuple[Leaf, int], ...]:
    """(type, byte offset) of each scalar of a type, in order. A union is seen as words of its alignment."""
    match type_:
        case Scalar() | Pointer():
            return ((type_, 0),)
        case Vector():
            step = size_of(type_.element)
            return tuple((type_.element, i * step) for i in range(type_.count))
        case Array():
            inner, step = leaves(type_.element), size_of(type_.element)
            return tuple((t, i * step + o) for i in range(type_.count) for t, o in inner)
        case Struct() if type_.is_union:
            word = {8: U64, 4: U32, 2: U16}.get(min(type_.align, 8), U8)
            step = word.bits // 8
            return tuple((word, i * step) for i in range(type_.size // step))
        case Struct():
            return tuple((t, f.offset + o) for f in type_.fields for t, o in leaves(f.type))
        case Void():
            return ()


@cache
def contains_union(type_: Type) -> bool:
    match type_:
        case Struct():
            return type_.is_union or any(contains_union(f.type) for f in type_.fields)
        case Array():
            return contains_union(type_.element)
        case _:
            return False


@cache
def leaf_count(type_: Type) -> int:
    """How many leaves a type has, without listing those of large arrays."""
    match type_:
        case Array():
            return type_.count * leaf_count(type_.element)
        case Struct() if not type_.is_union:
            return sum(leaf_count(f.type) for f in type_.fields)
        case _:
            return len(leaves(type_))


def member_leaf(type_: Type, index: int) -> int:
    """Number of leaves before member ``index`` of a struct, or component of a vector."""
    if isinstance(type_, Vector):
        return index
    assert isinstance(type_, Struct)
    return sum(leaf_count(f.type) for f in type_.fields[:index])


def literal(type_: Leaf, value: int | float | bool) -> str:
    """A constant as an LLVM operand."""
    if isinstance(type_, Pointer):
        return "null" if value == 0 else f"inttoptr (i64 {int(value)} to ptr)"
    if type_ == BOOL:
        return "true" if value else "false"
    if type_ == F32:
        return f"0x{struct.unpack('>Q', struct.pack('>d', _to_f32(float(value))))[0]:016X}"
    if type_ == F64:
        return f"0x{struct.unpack('>Q', struct.pack('>d', float(value)))[0]:016X}"
    if type_ == F16:
        return f"0xH{struct.unpack('>H', _half(float(value)))[0]:04X}"
    if type_ == BF16:
        return str(_bfloat_bits(float(value)))
    bits = type_.bits
    wrapped = int(value) & ((1 << bits) - 1)
    return str(wrapped - (1 << bits) if wrapped >> (bits - 1) else wrapped)


def _to_f32(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _half(value: float) -> bytes:
    try:
        return struct.pack(">e", value)
    except OverflowError:
        return struct.pack(">e", float("inf") if value > 0 else float("-inf"))


def _bfloat_bits(value: float) -> int:
    if math.isnan(value):
        return 0x7FFF
    bits = struct.unpack("<I", struct.pack("<f", _to_f32(value)))[0]
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16 & 0xFFFF
    return int(rounded - 0x10000 if rounded >> 15 else rounded)


def element_name(size: int) -> str:
    """An LLVM type of ``size`` bytes for address arithmetic."""
    return {1: "i8", 2: "i16", 4: "i32", 8: "i64"}.get(size, f"[{size} x i8]")
