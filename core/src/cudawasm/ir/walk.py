"""Walking and rewriting KIR trees.

``Rewriter`` rebuilds a tree bottom-up and keeps every node that did not change, so that an identity rewrite
allocates nothing. A pass overrides the hooks that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import is_
from typing import Any, TypeVar, assert_never

from cudawasm.ir import nodes as n

_T = TypeVar("_T")


def operands(expr: n.Expr) -> tuple[n.Expr, ...]:
    """The direct operand expressions of ``expr``; places count by their own operands."""
    return _OPERANDS[type(expr)](expr)


def place_operands(place: n.Place) -> tuple[n.Expr, ...]:
    """The expressions that choose which object ``place`` is."""
    match place:
        case n.VarPlace():
            return ()
        case n.Deref():
            return (place.ptr,)
        case n.Member():
            return place_operands(place.base)
        case n.Index():
            return (*place_operands(place.base), place.index)
        case _:
            assert_never(place)


_OPERANDS: Mapping[type[n.Expr], Callable[[Any], tuple[n.Expr, ...]]] = {
    n.Const: lambda expr: (),
    n.Special: lambda expr: (),
    n.Zero: lambda expr: (),
    n.Load: lambda expr: place_operands(expr.place),
    n.AddressOf: lambda expr: place_operands(expr.place),
    n.Unary: lambda expr: (expr.operand,),
    n.Cast: lambda expr: (expr.operand,),
    n.Bitcast: lambda expr: (expr.operand,),
    n.Extract: lambda expr: (expr.operand,),
    n.Binary: lambda expr: (expr.left, expr.right),
    n.Distance: lambda expr: (expr.left, expr.right),
    n.Select: lambda expr: (expr.condition, expr.if_true, expr.if_false),
    n.Builtin: lambda expr: expr.args,
    n.Offset: lambda expr: (expr.ptr, expr.index),
    n.Construct: lambda expr: expr.parts,
}
"""A table, as most of the time of all passes would go into finding the case of a ``match``."""


def root(place: n.Place) -> n.VarPlace | n.Deref:
    """Where a place starts."""
    while not isinstance(place, _STARTS):
        place = place.base
    return place


_STARTS = (n.VarPlace, n.Deref)


def subexpressions(expr: n.Expr) -> Iterator[n.Expr]:
    """``expr`` and everything below it, each before its operands."""
    return _all_of([expr])


def _all_of(waiting: list[n.Expr]) -> Iterator[n.Expr]:
    """Expressions, the last one first, each followed by everything below it."""
    while waiting:
        expr = waiting.pop()
        yield expr
        parts = operands(expr)
        if parts:
            waiting += parts[::-1]


def statement_expressions(stmt: n.Stmt) -> tuple[n.Expr, ...]:
    """The expressions that a statement evaluates itself, without those of nested statements.

    The operands of its destination place are included, the destination is not.
    """
    match stmt:
        case n.Declare():
            return () if stmt.init is None else (stmt.init,)
        case n.Assign():
            return (*place_operands(stmt.place), stmt.value)
        case n.Atomic():
            return (*place_operands(stmt.place), *stmt.args)
        case n.Barrier():
            return () if stmt.predicate is None else (stmt.predicate,)
        case n.Warp():
            return stmt.args if stmt.mask is None else (*stmt.args, stmt.mask)
        case n.Call() | n.Print():
            return stmt.args
        case n.If():
            return (stmt.condition,)
        case n.Loop():
            return () if stmt.condition is None else (stmt.condition,)
        case n.Switch():
            return (stmt.selector,)
        case n.Return():
            return () if stmt.value is None else (stmt.value,)
        case n.Fence() | n.Trap() | n.ReadClock() | n.Scope() | n.Break() | n.Continue():
            return ()
        case _:
            assert_never(stmt)


def nested_blocks(stmt: n.Stmt) -> tuple[n.Block, ...]:
    """The blocks inside a structured statement, in order of execution."""
    if not isinstance(stmt, _STRUCTURED):
        return ()
    match stmt:
        case n.If():
            return (stmt.then, stmt.otherwise)
        case n.Loop():
            return (stmt.body, stmt.step)
        case n.Switch():
            return (*(case.body for case in stmt.cases), stmt.default)
        case n.Scope():
            return (stmt.body,)
        case _:
            assert_never(stmt)


_STRUCTURED = (n.If, n.Loop, n.Switch, n.Scope)


def statements(block: n.Block) -> Iterator[n.Stmt]:
    """All statements of a block, nested ones after the one that holds them."""
    waiting = [*reversed(block)]
    while waiting:
        stmt = waiting.pop()
        yield stmt
        for inner in reversed(nested_blocks(stmt)):
            waiting += inner[::-1]


def assigned_variables(stmt: n.Stmt) -> tuple[n.Var, ...]:
    """Variables that a statement itself writes through their names, whole or in part."""
    match stmt:
        case n.Declare():
            return (stmt.var,)
        case n.Assign() | n.Atomic():
            start = root(stmt.place)
            written = (start.var,) if isinstance(start, n.VarPlace) else ()
            if isinstance(stmt, n.Atomic) and stmt.result is not None:
                written = (*written, stmt.result)
            return written
        case n.Warp():
            return tuple(v for v in (stmt.result, stmt.predicate_result) if v is not None)
        case n.Barrier() | n.Call() | n.Print() | n.ReadClock():
            return () if stmt.result is None else (stmt.result,)
        case _:
            return ()


def addressed_variables(block: n.Block) -> set[n.Var]:
    """Variables of which, or of a part of which, a block takes the address."""
    return addressed_in(expr for stmt in statements(block) for expr in expressions(stmt))


def addressed_in(exprs: Iterable[n.Expr]) -> set[n.Var]:
    """Variables of which, or of a part of which, one of ``exprs`` itself is the address."""
    return {
        start.var
        for expr in exprs
        if isinstance(expr, n.AddressOf) and isinstance(start := root(expr.place), n.VarPlace)
    }


def read_variables(stmt: n.Stmt) -> Iterator[n.Var]:
    """Variables that a statement itself reads or takes the address of, one for each time."""
    return read_in(expressions(stmt))


def read_in(exprs: Iterable[n.Expr]) -> Iterator[n.Var]:
    """Variables that one of ``exprs`` itself reads or is the address of, one for each time."""
    for expr in exprs:
        if isinstance(expr, _NAMING):
            start = root(expr.place)
            if isinstance(start, n.VarPlace):
                yield start.var


_NAMING = (n.Load, n.AddressOf)


def mentioned_variables(stmt: n.Stmt) -> set[n.Var]:
    """Variables that a statement or one inside it reads, writes or takes the address of; not what it declares."""
    found = set() if isinstance(stmt, n.Declare) else set(assigned_variables(stmt))
    found.update(read_variables(stmt))
    for block in nested_blocks(stmt):
        for inner in block:
            found |= mentioned_variables(inner)
    return found


def expressions(stmt: n.Stmt) -> Iterator[n.Expr]:
    """The expressions that a statement evaluates itself and all below them, each before its operands."""
    return _all_of([*reversed(statement_expressions(stmt))])


def with_expressions(block: n.Block) -> tuple[tuple[n.Stmt, tuple[n.Expr, ...]], ...]:
    """All statements of a block with the ``expressions`` of each, for who looks at them several times."""
    return tuple((stmt, tuple(expressions(stmt))) for stmt in statements(block))


class Rewriter:
    """Rebuilds expressions, places and statements; override ``leave_*`` or ``var`` to change them."""

    def var(self, var: n.Var) -> n.Var:
        return var

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        """Replacement for an expression whose operands have been rewritten."""
        return expr

    def leave_place(self, place: n.Place) -> n.Place:
        return place

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        """Replacement for a statement whose parts have been rewritten."""
        return (stmt,)

    def expr(self, expr: n.Expr) -> n.Expr:
        return self.leave_expr(_REBUILT[type(expr)](self, expr))

    def expr_parts(self, expr: n.Expr) -> n.Expr:
        """An expression whose operands have been rewritten, and that has not."""
        return _REBUILT[type(expr)](self, expr)

    def exprs(self, exprs: tuple[n.Expr, ...]) -> tuple[n.Expr, ...]:
        new = tuple([self.expr(e) for e in exprs])
        return exprs if _are_same(new, exprs) else new

    def place(self, place: n.Place) -> n.Place:
        return self.leave_place(_REBUILT_PLACES[type(place)](self, place))

    def block(self, block: n.Block) -> n.Block:
        out: list[n.Stmt] = []
        changed = False
        for stmt in block:
            new = self.stmt(stmt)
            changed = changed or len(new) != 1 or new[0] is not stmt
            out.extend(new)
        return tuple(out) if changed else block

    def stmt(self, stmt: n.Stmt) -> n.Block:
        return self.leave_stmt(self._stmt_parts(stmt))

    def _optional(self, expr: n.Expr | None) -> n.Expr | None:
        return None if expr is None else self.expr(expr)

    def _optional_var(self, var: n.Var | None) -> n.Var | None:
        return None if var is None else self.var(var)

    def _stmt_parts(self, stmt: n.Stmt) -> n.Stmt:
        match stmt:
            case n.Declare():
                var, init = self.var(stmt.var), self._optional(stmt.init)
                return stmt if var is stmt.var and init is stmt.init else n.Declare(var, init, stmt.span)
            case n.Assign():
                place, value = self.place(stmt.place), self.expr(stmt.value)
                return stmt if place is stmt.place and value is stmt.value else n.Assign(place, value, stmt.span)
            case n.Atomic():
                return _keep(stmt, place=self.place(stmt.place), args=self.exprs(stmt.args),
                             result=self._optional_var(stmt.result))  # fmt: skip
            case n.Barrier():
                return _keep(stmt, predicate=self._optional(stmt.predicate),
                             result=self._optional_var(stmt.result))  # fmt: skip
            case n.Warp():
                return _keep(stmt, args=self.exprs(stmt.args), mask=self._optional(stmt.mask),
                             result=self._optional_var(stmt.result),
                             predicate_result=self._optional_var(stmt.predicate_result))  # fmt: skip
            case n.Call() | n.Print():
                return _keep(stmt, args=self.exprs(stmt.args), result=self._optional_var(stmt.result))
            case n.ReadClock():
                return _keep(stmt, result=self.var(stmt.result))
            case n.If():
                return _keep(stmt, condition=self.expr(stmt.condition), then=self.block(stmt.then),
                             otherwise=self.block(stmt.otherwise))  # fmt: skip
            case n.Loop():
                return _keep(stmt, condition=self._optional(stmt.condition), body=self.block(stmt.body),
                             step=self.block(stmt.step))  # fmt: skip
            case n.Switch():
                cases = tuple(_keep(case, body=self.block(case.body)) for case in stmt.cases)
                if _are_same(cases, stmt.cases):
                    cases = stmt.cases
                return _keep(stmt, selector=self.expr(stmt.selector), cases=cases,
                             default=self.block(stmt.default))  # fmt: skip
            case n.Scope():
                return _keep(stmt, body=self.block(stmt.body))
            case n.Return():
                return _keep(stmt, value=self._optional(stmt.value))
            case n.Fence() | n.Trap() | n.Break() | n.Continue():
                return stmt
            case _:
                assert_never(stmt)


def _with_place(rewriter: Rewriter, expr: n.Load) -> n.Expr:
    place = rewriter.place(expr.place)
    return expr if place is expr.place else n.Load(place)


def _with_addressed(rewriter: Rewriter, expr: n.AddressOf) -> n.Expr:
    place = rewriter.place(expr.place)
    return expr if place is expr.place else n.AddressOf(place, expr.type)


def _with_number(rewriter: Rewriter, expr: n.Cast) -> n.Expr:
    operand = rewriter.expr(expr.operand)
    return expr if operand is expr.operand else n.Cast(expr.type, operand)


def _with_operand(rewriter: Rewriter, expr: n.Unary | n.Bitcast | n.Extract) -> n.Expr:
    operand = rewriter.expr(expr.operand)
    return expr if operand is expr.operand else replace(expr, operand=operand)


def _with_sides(rewriter: Rewriter, expr: n.Binary | n.Distance) -> n.Expr:
    left, right = rewriter.expr(expr.left), rewriter.expr(expr.right)
    if left is expr.left and right is expr.right:
        return expr
    if isinstance(expr, n.Binary):
        return n.Binary(expr.op, left, right, expr.type, expr.contract)
    return n.Distance(left, right, expr.type)


def _with_choices(rewriter: Rewriter, expr: n.Select) -> n.Expr:
    condition, if_true = rewriter.expr(expr.condition), rewriter.expr(expr.if_true)
    if_false = rewriter.expr(expr.if_false)
    same = condition is expr.condition and if_true is expr.if_true and if_false is expr.if_false
    return expr if same else n.Select(condition, if_true, if_false)


def _with_arguments(rewriter: Rewriter, expr: n.Builtin) -> n.Expr:
    args = rewriter.exprs(expr.args)
    return expr if args is expr.args else n.Builtin(expr.name, args, expr.type)


def _with_parts(rewriter: Rewriter, expr: n.Construct) -> n.Expr:
    parts = rewriter.exprs(expr.parts)
    return expr if parts is expr.parts else n.Construct(expr.type, parts)


def _with_moved(rewriter: Rewriter, expr: n.Offset) -> n.Expr:
    ptr, index = rewriter.expr(expr.ptr), rewriter.expr(expr.index)
    return expr if ptr is expr.ptr and index is expr.index else n.Offset(ptr, index, expr.span)


_REBUILT: Mapping[type[n.Expr], Callable[[Rewriter, Any], n.Expr]] = {
    n.Const: lambda rewriter, expr: expr,
    n.Special: lambda rewriter, expr: expr,
    n.Zero: lambda rewriter, expr: expr,
    n.Load: _with_place,
    n.AddressOf: _with_addressed,
    n.Unary: _with_operand,
    n.Cast: _with_number,
    n.Bitcast: _with_operand,
    n.Extract: _with_operand,
    n.Binary: _with_sides,
    n.Distance: _with_sides,
    n.Select: _with_choices,
    n.Builtin: _with_arguments,
    n.Offset: _with_moved,
    n.Construct: _with_parts,
}
"""How each kind of expression is made of its rewritten operands."""


def _with_variable(rewriter: Rewriter, place: n.VarPlace) -> n.Place:
    var = rewriter.var(place.var)
    return place if var is place.var else n.VarPlace(var)


def _with_pointer(rewriter: Rewriter, place: n.Deref) -> n.Place:
    ptr = rewriter.expr(place.ptr)
    return place if ptr is place.ptr else n.Deref(ptr, place.volatile, place.span)


def _with_base(rewriter: Rewriter, place: n.Member) -> n.Place:
    base = rewriter.place(place.base)
    return place if base is place.base else n.Member(base, place.index)


def _with_index(rewriter: Rewriter, place: n.Index) -> n.Place:
    base, index = rewriter.place(place.base), rewriter.expr(place.index)
    return place if base is place.base and index is place.index else n.Index(base, index, place.span)


_REBUILT_PLACES: Mapping[type[n.Place], Callable[[Rewriter, Any], n.Place]] = {
    n.VarPlace: _with_variable,
    n.Deref: _with_pointer,
    n.Member: _with_base,
    n.Index: _with_index,
}


class BlockRewriter(Rewriter):
    """Rebuilds blocks and statements, whose own expressions, places and variables stay as they are."""

    def _stmt_parts(self, stmt: n.Stmt) -> n.Stmt:
        return super()._stmt_parts(stmt) if isinstance(stmt, _STRUCTURED) else stmt

    def expr(self, expr: n.Expr) -> n.Expr:
        return expr


def _keep(node: _T, **parts: object) -> _T:
    """``node`` with ``parts`` replaced, or itself when they are all the ones it has."""
    if all(getattr(node, name) is part for name, part in parts.items()):
        return node
    return replace(node, **parts)  # type: ignore[type-var]


def _are_same(a: Sequence[object], b: Sequence[object]) -> bool:
    return all(map(is_, a, b))
