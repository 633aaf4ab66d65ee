"""``memcpy`` of objects whose types are known: number by number, as programs reinterpret bits by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.values import Value, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering

_MOST_NUMBERS = 64


def copy_objects(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value | None:
    """Copies of numbers where both sides have numbers of the same sizes at the same places; else None."""
    to, source, nbytes = (fn.load(a) for a in args)
    if not isinstance(nbytes, nodes.Const):
        return None
    targets, sources = _numbers(to, int(nbytes.value)), _numbers(source, int(nbytes.value))
    if targets is None or sources is None or len(targets) != len(sources):
        return None
    if any(not _may_be(t.type, s.type) for t, s in zip(targets, sources, strict=True)):
        return None
    values = [fn.temp(nodes.Load(place), "copied") for place in sources]
    for place, value in zip(targets, values, strict=True):
        fn.emit(nodes.Assign(place, fold.bitcast(place.type, value), fn.span))
    return rvalue(result, to)


def _numbers(pointer: nodes.Expr, nbytes: int) -> list[nodes.Place] | None:
    """The places of the numbers in the bytes that a pointer points to, if its type tells them, in order."""
    while isinstance(pointer, nodes.Cast) and _pointee(pointer) in (None, kir.VOID):
        pointer = pointer.operand
    type_ = _pointee(pointer)
    if type_ is None or isinstance(type_, kir.Void) or not kir.size_of(type_) or nbytes % kir.size_of(type_):
        return None
    count = nbytes // kir.size_of(type_)
    if not 0 < count <= _MOST_NUMBERS or not _is_packed(type_):
        return None
    found: list[nodes.Place] = []
    for i in range(count):
        found += _leaves(fold.deref(fold.offset(pointer, nodes.Const(kir.I64, i))), type_)
    return found if len(found) <= _MOST_NUMBERS else None


def _pointee(pointer: nodes.Expr) -> kir.Type | None:
    return pointer.type.pointee if isinstance(pointer.type, kir.Pointer) else None


def _is_packed(type_: kir.Type) -> bool:
    """Whether numbers fill a type, so that copies of them copy all of its bytes."""
    match type_:
        case kir.Scalar():
            return True
        case kir.Vector() | kir.Array():
            return type_.count * kir.size_of(type_.element) == kir.size_of(type_) and _is_packed(type_.element)
        case kir.Struct():
            sizes = sum(kir.size_of(f.type) for f in type_.fields)
            return not type_.is_union and sizes == type_.size and all(_is_packed(f.type) for f in type_.fields)
        case _:
            return False


def _leaves(place: nodes.Place, type_: kir.Type) -> Iterator[nodes.Place]:
    match type_:
        case kir.Struct():
            for i, field in enumerate(type_.fields):
                yield from _leaves(nodes.Member(place, i), field.type)
        case kir.Array():
            for i in range(type_.count):
                yield from _leaves(nodes.Index(place, nodes.Const(kir.I32, i)), type_.element)
        case kir.Vector():
            for i in range(type_.count):
                yield nodes.Member(place, i)
        case _:
            yield place


def _may_be(target: kir.Type, source: kir.Type) -> bool:
    """Whether a number is another's bits."""
    same_size = kir.size_of(target) == kir.size_of(source)
    return target == source or (same_size and kir.BOOL not in (target, source))
