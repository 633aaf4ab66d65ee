"""Compute what follows from a thread's place in the grid where it is used, so that it need not outlive barriers."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar
from cudawasm.ir.walk import Rewriter, assigned_variables, root, statement_expressions, statements, subexpressions

_LARGEST = 24
"""Nodes of an expression that is still cheaper to compute again than to keep."""


def forward_positions(module: n.Module) -> n.Module:
    """The module with such variables replaced by their values in kernels whose threads meet or take strides."""
    return replace(module, functions={name: _forward(f) for name, f in module.functions.items()})


def _forward(function: n.Function) -> n.Function:
    if not _keeps_values(function):
        return function
    fixed = _assigned_once(function)
    return replace(function, body=_Forwarder(fixed).block(function.body)) if fixed else function


def _keeps_values(function: n.Function) -> bool:
    for stmt in statements(function.body):
        if isinstance(stmt, n.Barrier):
            return True
        for expr in statement_expressions(stmt):
            if any(isinstance(s, n.Special) and s.name.startswith("grid_dim") for s in subexpressions(expr)):
                return True
    return False


def _assigned_once(function: n.Function) -> set[n.Var]:
    """Scalar locals that have one value from their declaration on, and parameters that keep theirs."""
    found: set[n.Var] = {p for p in function.params if isinstance(p.type, Scalar)}
    changed: set[n.Var] = set()
    for stmt in statements(function.body):
        for var in assigned_variables(stmt):
            if isinstance(stmt, n.Declare) and stmt.init is not None and isinstance(var.type, Scalar):
                changed |= {var} & found
                found.add(var)
            else:
                changed.add(var)
        for expr in statement_expressions(stmt):
            for sub in subexpressions(expr):
                if isinstance(sub, n.AddressOf):
                    start = root(sub.place)
                    changed |= {start.var} if isinstance(start, n.VarPlace) else set()
    return found - changed


class _Forwarder(Rewriter):
    def __init__(self, fixed: set[n.Var]) -> None:
        self.fixed = fixed
        self.values: dict[n.Var, n.Expr] = {}

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace):
            return self.values.get(expr.place.var, expr)
        return expr

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if not (isinstance(stmt, n.Declare) and stmt.var in self.fixed and stmt.init is not None):
            return (stmt,)
        if not self.is_position(stmt.init):
            self.fixed.discard(stmt.var)
            return (stmt,)
        self.values[stmt.var] = stmt.init
        return ()

    def is_position(self, expr: n.Expr) -> bool:
        """Whether an expression is integer arithmetic on launch values and parameters that cannot fail."""
        parts = list(subexpressions(expr))
        return len(parts) <= _LARGEST and all(self.is_launch_value(part) for part in parts)

    def is_launch_value(self, expr: n.Expr) -> bool:
        match expr:
            case n.Const() | n.Special():
                return isinstance(expr.type, Scalar) and expr.type.is_integer
            case n.Load(place=n.VarPlace(var=var)):
                return (
                    var in self.fixed
                    and var not in self.values
                    and isinstance(var.type, Scalar)
                    and var.type.is_integer
                )
            case n.Binary(op="div" | "rem"):
                return isinstance(expr.right, n.Const) and expr.right.value != 0
            case n.Binary() | n.Cast() | n.Unary():
                return isinstance(expr.type, Scalar) and expr.type.is_integer
            case _:
                return False
