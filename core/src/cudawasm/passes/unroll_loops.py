"""Repeat the bodies of counted loops: of short ones as often as they run, of others a few times for each test.

nvcc does this and many drivers do not, although loads of several rounds at once are what hides the latency of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, I64, U32, Scalar, Space
from cudawasm.ir.walk import (
    Rewriter,
    assigned_variables,
    root,
    statement_expressions,
    statements,
    subexpressions,
)
from cudawasm.passes.simplify import simplified

_MOST_ROUNDS = 32
"""Of a loop that disappears."""
_MOST_NODES = 1500
"""Expressions in all copies of a body together."""
_COPIES = 4
"""Of a body whose number of rounds is not known or large."""


def unroll_loops(module: n.Module) -> n.Module:
    """The module with innermost counted loops unrolled, unless the program forbids that."""
    functions = {name: replace(f, body=_Unroller().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A loop that changes ``counter`` in its step only, and is left by its condition only."""

    loop: n.Loop
    counter: n.Var
    condition: n.Binary
    next: n.Expr


def _counted(loop: n.Loop) -> _Counted | None:
    condition, step = loop.condition, loop.step
    if not (isinstance(condition, n.Binary) and condition.op in n.COMPARISONS and len(step) == 1):
        return None
    (last,), left = step, condition.left
    if not (isinstance(last, n.Assign) and isinstance(last.place, n.VarPlace) and left == n.Load(last.place)):
        return None
    counter = last.place.var
    if counter.space is not Space.LOCAL or counter.volatile:
        return None
    if not (isinstance(counter.type, Scalar) and counter.type.is_integer):
        return None
    if any(_changes(stmt, counter) or _jumps(stmt, loop.label) for stmt in statements(loop.body)):
        return None
    return _Counted(loop, counter, condition, last.value)


def _changes(stmt: n.Stmt, var: n.Var) -> bool:
    if var in assigned_variables(stmt):
        return True
    inner = (e for outer in statement_expressions(stmt) for e in subexpressions(outer))
    return any(isinstance(e, n.AddressOf) and root(e.place) == n.VarPlace(var) for e in inner)


def _jumps(stmt: n.Stmt, label: str) -> bool:
    return isinstance(stmt, n.Return) or (isinstance(stmt, n.Break | n.Continue) and stmt.label == label)


class _Unroller(Rewriter):
    def __init__(self) -> None:
        self.copies = 0

    def block(self, block: n.Block) -> n.Block:
        new = super().block(block)
        out: list[n.Stmt] = []
        for stmt in new:
            out += self.unrolled(stmt, _start(out)) if isinstance(stmt, n.Loop) and stmt.unroll != 1 else (stmt,)
        return new if len(out) == len(new) and all(a is b for a, b in zip(out, new, strict=True)) else tuple(out)

    def unrolled(self, loop: n.Loop, start: tuple[n.Var, int] | None) -> n.Block:
        counted = _counted(loop)
        if counted is None:
            return (loop,)
        if start is not None and start[0] is counted.counter:
            rounds = _rounds(counted, start[1])
            if rounds is not None and len(rounds) * _size(loop.body) <= _MOST_NODES:
                return self.whole(counted, rounds)
            if rounds is not None or isinstance(counted.condition.right, n.Const):
                return (loop,)
        return self.partly(counted)

    def whole(self, counted: _Counted, rounds: list[int]) -> n.Block:
        """What a loop does when its counter has these values, the last of which ends it."""
        type_ = counted.counter.type
        out: list[n.Stmt] = []
        for value in rounds[:-1]:
            out += self.copy(counted, n.Const(type_, value))
        return (*out, n.Assign(n.VarPlace(counted.counter), n.Const(type_, rounds[-1]), counted.loop.span))

    def partly(self, counted: _Counted) -> n.Block:
        """A loop that does several rounds for each test, before one for what is left."""
        loop = counted.loop
        step = _step(counted)
        if step is None or _COPIES * _size(loop.body) > _MOST_NODES or not _may_repeat(loop.body):
            return (loop,)
        counter = n.Load(n.VarPlace(counted.counter))
        type_ = counted.counter.type
        body: list[n.Stmt] = []
        for i in range(_COPIES):
            distance = simplified(n.Binary("mul", step, n.Const(type_, i), type_))
            body += self.copy(counted, simplified(n.Binary("add", counter, distance, type_)))
        whole = simplified(n.Binary("mul", step, n.Const(type_, _COPIES), type_))
        ahead = n.Assign(n.VarPlace(counted.counter), n.Binary("add", counter, whole, type_), loop.span)
        many = n.Loop(f"{loop.label}.many", _has_many(counted, step), tuple(body), (ahead,), 1, loop.span)
        return (many, replace(loop, unroll=1))

    def copy(self, counted: _Counted, value: n.Expr) -> n.Block:
        self.copies += 1
        return _Copier(counted.counter, value, self.copies).block(counted.loop.body)


class _Copier(Rewriter):
    """Copies statements with variables and labels of their own, and a value for the counter."""

    def __init__(self, counter: n.Var, value: n.Expr, number: int):
        self.counter, self.value, self.number = counter, value, number
        self.own: dict[n.Var, n.Var] = {}

    def var(self, var: n.Var) -> n.Var:
        return self.own.get(var, var)

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and expr.place == n.VarPlace(self.counter):
            return self.value
        return simplified(expr)

    def stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if stmt.var.space is Space.LOCAL:
                self.own[stmt.var] = replace(stmt.var, name=f"{stmt.var.name}.{self.number}")
            case n.Loop() | n.Scope() | n.Break() | n.Continue():
                stmt = replace(stmt, label=f"{stmt.label}.{self.number}")
            case _:
                pass
        return super().stmt(stmt)


def _start(before: list[n.Stmt]) -> tuple[n.Var, int] | None:
    """The variable that has just been given a constant, and its value."""
    match before[-1] if before else None:
        case n.Declare(var=var, init=n.Const(value=value)):
            return var, int(value)
        case n.Assign(place=n.VarPlace(var), value=n.Const(value=value)):
            return var, int(value)
        case _:
            return None


def _rounds(counted: _Counted, start: int) -> list[int] | None:
    """The values that a loop's counter takes, with the one that ends it; None for too many or unknown ones."""
    values = [start]
    for _ in range(_MOST_ROUNDS + 1):
        now = _Copier(counted.counter, n.Const(counted.counter.type, values[-1]), 0)
        holds, following = now.expr(counted.condition), now.expr(counted.next)
        if not (isinstance(holds, n.Const) and isinstance(following, n.Const)):
            return None
        if not holds.value:
            return values
        values.append(int(following.value))
    return None


def _step(counted: _Counted) -> n.Expr | None:
    """What is added to the counter of a loop that counts up to a limit, if both stay the same."""
    counter, condition, following = n.Load(n.VarPlace(counted.counter)), counted.condition, counted.next
    if condition.op != "lt" or getattr(counter.type, "bits", 0) != 32:
        return None
    following = _with_other_sign(following)
    if not (isinstance(following, n.Binary) and following.op == "add"):
        return None
    left, right = _with_other_sign(following.left), _with_other_sign(following.right)
    step = following.right if left == counter else following.left if right == counter else None
    changed = {v for s in statements(counted.loop.body) for v in assigned_variables(s)} | {counted.counter}
    if step is None or not all(_stays(e, changed) for e in (step, condition.right)):
        return None
    return simplified(n.Cast(counter.type, step))


def _with_other_sign(expr: n.Expr) -> n.Expr:
    """An integer of 32 bits before it was taken for one with or without a sign."""
    if isinstance(expr, n.Cast) and expr.type in (I32, U32) and expr.operand.type in (I32, U32):
        return expr.operand
    return expr


def _stays(expr: n.Expr, changed: set[n.Var]) -> bool:
    """Whether a value is the same in each round of a loop."""
    for inner in subexpressions(expr):
        if isinstance(inner, n.AddressOf):
            return False
        if isinstance(inner, n.Load):
            start = root(inner.place)
            if not isinstance(start, n.VarPlace) or start.var in changed or start.var.space is not Space.LOCAL:
                return False
    return True


def _has_many(counted: _Counted, step: n.Expr) -> n.Expr:
    """Whether there are rounds for all copies: the step is positive and the last one's counter within the limit."""
    wide_step, limit = n.Cast(I64, step), n.Cast(I64, counted.condition.right)
    reach = n.Binary("mul", wide_step, n.Const(I64, _COPIES - 1), I64)
    bound = n.Binary("sub", limit, reach, I64)
    fits = n.Binary("lt", n.Cast(I64, counted.condition.left), simplified(bound), BOOL)
    if isinstance(step, n.Const):
        return fits if step.value > 0 else n.Const(BOOL, False)
    return n.Binary("and", n.Binary("gt", wide_step, n.Const(I64, 0), BOOL), fits, BOOL)


def _may_repeat(body: n.Block) -> bool:
    """Whether copies of a body are worth their place."""
    return not any(isinstance(s, n.Loop | n.Barrier | n.Warp | n.Scope | n.Switch) for s in statements(body))


def _size(block: n.Block) -> int:
    return sum(1 for stmt in statements(block) for _ in _expressions(stmt))


def _expressions(stmt: n.Stmt) -> Iterator[n.Expr]:
    for outer in statement_expressions(stmt):
        yield from subexpressions(outer)
