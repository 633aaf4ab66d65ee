"""Which barriers must order what is read and written in storage, as ``storageBarrier`` does.

That makes devices forget what they have cached, so it is left out where no two accesses need it: one before and one
after the barrier, to the same array, at least one of which writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import assigned_variables, expressions, nested_blocks, root


@dataclass(frozen=True, slots=True)
class _Access:
    """An access to an array: where in the text it is, and in which loops."""

    place: int
    loops: tuple[int, ...]
    array: n.Var
    writes: bool


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A barrier, and where it is."""

    barrier: n.Barrier
    place: int
    loops: tuple[int, ...]


def ordering_barriers(function: n.Function, arrays: set[n.Var]) -> set[int]:
    """The ``id`` of each barrier that orders accesses to some of ``arrays``."""
    found = list(_events(function.body, arrays, (), [0]))
    accesses = [e for e in found if isinstance(e, _Access)]
    return {id(m.barrier) for m in found if isinstance(m, _Meeting) and _orders(m, accesses)}


def _orders(meeting: _Meeting, accesses: list[_Access]) -> bool:
    before: dict[n.Var, bool] = {}
    after: dict[n.Var, bool] = {}
    for access in accesses:
        is_round = bool(set(access.loops) & set(meeting.loops))  # one round's later part is before the next one's
        for side, is_there in ((before, access.place < meeting.place), (after, access.place > meeting.place)):
            if is_there or is_round:
                side[access.array] = side.get(access.array, False) or access.writes
    return any(array in after and (writes or after[array]) for array, writes in before.items())


def _events(
    block: n.Block, arrays: set[n.Var], loops: tuple[int, ...], place: list[int]
) -> Iterator[_Access | _Meeting]:
    """Accesses and barriers in the order of the text."""
    for stmt in block:
        place[0] += 1
        here = place[0]
        inner = (*loops, here) if isinstance(stmt, n.Loop) else loops
        if isinstance(stmt, n.Barrier):
            yield _Meeting(stmt, here, loops)
        yield from (_Access(here, loops, v, True) for v in assigned_variables(stmt) if v in arrays)
        for expr in expressions(stmt):
            start = root(expr.place) if isinstance(expr, n.Load) else None
            if isinstance(start, n.VarPlace) and start.var in arrays:
                yield _Access(here, inner, start.var, False)
        for nested in nested_blocks(stmt):
            yield from _events(nested, arrays, inner, place)
