"""Through which of its pointer parameters a kernel may write."""

from __future__ import annotations

from cudawasm.analysis.pointees import Pointees
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Space
from cudawasm.ir.walk import root, statements


def written_parameters(kernel: n.Function) -> frozenset[str]:
    """Their names, for a kernel that calls no functions; all pointers where one is of unknown origin."""
    pointees = Pointees(kernel, tuple(Space))
    pointers = frozenset(p.name for p in kernel.params if isinstance(p.type, Pointer))
    if pointees.has_unknown or not pointers.isdisjoint(var.name for var in pointees.exposed & pointees.params):
        return pointers  # a parameter whose address is taken may be changed, or read, by another name
    written: set[str] = set()
    for stmt in statements(kernel.body):
        if isinstance(stmt, n.Assign | n.Atomic):
            start = root(stmt.place)
            if isinstance(start, n.Deref):
                written |= {var.name for var in pointees.of(start.ptr)}
    return pointers & written
