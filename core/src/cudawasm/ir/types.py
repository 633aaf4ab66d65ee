"""KIR types: scalars, vectors, arrays, structs and pointers, with CUDA's sizes and alignments.

Types are immutable values: two types are the same type exactly when they compare equal.
A struct that contains a pointer to itself holds it as a pointer to ``VOID``; the front end casts
at the access, so that types stay finite.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Space(Enum):
    """Address space of a pointer or a variable."""

    GENERIC = "generic"
    GLOBAL = "global"
    SHARED = "shared"
    CONSTANT = "constant"
    LOCAL = "local"


ScalarKind = Literal["bool", "int", "uint", "float", "bfloat"]


@dataclass(frozen=True, slots=True)
class Void:
    """The result type of a function that returns nothing, and the pointee of ``void*``."""

    def __str__(self) -> str:
        return "void"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number; ``bits`` is its storage width (8 for bool)."""

    name: str
    kind: ScalarKind
    bits: int

    @property
    def is_float(self) -> bool:
        return self.kind in ("float", "bfloat")

    @property
    def is_integer(self) -> bool:
        return self.kind in ("int", "uint")

    @property
    def is_signed(self) -> bool:
        return self.kind == "int"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Vector:
    """A CUDA vector type such as ``float4``: two to four components of one scalar type.

    ``align`` is in bytes; CUDA aligns two- and four-component vectors to their size
    (at most 16) and three-component vectors to one component.
    """

    element: Scalar
    count: int
    align: int

    def __str__(self) -> str:
        return f"{self.element}x{self.count}"


@dataclass(frozen=True, slots=True)
class Array:
    """``count`` elements in a row. A count of 0 is dynamic shared memory, sized at launch."""

    element: Type
    count: int

    def __str__(self) -> str:
        return f"[{self.count} x {self.element}]"


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a struct at a byte offset. Bit-fields are lowered to their storage unit."""

    name: str
    type: Type
    offset: int


@dataclass(frozen=True, slots=True)
class Struct:
    """A class, struct or union. Fields of a union overlap (all at offset 0)."""

    name: str
    fields: tuple[Field, ...]
    size: int
    align: int
    is_union: bool = False

    def __str__(self) -> str:
        return f"%{self.name}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A 64-bit address of a ``pointee`` in ``space``."""

    pointee: Type
    space: Space = Space.GENERIC

    def __str__(self) -> str:
        return f"{self.space.value}*{self.pointee}"


Type = Void | Scalar | Vector | Array | Struct | Pointer

VOID = Void()
BOOL = Scalar("bool", "bool", 8)
I8 = Scalar("i8", "int", 8)
I16 = Scalar("i16", "int", 16)
I32 = Scalar("i32", "int", 32)
I64 = Scalar("i64", "int", 64)
U8 = Scalar("u8", "uint", 8)
U16 = Scalar("u16", "uint", 16)
U32 = Scalar("u32", "uint", 32)
U64 = Scalar("u64", "uint", 64)
F16 = Scalar("f16", "float", 16)
BF16 = Scalar("bf16", "bfloat", 16)
F32 = Scalar("f32", "float", 32)
F64 = Scalar("f64", "float", 64)
SCALARS = {t.name: t for t in (BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F16, BF16, F32, F64)}


def size_of(type_: Type) -> int:
    """Size in bytes. ``Void`` counts as 1, as in CUDA's arithmetic on ``void*``."""
    match type_:
        case Void():
            return 1
        case Scalar():
            return type_.bits // 8
        case Vector():
            return size_of(type_.element) * type_.count
        case Array():
            return size_of(type_.element) * type_.count
        case Struct():
            return type_.size
        case Pointer():
            return 8


def align_of(type_: Type) -> int:
    """Natural alignment in bytes."""
    match type_:
        case Void():
            return 1
        case Scalar():
            return type_.bits // 8
        case Vector():
            return type_.align
        case Array():
            return align_of(type_.element)
        case Struct():
            return type_.align
        case Pointer():
            return 8


def member_type(type_: Type, index: int) -> Type:
    """The type of member ``index`` of a struct or vector.

    Raises TypeError for a type without members.
    """
    match type_:
        case Struct():
            return type_.fields[index].type
        case Vector():
            return type_.element
        case _:
            raise TypeError(f"{type_} has no members")


def member_offset(type_: Type, index: int) -> int:
    """Byte offset of member ``index`` of a struct or vector."""
    match type_:
        case Struct():
            return type_.fields[index].offset
        case Vector():
            return index * size_of(type_.element)
        case _:
            raise TypeError(f"{type_} has no members")


def round_up(value: int, align: int) -> int:
    """The smallest multiple of ``align`` that is at least ``value``."""
    return (value + align - 1) // align * align
