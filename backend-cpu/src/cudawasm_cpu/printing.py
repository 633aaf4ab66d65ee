"""What device ``printf`` prints: calls from native code become text."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from cudawasm.runtime.formatting import format_text
from cudawasm_cpu.codegen.sites import Site

_Hook = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p)


def printed_text(site: Site, values: Sequence[int]) -> str:
    """The text of one call, of whose arguments ``values`` are the 64-bit words."""
    return format_text(site.format, list(values), site.kinds, site.strings)


class Printing:
    """Text printed by the launch under way; ``hook`` is the address of what the code calls."""

    def __init__(self) -> None:
        self.sites: tuple[Site, ...] = ()
        self._parts: list[str] = []
        self._function = _Hook(self._print)
        self.hook = ctypes.cast(self._function, ctypes.c_void_p).value or 0

    def _print(self, site: int, words: int) -> None:
        entry = self.sites[site]
        count = len(entry.kinds)
        self._parts.append(printed_text(entry, (ctypes.c_uint64 * count).from_address(words)[:] if count else ()))

    def take(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        return text
