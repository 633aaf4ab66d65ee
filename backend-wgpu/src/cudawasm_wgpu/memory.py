"""Device memory: few large buffers, parts of which are given out.

A device pointer is the number of the buffer in its upper half and an offset in the lower.
"""

from __future__ import annotations

import threading
from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import Any

import numpy as np
import wgpu

from cudawasm.errors import LaunchError
from cudawasm.runtime.free_list import FreeList
from cudawasm_wgpu.launches import Launches

_ALIGN = 256
_ARENA = 128 << 20
_PAGE = 2 << 20
"""Drivers have pages of this size for buffers that are full of them, and smaller ones for others."""
_USAGE = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC | wgpu.BufferUsage.COPY_DST


@dataclass(slots=True)
class Arena:
    """A buffer, and what of it is not given out."""

    buffer: Any
    nbytes: int
    free: FreeList


@dataclass(frozen=True, slots=True)
class Part:
    """An allocation: where it starts in which arena. ``nbytes`` is what was asked for, ``size`` what may be bound."""

    arena: int
    start: int
    nbytes: int
    size: int


class ArenaMemory:
    """The memory of one device. What was launched before a copy goes to the device before it.

    ``generation`` changes with what is allocated.
    """

    def __init__(self, device: Any, launches: Launches):
        self.device = device
        self.launches = launches
        self.generation = 0
        self.most = min(device.limits["max-storage-buffer-binding-size"], device.limits["max-buffer-size"], 1 << 31)
        self.arenas: list[Arena] = []
        self._starts: list[int] = []
        self._parts: dict[int, Part] = {}
        self._lock = threading.RLock()

    def allocate(self, nbytes: int) -> int:
        """A pointer aligned to 256, with room after it so that its end is no other's start. Raises MemoryError."""
        size = (nbytes + 2 * _ALIGN - 1) // _ALIGN * _ALIGN
        if size + _ALIGN > self.most:
            raise MemoryError(f"{nbytes} bytes of device memory: a kernel reaches {self.most} at most")
        with self._lock:
            number, offset = self._taken(size)
            pointer = (number + 1) << 32 | offset
            self.generation += 1
            insort(self._starts, pointer)
            self._parts[pointer] = Part(number, offset, nbytes, size)
        return pointer

    def _taken(self, size: int) -> tuple[int, int]:
        for number, arena in enumerate(self.arenas):
            offset = arena.free.take(size)
            if offset is not None:
                return number, offset
        nbytes = min(self.most // _ALIGN * _ALIGN, max(_ARENA, -(-(size + _ALIGN) // _PAGE) * _PAGE))
        try:
            buffer = self.device.create_buffer(size=nbytes, usage=_USAGE)
        except Exception as error:  # wgpu has no narrower class that all its versions raise
            raise MemoryError(f"{nbytes} bytes of device memory: {error}") from None
        arena = Arena(buffer, nbytes, FreeList(_ALIGN, nbytes - _ALIGN))  # offset 0 would look like null
        self.arenas.append(arena)
        offset = arena.free.take(size)
        assert offset is not None
        return len(self.arenas) - 1, offset

    def free(self, pointer: int) -> None:
        with self._lock:
            part = self._parts.pop(pointer)
            self.generation += 1
            self._starts.remove(pointer)
            self.arenas[part.arena].free.give_back(part.start, part.size)

    def find(self, pointer: int) -> tuple[int, Part]:
        """(the allocation's pointer, the allocation). Raises LaunchError for a pointer that lies in none."""
        with self._lock:
            at = bisect_right(self._starts, pointer) - 1
            if at >= 0:
                start = self._starts[at]
                part = self._parts[start]
                if pointer <= start + part.nbytes:
                    return start, part
        raise LaunchError(f"{pointer:#x} is not a pointer into an allocation of this device")

    def place(self, pointer: int) -> tuple[Any, int]:
        """(buffer, offset in it). Raises LaunchError."""
        self.find(pointer)
        return self.arenas[(pointer >> 32) - 1].buffer, pointer & 0xFFFFFFFF

    def write(self, pointer: int, data: memoryview) -> None:
        """The queue copies words; what is left over of the first and the last keeps its bytes."""
        buffer, offset = self.place(pointer)
        data = data.cast("B") if data.contiguous else memoryview(bytes(data))
        first, last = offset % 4, -(offset + data.nbytes) % 4
        if first or last:
            start = offset - first
            words = bytearray(self._read(buffer, start, first + data.nbytes + last))
            words[first : first + data.nbytes] = data
            data, offset = memoryview(words), start
        self.launches.submit()
        self.device.queue.write_buffer(buffer, offset, data)

    def read(self, pointer: int, into: memoryview) -> None:
        buffer, offset = self.place(pointer)
        first, last = offset % 4, -(offset + into.nbytes) % 4
        found = self._read(buffer, offset - first, first + into.nbytes + last)
        target = np.frombuffer(into, np.uint8)
        target[:] = np.frombuffer(found, np.uint8)[first : first + into.nbytes]

    def _read(self, buffer: Any, offset: int, nbytes: int) -> Any:
        self.launches.submit()
        return self.device.queue.read_buffer(buffer, offset, nbytes)

    def copy(self, destination: int, source: int, nbytes: int) -> None:
        (to, to_offset), (of, of_offset) = self.place(destination), self.place(source)
        if (to_offset | of_offset | nbytes) % 4:
            between = np.empty(nbytes, np.uint8)
            self.read(source, between.data)
            self.write(destination, between.data)
            return
        self.launches.submit()
        encoder = self.device.create_command_encoder()
        if to is of:
            between = self.device.create_buffer(size=nbytes, usage=_USAGE)
            encoder.copy_buffer_to_buffer(of, of_offset, between, 0, nbytes)
            of, of_offset = between, 0
        encoder.copy_buffer_to_buffer(of, of_offset, to, to_offset, nbytes)
        self.device.queue.submit([encoder.finish()])

    def fill(self, pointer: int, byte: int, nbytes: int) -> None:
        buffer, offset = self.place(pointer)
        if byte or offset % 4 or nbytes % 4:
            self.write(pointer, np.full(nbytes, byte, np.uint8).data)
            return
        self.launches.submit()
        encoder = self.device.create_command_encoder()
        encoder.clear_buffer(buffer, offset, nbytes)
        self.device.queue.submit([encoder.finish()])

    def only_arena(self) -> int:
        """The arena in which all memory is. Raises LaunchError when there are several."""
        used = {part.arena for part in self._parts.values()}
        if len(used) > 1:
            raise LaunchError("a kernel that follows pointers in memory needs all of it in one buffer, which is full")
        return next(iter(used), 0)
