"""The memory that threads see: one address space in which every allocation, block and thread has a place."""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

import numpy as np

from cudawasm.errors import StopCause
from cudawasm_reference.values import Array

GLOBAL, SHARED, LOCAL = 1 << 40, 2 << 40, 3 << 40
_SEGMENT = 40
_GAP = 256


class Fault(Exception):
    """An access to an address that is nowhere, or misaligned, by the thread in a row."""

    def __init__(self, what: str, row: int, cause: StopCause):
        super().__init__(what)
        self.row = row
        self.cause: StopCause = cause


class Heap:
    """Global memory: allocations with gaps between them, so that an access past an end is seen."""

    def __init__(self) -> None:
        self.bytes: Array = np.zeros(1 << 16, np.uint8)
        self.used = _GAP
        self.sizes: dict[int, int] = {}
        self.starts: list[int] = []

    def allocate(self, nbytes: int) -> int:
        start = self.used
        self.used = (start + max(1, nbytes) + 2 * _GAP - 1) // _GAP * _GAP
        if self.used > len(self.bytes):
            grown = np.zeros(max(self.used, 2 * len(self.bytes)), np.uint8)
            grown[: len(self.bytes)] = self.bytes
            self.bytes = grown
        self.sizes[start] = nbytes
        self.starts.append(start)
        return GLOBAL + start

    def free(self, address: int) -> None:
        """Raises KeyError for an address that ``allocate`` did not return."""
        del self.sizes[address - GLOBAL]
        self.starts.remove(address - GLOBAL)

    def contains(self, offset: int, size: int) -> bool:
        at = bisect_right(self.starts, offset) - 1
        return at >= 0 and offset + size <= self.starts[at] + self.sizes[self.starts[at]]

    def view(self, address: int, nbytes: int) -> Array:
        """Host access to a piece of memory. Raises IndexError when it is nowhere."""
        offset = address - GLOBAL
        if not self.contains(offset, nbytes):
            raise IndexError(f"{nbytes} bytes at {address:#x} are outside of all memory")
        return self.bytes[offset : offset + nbytes]


class Own:
    """Memory of which each block or thread has ``stride`` bytes, and may use the first ``size``."""

    def __init__(self, base: int, owners: int, stride: int, size: int):
        self.base = base
        self.stride = stride
        self.size = size
        self.bytes: Array = np.zeros(owners * stride, np.uint8)

    def address(self, owner: Array, offset: int) -> Array:
        return np.uint64(self.base + offset) + owner.astype(np.uint64) * np.uint64(self.stride)


class Watcher(Protocol):
    """Who wants to know of every access: rows, offsets, what is written (None: nothing), and what was there."""

    def access(
        self, segment: int, rows: Array, offsets: Array, values: Array | None, old: Array, atomic: bool
    ) -> None: ...


class Memory:
    """What a launch sees: the device's heap, and shared and local memory of the threads that are running.

    ``atomic`` says whether accesses are part of atomic operations.
    """

    def __init__(self, heap: Heap, shared: Own, local: Own):
        self.heap = heap
        self.shared = shared
        self.local = local
        self.watcher: Watcher | None = None
        self.atomic = False

    def read(self, addresses: Array, size: int, align: int, mask: Array) -> Array:
        """``size`` bytes for each row of ``mask``; zeros in the others. Raises Fault."""
        out = np.zeros((len(mask), size), np.uint8)
        for segment, rows, bytes_, offsets in self._pieces(addresses, size, align, mask, "read"):
            out[rows] = bytes_[offsets[:, None] + np.arange(size)]
            if self.watcher is not None:
                self.watcher.access(segment, rows, offsets, None, out[rows], self.atomic)
        return out

    def write(self, addresses: Array, values: Array, align: int, mask: Array) -> None:
        """Store the rows of ``mask``; of several to one place the last one stays. Raises Fault."""
        size = values.shape[1]
        for segment, rows, bytes_, offsets in self._pieces(addresses, size, align, mask, "write"):
            where = offsets[:, None] + np.arange(size)
            if self.watcher is not None:
                self.watcher.access(segment, rows, offsets, values[rows], bytes_[where], self.atomic)
            bytes_[where] = values[rows]

    def _pieces(
        self, addresses: Array, size: int, align: int, mask: Array, verb: str
    ) -> list[tuple[int, Array, Array, Array]]:
        """(kind, rows, bytes, offsets in them) for each kind of memory that is accessed."""
        rows = np.flatnonzero(mask)
        used = addresses[rows]
        bad = np.flatnonzero(used % np.uint64(align))
        if bad.size:
            raise Fault(
                f"{verb} of {size} bytes at {int(used[bad[0]]):#x} is misaligned", int(rows[bad[0]]), "alignment"
            )
        found = []
        segments = used >> np.uint64(_SEGMENT)
        for segment in np.unique(segments):
            here = segments == segment
            offsets = (used[here] & np.uint64((1 << _SEGMENT) - 1)).astype(np.int64)
            base = int(segment) << _SEGMENT
            bytes_, outside = self._look_up(base, offsets, size)
            if outside.size:
                at = np.flatnonzero(here)[outside[0]]
                raise Fault(
                    f"{verb} of {size} bytes at {int(used[at]):#x} is outside of all memory", int(rows[at]), "address"
                )
            found.append((base, rows[here], bytes_, offsets))
        return found

    def _look_up(self, base: int, offsets: Array, size: int) -> tuple[Array, Array]:
        """(the bytes of a kind of memory, positions of offsets that are outside of it)."""
        if base == GLOBAL:
            known = {int(o): self.heap.contains(int(o), size) for o in np.unique(offsets)}
            return self.heap.bytes, np.array([i for i, o in enumerate(offsets) if not known[int(o)]], np.int64)
        if base not in (SHARED, LOCAL):
            return self.heap.bytes, np.arange(len(offsets))
        own = self.shared if base == SHARED else self.local
        inside = (offsets % own.stride + size <= own.size) & (offsets < len(own.bytes))
        return own.bytes, np.flatnonzero(~inside)
