"""Replace pointers by positions in arrays, for targets that cannot keep pointers in variables.

A pointer becomes an index (u32) into the array that its object has become, and, where it may point into several
objects, a number that tells which. What is read through such a pointer is chosen from all of them; a store becomes an
``If`` for each. A pointer kept in memory or made an integer is 64 bits: the object's number above 2**63, and a byte
position.

What an object becomes is in ``objects_to_words``. Variables that no pointer points to stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from cudawasm.analysis.pointees import exposed_variables
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    BOOL,
    I32,
    U8,
    U16,
    U32,
    U64,
    Array,
    Pointer,
    Scalar,
    Space,
    Struct,
    Type,
    member_offset,
    size_of,
)  # fmt: skip
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, statements, subexpressions
from cudawasm.passes.atomics_by_swapping import updated
from cudawasm.passes.objects import Merging, Object, Objects, has_union
from cudawasm.passes.objects_to_words import (
    IsStorable,
    bits_of,
    from_bits,
    packed,
    plus,
    read_number,
    swapped,
    unpacked,
    word_at,
    write_number,
)  # fmt: skip
from cudawasm.passes.positions import NULL, Position, Positions, as_u32, read_var, u32
from cudawasm.passes.simplify import zero
from cudawasm.source import Span


@dataclass(frozen=True, slots=True)
class Indexed:
    """``objects`` of global memory, by kernel.

    A pointer parameter into one has become an index of the same name, in the object's units, unless it is among
    ``at_start``; with ``has_heap_high`` the last parameter is ``HEAP_HIGH`` (u32).
    """

    module: n.Module
    objects: Mapping[str, tuple[Object, ...]]
    has_heap_high: bool = False


def everything_is_storable(type_: Scalar) -> bool:
    return True


def pointers_to_indices(
    module: n.Module,
    spaces: Collection[Space],
    merging: Merging | None = None,
    at_start: Collection[str] = (),
    is_storable: IsStorable = everything_is_storable,
    is_atomic: IsStorable | None = None,
) -> Indexed:
    """The module, whose kernels call no functions and have spaces inferred, without pointers into ``spaces``.

    ``at_start`` names parameters that point to the start of their object. ``is_storable`` tells of which numbers there
    can be arrays in global memory; ``is_atomic`` of which there are atomic ones: what is atomic or volatile must then
    be one of those, in an array or a variable of its own. Raises UnsupportedFeature (E0403, E0405, E0407).
    """
    functions, found, has_high = {}, {}, False
    shared = list(module.shared)
    globals_ = list(module.globals)
    for name, function in module.functions.items():
        objects = Objects(_exposed_parameters_to_locals(function), spaces, merging or Merging(), is_storable, is_atomic)
        escape = objects.pointees.escape()
        if escape is not None:
            raise UnsupportedFeature(
                [Diagnostic("E0403", "a pointer to shared or local memory is kept in global memory", escape)]
            )
        writer = _Writer(objects, frozenset(at_start))
        functions[name] = writer.function()
        has_high = has_high or writer.uses_high
        found[name] = tuple(o for o in objects.objects.values() if o.array.space is Space.GLOBAL)
        globals_ += (o.array for o in found[name])
        shared = [v for v in (writer.shared(v) for v in shared) if v is not None]
    module = replace(module, functions=functions, globals=tuple(globals_), shared=tuple(dict.fromkeys(shared)))
    return Indexed(module, found, has_high)


class _Writer(Positions):
    def function(self) -> n.Function:
        function = self.objects.function
        params: list[n.Var] = []
        head: list[n.Stmt] = []
        for param in function.params:
            if not self.is_pointer(param.type):
                params.append(self.var(param))
                continue
            variable = self.pointer(param)
            if param.name in self.at_start and param not in self.changed and variable.number is None:
                self.fixed[param] = n.Const(U32, 0)
            elif param.name in self.at_start:
                head.append(n.Declare(variable.index, u32(0), function.span))
            else:
                params.append(variable.index)
            if variable.number is not None:
                own = self.objects.objects[self.objects.same(param)]
                head.append(n.Declare(variable.number, u32(own.number), function.span))
        body = self.block(function.body)
        if self.uses_high:
            params.append(self.high)
        head += (n.Declare(array, None, function.span) for array in self.outside)
        return replace(function, params=tuple(params), body=(*_needed(head, body), *body))

    def shared(self, var: n.Var) -> n.Var | None:
        """What a shared variable of the module becomes."""
        if var in self.objects.flat:
            found = self.objects.objects.get(self.objects.same(var))
            return found.array if found else None
        return self.var(var)

    # --- statements ---

    def stmt(self, stmt: n.Stmt) -> n.Block:
        self.span = stmt.span or self.span
        match stmt:
            case n.Declare() if stmt.var in self.objects.flat:
                return self.declare_object(stmt)
            case n.Declare() if self.is_pointer(stmt.var.type):
                return self.declare_pointer(stmt)
            case n.Assign() if self.objects.handles(stmt.place):
                return self.store(stmt)
            case n.Assign() if isinstance(stmt.place, n.VarPlace) and self.is_pointer(stmt.place.type):
                if stmt.place.var.space is Space.LOCAL:
                    return self.assign_pointer(stmt)
                return super().stmt(stmt)
            case n.Atomic():
                return self.atomic(stmt)
            case n.Warp() if any(self.is_pointer(a.type) for a in stmt.args):
                raise self.refused("E0403", "lanes of a warp exchange a pointer")
            case _:
                return super().stmt(stmt)

    def declare_pointer(self, stmt: n.Declare) -> n.Block:
        variable = self.pointer(stmt.var)
        if stmt.init is None:
            declared = (n.Declare(variable.index, None, stmt.span),)
            return declared if variable.number is None else (*declared, n.Declare(variable.number, None, stmt.span))
        position = self.widened(self.position(stmt.init), variable.keys)
        if isinstance(position.index, n.Const) and variable.number is None and stmt.var not in self.changed:
            self.fixed[stmt.var] = n.Const(U32, int(position.index.value) & NULL)
            return ()
        out: n.Block = (n.Declare(variable.index, as_u32(position.index), stmt.span),)
        if variable.number is not None:
            out = (*out, n.Declare(variable.number, position.number, stmt.span))
        return out

    def assign_pointer(self, stmt: n.Assign) -> n.Block:
        assert isinstance(stmt.place, n.VarPlace)
        variable = self.pointer(stmt.place.var)
        position = self.widened(self.position(stmt.value), variable.keys)
        assign = n.Assign(n.VarPlace(variable.index), as_u32(position.index), stmt.span)
        if variable.number is None or position.number is None:
            return (assign,)
        target = n.VarPlace(variable.number)
        if isinstance(position.number, n.Const) or position.number == n.Load(target):
            return (assign, n.Assign(target, position.number, stmt.span))
        held = self.fresh("object", U32)
        return (n.Declare(held, position.number, stmt.span), assign, n.Assign(target, read_var(held), stmt.span))

    def declare_object(self, stmt: n.Declare) -> n.Block:
        found = self.objects.objects[self.objects.same(stmt.var)]
        position = Position((self.objects.same(stmt.var),), u32(0))
        if stmt.var in self.objects.chosen:
            self.outside.append(found.array)
            if isinstance(stmt.init, n.Zero):
                return (n.Assign(n.VarPlace(found.array), n.Zero(found.array.type), stmt.span),)
            return () if stmt.init is None else self.written(position, stmt.var.type, stmt.init, stmt.span)
        if stmt.init is None or isinstance(stmt.init, n.Zero):
            init = None if stmt.init is None else n.Zero(found.array.type)
            return (n.Declare(found.array, init, stmt.span),)
        stores = self.written(position, stmt.var.type, stmt.init, stmt.span)
        return (n.Declare(found.array, None, stmt.span), *stores)

    def store(self, stmt: n.Assign) -> n.Block:
        return self.written(self.position_of(stmt.place), stmt.place.type, stmt.value, stmt.span)

    def written(self, position: Position, type_: Type, value: n.Expr, span: Span | None) -> n.Block:
        """Stores of all numbers of a value; they are computed before the first is stored."""
        leaves = self.numbers(value, type_)
        if len(leaves) == 1:
            return self.write_number(position, leaves[0][0], leaves[0][1], span)
        out: list[n.Stmt] = []
        position, declared = self.held(position, span)
        out += declared
        for i, (offset, number) in enumerate(leaves):
            if not isinstance(number, n.Const):
                var = self.fresh("part", number.type)
                out.append(n.Declare(var, number, span))
                leaves[i] = (offset, read_var(var))
        for offset, number in leaves:
            out += self.write_number(position, offset, number, span)
        return tuple(out)

    def held(self, position: Position, span: Span | None) -> tuple[Position, list[n.Stmt]]:
        """The same position in variables of its own, where it is more than a variable already."""
        if isinstance(position.index, n.Const) and position.number is None:
            return position, []
        at = self.fresh("at", U32)
        out: list[n.Stmt] = [n.Declare(at, as_u32(position.index), span)]
        if position.number is None:
            return replace(position, index=read_var(at)), out
        which = self.fresh("object", U32)
        out.append(n.Declare(which, position.number, span))
        return Position(position.keys, read_var(at), read_var(which)), out

    def numbers(self, value: n.Expr, type_: Type) -> list[tuple[int, n.Expr]]:
        """(byte offset, value) of each number of a value; the value has not been rewritten yet."""
        if isinstance(value, n.Load) and self.objects.handles(value.place) and has_union(type_):
            position = self.position_of(value.place)
            size = min(4, self.unit(position.keys)) if size_of(type_) % 4 else 4
            word = {1: U8, 2: U16, 4: U32}[size if size != 3 else 1]
            return [(i, self.read_number(position, i, word)) for i in range(0, size_of(type_), size_of(word))]
        if isinstance(value, n.Construct) and isinstance(value.type, Struct) and value.type.is_union:
            first = value.type.fields[0]
            return self.numbers(value.parts[0], first.type)
        if isinstance(value, n.Zero):
            return [(i, n.Const(U8, 0)) for i in range(size_of(type_))] if has_union(type_) else _zeros(type_, 0)
        if isinstance(value, n.Construct):
            found = []
            for i, part in enumerate(value.parts):
                found += [(_offset(value.type, i) + o, e) for o, e in self.numbers(part, part.type)]
            return found
        return _leaves(self.expr(value), 0)

    def write_number(self, position: Position, offset: int, value: n.Expr, span: Span | None) -> n.Block:
        self.require_exact(position, offset)
        at = plus(position.index, offset // self.unit(position.keys))
        if not position.keys:
            return ()
        if position.number is None:
            found = self.objects.objects[position.keys[0]]
            return write_number(n.VarPlace(found.array), found.layout, at, value, self.fresh, span)
        out: list[n.Stmt] = []
        if not isinstance(value, n.Const):
            var = self.fresh("value", value.type)
            out.append(n.Declare(var, value, span))
            value = read_var(var)
        rest: n.Block = ()
        for key in reversed(position.keys):
            found = self.objects.objects[key]
            store = write_number(n.VarPlace(found.array), found.layout, at, value, self.fresh, span)
            is_this = n.Binary("eq", position.number, u32(found.number), BOOL)
            rest = (n.If(is_this, store, rest, span),) if rest else store
        return (*out, *rest)

    def atomic(self, stmt: n.Atomic) -> n.Block:
        args = tuple(self.expr(a) for a in stmt.args)
        result = None if stmt.result is None else self.var(stmt.result)
        if not self.objects.handles(stmt.place):
            return (replace(stmt, place=self.place(stmt.place), args=args, result=result),)
        position, out = self.position_of(stmt.place), list[n.Stmt]()
        if position.number is not None:
            position, out = self.held(position, stmt.span)
        rest: n.Block = ()
        for key in reversed(position.keys):
            body = self.atomic_on(replace(stmt, args=args, result=result), self.objects.objects[key], position)
            if position.number is None:
                return (*out, *body)
            is_this = n.Binary("eq", position.number, u32(self.objects.objects[key].number), BOOL)
            rest = (n.If(is_this, body, rest, stmt.span),) if rest else body
        return (*out, *rest)

    def atomic_on(self, stmt: n.Atomic, found: Object, position: Position) -> n.Block:
        """An atomic operation on an array whose elements may be of another type."""
        layout, type_, at = found.layout, stmt.place.type, position.index
        if found.array.space is Space.LOCAL:
            return self.alone(stmt, found, at)
        place = n.Index(n.VarPlace(found.array), word_at(layout, at))
        assert isinstance(type_, Scalar)
        if layout.element == type_:
            return (replace(stmt, place=place),)
        if layout.element.bits < type_.bits:
            raise self.refused("E0407", "an object of atomics is accessed as another type too")
        is_of_bits = stmt.op not in ("min", "max") and not (type_.is_float and stmt.op in ("add", "sub"))
        if layout.element.bits > type_.bits or not is_of_bits:
            return self.atomic_part(stmt, found, at)
        args = tuple(from_bits(bits_of(a), layout.element) for a in stmt.args)
        if stmt.result is None:
            return (replace(stmt, place=place, args=args),)
        old = self.fresh("old", layout.element)
        taken = n.Assign(n.VarPlace(stmt.result), from_bits(bits_of(read_var(old)), type_), stmt.span)
        return (n.Declare(old, None, stmt.span), replace(stmt, place=place, args=args, result=old), taken)

    def alone(self, stmt: n.Atomic, found: Object, at: n.Expr) -> n.Block:
        """An atomic operation on memory that no other thread has."""
        type_, place = stmt.place.type, n.VarPlace(found.array)
        assert isinstance(type_, Scalar)
        old = self.fresh("old", type_)
        held = [self.fresh("operand", a.type) for a in stmt.args]
        out: list[n.Stmt] = [n.Declare(v, a, stmt.span) for v, a in zip(held, stmt.args, strict=True)]
        out.append(n.Declare(old, read_number(place, found.layout, at, type_), stmt.span))
        new = updated(stmt.op, type_, read_var(old), tuple(map(read_var, held)))
        out += write_number(place, found.layout, at, new, self.fresh, stmt.span)
        if stmt.result is not None:
            out.append(n.Assign(n.VarPlace(stmt.result), read_var(old), stmt.span))
        return tuple(out)

    def atomic_part(self, stmt: n.Atomic, found: Object, at: n.Expr) -> n.Block:
        """An atomic operation on a part of a word, made of swaps of the word."""
        layout, type_ = found.layout, stmt.place.type
        assert isinstance(type_, Scalar)
        held = [self.fresh("operand", a.type) for a in stmt.args]
        out: list[n.Stmt] = [n.Declare(v, a, stmt.span) for v, a in zip(held, stmt.args, strict=True)]
        where = self.fresh("at", U32)
        out.append(n.Declare(where, as_u32(at), stmt.span))
        index = read_var(where)

        def new(before: n.Expr) -> n.Expr:
            old = unpacked(before, layout, index, type_)
            return packed(updated(stmt.op, type_, old, tuple(map(read_var, held))), before, layout, index)

        place = n.Index(n.VarPlace(found.array), word_at(layout, index))
        swaps, seen = swapped(place, layout, new, self.fresh, stmt.span)
        out += swaps
        if stmt.result is not None:
            out.append(n.Assign(n.VarPlace(stmt.result), unpacked(read_var(seen), layout, index, type_), stmt.span))
        return tuple(out)


def _exposed_parameters_to_locals(function: n.Function) -> n.Function:
    """Parameters of which an address is taken are copied to locals."""
    exposed = exposed_variables(function, (Space.LOCAL,)) & set(function.params)
    if not exposed:
        return function
    copies = {p: n.Var(p.name, p.type, span=p.span) for p in function.params if p in exposed}
    head = tuple(n.Declare(p, read_var(copy), function.span) for p, copy in copies.items())
    return replace(function, params=tuple(copies.get(p, p) for p in function.params), body=(*head, *function.body))


# --- small rules -----------------------------------------------------------------------------------


def _offset(type_: Type, index: int) -> int:
    if isinstance(type_, Array):
        return index * size_of(type_.element)
    return member_offset(type_, index)


def _zeros(type_: Type, offset: int) -> list[tuple[int, n.Expr]]:
    if isinstance(type_, Scalar):
        return [(offset, zero(type_))]
    if isinstance(type_, Pointer):
        return [(offset, n.Const(U64, 0))]
    count = len(type_.fields) if isinstance(type_, Struct) else getattr(type_, "count", 0)
    found = []
    for i in range(count):
        found += _zeros(_part(type_, i), offset + _offset(type_, i))
    return found


def _part(type_: Type, index: int) -> Type:
    return type_.fields[index].type if isinstance(type_, Struct) else type_.element  # type: ignore[union-attr]


def _leaves(value: n.Expr, offset: int) -> list[tuple[int, n.Expr]]:
    """(byte offset, value) of each number of a rewritten value."""
    type_ = value.type
    if isinstance(type_, Scalar | Pointer):
        return [(offset, value if isinstance(type_, Scalar) else n.Cast(U64, value))]
    count = len(type_.fields) if isinstance(type_, Struct) else getattr(type_, "count", 0)
    found = []
    for i in range(count):
        found += _leaves(_extracted(value, i), offset + _offset(type_, i))
    return found


def _extracted(value: n.Expr, index: int) -> n.Expr:
    match value:
        case n.Construct():
            return value.parts[index]
        case n.Load():
            place = value.place
            is_array = isinstance(place.type, Array)
            return n.Load(n.Index(place, n.Const(I32, index)) if is_array else n.Member(place, index))
        case n.Select():
            return n.Select(value.condition, _extracted(value.if_true, index), _extracted(value.if_false, index))
        case _:
            return n.Extract(value, index)


def _needed(head: list[n.Stmt], body: n.Block) -> n.Block:
    """The declarations whose variables are used."""
    if not head:
        return ()
    used: set[n.Var] = set()
    for stmt in statements(body):
        used.update(assigned_variables(stmt))
        for expr in statement_expressions(stmt):
            for sub in subexpressions(expr):
                if isinstance(sub, n.Load):
                    start = root(sub.place)
                    used.update((start.var,) if isinstance(start, n.VarPlace) else ())
    return tuple(s for s in head if isinstance(s, n.Declare) and s.var in used)
