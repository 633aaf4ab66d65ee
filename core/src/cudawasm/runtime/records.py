"""What kernels leave for the host to read: printed records, and the record of a thread that stopped.

For devices whose kernels went through the passes ``prints_to_buffer`` and ``traps_to_record``.
"""

from __future__ import annotations

import struct
import sys
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from cudawasm.errors import LaunchError, StopCause
from cudawasm.passes.prints_to_buffer import HEADER_WORDS, PrintSite
from cudawasm.passes.traps_to_record import RECORD_WORDS, TrapSite
from cudawasm.runtime.formatting import format_text
from cudawasm.runtime.memory_device import Memory

PRINTED_WORDS = 1 << 20
"""Words of the print buffer; 4 MB, four times CUDA's."""
_LAST_WORDS = np.full(256, 0xFFFFFFFF, np.uint32)
"""What is at the end of the print buffer before a launch: a record that has no room leaves it."""


def dump_sites(prints: Sequence[PrintSite], traps: Sequence[TrapSite]) -> list[Any]:
    """Where a kernel prints and stops, as JSON takes it."""
    printing = [(p.format.hex(), p.kinds, [s.hex() for s in p.strings]) for p in prints]
    return [printing, [(t.message, t.file, t.line) for t in traps]]


def read_sites(data: Sequence[Any]) -> tuple[tuple[PrintSite, ...], tuple[TrapSite, ...]]:
    """What ``dump_sites`` was given."""
    printing, stopping = data
    prints = tuple(PrintSite(bytes.fromhex(f), k, tuple(map(bytes.fromhex, s))) for f, k, s in printing)
    return prints, tuple(TrapSite(*t) for t in stopping)


class Records:
    """The buffers of one device, made when a kernel first needs them."""

    def __init__(self, memory: Memory):
        self.memory = memory

    @cached_property
    def printed(self) -> int:
        return self.memory.allocate(4 * (HEADER_WORDS + PRINTED_WORDS))

    @cached_property
    def stopped(self) -> int:
        return self.memory.allocate(4 * RECORD_WORDS)

    def clear(self) -> None:
        self.memory.write(self.printed, np.array([0, PRINTED_WORDS], np.uint32).data)
        last = _LAST_WORDS[:PRINTED_WORDS]
        self.memory.write(self.printed + 4 * (HEADER_WORDS + PRINTED_WORDS) - last.nbytes, last.data)
        self.memory.write(self.stopped, np.zeros(RECORD_WORDS, np.uint32).data)

    def _words(self, pointer: int, count: int) -> list[int]:
        found = np.zeros(count, np.uint32)
        self.memory.read(pointer, found.data)
        return [int(word) for word in found]

    def report(self, prints: Sequence[PrintSite], traps: Sequence[TrapSite], kernel: str) -> None:
        """Print what a launch printed. Raises LaunchError when it stopped."""
        if prints:
            wanted = self._words(self.printed, 1)[0]
            if wanted:
                words = self._words(self.printed, HEADER_WORDS + min(wanted, PRINTED_WORDS))
                sys.stdout.write(printed_text(prints, words[HEADER_WORDS:]))
            if wanted > PRINTED_WORDS:
                warnings.warn(f"{kernel} printed more than the buffer holds; the rest is lost", stacklevel=2)
        if traps:
            record = self._words(self.stopped, RECORD_WORDS)
            if record[0]:
                site = traps[record[0] - 1]
                cause: StopCause = "assert" if site.message else "other"
                raise LaunchError(site.describe(kernel, tuple(record)), cause=cause)


def printed_text(prints: Sequence[PrintSite], words: list[int]) -> str:
    """The text of records in the order in which they were made."""
    parts, at = [], 0
    while at < len(words):
        if words[at] >= len(prints):
            break
        site = prints[words[at]]
        size = 1 + 2 * len(site.kinds)
        if at + size > len(words):
            break
        pairs = words[at + 1 : at + size]
        values = [_value(*argument) for argument in zip(site.kinds, pairs[::2], pairs[1::2], strict=True)]
        parts.append(format_text(site.format, values, site.kinds, site.strings))
        at += size
    return "".join(parts)


def _value(kind: str, low: int, high: int) -> int:
    """An argument as 64 bits, for which floats are widened."""
    if kind != "f":
        return low | high << 32
    (number,) = struct.unpack("<f", struct.pack("<I", low))
    return int.from_bytes(struct.pack("<d", number), "little")
