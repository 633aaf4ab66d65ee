"""Entry point of group ``cudawasm.backends``. Importing it loads no driver."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    from cudawasm_example.device import INFO

    return [INFO]


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    if info.backend != "example":
        return None
    from cudawasm_example.device import ExampleDevice

    return ExampleDevice()
