"""Types of C-like targets: declarators, and structs with CUDA's layout.

A pointer in memory is an integer of 64 bits, a bool a byte: then every type has the size that CUDA gives it, and no
struct mentions an address space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from cudawasm.emit.names import Names
from cudawasm.emit.words import Words
from cudawasm.ir.types import U64, Array, Pointer, Scalar, Struct, Type, Vector, Void, align_of, size_of

COMPONENTS = ("x", "y", "z", "w")


@dataclass(frozen=True, slots=True)
class Layout:
    """A struct's name and its fields' names; empty when its fields overlap and only bytes can be declared."""

    name: str
    fields: tuple[str, ...]


class Types:
    """Spells types; ``declarations`` are those of the structs met, innermost first; ``used`` the scalars in memory."""

    def __init__(self, words: Words, names: Names):
        self.words = words
        self.names = names
        self.declarations: list[str] = []
        self.used: set[str] = set()
        self._layouts: dict[Type, Layout] = {}

    def register(self, type_: Type, name: str = "") -> str:
        """Declaration of ``name`` for a value of this type in a local variable; without a name, the type."""
        match type_:
            case Scalar():
                return f"{self.words.scalars[type_.name]} {name}".rstrip()
            case Pointer():
                return self.pointer(type_, name)
            case _:
                return self.memory(type_, name)

    def memory(self, type_: Type, name: str = "") -> str:
        """Declaration of ``name`` for an object of this type in memory."""
        match type_:
            case Void():
                return f"void {name}".rstrip()
            case Scalar():
                self.used.add(type_.name)
                word = self.words.memory.get(type_.name) or self.words.scalars[type_.name]
                return f"{word} {name}".rstrip()
            case Pointer():
                return self.memory(U64, name)
            case Array():
                return self.memory(type_.element, f"{name}[{max(type_.count, 1)}]")
            case Struct() | Vector():
                return f"{self.layout(type_).name} {name}".rstrip()
            case _:
                assert_never(type_)

    def pointer(self, type_: Pointer, name: str = "", qualifier: str = "") -> str:
        """A pointer; one to an array of unknown length is one to its element."""
        pointee = type_.pointee
        if isinstance(pointee, Array) and pointee.count == 0:
            pointee = pointee.element
        inner = f"(*{name})" if isinstance(pointee, Array) else f"*{name}"
        space = self.words.spaces[type_.space]
        return f"{qualifier}{space}{' ' if space else ''}{self.memory(pointee, inner)}"

    def layout(self, type_: Struct | Vector) -> Layout:
        """The declared form of a struct or vector."""
        if type_ not in self._layouts:
            self._layouts[type_] = self._vector(type_) if isinstance(type_, Vector) else self._struct(type_)
        return self._layouts[type_]

    def is_opaque(self, type_: Type) -> bool:
        """Whether members of the type can only be reached by their byte offset."""
        return isinstance(type_, Struct) and not self.layout(type_).fields and bool(type_.fields)

    def _vector(self, type_: Vector) -> Layout:
        element = self.memory(type_.element)
        name = self.names.fresh(f"{element}_{type_.count}")
        aligned = _aligned(type_.align) if type_.align > align_of(type_.element) else ""
        fields = COMPONENTS[: type_.count]
        self.declarations.append(f"typedef struct{aligned} {{ {element} {', '.join(fields)}; }} {name};")
        return Layout(name, fields)

    def _struct(self, type_: Struct) -> Layout:
        if type_.is_union:
            return self._union(type_)
        names = Names(self.words.reserved)
        fields: list[str] = []
        lines: list[str] = []
        end, natural = 0, 1
        for field in type_.fields:
            if field.offset < end or field.offset % align_of(field.type):
                return self._bytes(type_)
            gap = field.offset - end
            if gap:
                lines.append(f"    {self.words.scalars['u8']} {names.fresh('gap')}[{gap}];")
            fields.append(names.fresh(field.name))
            lines.append(f"    {self.memory(field.type, fields[-1])};")
            end = field.offset + size_of(field.type)
            natural = max(natural, align_of(field.type))
        if natural > type_.align:
            return self._bytes(type_)
        if type_.size > end:
            lines.append(f"    {self.words.scalars['u8']} {names.fresh('gap')}[{type_.size - end}];")
        return self._declared(type_, "struct", tuple(fields), lines, natural)

    def _union(self, type_: Struct) -> Layout:
        names = Names(self.words.reserved)
        fields = tuple(names.fresh(f.name) for f in type_.fields)
        lines = [f"    {self.memory(f.type, name)};" for f, name in zip(type_.fields, fields, strict=True)]
        lines.append(f"    {self.words.scalars['u8']} {names.fresh('bytes')}[{type_.size}];")
        natural = max((align_of(f.type) for f in type_.fields), default=1)
        return self._declared(type_, "union", fields, lines, natural)

    def _bytes(self, type_: Struct) -> Layout:
        return self._declared(type_, "struct", (), [f"    {self.words.scalars['u8']} bytes[{type_.size}];"], 1)

    def _declared(self, type_: Struct, word: str, fields: tuple[str, ...], lines: list[str], natural: int) -> Layout:
        attribute = _aligned(type_.align) if type_.align > natural else ""
        name = self.names.fresh(type_.name)
        body = "\n".join(lines)
        self.declarations.append(f"typedef {word}{attribute} {{\n{body}\n}} {name};")
        return Layout(name, fields)


def _aligned(align: int) -> str:
    return f" __attribute__((aligned({align})))"
