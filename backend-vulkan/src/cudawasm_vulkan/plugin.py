"""Entry point of group ``cudawasm.backends``. Importing it loads no driver."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import Target, hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo
from cudawasm_vulkan.targets import SpirvTarget


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    from cudawasm_vulkan.probe import probe_devices

    return probe_devices()


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    if info.backend != "vulkan":
        return None
    from cudawasm_vulkan.device import VulkanDevice

    return VulkanDevice(info)


@hookimpl
def cudawasm_targets() -> Sequence[Target]:
    return [SpirvTarget()]
