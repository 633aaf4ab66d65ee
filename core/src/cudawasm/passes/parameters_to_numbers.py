"""Make of each kernel parameter that is an aggregate a parameter for each of its numbers and pointers.

Aggregates that are too large for that, or whose fields overlap, become objects in memory to which a parameter points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    Array,
    Pointer,
    Scalar,
    Space,
    Struct,
    Type,
    Vector,
    align_of,
    member_offset,
    round_up,
    size_of,
)  # fmt: skip
from cudawasm.ir.walk import Rewriter, assigned_variables, root, statement_expressions, statements, subexpressions

MOST_NUMBERS = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter's value is among a launch's arguments: ``size`` bytes at ``offset``.

    With ``by_address`` the parameter is a pointer to a copy of these bytes.
    """

    offset: int
    size: int
    by_address: bool = False


def parameters_to_numbers(module: n.Module) -> tuple[n.Module, dict[str, tuple[Place, ...]]]:
    """The module, whose kernels call no functions, and for each kernel where its parameters' values are."""
    functions, places = {}, {}
    for name, function in module.functions.items():
        functions[name], places[name] = _numbers(function)
    return replace(module, functions=functions), places


def _numbers(function: n.Function) -> tuple[n.Function, tuple[Place, ...]]:
    params: list[n.Var] = []
    places: list[Place] = []
    head: list[n.Stmt] = []
    pointers: dict[n.Var, n.Var] = {}
    end = 0
    fixed = _unchanged(function)
    for param in function.params:
        start = round_up(end, align_of(param.type))
        end = start + size_of(param.type)
        if isinstance(param.type, Scalar | Pointer):
            params.append(param)
            places.append(Place(start, size_of(param.type)))
        elif _is_simple(param.type) and _count(param.type) <= MOST_NUMBERS:
            parts: list[tuple[n.Var, int]] = []
            value = _parts(param.name, param.type, 0, parts, param)
            head.append(n.Declare(param, value, function.span))
            params += (part for part, _ in parts)
            places += (Place(start + offset, size_of(part.type)) for part, offset in parts)
        else:
            pointer = n.Var(param.name, Pointer(param.type, Space.GLOBAL), span=param.span)
            params.append(pointer)
            places.append(Place(start, size_of(param.type), by_address=True))
            if param in fixed:
                pointers[param] = pointer
            else:
                copied = n.Load(n.Deref(n.Load(n.VarPlace(pointer))))
                head.append(n.Declare(param, None, function.span))
                head.append(n.Assign(n.VarPlace(param), copied, function.span))
    body = _Writer(pointers).block(function.body) if pointers else function.body
    return replace(function, params=tuple(params), body=(*head, *body)), tuple(places)


def _is_simple(type_: Type) -> bool:
    match type_:
        case Struct():
            return not type_.is_union and all(_is_simple(f.type) for f in type_.fields)
        case Array():
            return _is_simple(type_.element)
        case _:
            return True


def _count(type_: Type) -> int:
    match type_:
        case Struct():
            return sum(_count(f.type) for f in type_.fields)
        case Array() | Vector():
            return type_.count * _count(type_.element)
        case _:
            return 1


def _parts(name: str, type_: Type, offset: int, found: list[tuple[n.Var, int]], param: n.Var) -> n.Expr:
    """The aggregate made of new parameters, which are added to ``found`` with their byte offsets."""
    match type_:
        case Struct():
            inner = [(f.name, f.type, member_offset(type_, i)) for i, f in enumerate(type_.fields)]
        case Vector():
            inner = [("xyzw"[i], type_.element, member_offset(type_, i)) for i in range(type_.count)]
        case Array():
            inner = [(str(i), type_.element, i * size_of(type_.element)) for i in range(type_.count)]
        case _:
            part = n.Var(name, type_, span=param.span)
            found.append((part, offset))
            return n.Load(n.VarPlace(part))
    values = tuple(_parts(f"{name}.{part}", t, offset + at, found, param) for part, t, at in inner)
    return n.Construct(type_, values)


def _unchanged(function: n.Function) -> set[n.Var]:
    """Parameters that nothing writes to and of which no address is taken."""
    found = set(function.params)
    for stmt in statements(function.body):
        found.difference_update(assigned_variables(stmt))
        for expr in statement_expressions(stmt):
            for sub in subexpressions(expr):
                start = root(sub.place) if isinstance(sub, n.AddressOf) else None
                if isinstance(start, n.VarPlace):
                    found.discard(start.var)
    return found


class _Writer(Rewriter):
    def __init__(self, pointers: dict[n.Var, n.Var]):
        self.pointers = pointers

    def leave_place(self, place: n.Place) -> n.Place:
        pointer = self.pointers.get(place.var) if isinstance(place, n.VarPlace) else None
        return place if pointer is None else n.Deref(n.Load(n.VarPlace(pointer)))
