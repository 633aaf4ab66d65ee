"""Put the address space of what it points to into the type of each pointer (``analysis/pointer_spaces``).

What remains generic is a pointer that may point into several spaces, and one made from an integer where the address
of something that is not global was made an integer. On a device whose pointers cannot be generic these are refused
(E0403), and everywhere else than on such a device pointers to shared and local memory in global memory are.
"""

from __future__ import annotations

from dataclasses import replace

from cudawasm.analysis.pointees import exposed_variables
from cudawasm.analysis.pointer_spaces import PointerSpaces, plain_pointer, pointees
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import U64, Array, Pointer, Space, Struct, Type, Vector
from cudawasm.ir.walk import Rewriter, expressions, root, statements
from cudawasm.passes.objects import has_union
from cudawasm.source import Span

_HINT = "keep pointers to shared and local memory in variables of their own"


def infer_address_spaces(
    module: n.Module, allow_generic: bool = False, in_aggregates: bool = False, zero_is_shared: bool = False
) -> n.Module:
    """The module, whose functions call no others, with pointers in spaces.

    ``in_aggregates``: the types of variables that are accessed by name say where the pointers in them point to.
    Elsewhere pointers in memory stay generic, and are converted where they are read.
    ``zero_is_shared``: the first byte of shared memory may have the address 0, which null has as a generic pointer.
    Raises UnsupportedFeature (E0403) where a pointer would have to be generic and ``allow_generic`` is not set.
    """
    functions, shared = {}, module.shared
    for name, function in module.functions.items():
        found = PointerSpaces(function, zero_is_shared)
        if not allow_generic:
            _check(function, found)
        writer = _Writer(found, _holders(function) if in_aggregates else frozenset())
        params = tuple(writer.var(p) for p in function.params)
        functions[name] = replace(function, params=params, body=writer.block(function.body))
        shared = tuple(writer.var(v) for v in shared)
    return replace(module, functions=functions, shared=shared)


def _holders(function: n.Function) -> frozenset[n.Var]:
    """Variables with pointers in them that are accessed by their names only."""
    found: set[n.Var] = set()
    for stmt in statements(function.body):
        if isinstance(stmt, n.Declare) and not isinstance(stmt.var.type, Pointer):
            found.add(stmt.var)
        places = [expr.place for expr in expressions(stmt) if isinstance(expr, n.Load)]
        for place in (*places, stmt.place) if isinstance(stmt, n.Assign) else places:
            start = root(place)
            if isinstance(start, n.VarPlace) and start.var.space is Space.SHARED:
                found.add(start.var)
    exposed = exposed_variables(function, (Space.LOCAL, Space.SHARED))
    return frozenset(v for v in found - exposed if any(pointees(v.type)) and not has_union(v.type))


def _check(function: n.Function, found: PointerSpaces) -> None:
    span = function.span
    for stmt in statements(function.body):
        span = stmt.span or span
        var = _pointer_given(stmt)
        if var is not None and found.variables.get(var) is Space.GENERIC:
            raise _refused(f'"{var.name}" points to memory of several kinds', span)
        for expr in expressions(stmt):
            if isinstance(expr.type, Pointer) and found.space(expr) is Space.GENERIC:
                raise _refused("this pointer may point to memory of several kinds", span)
        if isinstance(stmt, n.Assign) and found.place_space(stmt.place) not in (Space.LOCAL, Space.SHARED):
            if any(space not in (None, Space.GLOBAL) for _, space in found.contents(stmt.value)):
                raise _refused("a pointer to shared or local memory is kept in global memory", span)


def _pointer_given(stmt: n.Stmt) -> n.Var | None:
    match stmt:
        case n.Declare() if isinstance(stmt.var.type, Pointer):
            return stmt.var
        case n.Assign():
            return plain_pointer(stmt.place)
        case _:
            return None


def _refused(what: str, span: Span | None) -> UnsupportedFeature:
    return UnsupportedFeature([Diagnostic("E0403", what, span, _HINT)])


class _Writer(Rewriter):
    """Puts the spaces found into types."""

    def __init__(self, found: PointerSpaces, holders: frozenset[n.Var]):
        self.found = found
        self.holders = holders
        self.kept_in: Space | None = None
        """The space of what is being written."""
        self.variables: dict[n.Var, n.Var] = {}

    def var(self, var: n.Var) -> n.Var:
        if var in self.holders:
            if var not in self.variables:
                self.variables[var] = _of_type(var, self.held_type(var.type, var.space))
            return self.variables[var]
        if var.space is not Space.LOCAL or not isinstance(var.type, Pointer):
            return var
        if var not in self.variables:
            type_ = replace(var.type, space=self.found.variables.get(var) or Space.GLOBAL)
            self.variables[var] = _of_type(var, type_)
        return self.variables[var]

    def held_type(self, type_: Type, held_in: Space) -> Type:
        """A type whose pointers, kept in a space, say where they point to."""
        match type_:
            case Pointer():
                space = self.found.held(held_in, type_.pointee)
                return replace(type_, space=space) if space in (Space.SHARED, Space.LOCAL) else type_
            case Array():
                return replace(type_, element=self.held_type(type_.element, held_in))
            case Struct():
                fields = tuple(replace(f, type=self.held_type(f.type, held_in)) for f in type_.fields)
                return type_ if fields == type_.fields else replace(type_, fields=fields)
            case _:
                return type_

    def expr(self, expr: n.Expr) -> n.Expr:
        new = super().expr(expr)
        match new:
            case n.Const() | n.AddressOf() | n.Cast() | n.Bitcast() if isinstance(new.type, Pointer):
                space = self.found.space(expr) or Space.GLOBAL
                return new if space is new.type.space else replace(new, type=replace(new.type, space=space))
            case n.Load() if isinstance(new.type, Pointer) and not _is_local(new.place):
                space = self.found.space(expr) or Space.GLOBAL
                return new if space is new.type.space else n.Cast(replace(new.type, space=space), new)
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
        if isinstance(expr, n.Distance) and left.space is not right.space:
            return replace(expr, left=_moved(expr.left, Space.GENERIC), right=_moved(expr.right, Space.GENERIC))
        if left.space is right.space:
            if left.pointee != right.pointee and isinstance(expr, n.Binary):
                return replace(expr, right=n.Cast(replace(right, pointee=left.pointee), expr.right))
            return expr
        if not self.found.zero_is_shared and (isinstance(expr.left, n.Const) or isinstance(expr.right, n.Const)):
            if isinstance(expr.right, n.Const):
                return replace(expr, right=_fitted(expr.right, left))
            return replace(expr, left=_fitted(expr.left, right))
        return replace(expr, left=n.Cast(U64, expr.left), right=n.Cast(U64, expr.right))

    def stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Assign() if plain_pointer(stmt.place) is None:
                self.kept_in = self.found.place_space(stmt.place)
                self.check_copy(stmt.value, stmt.span)
            case n.Declare() if stmt.init is not None:
                self.kept_in = Space.LOCAL
                self.check_copy(stmt.init, stmt.span)
            case _:
                pass
        return super().stmt(stmt)

    def is_kept_generic(self, pointee: Type) -> bool:
        """Whether pointers to several spaces are kept where something is being written."""
        return self.kept_in is not None and self.found.held(self.kept_in, pointee) is Space.GENERIC

    def check_copy(self, value: n.Expr, span: Span | None) -> None:
        """An aggregate is copied as it is, so that pointers in it cannot become generic on the way."""
        if not isinstance(value, n.Load) or isinstance(value.type, Pointer):
            return
        source = self.found.place_space(value.place)
        for pointee in pointees(value.type):
            if (
                source is not None
                and self.found.held(source, pointee) is Space.SHARED
                and self.is_kept_generic(pointee)
            ):
                raise _refused("pointers to shared memory are copied to where pointers of several kinds are kept", span)

    def kept(self, value: n.Expr) -> n.Expr:
        """A value for memory, in which pointers are generic where those to several spaces are kept there."""
        if isinstance(value.type, Pointer):
            return _moved(value, Space.GENERIC) if self.is_kept_generic(value.type.pointee) else value
        if isinstance(value, n.Construct):
            return replace(value, parts=tuple(map(self.kept, value.parts)))
        return value

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if stmt.init is not None and isinstance(stmt.var.type, Pointer):
                return (replace(stmt, init=_fitted(stmt.init, stmt.var.type)),)
            case n.Declare() if stmt.init is not None and stmt.init.type != stmt.var.type:
                return (replace(stmt, init=_held(stmt.init, stmt.var.type, stmt.span)),)
            case n.Assign() if isinstance(stmt.place.type, Pointer):
                if _is_local(stmt.place) or stmt.place.type.space is not Space.GENERIC:
                    return (replace(stmt, value=_fitted(stmt.value, stmt.place.type)),)
                return (replace(stmt, value=self.kept(stmt.value)),)
            case n.Assign() if stmt.value.type == stmt.place.type and any(pointees(stmt.value.type)):
                return (replace(stmt, value=self.kept(stmt.value)),)
            case n.Declare() if stmt.init is not None and any(pointees(stmt.var.type)):
                return (replace(stmt, init=self.kept(stmt.init)),)
            case n.Assign() if stmt.value.type != stmt.place.type:
                return (replace(stmt, value=_held(stmt.value, stmt.place.type, stmt.span)),)
            case _:
                return (stmt,)


def _of_type(var: n.Var, type_: Type) -> n.Var:
    return n.Var(var.name, type_, var.space, var.volatile, var.align, None, var.span)


def _held(value: n.Expr, type_: Type, span: Span | None) -> n.Expr:
    """An aggregate as the type of a variable that says where the pointers in it point to."""
    if value.type == type_:
        return value
    match value:
        case n.Zero():
            return n.Zero(type_)
        case n.Construct():
            types = (
                [f.type for f in type_.fields] if isinstance(type_, Struct) else [_element(type_)] * len(value.parts)
            )
            parts = zip(value.parts, types, strict=False)
            return n.Construct(type_, tuple(_held(part, of, span) for part, of in parts))
        case _ if isinstance(type_, Pointer):
            return _fitted(value, type_)
        case _:
            raise _refused("a value with pointers to shared or local memory in it comes from elsewhere", span)


def _element(type_: Type) -> Type:
    assert isinstance(type_, Array | Vector)
    return type_.element


def _is_local(place: n.Place) -> bool:
    return plain_pointer(place) is not None


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
    for expr in expressions(stmt):
        if isinstance(expr, n.Load) and isinstance(expr.type, Pointer) and not _is_local(expr.place):
            return True
        if isinstance(expr, n.Cast | n.Bitcast) and isinstance(expr.type, Pointer):
            if not isinstance(expr.operand.type, Pointer) and not isinstance(expr.operand, n.Const):
                return True
    return False
