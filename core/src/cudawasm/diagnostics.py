"""Numbered diagnostics on source spans, and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cudawasm.source import Span

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message about one place. ``code`` is a key of ``cudawasm.diagnostic_codes.CODES``."""

    code: str
    message: str
    span: Span | None = None
    hint: str = ""
    severity: Severity = "error"

    def render(self) -> str:
        """The message with its source line and carets, as a compiler prints it."""
        head = f"{self.severity}[{self.code}]: {self.message}"
        lines = [f"{self.span}: {head}" if self.span else head]
        if self.span:
            lines += _excerpt(self.span)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


def _excerpt(span: Span) -> list[str]:
    line, column = span.file.position(span.start)
    text = span.file.line_text(line)
    length = len(span.file.text[span.start : span.end].decode("utf-8", "replace").split("\n")[0])
    carets = "^" * max(1, min(length, len(text) - column + 1))
    pad = "".join("\t" if c == "\t" else " " for c in text[: column - 1])
    number = f"{line:5d}"
    return [f"{number} | {text}", f"{' ' * len(number)} | {pad}{carets}"]
