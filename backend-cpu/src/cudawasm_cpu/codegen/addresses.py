"""Address arithmetic on pointers of every shape."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, I64, Scalar
from cudawasm_cpu.codegen import expressions, lltypes, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.uniformity import strip_widening
from cudawasm_cpu.codegen.values import Value, vector_of


def index_value(ctx: Context, expr: n.Expr, mask: Mask) -> Value:
    """An index. Signed 32-bit arithmetic that is scalar here is done in 64 bits, which is the same unless it
    overflows, and that CUDA leaves undefined: LLVM folds it into addresses and steps pointers along."""
    narrow = strip_widening(expr)
    shape = ctx.uniformity.shape(narrow)
    if narrow.type == I32 and shape.level != shapes.VARYING and shape.const is None:
        wide = _widened(narrow)
        found = ctx.uniformity.shape(wide)
        if (found.level, found.offsets) == (shape.level, shape.offsets):
            return expressions.scalar(ctx, wide, mask)
    return expressions.scalar(ctx, narrow, mask)


def _widened(expr: n.Expr) -> n.Expr:
    match expr:
        case n.Const():
            return n.Const(I64, expr.value)
        case n.Binary(op="add" | "sub" | "mul", type=type_) if type_ == I32:
            return n.Binary(expr.op, _widened(expr.left), _widened(expr.right), I64)
        case _:
            return n.Cast(I64, expr)


def add_bytes(ctx: Context, ptr: Value, offset: int) -> Value:
    """``ptr`` moved by a constant number of bytes."""
    if offset == 0:
        return ptr
    code = ctx.code
    if ptr.shape.level == shapes.VARYING:
        ref = code.op(f"getelementptr i8, {code.vector('ptr')} {ptr.ref}, i64 {offset}")
    else:
        ref = code.op(f"getelementptr i8, ptr {ptr.ref}, i64 {offset}")
    return replace(ptr, ref=ref)


def add_index(ctx: Context, ptr: Value, index: Value, size: int) -> Value:
    """``ptr + index`` for elements of ``size`` bytes."""
    shape = shapes.of_offset(ptr.shape, index.shape, size)
    code = ctx.code
    if index.shape.const is not None:
        return replace(add_bytes(ctx, ptr, index.shape.const * size), shape=shape)
    element = lltypes.element_name(size)
    if shape.level == shapes.VARYING:
        vector = extend_vector(ctx, index)
        base = f"ptr {ptr.ref}" if ptr.is_uniform else f"{code.vector('ptr')} {vector_of(code, ptr)}"
        ref = code.op(f"getelementptr {element}, {base}, {code.vector('i64')} {vector}")
        return Value(ptr.type, shapes.ANY, ref, ptr.space)
    wide = extend_index(ctx, index)
    ref = code.op(f"getelementptr {element}, ptr {ptr.ref}, i64 {wide}")
    if shape.is_uniform and not (ptr.is_uniform and index.is_uniform):
        first = (ptr.shape.offsets or (0,))[0] + size * (index.shape.offsets or (0,))[0]
        ref = code.op(f"getelementptr i8, ptr {ref}, i64 {first}") if first else ref
    return Value(ptr.type, shape, ref, ptr.space)


def extend_vector(ctx: Context, index: Value) -> str:
    """A varying or other index as a vector of i64."""
    code = ctx.code
    vector = vector_of(code, index)
    assert isinstance(index.type, Scalar)
    bits = 1 if index.type == BOOL else index.type.bits
    if bits == 64:
        return vector
    verb = "sext" if index.type.is_signed else "zext"
    return code.op(f"{verb} {code.vector(f'i{bits}')} {vector} to {code.vector('i64')}")


def extend_index(ctx: Context, index: Value) -> str:
    """The uniform index, or the base of a linear one, as i64.

    Unsigned lane values may wrap: of ``a[i - 1u]`` the lane with ``i == 0`` is absent, and the others
    are near 0 though the base is near 2**32. Then the base counts as negative.
    """
    code = ctx.code
    assert isinstance(index.type, Scalar)
    bits = 1 if index.type == BOOL else index.type.bits
    if bits == 64:
        return index.ref
    if index.type.is_signed or index.ref[0] != "%":
        return code.op(f"sext i{bits} {index.ref} to i64")
    wide = code.op(f"zext i{bits} {index.ref} to i64")
    shape = index.shape
    if not index.is_linear or shape.no_wrap or shape.stays_in_step:
        return wide
    low, high = min(shape.offsets), max(shape.offsets)
    if low < 0:
        return code.op(f"sext i{bits} {index.ref} to i64") if high <= 0 else wide
    top = code.op(f"add i64 {wide}, {high}")
    wraps = code.op(f"icmp ugt i64 {top}, 4294967295")
    negative = code.op(f"sext i{bits} {index.ref} to i64")
    return code.op(f"select i1 {wraps}, i64 {negative}, i64 {wide}")
