"""Entry point of group ``cudawasm.backends``. Importing it starts no browser."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo, Limits
from cudawasm_browser.chromium import is_present

_FEATURES = frozenset((
    "f16", "bf16", "f32", "i8", "i16", "i32", "i64", "shared", "barrier", "atomics", "float_atomics", "warp", "printf",
    "assert", "generic_pointers",
))  # fmt: skip
_LIMITS = Limits(1024, (1024, 1024, 64), (2**31 - 1, 65535, 65535), 16 * 1024)


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    """Whether its adapter can do anything is seen when it is opened."""
    if not is_present():
        return ()
    details = {"compiler": "slow", "sample": "6"}  # some kernels take minutes where multiply-adds are made of integers
    return (DeviceInfo("chromium", "browser", "cpu", "WebGPU in Chromium", -90, _FEATURES, _LIMITS, details),)


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    if info.backend != "browser":
        return None
    from cudawasm_browser.device import BrowserDevice

    return BrowserDevice(info)
