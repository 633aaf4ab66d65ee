"""The vocabulary of a C-like target: words, no grammar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cudawasm.ir.types import Space

Spelling = Callable[[tuple[str, ...], str], str]
"""A builtin's text from the texts of its arguments and the name of its KIR operand type."""


@dataclass(frozen=True, slots=True)
class Words:
    """``scalars``: register type of each KIR scalar by name; ``memory``: where it differs, its type in memory.

    ``pointer_bits`` is the integer that holds a pointer in memory. ``specials`` gives launch values as
    expressions of type u32. ``reserved`` are names that variables may not have.
    """

    scalars: Mapping[str, str]
    memory: Mapping[str, str]
    spaces: Mapping[Space, str]
    pointer_bits: str
    specials: Mapping[str, str]
    special_names: Mapping[str, str]
    builtins: Mapping[str, Spelling]
    suffixes: Mapping[str, str]
    reserved: frozenset[str]
    barrier: str
    inline: str
