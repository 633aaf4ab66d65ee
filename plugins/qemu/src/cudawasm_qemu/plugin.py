"""Entry point of group ``cudawasm.backends``. Importing it starts no emulator."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import Target, hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo
from cudawasm_qemu.device import INFO, QemuDevice
from cudawasm_qemu.targets import AssemblyTarget
from cudawasm_qemu.tools import missing


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    """Raises FileNotFoundError, which says what is not installed."""
    lacks = missing()
    if lacks:
        raise FileNotFoundError(f"not installed: {lacks}")
    return [INFO]


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    return QemuDevice() if info.backend == INFO.backend else None


@hookimpl
def cudawasm_targets() -> Sequence[Target]:
    return [AssemblyTarget()]
