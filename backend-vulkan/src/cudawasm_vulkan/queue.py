"""A device's queue: command buffers filled by launches and copies, in order, and waiting for their end."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from cudawasm_vulkan.native import Structures, call, ffi, lib, made

_MOST_WAITING = 32
"""Commands that are collected while the device is busy before they are handed over."""
_IMPATIENT = 0.02
"""Seconds for which the host looks whether the device has ended before it lets itself be woken, which takes long."""
_RESET_BUFFERS = 2
_COMPUTE, _TRANSFER = 0x800, 0x1000
_KERNEL_WRITE, _KERNEL_ACCESS = 0x40, 0x60
_READ, _WRITE = 0x8000, 0x10000  # by anything, so that kernels, copies and the host see each other's work


class Queue:
    """Submissions are numbered; a timeline semaphore says which has ended. The caller holds the device's lock."""

    def __init__(self, device: Any, family: int):
        self.device = device
        self._queue = ffi.new("VkQueue *")
        lib.vkGetDeviceQueue(device, family, 0, self._queue)
        s = Structures()
        pool = s.new("VkCommandPoolCreateInfo", flags=_RESET_BUFFERS, queueFamilyIndex=family)
        self._pool = made("vkCreateCommandPool", "VkCommandPool", device, pool, ffi.NULL)
        kind = s.new("VkSemaphoreTypeCreateInfo", semaphoreType=1, initialValue=0)
        self._timeline = ffi.new("VkSemaphore *")
        call("vkCreateSemaphore", device, s.new("VkSemaphoreCreateInfo", pNext=kind), ffi.NULL, self._timeline)
        self._submitted = 0
        self._open: Any = None
        self._recorded = 0
        self._copied = True
        """Whether the last command was a copy."""
        self._running: deque[tuple[int, Any]] = deque()
        self._free: list[Any] = []
        self._prepare()

    def _prepare(self) -> None:
        """Structures that every submission uses again."""
        s = self._kept = Structures()
        self._begin = s.new("VkCommandBufferBeginInfo", flags=1)
        self._order = s.new("VkMemoryBarrier", srcAccessMask=_WRITE, dstAccessMask=_READ | _WRITE)
        self._kernels = s.new("VkMemoryBarrier", srcAccessMask=_KERNEL_WRITE, dstAccessMask=_KERNEL_ACCESS)
        self._number = s.plain("uint64_t *")
        self._buffer = s.plain("VkCommandBuffer *")
        values = s.new("VkTimelineSemaphoreSubmitInfo", signalSemaphoreValueCount=1,
                       pSignalSemaphoreValues=self._number)  # fmt: skip
        self._submit = s.new("VkSubmitInfo", pNext=values, commandBufferCount=1, pCommandBuffers=self._buffer,
                             signalSemaphoreCount=1, pSignalSemaphores=self._timeline)  # fmt: skip
        self._wait = s.new("VkSemaphoreWaitInfo", semaphoreCount=1, pSemaphores=self._timeline, pValues=self._number)

    def commands(self, copies: bool = False) -> Any:
        """The command buffer for the next command, which copies or is a kernel and sees the results of all before."""
        if self._open is None:
            self._open = self._take()
            call("vkBeginCommandBuffer", self._open, self._begin)
        stages, order = (_COMPUTE | _TRANSFER, self._order) if copies or self._copied else (_COMPUTE, self._kernels)
        lib.vkCmdPipelineBarrier(self._open, stages, stages, 0, 1, order, 0, ffi.NULL, 0, ffi.NULL)
        self._copied = copies
        return self._open

    def _take(self) -> Any:
        self._retire()
        if self._free:
            return self._free.pop()
        info = Structures().new("VkCommandBufferAllocateInfo", commandPool=self._pool, commandBufferCount=1)
        return made("vkAllocateCommandBuffers", "VkCommandBuffer", self.device, info)

    def _retire(self) -> None:
        """Take back the command buffers that have been worked through."""
        done = self.done()
        while self._running and self._running[0][0] <= done:
            self._free.append(self._running.popleft()[1])

    def done(self) -> int:
        """The number of the last submission that has ended."""
        call("vkGetSemaphoreCounterValue", self.device, self._timeline[0], self._number)
        return int(self._number[0])

    def written(self) -> None:
        """A command has been written; the device begins if it is idle."""
        self._recorded += 1
        if self._recorded >= _MOST_WAITING or self.done() == self._submitted:
            self.submit()

    def submit(self) -> None:
        """Hand over what has been written."""
        if self._open is None:
            return
        call("vkEndCommandBuffer", self._open)
        self._submitted += 1
        self._number[0] = self._submitted
        self._buffer[0] = self._open
        call("vkQueueSubmit", self._queue[0], 1, self._submit, ffi.NULL)
        self._running.append((self._submitted, self._open))
        self._open, self._recorded = None, 0

    def finish(self) -> None:
        """Wait for everything."""
        self.submit()
        until = time.perf_counter() + _IMPATIENT
        while self.done() < self._submitted:
            if time.perf_counter() > until:
                self._sleep()
                return

    def _sleep(self) -> None:
        self._number[0] = self._submitted
        call("vkWaitSemaphores", self.device, self._wait, 2**64 - 1)
