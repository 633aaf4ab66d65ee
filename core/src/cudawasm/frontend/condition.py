"""Integer expressions of ``#if`` and ``#elif``."""

from __future__ import annotations

import operator
from collections.abc import Callable

from cudawasm.frontend.tokens import Token, as_operator, fail
from cudawasm.source import Span

_LEVELS: tuple[dict[str, Callable[[int, int], int]], ...] = (
    {"|": operator.or_},
    {"^": operator.xor},
    {"&": operator.and_},
    {"==": operator.eq, "!=": operator.ne},
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    {"<<": lambda a, b: a << min(b, 64), ">>": lambda a, b: a >> min(b, 64)},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": lambda a, b: int(a / b), "%": lambda a, b: a - b * int(a / b)},
)


def evaluate_condition(tokens: list[Token], span: Span) -> int:
    """The value of a preprocessor condition; names that are not macros count as 0."""
    parser = _ConditionParser(_joined_shifts([as_operator(t) for t in tokens]), span)
    value = parser.ternary()
    if parser.position < len(tokens):
        fail("E0102", f"unexpected '{tokens[parser.position].text}' in a condition", span)
    return value


def _joined_shifts(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for token in tokens:
        if token.text == ">" and not token.spaced and joined and joined[-1].text == ">":
            joined[-1] = Token("op", ">>", token.file, joined[-1].start, token.end, False, True)
        else:
            joined.append(token)
    return joined


def integer_value(text: str) -> int | None:
    """The value of an integer literal with any suffix, or None."""
    digits = text.replace("'", "").rstrip("uUlLzZ")
    try:
        if digits[:2] in ("0x", "0X"):
            return int(digits, 16)
        if digits[:2] in ("0b", "0B"):
            return int(digits, 2)
        return int(digits, 8) if len(digits) > 1 and digits[0] == "0" else int(digits)
    except ValueError:
        return None


class _ConditionParser:
    def __init__(self, tokens: list[Token], span: Span) -> None:
        self.tokens, self.position, self.span = tokens, 0, span

    def peek(self) -> str:
        return self.tokens[self.position].text if self.position < len(self.tokens) else ""

    def accept(self, text: str) -> bool:
        if self.peek() != text:
            return False
        self.position += 1
        return True

    def ternary(self) -> int:
        value = self.logical_or()
        if not self.accept("?"):
            return value
        first = self.ternary()
        if not self.accept(":"):
            fail("E0102", "'?' without ':' in a condition", self.span)
        second = self.ternary()
        return first if value else second

    def logical_or(self) -> int:
        value = self.logical_and()
        while self.accept("||"):
            right = self.logical_and()
            value = int(bool(value) or bool(right))
        return value

    def logical_and(self) -> int:
        value = self.binary(0)
        while self.accept("&&"):
            right = self.binary(0)
            value = int(bool(value) and bool(right))
        return value

    def binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self.unary()
        value = self.binary(level + 1)
        while (text := self.peek()) in _LEVELS[level]:
            self.position += 1
            right = self.binary(level + 1)
            if text in ("/", "%") and right == 0:
                return 0
            value = int(_LEVELS[level][text](value, right))
        return value

    def unary(self) -> int:
        if self.position >= len(self.tokens):
            fail("E0102", "a condition ends too early", self.span)
        token = self.tokens[self.position]
        self.position += 1
        match token.text:
            case "!":
                return int(not self.unary())
            case "-":
                return -self.unary()
            case "+":
                return self.unary()
            case "~":
                return ~self.unary()
            case "(":
                value = self.ternary()
                if not self.accept(")"):
                    fail("E0102", "unclosed '(' in a condition", self.span)
                return value
        if token.kind == "id":
            if self.peek() == "(":  # an unknown function-like name: skip its arguments
                self._skip_group()
            return int(token.text == "true")
        if token.kind == "chr":
            return ord(token.text[-2])
        value_or_none = integer_value(token.text)
        if value_or_none is None:
            fail("E0102", f"'{token.text}' is not an integer", self.span)
        return value_or_none

    def _skip_group(self) -> None:
        depth = 0
        while self.position < len(self.tokens):
            depth += {"(": 1, ")": -1}.get(self.tokens[self.position].text, 0)
            self.position += 1
            if depth == 0:
                return
