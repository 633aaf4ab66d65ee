"""Loops in which a thread waits for another thread: locks, and flags that are read until they change."""

from __future__ import annotations

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.walk import (
    assigned_variables,
    nested_blocks,
    root,
    statement_expressions,
    statements,
    subexpressions,
)


def find_spin(block: n.Block) -> n.Loop | None:
    """A loop that only another thread's write can end, and that many threads of a block may run.

    Under a test for equality (``threadIdx.x == 0``) one thread waits for other blocks, which go on.
    """
    for stmt in block:
        if isinstance(stmt, n.Loop) and spins(stmt):
            return stmt
        blocks = nested_blocks(stmt)
        if isinstance(stmt, n.If) and _tests_equality(stmt.condition):
            blocks = (stmt.otherwise,)
        for inner in blocks:
            found = find_spin(inner)
            if found is not None:
                return found
    return None


def _tests_equality(expr: n.Expr) -> bool:
    return any(isinstance(s, n.Binary) and s.op == "eq" for s in subexpressions(expr))


def refuse_waiting(kernel: n.Function) -> None:
    """Raises UnsupportedFeature (E0402) where threads of a block wait for each other other than by barriers.

    A flag that another thread of the block sets never changes where its threads run one after the other. Locks may be
    waited for: whoever holds one comes to its end first, unless barriers or warps stop it there.
    """
    loop = find_spin(kernel.body)
    meets = any(isinstance(s, n.Barrier | n.Warp) for s in statements(kernel.body))
    if loop is not None and (meets or only_reads(loop)):
        raise UnsupportedFeature(
            [Diagnostic("E0402", "threads wait for each other here, and the device may run them one by one", loop.span,
                        "wait in one thread of the block, for other blocks")]
        )  # fmt: skip


def only_reads(loop: n.Loop) -> bool:
    """Waiting by reading, for what lower blocks write: in order even when lanes are in lockstep."""
    return not any(isinstance(s, n.Atomic) for s in statements((*loop.body, *loop.step)))


def spins(loop: n.Loop) -> bool:
    """Whether all exits depend on an atomic exchange's result or a volatile read, and it waits for it.

    A compare-and-swap loop that computes a new value from the old one (an atomic update) makes progress
    in lockstep, since one lane always wins and all reload; a lock does not, since the winner waits for the loop's
    others before it can release.
    """
    inside = list(statements((*loop.body, *loop.step)))
    polled: set[n.Var] = set()
    for stmt in inside:
        if isinstance(stmt, n.Atomic) and stmt.result is not None and _is_lock(stmt):
            polled.add(stmt.result)
    if not polled:
        return loop.condition is not None and not inside and _reads_volatile(loop.condition)
    grown = True
    while grown:
        grown = False
        for stmt in inside:
            if isinstance(stmt, n.Declare | n.Assign) and _mentions(stmt, polled):
                for var in assigned_variables(stmt):
                    if var not in polled:
                        polled.add(var)
                        grown = True
    exits = [loop.condition] if loop.condition is not None else []
    exits += _exit_conditions((*loop.body, *loop.step), loop.label)
    return bool(exits) and all(_expr_mentions(e, polled) or isinstance(e, n.Const) for e in exits)


def _is_lock(stmt: n.Atomic) -> bool:
    """Exchange, or compare-and-swap between constants: the shape of taking a lock."""
    if stmt.op == "exch":
        return all(isinstance(a, n.Const) for a in stmt.args)
    return stmt.op == "cas" and all(isinstance(a, n.Const) for a in stmt.args)


def _reads_volatile(expr: n.Expr) -> bool:
    for sub in subexpressions(expr):
        if isinstance(sub, n.Load):
            start = root(sub.place)
            if isinstance(start, n.Deref) and start.volatile:
                return True
            if isinstance(start, n.VarPlace) and start.var.volatile:
                return True
    return False


def _mentions(stmt: n.Stmt, variables: set[n.Var]) -> bool:
    return any(_expr_mentions(e, variables) for e in statement_expressions(stmt))


def _expr_mentions(expr: n.Expr, variables: set[n.Var]) -> bool:
    for sub in subexpressions(expr):
        if isinstance(sub, n.Load):
            start = root(sub.place)
            if isinstance(start, n.VarPlace) and start.var in variables:
                return True
    return False


def _exit_conditions(block: n.Block, label: str, outer: tuple[n.Expr, ...] = ()) -> list[n.Expr]:
    """For each jump out of a loop, the innermost condition that it depends on."""
    found: list[n.Expr] = []
    for stmt in block:
        if (isinstance(stmt, n.Break) and stmt.label == label) or isinstance(stmt, n.Return):
            found += outer[-1:]
        extra = (stmt.condition,) if isinstance(stmt, n.If) else ()
        for inner in nested_blocks(stmt):
            found += _exit_conditions(inner, label, (*outer, *extra))
    return found
