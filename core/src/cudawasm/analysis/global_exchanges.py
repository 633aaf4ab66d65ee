"""Whether threads of a kernel tell each other things through global memory."""

from __future__ import annotations

from collections.abc import Iterator

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import expressions, nested_blocks, root, statements


def exchanges_globally(function: n.Function) -> bool:
    """Whether a kernel writes global memory before a barrier, has fences, or accesses volatile memory.

    Without any of these no thread can know that another has written, other than by atomic operations.
    """
    if any(isinstance(s, n.Fence) for s in statements(function.body)) or _has_volatile(function):
        return True
    return _Order().block(function.body)


def _has_volatile(function: n.Function) -> bool:
    starts = (root(p) for s in statements(function.body) for p in _places(s))
    return any(s.volatile if isinstance(s, n.Deref) else s.var.volatile for s in starts)


def _places(stmt: n.Stmt) -> Iterator[n.Place]:
    if isinstance(stmt, n.Assign | n.Atomic):
        yield stmt.place
    for expr in expressions(stmt):
        if isinstance(expr, n.Load):
            yield expr.place


class _Order:
    """``wrote``: whether global memory may have been written on the way to here."""

    def __init__(self) -> None:
        self.wrote = False

    def block(self, block: n.Block) -> bool:
        """Whether a barrier in a block may come after a write."""
        return any(self.stmt(stmt) for stmt in block)

    def stmt(self, stmt: n.Stmt) -> bool:
        if isinstance(stmt, n.Barrier | n.Warp) and self.wrote:
            return True
        if isinstance(stmt, n.Assign | n.Atomic) and isinstance(root(stmt.place), n.Deref):
            self.wrote = True
        if isinstance(stmt, n.Loop):
            return self.block((*stmt.body, *stmt.step)) or self.block((*stmt.body, *stmt.step))
        return any(self.block(inner) for inner in nested_blocks(stmt))
