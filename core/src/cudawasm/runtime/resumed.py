"""Kernels that meet across the grid, on devices whose blocks cannot wait: launched until all threads have ended."""

from __future__ import annotations

import struct

import numpy as np

from cudawasm.errors import LaunchError
from cudawasm.ir.nodes import Function
from cudawasm.ir.types import U64
from cudawasm.passes.resume_at_grid_barriers import Resumable
from cudawasm.runtime.array import DeviceArray, empty
from cudawasm.runtime.device import Device
from cudawasm.runtime.interface import CompiledKernel, Dim3
from cudawasm.runtime.params import layout_of

_MOST_AT_ONCE = 64
"""Launches that are made before the host looks whether they were enough."""


class ResumedKernel:
    """A ``CompiledKernel`` of a kernel that ``resume_at_grid_barriers`` has made of ``original``."""

    def __init__(self, device: Device, original: Function, facts: Resumable, compiled: CompiledKernel):
        self.device, self.facts, self.name, self._compiled = device, facts, original.name, compiled
        self._start = layout_of((*(p.type for p in original.params), U64)).offsets[-1]
        self._buffers: dict[str, DeviceArray] = {}

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Run the kernel. Raises LaunchError, MemoryError."""
        facts, backend = self.facts, self.device.backend
        if facts.dynamic_unit and shared_bytes % facts.dynamic_unit:
            raise LaunchError(f"dynamic shared memory of {self.name} is not in units of {facts.dynamic_unit} bytes")
        blocks = grid[0] * grid[1] * grid[2]
        states = self._buffer("states", blocks * block[0] * block[1] * block[2] * facts.thread_bytes)
        shared = self._buffer("shared", blocks * facts.block_bytes)
        dynamic = self._buffer("dynamic", blocks * shared_bytes if facts.dynamic_unit else 0)
        unfinished = self._buffer("unfinished", 4)
        pointers = struct.pack("<4Q", states.ptr, shared.ptr, dynamic.ptr, unfinished.ptr)
        given = params[: self._start].ljust(self._start, b"\0") + pointers
        backend.fill(states.ptr, 0, states.nbytes, stream)

        def go(times: int) -> None:
            for _ in range(times):
                self._compiled.launch(grid, block, shared_bytes, stream, given)

        if facts.meetings is not None:
            go(facts.meetings + 1)
            return
        times = 1
        while True:
            go(times - 1)
            backend.fill(unfinished.ptr, 0, 4, stream)
            go(1)
            flag = np.zeros(1, np.uint32)
            backend.read(unfinished.ptr, flag.data.cast("B"), stream)
            if not flag[0]:
                return
            times = min(2 * times, _MOST_AT_ONCE)

    def _buffer(self, name: str, nbytes: int) -> DeviceArray:
        """Memory that lasts as long as the kernel."""
        found = self._buffers.get(name)
        if found is None or found.nbytes < nbytes:
            found = self._buffers[name] = empty(max(256, nbytes), np.uint8, self.device)
        return found
