"""Members that are defined outside of their classes: ``template <class T> int Class<T>::f() { .. }``."""

from __future__ import annotations

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.angles import arguments_close
from cudawasm.frontend.function_scan import FunctionShape, qualifier_of
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import (
    ClassTemplate,
    FunctionDecl,
    NamespaceSymbol,
    OutsideMember,
    Range,
    Scope,
    Symbol,
    TemplateParameter,
    TypeSymbol,
)

Params = list[TemplateParameter]


def function_decl(parser: Parser, shape: FunctionShape, template: Params | None, scope: Scope) -> FunctionDecl:
    return FunctionDecl(
        name=shape.name,
        header=Range(parser.tokens, shape.start, shape.header_end),
        name_at=shape.name_at,
        params_at=shape.params_at,
        body=shape.body,
        scope=scope,
        qualifiers=shape.words,
        template=template,
        initialisers=shape.initialisers,
        owner=scope.info,
        intrinsic=shape.intrinsic,
        is_special=shape.special,
        explicit_args=shape.explicit_args,
    )


def enter_member(parser: Parser, shape: FunctionShape, class_params: Params, params: Params | None) -> None:
    tokens = parser.tokens
    area = Range(tokens, shape.start, shape.end)
    class_name = tokens[shape.qualifier_at].text
    args = None
    if tokens[shape.qualifier_at + 1].text == "<":
        args = parser.unread_arguments(shape.qualifier_at + 1)
    member = OutsideMember(shape.name, class_params, args, params, area, parser.scope)
    parser.position = shape.end
    for symbol in _qualifying_symbols(parser, shape.qualifier_at, class_name):
        if isinstance(symbol, ClassTemplate):
            symbol.members_outside.append(member)
            return
        if isinstance(symbol, TypeSymbol) and isinstance(symbol.ctype, cxx.ClassType):
            if not class_params:
                symbol.ctype.info.members_outside.append(member)
            else:  # a member template of a plain class
                member.params, member.class_params = class_params, []
                symbol.ctype.info.members_outside.append(member)
            return
        if isinstance(symbol, NamespaceSymbol):
            decl = function_decl(parser, shape, class_params or None, symbol.scope)
            symbol.scope.add(decl.name, decl)
            return


def _qualifying_symbols(parser: Parser, position: int, name: str) -> list[Symbol]:
    """What a name before ``::`` stands for."""
    scope = _qualifying_scope(parser, position)
    return scope.local(name) if scope is not None else parser.scope.lookup(name)


def enter_variable(parser: Parser, area: Range, class_params: Params) -> bool:
    """``const int Class<T>::member = 5;``: notes the definition with the class. False for other variables."""
    tokens = parser.tokens
    name_at = area.start
    while name_at + 1 < area.end and tokens[name_at + 1].text not in ("=", "{", "[", "(", ","):
        close = arguments_close(tokens, name_at, area.end) if tokens[name_at].text == "<" else -1
        name_at = close if close > 0 else name_at + 1
    class_at = qualifier_of(tokens, name_at - 1, area.start)
    if class_at < 0 or name_at >= area.end:
        return False
    args = Range(tokens, class_at + 1, name_at - 1) if tokens[class_at + 1].text == "<" else None
    member = OutsideMember(tokens[name_at].text, class_params, args, None, area, parser.scope)
    for symbol in _qualifying_symbols(parser, class_at, tokens[class_at].text):
        if isinstance(symbol, ClassTemplate):
            symbol.members_outside.append(member)
            return True
        if isinstance(symbol, TypeSymbol) and isinstance(symbol.ctype, cxx.ClassType):
            symbol.ctype.info.members_outside.append(member)
            return True
    return False


def _qualifying_scope(parser: Parser, position: int) -> Scope | None:
    """The scope before the last class name of ``A::B::f``, where both are plain names; None for ``B::f``."""
    tokens = parser.tokens
    if position < 2 or tokens[position - 1].text != "::" or tokens[position - 2].kind != "id":
        return None
    outer = _qualifying_scope(parser, position - 2)
    name = tokens[position - 2].text
    for symbol in outer.local(name) if outer is not None else parser.scope.lookup(name):
        if isinstance(symbol, NamespaceSymbol):
            return symbol.scope
        if isinstance(symbol, TypeSymbol) and isinstance(symbol.get(), cxx.ClassType):
            info = cxx.class_info(symbol.get())
            info.index()
            return info.scope
    return None
