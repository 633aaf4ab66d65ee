"""Open devices: one object a device and process, with its memory pool, and the current device of a thread."""

from __future__ import annotations

import threading
from typing import Any

from cudawasm import config
from cudawasm.errors import ArgumentError
from cudawasm.plugins import host
from cudawasm.runtime.interface import Device as BackendDevice
from cudawasm.runtime.interface import DeviceInfo, Limits
from cudawasm.runtime.pool import MemoryPool
from cudawasm.runtime.selection import Selection, select


class Device:
    """A device in use. ``with device:`` makes it the current one of this thread.

    ``backend`` is the backend's own object, ``pool`` its memory, ``selection`` says why it was chosen.
    """

    def __init__(self, backend: BackendDevice, selection: Selection | None = None):
        self.backend = backend
        self.info: DeviceInfo = backend.info
        self.selection = selection or Selection(backend.info, "opened directly")
        self.pool = MemoryPool(backend, exact=bool(config.resolve("bounds_checks").value))
        self.host_memory = "host_memory" in self.info.features
        self._lock = threading.Lock()
        self._stream_ids: list[int] = []
        self._next_stream = 1

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def limits(self) -> Limits:
        return self.info.limits

    @property
    def features(self) -> frozenset[str]:
        return self.info.features

    def synchronize(self) -> None:
        """Wait for everything this device was given to do."""
        self.backend.synchronize()
        self.pool.synchronized()

    def _take_stream_id(self) -> int:
        """A stream number that no live stream has."""
        with self._lock:
            self.pool.many_streams = True
            if self._stream_ids:
                return self._stream_ids.pop()
            self._next_stream += 1
            return self._next_stream - 1

    def _return_stream_id(self, stream: int) -> None:
        """The stream is gone and idle; its number may be used again."""
        with self._lock:
            self._stream_ids.append(stream)

    def __enter__(self) -> Device:
        _stack().append(self)
        return self

    def __exit__(self, *exception: object) -> None:
        _stack().pop()

    def __repr__(self) -> str:
        return f"<cudawasm.Device {self.name}: {self.info.description}>"


_thread = threading.local()
_open: dict[str, Device] = {}
_default: Device | None = None
_open_lock = threading.RLock()


def _stack() -> list[Device]:
    try:
        return _thread.stack  # type: ignore[no-any-return]
    except AttributeError:
        _thread.stack = []
        return _thread.stack  # type: ignore[no-any-return]


def devices() -> tuple[DeviceInfo, ...]:
    """What can be opened, best first. Probes every plugin."""
    return host().devices()


def device(name: str | DeviceInfo | Device | None = None) -> Device:
    """Open a device once: by name, backend or kind; None or "auto" choose as the settings say.

    Raises DeviceNotFound.
    """
    if isinstance(name, Device):
        return name
    if isinstance(name, DeviceInfo):
        name = name.name
    with _open_lock:
        if name is not None and name in _open:
            return _open[name]
        selection = select(host(), name)
        opened = _open.get(selection.info.name)
        if opened is None:
            opened = Device(host().open_device(selection.info), selection)
            _open[selection.info.name] = opened
        return opened


def current_device() -> Device:
    """The innermost ``with device:`` of this thread, else the process's default device."""
    global _default
    stack = _stack()
    if stack:
        return stack[-1]
    if _default is None:
        with _open_lock:
            _default = _default or device(None)
    return _default


def resolve_device(given: Any) -> Device:
    """A device from an API argument: None is the current device."""
    if given is None:
        return current_device()
    if isinstance(given, str | DeviceInfo | Device):
        return device(given)
    raise ArgumentError(f"device is {type(given).__name__}; give a name, a DeviceInfo or a Device")


def synchronize() -> None:
    """Wait for everything that the current device was given to do."""
    current_device().synchronize()


def forget_devices() -> None:
    """Close nothing, but open afresh on next use; for tests that replace the plugin host."""
    global _default
    with _open_lock:
        _open.clear()
        _default = None
