"""Types as WGSL spells them. Only variables have them: what buffers hold are arrays of numbers."""

from __future__ import annotations

from typing import assert_never

from cudawasm.emit.declarators import COMPONENTS
from cudawasm.emit.names import Names
from cudawasm.errors import InternalError
from cudawasm.ir.types import Array, Field, Pointer, Scalar, Struct, Type, Vector, Void, member_offset, size_of
from cudawasm_wgpu.words import SCALARS, WORDS


class WgslTypes:
    """``declarations`` are those of the structs met, innermost first. ``pairs``: integers of 64 bits are two words."""

    def __init__(self, pairs: bool = False) -> None:
        self.pairs = pairs
        self.names = Names(WORDS.reserved)
        self.declarations: list[str] = []
        self._structs: dict[Struct, tuple[str, tuple[str, ...]]] = {}

    def is_pair(self, type_: Type) -> bool:
        """Whether values of a type are pairs of words."""
        return self.pairs and isinstance(type_, Scalar) and type_.is_integer and type_.bits == 64

    def of(self, type_: Type, atomic: bool = False) -> str:
        """The type of a variable or value."""
        match type_:
            case Scalar() if self.is_pair(type_):
                if atomic:
                    raise InternalError("an atomic pair of words in WGSL")
                return "vec2<u32>"
            case Vector() if self.is_pair(type_.element):
                return self._struct(_struct_of(type_))[0]
            case Scalar():
                word = SCALARS[type_.name]
                return f"atomic<{word}>" if atomic else word
            case Vector():
                return f"vec{type_.count}<{SCALARS[type_.element.name]}>"
            case Array():
                return f"array<{self.of(type_.element, atomic)}, {max(1, type_.count)}>"
            case Struct():
                return self._struct(type_)[0]
            case Void() | Pointer():
                raise InternalError(f"a variable of type {type_} in WGSL")
            case _:
                assert_never(type_)

    def field(self, type_: Type, index: int) -> str:
        """How a part of an aggregate is named."""
        if isinstance(type_, Vector):
            return COMPONENTS[index]
        assert isinstance(type_, Struct)
        return self._struct(type_)[1][index]

    def _struct(self, type_: Struct) -> tuple[str, tuple[str, ...]]:
        if type_ not in self._structs:
            if type_.is_union:
                raise InternalError(f"the union {type_} in WGSL")
            names = Names(WORDS.reserved)
            fields = tuple(names.fresh(f.name) for f in type_.fields)
            lines = [f"    {name}: {self.of(f.type)}," for name, f in zip(fields, type_.fields, strict=True)]
            lines = lines or ["    empty: u32,"]
            name = self.names.fresh(type_.name)
            body = "\n".join(lines)
            self.declarations.append(f"struct {name} {{\n{body}\n}}")
            self._structs[type_] = name, fields
        return self._structs[type_]


def _struct_of(type_: Vector) -> Struct:
    """WGSL has no vectors of vectors."""
    fields = (Field(COMPONENTS[i], type_.element, member_offset(type_, i)) for i in range(type_.count))
    return Struct(str(type_), tuple(fields), size_of(type_), type_.align)
