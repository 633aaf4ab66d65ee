"""Copy arrays element by element: most targets have no assignment of them. Nothing is copied of empty structs."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, Array, Struct
from cudawasm.ir.walk import BlockRewriter
from cudawasm.passes.simplify import zero

_MOST_STATEMENTS = 4
"""Elements of an array that are copied by a statement each; more are copied by a loop."""


def copy_arrays(module: n.Module) -> n.Module:
    """The module in which nothing of an array's type is assigned, nor a local array initialised from another place."""
    writer = _Writer()
    functions = {name: replace(f, body=writer.block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Writer(BlockRewriter):
    def __init__(self) -> None:
        self.count = 0

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if isinstance(stmt.var.type, Array) and isinstance(stmt.init, n.Load):
                copy = n.Assign(n.VarPlace(stmt.var), stmt.init, stmt.span)
                return (replace(stmt, init=None), *self.leave_stmt(copy))
            case n.Assign() if isinstance(stmt.place.type, Struct) and not stmt.place.type.fields:
                return ()  # an empty base's byte is a member's too
            case n.Assign() if isinstance(stmt.place.type, Array):
                return self.copied(stmt, stmt.place.type)
            case _:
                return (stmt,)

    def copied(self, stmt: n.Assign, type_: Array) -> n.Block:
        value = stmt.value
        if isinstance(value, n.Construct):
            # The parts may mention the place: all of them are computed before one is stored.
            held = n.Var(f"parts.{self.number()}", type_)
            moved = n.Assign(stmt.place, n.Load(n.VarPlace(held)), stmt.span)
            return (n.Declare(held, value, stmt.span), *self.copied(moved, type_))
        if type_.count <= _MOST_STATEMENTS:
            indices = (n.Const(I32, i) for i in range(type_.count))
            return tuple(s for i in indices for s in self.element(stmt, i))
        index = n.Var(f"i.{self.number()}", I32)
        read = n.Load(n.VarPlace(index))
        step = n.Assign(n.VarPlace(index), n.Binary("add", read, n.Const(I32, 1), I32), stmt.span)
        condition = n.Binary("lt", read, n.Const(I32, type_.count), BOOL)
        body = self.element(stmt, read)
        label = f"copy.{self.number()}"
        return (
            n.Declare(index, n.Const(I32, 0), stmt.span),
            n.Loop(label, condition, body, (step,), 0, stmt.span),
        )

    def element(self, stmt: n.Assign, index: n.Expr) -> n.Block:
        assert isinstance(stmt.place.type, Array)
        if isinstance(stmt.value, n.Load):
            value: n.Expr = n.Load(n.Index(stmt.value.place, index))
        else:
            assert isinstance(stmt.value, n.Zero)
            value = zero(stmt.place.type.element)
        return self.leave_stmt(n.Assign(n.Index(stmt.place, index), value, stmt.span))

    def number(self) -> int:
        self.count += 1
        return self.count
