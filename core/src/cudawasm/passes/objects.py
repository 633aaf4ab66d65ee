"""The objects of a kernel that pointers point to: which may be the same, how each is accessed and laid out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cudawasm.analysis.pointees import UNKNOWN, Pointees
from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    VOID,
    Array,
    Pointer,
    Scalar,
    Space,
    Struct,
    Type,
    Vector,
    align_of,
    member_offset,
    size_of,
)
from cudawasm.ir.walk import root
from cudawasm.passes.objects_to_words import IsStorable, Layout, Uses, choose_layout, numbers_of


@dataclass(frozen=True, slots=True)
class Address:
    """A byte address as a sum: ``base``, an object (Var) or a pointer expression, and terms of (index, bytes)."""

    base: n.Var | n.Expr
    terms: tuple[tuple[n.Expr, int], ...] = ()
    constant: int = 0

    def moved(self, index: n.Expr, nbytes: int) -> Address:
        if isinstance(index, n.Const):
            return Address(self.base, self.terms, self.constant + int(index.value) * nbytes)
        return Address(self.base, (*self.terms, (index, nbytes)), self.constant)


def place_address(place: n.Place) -> Address:
    match place:
        case n.VarPlace():
            return Address(place.var)
        case n.Deref():
            return pointer_address(place.ptr)
        case n.Member():
            start = place_address(place.base)
            return Address(start.base, start.terms, start.constant + member_offset(place.base.type, place.index))
        case n.Index():
            return place_address(place.base).moved(place.index, size_of(place.type))


def pointer_address(ptr: n.Expr) -> Address:
    match ptr:
        case n.AddressOf():
            return place_address(ptr.place)
        case n.Offset():
            assert isinstance(ptr.type, Pointer)
            return pointer_address(ptr.ptr).moved(ptr.index, size_of(ptr.type.pointee))
        case n.Cast() | n.Bitcast() if isinstance(ptr.operand.type, Pointer):
            return pointer_address(ptr.operand)
        case _:
            return Address(ptr)


@dataclass(frozen=True, slots=True)
class Object:
    """What takes the place of an object: ``array`` with its layout. ``number`` tells it from others in pointers.

    ``params`` names the pointer parameters that start in it. ``is_atomic``: atomic or volatile
    operations access it.
    """

    array: n.Var
    layout: Layout
    number: int
    params: tuple[str, ...] = ()
    is_heap: bool = False
    is_atomic: bool = False


@dataclass(frozen=True, slots=True)
class Merging:
    """Which global objects are one: ``same`` gives for a parameter the one that it shares its object with; with
    ``heap``, all but those ``apart`` are parts of one object, in which pointers kept in memory point as well."""

    same: Mapping[str, str] = field(default_factory=dict)
    heap: bool = False
    apart: frozenset[str] = frozenset()


class Objects:
    """The objects of one function in ``spaces``."""

    def __init__(
        self,
        function: n.Function,
        spaces: Collection[Space],
        merging: Merging,
        is_storable: IsStorable,
        is_atomic: IsStorable | None = None,
    ) -> None:
        self.function, self.spaces, self.merging, self.is_atomic = function, spaces, merging, is_atomic
        self.pointees = Pointees(function, spaces)
        self.flat = self.pointees.exposed | self._without_form() | self._with_rows()
        self._parents: dict[n.Var, n.Var] = {}
        self._uses: dict[n.Var, Uses] = {}
        self._by_name = {p.name: p for p in function.params}
        self._dynamic: n.Var | None = None
        self.variables: dict[n.Var, list[n.Var]] = {}
        self.chosen: set[n.Var] = set()
        """Objects that a pointer may point to which may point to others too."""
        for var in function.params:
            if self.pointees.is_global(var) and self.is_pointer(var.type):
                self.variables.setdefault(self.same(var), []).append(var)
                self._used(var)
        for stmt, expressions in self.pointees.statements:
            self._look_at(stmt, expressions)
        self.objects: dict[n.Var, Object] = {}
        for key in self.variables:
            self.objects[key] = self._object(key, len(self.objects), is_storable)

    # --- which are the same ---

    def same(self, var: n.Var) -> n.Var:
        """What stands for all objects that are one with ``var``."""
        if var is not UNKNOWN and self.pointees.is_global(var):
            if self.merging.heap and var.name not in self.merging.apart:
                return UNKNOWN
            return self._by_name[self.merging.same.get(var.name, var.name)]
        if var.space is Space.SHARED and is_unsized(var.type):
            self._dynamic = self._dynamic or var
            return self._dynamic
        return var

    def of(self, expr: n.Expr) -> list[n.Var]:
        """The objects that a pointer may point to, in a fixed order."""
        found = {self.same(v) for v in self._near(self.pointees.of(expr))}
        return [key for key in self.variables if key in found]

    def _near(self, objects: Collection[n.Var]) -> list[n.Var]:
        """Objects without the one that stands for unknown global memory, to which pointers into others do not point."""
        return [v for v in objects if v is not UNKNOWN or Space.GLOBAL in self.spaces]

    def layout(self, keys: list[n.Var]) -> Layout | None:
        return self.objects[keys[0]].layout if keys else None

    def _class(self, key: n.Var) -> n.Var:
        while key in self._parents:
            key = self._parents[key]
        return key

    def _used(self, var: n.Var) -> Uses:
        return self._uses.setdefault(self._class(self.same(var)), Uses())

    def _join(self, objects: Collection[n.Var]) -> Uses | None:
        """Objects that one pointer may point to are laid out alike."""
        found: Uses | None = None
        first: n.Var | None = None
        objects = self._near(objects)
        if len(objects) > 1:
            self.chosen.update(objects)
        for var in objects:
            key = self.same(var)
            self.variables.setdefault(key, [])
            if first is None:
                first = self._class(key)
                found = self._used(key)
            elif self._class(key) is not first:
                assert found is not None
                other = self._used(key)
                self._parents[self._class(key)] = first
                found.types |= other.types
                found.stored |= other.stored
                found.atomics |= other.atomics
                found.moves(other.step)
                found.volatile |= other.volatile
                found.is_signed |= other.is_signed
        return found

    # --- how they are used ---

    def _without_form(self) -> set[n.Var]:
        """Variables whose type no target declares: unions, and shared memory that several variables name."""
        found = {s.var for s, _ in self.pointees.statements if isinstance(s, n.Declare) and has_union(s.var.type)}
        dynamic: set[n.Var] = set()
        for stmt, expressions in self.pointees.statements:
            for place in _places(stmt, expressions):
                start = root(place)
                if isinstance(start, n.VarPlace) and start.var.space is Space.SHARED:
                    is_atomic = start.var.volatile or (isinstance(stmt, n.Atomic) and place is stmt.place)
                    if has_union(start.var.type) or (is_atomic and not self._may_be_atomic(start.var.type)):
                        found.add(start.var)
                    if is_unsized(start.var.type):
                        dynamic.add(start.var)
        found = {v for v in found if v.space in self.spaces}
        return found | dynamic if len(dynamic) > 1 and Space.SHARED in self.spaces else found

    def _may_be_atomic(self, type_: Type) -> bool:
        """Whether a variable of a type can be atomic, as a number or array of numbers."""
        while isinstance(type_, Array):
            type_ = type_.element
        return self.is_atomic is None or (isinstance(type_, Scalar) and self.is_atomic(type_))

    def _with_rows(self) -> set[n.Var]:
        """Variables with arrays in others, of which an element is chosen at run time or lies outside.

        Programs go on from a row into the next.
        """
        found: set[n.Var] = set()
        for stmt, expressions in self.pointees.statements:
            for place in _places(stmt, expressions):
                start = root(place)
                if isinstance(start, n.VarPlace) and start.var.space in self.spaces and _leaves_row(place):
                    found.add(start.var)
        return found

    def is_pointer(self, type_: Type) -> bool:
        return isinstance(type_, Pointer) and self.pointees.handles(type_)

    def handles(self, place: n.Place) -> bool:
        """Whether a place is in an object that becomes an array."""
        start = root(place)
        if isinstance(start, n.VarPlace):
            return start.var in self.flat
        assert isinstance(start.ptr.type, Pointer)
        return self.pointees.handles(start.ptr.type)

    def _look_at(self, stmt: n.Stmt, expressions: tuple[n.Expr, ...]) -> None:
        for expr in expressions:
            if isinstance(expr, n.Load):
                self._access(expr.place, stmt, stored=False)
            if self.is_pointer(expr.type):
                self._pointer(expr)
        if isinstance(stmt, n.Assign | n.Atomic):
            self._access(stmt.place, stmt, stored=True)
        if isinstance(stmt, n.Declare | n.Assign):
            target = stmt.var if isinstance(stmt, n.Declare) else getattr(stmt.place, "var", None)
            if isinstance(target, n.Var) and self.is_pointer(target.type) and target not in self.flat:
                self._join(self.pointees.held.get(target, ()))
        if isinstance(stmt, n.Declare) and stmt.var in self.flat:
            self._numbers(self._join((stmt.var,)), stmt.var.type, stored=True)

    def _pointer(self, expr: n.Expr) -> None:
        uses = self._join(self.pointees.of(expr))
        if uses is None:
            return
        self._moves(uses, pointer_address(expr))
        is_number = isinstance(expr, n.Cast | n.Bitcast) and not isinstance(expr.operand.type, Pointer)
        if is_number or (isinstance(expr, n.Load) and not isinstance(expr.place, n.VarPlace)):
            assert isinstance(expr.type, Pointer)
            uses.moves(4 if expr.type.pointee == VOID else align_of(expr.type.pointee))

    def _moves(self, uses: Uses, address: Address) -> None:
        uses.moves(address.constant)
        for _, nbytes in address.terms:
            uses.moves(nbytes)

    def _access(self, place: n.Place, stmt: n.Stmt, *, stored: bool) -> None:
        if not self.handles(place):
            return
        uses = self._join(self.pointees.of_place(place))
        if uses is None:
            return
        self._moves(uses, place_address(place))
        self._numbers(uses, place.type, stored=stored)
        start = root(place)
        uses.volatile |= start.var.volatile if isinstance(start, n.VarPlace) else start.volatile
        uses.span = uses.span or stmt.span
        if isinstance(stmt, n.Atomic) and stored:
            assert isinstance(place.type, Scalar)
            uses.atomics.add(place.type)
            uses.is_signed |= stmt.op in ("min", "max") and place.type.is_signed

    def _numbers(self, uses: Uses | None, type_: Type, *, stored: bool) -> None:
        if uses is None:
            return
        for number, offset in numbers_of(type_):
            uses.types.add(number)
            uses.moves(offset)
            if stored:
                uses.stored.add(number)
        for array in _arrays_in(type_):
            uses.moves(size_of(array.element))

    def _object(self, key: n.Var, number: int, is_storable: IsStorable) -> Object:
        uses = self._uses.setdefault(self._class(key), Uses())
        in_memory = key is UNKNOWN or self.pointees.is_global(key)
        storable = is_storable if in_memory else lambda t: True
        between_threads = in_memory or key.space is Space.SHARED
        layout = choose_layout(uses, storable, between_threads, self.is_atomic)
        is_atomic = between_threads and (bool(uses.atomics) or uses.volatile or layout.shared_words)
        if in_memory:
            params = self.variables[key]
            name = "memory" if key is UNKNOWN else key.name
            array = n.Var(name, Array(layout.element, 0), Space.GLOBAL, span=key.span)
            return Object(array, layout, number, tuple(p.name for p in params), key is UNKNOWN, is_atomic)
        nbytes = 0 if is_unsized(key.type) else size_of(key.type)
        type_ = Array(layout.element, layout.count(nbytes))
        array = n.Var(key.name, type_, key.space, key.volatile, key.align, None, key.span)
        return Object(array, layout, number, is_atomic=is_atomic)


def _leaves_row(place: n.Place) -> bool:
    while isinstance(place, n.Member | n.Index):
        if isinstance(place, n.Index) and isinstance(place.base.type, Array):
            count, index = place.base.type.count, place.index
            if isinstance(index, n.Const):
                if not 0 <= index.value < count and count:
                    return True
            elif isinstance(place.base, n.Index):
                return True
        place = place.base
    return False


def is_unsized(type_: Type) -> bool:
    return isinstance(type_, Array) and (type_.count == 0 or is_unsized(type_.element))


def _places(stmt: n.Stmt, expressions: tuple[n.Expr, ...]) -> list[n.Place]:
    """The places that a statement reads, writes or takes the address of."""
    found: list[n.Place] = [stmt.place] if isinstance(stmt, n.Assign | n.Atomic) else []
    found += (expr.place for expr in expressions if isinstance(expr, _NAMING))
    return found


_NAMING = (n.Load, n.AddressOf)


def has_union(type_: Type) -> bool:
    """Whether fields of a type overlap."""
    match type_:
        case Struct():
            return type_.is_union or any(has_union(f.type) for f in type_.fields)
        case Array():
            return has_union(type_.element)
        case _:
            return False


def _arrays_in(type_: Type) -> list[Array | Vector]:
    match type_:
        case Array():
            return [type_, *_arrays_in(type_.element)]
        case Vector():
            return [type_]
        case Struct():
            return [a for f in type_.fields for a in _arrays_in(f.type)]
        case _:
            return []
