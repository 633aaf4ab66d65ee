"""Enumerations: their definitions and the constants in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import ConstantSymbol, EnumInfo, Range, Scope, TypeSymbol
from cudawasm.ir import nodes

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema


def enumeration(sema: Sema, parser: Parser, known: cxx.CType | None) -> tuple[cxx.CType, bool]:
    """The type that stands behind ``enum``, and whether it is defined here; ``known`` if it was entered before."""
    scoped = parser.accept("class") or parser.accept("struct")
    while parser.skip_attribute():
        pass
    name = parser.advance().text if parser.token.kind == "id" else ""
    underlying: cxx.Arithmetic | None = cxx.INT if scoped else None
    if parser.accept(":"):
        ctype = cxx.unqualified(parser.specifiers().ctype)
        underlying = ctype if isinstance(ctype, cxx.Arithmetic) else cxx.INT
    if not parser.at("{"):
        for symbol in parser.scope.lookup(name):
            if isinstance(symbol, TypeSymbol):
                return symbol.get(), False
        info = EnumInfo(name, underlying or cxx.INT, Scope("namespace", parser.scope, name), scoped)
        parser.scope.bind(name, TypeSymbol(cxx.EnumType(info)))
        return cxx.EnumType(info), False
    body = parser.group()
    if known is not None:
        return known, True
    info = _declared_before(parser.scope, name) or EnumInfo(
        name or "<enum>", underlying or cxx.INT, Scope("namespace", parser.scope, name), scoped
    )
    result = cxx.EnumType(info)
    if name:
        parser.scope.bind(name, TypeSymbol(result))
    _enumerators(sema, body, info, result, parser.scope, underlying is None)
    return result, True


def _declared_before(scope: Scope, name: str) -> EnumInfo | None:
    """The enumeration that ``enum name : int;`` declared without its constants."""
    for symbol in scope.names.get(name, ()):
        if isinstance(symbol, TypeSymbol) and isinstance(symbol.ctype, cxx.EnumType):
            return symbol.ctype.info if not symbol.ctype.info.scope.names else None
    return None


def _enumerators(sema: Sema, body: Range, info: EnumInfo, ctype: cxx.EnumType, outer: Scope, infer: bool) -> None:
    inner = Parser(sema, body, info.scope)
    value, largest, least = 0, 0, 0
    symbols: list[ConstantSymbol] = []
    while not inner.finished:
        name = inner.expect_name().text
        while inner.skip_attribute():
            pass
        if inner.accept("="):
            value = int(sema.constant(inner.conditional(), info.scope).value)
        # Up to the closing brace a constant is a number, so that others may be computed from it.
        number = cxx.LONG if infer and not -(2**31) <= value < 2**31 else info.underlying
        symbol = ConstantSymbol(number, nodes.Const(number.scalar, value))
        symbols.append(symbol)
        info.scope.add(name, symbol)
        if not info.scoped:
            outer.bind(name, symbol)
        largest, least = max(largest, value), min(least, value)
        value += 1
        if not inner.accept(","):
            break
    if infer and largest >= 2**31:
        info.underlying = cxx.LONG if least < 0 or largest >= 2**32 else cxx.UINT
    if infer and least < -(2**31):
        info.underlying = cxx.LONG
    if infer and largest >= 2**63:
        info.underlying = cxx.ULONG
    for symbol in symbols:
        symbol.ctype, symbol.value = ctype, nodes.Const(info.underlying.scalar, symbol.value.value)
