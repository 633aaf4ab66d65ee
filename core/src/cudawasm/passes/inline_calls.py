"""Replace calls by the bodies of device functions, so that kernels stand alone.

Pointer parameters that the callee never changes and that point to a named object are replaced by that object:
references, ``this`` and captures then cost nothing.
"""

from __future__ import annotations

from dataclasses import replace

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Space
from cudawasm.ir.walk import (
    Rewriter,
    assigned_variables,
    root,
    statement_expressions,
    statements,
    subexpressions,
)  # fmt: skip
from cudawasm.passes.places import capture, simplify_place


def inline_calls(module: n.Module) -> n.Module:
    """The module with calls inlined, reduced to its kernels.

    Raises UnsupportedFeature (E0401) for recursion.
    """
    inliner = _Inliner(module)
    kernels = {f.name: inliner.function(f.name) for f in module.kernels}
    return replace(module, functions=kernels)


class _Inliner:
    def __init__(self, module: n.Module) -> None:
        self.module = module
        self.done: dict[str, n.Function] = {}
        self.active: list[str] = []
        self.copies = 0

    def function(self, name: str) -> n.Function:
        """A function with all calls in it inlined."""
        if name not in self.done:
            function = self.module.functions[name]
            self.active.append(name)
            self.done[name] = replace(function, body=self.block(function.body))
            self.active.pop()
        return self.done[name]

    def block(self, block: n.Block) -> n.Block:
        out: list[n.Stmt] = []
        for stmt in block:
            match stmt:
                case n.Call():
                    out.extend(self.call(stmt))
                case n.If():
                    out.append(replace(stmt, then=self.block(stmt.then), otherwise=self.block(stmt.otherwise)))
                case n.Loop():
                    out.append(replace(stmt, body=self.block(stmt.body), step=self.block(stmt.step)))
                case n.Switch():
                    cases = tuple(replace(c, body=self.block(c.body)) for c in stmt.cases)
                    out.append(replace(stmt, cases=cases, default=self.block(stmt.default)))
                case n.Scope():
                    out.append(replace(stmt, body=self.block(stmt.body)))
                case _:
                    out.append(stmt)
        return tuple(out)

    def call(self, stmt: n.Call) -> n.Block:
        if stmt.function in self.active:
            name = self.module.functions[stmt.function].display or stmt.function
            raise UnsupportedFeature([Diagnostic("E0401", f"{name} calls itself, directly or through others", stmt.span,
                                           "rewrite the recursion as a loop with an explicit stack")])  # fmt: skip
        callee = self.function(stmt.function)
        self.copies += 1
        return _Copy(callee, self.copies).expand(stmt)


class _Copy(Rewriter):
    """One copy of a callee's body."""

    def __init__(self, callee: n.Function, number: int) -> None:
        self.callee = callee
        self.suffix = f".{number}"
        self.variables: dict[n.Var, n.Var] = {}
        self.values: dict[n.Var, n.Expr] = {}
        self.label = f"return{self.suffix}"
        self.result: n.Var | None = None
        self.labels: dict[str, str] = {}

    def expand(self, call: n.Call) -> n.Block:
        out: list[n.Stmt] = []
        fixed = _never_written(self.callee)
        for param, arg in zip(self.callee.params, call.args, strict=True):
            substitute = self.substitute(arg, out, call) if param in fixed else None
            if substitute is not None:
                self.values[param] = substitute
            else:
                out.append(n.Declare(self.var(param), arg, call.span))
        self.result = call.result
        body, jumps = self.callee.body, _early_returns(self.callee.body)
        if jumps:
            out.append(n.Scope(self.label, self.block(body), call.span))
        else:
            out.extend(self.block(body))
        return tuple(out)

    def substitute(self, arg: n.Expr, out: list[n.Stmt], call: n.Call) -> n.Expr | None:
        """What can stand for a parameter everywhere, or None."""
        if isinstance(arg, n.Const):
            return arg
        inner: n.Expr = arg
        while isinstance(inner, n.Cast) and isinstance(inner.type, Pointer) and isinstance(inner.operand.type, Pointer):
            if inner.type.pointee != inner.operand.type.pointee:
                return None
            inner = inner.operand
        if isinstance(inner, n.AddressOf):
            place, declared = capture(inner.place, f"at{self.suffix}.{len(out)}", call.span)
            out.extend(declared)
            return n.AddressOf(place, inner.type)
        return None

    def var(self, var: n.Var) -> n.Var:
        if var.space is not Space.LOCAL:
            return var
        if var not in self.variables:
            self.variables[var] = n.Var(
                var.name + self.suffix, var.type, var.space, var.volatile, var.align, None, var.span
            )
        return self.variables[var]

    def expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace) and expr.place.var in self.values:
            return self.values[expr.place.var]
        return super().expr(expr)

    def leave_place(self, place: n.Place) -> n.Place:
        return simplify_place(place)

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Return():
                out: list[n.Stmt] = []
                if stmt.value is not None and self.result is not None:
                    out.append(n.Assign(n.VarPlace(self.result), stmt.value, stmt.span))
                if _early_returns(self.callee.body):
                    out.append(n.Break(self.label, stmt.span))
                return tuple(out)
            case n.Loop() | n.Scope():
                return (replace(stmt, label=stmt.label + self.suffix),)
            case n.Break() | n.Continue() if stmt.label != self.label:
                return (replace(stmt, label=stmt.label + self.suffix),)
            case _:
                return (stmt,)


def _never_written(function: n.Function) -> set[n.Var]:
    """Parameters that keep their argument's value and whose address nobody takes."""
    keep = set(function.params)
    for stmt in statements(function.body):
        keep.difference_update(assigned_variables(stmt))
        for expr in statement_expressions(stmt):
            for sub in subexpressions(expr):
                if isinstance(sub, n.AddressOf):
                    start = root(sub.place)
                    if isinstance(start, n.VarPlace):
                        keep.discard(start.var)
    return keep


def _early_returns(body: n.Block) -> bool:
    """Whether a return is anywhere but at the very end."""
    count = sum(isinstance(s, n.Return) for s in statements(body))
    if count == 0:
        return False
    return count > 1 or not isinstance(body[-1], n.Return)
