"""Entry point of group ``cudawasm.backends``. Importing it loads no compiler."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.hookspecs import Target, hookimpl
from cudawasm.runtime.interface import Device, DeviceInfo
from cudawasm.web.interface import WebTarget
from cudawasm_cpu.device import CpuDevice, device_info
from cudawasm_cpu.targets import LlvmTarget
from cudawasm_cpu.wasm.probe import device_info as wasm_info
from cudawasm_cpu.wasm.targets import WasmTarget
from cudawasm_cpu.wasm.web import WasmWebTarget


@hookimpl
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:
    wasm = wasm_info()
    return [device_info(), wasm] if wasm else [device_info()]


@hookimpl
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    if info.backend == "wasm":
        from cudawasm_cpu.wasm.device import WasmDevice

        return WasmDevice(info)
    return CpuDevice()


@hookimpl
def cudawasm_targets() -> Sequence[Target]:
    return [LlvmTarget("llvm", ".ll"), LlvmTarget("llvm-raw", ".ll"), LlvmTarget("asm", ".s"), WasmTarget()]


@hookimpl
def cudawasm_web_targets() -> Sequence[WebTarget]:
    return [WasmWebTarget()]
