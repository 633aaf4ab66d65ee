"""Pointer expressions as positions in the arrays that objects have become, and what is read there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import reduce

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, I64, U32, U64, Array, Pointer, Scalar, Struct, Type, Vector, size_of
from cudawasm.ir.walk import Rewriter, assigned_variables, statements
from cudawasm.passes.objects import Address, Object, Objects, place_address, pointer_address
from cudawasm.passes.objects_to_words import plus, read_number, words_of
from cudawasm.passes.simplify import zero
from cudawasm.source import Span

NULL = 0xFFFFFFFF
"""The index of a null pointer."""
HEAP_HIGH = "memory_high"
"""The parameter with the upper half of addresses in the heap."""
_FLAG = 1 << 31


@dataclass(frozen=True, slots=True)
class Position:
    """A pointer: ``keys`` are the objects that it may point to, ``number`` tells which when they are several."""

    keys: tuple[n.Var, ...]
    index: n.Expr
    number: n.Expr | None = None


@dataclass(slots=True)
class PointerVariable:
    index: n.Var
    number: n.Var | None
    keys: tuple[n.Var, ...] = field(default=())


def u32(value: int) -> n.Expr:
    return n.Const(U32, value)


def read_var(var: n.Var) -> n.Expr:
    return n.Load(n.VarPlace(var))


class Positions(Rewriter):
    """Rewrites expressions; pointer variables become indices."""

    def __init__(self, objects: Objects, at_start: frozenset[str]):
        self.objects = objects
        self.at_start = at_start
        self.variables: dict[n.Var, n.Var] = {}
        self.pointers: dict[n.Var, PointerVariable] = {}
        self.changed = changed_variables(objects.function)
        self.fixed: dict[n.Var, n.Const] = {}
        self.high = n.Var(HEAP_HIGH, U32)
        self.uses_high = False
        self.outside: list[n.Var] = []
        """Local arrays that are declared at the start, as pointers outside their scope may name them."""
        self.count = 0
        self.span: Span | None = None

    # --- types and variables ---

    def is_pointer(self, type_: Type) -> bool:
        return self.objects.is_pointer(type_)

    def type_(self, type_: Type) -> Type:
        """A type with its pointers as numbers."""
        match type_:
            case Pointer():
                return U64 if self.is_pointer(type_) else type_
            case Array():
                element = self.type_(type_.element)
                return type_ if element is type_.element else replace(type_, element=element)
            case Struct():
                fields = tuple(replace(f, type=self.type_(f.type)) for f in type_.fields)
                same = all(a.type is b.type for a, b in zip(fields, type_.fields, strict=True))
                return type_ if same else replace(type_, fields=fields)
            case _:
                return type_

    def var(self, var: n.Var) -> n.Var:
        if var not in self.variables:
            type_ = self.type_(var.type)
            same = type_ is var.type
            self.variables[var] = (
                var if same else n.Var(var.name, type_, var.space, var.volatile, var.align, var.init, var.span)
            )
        return self.variables[var]

    def pointer(self, var: n.Var) -> PointerVariable:
        """The variables that a pointer variable becomes."""
        if var not in self.pointers:
            keys = tuple(self.objects.of(read_var(var)))
            number = n.Var(f"{var.name}.object", U32, span=var.span) if len(keys) > 1 else None
            self.pointers[var] = PointerVariable(n.Var(var.name, U32, span=var.span), number, keys)
        return self.pointers[var]

    def fresh(self, name: str, type_: Type) -> n.Var:
        self.count += 1
        return n.Var(f"{name}.p{self.count}", type_)

    def unit(self, keys: Collection[n.Var]) -> int:
        layout = self.objects.layout(list(keys))
        return layout.unit if layout else 1

    def refused(self, code: str, what: str) -> UnsupportedFeature:
        return UnsupportedFeature([Diagnostic(code, what, self.span)])

    # --- pointers as positions ---

    def position(self, ptr: n.Expr) -> Position:
        """Where a pointer points; its operands have not been rewritten yet."""
        return self.resolved(pointer_address(ptr), tuple(self.objects.of(ptr)))

    def position_of(self, place: n.Place) -> Position:
        address = place_address(place)
        base = address.base
        keys = (self.objects.same(base),) if isinstance(base, n.Var) else tuple(self.objects.of(base))
        return self.resolved(address, keys)

    def resolved(self, address: Address, keys: tuple[n.Var, ...]) -> Position:
        base = Position(keys, u32(0)) if isinstance(address.base, n.Var) else self.start(address.base, keys)
        unit = self.unit(keys)
        terms = [(self.narrowed(index), nbytes // unit) for index, nbytes in address.terms]
        return replace(base, index=_sum(base.index, terms, address.constant // unit, unit))

    def start(self, ptr: n.Expr, keys: tuple[n.Var, ...]) -> Position:
        """A pointer that is neither an address nor an offset from one."""
        match ptr:
            case n.Load(place=n.VarPlace(var=var)) if self.objects.pointees.is_register(var):
                variable = self.pointer(var)
                index: n.Expr = self.fixed.get(var) or read_var(variable.index)
                return Position(keys, index, None if variable.number is None else read_var(variable.number))
            case n.Const(value=0):
                return Position(keys, u32(NULL), self.number_of(keys))
            case n.Select():
                condition = self.expr(ptr.condition)
                sides = [self.widened(self.position(p), keys) for p in (ptr.if_true, ptr.if_false)]
                index = n.Select(condition, as_u32(sides[0].index), as_u32(sides[1].index))
                if len(keys) < 2:
                    return Position(keys, index)
                assert sides[0].number is not None
                assert sides[1].number is not None
                return Position(keys, index, n.Select(condition, sides[0].number, sides[1].number))
            case n.Cast() | n.Bitcast():
                number = self.expr(ptr.operand)
                return self.decoded(number if number.type == U64 else n.Cast(U64, number), keys)
            case n.Load():
                return self.decoded(self.load(ptr.place, U64), keys)
            case n.Extract(operand=n.Construct(parts=parts)):
                return self.position(parts[ptr.index])
            case n.Const():
                return self.decoded(n.Const(U64, int(ptr.value)), keys)
            case _:
                return self.decoded(super().expr(ptr), keys)

    def number_of(self, keys: tuple[n.Var, ...]) -> n.Expr | None:
        return u32(self.objects.objects[keys[0]].number) if len(keys) > 1 else None

    def widened(self, position: Position, keys: tuple[n.Var, ...]) -> Position:
        """A position for a pointer that may point to more objects."""
        if len(keys) < 2 or position.number is not None:
            return replace(position, keys=keys)
        own = position.keys or keys
        return Position(keys, position.index, u32(self.objects.objects[own[0]].number))

    def narrowed(self, index: n.Expr) -> n.Expr:
        """An index modulo 2**32, rewritten."""
        match index:
            case n.Cast() if _is_integer(index.operand.type) and _width(index.type) >= 32:
                operand = index.operand
                if _width(operand.type) >= 32 or _width(index.type) == 32:
                    inner = self.narrowed(operand)
                    return n.Cast(index.type, inner) if _width(operand.type) < 32 else inner
            case n.Binary(op="add" | "sub" | "mul") if _width(index.type) == 64:
                left, right = self.narrowed(index.left), self.narrowed(index.right)
                if left.type != right.type:
                    left, right = as_u32(left), as_u32(right)
                return n.Binary(index.op, left, right, left.type)
            case n.Const():
                return n.Const(I32, _signed(int(index.value)))
        new = self.expr(index)
        if new.type in (I32, U32):
            return new
        return n.Cast(U32 if new.type == U64 or not getattr(new.type, "is_signed", False) else I32, new)

    # --- pointers as numbers ---

    def encoded(self, position: Position) -> n.Expr:
        """A pointer as 64 bits."""
        unit, index = self.unit(position.keys), as_u32(position.index)
        low = n.Cast(U64, index if unit == 1 else n.Binary("mul", index, u32(unit), U32))
        if not position.keys:  # an offset from null
            return n.Const(U64, max(0, int(position.index.value) - NULL) if isinstance(position.index, n.Const) else 0)
        if position.number is None:
            high = self.upper(self.objects.objects[position.keys[0]])
        else:
            high = n.Binary("or", position.number, u32(_FLAG), U32)
            for key in position.keys:
                found = self.objects.objects[key]
                if found.is_heap:
                    is_heap = n.Binary("eq", position.number, u32(found.number), BOOL)
                    high = n.Select(is_heap, self.upper(found), high)
        high = n.Binary("shl", n.Cast(U64, high), u32(32), U64)
        joined = n.Binary("or", high, low, U64)
        if isinstance(position.index, n.Const) and position.index.value != NULL:
            return joined
        return n.Select(n.Binary("eq", index, u32(NULL), BOOL), n.Const(U64, 0), joined)

    def upper(self, found: Object) -> n.Expr:
        if not found.is_heap:
            return u32(_FLAG | found.number)
        self.uses_high = True
        return read_var(self.high)

    def decoded(self, number: n.Expr, keys: tuple[n.Var, ...]) -> Position:
        """The pointer that 64 bits hold."""
        unit = self.unit(keys)
        low: n.Expr
        high: n.Expr
        words = words_of(number)
        if words is None:
            low, high = n.Cast(U32, number), n.Cast(U32, n.Binary("shr", number, u32(32), U64))
            is_null = n.Binary("eq", number, n.Const(U64, 0), BOOL)
        else:
            low, high = words
            is_null = n.Binary("eq", n.Binary("or", low, high, U32), u32(0), BOOL)
        if unit > 1:
            low = n.Binary("shr", low, u32(unit.bit_length() - 1), U32)
        index = n.Select(is_null, u32(NULL), low)
        if len(keys) < 2:
            return Position(keys, index)
        which: n.Expr = n.Binary("and", high, u32(_FLAG - 1), U32)
        for key in keys:
            found = self.objects.objects[key]
            if found.is_heap:
                which = n.Select(n.Binary("lt", high, u32(_FLAG), BOOL), u32(found.number), which)
        return Position(keys, index, which)

    # --- expressions ---

    def expr(self, expr: n.Expr) -> n.Expr:
        if self.is_pointer(expr.type):
            return self.encoded(self.position(expr))
        match expr:
            case n.Load() if self.objects.handles(expr.place):
                return self.load(expr.place, expr.type)
            case n.Binary() if self.is_pointer(expr.left.type) and self.is_pointer(expr.right.type):
                return self.compared(expr)
            case n.Distance() if self.is_pointer(expr.left.type):
                return self.distance(expr)
            case n.Cast() | n.Bitcast() if self.is_pointer(expr.operand.type):
                return self.number(expr)
            case n.Construct() | n.Zero():
                return replace(self.expr_parts(expr), type=self.type_(expr.type))  # type: ignore[arg-type]
            case _:
                return super().expr(expr)

    def number(self, expr: n.Cast | n.Bitcast) -> n.Expr:
        """A pointer as a number or a truth value."""
        position = self.position(expr.operand)
        if expr.type == BOOL:
            if isinstance(position.index, n.Const):
                return n.Const(BOOL, position.index.value != NULL)
            return n.Binary("ne", as_u32(position.index), u32(NULL), BOOL)
        encoded = self.encoded(position)
        return encoded if expr.type == U64 else n.Cast(expr.type, encoded)

    def compared(self, expr: n.Binary) -> n.Expr:
        a, b = self.position(expr.left), self.position(expr.right)
        order = as_u32 if expr.op in ("eq", "ne") else as_i32  # a pointer may be a little before its object
        same_index = n.Binary(expr.op, order(a.index), order(b.index), BOOL)
        numbers = [p.number or (u32(self.objects.objects[p.keys[0]].number) if p.keys else None) for p in (a, b)]
        if expr.op not in ("eq", "ne") or None in numbers or numbers[0] == numbers[1]:
            return same_index
        assert numbers[0] is not None
        assert numbers[1] is not None
        equal = n.Binary("eq", as_u32(a.index), as_u32(b.index), BOOL)
        null = n.Binary("eq", as_u32(a.index), u32(NULL), BOOL)
        one = n.Binary("or", n.Binary("eq", numbers[0], numbers[1], BOOL), null, BOOL)
        both = n.Binary("and", equal, one, BOOL)
        return both if expr.op == "eq" else n.Unary("not", both)

    def distance(self, expr: n.Distance) -> n.Expr:
        a, b = self.position(expr.left), self.position(expr.right)
        assert isinstance(expr.left.type, Pointer)
        size, unit = max(1, size_of(expr.left.type.pointee)), self.unit(a.keys or b.keys)
        steps: n.Expr = n.Binary("sub", as_u32(a.index), as_u32(b.index), U32)
        steps = n.Cast(I64, n.Cast(I32, steps))
        if unit % size == 0:
            return steps if unit == size else n.Binary("mul", steps, n.Const(I64, unit // size), I64)
        return n.Binary("div", steps, n.Const(I64, size // unit), I64)

    def load(self, place: n.Place, type_: Type) -> n.Expr:
        """The value of a place, in an object or in a variable that stays."""
        if not self.objects.handles(place):
            return n.Load(self.place(place))
        position = self.position_of(place)
        return self.read(position, 0, type_)

    def read(self, position: Position, offset: int, type_: Type) -> n.Expr:
        match type_:
            case Pointer():
                bits = self.read(position, offset, U64)
                return bits if self.is_pointer(type_) else n.Cast(type_, bits)
            case Scalar():
                return self.read_number(position, offset, type_)
            case Struct() if type_.is_union:
                raise self.refused("E0407", "the value of a union is used as a whole")
            case Struct():
                parts = tuple(self.read(position, offset + f.offset, f.type) for f in type_.fields)
            case Vector() | Array():
                size = size_of(type_.element)
                parts = tuple(self.read(position, offset + i * size, type_.element) for i in range(type_.count))
            case _:
                raise AssertionError(type_)
        return n.Construct(self.type_(type_), parts)

    def read_number(self, position: Position, offset: int, type_: Scalar) -> n.Expr:
        """A number of one of the objects that a position may be in; a position in another is replaced by 0."""
        at = plus(position.index, offset // self.unit(position.keys))
        self.require_exact(position, offset)
        if not position.keys:
            return zero(type_)  # through a pointer that is always null
        choices = []
        for key in position.keys:
            found = self.objects.objects[key]
            place = n.VarPlace(found.array)
            if position.number is None:
                return read_number(place, found.layout, at, type_)
            is_this = n.Binary("eq", position.number, u32(found.number), BOOL)
            safe = n.Select(is_this, as_u32(at), u32(0))
            choices.append((is_this, read_number(place, found.layout, safe, type_)))
        return reduce(lambda rest, c: n.Select(c[0], c[1], rest), reversed(choices[:-1]), choices[-1][1])

    def require_exact(self, position: Position, offset: int) -> None:
        if offset % self.unit(position.keys):
            raise self.refused("E0407", "an object is accessed at an address that its type does not allow")


# --- small rules ---


def _signed(value: int) -> int:
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


def _is_integer(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.is_integer


def _width(type_: Type) -> int:
    return type_.bits if isinstance(type_, Scalar) and type_.is_integer else 0


def as_u32(index: n.Expr) -> n.Expr:
    if isinstance(index, n.Const):
        return u32(int(index.value) & NULL)
    if index.type == U32:
        return index
    return n.Cast(U32, index)


def as_i32(index: n.Expr) -> n.Expr:
    if isinstance(index, n.Const):
        return n.Const(I32, _signed(int(index.value)))
    return index if index.type == I32 else n.Cast(I32, index)


def _sum(start: n.Expr, terms: list[tuple[n.Expr, int]], constant: int, unit: int) -> n.Expr:
    """``start`` plus all terms; signed where that is how the program counts, and the array is small enough."""
    parts: list[n.Expr] = []
    is_zero = isinstance(start, n.Const) and start.value == 0
    signed = unit >= 4 and is_zero and all(t.type == I32 for t, _ in terms)
    for term, count in terms:
        part = term if signed else as_u32(term)
        factor = n.Const(part.type, count if signed else count & NULL)
        parts.append(part if count == 1 else n.Binary("mul", part, factor, part.type))
    if not is_zero:
        parts.insert(0, start)
    if not parts:
        return u32(constant & NULL)
    total = reduce(lambda a, b: n.Binary("add", a, b, a.type), parts)
    if constant < 0 and total.type == U32:
        return n.Binary("sub", total, u32(-constant), U32)
    return plus(total, constant)


def changed_variables(function: n.Function) -> set[n.Var]:
    """Variables that do not keep the value of their declaration."""
    found: set[n.Var] = set()
    for stmt in statements(function.body):
        if not (isinstance(stmt, n.Declare) and stmt.init is not None):
            found.update(assigned_variables(stmt))
    return found
