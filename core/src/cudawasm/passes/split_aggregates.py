"""Turn struct, vector and small array locals that are used member by member into one variable a member."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import I32, Array, Space, Struct, Type, Vector
from cudawasm.ir.walk import Rewriter, expressions, root, statements
from cudawasm.passes.simplify import zero

MOST_PARTS = 64


def split_aggregates(module: n.Module) -> n.Module:
    """The module with local aggregates split, one level at a time until none is left."""
    return replace(module, functions={name: _split(f) for name, f in module.functions.items()})


def _split(function: n.Function) -> n.Function:
    for round_ in range(8):
        chosen = _candidates(function)
        if not chosen:
            break
        function = replace(function, body=_Splitter(chosen, round_).block(function.body))
        if not any(_is_splittable(part) for parts in chosen.values() for part in parts):
            break
    return function


def part_types(type_: Type) -> list[Type]:
    """Types of the direct parts of an aggregate."""
    match type_:
        case Struct():
            return [f.type for f in type_.fields]
        case Vector():
            return [type_.element] * type_.count
        case Array():
            return [type_.element] * type_.count
        case _:
            return []


def part_names(type_: Type) -> list[str]:
    """What the direct parts of an aggregate are called."""
    match type_:
        case Struct():
            return [f"{f.name}.{i}" if f.name in {g.name for g in type_.fields[:i]} else f.name
                    for i, f in enumerate(type_.fields)]  # fmt: skip
        case Vector():
            return list("xyzw"[: type_.count])
        case _:
            return [str(i) for i in range(len(part_types(type_)))]


def _candidates(function: n.Function) -> dict[n.Var, list[n.Var]]:
    """Locals that can be split, with the variables for their parts."""
    found = [s.var for s in statements(function.body) if isinstance(s, n.Declare) and _is_splittable(s.var)]
    if not found:
        return {}
    refused: set[n.Var] = set()
    for stmt in statements(function.body):
        if isinstance(stmt, n.Assign | n.Atomic):
            _look_at(stmt.place, refused)
            if isinstance(stmt, n.Atomic):
                start = root(stmt.place)
                if isinstance(start, n.VarPlace):
                    refused.add(start.var)
        result = getattr(stmt, "result", None)
        if isinstance(result, n.Var):
            refused.add(result)
        for expr in expressions(stmt):
            if isinstance(expr, n.Load):
                _look_at(expr.place, refused)
            elif isinstance(expr, n.AddressOf):
                start = root(expr.place)
                if isinstance(start, n.VarPlace):
                    refused.add(start.var)
    return {var: _parts(var) for var in found if var not in refused}


def _parts(var: n.Var) -> list[n.Var]:
    names, types = part_names(var.type), part_types(var.type)
    return [n.Var(f"{var.name}.{part}", type_, span=var.span) for part, type_ in zip(names, types, strict=True)]


def _is_splittable(var: n.Var) -> bool:
    type_ = var.type
    if var.space is not Space.LOCAL or var.volatile or (isinstance(type_, Struct) and type_.is_union):
        return False
    return isinstance(type_, Struct | Vector | Array) and len(part_types(type_)) <= MOST_PARTS


def _look_at(place: n.Place, refused: set[n.Var]) -> None:
    """Refuse variables of which an element is chosen at run time.

    So is a row of an array of arrays: a pointer to its first element may go on into the next row.
    """
    start = root(place)
    if start is place or not isinstance(start, n.VarPlace):
        return
    while isinstance(place, n.Member | n.Index):
        if isinstance(place, n.Index) and isinstance(place.base, n.VarPlace | n.Index):
            index = place.index
            count = len(part_types(place.base.type))
            if not isinstance(index, n.Const) or not 0 <= int(index.value) < count:
                refused.add(start.var)
        place = place.base


class _Splitter(Rewriter):
    def __init__(self, chosen: dict[n.Var, list[n.Var]], round_: int) -> None:
        self.chosen = chosen
        self.round = round_
        self.temporaries = 0

    def leave_place(self, place: n.Place) -> n.Place:
        if isinstance(place, n.Member | n.Index) and isinstance(place.base, n.VarPlace):
            parts = self.chosen.get(place.base.var)
            if parts is not None:
                index = place.index if isinstance(place, n.Member) else int(place.index.value)  # type: ignore[union-attr]
                return n.VarPlace(parts[index])
        return place

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace):
            parts = self.chosen.get(expr.place.var)
            if parts is not None:
                return n.Construct(expr.type, tuple(n.Load(n.VarPlace(p)) for p in parts))
        if isinstance(expr, n.Extract) and isinstance(expr.operand, n.Construct):
            return expr.operand.parts[expr.index]
        return expr

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if stmt.var in self.chosen:
                parts = self.chosen[stmt.var]
                if stmt.init is None:
                    return tuple(n.Declare(p, None, stmt.span) for p in parts)
                before, values = self.values(stmt.init, parts)
                return (*before, *(n.Declare(p, v, stmt.span) for p, v in zip(parts, values, strict=True)))
            case n.Assign() if isinstance(stmt.place, n.VarPlace) and stmt.place.var in self.chosen:
                parts = self.chosen[stmt.place.var]
                before, values = self.values(stmt.value, parts)
                # All values are read before any part changes: the value may mention the variable.
                out: list[n.Stmt] = list(before)
                held = []
                for part, value in zip(parts, values, strict=True):
                    temporary = self.temporary(part.type)
                    out.append(n.Declare(temporary, value, stmt.span))
                    held.append(n.Load(n.VarPlace(temporary)))
                out += [n.Assign(n.VarPlace(p), v, stmt.span) for p, v in zip(parts, held, strict=True)]
                return tuple(out)
            case _:
                return (stmt,)

    def temporary(self, type_: Type) -> n.Var:
        self.temporaries += 1
        return n.Var(f"part.{self.round}.{self.temporaries}", type_)

    def values(self, value: n.Expr, parts: list[n.Var]) -> tuple[n.Block, list[n.Expr]]:
        """Statements to run first, and an expression for each part of ``value``."""
        match value:
            case n.Construct():
                return (), list(value.parts)
            case n.Zero():
                return (), [zero(p.type) for p in parts]
            case n.Load():
                if isinstance(value.type, Array):
                    return (), [n.Load(n.Index(value.place, n.Const(I32, i))) for i in range(len(parts))]
                return (), [n.Load(n.Member(value.place, i)) for i in range(len(parts))]
            case n.Select():
                before_a, a = self.values(value.if_true, parts)
                before_b, b = self.values(value.if_false, parts)
                pairs = zip(a, b, strict=True)
                return (*before_a, *before_b), [n.Select(value.condition, x, y) for x, y in pairs]
            case _ if isinstance(value.type, Array):
                raise AssertionError(f"array value {type(value).__name__}")
            case _:
                return (), [n.Extract(value, i) for i in range(len(parts))]
