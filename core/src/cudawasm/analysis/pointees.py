"""Which objects each pointer of a kernel may point to.

An object is a variable in shared or local memory, or what a pointer parameter points to. Integers of 64 bits carry
pointers as well. Pointers kept in shared or local memory are one set for each type that they point to. What is read
from global memory, or made of an integer that holds no pointer we know, is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cudawasm.analysis.pointer_spaces import puns_pointers
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, Array, Pointer, Scalar, Space, Struct, Type
from cudawasm.ir.walk import (
    addressed_in,
    addressed_variables,
    assigned_variables,
    operands,
    root,
    with_expressions,
)
from cudawasm.source import Span

UNKNOWN = n.Var("memory", Pointer(Scalar("u8", "uint", 8), Space.GLOBAL))
"""Stands for the object that a pointer of unknown origin points to."""

_LARGEST_ALIGNMENT = 4096


class Pointees:
    """The objects of pointers into ``spaces``."""

    def __init__(self, function: n.Function, spaces: Collection[Space]):
        self.spaces = spaces
        self.function = function
        self.params = frozenset(function.params)
        self.statements = with_expressions(function.body)
        addressed = addressed_in(expr for _, expressions in self.statements for expr in expressions)
        self.exposed = {var for var in addressed if var.space in spaces}
        self.held: dict[n.Var, frozenset[n.Var]] = {
            p: frozenset((p,)) for p in function.params if isinstance(p.type, Pointer) and self.handles(p.type)
        }
        self.numbers: dict[n.Var, frozenset[n.Var]] = {}
        self._kept: dict[Type | None, frozenset[n.Var]] = {}
        """By what they point to; None for numbers, and where memory of pointers may hold something else too."""
        self._is_punned = any(puns_pointers(e) for _, expressions in self.statements for e in expressions)
        self.changed = True
        while self.changed:
            self.changed = False
            for stmt, expressions in self.statements:
                self._look_at(stmt, expressions)

    @property
    def has_unknown(self) -> bool:
        """Whether a pointer of unknown origin is used, or one put where it may later be read as such."""
        return any(self._uses_unknown(stmt, expressions) for stmt, expressions in self.statements)

    def handles(self, type_: Pointer) -> bool:
        """Whether a pointer is one into the spaces looked at; constants are in global memory."""
        space = Space.GLOBAL if type_.space is Space.CONSTANT else type_.space
        return space in self.spaces

    def is_register(self, var: n.Var) -> bool:
        """Whether a variable is only changed by its name."""
        return var.space is Space.LOCAL and var not in self.exposed

    def is_global(self, var: n.Var) -> bool:
        """Whether an object is in global memory: a pointer parameter stands for what it points to."""
        if var.space in (Space.GLOBAL, Space.CONSTANT):
            return True
        return var is UNKNOWN or (var in self.params and isinstance(var.type, Pointer) and var not in self.exposed)

    def of(self, expr: n.Expr) -> frozenset[n.Var]:
        """The objects of a pointer, or of the pointers in an integer."""
        match expr:
            case n.Load(place=n.VarPlace(var=var)) if self.is_register(var):
                return self.held.get(var, frozenset())
            case n.Load():
                return self._loaded(expr.place)
            case n.AddressOf():
                return self.of_place(expr.place)
            case n.Offset():
                found = self.of(expr.ptr)
                return found | {UNKNOWN} if self.made(expr.index) else found
            case n.Cast() | n.Bitcast() if isinstance(expr.type, Pointer):
                if isinstance(expr.operand, n.Const):
                    return frozenset() if expr.operand.value == 0 else frozenset((UNKNOWN,))
                found = self.of(expr.operand)
                is_known = bool(found) or isinstance(expr.operand.type, Pointer)
                return found if is_known else frozenset((UNKNOWN,))
            case n.Const():
                return frozenset((UNKNOWN,)) if isinstance(expr.type, Pointer) and expr.value else frozenset()
            case n.Binary() if expr.op in n.COMPARISONS or _is_remainder(expr):
                return frozenset()
            case n.Distance():
                return frozenset()
            case n.Cast() if expr.type == BOOL:
                return frozenset()
            case n.Select():
                return self.of(expr.if_true) | self.of(expr.if_false)
            case n.Extract(operand=n.Construct(parts=parts)):
                return self.of(parts[expr.index])
            case _ if isinstance(expr.type, Pointer):
                return frozenset((UNKNOWN,))
            case _:
                return frozenset().union(*(self.of(o) for o in operands(expr)))

    def of_place(self, place: n.Place) -> frozenset[n.Var]:
        """The object that a place is in, or may be in."""
        start = root(place)
        if isinstance(start, n.VarPlace):
            return frozenset((start.var,))
        return self.of(start.ptr)

    def _loaded(self, place: n.Place) -> frozenset[n.Var]:
        """What a value read from memory points to."""
        type_ = place.type
        if not isinstance(type_, Pointer) and getattr(type_, "bits", 0) != 64:
            return frozenset()
        if not self._is_global(place):
            return self._kept_of(type_)
        return frozenset((UNKNOWN,)) if isinstance(type_, Pointer) else frozenset()

    def _kept_of(self, type_: Type) -> frozenset[n.Var]:
        """What pointers of a type that are kept in shared or local memory point to, or all that may be in a number."""
        if isinstance(type_, Pointer) and not self._is_punned:
            return self._kept.get(type_.pointee, frozenset()) | self._kept.get(None, frozenset())
        return frozenset().union(*self._kept.values())

    def _is_global(self, place: n.Place) -> bool:
        start = root(place)
        if isinstance(start, n.VarPlace):
            return start.var.space in (Space.GLOBAL, Space.CONSTANT)
        return any(self.is_global(o) for o in self.of(start.ptr)) or (
            isinstance(start.ptr.type, Pointer) and not self.handles(start.ptr.type)
        )

    def _look_at(self, stmt: n.Stmt, expressions: tuple[n.Expr, ...]) -> None:
        for expr in expressions:
            if isinstance(expr, n.Construct):
                for part in expr.parts:
                    if isinstance(part.type, Pointer) or getattr(part.type, "bits", 0) == 64:
                        self._keep(self.of(part), part.type)
        if isinstance(stmt, n.Declare) and stmt.init is not None:
            self._give(stmt.var, self.of(stmt.init))
            self._make(stmt.var, stmt.init)
        elif isinstance(stmt, n.Assign):
            if isinstance(stmt.place, n.VarPlace) and self.is_register(stmt.place.var):
                self._give(stmt.place.var, self.of(stmt.value))
                self._make(stmt.place.var, stmt.value)
            elif isinstance(stmt.value.type, Pointer) or getattr(stmt.value.type, "bits", 0) == 64:
                self._keep(self.of(stmt.value), stmt.value.type)
        elif isinstance(stmt, n.Atomic):
            for arg in stmt.args:
                self._keep(self.of(arg), arg.type)
            if stmt.result is not None:
                self._give(stmt.result, self._loaded(stmt.place))
        elif isinstance(stmt, n.Warp):
            for var in assigned_variables(stmt):
                self._give(var, frozenset().union(*(self.of(a) for a in stmt.args)))

    def _make(self, var: n.Var, value: n.Expr) -> None:
        """Remember of which pointers a number was made."""
        before = self.numbers.get(var, frozenset())
        after = before | self.made(value)
        if after != before and isinstance(var.type, Scalar):
            self.numbers[var] = after
            self.changed = True

    def _give(self, var: n.Var, objects: frozenset[n.Var]) -> None:
        if var in self.exposed:
            self._keep(objects, var.type)
            return
        before = self.held.get(var, frozenset())
        if not objects <= before:
            self.held[var] = before | objects
            self.changed = True

    def _keep(self, objects: frozenset[n.Var], type_: Type) -> None:
        key = type_.pointee if isinstance(type_, Pointer) and not self._is_punned else None
        before = self._kept.get(key, frozenset())
        if not objects <= before:
            self._kept[key] = before | objects
            self.changed = True

    def _uses_unknown(self, stmt: n.Stmt, expressions: tuple[n.Expr, ...]) -> bool:
        for expr in expressions:
            if isinstance(expr.type, Pointer) and self.handles(expr.type) and UNKNOWN in self.of(expr):
                return True
        return any(self.carried(value) for value in self._stored_in_global(stmt))

    def _stored_in_global(self, stmt: n.Stmt) -> tuple[n.Expr, ...]:
        """What a statement puts in global memory."""
        if not isinstance(stmt, n.Assign | n.Atomic) or not self._is_global(stmt.place):
            return ()
        return (stmt.value,) if isinstance(stmt, n.Assign) else stmt.args

    def made(self, number: n.Expr) -> frozenset[n.Var]:
        """The objects of pointers of which a number was made, as long as it was not in memory since."""
        match number:
            case n.Cast() | n.Bitcast() if isinstance(number.operand.type, Pointer):
                return frozenset() if number.type == BOOL else self.of(number.operand)
            case n.Load(place=n.VarPlace(var=var)):
                return self.numbers.get(var, frozenset())
            case n.Load():
                return frozenset()
            case n.Distance():
                return self._apart(self.of(number.left), self.of(number.right))
            case n.Binary() if number.op in n.COMPARISONS or _is_remainder(number):
                return frozenset()
            case n.Binary(op="sub") if self.made(number.left) and self.made(number.right):
                return self._apart(self.made(number.left), self.made(number.right))
            case _:
                return frozenset().union(*(self.made(o) for o in operands(number)))

    def _apart(self, left: frozenset[n.Var], right: frozenset[n.Var]) -> frozenset[n.Var]:
        """The objects of which a distance leads from one to another: none where both pointers are into one object."""
        both = left | right
        if not left or not right or len(both) == 1 or not any(map(self.is_global, both)):
            return frozenset()
        return both

    def carried(self, value: n.Expr) -> frozenset[n.Var]:
        """The objects of all pointers in a value."""
        if isinstance(value, n.Construct):
            return frozenset().union(*(self.carried(part) for part in value.parts))
        if isinstance(value.type, Scalar):
            return self.made(value)
        if isinstance(value.type, Pointer):
            return self.of(value)
        return frozenset().union(*(self._kept_of(type_) for type_ in _pointers_in(value.type)))

    def escape(self) -> Span | None:
        """Where a pointer to shared or local memory is put in global memory, if anywhere."""
        for stmt, _ in self.statements:
            carried = frozenset().union(*(self.carried(value) for value in self._stored_in_global(stmt)))
            if not all(self.is_global(var) for var in carried):
                return stmt.span or self.function.span
        return None


def _is_remainder(expr: n.Binary) -> bool:
    """Whether a number says how something is aligned, and not where it is."""
    right = expr.right
    return expr.op in ("and", "rem") and isinstance(right, n.Const) and 0 <= right.value < _LARGEST_ALIGNMENT


def _pointers_in(type_: Type) -> Iterator[Type]:
    """The types of the pointers in an aggregate."""
    match type_:
        case Pointer():
            yield type_
        case Array():
            yield from _pointers_in(type_.element)
        case Struct():
            for field in type_.fields:
                yield from _pointers_in(field.type)
        case _:
            pass


def exposed_variables(function: n.Function, spaces: Collection[Space]) -> set[n.Var]:
    """Variables in ``spaces`` of which an address is taken."""
    return {var for var in addressed_variables(function.body) if var.space in spaces}
