"""A rewriter whose expressions may need statements before the one that they are in."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import Rewriter


class Hoister(Rewriter):
    """``before`` collects what the statement being rewritten needs first; both arms of a choice may be evaluated."""

    def __init__(self) -> None:
        self.before: list[n.Stmt] = []

    def stmt(self, stmt: n.Stmt) -> n.Block:
        outer, self.before = self.before, []
        new = self._loop(stmt) if isinstance(stmt, n.Loop) else self.rewritten(stmt)
        result = (*self.before, *new)
        self.before = outer
        return result

    def rewritten(self, stmt: n.Stmt) -> n.Block:
        """What a statement becomes, without what ``before`` has."""
        return super().stmt(stmt)

    def _loop(self, loop: n.Loop) -> n.Block:
        """A loop's condition is evaluated each time round, and so is what it needs."""
        condition = None if loop.condition is None else self.expr(loop.condition)
        head, self.before = self.before, []
        body, step = self.block(loop.body), self.block(loop.step)
        if head and condition is not None:
            leave = n.If(n.Unary("not", condition), (n.Break(loop.label),))
            return (replace(loop, condition=None, body=(*head, leave, *body), step=step),)
        return (replace(loop, condition=condition, body=body, step=step),)
