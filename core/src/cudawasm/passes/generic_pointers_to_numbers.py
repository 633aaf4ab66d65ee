"""Make numbers of pointers that may point to memory of several kinds, for targets whose pointers cannot.

The number is 64 bits: an address in global memory, or 2**63 and more for an object in shared or local memory, which
``pointers_to_indices`` makes of a pointer to such (and must do so afterwards). What is accessed through the pointer is
accessed as one or the other, as the number says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

from cudawasm.analysis.pointees import UNKNOWN, Pointees
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I64, U64, Pointer, Scalar, Space, Type, size_of
from cudawasm.ir.walk import root
from cudawasm.passes.hoisting import Hoister
from cudawasm.passes.objects import pointer_address
from cudawasm.passes.positions import read_var
from cudawasm.source import Span

Access = Callable[[n.Place], n.Stmt]
_KINDS = (Space.SHARED, Space.LOCAL, Space.GENERIC)


def generic_pointers_to_numbers(module: n.Module) -> n.Module:
    """The module, whose functions call no others and have spaces inferred, with generic pointers only in memory."""
    functions = {}
    for name, function in module.functions.items():
        functions[name] = replace(function, body=_Numbers(function).block(function.body))
    return replace(module, functions=functions)


def _is_generic(type_: Type | None) -> bool:
    return isinstance(type_, Pointer) and type_.space is Space.GENERIC


class _Numbers(Hoister):
    def __init__(self, function: n.Function) -> None:
        super().__init__()
        self.pointees = Pointees(function, _KINDS)
        self.numbers: dict[n.Var, n.Var] = {}
        self.count = 0

    def var(self, var: n.Var) -> n.Var:
        if not (_is_generic(var.type) and self.pointees.is_register(var)):
            return var
        return self.numbers.setdefault(var, n.Var(var.name, U64, span=var.span))

    def fresh(self, name: str, type_: Type) -> n.Var:
        self.count += 1
        return n.Var(f"{name}.g{self.count}", type_)

    # --- statements ---

    def rewritten(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if self.var(stmt.var) is not stmt.var:
                init = None if stmt.init is None else self.number(stmt.init)
                return (replace(stmt, var=self.var(stmt.var), init=init),)
            case n.Assign(place=n.VarPlace(var=var)) if self.var(var) is not var:
                return (replace(stmt, place=n.VarPlace(self.var(var)), value=self.number(stmt.value)),)
            case n.Assign() if self.is_behind(stmt.place):
                value = self.held(self.expr(stmt.value))
                return self.either(stmt.place, lambda place: n.Assign(place, value, stmt.span), stmt.span)
            case n.Atomic() if self.is_behind(stmt.place):
                args = tuple(self.held(self.expr(a)) for a in stmt.args)
                result = self._optional_var(stmt.result)
                return self.either(
                    stmt.place, lambda place: replace(stmt, place=place, args=args, result=result), stmt.span
                )
            case n.Warp() if any(_is_generic(a.type) for a in stmt.args):
                args = tuple(self.number(a) if _is_generic(a.type) else self.expr(a) for a in stmt.args)
                return super().rewritten(replace(stmt, args=args))
            case _:
                return super().rewritten(stmt)

    def held(self, value: n.Expr) -> n.Expr:
        """A value that is computed once."""
        if isinstance(value, n.Const):
            return value
        var = self.fresh("value", value.type)
        self.before.append(n.Declare(var, value))
        return read_var(var)

    def is_behind(self, place: n.Place) -> bool:
        start = root(place)
        return isinstance(start, n.Deref) and _is_generic(start.ptr.type)

    def either(self, place: n.Place, access: Access, span: Span | None) -> n.Block:
        """An access to a place behind a generic pointer, of whichever kind it is."""
        start = root(place)
        assert isinstance(start, n.Deref)
        assert isinstance(start.ptr.type, Pointer)
        pointee = start.ptr.type.pointee
        number = self.held(self.number(start.ptr))
        path = self.path(place)

        def of(space: Space) -> n.Block:
            pointer = n.Cast(Pointer(pointee, space), number)
            return (access(_rooted(path, replace(start, ptr=pointer))),)

        if not self.pointees.of(start.ptr) - {UNKNOWN}:
            return of(Space.GLOBAL)
        is_own = n.Binary("lt", n.Cast(I64, number), n.Const(I64, 0), BOOL)
        return (n.If(is_own, of(Space.SHARED), of(Space.GLOBAL), span),)

    def path(self, place: n.Place) -> n.Place:
        """A place whose indices have been rewritten, but not where it starts."""
        match place:
            case n.Member():
                return replace(place, base=self.path(place.base))
            case n.Index():
                return replace(place, base=self.path(place.base), index=self.held(self.expr(place.index)))
            case _:
                return place

    # --- expressions ---

    def expr(self, expr: n.Expr) -> n.Expr:
        if _is_generic(expr.type):
            return n.Cast(expr.type, self.number(expr))
        match expr:
            case n.Binary() if _is_generic(expr.left.type) or _is_generic(expr.right.type):
                return replace(expr, left=self.number(expr.left), right=self.number(expr.right))
            case n.Distance() if _is_generic(expr.left.type):
                return self.distance(expr)
            case n.Cast() | n.Bitcast() if _is_generic(expr.operand.type):
                return n.Cast(expr.type, self.number(expr.operand))
            case n.Load() if self.is_behind(expr.place):
                return self.loaded(expr.place)
            case _:
                return super().expr(expr)

    def loaded(self, place: n.Place) -> n.Expr:
        """The value of a place behind a generic pointer; of a pointer, its number."""
        is_number = _is_generic(place.type)
        var = self.fresh("value", U64 if is_number else place.type)

        def read(side: n.Place) -> n.Stmt:
            return n.Assign(n.VarPlace(var), n.Cast(U64, n.Load(side)) if is_number else n.Load(side))

        read_either = self.either(place, read, None)
        self.before += [n.Declare(var), *read_either]
        return read_var(var)

    def number(self, ptr: n.Expr) -> n.Expr:
        """The number that a pointer is, whose operands have not been rewritten."""
        if not _is_generic(ptr.type):
            return n.Cast(U64, self.expr(ptr))
        match ptr:
            case n.Const():
                return n.Const(U64, int(ptr.value))
            case n.Load(place=n.VarPlace(var=var)) if self.var(var) is not var:
                return read_var(self.var(var))
            case n.Load() if self.is_behind(ptr.place):
                return self.loaded(ptr.place)
            case n.Select():
                return n.Select(self.expr(ptr.condition), self.number(ptr.if_true), self.number(ptr.if_false))
            case n.Cast() | n.Bitcast() if isinstance(ptr.operand.type, Pointer):
                return self.number(ptr.operand)
            case n.Cast() | n.Bitcast():
                return n.Cast(U64, self.expr(ptr.operand))
            case n.Offset() | n.AddressOf():
                return self.moved(ptr)
            case _:
                return n.Cast(U64, super().expr(ptr))

    def moved(self, ptr: n.Offset | n.AddressOf) -> n.Expr:
        """A pointer that is some bytes from another."""
        address = pointer_address(ptr)
        assert not isinstance(address.base, n.Var)
        parts = [self.number(address.base)]
        for index, nbytes in address.terms:
            parts.append(n.Binary("mul", _as_u64(self.expr(index)), n.Const(U64, nbytes), U64))
        if address.constant:
            parts.append(n.Const(U64, address.constant % 2**64))
        return reduce(lambda a, b: n.Binary("add", a, b, U64), parts)

    def distance(self, expr: n.Distance) -> n.Expr:
        assert isinstance(expr.left.type, Pointer)
        nbytes = n.Binary("sub", self.number(expr.left), self.number(expr.right), U64)
        size = max(1, size_of(expr.left.type.pointee))
        return n.Binary("div", n.Cast(I64, nbytes), n.Const(I64, size), I64)


def _rooted(place: n.Place, start: n.Place) -> n.Place:
    """A place that starts elsewhere."""
    if isinstance(place, n.Member | n.Index):
        return replace(place, base=_rooted(place.base, start))
    return start


def _as_u64(index: n.Expr) -> n.Expr:
    assert isinstance(index.type, Scalar)
    return n.Cast(U64, n.Cast(I64, index) if index.type.is_signed else index)
