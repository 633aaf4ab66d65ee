"""Where values are: variables of the module or function, and memory behind addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from cudawasm.diagnostics import Diagnostic
from cudawasm.emit.spirv_opcodes import ACCESS, SCOPES
from cudawasm.errors import InternalError, UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    BOOL,
    I32,
    I64,
    U8,
    U64,
    Array,
    Pointer,
    Scalar,
    Space,
    Struct,
    Type,
    Vector,
    align_of,
    member_offset,
    size_of,
)
from cudawasm.source import Span
from cudawasm_vulkan.code import flat, is_overlapping, word_bits
from cudawasm_vulkan.conversions import Conversions


@dataclass(frozen=True, slots=True)
class Address:
    """Memory at ``base`` (an id) plus ``offset`` bytes."""

    base: int
    offset: int
    type: Type
    volatile: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """A part of a variable, chosen by the ids ``indices``; ``is_element`` if the last of them counts elements."""

    storage: str
    variable: int
    indices: tuple[int, ...]
    type: Type
    volatile: bool
    is_element: bool = False


def without_constant(index: n.Expr) -> tuple[n.Expr, int]:
    """(an index, what is added to it): C++ does not say what comes of signed sums that overflow."""
    if isinstance(index, n.Const):
        return n.Const(index.type, 0), int(index.value)
    if not (isinstance(index, n.Binary) and index.op == "add" and index.type in (I32, I64)):
        return index, 0
    (left, a), (right, b) = without_constant(index.left), without_constant(index.right)
    zero = n.Const(index.type, 0)
    if zero in (left, right):
        return right if left == zero else left, a + b
    return (replace(index, left=left, right=right) if a or b else index), a + b


class Places(Conversions):
    """Loads, stores and addresses. ``is_shared``: threads may tell each other things by global memory."""

    is_shared = False
    span: Span | None = None
    """The statement that is being written."""

    def value(self, expr: n.Expr) -> int:
        raise NotImplementedError

    def variable(self, var: n.Var) -> int:
        """The id of a local or shared variable."""
        raise NotImplementedError

    def locate(self, place: n.Place) -> Address | Chain:
        match place:
            case n.VarPlace():
                storage = "Workgroup" if place.var.space is Space.SHARED else "Function"
                volatile = place.var.volatile and place.var.space is Space.SHARED
                return Chain(storage, self.variable(place.var), (), place.type, volatile)
            case n.Deref():
                return self.behind(place)
            case n.Member():
                return self.member(self.locate(place.base), place)
            case n.Index():
                return self.element(place)
            case _:
                assert_never(place)

    def behind(self, place: n.Deref) -> Address | Chain:
        ptr, offset = place.ptr, 0
        assert isinstance(ptr.type, Pointer)
        if ptr.type.space in (Space.SHARED, Space.LOCAL):
            raise self.refused("a pointer into shared or local memory")
        step = size_of(ptr.type.pointee)
        while isinstance(ptr, n.Offset) and isinstance(ptr.index, n.Const):
            offset += int(ptr.index.value) * step
            ptr = ptr.ptr
        if not isinstance(ptr, n.Offset):
            return Address(self.value(ptr), offset, place.type, place.volatile)
        index, count = without_constant(ptr.index)
        return self.behind_index(Address(self.value(ptr.ptr), offset + count * step, place.type, place.volatile),
                                 index, place.type)  # fmt: skip

    def refused(self, what: str) -> UnsupportedFeature:
        return UnsupportedFeature([Diagnostic("E0403", f"the device has no {what}", self.span)])

    def member(self, base: Address | Chain, place: n.Member) -> Address | Chain:
        whole = place.base.type
        if isinstance(base, Address):
            return replace(base, offset=base.offset + member_offset(whole, place.index), type=place.type)
        if isinstance(whole, Struct) and is_overlapping(whole):
            raise self.refused("object in registers whose fields share bytes")
        return replace(base, indices=(*base.indices, self.number(place.index)), type=place.type, is_element=False)

    def element(self, place: n.Index) -> Address | Chain:
        indices = [place]
        while isinstance(indices[-1].base, n.Index):
            indices.append(indices[-1].base)
        base = self.locate(indices[-1].base)
        if isinstance(base, Address):
            for index in reversed(indices):
                base = self.behind_index(base, index.index, index.type)
            return base
        row = flat(place.type)[1] if isinstance(place.type, Array) else 1
        return replace(base, indices=(*base.indices, self.linear(indices, row)), type=place.type, is_element=True)

    def behind_index(self, base: Address, index: n.Expr, type_: Type) -> Address:
        """The element of an array that begins at ``base``."""
        size = size_of(type_)
        if isinstance(index, n.Const):
            return replace(base, offset=base.offset + int(index.value) * size, type=type_)
        return replace(base, base=self.moved(base.base, index, size), type=type_)

    def linear(self, indices: list[n.Index], row: int) -> int:
        """The number of an element in an array whose rows are one. ``indices`` come innermost first."""
        word, known, found = self.integer(32), 0, 0
        for place in indices:
            if isinstance(place.index, n.Const):
                known += int(place.index.value) * row
            else:
                term = self.index(place.index)
                term = term if row == 1 else self.op("IMul", word, term, self.number(row))
                found = self.op("IAdd", word, found, term) if found else term
            assert isinstance(place.base.type, Array)
            row *= max(1, place.base.type.count)
        if not found:
            return self.number(known)
        return self.op("IAdd", word, found, self.number(known)) if known else found

    def index(self, index: n.Expr) -> int:
        """An index into a variable, none of which has four thousand million elements."""
        assert isinstance(index.type, Scalar)
        return self.resized(self.value(index), index.type, 32)

    def moved(self, address: int, index: n.Expr, size: int) -> int:
        """An address ``index`` elements further."""
        long = self.integer(64)
        if isinstance(index, n.Const):
            distance = self.number(int(index.value) * size, 64)
            return address if index.value == 0 else self.op("IAdd", long, address, distance)
        assert isinstance(index.type, Scalar)
        wide = self.resized(self.value(index), index.type, 64)
        if size & (size - 1) == 0:
            count = size.bit_length() - 1
            distance = self.op("ShiftLeftLogical", long, wide, self.number(count)) if count else wide
        else:
            distance = self.op("IMul", long, wide, self.number(size, 64))
        return self.op("IAdd", long, address, distance)

    def address(self, place: n.Place) -> int:
        """The address of a place in global memory."""
        at = self.locate(place)
        if isinstance(at, Chain):
            raise self.refused("addresses of shared or local memory")
        return self.shifted(at)

    def shifted(self, at: Address) -> int:
        if at.offset == 0:
            return at.base
        return self.op("IAdd", self.integer(64), at.base, self.number(at.offset, 64))

    # --- variables ---

    def pointer_to(self, at: Chain) -> int:
        if not at.indices:
            return at.variable
        return self.op("AccessChain", self.pointer(at.storage, self.type(at.type)), at.variable, *at.indices)

    def chain_access(self, at: Chain, made: str) -> tuple[int, ...]:
        """The memory operands of an access; ``made``: what a volatile one makes of the memory for others."""
        if at.storage != "Workgroup" or not self.is_shared:
            return ()
        if not at.volatile:
            return (ACCESS["NonPrivatePointer"],)
        mask = ACCESS["NonPrivatePointer"] | ACCESS["Volatile"] | ACCESS[made]
        return mask, self.number(SCOPES["Workgroup"])

    def is_row(self, at: Chain) -> bool:
        """Whether a place is a part of an array whose rows are one."""
        return at.is_element and isinstance(at.type, Array)

    def row(self, at: Chain) -> list[Chain]:
        """The elements of a row, which begins at the last index."""
        assert isinstance(at.type, Array)
        element, count = flat(at.type)
        *outer, first = at.indices
        word = self.integer(32)
        numbers = (self.op("IAdd", word, first, self.number(i)) if i else first for i in range(count))
        return [replace(at, indices=(*outer, number), type=element) for number in numbers]

    # --- memory ---

    def memory_type(self, type_: Type) -> Type:
        """The type by which memory is read: booleans are bytes there."""
        return U8 if type_ == BOOL else U64 if isinstance(type_, Pointer) else type_

    def physical(self, at: Address) -> int:
        """A pointer to a number or vector in memory."""
        self.narrow(at.type)
        pointer = self.pointer("PhysicalStorageBuffer", self.type(self.memory_type(at.type)))
        return self.op("ConvertUToPtr", pointer, self.shifted(at))

    def narrow(self, type_: Type) -> None:
        """Ask for what small numbers in buffers need."""
        bits = size_of(type_.element if isinstance(type_, Vector) else type_) * 8
        if bits < 32:
            self.module.need(f"StorageBuffer{bits}BitAccess")
            self.module.extend(f"SPV_KHR_{bits}bit_storage")

    def memory_access(self, at: Address, made: str) -> tuple[int, ...]:
        mask, align = ACCESS["Aligned"], align_of(at.type)
        if not self.is_shared:
            return mask, align
        mask |= ACCESS["NonPrivatePointer"]
        if not at.volatile:
            return mask, align
        return mask | ACCESS["Volatile"] | ACCESS[made], align, self.number(SCOPES["QueueFamily"])

    def load(self, at: Address | Chain) -> int:
        own = self.type(at.type)
        if isinstance(at, Chain) and self.is_row(at):
            return self.op("CompositeConstruct", own, *(self.load(part) for part in self.row(at)))
        if isinstance(at, Chain):
            return self.op("Load", own, self.pointer_to(at), *self.chain_access(at, "MakePointerVisible"))
        if isinstance(at.type, Array | Struct):
            return self.op("CompositeConstruct", own, *(self.load(part) for part in self.parts(at)))
        loaded = self.type(self.memory_type(at.type))
        value = self.op("Load", loaded, self.physical(at), *self.memory_access(at, "MakePointerVisible"))
        return self.convert(BOOL, U8, value) if at.type == BOOL else value

    def store(self, at: Address | Chain, value: int) -> None:
        if isinstance(at, Chain) and self.is_row(at):
            for i, element in enumerate(self.row(at)):
                self.store(element, self.op("CompositeExtract", self.type(element.type), value, i))
            return
        if isinstance(at, Chain):
            self.do("Store", self.pointer_to(at), value, *self.chain_access(at, "MakePointerAvailable"))
            return
        if isinstance(at.type, Array | Struct):
            for i, part in enumerate(self.parts(at)):
                self.store(part, self.op("CompositeExtract", self.type(part.type), value, i))
            return
        if at.type == BOOL:
            value = self.convert(U8, BOOL, value)
        self.do("Store", self.physical(at), value, *self.memory_access(at, "MakePointerAvailable"))

    def parts(self, at: Address) -> list[Address]:
        """The members of an aggregate in memory, as a value of its type has them."""
        type_ = at.type
        if isinstance(type_, Struct) and is_overlapping(type_):
            bits = word_bits(type_)
            word = Scalar(f"u{bits}", "uint", bits)
            return [replace(at, offset=at.offset + i, type=word) for i in range(0, type_.size, bits // 8)]
        if isinstance(type_, Struct):
            return [replace(at, offset=at.offset + f.offset, type=f.type) for f in type_.fields]
        if not isinstance(type_, Array):
            raise InternalError(f"parts of {type_}")
        element, count = flat(type_)
        size = size_of(element)
        return [replace(at, offset=at.offset + i * size, type=element) for i in range(count)]
