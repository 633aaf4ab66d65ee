"""Launches on their way to the device: they are collected, as giving each one to it alone costs more than many run.

The first goes at once, then two together, then four, until somebody waits; so the device is busy early, and later does
not wait for the host. Between two launches of a collection the driver puts a barrier.
"""

from __future__ import annotations

from typing import Any

import wgpu

_MOST = 32
"""Launches that are collected."""
_RING_BYTES = 1 << 20


class Launches:
    """The queue of one device. ``ring`` is the buffer in which the numbers of each launch are."""

    def __init__(self, device: Any):
        self.device = device
        usage = wgpu.BufferUsage.UNIFORM | wgpu.BufferUsage.COPY_DST | wgpu.BufferUsage.COPY_SRC
        self.ring = device.create_buffer(size=_RING_BYTES, usage=usage)
        self._align = device.limits["min-uniform-buffer-offset-alignment"]
        self._offsets: dict[bytes, int] = {}
        self._end = 0
        self._staged_from, self._staged = 0, bytearray()
        self._encoder: Any = None
        self._compute: Any = None
        self._count, self._enough = 0, 1
        self._bound: tuple[Any, int] = (None, 0)
        self._pipeline: Any = None

    def offset_of(self, data: bytes) -> int:
        """Where in the ring the numbers of the next launch are."""
        found = self._offsets.get(data)
        if found is not None:
            return found
        size = -(-len(data) // self._align) * self._align
        if self._end + size > _RING_BYTES:
            self.submit()
            self._offsets.clear()
            self._end = self._staged_from = 0
        offset = self._end
        self._end += size
        self._staged += data.ljust(size, b"\0")
        self._offsets[data] = offset
        return offset

    def add(self, pipeline: Any, group: Any, data: bytes, blocks: tuple[int, int, int]) -> None:
        """A launch of a pipeline; ``data`` are its numbers, for which ``group`` has a binding where there are such."""
        offset = self.offset_of(data) if data else 0
        compute = self._compute
        if compute is None:
            self._encoder = self.device.create_command_encoder()
            compute = self._compute = self._encoder.begin_compute_pass()
        if self._pipeline is not pipeline:
            compute.set_pipeline(pipeline)
            self._pipeline = pipeline
        if self._bound[0] is not group or self._bound[1] != offset:
            compute.set_bind_group(0, group, (offset,) if data else ())
            self._bound = group, offset
        compute.dispatch_workgroups(*blocks)
        self._count += 1
        if self._count >= self._enough:
            self.submit()
            self._enough = min(2 * self._enough, _MOST)

    def submit(self) -> None:
        """Give the device what has been collected."""
        if self._compute is None:
            return
        if self._staged:
            self.device.queue.write_buffer(self.ring, self._staged_from, self._staged)
            self._staged_from, self._staged = self._end, bytearray()
        compute, encoder = self._compute, self._encoder
        self._compute = self._encoder = self._pipeline = None
        self._bound = None, 0
        self._count = 0
        compute.end()
        self.device.queue.submit([encoder.finish()])

    def wait(self) -> None:
        """Wait for all that was launched, copied and written."""
        self.submit()
        self._enough = 1
        wait = getattr(self.device, "_poll_wait", None)
        if wait is not None:
            wait()
        else:  # what is read comes after all that was submitted
            self.device.queue.read_buffer(self.ring, 0, 4)
