"""A function's variables while it runs: rows in registers, or memory for what has an address."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space, align_of, round_up, size_of
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, statements, subexpressions
from cudawasm_reference.values import Array, is_aggregate


class Frame:
    """``registers``: rows of the variables that have no address. ``offsets``: where in a thread's memory others are.

    ``left``: rows that wait after the construct with a label, or at a loop's step. ``value``: what was returned.
    """

    def __init__(self, function: n.Function, start: int):
        layout, size = frame_layout(function)
        self.offsets = {var: start + offset for var, offset in layout.items()}
        self.end = start + size
        self.registers: dict[n.Var, Array] = {}
        self.left: dict[str, Array] = {}
        self.continued: dict[str, Array] = {}
        self.value: Array | None = None


@lru_cache(maxsize=512)
def _layout_of(body: n.Block, params: tuple[n.Var, ...]) -> tuple[dict[n.Var, int], int]:
    addressed = set(_addressed(body))
    offsets: dict[n.Var, int] = {}
    end = 0
    for var in (*params, *(v for stmt in statements(body) for v in assigned_variables(stmt))):
        if var.space is Space.LOCAL and var not in offsets and (var in addressed or is_aggregate(var.type)):
            usual = 8 if size_of(var.type) >= 8 else 1  # what programs that pun locals find on GPUs
            end = round_up(end, max(var.align, align_of(var.type), usual))
            offsets[var] = end
            end += size_of(var.type)
    return offsets, round_up(end, 16)


def frame_layout(function: n.Function) -> tuple[dict[n.Var, int], int]:
    """(offsets of a function's variables that live in memory, bytes)."""
    return _layout_of(function.body, function.params)


def _addressed(body: n.Block) -> Iterable[n.Var]:
    for stmt in statements(body):
        if isinstance(stmt, n.Atomic):
            yield from _variable(stmt.place)
        for expr in statement_expressions(stmt):
            for sub in subexpressions(expr):
                if isinstance(sub, n.AddressOf):
                    yield from _variable(sub.place)


def _variable(place: n.Place) -> Iterable[n.Var]:
    start = root(place)
    if isinstance(start, n.VarPlace):
        yield start.var
