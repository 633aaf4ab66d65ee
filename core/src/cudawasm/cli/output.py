"""Consoles for the commands: tables on standard output, messages and progress on standard error.

rich leaves colours out when the output is not a terminal or NO_COLOR is set.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

_WIDTH_OF_A_FILE = 200


def out() -> Console:
    """Standard output; wide when it is a file or a pipe, so that nothing is cut off there."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, width=None if sys.stderr.isatty() else _WIDTH_OF_A_FILE, highlight=False)


def table(*columns: str, title: str = "") -> Table:
    """A table in the house look; a column called "#..." is for numbers."""
    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.lstrip("#"), justify="right" if column.startswith("#") else "left", overflow="fold")
    return made


def megabytes(size: int) -> str:
    """A size in bytes for people."""
    return f"{size / 1e6:.1f} MB"
