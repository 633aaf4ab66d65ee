"""Device memory: large buffers of which allocations are parts. Pointers are addresses."""

from __future__ import annotations

import ctypes
import threading
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from cudawasm.errors import LaunchError
from cudawasm.runtime.free_list import FreeList
from cudawasm_vulkan.native import OUT_OF_MEMORY, Structures, VulkanError, call, ffi, lib, made
from cudawasm_vulkan.queue import Queue

_ALIGN = 256
_CHUNK = 64 << 20
_STAGING = 8 << 20
_DEVICE_LOCAL, _VISIBLE, _COHERENT, _CACHED = 1, 2, 4, 8
_USAGE = 0x20000 | 0x20 | 1 | 2  # addresses, storage, source and destination of copies
_ADDRESSES = 2


@dataclass(slots=True)
class Chunk:
    """A buffer with memory of its own. ``host`` is its address for the host, 0 where that cannot see it."""

    buffer: Any
    memory: Any
    address: int
    size: int
    host: int
    free: FreeList

    @property
    def is_unused(self) -> bool:
        return self.free.is_one_part(0, self.size)


class DeviceMemory:
    """``is_unified``: the host reads and writes the device's memory itself. The caller holds the device's lock."""

    def __init__(self, physical: Any, device: Any, queue: Queue, is_unified: bool):
        self.device, self.queue, self.is_unified = device, queue, is_unified
        self._types = ffi.new("VkPhysicalDeviceMemoryProperties *")
        lib.vkGetPhysicalDeviceMemoryProperties(physical, self._types)
        self._chunks: list[Chunk] = []
        self._starts: list[int] = []
        self._sizes: dict[int, int] = {}
        self._lock = threading.RLock()
        self._staging: Chunk | None = None

    # --- allocations ---

    def allocate(self, nbytes: int) -> int:
        """A device pointer, aligned to 256. Raises MemoryError."""
        size = (max(1, nbytes) + _ALIGN - 1) // _ALIGN * _ALIGN
        with self._lock:
            for chunk in self._chunks:
                offset = chunk.free.take(size)
                if offset is not None:
                    break
            else:
                chunk = self._new_chunk(max(size, _CHUNK))
                offset = chunk.free.take(size)
            assert offset is not None
            self._sizes[chunk.address + offset] = size
            return chunk.address + offset

    def free(self, pointer: int) -> None:
        with self._lock:
            chunk, offset = self.find(pointer)
            chunk.free.give_back(offset, self._sizes.pop(pointer))
            if chunk.is_unused and chunk.size > _CHUNK:
                self.queue.finish()
                self._chunks.remove(chunk)
                self._starts.remove(chunk.address)
                lib.vkDestroyBuffer(self.device, chunk.buffer, ffi.NULL)
                lib.vkFreeMemory(self.device, chunk.memory, ffi.NULL)

    def _new_chunk(self, size: int) -> Chunk:
        wishes = (_VISIBLE | _COHERENT | _CACHED, _VISIBLE | _COHERENT) if self.is_unified else (_DEVICE_LOCAL,)
        try:
            chunk = self.buffer(size, wishes)
        except VulkanError as error:
            if error.code in OUT_OF_MEMORY:
                raise MemoryError(f"{size} bytes of device memory: {error}") from None
            raise
        at = bisect_right(self._starts, chunk.address)
        self._starts.insert(at, chunk.address)
        self._chunks.insert(at, chunk)
        return chunk

    def buffer(self, size: int, wishes: tuple[int, ...]) -> Chunk:
        """A buffer in the first kind of memory that has the properties of one of ``wishes``."""
        s = Structures()
        info = s.new("VkBufferCreateInfo", size=size, usage=_USAGE)
        buffer = made("vkCreateBuffer", "VkBuffer", self.device, info, ffi.NULL)
        needs = s.plain("VkMemoryRequirements *")
        lib.vkGetBufferMemoryRequirements(self.device, buffer, needs)
        kind = self._memory_type(needs.memoryTypeBits, wishes)
        flags = s.new("VkMemoryAllocateFlagsInfo", flags=_ADDRESSES)
        ask = s.new("VkMemoryAllocateInfo", pNext=flags, allocationSize=needs.size, memoryTypeIndex=kind)
        try:
            memory = made("vkAllocateMemory", "VkDeviceMemory", self.device, ask, ffi.NULL)
        except VulkanError:
            lib.vkDestroyBuffer(self.device, buffer, ffi.NULL)
            raise
        call("vkBindBufferMemory", self.device, buffer, memory, 0)
        address = int(lib.vkGetBufferDeviceAddress(self.device, s.new("VkBufferDeviceAddressInfo", buffer=buffer)))
        host = 0
        if wishes[0] & _VISIBLE:
            mapped = made("vkMapMemory", "void *", self.device, memory, 0, 2**64 - 1, 0)
            host = int(ffi.cast("uintptr_t", mapped))
        return Chunk(buffer, memory, address, size, host, FreeList(0, size))

    def _memory_type(self, allowed: int, wishes: tuple[int, ...]) -> int:
        types = self._types
        for wish in wishes:
            fitting = [
                i for i in range(types.memoryTypeCount)
                if allowed >> i & 1 and types.memoryTypes[i].propertyFlags & wish == wish
            ]  # fmt: skip
            if fitting:
                return max(fitting, key=lambda i: types.memoryHeaps[types.memoryTypes[i].heapIndex].size)
        raise VulkanError("choosing a kind of memory", -2)

    def find(self, pointer: int) -> tuple[Chunk, int]:
        """(chunk, offset in it). Raises LaunchError for a pointer that lies in none."""
        with self._lock:
            at = bisect_right(self._starts, pointer) - 1
            if at >= 0 and pointer - self._starts[at] <= self._chunks[at].size:
                return self._chunks[at], pointer - self._starts[at]
        raise LaunchError(f"{pointer:#x} is not a pointer into an allocation of this device")

    # --- copies ---

    def visible(self, size: int) -> Chunk:
        """A buffer of the host's for the device to read and write."""
        return self.buffer(size, (_VISIBLE | _COHERENT | _CACHED, _VISIBLE | _COHERENT))

    def staging(self) -> Chunk:
        if self._staging is None:
            self._staging = self.visible(_STAGING)
        return self._staging

    def write(self, pointer: int, data: memoryview) -> None:
        chunk, offset = self.find(pointer)
        source = data.cast("B") if data.contiguous else memoryview(bytes(data))
        if chunk.host:
            self.queue.finish()
            ctypes.memmove(chunk.host + offset, ffi_address(source), source.nbytes)
            return
        staging = self.staging()
        for start in range(0, source.nbytes, _STAGING):
            part = source[start : start + _STAGING]
            self.queue.finish()
            ctypes.memmove(staging.host, ffi_address(part), part.nbytes)
            self._move(staging, 0, chunk, offset + start, part.nbytes)
        self.queue.finish()

    def read(self, pointer: int, into: memoryview) -> None:
        chunk, offset = self.find(pointer)
        target = into.cast("B")
        if chunk.host:
            self.queue.finish()
            ctypes.memmove(ffi_address(target), chunk.host + offset, target.nbytes)
            return
        staging = self.staging()
        for start in range(0, target.nbytes, _STAGING):
            part = target[start : start + _STAGING]
            self._move(chunk, offset + start, staging, 0, part.nbytes)
            self.queue.finish()
            ctypes.memmove(ffi_address(part), staging.host, part.nbytes)

    def _move(self, source: Chunk, at: int, target: Chunk, to: int, nbytes: int) -> None:
        region = ffi.new("VkBufferCopy *", {"srcOffset": at, "dstOffset": to, "size": nbytes})
        lib.vkCmdCopyBuffer(self.queue.commands(copies=True), source.buffer, target.buffer, 1, region)
        self.queue.written()

    def copy(self, destination: int, source: int, nbytes: int) -> None:
        (to, to_offset), (of, of_offset) = self.find(destination), self.find(source)
        if to.host and of.host:
            self.queue.finish()
            ctypes.memmove(to.host + to_offset, of.host + of_offset, nbytes)
        elif to is of and abs(to_offset - of_offset) < nbytes:
            between = bytearray(nbytes)
            self.read(source, memoryview(between))
            self.write(destination, memoryview(between))
        else:
            self._move(of, of_offset, to, to_offset, nbytes)

    def fill(self, pointer: int, byte: int, nbytes: int) -> None:
        chunk, offset = self.find(pointer)
        if chunk.host:
            self.queue.finish()
            ctypes.memset(chunk.host + offset, byte, nbytes)
            return
        head = min(-offset % 4, nbytes)
        body = (nbytes - head) // 4 * 4
        if body:
            lib.vkCmdFillBuffer(self.queue.commands(copies=True), chunk.buffer, offset + head, body, byte * 0x01010101)
            self.queue.written()
        for start, size in ((0, head), (head + body, nbytes - head - body)):
            if size:
                self.write(pointer + start, memoryview(bytes([byte]) * size))


def ffi_address(data: memoryview) -> int:
    """Where the bytes of a view are."""
    return int(ffi.cast("uintptr_t", ffi.from_buffer(data))) if data.nbytes else 0
