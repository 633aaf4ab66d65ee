"""An OpenCL device: one context, one queue in order, which makes every stream's ordering CUDA's."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyopencl as cl

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3
from cudawasm.runtime.memory_device import MemoryDevice
from cudawasm.runtime.records import Records
from cudawasm_opencl.memory import BufferMemory, OpenClMemory, SvmMemory
from cudawasm_opencl.probe import all_devices, is_fine_grained, traits_of
from cudawasm_opencl.traits import Traits


class OpenClDevice(MemoryDevice[OpenClMemory]):
    """``traits`` other than the device's own, with fewer of them set, are for tests."""

    def __init__(self, info: DeviceInfo, traits: Traits | None = None):
        device = all_devices()[int(info.name.partition(":")[2])]
        self.info = info
        self.device = device
        self.traits = traits or traits_of(device)
        self.context = cl.Context([device])
        self.queue = cl.CommandQueue(self.context)
        self.lock = threading.RLock()
        if self.traits.svm:
            self.memory = SvmMemory(self.context, self.queue, is_fine_grained(device))
        else:
            self.memory = BufferMemory(self.context, self.queue)
        self.records = Records(self.memory)

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> Any:
        """A module whose kernels are built now, so that what the device cannot do is refused now."""
        from cudawasm_opencl.kernels import OpenClModule

        return OpenClModule(self, module, options, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        self.queue.finish()

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        """OpenCL C ("opencl") of a kernel."""
        from cudawasm_opencl.targets import generated_text

        return generated_text(module, kernel, language, CompileOptions(), self.traits)

    def native_handle(self) -> Any:
        """pyopencl's context."""
        return self.context

    def with_traits(self, **changes: bool) -> OpenClDevice:
        """The same device, used as if it could do less."""
        return OpenClDevice(self.info, replace(self.traits, **changes))
