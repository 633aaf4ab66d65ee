"""Source text: files as bytes, and spans of bytes in them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(eq=False)
class SourceFile:
    """A file's name and bytes. Lines and columns are computed only when something is shown."""

    name: str
    text: bytes
    is_builtin: bool = False

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        position = self.text.find(b"\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find(b"\n", position + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and 1-based column (in characters) of a byte offset."""
        line = bisect_right(self.line_starts, offset)
        start = self.line_starts[line - 1]
        return line, len(self.text[start:offset].decode("utf-8", "replace")) + 1

    def line_text(self, line: int) -> str:
        """The text of a 1-based line, without its end."""
        start = self.line_starts[line - 1]
        end = self.text.find(b"\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].decode("utf-8", "replace").rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start`` to ``end`` (exclusive) of a file."""

    file: SourceFile = field(repr=False)
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.file.position(self.start)[0]

    def __str__(self) -> str:
        line, column = self.file.position(self.start)
        return f"{self.file.name}:{line}:{column}"
