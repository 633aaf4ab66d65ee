"""The state of lowering one function body: statements emitted so far, scopes, and access to storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.labels import Labels
from cudawasm.frontend.symbols import Scope
from cudawasm.frontend.tokens import fail
from cudawasm.frontend.values import Value, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema
    from cudawasm.frontend.switches import OpenSwitch


@dataclass(slots=True)
class Jump:
    """Where ``break`` and ``continue`` go; a switch has no ``continue_label``."""

    break_label: str
    continue_label: str
    uses_break: bool = False
    depth: int = 0
    """How many scopes with objects are around the loop or switch."""


class FunctionLowering:
    """Emits the KIR statements of one function."""

    def __init__(self, sema: Sema, scope: Scope, name: str) -> None:
        self.sema = sema
        self.scope = scope
        self.name = name
        self.display = name
        """The function as a user writes it, with template arguments: the same in every run, which its name is not."""
        self.out: list[nodes.Stmt] = []
        self.span: Span | None = None
        self.this: Value | None = None
        self.closure: Value | None = None
        self.result: cxx.CType = cxx.VOID
        self.jumps: list[Jump] = []
        self.labels = Labels()
        self.switches: list[OpenSwitch] = []
        self.is_kernel = False
        self.unevaluated = False
        self.cleanups: list[list[Value]] = []
        self.initialised: list[list[str]] = []
        """Of each scope with objects, the variables that a jump must not pass."""
        self.temporaries: dict[nodes.Var, tuple[cxx.CType, list[nodes.Stmt]]] = {}
        self.params: frozenset[nodes.Var] = frozenset()
        self._used_names: dict[str, int] = {}
        self._labels = 0

    def fail(self, code: str, message: str, span: Span | None = None, hint: str = "") -> NoReturn:
        fail(code, message, span or self.span, hint)

    # --- statements and names ----------------------------------------------------------------------

    def emit(self, statement: nodes.Stmt) -> None:
        self.out.append(statement)

    @contextmanager
    def block(self) -> Iterator[list[nodes.Stmt]]:
        """Collect the statements emitted inside into a list of their own."""
        inner: list[nodes.Stmt] = []
        outer = self.out
        self.out = inner
        try:
            yield inner
        finally:
            self.out = outer

    @contextmanager
    def nested_scope(self) -> Iterator[Scope]:
        outer = self.scope
        self.scope = Scope("block", outer)
        try:
            yield self.scope
        finally:
            self.scope = outer

    def unique(self, name: str) -> str:
        """A variable name not used in this function yet."""
        count = self._used_names.get(name, 0)
        self._used_names[name] = count + 1
        return name if count == 0 else self.unique(f"{name}_{count}")

    def label(self, name: str) -> str:
        self._labels += 1
        return f"{name}{self._labels}"

    def declare(self, name: str, type_: kir.Type, init: nodes.Expr | None = None, volatile: bool = False) -> nodes.Var:
        """A new local variable, declared here."""
        var = nodes.Var(self.unique(name), type_, kir.Space.LOCAL, volatile, span=self.span)
        self.emit(nodes.Declare(var, self.coerced(init, type_) if init is not None else None, self.span))
        return var

    def temp(self, expr: nodes.Expr, name: str = "t") -> nodes.Expr:
        """The expression's value kept in a temporary, so that it may be used twice."""
        if isinstance(expr, (nodes.Const, nodes.Special, nodes.Zero)):
            return expr
        return nodes.Load(nodes.VarPlace(self.declare(name, expr.type, expr)))

    # --- reading and writing storage ----------------------------------------------------------------

    def coerced(self, expr: nodes.Expr, type_: kir.Type) -> nodes.Expr:
        """Adjusts only how a pointer is typed: space and opaque pointees; other types must agree."""
        if expr.type == type_:
            return expr
        if isinstance(expr.type, kir.Pointer) and isinstance(type_, kir.Pointer):
            return fold.cast(type_, expr)
        if isinstance(expr, nodes.Load) and isinstance(type_, kir.Struct):
            return expr
        raise AssertionError(f"{expr.type} where {type_} belongs")

    def load(self, value: Value) -> nodes.Expr:
        """Lvalue-to-rvalue conversion; arrays and functions are not decayed here."""
        if value.constant is not None:
            return value.constant
        if value.expr is not None:
            return value.expr
        if value.place is None:
            if value.functions is not None and not value.functions.decls:
                self.fail("E0203", f"'{value.functions.name}' is not declared", value.functions.span)
            if not isinstance(value.type, cxx.VoidType):
                self.fail("E0205", "a variable has no value in its own initialiser")
            self.fail("E0205", "this is not a value")
        if value.bits is not None:
            return self._load_bits(value)
        place = value.place
        if isinstance(place, nodes.Deref) and cxx.is_volatile(value.ctype) and not place.volatile:
            place = nodes.Deref(place.ptr, True, place.span)
        if cxx.is_const(value.ctype) and isinstance(place, (nodes.Member, nodes.Index)):
            known = self._known_part(place)
            if known is not None:
                return known
        expr: nodes.Expr = nodes.Load(place)
        if isinstance(place.type, kir.Pointer) and isinstance(value.type, (cxx.PointerTo, cxx.ReferenceTo)):
            wanted = cxx.kir_type(value.type)
            assert isinstance(wanted, kir.Pointer)
            if place.type.pointee != wanted.pointee:
                expr = fold.cast(kir.Pointer(wanted.pointee, place.type.space), expr)
        return expr

    def _known_part(self, place: nodes.Place) -> nodes.Const | None:
        """A scalar inside a constant object whose value is known."""
        root: nodes.Place = place
        while isinstance(root, (nodes.Member, nodes.Index)):
            root = root.base
        if not isinstance(root, nodes.VarPlace) or root.var.space is not kir.Space.CONSTANT or root.var.init is None:
            return None
        if not isinstance(place.type, kir.Scalar):
            return None
        from cudawasm.frontend import evaluate

        return evaluate.constant(self.sema, [], nodes.Load(place))

    def _load_bits(self, value: Value) -> nodes.Expr:
        assert value.bits is not None and value.place is not None
        unit = nodes.Load(value.place)
        assert isinstance(unit.type, kir.Scalar)
        target = cxx.kir_type(value.ctype)
        width = unit.type.bits
        left = fold.constant(kir.I32, width - value.bits.offset - value.bits.width)
        right = fold.constant(kir.I32, width - value.bits.width)
        signed = isinstance(target, kir.Scalar) and target.is_signed
        wide = kir.SCALARS[f"{'i' if signed else 'u'}{width}"]
        shifted = fold.binary("shl", fold.cast(wide, unit), left)
        return fold.cast(target, fold.binary("shr", shifted, right))

    def store(self, target: Value, expr: nodes.Expr) -> None:
        """Write a value of the target's own type."""
        if target.place is None:
            self.fail("E0206", "this cannot be assigned to")
        if target.bits is not None:
            self._store_bits(target, expr)
            return
        place = target.place
        if isinstance(place.type, kir.Struct) and not place.type.fields:
            return  # an empty base may share its byte with a member of another
        if isinstance(place, nodes.Deref) and cxx.is_volatile(target.ctype) and not place.volatile:
            place = nodes.Deref(place.ptr, True, place.span)
        self.emit(nodes.Assign(place, self.coerced(expr, place.type), self.span))

    def _store_bits(self, target: Value, expr: nodes.Expr) -> None:
        assert target.bits is not None and target.place is not None
        unit = nodes.Load(target.place)
        assert isinstance(unit.type, kir.Scalar)
        mask = ((1 << target.bits.width) - 1) << target.bits.offset
        shift = fold.constant(kir.I32, target.bits.offset)
        placed = fold.binary("shl", fold.cast(unit.type, expr), shift)
        placed = fold.binary("and", placed, fold.constant(unit.type, mask))
        kept = fold.binary("and", unit, fold.constant(unit.type, ~mask))
        self.emit(nodes.Assign(target.place, fold.binary("or", kept, placed), self.span))

    def place_of(self, value: Value) -> nodes.Place:
        """The value's storage; an rvalue gets a temporary."""
        if value.place is not None:
            if value.bits is not None:
                self.fail("E0206", "a bit-field has no address")
            return value.place
        if value.choice is not None:
            return self._chosen_place(*value.choice)
        expr = self.load(value)
        if self._is_temporary(expr):
            assert isinstance(expr, nodes.Load)
            return expr.place
        return nodes.VarPlace(self.declare("t", expr.type, expr))

    def _is_temporary(self, expr: nodes.Expr) -> bool:
        """An object that is to be destroyed where it lies."""
        return (
            isinstance(expr, nodes.Load)
            and isinstance(expr.place, nodes.VarPlace)
            and expr.place.var in self.temporaries
        )

    def _chosen_place(self, condition: nodes.Expr, first: Value, second: Value) -> nodes.Place:
        """The object that a conditional of two lvalues denotes, through its address."""
        a, b = fold.address_of(self.place_of(first)), fold.address_of(self.place_of(second))
        assert isinstance(a.type, kir.Pointer) and isinstance(b.type, kir.Pointer)
        type_ = a.type if a.type == b.type else kir.Pointer(a.type.pointee)
        return fold.deref(fold.select(condition, self.coerced(a, type_), self.coerced(b, type_)))

    def stable(self, place: nodes.Place) -> nodes.Place:
        """The same place with its indices and pointers kept in temporaries, so that it may be used twice."""
        match place:
            case nodes.VarPlace():
                return place
            case nodes.Deref(ptr=ptr, volatile=volatile, span=span):
                return nodes.Deref(self._stable_expr(ptr), volatile, span)
            case nodes.Member(base=base, index=index):
                return nodes.Member(self.stable(base), index)
            case nodes.Index(base=base, index=expr, span=span):
                return nodes.Index(self.stable(base), self._stable_expr(expr), span)

    def _stable_expr(self, expr: nodes.Expr) -> nodes.Expr:
        if isinstance(expr, nodes.AddressOf):
            return nodes.AddressOf(self.stable(expr.place), expr.type)
        return self.temp(expr)

    def stabilised(self, value: Value) -> Value:
        """An lvalue that may be used twice with one evaluation of its subexpressions."""
        if value.place is None:
            return value
        return replace(value, place=self.stable(value.place))

    # --- order of evaluation ------------------------------------------------------------------------

    def mark(self) -> int:
        return len(self.out)

    def keep_before(self, mark: int, expr: nodes.Expr) -> nodes.Expr:
        """``expr`` was evaluated at ``mark``; if statements came since, keep the value it had then."""
        if len(self.out) == mark or not fold.has_load(expr) or self._is_temporary(expr):
            return expr
        var = nodes.Var(self.unique("t"), expr.type, span=self.span)
        self.out.insert(mark, nodes.Declare(var, expr, self.span))
        return nodes.Load(nodes.VarPlace(var))

    def keep_value_before(self, mark: int, value: Value) -> Value:
        """Like ``keep_before`` for a value; an lvalue keeps its place, with its indices kept."""
        if len(self.out) == mark or value.functions is not None:
            return value
        if value.place is not None:
            tail = self.out[mark:]
            del self.out[mark:]
            value = self.stabilised(value)
            self.out += tail
            return value
        if value.expr is not None:
            return rvalue(value.ctype, self.keep_before(mark, value.expr))
        return value
