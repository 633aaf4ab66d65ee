"""Conditions on the way to barriers, which Tint must be able to prove the same for all threads of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cudawasm.analysis.block_uniformity import BlockUniformity
from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements


class Meeting:
    """Facts on one kernel; none are looked for where the compiler asks for no proof."""

    def __init__(self, kernel: n.Function, proves: bool):
        self.meets = proves and any(isinstance(s, n.Barrier) for s in statements(kernel.body))
        self.uniformity = BlockUniformity(kernel, everyone=False) if self.meets else None
        self.loops: list[str] = []

    @contextmanager
    def inside(self, loop: n.Loop) -> Iterator[None]:
        self.loops.append(loop.label)
        yield
        self.loops.pop()

    def is_met_in(self, stmt: n.Stmt) -> bool:
        return self.meets and any(isinstance(s, n.Barrier) for s in statements((stmt,)))

    def exits_differ(self, loop: n.Loop) -> bool:
        """Whether threads meet in a loop that they do not all leave together, as far as can be proved."""
        if self.uniformity is None or not self.is_met_in(loop):
            return False
        if loop.condition is not None and not self.uniformity.is_uniform(loop.condition):
            return True
        return any(isinstance(s, n.Break | n.Continue) and s.label == loop.label for s in statements((loop,)))

    def must_agree(self, stmt: n.If | n.Loop, condition: n.Expr) -> bool:
        """Whether threads meet in a statement, or after it if they do not leave there, and no proof is at hand."""
        if self.uniformity is None or self.uniformity.is_uniform(condition):
            return False
        return self.is_met_in(stmt) or any(self._leaves(s) for s in statements((stmt,)))

    def _leaves(self, stmt: n.Stmt) -> bool:
        return isinstance(stmt, n.Return) or (isinstance(stmt, n.Break | n.Continue) and stmt.label in self.loops)
