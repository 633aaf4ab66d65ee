"""Give each pointer the address space of what it points to.

Kernel parameters and pointers read from memory point to global memory; the address of a variable is in the variable's
space; a local pointer variable has the space that all values assigned to it have. What remains generic is a
variable that holds pointers of several spaces, and a pointer made from an integer where the address of something that
is not global was made an integer. On a device whose pointers cannot be generic these are refused (E0403).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cudawasm.analysis.pointees import exposed_variables
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import U64, Pointer, Space, Type
from cudawasm.ir.walk import Rewriter, root, statement_expressions, statements, subexpressions
from cudawasm.source import Span

_HINT = "keep pointers to shared and local memory in variables of their own"


def infer_address_spaces(module: n.Module, allow_generic: bool = False) -> n.Module:
    """The module, whose functions call no others, with pointers in spaces.

    Raises UnsupportedFeature (E0403) where a pointer would have to be generic and ``allow_generic`` is not set.
    """
    functions = {name: _Function(f, allow_generic).run() for name, f in module.functions.items()}
    return replace(module, functions=functions)


def _join(a: Space | None, b: Space | None) -> Space | None:
    """The space of a pointer that comes from two places; None is "null, or not known yet"."""
    if a is None or a is b:
        return b
    return a if b is None else Space.GENERIC


class _Function:
    def __init__(self, function: n.Function, allow_generic: bool):
        self.function = function
        self.allow_generic = allow_generic
        self.spaces: dict[n.Var, Space | None] = dict.fromkeys(function.params, Space.GLOBAL)
        self.integers = Space.GLOBAL
        self.span: Span | None = function.span

    def run(self) -> n.Function:
        self.integers = self.space_of_integers()
        while self.propagate():
            pass
        self.check()
        spaces = {var: space or Space.GLOBAL for var, space in self.spaces.items()}
        writer = _Writer(self, spaces)
        params = tuple(writer.var(p) for p in self.function.params)
        return replace(self.function, params=params, body=writer.block(self.function.body))

    # --- what points where ---

    def space_of_integers(self) -> Space:
        """What an integer made a pointer may point to: global memory, if no other addresses became integers."""
        while self.propagate():
            pass
        for stmt in statements(self.function.body):
            for expr in _expressions(stmt):
                if _makes_integer(expr) and self.space(expr.operand) not in (None, Space.GLOBAL):  # type: ignore[union-attr]
                    return Space.GENERIC
        return Space.GLOBAL

    def propagate(self) -> bool:
        """One look at all assignments; whether it told something new."""
        changed = False
        for stmt in statements(self.function.body):
            for var, value in _pointers_given(stmt):
                joined = _join(self.spaces.get(var), self.space(value))
                if joined is not self.spaces.get(var):
                    self.spaces[var] = joined
                    changed = True
        return changed

    def space(self, expr: n.Expr) -> Space | None:
        """Where a pointer expression points."""
        match expr:
            case n.Const():
                return None if expr.value == 0 else Space.GLOBAL
            case n.Load(place=n.VarPlace(var=var)) if var.space is Space.LOCAL:
                return self.spaces.get(var)
            case n.AddressOf():
                return self.place_space(expr.place)
            case n.Offset():
                return self.space(expr.ptr)
            case n.Cast() | n.Bitcast():
                if isinstance(expr.operand.type, Pointer):
                    return self.space(expr.operand)
                zero = isinstance(expr.operand, n.Const) and expr.operand.value == 0
                return None if zero else self.integers
            case n.Select():
                return _join(self.space(expr.if_true), self.space(expr.if_false))
            case n.Extract(operand=n.Construct(parts=parts)):
                return self.space(parts[expr.index])
            case _:
                return Space.GLOBAL  # from memory

    def place_space(self, place: n.Place) -> Space | None:
        start = root(place)
        if isinstance(start, n.VarPlace):
            return Space.GLOBAL if start.var.space is Space.CONSTANT else start.var.space
        return self.space(start.ptr)

    # --- what cannot be ---

    def check(self) -> None:
        if self.allow_generic:
            return
        exposed = exposed_variables(self.function, (Space.LOCAL,))
        for stmt in statements(self.function.body):
            self.span = stmt.span or self.span
            for var, _ in _pointers_given(stmt):
                if self.spaces.get(var) is Space.GENERIC:
                    raise self.refused(f'"{var.name}" points to memory of several kinds')
            for expr in _expressions(stmt):
                if isinstance(expr.type, Pointer) and self.space(expr) is Space.GENERIC:
                    raise self.refused("this pointer may point to memory of several kinds")
            for value in (*_kept_in_memory(stmt), *(v for var, v in _pointers_given(stmt) if var in exposed)):
                if isinstance(value.type, Pointer) and self.space(value) not in (None, Space.GLOBAL):
                    raise self.refused("a pointer to shared or local memory is kept in memory")

    def refused(self, what: str) -> UnsupportedFeature:
        return UnsupportedFeature([Diagnostic("E0403", what, self.span, _HINT)])


def _pointers_given(stmt: n.Stmt) -> Iterator[tuple[n.Var, n.Expr]]:
    """(pointer variable, value) for what a statement assigns."""
    if isinstance(stmt, n.Declare) and stmt.init is not None and isinstance(stmt.var.type, Pointer):
        yield stmt.var, stmt.init
    if isinstance(stmt, n.Assign) and isinstance(stmt.place, n.VarPlace):
        if isinstance(stmt.place.type, Pointer) and stmt.place.var.space is Space.LOCAL:
            yield stmt.place.var, stmt.value


def _expressions(stmt: n.Stmt) -> Iterator[n.Expr]:
    for expr in statement_expressions(stmt):
        yield from subexpressions(expr)


def _makes_integer(expr: n.Expr) -> bool:
    if not isinstance(expr, n.Cast | n.Bitcast) or not isinstance(expr.operand.type, Pointer):
        return False
    return not isinstance(expr.type, Pointer) and getattr(expr.type, "bits", 64) == 64


def _kept_in_memory(stmt: n.Stmt) -> Iterator[n.Expr]:
    """Values that a statement puts where their space is forgotten."""
    if isinstance(stmt, n.Assign) and not (isinstance(stmt.place, n.VarPlace) and stmt.place.var.space is Space.LOCAL):
        yield stmt.value
    for expr in _expressions(stmt):
        if isinstance(expr, n.Construct):
            yield from expr.parts


class _Writer(Rewriter):
    """Puts the spaces found into types."""

    def __init__(self, found: _Function, spaces: dict[n.Var, Space]):
        self.found = found
        self.spaces = spaces
        self.variables: dict[n.Var, n.Var] = {}

    def var(self, var: n.Var) -> n.Var:
        if var.space is not Space.LOCAL or not isinstance(var.type, Pointer):
            return var
        if var not in self.variables:
            type_ = replace(var.type, space=self.spaces.get(var, Space.GLOBAL))
            self.variables[var] = n.Var(var.name, type_, var.space, var.volatile, var.align, None, var.span)
        return self.variables[var]

    def expr(self, expr: n.Expr) -> n.Expr:
        new = super().expr(expr)
        match new:
            case n.Const() | n.AddressOf() | n.Cast() | n.Bitcast() if isinstance(new.type, Pointer):
                space = self.found.space(expr) or Space.GLOBAL
                return new if space is new.type.space else replace(new, type=replace(new.type, space=space))
            case n.Load() if isinstance(new.type, Pointer) and not _is_local(new.place):
                return new
            case n.Select() if isinstance(new.type, Pointer):
                space = self.found.space(expr) or Space.GLOBAL
                return replace(new, if_true=_moved(new.if_true, space), if_false=_moved(new.if_false, space))
            case n.Binary() | n.Distance() if isinstance(new.left.type, Pointer):
                return self.compared(new)
            case _:
                return new

    def compared(self, expr: n.Binary | n.Distance) -> n.Expr:
        left, right = expr.left.type, expr.right.type
        assert isinstance(left, Pointer)
        assert isinstance(right, Pointer)
        if isinstance(expr, n.Distance) or left.space is right.space:
            if left.pointee != right.pointee and isinstance(expr, n.Binary):
                return replace(expr, right=n.Cast(replace(right, pointee=left.pointee), expr.right))
            return expr
        return replace(expr, left=n.Cast(U64, expr.left), right=n.Cast(U64, expr.right))

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if stmt.init is not None and isinstance(stmt.var.type, Pointer):
                return (replace(stmt, init=_fitted(stmt.init, stmt.var.type)),)
            case n.Assign() if isinstance(stmt.place.type, Pointer):
                if _is_local(stmt.place):
                    return (replace(stmt, value=_fitted(stmt.value, stmt.place.type)),)
                return (stmt,)
            case _:
                return (stmt,)


def _is_local(place: n.Place) -> bool:
    return isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL


def _moved(value: n.Expr, space: Space) -> n.Expr:
    assert isinstance(value.type, Pointer)
    return _fitted(value, replace(value.type, space=space))


def _fitted(value: n.Expr, type_: Type) -> n.Expr:
    """A pointer as another type of pointer, where it is not of that already."""
    if value.type == type_:
        return value
    if isinstance(value, n.Const):
        return n.Const(type_, value.value)
    return n.Cast(type_, value)


def pointers_in_memory(stmt: n.Stmt) -> bool:
    """Whether a statement reads or writes a pointer in memory, or makes one of an integer."""
    if isinstance(stmt, n.Assign) and isinstance(stmt.place.type, Pointer) and not _is_local(stmt.place):
        return True
    for expr in _expressions(stmt):
        if isinstance(expr, n.Load) and isinstance(expr.type, Pointer) and not _is_local(expr.place):
            return True
        if isinstance(expr, n.Cast | n.Bitcast) and isinstance(expr.type, Pointer):
            if not isinstance(expr.operand.type, Pointer) and not isinstance(expr.operand, n.Const):
                return True
    return False
