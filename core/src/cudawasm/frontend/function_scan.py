"""Recognising a function declaration by its shape, without understanding its types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cudawasm.errors import CompileError
from cudawasm.frontend.angles import arguments_close
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import STORAGE_WORDS
from cudawasm.frontend.symbols import ConstantSymbol, Range, VariableDecl
from cudawasm.frontend.tokens import Token, fail

_GROUP_WORDS = frozenset(
    "__launch_bounds__ __attribute__ __align__ alignas __declspec __cluster_dims__ __cw_intrinsic decltype "
    "explicit noexcept typeof __typeof__ __maxnreg__ __block_size__".split()
)
_AFTER_PARAMETERS = frozenset(
    "{ const noexcept -> override final volatile : & && throw __attribute__ __cw_intrinsic __launch_bounds__".split()
)


@dataclass(slots=True)
class FunctionShape:
    """Token positions of the parts of a function declaration.

    ``qualifier_at`` is the position of the class's name in ``Class<T>::name``, or -1.
    """

    name: str
    start: int
    name_at: int
    params_at: int
    header_end: int
    end: int
    body: Range | None
    initialisers: Range | None
    words: frozenset[str]
    qualifier_at: int
    is_constructor: bool
    special: Literal["", "default", "delete"]
    intrinsic: str
    explicit_args: Range | None


def scan_function(parser: Parser) -> FunctionShape | None:
    """The shape of the function declared at the parser's position, or None for a variable."""
    tokens, start, end = parser.tokens, parser.position, parser.end
    position = start
    words: set[str] = set()
    intrinsic = ""
    saw_type = False
    while position < end:
        token = tokens[position]
        text = token.text
        following = tokens[position + 1].text if position + 1 < end else ""
        if text in _GROUP_WORDS and following == "(":
            if text == "__cw_intrinsic":
                intrinsic = _intrinsic_name(tokens, position)
            saw_type = saw_type or text in ("decltype", "typeof", "__typeof__")
            position = tokens[position + 1].match + 1
        elif text in STORAGE_WORDS:
            words.add(text)
            position += 1
        elif text == "operator":
            return _finish(parser, start, position, words, intrinsic, saw_type)
        elif text == "(":
            return None if position == start else _candidate(parser, start, position, words, intrinsic, saw_type)
        elif text in ("=", ";", "{", "}", ":") or (text == "[" and following != "["):
            return None
        elif text == "<" and position > start and tokens[position - 1].kind == "id":
            close = arguments_close(tokens, position, end)
            if close < 0:
                return None
            position = close
        elif text == "[":
            position = token.match + 1
        else:
            if token.kind == "id" and following not in ("(", "::", "<") and text != "typename":
                saw_type = True
            position += 1
    return None


def _candidate(
    parser: Parser, start: int, bracket: int, words: set[str], intrinsic: str, saw_type: bool
) -> FunctionShape | None:
    """A ``name(`` was found: is it a function's parameter list?"""
    tokens = parser.tokens
    name_at = bracket - 1
    if tokens[name_at].text == ">":  # name<args>(..): an explicit specialisation
        depth = 0
        while name_at > start:
            depth += {">": 1, "<": -1}.get(tokens[name_at].text, 0)
            name_at -= 1
            if depth == 0:
                break
    if tokens[name_at].kind != "id":
        return None
    after = tokens[bracket].match + 1
    follow = tokens[after].text if after < parser.end else ";"
    if follow not in _AFTER_PARAMETERS and follow not in (";", "="):
        return None
    if follow in (";", "=", ",") and not _looks_like_parameters(parser, bracket):
        return None
    return _finish(parser, start, name_at, words, intrinsic, saw_type)


def _looks_like_parameters(parser: Parser, bracket: int) -> bool:
    first = parser.tokens[bracket + 1]
    if first.text in (")", "...", "const", "void"):
        return True
    if first.kind in ("num", "str", "chr"):
        return False
    inner = Parser(parser.sema, Range(parser.tokens, bracket + 1, parser.tokens[bracket].match), parser.scope, True)
    try:
        if inner.at_type():
            return True
    except CompileError:
        return True
    if first.kind == "id" and isinstance(
        next(iter(inner.scope.lookup(first.text)), None), (VariableDecl, ConstantSymbol)
    ):
        return False
    second = parser.tokens[bracket + 2]
    return first.kind == "id" and (second.kind == "id" or second.text in ("*", "&", "::", "<"))


def _finish(
    parser: Parser, start: int, name_at: int, words: set[str], intrinsic: str, saw_type: bool
) -> FunctionShape | None:
    tokens, end = parser.tokens, parser.end
    name, position = _function_name(tokens, name_at)
    explicit_args = None
    if tokens[position].text == "<":
        close = arguments_close(tokens, position, end)
        explicit_args = Range(tokens, position, close)
        position = close
    if tokens[position].text != "(":
        return None
    params_at = position
    position = tokens[position].match + 1
    header_end, body, initialisers = position, None, None
    special: Literal["", "default", "delete"] = ""
    while position < end:
        token = tokens[position]
        text = token.text
        if text == "__cw_intrinsic":
            intrinsic = _intrinsic_name(tokens, position)
        if text in STORAGE_WORDS:
            words.add(text)
        if text == "const":
            words.add("const-method")
        if text == "{":
            body = Range(tokens, position, token.match + 1)
            position = token.match + 1
            break
        if text == ":":
            header_end = position
            stop = _initialisers_end(tokens, position + 1)
            initialisers = Range(tokens, position + 1, stop)
            position = stop
            continue
        if text in (";", ","):
            position += 1
            break
        if text == "=":
            special = {"default": "default", "delete": "delete"}.get(tokens[position + 1].text, "")  # type: ignore[assignment]
        position = token.match + 1 if token.match > position else position + 1
        if initialisers is None:
            header_end = position
    before = name_at - 1
    if before >= start and tokens[before].text == "~":
        name, before = "~" + name, before - 1
    qualifier_at = qualifier_of(tokens, before, start)
    is_constructor = not saw_type and all(
        t.text in STORAGE_WORDS or t.text in ("__host__",) or t.kind != "id" or t.text in _GROUP_WORDS
        for t in tokens[start:name_at]
    )
    return FunctionShape(
        name, start, name_at, params_at, header_end, position, body, initialisers, frozenset(words),
        qualifier_at, is_constructor, special, intrinsic, explicit_args,
    )  # fmt: skip


def _function_name(tokens: list[Token], name_at: int) -> tuple[str, int]:
    """The function's name and the position after it. Conversion operators are all "<conversion>"."""
    token = tokens[name_at]
    if token.text != "operator":
        return token.text, name_at + 1
    following = tokens[name_at + 1]
    if following.text in ("(", "["):
        return "operator" + {"(": "()", "[": "[]"}[following.text], following.match + 1
    if following.kind == "id" and following.text not in ("new", "delete"):
        position = name_at + 1
        while tokens[position].text != "(" and tokens[position].kind != "end":
            close = arguments_close(tokens, position, len(tokens)) if tokens[position].text == "<" else -1
            position = close if close > 0 else position + 1
        return "<conversion>", position
    name, position = "operator" + following.text, name_at + 2
    if following.text == ">" and tokens[position].text in (">", ">=") and not tokens[position].spaced:
        name, position = name + tokens[position].text, position + 1
    if following.text in ("new", "delete") and tokens[position].text == "[":
        position = tokens[position].match + 1
    return name, position


def _intrinsic_name(tokens: list[Token], position: int) -> str:
    """The text in ``__cw_intrinsic("a" "b")``."""
    return "".join(t.text.strip('"') for t in tokens[position + 2 : tokens[position + 1].match])


def _initialisers_end(tokens: list[Token], position: int) -> int:
    """Position of the body's '{' after a constructor's member initialisers."""
    start = tokens[position - 1]
    while position < len(tokens):
        if tokens[position].text not in ("(", "{"):
            position += 1
            continue
        position = tokens[position].match + 1
        if position < len(tokens) and tokens[position].text == "...":
            position += 1
        if position < len(tokens) and tokens[position].text != ",":
            return position
    fail("E0202", "expected a constructor's body", start.span)


def qualifier_of(tokens: list[Token], position: int, start: int) -> int:
    """Position of the class's name when ``::`` ends at ``position``, else -1."""
    if position <= start or tokens[position].text != "::":
        return -1
    position -= 1
    if tokens[position].text == ">":
        depth = 0
        while position > start:
            depth += {">": 1, "<": -1}.get(tokens[position].text, 0)
            position -= 1
            if depth == 0:
                break
    return position if tokens[position].kind == "id" else -1
