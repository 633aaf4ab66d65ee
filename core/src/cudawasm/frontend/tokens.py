"""Lexing: bytes to tokens that know their place in the source.

Files are decoded as Latin-1 for matching, so that offsets in the text are byte offsets.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NoReturn

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError
from cudawasm.source import SourceFile, Span

TokenKind = Literal["id", "num", "str", "chr", "op", "pragma", "hash", "other", "end"]


class Token:
    """A preprocessing token. ``first`` marks the first on its line, ``spaced`` one after white space.

    ``hidden`` names the macros that may not expand it again. ``match`` is, for an opening bracket of a
    finished token list, the position of its closing bracket.
    """

    __slots__ = ("end", "file", "first", "hidden", "kind", "match", "spaced", "start", "text")

    def __init__(
        self, kind: TokenKind, text: str, file: SourceFile, start: int, end: int, first: bool, spaced: bool
    ) -> None:
        self.kind = kind
        self.text = text
        self.file = file
        self.start = start
        self.end = end
        self.first = first
        self.spaced = spaced
        self.hidden: frozenset[str] = frozenset()
        self.match = -1

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    def moved_to(self, place: Token) -> Token:
        """A copy that reports the place of another token: a macro's result lies where it was used."""
        copy = Token(self.kind, self.text, place.file, place.start, place.end, False, self.spaced)
        copy.hidden = self.hidden
        return copy

    def __repr__(self) -> str:
        return f"{self.kind}:{self.text!r}"


_PATTERN = re.compile(
    r"""
    (?P<space>(?:\A\xef\xbb\xbf|[ \t\r\f\v]|\\\r?\n|//[^\n\\]*(?:\\.[^\n\\]*)*|/\*.*?\*/)+)
  | (?P<newline>\n)
  | (?P<str>(?:u8|[uUL])?R"(?P<delimiter>[^(\s]*)\((?:.*?)\)(?P=delimiter)"|(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
  | (?P<chr>[uUL]?'(?:[^'\\\n]|\\.)+')
  | (?P<id>[A-Za-z_$][A-Za-z0-9_$]*)
  | (?P<num>\.?[0-9](?:[eEpP][+-]|'[0-9A-Za-z]|[0-9A-Za-z_.])*)
  | (?P<op><%|%>|<:(?!:[^:>])|:>
    |<<=|\.\.\.|->\*|\.\*|::|->|\+\+|--|<<|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|%=|&=|\|=|\^=|\#\#|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset(
    "<<= ... ->* .* :: -> ++ -- << <= >= == != && || += -= *= /= %= &= |= ^= ## "
    "# ( ) [ ] { } < > , ; : ? = + - * / % & | ^ ! ~ . @".split()
)


_ALTERNATIVES = {
    "and": "&&", "or": "||", "not": "!", "bitand": "&", "bitor": "|", "xor": "^", "compl": "~", "and_eq": "&=",
    "or_eq": "|=", "xor_eq": "^=", "not_eq": "!=",
}  # fmt: skip
"""C++'s words for operators: names to the preprocessor's ``#``, operators in a finished token list."""
_DIGRAPHS = {"<%": "{", "%>": "}", "<:": "[", ":>": "]"}


def lex(file: SourceFile) -> list[Token]:
    """All tokens of a file. ``>>`` comes as two tokens, for template brackets; expressions join them."""
    return list(_lex_cached(file) if file.is_builtin else _lex(file))


@lru_cache(maxsize=256)
def _lex_cached(file: SourceFile) -> list[Token]:
    return _lex(file)


def _lex(file: SourceFile) -> list[Token]:
    text = file.text.decode("latin-1")
    tokens: list[Token] = []
    first, spaced = True, False
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            spaced = True
            continue
        if kind == "newline":
            first, spaced = True, True
            continue
        word = match.group()
        if kind == "delimiter":
            kind = "str"
        elif word in _DIGRAPHS:
            word = _DIGRAPHS[word]
        elif kind == "op" and word not in _OPERATORS:
            kind = "other"
        tokens.append(Token(kind, word, file, match.start(), match.end(), first, spaced))  # type: ignore[arg-type]
        first = spaced = False
    return tokens


def as_operator(token: Token) -> Token:
    """The token, or for a word such as ``and`` the operator that it spells."""
    if token.kind != "id" or token.text not in _ALTERNATIVES:
        return token
    operator = token.moved_to(token)
    operator.kind, operator.text = "op", _ALTERNATIVES[token.text]
    return operator


def match_brackets(tokens: list[Token]) -> None:
    """Finish a token list: operators spelled as words, and ``match`` of every opening bracket.

    Raises CompileError at an unbalanced bracket.
    """
    stack: list[int] = []
    closing = {"(": ")", "[": "]", "{": "}"}
    for position, token in enumerate(tokens):
        if token.kind != "op":
            if token.kind == "id" and token.text in _ALTERNATIVES:
                tokens[position] = as_operator(token)
            continue
        text = token.text
        if text in closing:
            if token.match >= 0:  # a shipped header's token, which another program has too
                tokens[position] = token.moved_to(token)
            stack.append(position)
        elif text in (")", "]", "}"):
            if not stack or closing[tokens[stack[-1]].text] != text:
                fail("E0201", f"'{text}' has no opening bracket", token.span)
            tokens[stack.pop()].match = position
    if stack:
        opener = tokens[stack[-1]]
        fail("E0201", f"'{opener.text}' is never closed", opener.span)


def fail(code: str, message: str, span: Span | None, hint: str = "") -> NoReturn:
    """Raise a CompileError with one diagnostic."""
    raise CompileError([Diagnostic(code, message, span, hint)])
