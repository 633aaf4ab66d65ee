"""Room for parameters that are passed by their address, in memory that host and device see."""

from __future__ import annotations

import ctypes

from cudawasm_vulkan.memory import Chunk, DeviceMemory

_SIZE = 1 << 20
_ALIGN = 256


class Arguments:
    """A ring: a launch's bytes stay until those of many later ones have been placed."""

    def __init__(self, memory: DeviceMemory):
        self.memory = memory
        self._chunk: Chunk | None = None
        self._next = 0

    def place(self, data: bytes) -> int:
        """The device's address of a copy of ``data``."""
        if self._chunk is None:
            self._chunk = self.memory.visible(_SIZE)
        size = (len(data) + _ALIGN - 1) // _ALIGN * _ALIGN
        if self._next + size > _SIZE:
            self.memory.queue.finish()
            self._next = 0
        at, self._next = self._next, self._next + size
        ctypes.memmove(self._chunk.host + at, data, len(data))
        return self._chunk.address + at
