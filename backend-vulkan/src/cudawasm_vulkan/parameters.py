"""Kernel parameters: in push constants, or behind an address there where these have no room."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, U8, Array, Pointer, Scalar, Struct, Type, Vector, align_of, round_up, size_of
from cudawasm_vulkan.code import flat, is_overlapping, word_bits
from cudawasm_vulkan.places import Address, Places


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each parameter lies in the bytes of a launch. ``size`` is a multiple of 4."""

    offsets: tuple[int, ...]
    size: int

    @classmethod
    def of(cls, params: tuple[n.Var, ...]) -> Layout:
        offsets, end = [], 0
        for var in params:
            end = round_up(end, align_of(var.type))
            offsets.append(end)
            end += size_of(var.type)
        return cls(tuple(offsets), round_up(end, 4))


class Parameters:
    """Reads parameters at a function's start."""

    def __init__(self, code: Places, layout: Layout):
        self.code = code
        self.is_behind = layout.size > code.traits.parameter_bytes
        self._members: dict[tuple[int, int], tuple[int, str]] = {}
        """(offset, type) of the block's members: (number of the member, its name)."""
        self._block = 0
        self._base = 0

    def read(self, params: tuple[n.Var, ...], layout: Layout) -> list[int]:
        """The value of each parameter. Makes the block, whose members must be known first."""
        if not layout.size:
            return []
        code = self.code
        if self.is_behind:
            self.member(0, code.integer(64), "parameters")
            self._make()
            self._base = self._load(0, code.integer(64))
            whole = Address(self._base, 0, BOOL, False)
            places = zip(params, layout.offsets, strict=True)
            return [code.load(replace(whole, offset=offset, type=p.type)) for p, offset in places]
        for var, offset in zip(params, layout.offsets, strict=True):
            self.plan(var.type, offset, var.name)
        self._make()
        return [self.value(p.type, offset) for p, offset in zip(params, layout.offsets, strict=True)]

    def member(self, offset: int, type_: int, name: str) -> None:
        self._members.setdefault((offset, type_), (len(self._members), name))

    def plan(self, type_: Type, offset: int, name: str) -> None:
        """The members that hold a parameter: one for each number, and whole words for smaller ones."""
        match type_:
            case Scalar() | Pointer():
                whole = size_of(type_) >= 4
                own = self.code.type(type_) if whole else self.code.integer(32)
                self.member(offset if whole else offset // 4 * 4, own, name)
            case _:
                for i, (part, at) in enumerate(_parts(type_, offset)):
                    field = type_.fields[i].name if isinstance(type_, Struct) and not is_overlapping(type_) else str(i)
                    self.plan(part, at, f"{name}.{field}")

    def _make(self) -> None:
        module = self.code.module
        members = sorted(self._members.items(), key=lambda item: item[1][0])
        block = module.declare("TypeStruct", *(type_ for (_, type_), _ in members))
        module.name(block, "Parameters")
        module.decorate(block, "Block")
        for (offset, _), (number, name) in members:
            module.decorate_member(block, number, "Offset", offset)
            module.name_member(block, number, name)
        self._block = module.variable("PushConstant", block, "parameters")

    def _load(self, offset: int, type_: int) -> int:
        code = self.code
        number = self._members[offset, type_][0]
        pointer = code.op("AccessChain", code.pointer("PushConstant", type_), self._block, code.number(number))
        return code.op("Load", type_, pointer)

    def value(self, type_: Type, offset: int) -> int:
        code = self.code
        match type_:
            case Scalar() | Pointer() if size_of(type_) >= 4:
                return self._load(offset, code.type(type_))
            case Scalar():
                word = self._load(offset // 4 * 4, code.integer(32))
                if offset % 4:
                    word = code.op("ShiftRightLogical", code.integer(32), word, code.number(8 * (offset % 4)))
                small = code.op("UConvert", code.integer(type_.bits), word)
                return code.convert(BOOL, U8, small) if type_ == BOOL else small
            case _:
                parts = [self.value(part, at) for part, at in _parts(type_, offset)]
                own = code.type(type_)
                return code.op("CompositeConstruct", own, *parts) if parts else code.zero(own)


def _parts(type_: Type, offset: int) -> list[tuple[Type, int]]:
    """(type, offset) of the parts of an aggregate as a value of its type has them."""
    match type_:
        case Struct() if is_overlapping(type_):
            bits = word_bits(type_)
            word = Scalar(f"u{bits}", "uint", bits)
            return [(word, offset + i) for i in range(0, type_.size, bits // 8)]
        case Struct():
            return [(f.type, offset + f.offset) for f in type_.fields]
        case Array() | Vector():
            element, count = flat(type_) if isinstance(type_, Array) else (type_.element, type_.count)
            size = size_of(element)
            return [(element, offset + i * size) for i in range(count)]
        case _:
            return []
