"""Device memory pool: freed blocks are kept by size class, because allocating is slow on most devices."""

from __future__ import annotations

import sys
import threading
from collections import defaultdict

from cudawasm.runtime.interface import Device

_SMALLEST = 256
_STEPS_PER_DOUBLING_LOG2 = 3


def size_class(nbytes: int) -> int:
    """``nbytes`` rounded up to 256 or to one of eight steps per power of two (at most 12.5 % waste)."""
    if nbytes <= _SMALLEST:
        return _SMALLEST
    step = max(_SMALLEST, 1 << ((nbytes - 1).bit_length() - 1 - _STEPS_PER_DOUBLING_LOG2))
    return (nbytes + step - 1) // step * step


class Block:
    """Device memory that one or more arrays share. Its last user's end returns it to the pool."""

    __slots__ = ("nbytes", "permanent", "pointer", "pool")

    def __init__(self, pool: MemoryPool, pointer: int, nbytes: int):
        self.pool = pool
        self.permanent = False
        """Set for a module's variables, which no array may free."""
        self.pointer = pointer
        """The device pointer; 0 once freed."""
        self.nbytes = nbytes
        """Size of the memory from the device, at least what was asked for."""

    def free(self) -> None:
        """Give the memory back. A second call does nothing."""
        pointer, self.pointer = self.pointer, 0
        if pointer:
            self.pool.release(pointer, self.nbytes)

    def __del__(self) -> None:
        if not sys.is_finalizing():
            self.free()


class MemoryPool:
    """Blocks of one device. Thread-safe.

    Work on one stream runs in order, so a block freed while a kernel uses it may be handed out again at once.
    Once other streams are in use that no longer holds: freed blocks then wait until the device has been
    synchronised. ``exact`` turns pooling off and asks the device for exact sizes, so that a
    bounds-checked kernel sees the true ends.
    """

    def __init__(self, device: Device, exact: bool = False):
        self._device = device
        self._lock = threading.RLock()  # re-entrant: a collection inside a call may free blocks
        self._free: defaultdict[int, list[int]] = defaultdict(list)
        self._waiting: list[tuple[int, int]] = []
        self._used = 0
        self._held = 0
        self.exact = exact
        self.many_streams = False

    @property
    def used_bytes(self) -> int:
        """Bytes in live blocks."""
        return self._used

    @property
    def total_bytes(self) -> int:
        """Bytes held from the device: live blocks and kept ones."""
        return self._used + self._held

    def allocate(self, nbytes: int) -> Block:
        """A block of at least ``nbytes`` bytes, aligned to 256, contents undefined. Raises MemoryError."""
        if nbytes < 0:
            raise ValueError(f"cannot allocate {nbytes} bytes")
        size = max(1, nbytes) if self.exact else size_class(nbytes)
        with self._lock:
            kept = self._free.get(size)
            if not kept and self._waiting:
                self._settle()
                kept = self._free.get(size)
            if kept:
                pointer = kept.pop()
                self._held -= size
            else:
                pointer = self._fresh(size)
            self._used += size
        return Block(self, pointer, size)

    def release(self, pointer: int, size: int) -> None:
        """Take back a block's memory (``Block.free`` calls this)."""
        with self._lock:
            self._used -= size
            if self.exact:
                self._device.synchronize()
                self._device.free(pointer)
                return
            self._held += size
            if self.many_streams:
                self._waiting.append((pointer, size))
            else:
                self._free[size].append(pointer)

    def synchronized(self) -> None:
        """The device is idle: blocks freed before may be handed out again."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            for pointer, size in waiting:
                self._free[size].append(pointer)

    def free_all(self) -> None:
        """Give all kept blocks back to the device; live ones stay."""
        with self._lock:
            self._settle()
            kept, self._free = self._free, defaultdict(list)
            for size, pointers in kept.items():
                for pointer in pointers:
                    self._device.free(pointer)
                    self._held -= size

    def _settle(self) -> None:
        self._device.synchronize()
        self.synchronized()

    def _fresh(self, size: int) -> int:
        try:
            return self._device.allocate(size)
        except MemoryError:
            if not self._held:
                raise
            self.free_all()
            return self._device.allocate(size)
