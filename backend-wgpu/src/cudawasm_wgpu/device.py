"""A WebGPU device: one queue in order, which makes every stream's ordering CUDA's."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3
from cudawasm.runtime.memory_device import MemoryDevice
from cudawasm.runtime.records import Records
from cudawasm_wgpu.launches import Launches
from cudawasm_wgpu.memory import ArenaMemory
from cudawasm_wgpu.probe import WANTED, adapters, traits_of
from cudawasm_wgpu.traits import Traits

_LIMITS = ("buffer", "storage", "compute", "bind", "uniform")


class WgpuDevice(MemoryDevice[ArenaMemory]):
    """``traits`` other than the adapter's own, with fewer of them set, are for tests."""

    def __init__(self, info: DeviceInfo, traits: Traits | None = None):
        adapter = adapters()[int(info.name.partition(":")[2])]
        self.info = info
        self.traits = traits or traits_of(adapter)
        limits = {k: v for k, v in adapter.limits.items() if any(word in k for word in _LIMITS)}
        self.device = adapter.request_device_sync(
            required_features=[f for f in WANTED if f in adapter.features], required_limits=limits
        )
        self.lock = threading.RLock()
        self.launches = Launches(self.device)
        self.memory = ArenaMemory(self.device, self.launches)
        self.records = Records(self.memory)

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> Any:
        """A module whose kernels are made now, so that what the device cannot do is refused now."""
        from cudawasm_wgpu.kernels import WgpuModule

        return WgpuModule(self, module, options, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        with self.lock:
            self.launches.wait()

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        """WGSL ("wgsl") of a kernel. Raises ValueError for another language."""
        if language != "wgsl":
            raise ValueError(f"the wgpu backend has no {language!r}; it has wgsl")
        from cudawasm_wgpu.targets import generated_text

        return generated_text(module, kernel, block, CompileOptions(), self.traits)

    def native_handle(self) -> Any:
        """wgpu's device."""
        return self.device
