from __future__ import annotations

from typing import get_args

from cudawasm.ir import nodes as n
from cudawasm.ir import walk
from cudawasm.ir.types import F32, I32, Pointer, Space

COUNT, POINTER = n.Var("i", I32), n.Var("p", Pointer(F32, Space.GLOBAL))
READ = n.Load(n.VarPlace(COUNT))


def test_every_kind_of_expression_and_place_is_known():
    assert set(walk._OPERANDS) == set(walk._REBUILT) == set(get_args(n.Expr))
    assert set(walk._REBUILT_PLACES) == set(get_args(n.Place))


def test_expressions_come_before_their_operands_from_left_to_right():
    one, two = n.Const(I32, 1), n.Const(I32, 2)
    product = n.Binary("mul", one, READ, I32)
    value = n.Binary("add", product, two, I32)
    place = n.Deref(n.Offset(n.Load(n.VarPlace(POINTER)), READ))
    assert list(walk.subexpressions(value)) == [value, product, one, READ, two]
    stmt = n.Assign(place, n.Cast(F32, value))
    pointer = place.ptr
    assert list(walk.expressions(stmt)) == [
        pointer, n.Load(n.VarPlace(POINTER)), READ, n.Cast(F32, value), value, product, one, READ, two,
    ]  # fmt: skip


def test_statements_come_before_what_is_in_them():
    leave, again = n.Break("l"), n.Continue("l")
    first, last = n.If(READ, (leave,), (again,)), n.Return()
    loop = n.Loop("l", None, (first,), (last,))
    assert list(walk.statements((loop, last))) == [loop, first, leave, again, last, last]


def test_a_rewriter_of_blocks_sees_statements_only():
    class Dropping(walk.BlockRewriter):
        def leave_expr(self, expr: n.Expr) -> n.Expr:
            raise AssertionError(expr)

        def leave_stmt(self, stmt: n.Stmt) -> n.Block:
            return () if isinstance(stmt, n.Return) else (stmt,)

    declared = n.Declare(COUNT, READ)
    kept = (declared, n.Scope("s", (declared,)))
    case = n.Case((1,), (n.Return(),))
    block = (n.If(READ, (n.Return(), declared)), n.Switch(READ, (case,), (declared,)), n.Return())
    assert Dropping().block(kept) is kept
    assert Dropping().block(block) == (n.If(READ, (declared,)), n.Switch(READ, (n.Case((1,), ()),), (declared,)))
