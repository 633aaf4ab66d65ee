"""Short spellings for building KIR by hand, in tests and tools."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F64, I32, U32, VOID, Pointer, Scalar, Space, Type


def const(value: int | float | bool, type_: Type | None = None) -> n.Const:
    """A literal; without a type: bool, i32 or f64 by the Python value."""
    if type_ is None:
        type_ = BOOL if isinstance(value, bool) else I32 if isinstance(value, int) else F64
    return n.Const(type_, value)


def _expr(value: object, type_: Type) -> n.Expr:
    return n.Const(type_, value) if isinstance(value, int | float) else as_expr(value)


def as_expr(value: object) -> n.Expr:
    """A variable's or place's value, a literal, or the expression itself."""
    if isinstance(value, n.Var):
        return n.Load(n.VarPlace(value))
    if isinstance(value, n.VarPlace | n.Deref | n.Member | n.Index):
        return n.Load(value)
    if isinstance(value, bool | int | float):
        return const(value)
    return value  # type: ignore[return-value]


def binary(op: n.BinaryOp, left: object, right: object) -> n.Binary:
    """``left op right``; a Python number takes the other operand's type."""
    if isinstance(left, int | float) and not isinstance(right, int | float):
        right = as_expr(right)
        left = _expr(left, right.type)
    left = as_expr(left)
    right = _expr(right, left.type)
    return n.Binary(op, left, right, BOOL if op in n.COMPARISONS else left.type)


def special(name: n.SpecialName, type_: Scalar = U32) -> n.Expr:
    """A launch value, converted when another type than u32 is wanted."""
    value = n.Special(name, U32)
    return value if type_ == U32 else n.Cast(type_, value)


def global_index(axis: str = "x", type_: Scalar = I32) -> n.Expr:
    """``blockIdx * blockDim + threadIdx`` along an axis."""
    parts: list[n.Expr] = [n.Special(f"{name}.{axis}", U32) for name in ("block_idx", "block_dim", "thread_idx")]  # type: ignore[arg-type]
    index = n.Binary("add", n.Binary("mul", parts[0], parts[1], U32), parts[2], U32)
    return n.Cast(type_, index)


def element(ptr: object, index: object, volatile: bool = False) -> n.Deref:
    """``ptr[index]``"""
    return n.Deref(n.Offset(as_expr(ptr), as_expr(index)), volatile)


def at(array: n.Var | n.Place, *indices: object) -> n.Place:
    """``array[i][j]...`` of an array variable or place."""
    place: n.Place = n.VarPlace(array) if isinstance(array, n.Var) else array
    for index in indices:
        place = n.Index(place, as_expr(index))
    return place


def assign(target: n.Var | n.Place, value: object) -> n.Assign:
    place: n.Place = n.VarPlace(target) if isinstance(target, n.Var) else target
    return n.Assign(place, _expr(value, place.type))


def declare(name: str, value: object, type_: Type | None = None) -> tuple[n.Var, n.Declare]:
    """A new local with its declaration."""
    init = as_expr(value) if type_ is None else _expr(value, type_)
    var = n.Var(name, type_ or init.type)
    return var, n.Declare(var, init)


def address(place: n.Place | n.Var, space: Space = Space.GENERIC) -> n.AddressOf:
    target: n.Place = n.VarPlace(place) if isinstance(place, n.Var) else place
    return n.AddressOf(target, Pointer(target.type, space))


def pointer(pointee: Type, space: Space = Space.GENERIC) -> Pointer:
    return Pointer(pointee, space)


def kernel(name: str, params: tuple[n.Var, ...], body: n.Block, shared: tuple[n.Var, ...] = ()) -> n.Module:
    """A module that holds one kernel."""

    return n.Module({name: n.Function(name, params, VOID, body, is_kernel=True)}, (), shared)
