"""Locals that are names of one value: what a target in single assignment form need not keep in memory."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Scalar, Space, Vector
from cudawasm.ir.walk import assigned_variables, expressions, nested_blocks, root


def single_values(function: n.Function) -> frozenset[n.Var]:
    """Scalars, pointers and vectors that are never changed after their declaration or as parameters.

    Their addresses are not taken, they are read as wholes, and only where the declaration comes before on every way.
    """
    finder = _Finder()
    finder.known = {p for p in function.params if _is_plain(p)}
    finder.block(function.body, set(finder.known))
    return frozenset(finder.known - finder.refused)


def _is_plain(var: n.Var) -> bool:
    return var.space is Space.LOCAL and not var.volatile and isinstance(var.type, Scalar | Pointer | Vector)


class _Finder:
    def __init__(self) -> None:
        self.known: set[n.Var] = set()
        self.refused: set[n.Var] = set()

    def block(self, block: n.Block, seen: set[n.Var]) -> None:
        """``seen``: the variables declared before on every way to here."""
        for stmt in block:
            self.look_at(stmt, seen)
            if isinstance(stmt, n.Declare) and stmt.init is not None and _is_plain(stmt.var):
                if stmt.var in self.known:
                    self.refused.add(stmt.var)
                self.known.add(stmt.var)
                seen.add(stmt.var)
            else:
                self.refused.update(assigned_variables(stmt))
            if isinstance(stmt, n.Loop):
                inside = set(seen)
                self.block(stmt.body, inside)
                self.block(stmt.step, set(seen))
            else:
                for inner in nested_blocks(stmt):
                    self.block(inner, set(seen))

    def look_at(self, stmt: n.Stmt, seen: set[n.Var]) -> None:
        for expr in expressions(stmt):
            if not isinstance(expr, _NAMING):
                continue
            start = root(expr.place)
            if isinstance(start, n.VarPlace):
                whole = isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace | n.Member)
                if not whole or start.var not in seen:
                    self.refused.add(start.var)


_NAMING = (n.Load, n.AddressOf)
