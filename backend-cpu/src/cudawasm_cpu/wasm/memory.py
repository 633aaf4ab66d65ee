"""The linear memory of a device: stacks of the workers first, then a heap. A device pointer is an index into it."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import wasmtime
from wasmtime import _ffi as ffi

from cudawasm.errors import LaunchError
from cudawasm.runtime.free_list import FreeList
from cudawasm_cpu.wasm.compilation import STACK_BYTES
from cudawasm_cpu.wasm.linker import MOST_PAGES, PAGE

_ALIGN = 256
_STEP = 16 << 20
_WATCHED = 256
"""Bytes at address 0 that are looked at after launches."""
_MARGIN = 4096
"""Bytes at the end that are not given out, as lanes that are not active read past the ends of arrays."""


class _Shared(wasmtime.SharedMemory):
    """wasmtime 50 hands its pointer on with one indirection too many."""

    def _as_extern(self) -> Any:
        union = ffi.wasmtime_extern_union(sharedmemory=self.ptr())
        return ffi.wasmtime_extern_t(ffi.WASMTIME_EXTERN_SHAREDMEMORY, union)


class LinearMemory:
    """Shared by all workers; it grows, and stays where it is."""

    def __init__(self, engine: Any, workers: int):
        self.first_stack = PAGE  # nothing is at 0
        heap = self.first_stack + workers * STACK_BYTES
        limits = wasmtime.Limits(-(-heap // PAGE) + 1, MOST_PAGES)
        self.handle = _Shared(engine, wasmtime.MemoryType(limits, shared=True))
        self.base = ctypes.cast(self.handle.data_ptr(), ctypes.c_void_p).value or 0
        self._end = self.handle.data_len() - _MARGIN
        self._free = FreeList(heap, self._end - heap)
        self._sizes: dict[int, int] = {}

    def stack_top(self, worker: int) -> int:
        return self.first_stack + (worker + 1) * STACK_BYTES

    def allocate(self, nbytes: int) -> int:
        size = -(-max(1, nbytes) // _ALIGN) * _ALIGN
        offset = self._free.take(size)
        if offset is None:
            self._grow(size)
            offset = self._free.take(size)
            assert offset is not None
        self._sizes[offset] = size
        return offset

    def _grow(self, nbytes: int) -> None:
        room = MOST_PAGES - self.handle.data_len() // PAGE
        pages = min(max(-(-nbytes // PAGE), _STEP // PAGE), room)
        try:
            if pages * PAGE < nbytes:
                raise MemoryError(f"{nbytes} bytes of device memory: WebAssembly has {MOST_PAGES * PAGE} at most")
            self.handle.grow(pages)
        except wasmtime.WasmtimeError as error:
            raise MemoryError(f"{nbytes} bytes of device memory: {error}") from None
        self._free.give_back(self._end, pages * PAGE)
        self._end += pages * PAGE

    def free(self, pointer: int) -> None:
        self._free.give_back(pointer, self._sizes.pop(pointer))

    def _address(self, pointer: int, nbytes: int) -> int:
        if not 0 <= pointer <= self._end - nbytes:
            raise LaunchError(f"{pointer:#x} is not a pointer into this device's memory", cause="address")
        return self.base + pointer

    def write(self, pointer: int, data: memoryview) -> None:
        source = np.frombuffer(data, np.uint8)
        ctypes.memmove(self._address(pointer, data.nbytes), int(source.ctypes.data), data.nbytes)

    def read(self, pointer: int, into: memoryview) -> None:
        target = np.frombuffer(into, np.uint8)
        ctypes.memmove(int(target.ctypes.data), self._address(pointer, into.nbytes), into.nbytes)

    def copy(self, destination: int, source: int, nbytes: int) -> None:
        ctypes.memmove(self._address(destination, nbytes), self._address(source, nbytes), nbytes)

    def fill(self, pointer: int, byte: int, nbytes: int) -> None:
        ctypes.memset(self._address(pointer, nbytes), byte, nbytes)

    def check_null(self) -> None:
        """Raises LaunchError where something was stored near address 0, which is memory as any other to WebAssembly."""
        if ctypes.string_at(self.base, _WATCHED) != bytes(_WATCHED):
            ctypes.memset(self.base, 0, _WATCHED)
            raise LaunchError("a store through a null pointer", cause="address")

    def store(self, pointer: int, data: bytes | bytearray) -> None:
        """``write`` of what the device itself puts into memory that it has taken."""
        ctypes.memmove(self.base + pointer, bytes(data), len(data))
