"""A position in a token list: the base of the parsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from cudawasm.frontend.angles import arguments_close
from cudawasm.frontend.symbols import Range, Scope
from cudawasm.frontend.tokens import Token, fail
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema


class Cursor:
    """Reads tokens ``position`` to ``end`` of a list. Names are looked up in ``scope``.

    In ``pattern`` mode template parameters are still unknown, and dependent parts become patterns.
    """

    def __init__(self, sema: Sema, area: Range, scope: Scope, pattern: bool = False) -> None:
        self.sema = sema
        self.tokens = area.tokens
        self.position = area.start
        self.end = area.end
        self.scope = scope
        self.pattern = pattern
        self.angle_ends = False  # a '>' at this level closes template arguments

    @property
    def token(self) -> Token:
        if self.position < self.end:
            return self.tokens[self.position]
        last = self.tokens[self.end - 1] if self.end > 0 else self.tokens[0]
        return Token("end", "", last.file, last.end, last.end, False, False)

    @property
    def text(self) -> str:
        return self.tokens[self.position].text if self.position < self.end else ""

    @property
    def span(self) -> Span:
        return self.token.span

    def peek(self, ahead: int = 1) -> str:
        position = self.position + ahead
        return self.tokens[position].text if position < self.end else ""

    @property
    def finished(self) -> bool:
        return self.position >= self.end

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def at(self, *texts: str) -> bool:
        return self.position < self.end and self.tokens[self.position].text in texts

    def accept(self, text: str) -> bool:
        if self.position < self.end and self.tokens[self.position].text == text:
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.at(text):
            found = self.text or "the end"
            self.fail("E0202", f"expected '{text}' before '{found}'")
        return self.advance()

    def expect_name(self) -> Token:
        if self.token.kind != "id":
            self.fail("E0202", f"expected a name before '{self.text or 'the end'}'")
        return self.advance()

    def fail(self, code: str, message: str, span: Span | None = None, hint: str = "") -> NoReturn:
        fail(code, message, span or self.span, hint)

    def closing(self, position: int | None = None) -> int:
        """Position of the bracket that closes the one here."""
        return self.tokens[self.position if position is None else position].match

    def group(self) -> Range:
        """The tokens inside the brackets that open here; moves past them."""
        close = self.closing()
        inner = Range(self.tokens, self.position + 1, close)
        self.position = close + 1
        return inner

    def unread_arguments(self, position: int) -> Range:
        """The template arguments that begin at a position, with their brackets."""
        end = arguments_close(self.tokens, position, len(self.tokens))
        if end < 0:
            self.fail("E0202", "template arguments have no end", self.tokens[position].span)
        return Range(self.tokens, position, end)

    def spanning(self, start: Token) -> Span:
        """From ``start`` to the last token read."""
        last = self.tokens[max(self.position - 1, 0)]
        end = last.end if last.file is start.file and last.end > start.end else start.end
        return Span(start.file, start.start, end)
