"""Hazards: what threads of a block do to each other between barriers, and memory read before it is written.

For every byte of shared and global memory it is known who of the block wrote and who read it last, and at which time.
Time passes for a block at its barriers, and for a warp also at ``__syncwarp``. Two accesses of different threads at
the same time race when one of them writes and not both are atomic; a write that leaves the value as it is does not
count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from cudawasm.runtime.hazards import Hazard, HazardKind, report
from cudawasm_reference.grid import WARP, Threads
from cudawasm_reference.memory import LOCAL, SHARED
from cudawasm_reference.values import Array

NOBODY = -1


@dataclass(slots=True)
class Shadow:
    """For each byte: the row and place (a number) of the last write and read, and when they were.

    ``several``: not only the last reader has read at that time. ``atomic``: so was the last write.
    """

    size: int
    writer: Array = field(init=False)
    reader: Array = field(init=False)
    written_at: Array = field(init=False)
    read_at: Array = field(init=False)
    write_place: Array = field(init=False)
    read_place: Array = field(init=False)
    several: Array = field(init=False)
    atomic: Array = field(init=False)

    def __post_init__(self) -> None:
        self.writer, self.reader = (np.full(self.size, NOBODY, np.int64) for _ in range(2))
        self.written_at, self.read_at, self.write_place, self.read_place = (
            np.zeros(self.size, np.int64) for _ in range(4)
        )
        self.several, self.atomic = (np.zeros(self.size, bool) for _ in range(2))


class Watch:
    """Follows the accesses of one set of threads; ``place`` and ``kernel`` say where they are now."""

    def __init__(self, threads: Threads, kernel: str, shared_bytes: int, global_bytes: int, place: Callable[[], str]):
        self.threads = threads
        self.kernel = kernel
        self.place = place
        self.places: list[str] = []
        self.block_time = np.zeros(threads.count, np.int64)
        self.warp_time = np.zeros(threads.count, np.int64)
        self.shared = Shadow(shared_bytes)
        self.heap = Shadow(global_bytes)

    # --- time ---

    def barrier(self, mask: Array) -> None:
        """All threads of a block have met."""
        blocks = np.unique(self.threads.slot[mask])
        self.block_time[np.isin(self.threads.slot, blocks)] += 1

    def warp_barrier(self, mask: Array) -> None:
        self.warp_time[mask] += 1

    def _time(self, rows: Array) -> Array:
        return (self.block_time[rows] << 32) | self.warp_time[rows]

    def _at_once(self, rows: Array, others: Array, then: Array) -> Array:
        """Whether accesses of ``others`` at ``then`` and of ``rows`` now are not ordered."""
        known = (others != NOBODY) & (others != rows)
        slots = self.threads.slot
        same_time = (slots[others] == slots[rows]) & (then >> 32 == self.block_time[rows])
        same_warp = others // WARP == rows // WARP
        found: Array = known & same_time & (~same_warp | (then & 0xFFFFFFFF == self.warp_time[rows]))
        return found

    # --- accesses ---

    def access(self, segment: int, rows: Array, offsets: Array, values: Array | None, old: Array, atomic: bool) -> None:
        """Note an access of the bytes at ``offsets`` by ``rows``; ``values`` are what is written."""
        if segment == LOCAL:
            return
        shadow = self.shared if segment == SHARED else self.heap
        size = old.shape[1]
        where = (offsets[:, None] + np.arange(size)).ravel()
        who = np.repeat(rows, size)
        if values is None:
            self._read(shadow, segment, where, who, atomic)
            return
        changed = (values != old).ravel() | atomic
        if not atomic:
            self._collisions(where, who, values.ravel())
        self._write(shadow, where, who, changed, atomic)

    def _read(self, shadow: Shadow, segment: int, where: Array, who: Array, atomic: bool) -> None:
        if segment == SHARED:
            bare = shadow.writer[where] == NOBODY
            if bare.any():
                self._report("uninitialised", "shared memory is read before anything is written to it", who[bare][0])
        if not atomic:
            raced = self._at_once(who, shadow.writer[where], shadow.written_at[where])
            self._report_race(shadow.write_place[where], who, shadow.writer[where], raced, "reads what", "writes")
        again = shadow.read_at[where] == self._time(who)
        shadow.several[where] = again & (
            shadow.several[where] | self._at_once(who, shadow.reader[where], self._time(who))
        )
        shadow.reader[where] = who
        shadow.read_at[where] = self._time(who)
        shadow.read_place[where] = self._place_number()

    def _write(self, shadow: Shadow, where: Array, who: Array, changed: Array, atomic: bool) -> None:
        both_atomic = shadow.atomic[where] & atomic
        raced = changed & ~both_atomic & self._at_once(who, shadow.writer[where], shadow.written_at[where])
        self._report_race(shadow.write_place[where], who, shadow.writer[where], raced, "writes what", "writes")
        if not atomic:
            now = shadow.several[where] & (shadow.read_at[where] == self._time(who))
            raced = changed & (now | self._at_once(who, shadow.reader[where], shadow.read_at[where]))
            self._report_race(shadow.read_place[where], who, shadow.reader[where], raced, "writes what", "reads")
        shadow.writer[where] = who
        shadow.written_at[where] = self._time(who)
        shadow.write_place[where] = self._place_number()
        shadow.atomic[where] = atomic

    def _collisions(self, where: Array, who: Array, values: Array) -> None:
        """Threads that write different values to one place in the same statement."""
        order = np.argsort(where, kind="stable")
        places, written, rows = where[order], values[order], who[order]
        clash = np.flatnonzero((places[1:] == places[:-1]) & (written[1:] != written[:-1]) & (rows[1:] != rows[:-1]))
        if clash.size:
            first = clash[0]
            other = self.threads.place(int(rows[first]))
            self._report("race", "two threads write different values to one place here", rows[first + 1], other)

    # --- reports ---

    def members(self, members: Array, mask: Array, alive: Array) -> None:
        """Masks of warp operations must name the calling lane, and only lanes that are here or have exited."""
        lanes = np.arange(self.threads.count) % WARP
        alone = mask & ((members >> lanes.astype(np.uint32)) & np.uint32(1) == 0)
        if alone.any():
            self._report("mask", "the mask does not name the lane that gives it", np.flatnonzero(alone)[0])
        elsewhere = (alive & ~mask).reshape(-1, WARP)
        named = (members.reshape(-1, WARP)[:, :, None] >> np.arange(WARP, dtype=np.uint32)) & np.uint32(1) != 0
        missing = (named & elsewhere[:, None, :]).any(axis=2).ravel() & mask
        if missing.any():
            self._report("mask", "the mask names lanes that do not come here", np.flatnonzero(missing)[0])

    def _place_number(self) -> int:
        place = self.place()
        if not self.places or self.places[-1] != place:
            self.places.append(place)
        return len(self.places) - 1

    def _report_race(self, places: Array, who: Array, others: Array, raced: Array, verb: str, other: str) -> None:
        for at in np.flatnonzero(raced)[:1]:
            message = f"a thread {verb} another {other} at {self.places[int(places[at])]} with no barrier between"
            self._report("race", message, who[at], self.threads.place(int(others[at])))

    def _report(self, kind: HazardKind, message: str, row: int, other: str = "") -> None:
        who = self.threads.place(int(row))
        report(Hazard(kind, self.kernel, self.place(), message), f"{who}; {other}" if other else who)
