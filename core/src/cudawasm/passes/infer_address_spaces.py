"""Give each pointer the address space of what it points to.

Kernel parameters and pointers read from memory point to global memory; the address of a variable is in the variable's
space; a local pointer variable has the space that all values assigned to it have. What remains generic is a
variable that holds pointers of several spaces, and a pointer made from an integer where the address of something that
is not global was made an integer. On a device whose pointers cannot be generic these are refused (E0403).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from cudawasm.analysis.pointees import exposed_variables
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import U64, Array, Pointer, Space, Struct, Type, Vector
from cudawasm.ir.walk import Rewriter, root, statement_expressions, statements, subexpressions
from cudawasm.passes.objects import has_union
from cudawasm.source import Span

_HINT = "keep pointers to shared and local memory in variables of their own"


def infer_address_spaces(module: n.Module, allow_generic: bool = False, in_aggregates: bool = False) -> n.Module:
    """The module, whose functions call no others, with pointers in spaces.

    ``in_aggregates``: variables in shared and local memory may hold pointers into these, all of one space.
    Raises UnsupportedFeature (E0403) where a pointer would have to be generic and ``allow_generic`` is not set.
    """
    functions, shared = {}, module.shared
    for name, f in module.functions.items():
        writer = _Function(f, allow_generic, in_aggregates)
        functions[name] = writer.run()
        shared = tuple(writer.written.get(v, v) for v in shared)
    return replace(module, functions=functions, shared=shared)


def _join(a: Space | None, b: Space | None) -> Space | None:
    """The space of a pointer that comes from two places; None is "null, or not known yet"."""
    if a is None or a is b:
        return b
    return a if b is None else Space.GENERIC


class _Function:
    def __init__(self, function: n.Function, allow_generic: bool, in_aggregates: bool):
        self.function = function
        self.allow_generic = allow_generic
        self.holders = _holders(function) if in_aggregates else frozenset()
        """Variables in memory of which it is known what the pointers in them point to."""
        self.written: dict[n.Var, n.Var] = {}
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
        function = replace(self.function, params=params, body=writer.block(self.function.body))
        self.written = writer.variables
        return function

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
            for var, value in self.given(stmt):
                joined = _join(self.spaces.get(var), self.space(value))
                if joined is not self.spaces.get(var):
                    self.spaces[var] = joined
                    changed = True
        return changed

    def given(self, stmt: n.Stmt) -> Iterator[tuple[n.Var, n.Expr]]:
        """(variable, value) for pointers that a statement assigns, and for values with pointers in them."""
        yield from _pointers_given(stmt)
        if isinstance(stmt, n.Declare) and stmt.init is not None and stmt.var in self.holders:
            yield stmt.var, stmt.init
        elif isinstance(stmt, n.Assign) and (holder := self.holder(stmt.place)) is not None:
            if has_pointer(stmt.value.type):
                yield holder, stmt.value

    def holder(self, place: n.Place) -> n.Var | None:
        """The variable with pointers in it that a place is a part of."""
        start = root(place)
        return start.var if isinstance(start, n.VarPlace) and start.var in self.holders else None

    def space(self, expr: n.Expr) -> Space | None:
        """Where a pointer expression points, or the pointers in an aggregate."""
        match expr:
            case n.Load() if (holder := self.holder(expr.place)) is not None:
                return self.spaces.get(holder)
            case n.Zero():
                return None
            case n.Construct():
                spaces = [self.space(p) for p in expr.parts if has_pointer(p.type)]
                return reduce(_join, spaces, None)
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
            for var, _ in self.given(stmt):
                if self.spaces.get(var) is Space.GENERIC:
                    raise self.refused(f'"{var.name}" points to memory of several kinds')
            for expr in _expressions(stmt):
                if isinstance(expr.type, Pointer) and self.space(expr) is Space.GENERIC:
                    raise self.refused("this pointer may point to memory of several kinds")
            for value in (*self.kept(stmt), *(v for var, v in _pointers_given(stmt) if var in exposed)):
                if isinstance(value.type, Pointer) and self.space(value) not in (None, Space.GLOBAL):
                    raise self.refused("a pointer to shared or local memory is kept in memory")

    def kept(self, stmt: n.Stmt) -> Iterator[n.Expr]:
        """Values that a statement puts where their space is forgotten."""
        if isinstance(stmt, n.Declare | n.Assign) and any(True for _ in self.given(stmt)):
            target = stmt.var if isinstance(stmt, n.Declare) else self.holder(stmt.place)
            if target in self.holders:
                return
        yield from _kept_in_memory(stmt)

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
        if var in self.found.holders:
            return self.holder(var)
        if var.space is not Space.LOCAL or not isinstance(var.type, Pointer):
            return var
        if var not in self.variables:
            type_ = replace(var.type, space=self.spaces.get(var, Space.GLOBAL))
            self.variables[var] = n.Var(var.name, type_, var.space, var.volatile, var.align, None, var.span)
        return self.variables[var]

    def holder(self, var: n.Var) -> n.Var:
        """A variable whose pointers are into shared or local memory says so in its type."""
        space = self.spaces.get(var, Space.GLOBAL)
        if space not in (Space.SHARED, Space.LOCAL):
            return var
        if var not in self.variables:
            type_ = _pointing_to(var.type, space)
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
            case n.Declare() if stmt.init is not None and stmt.init.type != stmt.var.type:
                return (replace(stmt, init=self.held(stmt.init, stmt.var.type)),)
            case n.Assign() if stmt.value.type != stmt.place.type and not isinstance(stmt.place.type, Pointer):
                return (replace(stmt, value=self.held(stmt.value, stmt.place.type)),)
            case n.Assign() if isinstance(stmt.place.type, Pointer) and not _is_local(stmt.place):
                of_holder = isinstance(root(stmt.place), n.VarPlace) and stmt.place.type.space is not Space.GENERIC
                return (replace(stmt, value=_fitted(stmt.value, stmt.place.type)),) if of_holder else (stmt,)
            case n.Assign() if isinstance(stmt.place.type, Pointer):
                if _is_local(stmt.place):
                    return (replace(stmt, value=_fitted(stmt.value, stmt.place.type)),)
                return (stmt,)
            case _:
                return (stmt,)

    def held(self, value: n.Expr, type_: Type) -> n.Expr:
        """An aggregate as the type that a holder has."""
        if value.type == type_:
            return value
        match value:
            case n.Zero():
                assert isinstance(type_, Array | Struct | Vector)
                return n.Zero(type_)
            case n.Construct():
                types = _part_types(type_, len(value.parts))
                return n.Construct(type_, tuple(self.held(p, t) for p, t in zip(value.parts, types, strict=True)))
            case _ if isinstance(type_, Pointer):
                return _fitted(value, type_)
            case _:
                raise self.found.refused("a value with pointers to shared or local memory in it comes from elsewhere")


def _holders(function: n.Function) -> frozenset[n.Var]:
    """Variables with pointers in them that are accessed by their names only."""
    found: set[n.Var] = set()
    for stmt in statements(function.body):
        if isinstance(stmt, n.Declare) and not isinstance(stmt.var.type, Pointer):
            found.add(stmt.var)
        for place in _places(stmt):
            start = root(place)
            if isinstance(start, n.VarPlace) and start.var.space is Space.SHARED:
                found.add(start.var)
    exposed = exposed_variables(function, (Space.LOCAL, Space.SHARED))
    return frozenset(v for v in found - exposed if has_pointer(v.type) and not has_union(v.type))


def _places(stmt: n.Stmt) -> Iterator[n.Place]:
    if isinstance(stmt, n.Assign):
        yield stmt.place
    for expr in _expressions(stmt):
        if isinstance(expr, n.Load):
            yield expr.place


def has_pointer(type_: Type) -> bool:
    """Whether there are pointers in values of a type."""
    match type_:
        case Pointer():
            return True
        case Array():
            return has_pointer(type_.element)
        case Struct():
            return any(has_pointer(f.type) for f in type_.fields)
        case _:
            return False


def _pointing_to(type_: Type, space: Space) -> Type:
    match type_:
        case Pointer():
            return replace(type_, space=space)
        case Array():
            return replace(type_, element=_pointing_to(type_.element, space))
        case Struct():
            return replace(type_, fields=tuple(replace(f, type=_pointing_to(f.type, space)) for f in type_.fields))
        case _:
            return type_


def _part_types(type_: Type, count: int) -> list[Type]:
    if isinstance(type_, Struct):
        return [f.type for f in type_.fields][:count]
    assert isinstance(type_, Array | Vector)
    return [type_.element] * count


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
