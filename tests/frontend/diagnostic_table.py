"""The table of sources that are refused, ``data/diagnostics.txt``: code, source, exact text.

A section is ``=== CODE``, the source, ``---`` and the rendered diagnostics. A source's first line may name the
kernel that is lowered as ``// kernel: NAME``; it is ``k`` otherwise.
Run this file to write the texts anew after a change, and read the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cudawasm.errors import CompileError
from cudawasm.frontend.program import Program

PATH = Path(__file__).parent / "data" / "diagnostics.txt"


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    source: str
    text: str


def read_table() -> list[Refusal]:
    rows = []
    for section in PATH.read_text().split("\n=== ")[1:]:
        code, _, rest = section.partition("\n")
        source, _, text = rest.partition("\n---\n")
        rows.append(Refusal(code, source + "\n", text.removesuffix("\n")))
    return rows


def refuse(source: str) -> CompileError | None:
    """The error that a source is refused with."""
    first = source.partition("\n")[0]
    kernel = first.removeprefix("// kernel: ") if first.startswith("// kernel: ") else "k"
    try:
        Program(source.encode(), "k.cu").lower(kernel)
    except CompileError as error:
        return error
    return None


def write_table() -> None:
    parts = ["Sources that are refused, and how. Written by diagnostic_table.py.\n"]
    for row in read_table():
        error = refuse(row.source)
        parts.append(f"\n=== {row.code}\n{row.source}---\n{error}\n")
    PATH.write_text("".join(parts))


if __name__ == "__main__":
    write_table()
