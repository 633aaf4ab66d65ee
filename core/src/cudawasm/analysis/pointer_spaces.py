"""Which address space each pointer of a function points into, for a function that calls no others.

Kernel parameters and pointers read from global memory point to global memory; the address of a variable is in the
variable's space; a local pointer variable has the space that all values assigned to it have. Pointers kept in local
and shared memory have the spaces of all that is stored there, told apart by the type that they point to.

With ``zero_is_shared`` those to shared memory that may be null or lie in memory are generic: a device's address of the
first byte of shared memory may be 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array, Pointer, Space, Struct, Type
from cudawasm.ir.walk import expressions, root, statements

_PRIVATE_TO_BLOCK = (Space.LOCAL, Space.SHARED)
Contents = Iterator[tuple[Type, Space | None]]


def join(a: Space | None, b: Space | None) -> Space | None:
    """The space of a pointer that comes from two places; None is "null, or not known yet"."""
    if a is None or a is b:
        return b
    return a if b is None else Space.GENERIC


class PointerSpaces:
    """``variables``: the space of each local pointer variable; ``space`` tells that of an expression."""

    def __init__(self, function: n.Function, zero_is_shared: bool = False):
        self.zero_is_shared = zero_is_shared
        self.variables: dict[n.Var, Space | None] = {}
        self._statements = tuple(statements(function.body))
        self._expressions = tuple(expr for stmt in self._statements for expr in expressions(stmt))
        self._held: dict[tuple[Space, Type | None], Space | None] = {}
        self._exposed = set(_exposed_pointers(self._expressions))
        self._is_punned = any(map(puns_pointers, self._expressions))
        self._nullable = set(_compared_with_null(self._expressions))
        self._integers = Space.GLOBAL
        self._changed = False
        for param in function.params:
            self._enter(param)
        self._settle()
        if self._addresses_become_integers():
            self._integers = Space.GENERIC
            self._settle()

    def space(self, expr: n.Expr) -> Space | None:
        """Where a pointer expression points."""
        match expr:
            case n.Const():
                return None if expr.value == 0 else Space.GLOBAL
            case n.Load():
                return self._loaded(expr.place)
            case n.AddressOf():
                return self.place_space(expr.place)
            case n.Offset():
                return self.space(expr.ptr)
            case n.Cast() | n.Bitcast():
                if isinstance(expr.operand.type, Pointer):
                    return self.space(expr.operand)
                zero = isinstance(expr.operand, n.Const) and expr.operand.value == 0
                return None if zero else self._integers
            case n.Select():
                found = join(self.space(expr.if_true), self.space(expr.if_false))
                return self._nullable_space(found) if _may_be_null(expr) else found
            case n.Extract(operand=n.Construct(parts=parts)):
                return self.space(parts[expr.index])
            case n.Extract():
                return self._joined(self.contents(expr.operand), expr.type)
            case _:
                return Space.GLOBAL

    def place_space(self, place: n.Place) -> Space | None:
        """Where a place lies."""
        start = root(place)
        if isinstance(start, n.VarPlace):
            return Space.GLOBAL if start.var.space is Space.CONSTANT else start.var.space
        return self.space(start.ptr)

    def contents(self, value: n.Expr) -> Contents:
        """(what it points to, space) for each pointer in a value."""
        if isinstance(value.type, Pointer):
            yield value.type.pointee, self.space(value)
            return
        match value:
            case n.Construct():
                for part in value.parts:
                    yield from self.contents(part)
            case n.Select():
                yield from self.contents(value.if_true)
                yield from self.contents(value.if_false)
            case n.Extract():
                yield from self.contents(value.operand)
            case n.Load():
                space = self.place_space(value.place)
                yield from ((pointee, self._found_in(space, pointee)) for pointee in pointees(value.type))
            case n.Zero():
                pass
            case _:
                yield from ((pointee, Space.GENERIC) for pointee in pointees(value.type))

    # --- to a fixed point ---

    def _settle(self) -> None:
        self._changed = True
        while self._changed:
            self._changed = False
            for stmt in self._statements:
                self._look_at(stmt)
            for var in self._exposed:
                assert isinstance(var.type, Pointer)
                self._learn_of(var, self._found_in(Space.LOCAL, var.type.pointee))

    def _look_at(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Declare() if stmt.init is not None:
                self._give(n.VarPlace(stmt.var), stmt.init)
            case n.Assign():
                self._give(stmt.place, stmt.value)
            case _:
                pass

    def _give(self, place: n.Place, value: n.Expr) -> None:
        var = plain_pointer(place)
        if var is not None:
            if _may_be_null(value):
                self._nullable.add(var)
            self._learn_of(var, self.space(value))
            if var not in self._exposed:
                return
        space = self.place_space(place)
        for pointee, found in self.contents(value):
            for kind in _PRIVATE_TO_BLOCK if space is Space.GENERIC else (space,):
                self._hold(kind, pointee, found)

    def _enter(self, param: n.Var) -> None:
        """What the host passes points to global memory."""
        if isinstance(param.type, Pointer):
            self.variables[param] = Space.GLOBAL
            if param not in self._exposed:
                return
        for pointee in pointees(param.type):
            self._hold(Space.LOCAL, pointee, Space.GLOBAL)

    def _learn_of(self, var: n.Var, space: Space | None) -> None:
        joined = join(self.variables.get(var), space)
        if var in self._nullable:
            joined = self._nullable_space(joined)
        self._changed |= joined is not self.variables.get(var)
        self.variables[var] = joined

    def _nullable_space(self, space: Space | None) -> Space | None:
        return Space.GENERIC if self.zero_is_shared and space is Space.SHARED else space

    def _hold(self, kind: Space | None, pointee: Type, space: Space | None) -> None:
        if kind is None or kind not in _PRIVATE_TO_BLOCK:
            return
        key = (kind, None if self._is_punned else pointee)
        joined = self._nullable_space(join(self._held.get(key), space))
        self._changed |= joined is not self._held.get(key)
        self._held[key] = joined

    # --- what memory holds ---

    def _loaded(self, place: n.Place) -> Space | None:
        assert isinstance(place.type, Pointer)
        var = plain_pointer(place)
        return self._found_in(self.place_space(place), place.type.pointee) if var is None else self.variables.get(var)

    def held(self, kind: Space, pointee: Type) -> Space | None:
        """Where pointers to a type point that are kept in shared or local memory."""
        return self._held.get((kind, None if self._is_punned else pointee))

    def _found_in(self, space: Space | None, pointee: Type) -> Space | None:
        if space is None:  # not known yet, or null
            return None
        key = None if self._is_punned else pointee
        if space in _PRIVATE_TO_BLOCK:
            assert space is not None
            return self.held(space, pointee)
        found: Space | None = Space.GLOBAL
        if space is Space.GENERIC:
            for kind in _PRIVATE_TO_BLOCK:
                found = join(found, self._held.get((kind, key)))
        return found

    def _joined(self, contents: Contents, wanted: Type) -> Space | None:
        assert isinstance(wanted, Pointer)
        found: Space | None = None
        for pointee, space in contents:
            if pointee == wanted.pointee:
                found = join(found, space)
        return found

    def _addresses_become_integers(self) -> bool:
        """Whether an integer made a pointer may point elsewhere than to global memory."""
        if self._is_punned and any(space not in (None, Space.GLOBAL) for space in self._held.values()):
            return True
        return any(
            _makes_integer(expr) and self.space(expr.operand) not in (None, Space.GLOBAL)  # type: ignore[union-attr]
            for expr in self._expressions
        )


def plain_pointer(place: n.Place) -> n.Var | None:
    """The local pointer variable that a place is, if it is one."""
    if isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL and isinstance(place.type, Pointer):
        return place.var
    return None


def pointees(type_: Type) -> Iterator[Type]:
    """What the pointers in a type point to."""
    match type_:
        case Pointer():
            yield type_.pointee
        case Array():
            yield from pointees(type_.element)
        case Struct():
            for field in type_.fields:
                yield from pointees(field.type)
        case _:
            pass


def _exposed_pointers(expressions_: tuple[n.Expr, ...]) -> Iterator[n.Var]:
    """Pointer variables that may be reached by their address."""
    for expr in expressions_:
        if isinstance(expr, n.AddressOf):
            var = plain_pointer(expr.place)
            if var is not None:
                yield var


def _may_be_null(value: n.Expr) -> bool:
    """Whether a null pointer stands in a value."""
    match value:
        case n.Const():
            return value.value == 0
        case n.Cast() | n.Bitcast():
            return _may_be_null(value.operand)
        case n.Select():
            return _may_be_null(value.if_true) or _may_be_null(value.if_false)
        case _:
            return False


def _compared_with_null(expressions_: tuple[n.Expr, ...]) -> Iterator[n.Var]:
    for expr in expressions_:
        if isinstance(expr, n.Binary) and isinstance(expr.left.type, Pointer):
            for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
                if _may_be_null(other) and isinstance(side, n.Load):
                    var = plain_pointer(side.place)
                    if var is not None:
                        yield var


def puns_pointers(expr: n.Expr) -> bool:
    """Whether memory that holds pointers may be accessed as holding something else."""
    if _is_union_of_pointers(expr.type):
        return True
    if isinstance(expr, n.Load | n.AddressOf) and _is_in_union_of_pointers(expr.place):
        return True
    if isinstance(expr, n.AddressOf):
        seen: Type = expr.place.type
    elif isinstance(expr, n.Cast | n.Bitcast) and isinstance(expr.operand.type, Pointer):
        seen = expr.operand.type.pointee
    else:
        return False
    return isinstance(expr.type, Pointer) and _held_types(seen) != _held_types(expr.type.pointee)


def _is_union_of_pointers(type_: Type) -> bool:
    return isinstance(type_, Struct) and type_.is_union and any(pointees(type_))


def _is_in_union_of_pointers(place: n.Place) -> bool:
    """Whether a place is a part of a union, of which pointers may be another part."""
    while isinstance(place, n.Member | n.Index):
        place = place.base
        if _is_union_of_pointers(place.type):
            return True
    return False


def _held_types(type_: Type) -> frozenset[Type]:
    return frozenset(pointees(type_))


def _makes_integer(expr: n.Expr) -> bool:
    if not isinstance(expr, n.Cast | n.Bitcast) or not isinstance(expr.operand.type, Pointer):
        return False
    return not isinstance(expr.type, Pointer) and getattr(expr.type, "bits", 64) == 64
