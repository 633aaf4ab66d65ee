"""Streams and events with CUDA's order: work of one stream runs in order, stream 0 waits for all others."""

from __future__ import annotations

import sys
import time
from typing import Any

from cudawasm.errors import LaunchError
from cudawasm.runtime.device import Device, resolve_device


class Stream:
    """A queue of work on one device."""

    __slots__ = ("device", "id")

    def __init__(self, device: Any = None):
        self.device: Device = resolve_device(device)
        self.id = self.device._take_stream_id()

    def synchronize(self) -> None:
        """Wait for the work of this stream."""
        self.device.backend.synchronize(self.id)

    def record(self, event: Event | None = None) -> Event:
        """Record an event (a new one by default) on this stream."""
        event = event or Event(self.device)
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """Later work of this stream runs after what ``event`` recorded."""
        event.synchronize()

    def __del__(self) -> None:
        if hasattr(self, "id") and not sys.is_finalizing():
            self.device.backend.synchronize(self.id)
            self.device._return_stream_id(self.id)

    def __repr__(self) -> str:
        return f"<cudawasm.Stream {self.id} of {self.device.name}>"


class Event:
    """A point in a stream's work and its time.

    Recording waits for the stream and then reads the host's clock, so that the time between two events
    holds exactly the work between them.
    """

    __slots__ = ("_nanoseconds", "device")

    def __init__(self, device: Any = None):
        self.device: Device = resolve_device(device)
        self._nanoseconds: int | None = None

    def record(self, stream: Stream | None = None) -> None:
        """Mark the end of the work given so far to ``stream`` (default: stream 0)."""
        self.device.backend.synchronize(stream_id(stream, self.device))
        self._nanoseconds = time.perf_counter_ns()

    def synchronize(self) -> None:
        """Wait for the event; one never recorded is complete, as in CUDA."""

    def query(self) -> bool:
        """Whether the recorded work is done."""
        return True

    def elapsed(self, end: Event) -> float:
        """Milliseconds from this event to ``end``. Raises LaunchError when one was not recorded."""
        if self._nanoseconds is None or end._nanoseconds is None:
            raise LaunchError("elapsed time of an event that was not recorded", code="R0205")
        return (end._nanoseconds - self._nanoseconds) / 1e6


def stream_id(stream: Any, device: Device) -> int:
    """The number of a stream argument: None is 0. Raises LaunchError for another device's."""
    if stream is None:
        return 0
    if not isinstance(stream, Stream):
        raise LaunchError(f"stream is {type(stream).__name__}; give a cudawasm.Stream or None", code="R0205")
    if stream.device is not device:
        raise LaunchError(f"the stream is of {stream.device.name}, the launch on {device.name}", code="R0205")
    return stream.id
