"""Reading ``template <class T, int N = 4, typename... Ts>``."""

from __future__ import annotations

from collections.abc import Callable

from cudawasm.frontend.angles import angle_close, arguments_close
from cudawasm.frontend.cursor import Cursor
from cudawasm.frontend.symbols import Range, TemplateParameter
from cudawasm.frontend.tokens import Token

# A value parameter that ends in one of these words has a type and no name.
_NAMELESS_ENDS = frozenset("int bool unsigned char auto size_t long typename class type short".split())


def template_parameters(parser: Cursor) -> list[TemplateParameter]:
    """``<class T, int N = 4, typename... Ts>``."""
    parser.expect("<")
    params: list[TemplateParameter] = []
    while not parser.at(">"):
        params.append(_template_parameter(parser))
        if not parser.accept(","):
            break
    parser.expect(">")
    return params


def _template_parameter(parser: Cursor) -> TemplateParameter:
    start = parser.position
    if parser.at("template"):
        parser.advance()
        template_parameters(parser)
        parser.advance()
        pack = parser.accept("...")
        name = parser.advance().text if parser.token.kind == "id" else ""
        return TemplateParameter("template", name, pack, _default(parser))
    ends = (",", ">", "=", "...")
    if parser.at("class", "typename") and (parser.peek() in ends or parser.peek(2) in ends):
        parser.advance()
        pack = parser.accept("...")
        name = parser.advance().text if parser.token.kind == "id" else ""
        return TemplateParameter("type", name, pack, _default(parser, arguments_close))
    name, pack = "", False
    while not parser.at(",", ">", "=") and not parser.finished:
        token = parser.token
        if token.text == "<" and (end := arguments_close(parser.tokens, parser.position, parser.end)) > 0:
            parser.position = end
            name = ""
            continue
        if token.text == "...":
            pack = True
        if token.text == "(" and (function := _pointer_name(parser)):
            return _function_parameter(parser, function)
        name = token.text if token.kind == "id" else ""
        parser.position = token.match + 1 if token.match > parser.position else parser.position + 1
    stop = parser.position
    if name in _NAMELESS_ENDS:
        name = ""
    area = Range(parser.tokens, start, stop - 1 if name else stop)
    return TemplateParameter("value", name, pack, _default(parser), area)


def _pointer_name(parser: Cursor) -> str:
    """The name in ``(*F)``, ``(&F)`` or ``(Class::*F)``."""
    tokens, close = parser.tokens, parser.closing()
    is_pointer = tokens[close - 1].kind == "id" and tokens[close - 2].text in ("*", "&")
    return tokens[close - 1].text if is_pointer else ""


def _function_parameter(parser: Cursor, name: str) -> TemplateParameter:
    """``float (*F)(float)``: bound to a function itself, so its type does not matter."""
    while not parser.at(",", ">", "=") and not parser.finished:
        match = parser.token.match
        parser.position = match + 1 if match > parser.position else parser.position + 1
    return TemplateParameter("value", name, False, _default(parser))


def _default(parser: Cursor, close: Callable[[list[Token], int, int], int] = angle_close) -> Range | None:
    if not parser.accept("="):
        return None
    start = parser.position
    while not parser.at(",", ">") and not parser.finished:
        position = parser.position
        if parser.at("<") and (end := close(parser.tokens, position, parser.end)) > 0:
            parser.position = end
            continue
        match = parser.token.match
        parser.position = match + 1 if match > position else position + 1
    return Range(parser.tokens, start, parser.position)
