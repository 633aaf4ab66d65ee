"""The memory methods of a device whose memory is an object of its own, used by one thread at a time."""

from __future__ import annotations

import threading
from typing import Generic, Protocol, TypeVar


class Memory(Protocol):
    """A device's memory; sizes are at least one byte, and pointers are those that ``allocate`` gave, or into these."""

    def allocate(self, nbytes: int) -> int:
        """A pointer to ``nbytes`` bytes, aligned to 256. Raises MemoryError."""

    def free(self, pointer: int) -> None: ...

    def write(self, pointer: int, data: memoryview) -> None: ...

    def read(self, pointer: int, into: memoryview) -> None: ...

    def copy(self, destination: int, source: int, nbytes: int) -> None: ...

    def fill(self, pointer: int, byte: int, nbytes: int) -> None: ...


M = TypeVar("M", bound=Memory)


class MemoryDevice(Generic[M]):
    """A part of ``cudawasm.runtime.interface.Device``. ``lock`` is held by launches too."""

    memory: M
    lock: threading.RLock

    def allocate(self, nbytes: int) -> int:
        """A device pointer to ``nbytes`` bytes, aligned to 256. Raises MemoryError."""
        with self.lock:
            return self.memory.allocate(nbytes)

    def free(self, pointer: int) -> None:
        with self.lock:
            self.memory.free(pointer)

    def write(self, pointer: int, data: memoryview, stream: int = 0) -> None:
        if data.nbytes:
            with self.lock:
                self.memory.write(pointer, data)

    def read(self, pointer: int, into: memoryview, stream: int = 0) -> None:
        if into.nbytes:
            with self.lock:
                self.memory.read(pointer, into)

    def copy(self, destination: int, source: int, nbytes: int, stream: int = 0) -> None:
        if nbytes:
            with self.lock:
                self.memory.copy(destination, source, nbytes)

    def fill(self, pointer: int, byte: int, nbytes: int, stream: int = 0) -> None:
        if nbytes:
            with self.lock:
                self.memory.fill(pointer, byte, nbytes)
