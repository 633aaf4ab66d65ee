"""Entry point of group ``cudawasm.backends``."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo
from cudawasm_reference.device import ReferenceDevice, device_info


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    return [device_info()]


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    return ReferenceDevice() if info.backend == "reference" else None
