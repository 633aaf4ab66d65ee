"""Objects as arrays of one type of number: how they are laid out, read and written.

An object that is always accessed as the same type becomes an array of that type, and positions in it count its
elements. Else it becomes an array of words, and a position counts words, or bytes where something smaller is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import gcd

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


def is_word(type_: Scalar) -> bool:
    """Whether a number is an integer of 32 or 64 bits."""
    return type_.is_integer and type_.bits >= 32


def choose_layout(
    uses: Uses, is_storable: IsStorable, between_threads: bool, is_atomic: IsStorable | None = None
) -> Layout:
    """The layout of a class of objects; words have 64 bits where atomic operations have.

    ``is_atomic`` tells of which numbers there are atomic arrays, where volatile objects must be such too.
    """
    types = set(uses.types) or {U32}
    only = next(iter(types))
    size = size_of(only)
    if uses.atomics or (is_atomic is not None and uses.volatile and between_threads):
        fits = is_atomic or is_word
    else:
        fits = is_storable
    if len(types) == 1 and uses.step % size == 0 and is_storable(only) and fits(only):
        return Layout(only, size)
    if all(t.bits == 64 for t in types) and uses.step % 8 == 0 and is_storable(U64) and fits(U64):
        return Layout(I64 if uses.is_signed else U64, 8)
    wide = any(t.bits == 64 for t in uses.atomics)
    bits = 64 if wide else 32
    small = any(t.bits < 32 for t in types) or uses.step % 4 != 0
    element = (I64 if wide else I32) if uses.is_signed else U64 if wide else U32
    return Layout(element, 1 if small else 4, between_threads and any(t.bits < bits for t in uses.stored))


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


def word_at(layout: Layout, at: n.Expr) -> n.Expr:
    """The index of the word that a position is in."""
    parts = size_of(layout.element) // layout.unit
    if parts == 1:
        return at
    if isinstance(at, n.Const):
        return _u32(int(at.value) // parts)
    return n.Binary("shr", _as_u32(at), _u32(parts.bit_length() - 1), U32)


def _shift(layout: Layout, at: n.Expr) -> n.Expr:
    """By how many bits a small number is shifted in its word."""
    parts = size_of(layout.element) // layout.unit
    if isinstance(at, n.Const):
        return _u32(int(at.value) % parts * layout.unit * 8)
    return _binary("mul", _binary("and", _as_u32(at), _u32(parts - 1)), _u32(layout.unit * 8))


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


def words_of(number: n.Expr) -> tuple[n.Expr, n.Expr] | None:
    """The lower and the upper word of which 64 bits are put together, as ``read_number`` does."""
    match number:
        case n.Binary(op="or", left=n.Cast(operand=low), right=n.Binary(op="shl", left=n.Cast(operand=high), right=by)):
            is_joined = low.type == U32 and high.type == U32 and number.type == U64 and by == _u32(32)
            return (low, high) if is_joined else None
        case _:
            return None


def read_number(array: n.Place, layout: Layout, at: n.Expr, type_: Scalar) -> n.Expr:
    """The number of a type at a position."""
    if layout.element == type_ and layout.unit == size_of(type_):
        return n.Load(n.Index(array, at))
    index = word_at(layout, at)
    word = n.Load(n.Index(array, index))
    if layout.element.bits < type_.bits:
        high = bits_of(n.Load(n.Index(array, plus(index, 1))))
        joined = _binary("or", n.Cast(U64, bits_of(word)), n.Binary("shl", n.Cast(U64, high), _u32(32), U64))
        return from_bits(joined, type_)
    return unpacked(word, layout, at, type_)


def unpacked(word: n.Expr, layout: Layout, at: n.Expr, type_: Scalar) -> n.Expr:
    """The number at a position, of its word."""
    bits = bits_of(word)
    if layout.element.bits == type_.bits:
        return from_bits(bits, type_)
    return from_bits(n.Cast(_BITS[type_.bits], n.Binary("shr", bits, _shift(layout, at), bits.type)), type_)


def packed(value: n.Expr, before: n.Expr, layout: Layout, at: n.Expr) -> n.Expr:
    """The word ``before`` with a number at a position replaced."""
    type_, word = value.type, bits_of(before).type
    assert isinstance(type_, Scalar)
    assert isinstance(word, Scalar)
    if layout.element.bits == type_.bits:
        return from_bits(bits_of(value), layout.element)
    shift = _shift(layout, at)
    mask = n.Unary("bitnot", n.Binary("shl", n.Const(word, (1 << type_.bits) - 1), shift, word))
    part = n.Binary("shl", n.Cast(word, bits_of(value)), shift, word)
    return from_bits(_binary("or", _binary("and", bits_of(before), mask), part), layout.element)


Names = Callable[[str, Type], n.Var]
"""Makes a variable of a name that nothing else has."""


def write_number(array: n.Place, layout: Layout, at: n.Expr, value: n.Expr, names: Names, span: Span | None) -> n.Block:
    """Statements that store a number, whose value is evaluated once."""
    type_ = value.type
    assert isinstance(type_, Scalar)
    if layout.element == type_ and layout.unit == size_of(type_):
        return (n.Assign(n.Index(array, at), value, span),)
    index = word_at(layout, at)
    if layout.element.bits == type_.bits:
        return (n.Assign(n.Index(array, index), from_bits(bits_of(value), layout.element), span),)
    held = names("value", type_)
    declared = n.Declare(held, value, span)
    if layout.element.bits < type_.bits:
        bits = bits_of(n.Load(n.VarPlace(held)))
        halves = (n.Cast(U32, bits), n.Cast(U32, n.Binary("shr", bits, _u32(32), U64)))
        words = (from_bits(half, layout.element) for half in halves)
        return (declared, *(n.Assign(n.Index(array, plus(index, i)), w, span) for i, w in enumerate(words)))
    place = n.Index(array, index)
    if not layout.shared_words:
        return (declared, n.Assign(place, packed(n.Load(n.VarPlace(held)), n.Load(place), layout, at), span))
    replaced = swapped(place, layout, lambda before: packed(n.Load(n.VarPlace(held)), before, layout, at), names, span)
    return (declared, *replaced[0])


def swapped(
    place: n.Place, layout: Layout, new: Callable[[n.Expr], n.Expr], names: Names, span: Span | None
) -> tuple[n.Block, n.Var]:
    """(statements that replace a word by a new one made of it, though others change it; the variable with the old)."""
    seen, expected = names("seen", layout.element), names("expected", layout.element)
    label = names("again", U32).name
    read_seen, read_expected = n.Load(n.VarPlace(seen)), n.Load(n.VarPlace(expected))
    body: n.Block = (
        n.Declare(expected, read_seen, span),
        n.Atomic("cas", place, (read_expected, new(read_expected)), seen, "device", span),
        n.If(n.Binary("eq", read_seen, read_expected, BOOL), (n.Break(label, span),), (), span),
    )
    return (n.Declare(seen, n.Load(place), span), n.Loop(label, None, body, (), 0, span)), seen


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
