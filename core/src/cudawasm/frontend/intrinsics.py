"""Functions that the shipped headers declare and that lower to KIR nodes rather than calls.

A header writes ``__cw_intrinsic("family.name")`` on a declaration. When overload resolution picks it,
the arguments, already converted to the declared parameter types, reach the family's lowering here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.object_copies import copy_objects
from cudawasm.frontend.values import Value, lvalue, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.functions import Instance
    from cudawasm.frontend.lowering import FunctionLowering

Handler = Callable[["FunctionLowering", str, cxx.CType, list[Value]], Value | None]


def lower_intrinsic(fn: FunctionLowering, instance: Instance, args: list[Value], extra: list[Value]) -> Value | None:
    """Lower a chosen intrinsic; None where the function's body serves better. ``extra`` are what matches a ``...``."""
    family, _, name = instance.decl.intrinsic.partition(".")
    if family == "print":
        return _print(fn, args[0], extra)
    return _FAMILIES[family](fn, name, instance.signature.result, args)


def _exprs(fn: FunctionLowering, args: list[Value]) -> list[nodes.Expr]:
    return [fn.load(a) for a in args]


def _result(fn: FunctionLowering, ctype: cxx.CType, name: str = "r") -> tuple[nodes.Var | None, Value]:
    """A variable for a statement's result, and the value that reads it."""
    if isinstance(ctype, cxx.VoidType):
        return None, Value(cxx.VOID)
    var = fn.declare(name, cxx.kir_type(ctype))
    return var, rvalue(ctype, nodes.Load(nodes.VarPlace(var)))


# --- pure functions --------------------------------------------------------------------------------


def _math(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """A row of the builtins table; its result may be narrower or wider than the C++ result."""
    exprs = _exprs(fn, args)
    type_ = cxx.kir_type(result)
    if name in ("isnan", "isinf", "isfinite", "signbit"):
        return rvalue(result, fold.cast(type_, fold.builtin(name, tuple(exprs), kir.BOOL)))
    if name in ("popc", "clz"):
        return rvalue(result, fold.cast(type_, fold.builtin(name, tuple(exprs), kir.U32)))
    return rvalue(result, fold.builtin(name, tuple(exprs), type_))


def _bits(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """Reinterpretation of a value's bits."""
    return rvalue(result, fold.bitcast(cxx.kir_type(result), fn.load(args[0])))


_OPERATIONS: dict[str, nodes.BinaryOp] = {
    "add": "add", "sub": "sub", "mul": "mul", "div": "div", "rem": "rem",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip


def _exact(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """Arithmetic that is never fused: ``__fmul_rn`` and its relatives."""
    left, right = _exprs(fn, args)
    return rvalue(result, fold.binary(_OPERATIONS[name], left, right, contract=False))


def _special(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """Values of the launch."""
    special = nodes.Special(name, kir.U32)  # type: ignore[arg-type]
    return rvalue(result, fold.cast(cxx.kir_type(result), special))


# --- memory ----------------------------------------------------------------------------------------


def _pointee(fn: FunctionLowering, pointer: Value) -> Value:
    assert isinstance(pointer.type, cxx.PointerTo)
    ctype = pointer.type.pointee
    return lvalue(ctype, fold.deref(fn.load(pointer), False, fn.span))


def _atomic(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """``atomic.<op>.<scope>``: the first argument points to the memory."""
    op, _, scope = name.partition(".")
    place = fn.place_of(_pointee(fn, args[0]))
    operands = [_as_place_type(fn.load(a), place.type) for a in args[1:]]
    var = None if isinstance(result, cxx.VoidType) else fn.declare("old", place.type)
    fn.emit(nodes.Atomic(op, place, tuple(operands), var, scope or "device", fn.span))  # type: ignore[arg-type]
    if var is None:
        return Value(cxx.VOID)
    return rvalue(result, _as_place_type(nodes.Load(nodes.VarPlace(var)), cxx.kir_type(result)))


def _as_place_type(expr: nodes.Expr, type_: kir.Type) -> nodes.Expr:
    return expr if expr.type == type_ else fold.bitcast(type_, expr)


def _load(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """Loads with cache hints: plain loads that happen now; ``volatile`` ones are kept as they are."""
    target = _pointee(fn, args[0])
    if name == "volatile":
        target = Value(cxx.qualified(target.ctype, volatile=True), target.place)
    return rvalue(result, fn.temp(fn.load(target), "loaded"))


def _store(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    target = _pointee(fn, args[0])
    if name == "volatile":
        target = Value(cxx.qualified(target.ctype, volatile=True), target.place)
    fn.store(target, fn.load(args[1]))
    return Value(cxx.VOID)


def _pointer(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """Conversions between generic pointers and addresses within one address space."""
    pointer = fn.load(args[0])
    if name == "to_integer":
        return rvalue(result, fold.cast(cxx.kir_type(result), fold.cast(kir.U64, pointer)))
    return rvalue(result, fold.cast(cxx.kir_type(result), pointer))


def _fence(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    fn.emit(nodes.Fence(name, fn.span))  # type: ignore[arg-type]
    return Value(cxx.VOID)


# --- threads ---------------------------------------------------------------------------------------


def _barrier(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    predicate = None
    if args:
        predicate = fold.binary("ne", fn.load(args[0]), fold.zero(cxx.kir_type(args[0].ctype)))
    var, value = _result(fn, result)
    fn.emit(nodes.Barrier(name, predicate, var, fn.span))  # type: ignore[arg-type]
    return value


def _warp(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """``warp.<op>``: the mask comes first; ``warp.<op>.legacy`` has none."""
    op, _, legacy = name.partition(".")
    exprs = _exprs(fn, args)
    mask = None if legacy or op == "active_mask" else exprs.pop(0)
    predicate_var = None
    predicate_target: Value | None = None
    if op == "match_all":
        predicate_target = _pointee(fn, args[-1])
        exprs.pop()
        predicate_var = fn.declare("all_match", kir.I32)
    if op in ("ballot", "any", "all"):
        exprs = [e if e.type == kir.BOOL else fold.binary("ne", e, fold.zero(e.type)) for e in exprs]
    if isinstance(result, cxx.VoidType):
        fn.emit(nodes.Warp(op, tuple(exprs), mask, None, None, fn.span))  # type: ignore[arg-type]
        return Value(cxx.VOID)
    type_ = _warp_result_type(op, exprs)
    var = fn.declare(op.split("_")[0], type_)
    fn.emit(nodes.Warp(op, tuple(exprs), mask, var, predicate_var, fn.span))  # type: ignore[arg-type]
    if predicate_var is not None and predicate_target is not None:
        fn.store(predicate_target, nodes.Load(nodes.VarPlace(predicate_var)))
    loaded: nodes.Expr = nodes.Load(nodes.VarPlace(var))
    return rvalue(result, fold.cast(cxx.kir_type(result), loaded) if type_ != cxx.kir_type(result) else loaded)


def _warp_result_type(op: str, exprs: list[nodes.Expr]) -> kir.Type:
    if op.startswith(("shfl", "reduce")):
        return exprs[0].type
    return kir.BOOL if op in ("any", "all") else kir.U32


def _trap(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    """``__trap()`` and a failed assert, whose text is a string literal."""
    message = args[0].string.decode("utf-8", "replace") if args and args[0].string is not None else ""
    fn.emit(nodes.Trap(message, fn.span))
    return Value(cxx.VOID)


def _clock(fn: FunctionLowering, name: str, result: cxx.CType, args: list[Value]) -> Value:
    var = fn.declare("clock", kir.I64)
    fn.emit(nodes.ReadClock(var, fn.span))
    return rvalue(result, fold.cast(cxx.kir_type(result), nodes.Load(nodes.VarPlace(var))))


_CONVERSION = re.compile(rb"%[-+ #0]*(\*|\d+)?(?:\.(\*|\d+)?)?(?:hh|h|ll|l|j|z|t|L)?(.)", re.DOTALL)


def _print(fn: FunctionLowering, format_: Value, extra: list[Value]) -> Value:
    """``printf``: the format must be a literal, every %s argument one or a choice of some."""
    if format_.string is None:
        fn.fail("E0317", "printf needs a literal format in device code")
    wanted = _conversions(format_.string)
    strings: list[bytes] = []
    exprs: list[nodes.Expr] = []
    for position, value in enumerate(extra):
        kind = wanted[position] if position < len(wanted) else "x"
        if kind == "s" and not value.is_text:
            fn.fail("E0317", "printf's %s needs a string literal in device code")
        if kind == "s":
            exprs.append(_string_number(value, strings))
        else:
            exprs.append(_printed(fn, value))
    if len(wanted) > len(extra):
        fn.fail("E0317", f"printf's format needs {len(wanted)} arguments, {len(extra)} given")
    var = fn.declare("printed", kir.I32)
    fn.emit(nodes.Print(format_.string, tuple(exprs), tuple(strings), var, fn.span))
    return rvalue(cxx.INT, nodes.Load(nodes.VarPlace(var)))


def _string_number(value: Value, strings: list[bytes]) -> nodes.Expr:
    """Which of ``strings`` a %s argument prints; the literals that it may be are appended."""
    if value.text is not None:
        condition, first, second = value.text
        return fold.select(condition, _string_number(first, strings), _string_number(second, strings))
    assert value.string is not None
    strings.append(value.string)
    return fold.constant(kir.I32, len(strings) - 1)


def _conversions(text: bytes) -> list[str]:
    """What each argument of a printf format is: a conversion's letter, or "*" for a width."""
    found: list[str] = []
    for width, precision, letter in _CONVERSION.findall(text):
        found += ["*"] * ((width == b"*") + (precision == b"*"))
        if letter != b"%":
            found.append(letter.decode("latin-1"))
    return found


def _printed(fn: FunctionLowering, value: Value) -> nodes.Expr:
    """Default argument promotions."""
    from cudawasm.frontend.conversions import conversion_functions, convert, decay

    value = decay(fn, value)
    if isinstance(value.type, (cxx.PointerTo, cxx.NullType)):
        return fn.load(value)
    if isinstance(value.type, cxx.ClassType):
        for decl in conversion_functions(value.type.info):
            value = convert(fn, value, fn.sema.functions.signature(decl).result)
            break
    arithmetic = cxx.arithmetic_of(value.ctype)
    if arithmetic is None:
        fn.fail("E0317", f"printf cannot print '{value.ctype}'")
    wide = cxx.DOUBLE if arithmetic.scalar.is_float else cxx.promoted(arithmetic)
    return fn.load(convert(fn, value, wide, explicit=True))


_FAMILIES: dict[str, Handler] = {
    "math": _math,
    "bits": _bits,
    "exact": _exact,
    "special": _special,
    "atomic": _atomic,
    "load": _load,
    "store": _store,
    "pointer": _pointer,
    "fence": _fence,
    "barrier": _barrier,
    "warp": _warp,
    "trap": _trap,
    "clock": _clock,
    "copy": copy_objects,
}
