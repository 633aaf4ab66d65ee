"""Device memory: shared virtual memory, whose pointers are addresses, or buffers in a range of numbers of our own."""

from __future__ import annotations

import ctypes
import threading
from bisect import bisect_right
from typing import Any, Protocol

import numpy as np
import pyopencl as cl

from cudawasm.errors import LaunchError
from cudawasm.runtime.memory_device import Memory

_ALIGN = 256
_FIRST = 1 << 40
"""Where the numbers begin that stand for buffers."""


class OpenClMemory(Memory, Protocol):
    """Allocations, and what the driver takes in place of a device pointer."""

    def arguments(self, pointer: int) -> list[Any]:
        """The kernel arguments that stand for a pointer parameter."""


class SvmMemory:
    """Pointers are addresses for device code, in structs and buffers too."""

    def __init__(self, context: Any, queue: Any, is_fine_grained: bool):
        self.context, self.queue = context, queue
        flags = cl.svm_mem_flags
        self.flags = flags.READ_WRITE | (flags.SVM_FINE_GRAIN_BUFFER if is_fine_grained else 0)
        self._allocations: dict[int, Any] = {}
        self._lock = threading.Lock()

    def allocate(self, nbytes: int) -> int:
        """Drivers align to less than we promise, so that more is asked for. Raises MemoryError."""
        try:
            made = cl.SVMAllocation(self.context, max(1, nbytes) + _ALIGN, 0, self.flags, queue=self.queue)
        except cl.Error as error:
            raise MemoryError(f"{nbytes} bytes of device memory: {error}") from None
        pointer = (int(made.svm_ptr) + _ALIGN - 1) // _ALIGN * _ALIGN
        with self._lock:
            self._allocations[pointer] = made
        return pointer

    def free(self, pointer: int) -> None:
        with self._lock:
            made = self._allocations.pop(pointer)
        self.queue.finish()
        made.release()

    def write(self, pointer: int, data: memoryview) -> None:
        source = _readable(data)
        cl.enqueue_copy(self.queue, _at(pointer, source.nbytes), source, is_blocking=True)

    def read(self, pointer: int, into: memoryview) -> None:
        target = np.frombuffer(into, np.uint8)
        cl.enqueue_copy(self.queue, target, _at(pointer, target.nbytes), is_blocking=True)

    def copy(self, destination: int, source: int, nbytes: int) -> None:
        cl.enqueue_copy(self.queue, _at(destination, nbytes), _at(source, nbytes), is_blocking=True)

    def fill(self, pointer: int, byte: int, nbytes: int) -> None:
        cl.enqueue_svm_memfill(self.queue, _at(pointer, nbytes), np.array([byte], np.uint8), nbytes)

    def arguments(self, pointer: int) -> list[Any]:
        return [_at(pointer, 1) if pointer else None]


def _readable(data: memoryview) -> Any:
    """Host bytes as pyopencl takes them, which is never read-only."""
    return np.frombuffer(bytearray(data) if data.readonly else data, np.uint8)


def _at(pointer: int, nbytes: int) -> Any:
    """What pyopencl takes for an address inside an allocation."""
    return cl.SVM(np.frombuffer(memoryview((ctypes.c_char * nbytes).from_address(pointer)), np.uint8))


class BufferMemory:
    """Pointers are numbers of a range of our own; a launch looks up the buffer that one lies in."""

    def __init__(self, context: Any, queue: Any):
        self.context, self.queue = context, queue
        self._next = _FIRST
        self._starts: list[int] = []
        self._buffers: dict[int, tuple[Any, int]] = {}
        self._lock = threading.Lock()

    def allocate(self, nbytes: int) -> int:
        try:
            buffer = cl.Buffer(self.context, cl.mem_flags.READ_WRITE, max(1, nbytes))
        except cl.Error as error:
            raise MemoryError(f"{nbytes} bytes of device memory: {error}") from None
        with self._lock:
            pointer = self._next
            self._next += (nbytes + 2 * _ALIGN - 1) // _ALIGN * _ALIGN  # an end is never another's start
            self._starts.append(pointer)
            self._buffers[pointer] = (buffer, nbytes)
        return pointer

    def free(self, pointer: int) -> None:
        with self._lock:
            buffer, _ = self._buffers.pop(pointer)
            self._starts.remove(pointer)
        buffer.release()

    def find(self, pointer: int) -> tuple[Any, int]:
        """(buffer, offset in it). Raises LaunchError for a pointer that lies in none."""
        with self._lock:
            at = bisect_right(self._starts, pointer) - 1
            if at >= 0:
                start = self._starts[at]
                buffer, nbytes = self._buffers[start]
                if pointer <= start + nbytes:
                    return buffer, pointer - start
        raise LaunchError(f"{pointer:#x} is not a pointer into an allocation of this device")

    def write(self, pointer: int, data: memoryview) -> None:
        source = _readable(data)
        buffer, offset = self.find(pointer)
        cl.enqueue_copy(self.queue, buffer, source, dst_offset=offset, is_blocking=True)

    def read(self, pointer: int, into: memoryview) -> None:
        target = np.frombuffer(into, np.uint8)
        buffer, offset = self.find(pointer)
        cl.enqueue_copy(self.queue, target, buffer, src_offset=offset, is_blocking=True)

    def copy(self, destination: int, source: int, nbytes: int) -> None:
        (to, to_offset), (of, of_offset) = self.find(destination), self.find(source)
        if to is of and abs(to_offset - of_offset) < nbytes:
            between = np.empty(nbytes, np.uint8)
            self.read(source, between.data)
            self.write(destination, between.data)
            return
        cl.enqueue_copy(self.queue, to, of, byte_count=nbytes, dst_offset=to_offset, src_offset=of_offset)

    def fill(self, pointer: int, byte: int, nbytes: int) -> None:
        buffer, offset = self.find(pointer)
        cl.enqueue_fill_buffer(self.queue, buffer, np.array([byte], np.uint8), offset, nbytes)

    def arguments(self, pointer: int) -> list[Any]:
        if not pointer:
            return [None, np.uint64(0)]
        buffer, offset = self.find(pointer)
        return [buffer, np.uint64(offset)]
