"""Rules about places that several passes share."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import I64, Array, Pointer, Type
from cudawasm.source import Span


def strip_pointer_casts(expr: n.Expr) -> n.Expr:
    """A pointer without conversions that only change its space."""
    while isinstance(expr, n.Cast | n.Bitcast):
        source = expr.operand.type
        if not (isinstance(expr.type, Pointer) and isinstance(source, Pointer)):
            break
        if expr.type.pointee != source.pointee:
            break
        expr = expr.operand
    return expr


def simplify_place(place: n.Place) -> n.Place:
    """``*&x`` is ``x``; ``*(&a[i] + j)`` is ``a[i + j]``; also through an array's decay to a pointer."""
    if not isinstance(place, n.Deref) or place.volatile:
        return place
    pointee = place.type
    known = pointed_place(place.ptr)
    return known if known is not None and known.type == pointee else place


def pointed_place(ptr: n.Expr) -> n.Place | None:
    """The place that a pointer expression names, when it can be told."""
    assert isinstance(ptr.type, Pointer)
    pointee = ptr.type.pointee
    match ptr:
        case n.AddressOf():
            return ptr.place
        case n.Cast() | n.Bitcast() if isinstance(ptr.operand.type, Pointer):
            inner = pointed_place(ptr.operand)
            return _narrow(inner, pointee) if inner is not None else None
        case n.Offset():
            inner = pointed_place(ptr.ptr)
            if isinstance(inner, n.Index) and inner.type == pointee:
                return replace(inner, index=add_indices(inner.index, ptr.index))
            if inner is not None and isinstance(ptr.index, n.Const) and ptr.index.value == 0:
                return inner
            return None
        case _:
            return None


def _narrow(place: n.Place, pointee: Type) -> n.Place | None:
    """The first part of ``place`` that has type ``pointee``: arrays decay to their first element."""
    while place.type != pointee:
        if isinstance(place.type, Array):
            place = n.Index(place, n.Const(I64, 0))
        else:
            return None
    return place


def add_indices(a: n.Expr, b: n.Expr) -> n.Expr:
    """The sum of two indices in 64 bits."""
    if isinstance(a, n.Const) and a.value == 0:
        return b
    if isinstance(b, n.Const) and b.value == 0:
        return a
    if isinstance(a, n.Const) and isinstance(b, n.Const):
        return n.Const(I64, int(a.value) + int(b.value))
    return n.Binary("add", _wide(a), _wide(b), I64)


def _wide(index: n.Expr) -> n.Expr:
    if isinstance(index, n.Const):
        return n.Const(I64, int(index.value))
    return index if index.type == I64 else n.Cast(I64, index)


def capture(place: n.Place, name: str, span: Span | None) -> tuple[n.Place, list[n.Stmt]]:
    """The same object, named so that it does not change when variables do; with what must be declared first."""
    declared: list[n.Stmt] = []

    def fixed(expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Const):
            return expr
        var = n.Var(f"{name}.{len(declared)}", expr.type, span=span)
        declared.append(n.Declare(var, expr, span))
        return n.Load(n.VarPlace(var))

    def rebuild(part: n.Place) -> n.Place:
        match part:
            case n.VarPlace():
                return part
            case n.Deref():
                return replace(part, ptr=fixed(part.ptr))
            case n.Member():
                return n.Member(rebuild(part.base), part.index)
            case n.Index():
                return replace(part, base=rebuild(part.base), index=fixed(part.index))

    return rebuild(place), declared
