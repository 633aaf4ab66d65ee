"""Entry point of group ``cudawasm.backends``. Importing it loads no driver."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import Target, hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo
from cudawasm.web.interface import WebTarget
from cudawasm_wgpu.targets import TARGETS


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    from cudawasm_wgpu.probe import probe_devices

    return probe_devices()


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    if info.backend != "wgpu":
        return None
    from cudawasm_wgpu.device import WgpuDevice

    return WgpuDevice(info)


@hookimpl
def cudawasm_targets() -> Sequence[Target]:
    return TARGETS


@hookimpl
def cudawasm_web_targets() -> Sequence[WebTarget]:
    from cudawasm_wgpu.web import WgslWebTarget

    return (WgslWebTarget(),)
