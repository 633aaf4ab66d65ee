"""NumPy dtypes of KIR types, and whether an array's dtype fits a pointer's pointee.

bfloat16 has no dtype in NumPy: it is ``uint16`` bits here, and ``ml_dtypes.bfloat16`` is taken as well.
A pointer inside a struct is ``uint64``.
"""

from __future__ import annotations

from typing import Any, assert_never

import numpy as np

from cudawasm.ir.types import Array, Pointer, Scalar, Struct, Type, Vector, Void, size_of

_COMPONENTS = "xyzw"
_SCALAR_DTYPES: dict[str, np.dtype[Any]] = {
    "bool": np.dtype(np.bool_),
    "i8": np.dtype(np.int8),
    "i16": np.dtype(np.int16),
    "i32": np.dtype(np.int32),
    "i64": np.dtype(np.int64),
    "u8": np.dtype(np.uint8),
    "u16": np.dtype(np.uint16),
    "u32": np.dtype(np.uint32),
    "u64": np.dtype(np.uint64),
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(np.uint16),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
}

Leaf = tuple[int, str]
"""A scalar inside a type: its byte offset and the name of its KIR scalar ("ptr" for a pointer)."""


def dtype_of(type_: Type) -> np.dtype[Any]:
    """The dtype of one object of ``type_``; sub-array dtypes for arrays, structured ones for structs."""
    match type_:
        case Void():
            return np.dtype(np.uint8)
        case Scalar():
            return _SCALAR_DTYPES[type_.name]
        case Pointer():
            return np.dtype(np.uint64)
        case Vector():
            names = list(_COMPONENTS[: type_.count])
            return np.dtype([(name, dtype_of(type_.element)) for name in names])
        case Array():
            return np.dtype((dtype_of(type_.element), (type_.count,)))
        case Struct():
            return _struct_dtype(type_)
        case _:
            assert_never(type_)


def _struct_dtype(struct: Struct) -> np.dtype[Any]:
    """Fields at KIR's offsets; a name that a base class also uses gets its offset appended."""
    members: dict[str, tuple[int, Type]] = {}
    for field in struct.fields:
        name = field.name or f"at{field.offset}"
        if name in members and members[name] != (field.offset, field.type):
            name = f"{name}_at{field.offset}"
        members[name] = (field.offset, field.type)
    return np.dtype(
        {
            "names": list(members),
            "formats": [dtype_of(type_) for _, type_ in members.values()],
            "offsets": [offset for offset, _ in members.values()],
            "itemsize": struct.size,
        }
    )


def leaves_of(type_: Type, base: int = 0) -> frozenset[Leaf]:
    """Every scalar inside a type. Members of a union overlap."""
    match type_:
        case Void():
            return frozenset(((base, "u8"),))
        case Scalar():
            return frozenset(((base, type_.name),))
        case Pointer():
            return frozenset(((base, "ptr"),))
        case Vector() | Array():
            size = size_of(type_.element)
            inner = leaves_of(type_.element)
            return frozenset((base + i * size + o, n) for i in range(type_.count) for o, n in inner)
        case Struct():
            return frozenset().union(*(leaves_of(f.type, base + f.offset) for f in type_.fields))
        case _:
            assert_never(type_)


def dtype_leaves(dtype: np.dtype[Any], base: int = 0) -> frozenset[Leaf]:
    """Every scalar inside a dtype, in KIR's names; kinds that KIR lacks keep NumPy's name."""
    if dtype.subdtype is not None:
        element, shape = dtype.subdtype
        inner = dtype_leaves(element)
        count = int(np.prod(shape, dtype=np.int64))
        return frozenset((base + i * element.itemsize + o, n) for i in range(count) for o, n in inner)
    if dtype.fields is not None:
        parts = (dtype_leaves(item[0], base + item[1]) for item in dtype.fields.values())
        return frozenset().union(*parts)
    if dtype.kind == "c":
        half = dtype.itemsize // 2
        return frozenset(((base, f"f{half * 8}"), (base + half, f"f{half * 8}")))
    return frozenset(((base, scalar_name(dtype)),))


def scalar_name(dtype: np.dtype[Any]) -> str:
    """KIR's name of a plain dtype ("f32"); NumPy's name where KIR has no such scalar."""
    if dtype.name == "bfloat16":
        return "bf16"
    if dtype.kind == "b":
        return "bool"
    if dtype.kind in "iuf":
        return f"{dtype.kind}{dtype.itemsize * 8}"
    return dtype.name


_STANDS_FOR = {"bf16": frozenset(("bf16", "u16")), "ptr": frozenset(("u64", "i64"))}


def _same_leaves(wanted: frozenset[Leaf], given: frozenset[Leaf], overlapping: bool) -> bool:
    allowed = {(offset, name) for offset, kir in wanted for name in _STANDS_FOR.get(kir, (kir,))}
    if not given <= allowed:
        return False
    return overlapping or {offset for offset, _ in wanted} == {offset for offset, _ in given}


def _overlaps(type_: Type) -> bool:
    match type_:
        case Struct():
            return type_.is_union or any(_overlaps(f.type) for f in type_.fields)
        case Array():
            return _overlaps(type_.element)
        case _:
            return False


def same_layout(type_: Type, dtype: np.dtype[Any]) -> bool:
    """Whether one element of ``dtype`` is, byte for byte, one object of ``type_``.

    Names of fields do not matter; offsets, sizes, signedness and the total size do. Of a union, any
    choice of members will do.
    """
    if dtype.itemsize != size_of(type_):
        return False
    return _same_leaves(leaves_of(type_), dtype_leaves(dtype), _overlaps(type_))


def is_byte_like(pointee: Type) -> bool:
    """Whether a pointer to this is CUDA's way to say "any memory"."""
    return isinstance(pointee, Void) or (isinstance(pointee, Scalar) and pointee.is_integer and pointee.bits == 8)


def pointer_accepts(pointee: Type, dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    """Whether an array may be passed for a pointer to ``pointee``.

    Beyond ``same_layout``: anything for ``void*`` and byte pointers; and for aggregates made of one scalar
    without padding (``float4``, ``half2``, a struct of three floats), arrays of that scalar that hold a whole
    number of them.
    """
    if is_byte_like(pointee) or same_layout(pointee, dtype):
        return True
    if isinstance(pointee, Array):
        return pointer_accepts(pointee.element, dtype, shape)
    if not isinstance(pointee, Vector | Struct) or _overlaps(pointee) or not shape:
        return False
    count, rest = divmod(size_of(pointee), dtype.itemsize)
    if rest or dtype.fields is not None or dtype.subdtype is not None:
        return False
    row = frozenset((i * dtype.itemsize, scalar_name(dtype)) for i in range(count))
    if not _same_leaves(leaves_of(pointee), row, overlapping=False):
        return False
    return int(np.prod(shape, dtype=np.int64)) % count == 0


def cuda_name(type_: Type) -> str:
    """A type as CUDA C++ spells it, for messages."""
    match type_:
        case Void():
            return "void"
        case Scalar():
            return _CUDA_NAMES[type_.name]
        case Vector():
            return f"{_VECTOR_NAMES.get(type_.element.name, cuda_name(type_.element))}{type_.count}"
        case Pointer():
            return f"{cuda_name(type_.pointee)}*"
        case Array():
            return f"{cuda_name(type_.element)}[{type_.count}]"
        case Struct():
            return type_.name
        case _:
            assert_never(type_)


_CUDA_NAMES = {
    "bool": "bool", "i8": "signed char", "i16": "short", "i32": "int", "i64": "long long",
    "u8": "unsigned char", "u16": "unsigned short", "u32": "unsigned int", "u64": "unsigned long long",
    "f16": "__half", "bf16": "__nv_bfloat16", "f32": "float", "f64": "double",
}  # fmt: skip
_VECTOR_NAMES = {
    "i8": "char", "i16": "short", "i32": "int", "i64": "longlong",
    "u8": "uchar", "u16": "ushort", "u32": "uint", "u64": "ulonglong",
    "f16": "half", "f32": "float", "f64": "double",
}  # fmt: skip
