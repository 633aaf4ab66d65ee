"""Use the object itself where a pointer variable only ever names one object."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Space
from cudawasm.ir.walk import (
    Rewriter,
    assigned_variables,
    expressions,
    root,
    statements,
)
from cudawasm.passes.places import capture, simplify_place, strip_pointer_casts


def forward_addresses(module: n.Module) -> n.Module:
    """The module with pointers to named variables replaced by the variables."""
    return replace(module, functions={name: _forward(f) for name, f in module.functions.items()})


def _forward(function: n.Function) -> n.Function:
    chosen = _candidates(function)
    if not chosen:
        return function
    return replace(function, body=_Forwarder(chosen).block(function.body))


def _candidates(function: n.Function) -> set[n.Var]:
    """Pointer locals declared with the address of (a part of) a variable and never changed."""
    found: set[n.Var] = set()
    refused: set[n.Var] = set(function.params)
    for stmt in statements(function.body):
        for var in assigned_variables(stmt):
            if isinstance(stmt, n.Declare) and stmt.init is not None and var not in found:
                is_plain = isinstance(var.type, Pointer) and var.space is Space.LOCAL and not var.volatile
                if is_plain and _names_variable(stmt.init, found):
                    found.add(var)
                    continue
            refused.add(var)
    if found <= refused:
        return set()
    for stmt in statements(function.body):
        for expr in expressions(stmt):
            if isinstance(expr, n.AddressOf) and isinstance(expr.place, n.VarPlace):
                refused.add(expr.place.var)
    return found - refused


def _names_variable(expr: n.Expr, pointers: Collection[n.Var] = ()) -> bool:
    """Whether an expression is the address of (a part of) a variable, given that ``pointers`` are such addresses."""
    inner = strip_pointer_casts(expr)
    if isinstance(inner, n.Load):
        return isinstance(inner.place, n.VarPlace) and inner.place.var in pointers
    if not isinstance(inner, n.AddressOf):
        return False
    start = root(inner.place)
    return isinstance(start, n.VarPlace) or _names_variable(start.ptr, pointers)


class _Forwarder(Rewriter):
    def __init__(self, chosen: set[n.Var]) -> None:
        self.chosen = chosen
        self.values: dict[n.Var, n.AddressOf] = {}

    def leave_place(self, place: n.Place) -> n.Place:
        return simplify_place(place)

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace):
            return self.values.get(expr.place.var, expr)
        return expr

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if not (isinstance(stmt, n.Declare) and stmt.var in self.chosen and stmt.init is not None):
            return (stmt,)
        inner = strip_pointer_casts(stmt.init)
        if not isinstance(inner, n.AddressOf) or not isinstance(root(inner.place), n.VarPlace):
            return (stmt,)  # it points to an object of another type
        place, declared = capture(inner.place, f"{stmt.var.name}.at", stmt.span)
        self.values[stmt.var] = n.AddressOf(place, inner.type)
        return tuple(declared)
