"""Local arrays that can become variables, or registers, once the loops that count through them are written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space
from cudawasm.ir.walk import assigned_variables, expressions, root, statements, subexpressions


def register_arrays(body: n.Block) -> frozenset[n.Var]:
    """The local arrays whose elements are chosen by constants and counters of loops, everywhere in a function."""
    loops = (stmt for stmt in statements(body) if isinstance(stmt, n.Loop))
    counters = {var for loop in loops for step in loop.step for var in assigned_variables(step)}
    found: set[n.Var] = set()
    others: set[n.Var] = set()
    for stmt in statements(body):
        for place, is_address in _places(stmt):
            start = root(place)
            if not isinstance(start, n.VarPlace) or start.var.space is not Space.LOCAL:
                continue
            indices = tuple(_indices(place))
            if is_address or start.var.volatile or not _read_only(indices, counters):
                others.add(start.var)
            elif indices:
                found.add(start.var)
    return frozenset(found - others)


def counts_through(block: n.Block, counter: n.Var, arrays: frozenset[n.Var]) -> bool:
    """Whether a counter chooses elements of some of ``arrays`` in a block."""
    if not arrays:
        return False
    for stmt in statements(block):
        for place, _ in _places(stmt):
            start = root(place)
            if isinstance(start, n.VarPlace) and start.var in arrays:
                if any(counter in _variables(index) for index in _indices(place)):
                    return True
    return False


def _places(stmt: n.Stmt) -> Iterator[tuple[n.Place, bool]]:
    """The places that a statement names itself, and whether it takes their address."""
    if isinstance(stmt, n.Assign | n.Atomic):
        yield stmt.place, False
    for expr in expressions(stmt):
        if isinstance(expr, _NAMING):
            yield expr.place, isinstance(expr, n.AddressOf)


_NAMING = (n.Load, n.AddressOf)


def _indices(place: n.Place) -> Iterator[n.Expr]:
    while isinstance(place, n.Member | n.Index):
        if isinstance(place, n.Index):
            yield place.index
        place = place.base


def _read_only(indices: Iterable[n.Expr], variables: set[n.Var]) -> bool:
    """Whether indices depend on nothing but ``variables``."""
    return all(variable in variables for index in indices for variable in _variables(index))


def _variables(index: n.Expr) -> Iterator[n.Var | None]:
    """What an index is made of; None stands for what is not a variable."""
    for expr in subexpressions(index):
        if isinstance(expr, n.Load):
            yield expr.place.var if isinstance(expr.place, n.VarPlace) else None
        elif isinstance(expr, n.Special | n.AddressOf):
            yield None
