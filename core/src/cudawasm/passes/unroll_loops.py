"""Write short loops out, for targets whose compilers leave them as they are.

A loop is short when it counts through a few values that are known. What depends on the counter is then constant: tests
of it vanish, and arrays that are indexed by it can become variables. Loads of several rounds can be under way together.

Code that is written out takes time to compile. A loop stays where it would gain little by it: where a round has a loop
of its own, or stores to memory and does not load anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cudawasm.analysis.register_arrays import counts_through, register_arrays
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar, Space
from cudawasm.ir.walk import (
    BlockRewriter,
    Rewriter,
    addressed_variables,
    assigned_variables,
    expressions,
    root,
    statements,
)
from cudawasm.passes.interleave_rounds import interleaved
from cudawasm.passes.simplify import simplified

_MOST_ROUNDS = 16
_MOST_COUNTED = 1024
"""Rounds of a loop that is known to have so many; it does several in one."""
_LEAST_PARTS = 4
"""Rounds that are worth being done in one."""
_MOST_NODES = 1200
"""Expressions in all rounds of a loop."""
_MOST_NODES_ASKED = 2000
"""The same where the program asks for it."""
_MOST_NODES_STORING = 320
"""The same where rounds store to memory, so that loads must wait for each other, and the program asks for nothing."""


def unroll_loops(module: n.Module, short_only: bool = False) -> n.Module:
    """The module with the rounds of short loops one after the other.

    ``short_only``: longer loops, and the order of what rounds do, are left to the target's compiler.
    """
    functions = {}
    for name, function in module.functions.items():
        unroller = _Unroller(short_only, addressed_variables(function.body), register_arrays(function.body))
        functions[name] = replace(function, body=unroller.block(function.body))
    return replace(module, functions=functions)


class _Unroller(BlockRewriter):
    """``addressed`` are variables that may change through pointers, ``arrays`` those that can become variables."""

    def __init__(self, short_only: bool, addressed: set[n.Var], arrays: frozenset[n.Var]) -> None:
        self.short_only = short_only
        self.addressed = addressed
        self.arrays = arrays
        self.copies = 0

    def block(self, block: n.Block) -> n.Block:
        out: list[n.Stmt] = []
        for stmt in super().block(block):
            start = _start(out[-1], stmt) if out and isinstance(stmt, n.Loop) else None
            if start is None or start.counter in self.addressed or not isinstance(stmt, n.Loop):
                out.append(stmt)
            else:
                out += self.loop(stmt, start)
        return tuple(out)

    def loop(self, loop: n.Loop, start: _Start) -> Sequence[n.Stmt]:
        most = self.rounds_at_most(loop, start.counter)
        has_parts = most >= _LEAST_PARTS and not self.short_only
        values = _values(start, loop, _MOST_COUNTED if has_parts else most)
        if values is None:
            return (loop,)
        if len(values) - 1 <= most:
            return self.written_out(loop, start.counter, values)
        return (self.in_parts(loop, start.counter, len(values) - 1, most),)

    def written_out(self, loop: n.Loop, counter: n.Var, values: list[n.Const]) -> list[n.Stmt]:
        end = n.Assign(n.VarPlace(counter), values[-1], loop.span)
        if not _is_left(loop.body):
            return [*self.rounds(loop.body, counter, values[:-1]), end]
        out: list[n.Stmt] = []
        for value in values[:-1]:
            out.append(n.Assign(n.VarPlace(counter), value, loop.span))
            out += self.rounds(loop.body, counter, [value])
        return [*out, end]

    def in_parts(self, loop: n.Loop, counter: n.Var, count: int, most: int) -> n.Loop:
        """A loop that does several rounds in one, where that lets them run at the same time."""
        (step,) = loop.step
        if not (isinstance(step, n.Assign) and isinstance(step.value, n.Binary) and step.value.op == "add"):
            return loop
        by = step.value.right
        many = next((m for m in (16, 8, _LEAST_PARTS) if m <= most and count % m == 0), 1)
        if not isinstance(by, n.Const) or step.value.left != n.Load(n.VarPlace(counter)) or many == 1:
            return loop
        first, type_ = step.value.left, step.value.type
        starts: list[n.Expr] = [
            first,
            *(n.Binary("add", first, n.Const(type_, by.value * k), type_) for k in range(1, many)),
        ]
        copies = [self.round(loop.body, counter, start) for start in starts]
        body = interleaved(copies, loop.label) if len(loop.body) > 1 else None
        if body is None:
            return loop
        end = replace(step.value, right=n.Const(type_, by.value * many))
        return replace(loop, body=body, step=(replace(step, value=end),))

    def rounds_at_most(self, loop: n.Loop, counter: n.Var) -> int:
        """The rounds of a loop that are written out: few where there is little to be saved."""
        size = max(1, size_of_block(loop.body))
        most = max(1, min(_MOST_ROUNDS, (_MOST_NODES_ASKED if loop.unroll else _MOST_NODES) // size))
        if most == 1 or counts_through(loop.body, counter, self.arrays):
            return most
        inside = tuple(statements(loop.body))
        if any(isinstance(s, n.Loop) for s in inside):
            return 1
        if loop.unroll or not any(map(_stores_to_memory, inside)):
            return most
        return max(1, min(most, _MOST_NODES_STORING // size)) if loads_memory(loop.body) else 1

    def rounds(self, body: n.Block, counter: n.Var, values: Sequence[n.Expr]) -> n.Block:
        copies = [self.round(body, counter, value) for value in values]
        together = None if self.short_only else interleaved(copies, f"{self.copies}")
        return together if together is not None else tuple(stmt for copy in copies for stmt in copy)

    def round(self, body: n.Block, counter: n.Var, value: n.Expr) -> n.Block:
        self.copies += 1
        return Round(body, counter, value, self.copies).block(body)


class Round(Rewriter):
    """One copy of a loop's body, in which the counter is a constant."""

    def __init__(self, body: n.Block, counter: n.Var, value: n.Expr, number: int | str) -> None:
        self.counter, self.value = counter, value
        self.suffix = f".{number}"
        own = {s.var for s in statements(body) if isinstance(s, n.Declare)}
        self.variables = {
            v: n.Var(v.name + self.suffix, v.type, v.space, v.volatile, v.align, None, v.span) for v in own
        }
        self.labels = {s.label for s in statements(body) if isinstance(s, n.Loop | n.Scope)}

    def var(self, var: n.Var) -> n.Var:
        return self.variables.get(var, var)

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace) and expr.place.var is self.counter:
            return self.value
        return expr

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Loop() | n.Scope() | n.Break() | n.Continue() if stmt.label in self.labels:
                return (replace(stmt, label=stmt.label + self.suffix),)
            case _:
                return (stmt,)


@dataclass(frozen=True, slots=True)
class _Start:
    """A loop's counter, the value that it begins with, and what it becomes after each round."""

    counter: n.Var
    value: n.Const
    step: n.Expr


def _start(before: n.Stmt, loop: n.Loop) -> _Start | None:
    """How a loop counts, if nothing but its step changes its counter."""
    if loop.condition is None or loop.unroll == 1 or len(loop.step) != 1 or not is_plain(loop):
        return None
    match before, loop.step[0]:
        case (
            n.Declare(var=counter, init=n.Const() as value)
            | n.Assign(place=n.VarPlace(var=counter), value=n.Const() as value),
            n.Assign(place=n.VarPlace(var=stepped), value=step),
        ) if counter is stepped and counter.space is Space.LOCAL and not counter.volatile and _is_integer(counter):
            pass
        case _:
            return None
    is_changed = any(counter in assigned_variables(s) for s in statements(loop.body))
    return None if is_changed else _Start(counter, value, step)


def _values(start: _Start, loop: n.Loop, most: int) -> list[n.Const] | None:
    """The counter's values, with the one that ends the loop; None where they are not known, or more than ``most``."""
    values = [start.value]
    while len(values) <= most + 1 and loop.condition is not None:
        holds = _computed(loop.condition, start.counter, values[-1])
        if holds is None:
            return None
        if not holds.value:
            return values
        following = _computed(start.step, start.counter, values[-1])
        if following is None:
            return None
        values.append(following)
    return None


def loads_memory(body: n.Block) -> bool:
    """Whether something is loaded that is not in the thread's own variables."""
    return any(
        isinstance(expr, n.Load) and not _is_own(root(expr.place)) for s in statements(body) for expr in expressions(s)
    )


def _is_own(start: n.VarPlace | n.Deref) -> bool:
    return isinstance(start, n.VarPlace) and start.var.space is Space.LOCAL and not start.var.volatile


def _stores_to_memory(stmt: n.Stmt) -> bool:
    """Whether a statement changes what is not a local variable, or waits for threads that do."""
    if isinstance(stmt, n.Assign):
        return not _is_own(root(stmt.place))
    return isinstance(stmt, n.Atomic | n.Barrier)


def _computed(expr: n.Expr, counter: n.Var, value: n.Const) -> n.Const | None:
    """An expression of the counter alone, for one value of it."""
    match expr:
        case n.Const():
            return expr
        case n.Load():
            return value if expr.place == n.VarPlace(counter) else None
        case n.Binary():
            left, right = _computed(expr.left, counter, value), _computed(expr.right, counter, value)
            if left is None or right is None:
                return None
            found = simplified(n.Binary(expr.op, left, right, expr.type, expr.contract))
        case n.Cast():
            operand = _computed(expr.operand, counter, value)
            found = expr if operand is None else simplified(n.Cast(expr.type, operand))
        case _:
            found = simplified(Round((), counter, value, 0).expr(expr))
    return found if isinstance(found, n.Const) else None


def _is_integer(var: n.Var) -> bool:
    return isinstance(var.type, Scalar) and var.type.is_integer


def is_plain(loop: n.Loop) -> bool:
    """Whether a loop is left by its condition only, and all of a round is done."""
    return not any(isinstance(s, n.Break | n.Continue) and s.label == loop.label for s in statements(loop.body))


def _is_left(body: n.Block) -> bool:
    """Whether there are jumps to somewhere else, where the counter may be read."""
    inside = {s.label for s in statements(body) if isinstance(s, n.Loop | n.Scope)}
    return any(isinstance(s, n.Break | n.Continue) and s.label not in inside for s in statements(body))


def changed_variables(body: n.Block) -> set[n.Var]:
    """The variables that a loop's body writes, or may write through an address."""
    found = addressed_variables(body)
    for stmt in statements(body):
        found.update(assigned_variables(stmt))
    return found


def size_of_block(body: n.Block) -> int:
    return sum(1 + sum(1 for _ in expressions(s)) for s in statements(body))
