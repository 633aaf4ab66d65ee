"""Inline PTX: the instructions with a plain meaning are lowered, all others refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.syntax import StringLiteral

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


def lower_asm(fn: FunctionLowering, parser: Parser) -> None:
    """``asm volatile ("..." : outputs : inputs : clobbers);``"""
    start = parser.advance()
    while parser.at("volatile", "__volatile__"):
        parser.advance()
    inner = Parser(fn.sema, parser.group(), fn.scope)
    parser.expect(";")
    text = inner.primary()
    words = text.value.decode("latin-1").split() if isinstance(text, StringLiteral) else []
    name = next((w for w in words if not w.startswith(("{", ".reg", "%", "@"))), "")
    fn.fail("E0316", f"inline PTX '{name.rstrip(';')}' is not supported", start.span)
