"""This backend's column of the builtins table: what LLVM does itself, and libm calls for the rest."""

from __future__ import annotations

from collections.abc import Callable

from cudawasm.errors import InternalError
from cudawasm.ir.types import BF16, BOOL, F16, F32, U32, Scalar, Type
from cudawasm_cpu.codegen import conversions, expressions, lltypes, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.values import Value, constant, vector_of

_UNARY = {
    "ceil": "ceil", "floor": "floor", "trunc": "trunc", "rint": "rint", "round": "round", "sqrt": "sqrt",
}  # fmt: skip

LIBM = {
    "acos": "acos", "acosh": "acosh", "asin": "asin", "asinh": "asinh", "atan": "atan", "atan2": "atan2",
    "atanh": "atanh", "cbrt": "cbrt", "cos": "cos", "cosh": "cosh", "erf": "erf", "erfc": "erfc", "exp": "exp",
    "exp2": "exp2", "expm1": "expm1", "fast_cos": "cos", "fast_exp": "exp", "fast_exp2": "exp2", "fast_log": "log",
    "fast_log2": "log2", "fast_pow": "pow", "fast_sin": "sin", "fast_tan": "tan", "fast_tanh": "tanh",
    "fmod": "fmod", "hypot": "hypot", "lgamma": "lgamma", "log": "log", "log10": "log10", "log1p": "log1p",
    "log2": "log2", "nextafter": "nextafter", "pow": "pow", "remainder": "remainder", "sin": "sin", "sinh": "sinh",
    "tan": "tan", "tanh": "tanh", "tgamma": "tgamma", "ldexp": "ldexp",
}  # fmt: skip
"""C's function (of doubles; floats add an "f") where there is no device-library function yet."""

Spelling = Callable[[Context, tuple[Value, ...], Type], Value]


def builtin(ctx: Context, name: str, args: tuple[Value, ...], type_: Type, mask: Mask) -> Value:
    """The value of a builtin function of scalars."""
    spelling = NATIVE.get(name)
    if args[0].type == BF16 and name not in ("abs", "copysign", "signbit"):
        wide = tuple(conversions.cast(ctx, a, F32) if a.type == BF16 else a for a in args)
        result = builtin(ctx, name, wide, F32 if type_ == BF16 else type_, mask)
        return conversions.cast(ctx, result, type_)
    if spelling is not None:
        return spelling(ctx, args, type_)
    if args[0].type == F16 or (len(args) > 1 and args[1].type == F16):
        wide = tuple(conversions.cast(ctx, a, F32) if a.type == F16 else a for a in args)
        return conversions.cast(ctx, builtin(ctx, name, wide, F32, mask), type_)
    return _libm(ctx, name, args, type_)


def _libm(ctx: Context, name: str, args: tuple[Value, ...], type_: Type) -> Value:
    function = LIBM.get(name)
    if function is None:
        raise InternalError(f"builtin {name} has neither a spelling nor a device-library function")
    function += "f" if type_ == F32 else ""
    code = ctx.code
    lls = [lltypes.register(a.type) for a in args]
    shape = shapes.of_pure(tuple(a.shape for a in args))
    ll = lltypes.register(type_)
    if shape.is_uniform:
        pairs = [(t, a.ref) for t, a in zip(lls, args, strict=True)]
        return Value(type_, shape, code.call(ll, function, pairs, " memory(none) nounwind"))
    result = "poison"
    vectors = [vector_of(code, a) for a in args]
    for lane in range(ctx.width):
        pairs = [(t, code.op(f"extractelement {code.vector(t)} {v}, i64 {lane}"))
                 for t, v in zip(lls, vectors, strict=True)]  # fmt: skip
        one = code.call(ll, function, pairs, " memory(none) nounwind")
        result = code.op(f"insertelement {code.vector(ll)} {result}, {ll} {one}, i64 {lane}")
    return Value(type_, shape, result)


def mangled(ctx: Context, type_: Type, is_scalar: bool) -> str:
    """The suffix of an intrinsic's name."""
    ll = lltypes.register(type_)
    name = {"float": "f32", "double": "f64", "half": "f16"}.get(ll, ll)
    return name if is_scalar else f"v{ctx.width}{name}"


def _intrinsic(ctx: Context, name: str, args: tuple[Value, ...], type_: Type, *extra: tuple[str, str]) -> Value:
    vector, refs, shape = expressions.operands(ctx, *args)
    suffix = mangled(ctx, args[0].type, shape.is_uniform)
    pairs = [(vector, r) for r in refs]
    return Value(type_, shape, ctx.code.call(vector, f"llvm.{name}.{suffix}", [*pairs, *extra]))


def _float_unary(name: str) -> Spelling:
    def spell(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
        return _intrinsic(ctx, name, args, type_)

    return spell


def _abs(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    if type_ == BF16:
        return _clear_sign(ctx, args[0])
    if lltypes.is_float(type_):
        return _intrinsic(ctx, "fabs", args, type_)
    if not lltypes.is_signed(type_):
        return args[0]
    return _intrinsic(ctx, "abs", args, type_, ("i1", "false"))


def _clear_sign(ctx: Context, a: Value) -> Value:
    ref, shape, is_scalar = conversions.form(ctx, a)
    vector = "i16" if is_scalar else ctx.code.vector("i16")
    limit = "32767" if is_scalar else "splat (i16 32767)"
    return Value(BF16, shape, ctx.code.op(f"and {vector} {ref}, {limit}"))


def _extreme(name: str) -> Spelling:
    def spell(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
        if lltypes.is_float(type_):
            return (
                _number(ctx, name, args, type_)
                if ctx.machine.spreads_nan
                else _intrinsic(ctx, f"{name}num", args, type_)
            )
        prefix = "s" if lltypes.is_signed(type_) else "u"
        return _intrinsic(ctx, prefix + name, args, type_)

    return spell


def _number(ctx: Context, name: str, args: tuple[Value, ...], type_: Type) -> Value:
    """The extreme of two floats, or the one that is a number."""
    found = _intrinsic(ctx, f"{name}imum", args, type_)
    for one, other in (args, args[::-1]):
        is_number = expressions.compare(ctx, "eq", one, one)
        found = expressions.choose(ctx, is_number, found, other)
    return found


def _copysign(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    if type_ == BF16:
        wide = (conversions.cast(ctx, args[0], F32), conversions.cast(ctx, args[1], F32))
        return conversions.cast(ctx, _intrinsic(ctx, "copysign", wide, F32), BF16)
    return _intrinsic(ctx, "copysign", args, type_)


def _fma(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    if not ctx.machine.multiply_add:
        return _intrinsic(ctx, "fma", args, type_)
    code, ll = ctx.code, lltypes.register(type_)
    count = {"float": 4, "double": 2}[ll]
    name, vector = f"{ctx.machine.multiply_add}.v{count}{mangled(ctx, type_, True)}", f"<{count} x {ll}>"
    _, refs, shape = expressions.operands(ctx, *args)
    if shape.is_uniform:
        operands = [(vector, code.op(f"insertelement {vector} poison, {ll} {ref}, i64 0")) for ref in refs]
        return Value(type_, shape, code.op(f"extractelement {vector} {code.call(vector, name, operands)}, i64 0"))
    width = max(count, ctx.width)
    parts = []
    for first in range(0, width, count):
        lanes = range(first, first + count) if ctx.width >= count else [0] * count
        operands = [(vector, code.shuffle(ll, ctx.width, ref, lanes)) for ref in refs]
        parts.append(code.call(vector, name, operands))
    return Value(type_, shape, code.joined(ll, count, parts, ctx.width))


def _rsqrt(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    root = _intrinsic(ctx, "sqrt", args, type_)
    return expressions.binary(ctx, "div", constant(type_, 1.0), root, type_)


def _reciprocal(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    return expressions.binary(ctx, "div", constant(type_, 1.0), args[0], type_)


def _classify(test: int) -> Spelling:
    """``llvm.is.fpclass`` with LLVM's class bits."""

    def spell(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
        vector, (x,), shape = expressions.operands(ctx, args[0])
        result = "i1" if shape.is_uniform else ctx.code.mask_type
        name = f"llvm.is.fpclass.{mangled(ctx, args[0].type, shape.is_uniform)}"
        if name not in ctx.code.declarations:
            ctx.code.declarations[name] = f"declare {result} @{name}({vector}, i32 immarg)"
        return Value(BOOL, shape, ctx.code.op(f"call {result} @{name}({vector} {x}, i32 {test})"))

    return spell


def _signbit(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    source = args[0].type
    assert isinstance(source, Scalar)
    signed = Scalar(f"i{source.bits}", "int", source.bits)
    bits = conversions.bitcast(ctx, args[0], signed) if source != BF16 else Value(signed, args[0].shape, args[0].ref)
    assert isinstance(bits, Value)
    return expressions.compare(ctx, "lt", bits, constant(signed, 0))


def _count(name: str) -> Spelling:
    """Bit counts: the result is u32 whatever the operand is."""

    def spell(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
        extra = (("i1", "false"),) if name == "ctlz" else ()
        wide = _intrinsic(ctx, name, args, args[0].type, *extra)
        wide = Value(U32 if args[0].type.bits == 32 else wide.type, wide.shape, wide.ref)  # type: ignore[union-attr]
        return conversions.cast(ctx, wide, type_)

    return spell


def _mulhi(ctx: Context, args: tuple[Value, ...], type_: Type) -> Value:
    assert isinstance(type_, Scalar)
    if type_.bits == 64 and not ctx.machine.multiplies_wide:
        return _mulhi_by_halves(ctx, args, type_)
    code = ctx.code
    _, (x, y), shape = expressions.operands(ctx, *args)
    bits = type_.bits
    narrow, wide = (f"i{bits}", f"i{2 * bits}") if shape.is_uniform else (
        code.vector(f"i{bits}"), code.vector(f"i{2 * bits}"))  # fmt: skip
    verb = "sext" if type_.is_signed else "zext"
    a, b = (code.op(f"{verb} {narrow} {v} to {wide}") for v in (x, y))
    product = code.op(f"mul {wide} {a}, {b}")
    count = str(bits) if shape.is_uniform else f"splat (i{2 * bits} {bits})"
    high = code.op(f"lshr {wide} {product}, {count}")
    return Value(type_, shape, code.op(f"trunc {wide} {high} to {narrow}"))


def _mulhi_by_halves(ctx: Context, args: tuple[Value, ...], type_: Scalar) -> Value:
    """The upper 64 bits of a product, of products of 32 bits; a sign counts as a multiple of the other factor."""
    code = ctx.code
    ll, (x, y), shape = expressions.operands(ctx, *args)

    def op(name: str, a: str, b: str | int) -> str:
        other = b if isinstance(b, str) else str(b) if shape.is_uniform else f"splat (i64 {b})"
        return code.op(f"{name} {ll} {a}, {other}")

    x_low, y_low = (op("and", v, 0xFFFFFFFF) for v in (x, y))
    x_high, y_high = (op("lshr", v, 32) for v in (x, y))
    middle = op("add", op("mul", x_high, y_low), op("lshr", op("mul", x_low, y_low), 32))
    other = op("add", op("mul", x_low, y_high), op("and", middle, 0xFFFFFFFF))
    high = op("add", op("mul", x_high, y_high), op("add", op("lshr", middle, 32), op("lshr", other, 32)))
    if type_.is_signed:
        for a, b in ((x, y), (y, x)):
            high = op("sub", high, op("and", op("ashr", a, 63), b))
    return Value(type_, shape, high)


NATIVE: dict[str, Spelling] = {
    "abs": _abs,
    "brev": _float_unary("bitreverse"),
    "clz": _count("ctlz"),
    "copysign": _copysign,
    "fast_rcp": _reciprocal,
    "fma": _fma,
    "isfinite": _classify(0x1F8),
    "isinf": _classify(0x204),
    "isnan": _classify(0x3),
    "max": _extreme("max"),
    "min": _extreme("min"),
    "mulhi": _mulhi,
    "popc": _count("ctpop"),
    "rsqrt": _rsqrt,
    "signbit": _signbit,
    **{name: _float_unary(llvm) for name, llvm in _UNARY.items()},
}
"""Builtins that this backend computes without the device library, by name."""
