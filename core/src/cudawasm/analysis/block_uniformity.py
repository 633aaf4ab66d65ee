"""Which values and jumps are the same for all threads of a block, as far as a look at the kernel alone tells.

Threads that have returned do not count. Whatever is read from memory may differ.
"""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space
from cudawasm.ir.walk import (
    assigned_variables,
    nested_blocks,
    operands,
    root,
    statement_expressions,
    statements,
    subexpressions,
)  # fmt: skip

_SAME = ("block_idx", "block_dim", "grid_dim", "dynamic_shared")


class BlockUniformity:
    """Facts on one kernel.

    ``everyone`` asks for more: that a value is also the same in threads that have returned, where those go on through
    barriers and what is uniform but skip the rest.
    """

    def __init__(self, kernel: n.Function, everyone: bool):
        self.everyone = everyone
        self.varying: set[n.Var] = set()
        self.split_labels: set[str] = set()
        """Labels that some threads of a block jump to and others do not."""
        self._mark_pointed_at(kernel)
        while True:
            before = len(self.varying), len(self.split_labels)
            self._block(kernel.body, False, ())
            if before == (len(self.varying), len(self.split_labels)):
                return

    def is_uniform(self, expr: n.Expr) -> bool:
        """Whether an expression has one value for the whole block."""
        match expr:
            case n.Special():
                return expr.name.startswith(_SAME)
            case n.Load():
                start = root(expr.place)
                if not isinstance(start, n.VarPlace) or start.var.space is not Space.LOCAL or start.var.volatile:
                    return False
                return start.var not in self.varying and all(self.is_uniform(e) for e in operands(expr))
            case n.AddressOf():
                return False
            case _:
                return all(self.is_uniform(e) for e in operands(expr))

    def _mark_pointed_at(self, kernel: n.Function) -> None:
        for stmt in statements(kernel.body):
            for expr in statement_expressions(stmt):
                for inner in subexpressions(expr):
                    if isinstance(inner, n.AddressOf):
                        start = root(inner.place)
                        if isinstance(start, n.VarPlace):
                            self.varying.add(start.var)

    def _block(self, block: n.Block, split: bool, labels: tuple[str, ...]) -> None:
        for stmt in block:
            self._statement(stmt, split, labels)

    def _statement(self, stmt: n.Stmt, split: bool, labels: tuple[str, ...]) -> None:
        match stmt:
            case n.Declare() | n.Assign():
                self._assignment(stmt, split)
                return
            case n.Break() | n.Continue():
                if split and stmt.label in labels:
                    self.split_labels.update(labels[labels.index(stmt.label) :])
                return
            case n.Loop():
                split = split or stmt.label in self.split_labels
                split = split or (stmt.condition is not None and not self.is_uniform(stmt.condition))
                labels = (*labels, stmt.label)
            case n.Scope():
                split = split or stmt.label in self.split_labels
                labels = (*labels, stmt.label)
            case n.If():
                split = split or not self.is_uniform(stmt.condition)
            case n.Switch():
                split = split or not self.is_uniform(stmt.selector)
            case _:
                self.varying.update(assigned_variables(stmt))
                return
        if self.everyone and self._is_skipped(stmt):
            for inner in statements((stmt,)):
                self.varying.update(assigned_variables(inner))
        for block in nested_blocks(stmt):
            self._block(block, split, labels)

    def _is_skipped(self, stmt: n.Stmt) -> bool:
        """Whether threads that have returned do not go through a statement as the others do."""
        inside = list(statements((stmt,)))
        if not any(isinstance(s, n.Barrier) for s in inside):
            return True
        label = getattr(stmt, "label", None)
        return label is not None and any(isinstance(s, n.Break | n.Continue) and s.label == label for s in inside)

    def _assignment(self, stmt: n.Declare | n.Assign, split: bool) -> None:
        if isinstance(stmt, n.Declare):
            if stmt.init is not None and (split or not self.is_uniform(stmt.init)):
                self.varying.add(stmt.var)
            return
        start = root(stmt.place)
        if not isinstance(start, n.VarPlace):
            return
        if split or not isinstance(stmt.place, n.VarPlace) or not self.is_uniform(stmt.value):
            self.varying.add(start.var)
