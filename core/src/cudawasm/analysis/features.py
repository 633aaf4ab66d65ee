"""Which optional capabilities of a device a kernel needs."""

from __future__ import annotations

from collections.abc import Iterator

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array, Pointer, Scalar, Struct, Type, Vector
from cudawasm.ir.walk import expressions, statements
from cudawasm.source import Span

_SCALARS = {"f16": "f16", "bf16": "bf16", "f64": "f64", "i64": "i64", "u64": "i64", "i16": "i16", "u16": "i16",
            "i8": "i8", "u8": "i8"}  # fmt: skip


def required_features(module: n.Module, kernel: str) -> frozenset[str]:
    """Names as in ``DeviceInfo.features`` of what a kernel and the functions that it calls use.

    Types count where they are computed with or kept in variables; what a pointer points to counts when it is used.
    """
    return frozenset(name for name, _ in feature_uses(module, kernel))


def feature_uses(module: n.Module, kernel: str) -> Iterator[tuple[str, Span | None]]:
    """Each use of a feature with its place in the source."""
    for function in _reached(module, kernel):
        for param in function.params:
            yield from ((name, function.span) for name in _of_type(param.type))
        span = function.span
        for stmt in statements(function.body):
            span = getattr(stmt, "span", None) or span
            yield from ((name, span) for name in _of_statement(stmt))


def _reached(module: n.Module, kernel: str) -> Iterator[n.Function]:
    seen, waiting = {kernel}, [kernel]
    while waiting:
        function = module.functions[waiting.pop()]
        yield function
        for stmt in statements(function.body):
            if isinstance(stmt, n.Call) and stmt.function not in seen:
                seen.add(stmt.function)
                waiting.append(stmt.function)


def _of_statement(stmt: n.Stmt) -> Iterator[str]:
    match stmt:
        case n.Declare():
            yield from _of_type(stmt.var.type)
        case n.Atomic():
            yield "atomics"
            yield from _of_atomic(stmt.place.type)
        case n.Barrier():
            yield "cooperative" if stmt.kind == "grid" else "barrier"
        case n.Warp():
            yield "warp"
        case n.Fence() if stmt.scope != "block":
            yield "fences"
        case n.Print():
            yield "printf"
        case n.Trap() if stmt.message:
            yield "assert"
        case n.ReadClock():
            yield "clock"
        case _:
            pass
    for expr in expressions(stmt):
        type_ = expr.type
        if not isinstance(type_, Scalar):
            yield from _of_type(type_)
        elif type_.name in _SCALARS:
            yield _SCALARS[type_.name]


def _of_atomic(type_: Type) -> Iterator[str]:
    element = type_.element if isinstance(type_, Vector) else type_
    if isinstance(element, Scalar) and element.is_float:
        yield "float_atomics"
    elif isinstance(element, Scalar) and element.bits == 64:
        yield "atomics64"


def _of_type(type_: Type) -> Iterator[str]:
    match type_:
        case Scalar():
            if type_.name in _SCALARS:
                yield _SCALARS[type_.name]
        case Vector() | Array():
            yield from _of_type(type_.element)
        case Struct():
            for field in type_.fields:
                yield from _of_type(field.type)
        case Pointer():
            pass
        case _:
            pass
