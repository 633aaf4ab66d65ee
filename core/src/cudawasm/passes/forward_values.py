"""Take out variables that only carry a value from one place to another, so that generated text reads as written.

A declaration joins the first assignment to its variable, a variable that only ever holds a constant or the value of
another one that never changes is replaced by it, and variables that nothing reads are taken out.
"""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array, Space
from cudawasm.ir.walk import (
    Rewriter,
    assigned_variables,
    mentioned_variables,
    nested_blocks,
    root,
    statement_expressions,
    statements,
    subexpressions,
)


def forward_values(module: n.Module) -> n.Module:
    """The module without such variables."""
    return replace(module, functions={name: _forward(f) for name, f in module.functions.items()})


def _forward(function: n.Function) -> n.Function:
    function = replace(function, body=_Joiner().block(function.body))
    function = replace(function, body=_Forwarder(_Facts(function)).block(function.body))
    read = _read_variables(function.body)
    while True:
        pruned = replace(function, body=_Pruner(read).block(function.body))
        before, read = read, _read_variables(pruned.body)
        if read == before:
            return pruned
        function = pruned


class _Facts:
    """Which variables have one value from when they are first read to their end, and are reached by name only."""

    def __init__(self, function: n.Function):
        self.writes: dict[n.Var, list[int]] = {p: [0] for p in function.params}
        """For each variable the blocks in which it is written, as numbers."""
        self.homes: dict[n.Var, int] = dict.fromkeys(function.params, 0)
        """The block in which it is declared."""
        self.kept: set[n.Var] = set()
        self.blocks = 0
        self.look_at(function.body)

    def look_at(self, block: n.Block) -> None:
        self.blocks += 1
        number = self.blocks
        for stmt in block:
            if isinstance(stmt, n.Declare):
                self.homes[stmt.var] = number
            if not (isinstance(stmt, n.Declare) and stmt.init is None):
                for var in assigned_variables(stmt):
                    self.writes.setdefault(var, []).append(number)
            if isinstance(stmt, n.Assign | n.Atomic) and not isinstance(stmt.place, n.VarPlace):
                self.kept.update(_variable(stmt.place))
            for outer in statement_expressions(stmt):
                for expr in subexpressions(outer):
                    if isinstance(expr, n.AddressOf):
                        self.kept.update(_variable(expr.place))
            for inner in nested_blocks(stmt):
                self.look_at(inner)

    def has_one_value(self, var: n.Var) -> bool:
        """A write in another block than the declaration's may run many times in the variable's life."""
        if var.space is not Space.LOCAL or var.volatile or var in self.kept:
            return False
        return self.writes.get(var) == [self.homes.get(var)]


def _variable(place: n.Place) -> tuple[n.Var, ...]:
    start = root(place)
    return (start.var,) if isinstance(start, n.VarPlace) else ()


class _Joiner(Rewriter):
    """Moves declarations to the assignments that follow them in the same block."""

    def block(self, block: n.Block) -> n.Block:
        waiting: dict[n.Var, int] = {}
        out: list[n.Stmt | None] = []
        for stmt in super().block(block):
            joined = _joined(stmt, waiting)
            if joined is not None:
                out[waiting.pop(joined.var)] = None
            for var in mentioned_variables(joined or stmt):
                waiting.pop(var, None)
            if isinstance(stmt, n.Declare) and stmt.init is None and not isinstance(stmt.var.type, Array):
                waiting[stmt.var] = len(out)
            out.append(joined or stmt)
        kept = tuple(s for s in out if s is not None)
        return block if len(kept) == len(block) else kept


def _joined(stmt: n.Stmt, waiting: dict[n.Var, int]) -> n.Declare | None:
    if not (isinstance(stmt, n.Assign) and isinstance(stmt.place, n.VarPlace) and stmt.place.var in waiting):
        return None
    if stmt.place.var in mentioned_variables(n.Declare(stmt.place.var, stmt.value)) or stmt.place.var.volatile:
        return None
    return n.Declare(stmt.place.var, stmt.value, stmt.span)


class _Forwarder(Rewriter):
    """Puts what variables hold in their places."""

    def __init__(self, facts: _Facts):
        self.facts = facts
        self.values: dict[n.Var, n.Expr] = {}

    def leave_place(self, place: n.Place) -> n.Place:
        if isinstance(place, n.VarPlace):
            held = self.values.get(place.var)
            if isinstance(held, n.Load):
                return held.place
        return place

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace):
            return self.values.get(expr.place.var, expr)
        return expr

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if isinstance(stmt, n.Declare) and stmt.init is not None and self.facts.has_one_value(stmt.var):
            if self.never_changes(stmt.init) and stmt.init.type == stmt.var.type:
                self.values[stmt.var] = stmt.init
                return ()
        return (stmt,)

    def never_changes(self, value: n.Expr) -> bool:
        if isinstance(value, n.Load) and isinstance(value.place, n.VarPlace):
            return self.facts.has_one_value(value.place.var)
        return isinstance(value, n.Const)


def _read_variables(block: n.Block) -> set[n.Var]:
    """Variables that are read, whole or in part, or whose address is taken, and those that must have their values."""
    needed = {
        stmt.result for stmt in statements(block) if isinstance(stmt, n.ReadClock | n.Print | n.Call) and stmt.result
    }
    return needed | {
        start.var
        for stmt in statements(block)
        for outer in statement_expressions(stmt)
        for expr in subexpressions(outer)
        if isinstance(expr, n.Load | n.AddressOf) and isinstance(start := root(expr.place), n.VarPlace)
    }


class _Pruner(Rewriter):
    """Takes out writes to local variables that nothing reads: expressions have no effects."""

    def __init__(self, read: set[n.Var]):
        self.read = read

    def is_unread(self, var: n.Var) -> bool:
        return var.space is Space.LOCAL and not var.volatile and var not in self.read

    def kept(self, var: n.Var | None) -> n.Var | None:
        return None if var is None or self.is_unread(var) else var

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if self.is_unread(stmt.var):
                return ()
            case n.Assign() if isinstance(start := root(stmt.place), n.VarPlace) and self.is_unread(start.var):
                return ()
            case n.Atomic() | n.Barrier():
                return (replace(stmt, result=self.kept(stmt.result)),)
            case n.Warp():
                return (
                    replace(stmt, result=self.kept(stmt.result), predicate_result=self.kept(stmt.predicate_result)),
                )
            case _:
                return (stmt,)
