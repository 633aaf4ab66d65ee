"""Do several rounds of a counted loop for each test of its condition.

nvcc does this and many drivers do not, although loads of several rounds at once are what hides the latency of memory.
"""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, I64, U32, Space
from cudawasm.ir.walk import BlockRewriter, addressed_variables, root, statements, subexpressions
from cudawasm.passes.simplify import simplified
from cudawasm.passes.unroll_loops import Round, changed_variables, is_plain, loads_memory, size_of_block

_ROUNDS = 4
_MOST_NODES = 600
"""Expressions in all rounds together."""


def repeat_rounds(module: n.Module) -> n.Module:
    """The module in which innermost loops that load memory and add something to a counter are tested less often.

    Loops from one constant to another are left as they are: drivers know what to do with them.
    """
    functions = {
        name: replace(f, body=_Repeater(addressed_variables(f.body)).block(f.body))
        for name, f in module.functions.items()
    }
    return replace(module, functions=functions)


class _Repeater(BlockRewriter):
    """``addressed`` are variables that may change through pointers."""

    def __init__(self, addressed: set[n.Var]) -> None:
        self.addressed = addressed
        self.copies = 0

    def block(self, block: n.Block) -> n.Block:
        new = super().block(block)
        out: list[n.Stmt] = []
        for stmt in new:
            before = out[-1] if out else None
            step = _step(stmt, before, self.addressed) if isinstance(stmt, n.Loop) else None
            out += (stmt,) if step is None or not isinstance(stmt, n.Loop) else self.repeated(stmt, step)
        return new if len(out) == len(new) else tuple(out)

    def repeated(self, loop: n.Loop, step: n.Expr) -> n.Block:
        """A loop of several rounds before one for what is left."""
        condition = loop.condition
        assert isinstance(condition, n.Binary)
        assert isinstance(condition.left, n.Load)
        assert isinstance(condition.left.place, n.VarPlace)
        counter, var = condition.left, condition.left.place.var
        type_ = counter.type
        body: list[n.Stmt] = []
        for i in range(_ROUNDS):
            self.copies += 1
            distance = simplified(n.Binary("mul", step, n.Const(type_, i), type_))
            value = simplified(n.Binary("add", counter, distance, type_))
            body += Round(loop.body, var, value, f"{self.copies}.round").block(loop.body)
        whole = simplified(n.Binary("mul", step, n.Const(type_, _ROUNDS), type_))
        ahead = n.Assign(n.VarPlace(var), n.Binary("add", counter, whole, type_), loop.span)
        many = n.Loop(f"{loop.label}.many", _has_many(condition, step), tuple(body), (ahead,), 1, loop.span)
        return many, replace(loop, unroll=1)


def _step(loop: n.Loop, before: n.Stmt | None, addressed: set[n.Var]) -> n.Expr | None:
    """What is added to the counter of a loop that can be repeated; None for another loop."""
    condition = loop.condition
    if loop.unroll == 1 or len(loop.step) != 1 or not isinstance(condition, n.Binary) or condition.op != "lt":
        return None
    last, counter = loop.step[0], condition.left
    if not (isinstance(last, n.Assign) and isinstance(last.place, n.VarPlace) and counter == n.Load(last.place)):
        return None
    if counter.type not in (I32, U32):
        return None
    following = _with_other_sign(last.value)
    if not (isinstance(following, n.Binary) and following.op == "add"):
        return None
    left, right = _with_other_sign(following.left), _with_other_sign(following.right)
    step = following.right if left == counter else following.left if right == counter else None
    if step is None or not _may_repeat(loop) or (_starts_with_constant(before) and _is_constant(condition.right)):
        return None
    changed_in_body = addressed | changed_variables(loop.body)
    changed = changed_in_body | changed_variables(loop.step)
    if not _stays(counter, changed_in_body) or not all(_stays(e, changed) for e in (step, condition.right)):
        return None
    return simplified(n.Cast(counter.type, step))


def _with_other_sign(expr: n.Expr) -> n.Expr:
    """An integer of 32 bits before it was taken for one with or without a sign."""
    if isinstance(expr, n.Cast) and expr.type in (I32, U32) and expr.operand.type in (I32, U32):
        return expr.operand
    return expr


def _starts_with_constant(before: n.Stmt | None) -> bool:
    match before:
        case n.Declare(init=n.Const()) | n.Assign(value=n.Const()):
            return True
        case _:
            return False


def _is_constant(expr: n.Expr) -> bool:
    return isinstance(expr, n.Const)


def _may_repeat(loop: n.Loop) -> bool:
    """Whether copies of a loop's body do the same and are worth their place."""
    if not is_plain(loop) or any(isinstance(s, _NOT_REPEATED) for s in statements(loop.body)):
        return False
    return loads_memory(loop.body) and _ROUNDS * size_of_block(loop.body) <= _MOST_NODES


_NOT_REPEATED = (n.Loop, n.Barrier, n.Warp, n.Scope, n.Switch, n.Return)


def _stays(expr: n.Expr, changed: set[n.Var]) -> bool:
    """Whether a value depends on nothing but variables that do not change."""
    for inner in subexpressions(expr):
        if isinstance(inner, n.AddressOf):
            return False
        if isinstance(inner, n.Load):
            start = root(inner.place)
            if not isinstance(start, n.VarPlace) or start.var in changed or not _is_own(start.var):
                return False
    return True


def _is_own(var: n.Var) -> bool:
    return var.space is Space.LOCAL and not var.volatile


def _has_many(condition: n.Binary, step: n.Expr) -> n.Expr:
    """Whether there are rounds for all copies: the step is positive and the last one's counter within the limit."""
    wide_step, limit = n.Cast(I64, step), n.Cast(I64, condition.right)
    reach = n.Binary("mul", wide_step, n.Const(I64, _ROUNDS - 1), I64)
    bound = n.Binary("sub", limit, reach, I64)
    fits = n.Binary("lt", n.Cast(I64, condition.left), simplified(bound), BOOL)
    if isinstance(step, n.Const):
        return fits if step.value > 0 else n.Const(BOOL, False)
    return n.Binary("and", n.Binary("gt", wide_step, n.Const(I64, 0), BOOL), fits, BOOL)
