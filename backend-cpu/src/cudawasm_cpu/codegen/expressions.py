"""Expressions: evaluated as scalars where uniform, as bases where linear, as vectors otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, BOOL, F32, I64, Pointer, Scalar, Type, member_type, size_of
from cudawasm_cpu.codegen import addresses, conversions, division, lltypes, mathcalls, memory, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.fold import fold_binary
from cudawasm_cpu.codegen.shapes import LINEAR, VARYING, Shape
from cudawasm_cpu.codegen.values import Aggregate, Value, constant, vector_of


def evaluate(ctx: Context, expr: n.Expr, mask: Mask) -> Value | Aggregate:
    """The value of an expression in the active lanes; other lanes may hold anything, poison included."""
    if isinstance(expr, n.Const):
        return constant(expr.type, expr.value)
    key = (id(expr), mask)
    if key not in ctx.memo:
        ctx.memo[key] = _evaluate(ctx, expr, mask)
        ctx.keep.append(expr)
    return ctx.memo[key]


def scalar(ctx: Context, expr: n.Expr, mask: Mask) -> Value:
    """The value of an expression of scalar or pointer type."""
    value = evaluate(ctx, expr, mask)
    assert isinstance(value, Value), expr
    return value


def _evaluate(ctx: Context, expr: n.Expr, mask: Mask) -> Value | Aggregate:
    match expr:
        case n.Const():
            return constant(expr.type, expr.value)
        case n.Load():
            return memory.load(ctx, expr.place, mask)
        case n.AddressOf():
            return memory.address_of(ctx, expr.place, mask, expr.type)
        case n.Unary():
            return _unary(ctx, expr.op, scalar(ctx, expr.operand, mask))
        case n.Binary():
            a, b = scalar(ctx, expr.left, mask), scalar(ctx, expr.right, mask)
            return binary(ctx, expr.op, a, b, expr.type, expr.contract)
        case n.Cast():
            return conversions.cast(ctx, scalar(ctx, expr.operand, mask), expr.type)
        case n.Bitcast():
            return conversions.bitcast(ctx, evaluate(ctx, expr.operand, mask), expr.type)
        case n.Select():
            return _select(ctx, expr, mask)
        case n.Builtin():
            args = tuple(scalar(ctx, a, mask) for a in expr.args)
            return mathcalls.builtin(ctx, expr.name, args, expr.type, mask)
        case n.Offset():
            ptr = scalar(ctx, expr.ptr, mask)
            index = addresses.index_value(ctx, expr.index, mask)
            size = size_of(expr.ptr.type.pointee)  # type: ignore[union-attr]
            return replace(addresses.add_index(ctx, ptr, index, size), type=expr.type)
        case n.Distance():
            return _distance(ctx, expr, mask)
        case n.Special():
            return ctx.specials[expr.name]
        case n.Construct():
            return _construct(ctx, expr, mask)
        case n.Extract():
            return _extract(ctx, expr, mask)
        case n.Zero():
            parts = tuple(zero(leaf) for leaf, _ in lltypes.leaves(expr.type))
            return parts[0] if isinstance(expr.type, Scalar | Pointer) else Aggregate(expr.type, parts)
        case _:
            assert_never(expr)


def zero(type_: lltypes.Leaf) -> Value:
    if isinstance(type_, Pointer):
        return Value(type_, shapes.PER_BLOCK, "null")
    return constant(type_, False if type_ == BOOL else 0.0 if type_.is_float else 0)


# --- operators -----------------------------------------------------------------------------------


def _unary(ctx: Context, op: str, a: Value) -> Value:
    code, type_ = ctx.code, a.type
    ll = lltypes.register(type_)
    if a.is_linear and op in ("neg", "bitnot"):
        base = code.op(f"sub {ll} {'0' if op == 'neg' else '-1'}, {a.ref}")
        offsets = tuple(-o for o in a.shape.offsets)
        exact = a.shape.no_wrap and (lltypes.is_signed(type_) or ll == "i64")
        return _linear(ctx, type_, base, shapes.linear(Shape(LINEAR, offsets, 1, exact), offsets), offsets)
    vector, ref, shape = _operand(ctx, a)
    if type_ == BF16 and op == "neg":
        return Value(type_, shape, code.op(f"xor {vector} {ref}, {_all(ctx, a, 'i16', '-32768')}"))
    if op == "neg" and lltypes.is_float(type_):
        return Value(type_, shape, code.op(f"fneg {vector} {ref}"))
    if op == "neg":
        return Value(type_, shape, code.op(f"sub {vector} {_all(ctx, a, ll, '0')}, {ref}"))
    ones = "true" if type_ == BOOL else "-1"
    return Value(type_, shape, code.op(f"xor {vector} {ref}, {_all(ctx, a, ll, ones)}"))


def _all(ctx: Context, like: Value, ll: str, literal: str) -> str:
    return literal if like.is_uniform else ctx.code.splat_constant(ll, literal)


def _operand(ctx: Context, a: Value) -> tuple[str, str, Shape]:
    """(LLVM type, operand, shape of the result) for a lane-wise operation."""
    ll = lltypes.register(a.type)
    if a.is_uniform:
        return ll, a.ref, shapes.uniform(a.shape.level)
    return ctx.code.vector(ll), vector_of(ctx.code, a), shapes.ANY


def operands(ctx: Context, *values: Value) -> tuple[str, list[str], Shape]:
    """The LLVM type of the first value, all operands in one form, and the shape of a lane-wise result."""
    ll = lltypes.register(values[0].type)
    shape = shapes.of_pure(tuple(v.shape for v in values))
    if shape.is_uniform:
        return ll, [v.ref for v in values], shape
    return ctx.code.vector(ll), [vector_of(ctx.code, v) for v in values], shape


def _linear(ctx: Context, type_: Type, base: str, shape: Shape, offsets: tuple[int, ...]) -> Value:
    """A value whose lanes are ``base + offsets``, as its shape says."""
    code = ctx.code
    if shape.level == LINEAR:
        return Value(type_, shape, base)
    if shape.is_uniform:
        ref = base if offsets[0] == 0 else code.op(f"add {lltypes.register(type_)} {base}, {offsets[0]}")
        return Value(type_, shape, ref)
    ll = lltypes.register(type_)
    bits = int(ll[1:])
    steps = code.constant_vector(ll, [(o + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1) for o in offsets])
    return Value(type_, shape, code.op(f"add {code.vector(ll)} {code.splat(ll, base)}, {steps}"))


_INTEGER = {"add": "add", "sub": "sub", "mul": "mul", "and": "and", "or": "or", "xor": "xor"}
_FLOAT = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "rem": "frem"}


def binary(ctx: Context, op: str, a: Value, b: Value, type_: Type, contract: bool = True) -> Value:
    """``a op b``"""
    if op in n.COMPARISONS:
        return compare(ctx, op, a, b)
    if lltypes.is_float(type_):
        return _float_binary(ctx, op, a, b, type_, contract)
    folded = fold_binary(op, type_, a.shape.const, b.shape.const)
    if folded is not None:
        return constant(type_, folded)
    shape = shapes.of_binary(op, type_, a.shape, b.shape, None)
    if a.is_linear or b.is_linear:
        linear = _linear_binary(ctx, op, a, b, type_, shape)
        if linear is not None:
            return linear
    if op in ("shl", "shr"):
        return _shift(ctx, op, a, b, type_, shape)
    if op in ("div", "rem"):
        return division.divide(ctx, op, a, b, type_, shape)
    vector, (x, y), _ = operands(ctx, a, b)
    return Value(type_, shape, ctx.code.op(f"{_INTEGER[op]} {vector} {x}, {y}"))


def _linear_binary(ctx: Context, op: str, a: Value, b: Value, type_: Type, shape: Shape) -> Value | None:
    """Arithmetic on bases, for what stays linear (or becomes uniform)."""
    if shape.level == VARYING or not (a.shape.level <= LINEAR and b.shape.level <= LINEAR):
        return None
    code, ll = ctx.code, lltypes.register(type_)
    if op in ("add", "sub"):
        width = ctx.width
        left, right = a.shape.offsets or (0,) * width, b.shape.offsets or (0,) * width
        sign = 1 if op == "add" else -1
        offsets = tuple(x + sign * y for x, y in zip(left, right, strict=True))
        base = code.op(f"{op} {ll} {a.ref}, {b.ref}")
        return _linear(ctx, type_, base, shape, offsets)
    if op in ("mul", "shl"):
        line, other = (a, b) if a.is_linear else (b, a)
        assert other.shape.const is not None and isinstance(type_, Scalar)
        factor = other.shape.const if op == "mul" else 1 << other.shape.const
        base = code.op(f"mul {ll} {line.ref}, {lltypes.literal(type_, factor)}")
        if factor >= 1 << (type_.bits - 1):
            factor -= 1 << type_.bits
        return _linear(ctx, type_, base, shape, tuple(o * factor for o in line.shape.offsets))
    assert b.shape.const is not None
    operand = b.shape.const
    bits = operand if op == "shr" else (operand + 1 if op == "and" else operand).bit_length() - 1
    if op in ("and", "rem"):
        return _linear(ctx, type_, "0", shape, tuple(o % (1 << bits) for o in a.shape.offsets))
    verb = "ashr" if lltypes.is_signed(type_) else "lshr"
    base = code.op(f"{verb} {ll} {a.ref}, {bits}")
    return _linear(ctx, type_, base, shape, tuple(o >> bits for o in a.shape.offsets))


def _float_binary(ctx: Context, op: str, a: Value, b: Value, type_: Type, contract: bool) -> Value:
    code = ctx.code
    if type_ == BF16:
        wide = binary(ctx, op, conversions.cast(ctx, a, F32), conversions.cast(ctx, b, F32), F32, False)
        return conversions.cast(ctx, wide, BF16)
    if op == "rem":
        return mathcalls.builtin(ctx, "fmod", (a, b), type_, None)
    vector, (x, y), shape = operands(ctx, a, b)
    flags = " contract" if contract and ctx.options.contract and op in ("add", "sub", "mul") else ""
    return Value(type_, shape, code.op(f"{_FLOAT[op]}{flags} {vector} {x}, {y}"))


def _shift(ctx: Context, op: str, a: Value, b: Value, type_: Type, shape: Shape) -> Value:
    """Shifts by the width or more give 0, or the sign."""
    code, ll = ctx.code, lltypes.register(type_)
    bits = int(ll[1:])
    signed = lltypes.is_signed(type_)
    verb = "shl" if op == "shl" else "ashr" if signed else "lshr"
    if b.shape.const is not None:
        count = b.shape.const
        if count < 0 or count >= bits:
            if verb != "ashr":
                return constant(type_, 0)
            count = bits - 1
        vector, ref, _ = _operand(ctx, a)
        return Value(type_, shape, code.op(f"{verb} {vector} {ref}, {_all(ctx, a, ll, str(count))}"))
    count_value = _shift_count(ctx, b, type_, bits)
    vector, (x, y), _ = operands(ctx, a, count_value)
    uniform = shape.is_uniform
    limit = str(bits - 1) if uniform else f"splat ({ll} {bits - 1})"
    if verb == "ashr":
        least = code.call(vector, f"llvm.umin.{_mangle(ctx, ll, uniform)}", [(vector, y), (vector, limit)])
        return Value(type_, shape, code.op(f"ashr {vector} {x}, {least}"))
    inside = code.op(f"icmp ule {vector} {y}, {limit}")
    masked = code.op(f"and {vector} {y}, {limit}")
    moved = code.op(f"{verb} {vector} {x}, {masked}")
    condition = "i1" if uniform else code.mask_type
    nothing = "0" if uniform else "zeroinitializer"
    return Value(type_, shape, code.op(f"select {condition} {inside}, {vector} {moved}, {vector} {nothing}"))


def _shift_count(ctx: Context, b: Value, type_: Type, bits: int) -> Value:
    """The count in the shifted type; counts that do not fit become large ones."""
    assert isinstance(b.type, Scalar)
    count_bits = b.type.bits
    if count_bits == bits:
        return b if not b.is_linear else Value(b.type, shapes.ANY, vector_of(ctx.code, b))
    code = ctx.code
    vector, ref, shape = _operand(ctx, b)
    ll = f"i{count_bits}"
    target = lltypes.register(type_)
    wide = target if b.is_uniform else code.vector(target)
    if count_bits < bits:
        verb = "sext" if b.type.is_signed else "zext"
        return Value(type_, shape, code.op(f"{verb} {vector} {ref} to {wide}"))
    limit = str(bits) if b.is_uniform else f"splat ({ll} {bits})"
    least = code.call(vector, f"llvm.umin.{_mangle(ctx, ll, b.is_uniform)}", [(vector, ref), (vector, limit)])
    return Value(type_, shape, code.op(f"trunc {vector} {least} to {wide}"))


def _mangle(ctx: Context, ll: str, uniform: bool) -> str:
    name = {"float": "f32", "double": "f64", "half": "f16"}.get(ll, ll)
    return name if uniform else f"v{ctx.width}{name}"


_SIGNED = {"lt": "slt", "le": "sle", "gt": "sgt", "ge": "sge", "eq": "eq", "ne": "ne"}
_UNSIGNED = {"lt": "ult", "le": "ule", "gt": "ugt", "ge": "uge", "eq": "eq", "ne": "ne"}
_ORDERED = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}


def compare(ctx: Context, op: str, a: Value, b: Value) -> Value:
    """A comparison of two values of one type."""
    if a.type == BF16:
        a, b = conversions.cast(ctx, a, F32), conversions.cast(ctx, b, F32)
    if a.is_linear and shapes.of_comparison(a.type, a.shape, b.shape).is_uniform:
        return Value(BOOL, shapes.PER_GANG, ctx.code.op(f"icmp {_UNSIGNED[op]} ptr {a.ref}, {b.ref}"))
    vector, (x, y), shape = operands(ctx, a, b)
    if lltypes.is_float(a.type):
        return Value(BOOL, shape, ctx.code.op(f"fcmp {_ORDERED[op]} {vector} {x}, {y}"))
    table = _SIGNED if lltypes.is_signed(a.type) else _UNSIGNED
    return Value(BOOL, shape, ctx.code.op(f"icmp {table[op]} {vector} {x}, {y}"))


# --- selection and aggregates --------------------------------------------------------------------


def _select(ctx: Context, expr: n.Select, mask: Mask) -> Value | Aggregate:
    condition = scalar(ctx, expr.condition, mask)
    a, b = evaluate(ctx, expr.if_true, mask), evaluate(ctx, expr.if_false, mask)
    if isinstance(a, Aggregate) and isinstance(b, Aggregate):
        pairs = zip(a.parts, b.parts, strict=True)
        return Aggregate(a.type, tuple(choose(ctx, condition, x, y) for x, y in pairs))
    assert isinstance(a, Value) and isinstance(b, Value)
    return choose(ctx, condition, a, b)


def choose(ctx: Context, condition: Value, a: Value, b: Value) -> Value:
    """``condition ? a : b``"""
    code, ll = ctx.code, lltypes.register(a.type)
    shape = shapes.of_select(condition.shape, a.shape, b.shape)
    space = a.space if a.space == b.space else ""
    if shape.level != VARYING:
        return Value(a.type, shape, code.op(f"select i1 {condition.ref}, {ll} {a.ref}, {ll} {b.ref}"), space)
    vector = code.vector(ll)
    x, y = vector_of(code, a), vector_of(code, b)
    if condition.is_uniform:
        return Value(a.type, shape, code.op(f"select i1 {condition.ref}, {vector} {x}, {vector} {y}"), space)
    ref = code.op(f"select {code.mask_type} {vector_of(code, condition)}, {vector} {x}, {vector} {y}")
    return Value(a.type, shape, ref, space)


def _construct(ctx: Context, expr: n.Construct, mask: Mask) -> Value | Aggregate:
    parts: list[Value] = []
    for part in expr.parts:
        value = evaluate(ctx, part, mask)
        parts.extend((value,) if isinstance(value, Value) else value.parts)
    if lltypes.contains_union(expr.type):
        return conversions.regroup(ctx, _union_layout(expr), parts, expr.type)
    return Aggregate(expr.type, tuple(parts))


def _union_layout(expr: n.Construct) -> list[int]:
    """Byte offset of each leaf of the parts of a constructed aggregate that has unions."""
    from cudawasm.ir.types import member_offset

    offsets: list[int] = []
    for i, part in enumerate(expr.parts):
        start = member_offset(expr.type, i)
        offsets += [start + o for _, o in lltypes.leaves(part.type)]
    return offsets


def _extract(ctx: Context, expr: n.Extract, mask: Mask) -> Value | Aggregate:
    whole = evaluate(ctx, expr.operand, mask)
    assert isinstance(whole, Aggregate)
    type_ = member_type(expr.operand.type, expr.index)
    if lltypes.contains_union(expr.operand.type):
        return conversions.take(ctx, whole, expr.index, type_)
    start = lltypes.member_leaf(expr.operand.type, expr.index)
    parts = whole.parts[start : start + lltypes.leaf_count(type_)]
    return parts[0] if isinstance(type_, Scalar | Pointer) else Aggregate(type_, parts)


def _distance(ctx: Context, expr: n.Distance, mask: Mask) -> Value:
    a, b = scalar(ctx, expr.left, mask), scalar(ctx, expr.right, mask)
    size = size_of(expr.left.type.pointee)  # type: ignore[union-attr]
    shape, code = shapes.of_distance(a.shape, b.shape, size), ctx.code
    if shape.level == VARYING:
        x, y = vector_of(code, a), vector_of(code, b)
        return Value(I64, shape, _difference(ctx, code.vector("ptr"), code.vector("i64"), x, y, f"splat (i64 {size})"))
    delta = _difference(ctx, "ptr", "i64", a.ref, b.ref, str(size))
    if shape.is_uniform and not (a.is_uniform and b.is_uniform):
        step = shapes.distance_steps(a.shape, b.shape)[0] // size
        delta = code.op(f"add i64 {delta}, {step}") if step else delta
    return Value(I64, shape, delta)


def _difference(ctx: Context, source: str, target: str, x: str, y: str, divisor: str) -> str:
    code = ctx.code
    x, y = (code.op(f"ptrtoint {source} {v} to {target}") for v in (x, y))
    return code.op(f"sdiv exact {target} {code.op(f'sub {target} {x}, {y}')}, {divisor}")
