"""The rounds of a loop, written out, at the same time: what each begins with stands before what each ends with.

Loads of several rounds are then under way together, where a compiler would not move them over the stores of the round
before. It is done only where no statement that changes places could see the difference.
"""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array, Pointer, Scalar, Space
from cudawasm.ir.walk import (
    assigned_variables,
    expressions,
    nested_blocks,
    root,
    subexpressions,
)

_Effects = tuple[set[object], set[object]]
"""What is read and what is written: variables, and the name of a space for what pointers point to."""


def interleaved(rounds: Sequence[n.Block], name: str) -> n.Block | None:
    """One statement of all rounds after the other, or None where that could change what is computed.

    All rounds are copies of one body, each with local variables of its own. ``name`` tells new variables from others.
    """
    parts = [
        tuple(part for i, stmt in enumerate(body) for part in _split(stmt, f"{name}.{r}.{i}"))
        for r, body in enumerate(rounds)
    ]
    if len(parts) > 1:
        first, second = ([_effects(s) for s in part] for part in parts[:2])
        for i, early in enumerate(second):
            for late in first[i + 1 :]:
                if early is None or late is None or _conflict(early, late):
                    return None
    return tuple(stmt for same in zip(*parts, strict=True) for stmt in same)


def _split(stmt: n.Stmt, number: str) -> n.Block:
    """A conditional store of what is loaded as a conditional load and a conditional store."""
    match stmt:
        case n.If(then=(n.Assign(place=place, value=value) as store,), otherwise=()) if (
            isinstance(value.type, Scalar)
            and any(isinstance(e, n.Load) for e in subexpressions(value))
            and not (isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL)
        ):
            loaded = n.Var(f"loaded.{number}", value.type)
            load = n.Assign(n.VarPlace(loaded), value, store.span)
            save = n.Assign(place, n.Load(n.VarPlace(loaded)), store.span)
            return (
                n.Declare(loaded, None, stmt.span),
                n.If(stmt.condition, (load,), (), stmt.span),
                n.If(stmt.condition, (save,), (), stmt.span),
            )
        case _:
            return (stmt,)


def _effects(stmt: n.Stmt) -> _Effects | None:
    """None for statements that are more than computing, loading and storing."""
    if not isinstance(stmt, n.Declare | n.Assign | n.If):
        return None
    reads: set[object] = set()
    writes: set[object] = set(assigned_variables(stmt))
    for expr in expressions(stmt):
        if isinstance(expr, n.AddressOf):
            return None
        if isinstance(expr, n.Load):
            reads.add(_storage(expr.place))
    if isinstance(stmt, n.Assign):
        writes.add(_storage(stmt.place))
    for inner in (s for block in nested_blocks(stmt) for s in block):
        effects = _effects(inner)
        if effects is None:
            return None
        reads |= effects[0]
        writes |= effects[1]
    return None if None in reads | writes or _is_volatile(reads | writes) else (reads, writes)


def _storage(place: n.Place) -> object:
    """The variable or the space that a place is in; None for a space that is not known."""
    start = root(place)
    if isinstance(start, n.VarPlace):
        is_dynamic = isinstance(start.var.type, Array) and start.var.type.count == 0  # all of which begin together
        return Space.SHARED.name if is_dynamic else start.var
    assert isinstance(start.ptr.type, Pointer)
    is_global = start.ptr.type.space in (Space.GLOBAL, Space.CONSTANT) and not start.volatile
    return Space.GLOBAL.name if is_global else None


def _is_volatile(storage: set[object]) -> bool:
    return any(isinstance(s, n.Var) and (s.volatile or s.space in (Space.GLOBAL, Space.CONSTANT)) for s in storage)


def _conflict(a: _Effects, b: _Effects) -> bool:
    return bool(a[1] & (b[0] | b[1]) or a[0] & b[1])
