"""Local simplification: constants, identities of places and aggregates, branches that cannot be taken."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, Array, Pointer, Scalar, Struct, Vector
from cudawasm.ir.walk import Rewriter
from cudawasm.passes.places import pointed_place, simplify_place


def simplify(module: n.Module) -> n.Module:
    """The module with each function simplified."""
    functions = {name: simplify_function(f) for name, f in module.functions.items()}
    return replace(module, functions=functions)


def simplify_function(function: n.Function) -> n.Function:
    body = _Simplifier().block(function.body)
    return function if body is function.body else replace(function, body=body)


def simplified(expr: n.Expr) -> n.Expr:
    """An expression made simpler, where there is a way."""
    return _Simplifier().expr(expr)


_JUMPS = (n.Break, n.Continue, n.Return, n.Trap)


class _Simplifier(Rewriter):
    def block(self, block: n.Block) -> n.Block:
        new = super().block(block)
        for i, stmt in enumerate(new):
            if isinstance(stmt, _JUMPS) and i + 1 < len(new):
                return new[: i + 1]
        return new

    def leave_place(self, place: n.Place) -> n.Place:
        return simplify_place(place)

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        match expr:
            case n.Extract():
                return _extract(expr)
            case n.Offset():
                place, type_ = pointed_place(expr), expr.type
                return n.AddressOf(place, type_) if place is not None and isinstance(type_, Pointer) else expr
            case n.Cast():
                return _cast(expr)
            case n.Binary():
                return _binary(expr)
            case n.Unary() if expr.op == "not" and isinstance(expr.operand, n.Const):
                return n.Const(BOOL, not expr.operand.value)
            case n.Select() if isinstance(expr.condition, n.Const):
                return expr.if_true if expr.condition.value else expr.if_false
            case n.AddressOf() if isinstance(expr.place, n.Deref) and expr.place.ptr.type == expr.type:
                return expr.place.ptr
            case _:
                return expr

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.If() if isinstance(stmt.condition, n.Const):
                return stmt.then if stmt.condition.value else stmt.otherwise
            case n.If() if not stmt.then and stmt.otherwise:
                return (replace(stmt, condition=negated(stmt.condition), then=stmt.otherwise, otherwise=()),)
            case n.If() if not stmt.then and not stmt.otherwise:
                return ()
            case n.Loop() if isinstance(stmt.condition, n.Const) and not stmt.condition.value:
                return ()
            case n.Loop() if isinstance(stmt.condition, n.Const):
                return (replace(stmt, condition=None),)
            case n.Switch() if isinstance(stmt.selector, n.Const):
                for case in stmt.cases:
                    if int(stmt.selector.value) in case.values:
                        return case.body
                return stmt.default
            case n.Scope() if not stmt.body:
                return ()
            case _:
                return (stmt,)


_NEGATED: dict[str, n.BinaryOp] = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}


def negated(condition: n.Expr) -> n.Expr:
    """``not condition``; comparisons of floats keep their meaning for NaN."""
    if isinstance(condition, n.Unary) and condition.op == "not":
        return condition.operand
    if isinstance(condition, n.Binary) and condition.op in _NEGATED:
        type_ = condition.left.type
        if not (isinstance(type_, Scalar) and type_.is_float) or condition.op in ("eq", "ne"):
            return replace(condition, op=_NEGATED[condition.op])
    return n.Unary("not", condition)


def _extract(expr: n.Extract) -> n.Expr:
    operand = expr.operand
    type_ = operand.type
    if isinstance(operand, n.Construct) and not (isinstance(type_, Struct) and type_.is_union):
        return operand.parts[expr.index]
    if isinstance(operand, n.Load) and isinstance(type_, Struct | Vector):
        return n.Load(n.Member(operand.place, expr.index))
    if isinstance(operand, n.Zero):
        return zero(expr.type)
    return expr


def zero(type_: object) -> n.Expr:
    """All-zero bytes of a type."""
    if isinstance(type_, Scalar):
        return n.Const(type_, False if type_ == BOOL else 0.0 if type_.is_float else 0)
    if isinstance(type_, Pointer):
        return n.Const(type_, 0)
    assert isinstance(type_, Array | Struct | Vector)
    return n.Zero(type_)


def wrap(type_: Scalar, value: int) -> int:
    """``value`` modulo an integer type's range."""
    value &= (1 << type_.bits) - 1
    return value - (1 << type_.bits) if type_.is_signed and value >> (type_.bits - 1) else value


def _cast(expr: n.Cast) -> n.Expr:
    operand = expr.operand
    if expr.type == operand.type:
        return operand
    if isinstance(expr.type, Pointer) and isinstance(operand.type, Pointer):
        place = pointed_place(expr)
        return n.AddressOf(place, expr.type) if place is not None and place.type == expr.type.pointee else expr
    if not (isinstance(operand, n.Const) and isinstance(expr.type, Scalar) and isinstance(operand.type, Scalar)):
        return expr
    if expr.type.is_integer and not operand.type.is_float:
        return n.Const(expr.type, wrap(expr.type, int(operand.value)))
    if expr.type == BOOL:
        return n.Const(BOOL, operand.value != 0)
    if expr.type.name == "f64" and operand.type.is_integer and abs(operand.value) < 2**53:
        return n.Const(expr.type, float(operand.value))
    if expr.type.name == "f32" and operand.type.is_integer and abs(operand.value) <= 2**24:
        return n.Const(expr.type, float(operand.value))
    return expr


def _binary(expr: n.Binary) -> n.Expr:
    a, b = expr.left, expr.right
    if expr.type == BOOL and expr.op in ("and", "or"):
        for constant, other in ((a, b), (b, a)):
            if isinstance(constant, n.Const):
                absorbing = expr.op == "or"
                return n.Const(BOOL, absorbing) if bool(constant.value) == absorbing else other
    if not (isinstance(a.type, Scalar) and a.type.is_integer):
        return expr
    if isinstance(a, n.Const) and isinstance(b, n.Const):
        return _folded(expr, int(a.value), int(b.value))
    if expr.op in n.COMPARISONS:
        return _compared(expr)
    if isinstance(b, n.Const) and b.value == 0 and expr.op in ("add", "sub", "or", "xor", "shl", "shr"):
        return a
    if isinstance(b, n.Const) and b.value == 1 and expr.op in ("mul", "div"):
        return a
    if isinstance(a, n.Const) and expr.type == a.type and (
        (a.value == 0 and expr.op in ("add", "or", "xor")) or (a.value == 1 and expr.op == "mul")
    ):  # fmt: skip
        return b
    return expr


def _compared(expr: n.Binary) -> n.Expr:
    """A comparison of integers without the widening of both, where a constant fits the narrower type."""
    narrow = _unwidened(expr.left) or _unwidened(expr.right)
    if narrow is None:
        return expr
    sides = [_unwidened(e) or (_fitted(e, narrow.type) if isinstance(e, n.Const) else None)
             for e in (expr.left, expr.right)]  # fmt: skip
    left, right = sides
    if left is None or right is None or left.type != right.type:
        return expr
    return replace(expr, left=left, right=right)


def _unwidened(expr: n.Expr) -> n.Expr | None:
    """The integer that was widened to 64 bits without changing its value."""
    if not (isinstance(expr, n.Cast) and isinstance(expr.type, Scalar) and isinstance(expr.operand.type, Scalar)):
        return None
    source = expr.operand.type
    is_wider = expr.type.is_integer and expr.type.bits == 64 and source.is_integer and source.bits == 32
    return expr.operand if is_wider and (not source.is_signed or expr.type.is_signed) else None


def _fitted(constant: n.Const, type_: object) -> n.Expr | None:
    assert isinstance(type_, Scalar)
    return n.Const(type_, constant.value) if wrap(type_, int(constant.value)) == constant.value else None


def _folded(expr: n.Binary, a: int, b: int) -> n.Expr:
    comparisons = {"eq": a == b, "ne": a != b, "lt": a < b, "le": a <= b, "gt": a > b, "ge": a >= b}
    if expr.op in comparisons:
        return n.Const(BOOL, comparisons[expr.op])
    type_ = expr.type
    assert isinstance(type_, Scalar)
    match expr.op:
        case "add":
            value = a + b
        case "sub":
            value = a - b
        case "mul":
            value = a * b
        case "and":
            value = a & b
        case "or":
            value = a | b
        case "xor":
            value = a ^ b
        case "shl" if 0 <= b < type_.bits:
            value = a << b
        case "shr" if 0 <= b < type_.bits:
            value = a >> b
        case "div" | "rem" if b != 0:
            quotient = abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)
            value = quotient if expr.op == "div" else a - quotient * b
        case _:
            return expr
    return n.Const(type_, wrap(type_, value))
