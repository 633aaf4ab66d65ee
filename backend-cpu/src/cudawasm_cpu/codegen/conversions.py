"""Casts and bit casts, exactly as PTX converts."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir.types import (
    BF16,
    BOOL,
    F16,
    F32,
    F64,
    I32,
    I64,
    U8,
    Pointer,
    Scalar,
    Type,
    member_offset,
    size_of,
)  # fmt: skip
from cudawasm_cpu.codegen import lltypes, shapes
from cudawasm_cpu.codegen.context import Context
from cudawasm_cpu.codegen.fold import fold_cast
from cudawasm_cpu.codegen.shapes import LINEAR, VARYING, Shape
from cudawasm_cpu.codegen.values import Aggregate, Value, constant, vector_of


def form(ctx: Context, value: Value) -> tuple[str, Shape, bool]:
    """(operand, shape of a lane-wise result, whether it is scalar)."""
    if value.is_uniform:
        return value.ref, shapes.uniform(value.shape.level), True
    return vector_of(ctx.code, value), shapes.ANY, False


def _typed(ctx: Context, ll: str, is_scalar: bool) -> str:
    return ll if is_scalar else ctx.code.vector(ll)


def _each(ctx: Context, ll: str, literal: str, is_scalar: bool) -> str:
    return literal if is_scalar else ctx.code.splat_constant(ll, literal)


def cast(ctx: Context, value: Value, target: Type) -> Value:
    """``value`` converted to a scalar or pointer type."""
    source = value.type
    if source == target:
        return value
    assert isinstance(target, Scalar | Pointer)
    folded = fold_cast(source, target, value.shape.const)
    if folded is not None:
        return constant(target, folded)
    shape = shapes.of_cast(source, target, value.shape)
    if isinstance(source, Pointer) or isinstance(target, Pointer):
        return _pointer_cast(ctx, value, target, shape)
    assert isinstance(source, Scalar)
    if source == BOOL:
        return _from_bool(ctx, value, target)
    if target == BOOL:
        return _to_bool(ctx, value)
    if source.is_integer and target.is_integer:
        return _integer_cast(ctx, value, source, target, shape)
    if source.is_integer:
        return _integer_to_float(ctx, value, source, target)
    if target.is_integer:
        return _float_to_integer(ctx, value, source, target)
    return float_cast(ctx, value, target)


def _pointer_cast(ctx: Context, value: Value, target: Scalar | Pointer, shape: Shape) -> Value:
    code = ctx.code
    if isinstance(value.type, Pointer) and isinstance(target, Pointer):
        return replace(value, type=target)
    to_pointer = isinstance(target, Pointer)
    if target == BOOL:
        return _to_bool(ctx, value)
    if to_pointer:
        value = cast(ctx, value, I64 if lltypes.is_signed(value.type) else replace(I64, name="u64", kind="uint"))
    source, goal = ("i64", "ptr") if to_pointer else ("ptr", "i64")
    verb = "inttoptr" if to_pointer else "ptrtoint"
    vector = shape.level == VARYING
    ref = vector_of(code, value) if vector else value.ref
    result = code.op(f"{verb} {_typed(ctx, source, not vector)} {ref} to {_typed(ctx, goal, not vector)}")
    if to_pointer:
        return Value(target, shape, result)
    wide = Value(I64, replace(shape, no_wrap=True) if shape.level == LINEAR else shape, result)
    assert isinstance(target, Scalar)
    return replace(wide, type=target) if target.bits == 64 else cast(ctx, wide, target)


def _from_bool(ctx: Context, value: Value, target: Scalar) -> Value:
    code = ctx.code
    ref, shape, is_scalar = form(ctx, value)
    ll = lltypes.register(target)
    if target.is_float:
        zero, one = (lltypes.literal(target, v) for v in (0.0, 1.0))
        kind, typed = _typed(ctx, "i1", is_scalar), _typed(ctx, ll, is_scalar)
        yes, no = _each(ctx, ll, one, is_scalar), _each(ctx, ll, zero, is_scalar)
        return Value(target, shape, code.op(f"select {kind} {ref}, {typed} {yes}, {typed} {no}"))
    result = code.op(f"zext {_typed(ctx, 'i1', is_scalar)} {ref} to {_typed(ctx, ll, is_scalar)}")
    return Value(target, shape, result)


def _to_bool(ctx: Context, value: Value) -> Value:
    code = ctx.code
    if value.type == BF16:
        value = float_cast(ctx, value, F32)
    ref, shape, is_scalar = form(ctx, value)
    ll = lltypes.register(value.type)
    if isinstance(value.type, Pointer):
        zero = "null" if is_scalar else "zeroinitializer"
        return Value(BOOL, shape, code.op(f"icmp ne {_typed(ctx, ll, is_scalar)} {ref}, {zero}"))
    test = "fcmp une" if lltypes.is_float(value.type) else "icmp ne"
    zero = _each(ctx, ll, lltypes.literal(value.type, 0), is_scalar)  # type: ignore[arg-type]
    return Value(BOOL, shape, code.op(f"{test} {_typed(ctx, ll, is_scalar)} {ref}, {zero}"))


def _integer_cast(ctx: Context, value: Value, source: Scalar, target: Scalar, shape: Shape) -> Value:
    if source.bits == target.bits:
        if shape.level == VARYING and value.shape.level != VARYING:
            return Value(target, shape, vector_of(ctx.code, value))
        return Value(target, shape, value.ref)
    vector = shape.level == VARYING
    ref = vector_of(ctx.code, value) if vector else value.ref
    verb = "trunc" if target.bits < source.bits else "sext" if source.is_signed else "zext"
    types = (_typed(ctx, f"i{bits}", not vector) for bits in (source.bits, target.bits))
    return Value(target, shape, ctx.code.op(f"{verb} {next(types)} {ref} to {next(types)}"))


def _integer_to_float(ctx: Context, value: Value, source: Scalar, target: Scalar) -> Value:
    """Rounds once, to nearest even."""
    if target in (F16, BF16):
        if source.bits <= 32:
            return float_cast(ctx, _integer_to_float(ctx, value, source, F64), target)
        return float_cast(ctx, _wide_to_odd_double(ctx, value, source), target)
    ref, shape, is_scalar = form(ctx, value)
    verb = "sitofp" if source.is_signed else "uitofp"
    types = (_typed(ctx, f"i{source.bits}", is_scalar), _typed(ctx, lltypes.register(target), is_scalar))
    return Value(target, shape, ctx.code.op(f"{verb} {types[0]} {ref} to {types[1]}"))


def _wide_to_odd_double(ctx: Context, value: Value, source: Scalar) -> Value:
    """A 64-bit integer as a double: exact up to 2**53, beyond rounded to odd (12 bits become a sticky one)."""
    code = ctx.code
    ref, shape, is_scalar = form(ctx, value)
    ll, flag = _typed(ctx, "i64", is_scalar), _typed(ctx, "i1", is_scalar)

    def each(literal: int) -> str:
        return _each(ctx, "i64", str(literal), is_scalar)

    low = code.op(f"and {ll} {ref}, {each(4095)}")
    some = code.op(f"icmp ne {ll} {low}, {each(0)}")
    sticky = code.op(f"select {flag} {some}, {ll} {each(2048)}, {ll} {each(0)}")
    odd = code.op(f"or {ll} {code.op(f'and {ll} {ref}, {each(-4096)}')}, {sticky}")
    moved = code.op(f"add {ll} {ref}, {each(1 << 53)}") if source.is_signed else ref
    is_exact = code.op(f"icmp ule {ll} {moved}, {each(1 << 54 if source.is_signed else 1 << 53)}")
    chosen = code.op(f"select {flag} {is_exact}, {ll} {ref}, {ll} {odd}")
    return _integer_to_float(ctx, Value(source, shape, chosen), source, F64)


def _float_to_integer(ctx: Context, value: Value, source: Scalar, target: Scalar) -> Value:
    """Truncates and saturates; NaN gives 0."""
    if source in (F16, BF16):
        value = float_cast(ctx, value, F32)
        source = F32
    ref, shape, is_scalar = form(ctx, value)
    goal = _typed(ctx, f"i{target.bits}", is_scalar)
    argument = _typed(ctx, lltypes.register(source), is_scalar)
    lanes = "" if is_scalar else f"v{ctx.width}"
    verb = "fptosi" if target.is_signed else "fptoui"
    name = f"llvm.{verb}.sat.{lanes}i{target.bits}.{lanes}f{source.bits}"
    return Value(target, shape, ctx.code.call(goal, name, [(argument, ref)]))


def float_cast(ctx: Context, value: Value, target: Scalar) -> Value:
    """Between float types, rounding once to nearest even."""
    source = value.type
    assert isinstance(source, Scalar)
    code = ctx.code
    if source == target:
        return value
    if source == BF16:
        ref, shape, is_scalar = form(ctx, value)
        wide = code.op(f"zext {_typed(ctx, 'i16', is_scalar)} {ref} to {_typed(ctx, 'i32', is_scalar)}")
        moved = code.op(f"shl {_typed(ctx, 'i32', is_scalar)} {wide}, {_each(ctx, 'i32', '16', is_scalar)}")
        single = code.op(f"bitcast {_typed(ctx, 'i32', is_scalar)} {moved} to {_typed(ctx, 'float', is_scalar)}")
        return float_cast(ctx, Value(F32, shape, single), target)
    if source == F64 and target in (F16, BF16):
        return float_cast(ctx, _round_to_odd(ctx, value), target)
    if target == BF16:
        return _to_bfloat(ctx, float_cast(ctx, value, F32))
    ref, shape, is_scalar = form(ctx, value)
    verb = "fpext" if target.bits > source.bits else "fptrunc"
    types = (_typed(ctx, lltypes.register(t), is_scalar) for t in (source, target))
    return Value(target, shape, code.op(f"{verb} {next(types)} {ref} to {next(types)}"))


def _round_to_odd(ctx: Context, value: Value) -> Value:
    """A double as the float next to it towards zero, with the last bit set when that is inexact.

    Rounding the result once more to a shorter type then rounds the double correctly.
    """
    code = ctx.code
    ref, shape, s = form(ctx, value)
    double, single, integer, flag = (_typed(ctx, t, s) for t in ("double", "float", "i32", "i1"))
    near = code.op(f"fptrunc {double} {ref} to {single}")
    back = code.op(f"fpext {single} {near} to {double}")
    lanes = "" if s else f"v{ctx.width}"
    size, back_size = (code.call(double, f"llvm.fabs.{lanes}f64", [(double, v)]) for v in (ref, back))
    above = code.op(f"fcmp ogt {double} {back_size}, {size}")
    inexact = code.op(f"fcmp one {double} {back_size}, {size}")
    bits = code.op(f"bitcast {single} {near} to {integer}")
    down = code.op(f"zext {flag} {above} to {integer}")
    toward_zero = code.op(f"sub {integer} {bits}, {down}")
    sticky = code.op(f"zext {flag} {inexact} to {integer}")
    odd = code.op(f"or {integer} {toward_zero}, {sticky}")
    return Value(F32, shape, code.op(f"bitcast {integer} {odd} to {single}"))


def _to_bfloat(ctx: Context, value: Value) -> Value:
    code = ctx.code
    ref, shape, s = form(ctx, value)
    single, integer, flag, short = (_typed(ctx, t, s) for t in ("float", "i32", "i1", "i16"))

    def each(literal: int) -> str:
        return _each(ctx, "i32", str(literal), s)

    bits = code.op(f"bitcast {single} {ref} to {integer}")
    high = code.op(f"lshr {integer} {bits}, {each(16)}")
    parity = code.op(f"and {integer} {high}, {each(1)}")
    bias = code.op(f"add {integer} {parity}, {each(0x7FFF)}")
    rounded = code.op(f"lshr {integer} {code.op(f'add {integer} {bits}, {bias}')}, {each(16)}")
    nan = code.op(f"fcmp uno {single} {ref}, {ref}")
    chosen = code.op(f"select {flag} {nan}, {integer} {each(0x7FFF)}, {integer} {rounded}")
    return Value(BF16, shape, code.op(f"trunc {integer} {chosen} to {short}"))


# --- the same bits, seen as another type ---------------------------------------------------------


def bitcast(ctx: Context, value: Value | Aggregate, target: Type) -> Value | Aggregate:
    """The bits of a scalar, vector or pointer as another type of the same size."""
    if isinstance(value, Value) and isinstance(target, Scalar | Pointer):
        return _bitcast_leaf(ctx, value, target)
    parts = [value] if isinstance(value, Value) else list(value.parts)
    offsets = [o for _, o in lltypes.leaves(value.type)]
    return regroup(ctx, offsets, parts, target)


def _bitcast_leaf(ctx: Context, value: Value, target: Scalar | Pointer) -> Value:
    if value.type == target:
        return value
    if isinstance(value.type, Pointer) or isinstance(target, Pointer):
        return cast(ctx, value, target)
    if BOOL in (value.type, target):
        return cast(ctx, cast(ctx, value, U8), target)
    assert isinstance(value.type, Scalar)
    if value.type.is_integer and target.is_integer:
        return cast(ctx, value, target)
    ref, shape, is_scalar = form(ctx, value)
    source, goal = (_typed(ctx, lltypes.register(t), is_scalar) for t in (value.type, target))
    if source == goal:
        return Value(target, shape, ref)
    return Value(target, shape, ctx.code.op(f"bitcast {source} {ref} to {goal}"))


def regroup(ctx: Context, offsets: list[int], parts: list[Value], target: Type) -> Value | Aggregate:
    """Leaves at byte offsets as the leaves of ``target``. Bytes that no part covers are zero."""
    out = []
    for leaf, start in lltypes.leaves(target):
        out.append(_assemble(ctx, offsets, parts, leaf, start))
    if isinstance(target, Scalar | Pointer):
        return out[0]
    return Aggregate(target, tuple(out))


def _unsigned(bits: int) -> Scalar:
    return Scalar(f"u{bits}", "uint", bits)


def _assemble(ctx: Context, offsets: list[int], parts: list[Value], leaf: lltypes.Leaf, start: int) -> Value:
    from cudawasm_cpu.codegen.expressions import binary

    size = size_of(leaf)
    word = _unsigned(size * 8)
    total = constant(word, 0)
    for offset, part in zip(offsets, parts, strict=True):
        end = offset + size_of(part.type)
        if end <= start or offset >= start + size:
            continue
        if offset == start and end == start + size:
            return _bitcast_leaf(ctx, part, leaf)
        bits = _bitcast_leaf(ctx, part, _unsigned(8 * size_of(part.type)))
        if offset < start:
            bits = binary(ctx, "shr", bits, constant(I32, 8 * (start - offset)), bits.type)
        wide = cast(ctx, bits, word)
        if offset > start:
            wide = binary(ctx, "shl", wide, constant(I32, 8 * (offset - start)), word)
        total = binary(ctx, "or", total, wide, word)
    return _bitcast_leaf(ctx, total, leaf)


def take(ctx: Context, whole: Aggregate, index: int, type_: Type) -> Value | Aggregate:
    """Member ``index`` of an aggregate that has unions."""
    start = member_offset(whole.type, index)
    offsets = [o - start for _, o in lltypes.leaves(whole.type)]
    return regroup(ctx, offsets, list(whole.parts), type_)
