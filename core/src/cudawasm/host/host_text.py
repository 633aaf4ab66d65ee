"""Preprocessed C++ as tokens, of the program's own files only: system headers are left as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKER = re.compile(r'^# (\d+) "((?:[^"\\]|\\.)*)"((?: \d)*)$', re.MULTILINE)
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]*)\((?:.|\n)*?\)(?P=mark)")
    |(?P<text>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*"|(?:u8|[uUL])?'(?:[^'\\\n]|\\.)*')
    |(?P<number>\.?\d(?:[\w.]|'(?=\w)|(?<=[eEpP])[+-])*)
    |(?P<word>[A-Za-z_$]\w*)
    |(?P<directive>^\#[^\n]*)
    |(?P<mark_>::|->|<<\s*<|\.\.\.|[^\w\s])""",
    re.VERBOSE | re.MULTILINE,
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class Token:
    """``match`` is the position of the bracket that closes or opens this one, or -1."""

    kind: str
    text: str
    start: int
    end: int
    match: int = -1


def own_tokens(text: str) -> list[Token]:
    """The tokens of what does not come from system headers, brackets matched."""
    tokens: list[Token] = []
    for start, end in _own_parts(text):
        for found in _TOKEN.finditer(text, start, end):
            kind = str(found.lastgroup)
            if kind not in ("space", "directive", "mark"):
                word = "<<<" if found[0].startswith("<<") else found[0]  # also where there is space in it
                tokens.append(Token(kind, word, found.start(), found.end()))
    _match_brackets(tokens)
    return tokens


def place_of(text: str, position: int) -> str:
    """The marker that says which line and file a position is in; empty where the text has none."""
    markers = list(_MARKER.finditer(text, 0, position))
    if not markers:
        return ""
    line = int(markers[-1][1]) + text.count("\n", markers[-1].end() + 1, position)
    return f'\n# {line} "{markers[-1][2]}"\n'


def _own_parts(text: str) -> Iterator[tuple[int, int]]:
    """Positions of the parts of the text that are not from system headers, which the preprocessor marks by a 3."""
    start, own = 0, True
    for found in _MARKER.finditer(text):
        if own and found.start() > start:
            yield start, found.start()
        start, own = found.end(), " 3" not in found[3] and found[2] not in ("<built-in>", "<command-line>")
    if own:
        yield start, len(text)


def _match_brackets(tokens: list[Token]) -> None:
    open_: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind != "mark_":
            continue
        if token.text in _PAIRS:
            open_.append(i)
        elif token.text in ")]}" and open_ and _PAIRS[tokens[open_[-1]].text] == token.text:
            token.match = open_.pop()
            tokens[token.match].match = i
