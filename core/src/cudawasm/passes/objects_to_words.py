"""Objects as arrays of one type of number: how they are laid out, read and written.

An object that is always accessed as the same type becomes an array of that type, and positions in it count its
elements. Else it becomes an array of words, and a position counts words, or bytes where something smaller is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import gcd

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, I64, U8, U16, U32, U64, Array, Pointer, Scalar, Struct, Type, Vector, size_of
from cudawasm.source import Span

IsStorable = Callable[[Scalar], bool]
_BITS = {8: U8, 16: U16, 32: U32, 64: U64}


@dataclass(frozen=True, slots=True)
class Layout:
    """``element``: what the array is of; a position is in units of ``unit`` bytes. ``shared_words``: threads may write
    to other parts of the same word at the same time."""

    element: Scalar
    unit: int
    shared_words: bool = False

    def count(self, nbytes: int) -> int:
        size = size_of(self.element)
        return (nbytes + size - 1) // size


@dataclass(slots=True)
class Uses:
    """How the objects of a class are accessed: types of numbers, and what all positions in bytes are multiples of."""

    types: set[Scalar] = field(default_factory=set)
    stored: set[Scalar] = field(default_factory=set)
    step: int = 0
    is_signed: bool = False
    """Whether an atomic operation tells signed from unsigned words, and needs signed ones."""
    atomics: set[Scalar] = field(default_factory=set)
    volatile: bool = False
    span: Span | None = None

    def moves(self, nbytes: int) -> None:
        self.step = gcd(self.step, nbytes)


def choose_layout(uses: Uses, is_storable: IsStorable, between_threads: bool, atomic_types: bool = False) -> Layout:
    """The layout of a class of objects. Raises UnsupportedFeature (E0407)."""
    types = set(uses.types) or {U32}
    only = next(iter(types))
    size = size_of(only)
    is_atomic = bool(uses.atomics) or (atomic_types and uses.volatile and between_threads)
    may_be_atomic = not is_atomic or (only.is_integer and only.bits >= 32)
    if len(types) == 1 and uses.step % size == 0 and is_storable(only) and may_be_atomic:
        return Layout(only, size)
    if all(t.bits == 64 for t in types) and uses.step % 8 == 0 and is_storable(U64):
        return Layout(I64 if uses.is_signed else U64, 8)
    if any(t.bits == 64 for t in uses.atomics):
        raise UnsupportedFeature(
            [Diagnostic("E0407", "an object of 64-bit atomics is accessed as another type too", uses.span)]
        )
    small = any(t.bits < 32 for t in types) or uses.step % 4 != 0
    element = I32 if uses.is_signed else U32
    return Layout(element, 1 if small else 4, between_threads and any(t.bits < 32 for t in uses.stored))


# --- reading and writing -------------------------------------------------------------------------


def _binary(op: n.BinaryOp, left: n.Expr, right: n.Expr) -> n.Expr:
    return n.Binary(op, left, right, left.type)


def _u32(value: int) -> n.Expr:
    return n.Const(U32, value)


def _as_u32(index: n.Expr) -> n.Expr:
    if isinstance(index, n.Const):
        return _u32(int(index.value) & 0xFFFFFFFF)
    return index if index.type == U32 else n.Cast(U32, index)


def plus(index: n.Expr, count: int) -> n.Expr:
    """A position ``count`` units further on."""
    if count == 0:
        return index
    if isinstance(index, n.Const):
        return n.Const(index.type, int(index.value) + count)
    if isinstance(index, n.Binary) and index.op == "add" and isinstance(index.right, n.Const):
        return _binary("add", index.left, n.Const(index.type, int(index.right.value) + count))
    return _binary("add", index, n.Const(index.type, count))


def _word(layout: Layout, at: n.Expr) -> n.Expr:
    if layout.unit >= 4:
        return at
    if isinstance(at, n.Const):
        return _u32(int(at.value) // 4)
    return n.Binary("shr", _as_u32(at), _u32(2), U32)


def _shift(at: n.Expr) -> n.Expr:
    """By how many bits a small number is shifted in its word."""
    if isinstance(at, n.Const):
        return _u32(int(at.value) % 4 * 8)
    return _binary("mul", _binary("and", _as_u32(at), _u32(3)), _u32(8))


def bits_of(value: n.Expr) -> n.Expr:
    """A number as an unsigned integer of its size."""
    type_ = value.type
    assert isinstance(type_, Scalar)
    wanted = _BITS[type_.bits]
    if type_ == wanted:
        return value
    if type_ == BOOL:
        return n.Cast(U8, value)
    return n.Bitcast(wanted, value) if type_.is_float else n.Cast(wanted, value)


def from_bits(bits: n.Expr, type_: Scalar) -> n.Expr:
    if bits.type == type_:
        return bits
    if type_ == BOOL:
        return n.Binary("ne", bits, n.Const(bits.type, 0), BOOL)
    return n.Bitcast(type_, bits) if type_.is_float else n.Cast(type_, bits)


def read_number(array: n.Place, layout: Layout, at: n.Expr, type_: Scalar) -> n.Expr:
    """The number of a type at a position."""
    if layout.element == type_ and layout.unit == size_of(type_):
        return n.Load(n.Index(array, at))
    if layout.element.bits == type_.bits:
        word = n.Load(n.Index(array, _word(layout, at)))
        return from_bits(bits_of(word), type_)
    word_at = _word(layout, at)
    low = bits_of(n.Load(n.Index(array, word_at)))
    if type_.bits == 64:
        high = bits_of(n.Load(n.Index(array, plus(word_at, 1))))
        joined = _binary("or", n.Cast(U64, low), n.Binary("shl", n.Cast(U64, high), _u32(32), U64))
        return from_bits(joined, type_)
    part = n.Cast(_BITS[type_.bits], n.Binary("shr", low, _shift(at), U32))
    return from_bits(part, type_)


def write_number(
    array: n.Place, layout: Layout, at: n.Expr, value: n.Expr, names: Callable[[str, Type], n.Var], span: Span | None
) -> n.Block:
    """Statements that store a number, whose value is evaluated once."""
    type_ = value.type
    assert isinstance(type_, Scalar)
    if layout.element == type_ and layout.unit == size_of(type_):
        return (n.Assign(n.Index(array, at), value, span),)
    word_at = _word(layout, at)
    if layout.element.bits == type_.bits:
        return (n.Assign(n.Index(array, word_at), from_bits(bits_of(value), layout.element), span),)
    held = names("value", type_)
    declared = n.Declare(held, value, span)
    bits = bits_of(n.Load(n.VarPlace(held)))
    if type_.bits == 64:
        halves = (n.Cast(U32, bits), n.Cast(U32, n.Binary("shr", bits, _u32(32), U64)))
        words = (from_bits(half, layout.element) for half in halves)
        return (declared, *(n.Assign(n.Index(array, plus(word_at, i)), w, span) for i, w in enumerate(words)))
    return (declared, *_write_part(array, layout, at, bits, names, span))


def _write_part(
    array: n.Place, layout: Layout, at: n.Expr, bits: n.Expr, names: Callable[[str, Type], n.Var], span: Span | None
) -> n.Block:
    """A byte or two of a word; where other threads may write the rest, by comparing and swapping."""
    word_at, shift = _word(layout, at), _shift(at)
    place = n.Index(array, word_at)
    mask = n.Unary("bitnot", n.Binary("shl", _u32(0xFF if bits.type == U8 else 0xFFFF), shift, U32))
    part = n.Binary("shl", n.Cast(U32, bits), shift, U32)

    def merged(before: n.Expr) -> n.Expr:
        return from_bits(_binary("or", _binary("and", bits_of(before), mask), part), layout.element)

    if not layout.shared_words:
        return (n.Assign(place, merged(n.Load(place)), span),)
    seen, expected = names("seen", layout.element), names("expected", layout.element)
    label = names("again", U32).name
    read_seen, read_expected = n.Load(n.VarPlace(seen)), n.Load(n.VarPlace(expected))
    body: n.Block = (
        n.Declare(expected, read_seen, span),
        n.Atomic("cas", place, (read_expected, merged(read_expected)), seen, "device", span),
        n.If(n.Binary("eq", read_seen, read_expected, BOOL), (n.Break(label, span),), (), span),
    )
    return (n.Declare(seen, n.Load(place), span), n.Loop(label, None, body, (), 0, span))


# --- numbers of which aggregates are made ----------------------------------------------------------


def parts_of(type_: Type) -> Iterable[tuple[Type, int]]:
    """(type, byte offset) of each direct part of an aggregate; of a union, the first field and then its bytes."""
    match type_:
        case Struct():
            return [(f.type, f.offset) for f in type_.fields]
        case Vector() | Array():
            size = size_of(type_.element)
            return [(type_.element, i * size) for i in range(type_.count)]
        case _:
            return []


def numbers_of(type_: Type) -> Iterable[tuple[Scalar, int]]:
    """(type, byte offset) of each number in an object; pointers are numbers of 64 bits. Arrays give one element."""
    match type_:
        case Scalar():
            yield type_, 0
        case Pointer():
            yield U64, 0
        case Array():
            yield from numbers_of(type_.element)
        case _:
            for part, offset in parts_of(type_):
                for number, inner in numbers_of(part):
                    yield number, offset + inner
