"""What a kernel asks of the way its threads are run."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.analysis.waiting import find_spin, only_reads, spins
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space
from cudawasm.ir.walk import root, statement_expressions, statements, subexpressions
from cudawasm_cpu.codegen.context import refuse


@dataclass(frozen=True, slots=True)
class Needs:
    """``warps``: gangs that are exactly warps. ``one_by_one``: threads that wait for each other must not
    run in lockstep. ``grid_barrier``: all blocks at the same time. ``waits``: some loop waits for another thread."""

    warps: bool
    one_by_one: bool
    grid_barrier: bool
    waits: bool


def kernel_needs(kernel: n.Function) -> Needs:
    """Raises CompileError (E0402) for threads that wait for each other in a kernel with barriers or warps."""
    warps = barrier = grid = False
    for stmt in statements(kernel.body):
        if isinstance(stmt, n.Warp):
            warps = True
        elif isinstance(stmt, n.Barrier):
            barrier = True
            grid = grid or stmt.kind == "grid"
        warps = warps or _looks_at_warps(stmt)
    spinning = find_spin(kernel.body)
    if spinning is not None and not (only_reads(spinning) and (barrier or warps)):
        if barrier or warps:
            raise refuse(
                "E0402", "threads of a warp wait for each other here, in a kernel with barriers or warp operations",
                spinning.span, "take the lock in one thread of the block, or use atomic operations on the data",
            )  # fmt: skip
        return Needs(False, True, grid, True)
    waits = any(isinstance(s, n.Loop) and spins(s) for s in statements(kernel.body))
    return Needs(warps, False, grid, waits)


def _looks_at_warps(stmt: n.Stmt) -> bool:
    """Lane numbers, or volatile shared memory: the idioms of code that counts on lockstep."""
    for expr in statement_expressions(stmt):
        for sub in subexpressions(expr):
            if isinstance(sub, n.Special) and sub.name in ("lane_id", "warp_id"):
                return True
            if isinstance(sub, n.Load) and _is_volatile_shared(sub.place):
                return True
    return isinstance(stmt, n.Assign) and _is_volatile_shared(stmt.place)


def _is_volatile_shared(place: n.Place) -> bool:
    start = root(place)
    if isinstance(start, n.VarPlace):
        return start.var.volatile and start.var.space is Space.SHARED
    return start.volatile and start.ptr.type.space in (Space.SHARED, Space.GENERIC)  # type: ignore[union-attr]
