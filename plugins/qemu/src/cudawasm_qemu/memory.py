"""Memory at one address in this process and in the emulator's."""

from __future__ import annotations

import ctypes
import os
import threading
import weakref

from cudawasm.runtime.free_list import FreeList

SIZE = 1 << 32
_FIRST = 0x200000000000
_PLACES = 64
"""How many places are tried: devices of one process each have a place of their own."""
_ALIGN = 256
_READ_WRITE = 3
_SHARED_THERE_UNRESERVED = 0x1 | 0x100000 | 0x4000


class SharedMemory:
    """A range of addresses whose pages exist once touched, handed out first fit."""

    def __init__(self) -> None:
        self.file = os.memfd_create("cudawasm-aarch64")
        os.ftruncate(self.file, SIZE)
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
        places = range(_FIRST, _FIRST + _PLACES * SIZE, SIZE)
        taken = (p for p in places if libc.mmap(p, SIZE, _READ_WRITE, _SHARED_THERE_UNRESERVED, self.file, 0) == p)
        self.base = next(taken, 0)
        if not self.base:
            raise OSError(ctypes.get_errno(), "the memory shared with the emulator cannot be mapped")
        self._free = FreeList(self.base, SIZE)
        self._sizes: dict[int, int] = {}
        self._lock = threading.RLock()  # a finalizer may run while it is held

    def allocate(self, nbytes: int) -> int:
        """The address of ``nbytes`` bytes, aligned to 256, with a gap behind them. Raises MemoryError."""
        size = (nbytes + _ALIGN) // _ALIGN * _ALIGN + _ALIGN
        with self._lock:
            start = self._free.take(size)
            if start is None:
                raise MemoryError(f"{nbytes} bytes are not left of the memory shared with the emulator")
            self._sizes[start] = size
            return start

    def free(self, pointer: int) -> None:
        with self._lock:
            self._free.give_back(pointer, self._sizes.pop(pointer))

    def array(self, nbytes: int) -> ctypes.Array[ctypes.c_char]:
        """Zeroed bytes that live as long as the array."""
        address = self.allocate(nbytes)
        ctypes.memset(address, 0, nbytes)
        array = (ctypes.c_char * nbytes).from_address(address)
        weakref.finalize(array, self.free, address)
        return array
