"""Parts of a range of memory that are not given out."""

from __future__ import annotations

from bisect import insort


class FreeList:
    """The (offset, size) of free parts in order; neighbours are one part. The first that is large enough is taken."""

    def __init__(self, offset: int = 0, nbytes: int = 0):
        self._parts: list[tuple[int, int]] = [(offset, nbytes)] if nbytes else []

    def take(self, nbytes: int) -> int | None:
        """The offset of ``nbytes`` bytes, or None where no part is large enough."""
        for i, (offset, size) in enumerate(self._parts):
            if size >= nbytes:
                self._parts[i : i + 1] = [(offset + nbytes, size - nbytes)] if size > nbytes else []
                return offset
        return None

    def give_back(self, offset: int, nbytes: int) -> None:
        """Make bytes free that were taken, or that are new."""
        insort(self._parts, (offset, nbytes))
        merged: list[tuple[int, int]] = []
        for start, size in self._parts:
            if merged and sum(merged[-1]) == start:
                merged[-1] = (merged[-1][0], merged[-1][1] + size)
            else:
                merged.append((start, size))
        self._parts = merged

    def is_one_part(self, offset: int, nbytes: int) -> bool:
        """Whether just these bytes are free."""
        return self._parts == [(offset, nbytes)]
