"""A device whose memory and launches are those of ``js/src/webgpu.js`` in a browser."""

from __future__ import annotations

import sys
import threading
from base64 import b64decode, b64encode
from bisect import bisect_right, insort
from collections.abc import Mapping
from typing import Any

from cudawasm.errors import UnsupportedFeature
from cudawasm.ir.nodes import Module
from cudawasm.ir.types import align_of, round_up, size_of
from cudawasm.plugins import host
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3
from cudawasm.runtime.memory_device import MemoryDevice
from cudawasm.web.interface import WebKernel
from cudawasm_browser.page import Page


class BrowserMemory:
    """Allocations by their addresses."""

    def __init__(self, page: Page):
        self.page = page
        self.starts: list[int] = []

    def allocate(self, nbytes: int) -> int:
        pointer = int(self.page.call("allocate", nbytes))
        insort(self.starts, pointer)
        return pointer

    def free(self, pointer: int) -> None:
        self.starts.remove(pointer)
        self.page.call("free", str(pointer))

    def _place(self, pointer: int) -> tuple[str, int]:
        start = self.starts[bisect_right(self.starts, pointer) - 1]
        return str(start), pointer - start

    def write(self, pointer: int, data: memoryview) -> None:
        self.page.call("write", *self._place(pointer), b64encode(bytes(data)).decode())

    def read(self, pointer: int, into: memoryview) -> None:
        found = b64decode(self.page.call("read", *self._place(pointer), into.nbytes))
        into.cast("B")[:] = found

    def copy(self, destination: int, source: int, nbytes: int) -> None:
        between = memoryview(bytearray(nbytes))
        self.read(source, between)
        self.write(destination, between)

    def fill(self, pointer: int, byte: int, nbytes: int) -> None:
        self.write(pointer, memoryview(bytes([byte]) * nbytes))


class BrowserDevice(MemoryDevice[BrowserMemory]):
    """One page of one browser, for as long as the process lives."""

    def __init__(self, info: DeviceInfo):
        self.info = info
        self.lock = threading.RLock()
        self.page = Page()
        self.page.call("open")
        self.memory = BrowserMemory(self.page)
        self.kernels = 0

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> BrowserModule:
        return BrowserModule(self, module, options, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        """Whoever reads waits for what was launched."""

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        raise ValueError(f"the browser has no {language!r}; cudawasm emit makes wgsl-browser")

    def native_handle(self) -> Any:
        return self.page


class BrowserModule:
    def __init__(self, device: BrowserDevice, module: Module, options: CompileOptions, addresses: Mapping[str, int]):
        self.device, self.module, self.options, self.addresses = device, module, options, dict(addresses)

    def kernel(self, name: str) -> BrowserKernel:
        """The kernel whose KIR function name this is. Raises KeyError, CompileError."""
        if not self.module.functions[name].is_kernel:
            raise KeyError(name)
        return BrowserKernel(self, name)


class BrowserKernel:
    """A kernel, which is added to the page's device under a name of its own."""

    def __init__(self, module: BrowserModule, kernel: str):
        device = module.device
        device.kernels += 1
        self.device = device
        self.name = f"{kernel}.{device.kernels}"
        web = WebKernel(self.name, module.module, kernel, ((1024, 1, 1),))
        code = host().web_targets()["webgpu"].generate([web], module.options)
        if code.refused:
            raise UnsupportedFeature(code.refused[self.name])
        params: list[dict[str, Any]] = []
        end = 0
        for param in web.function.params:
            start = round_up(end, align_of(param.type))
            end = start + size_of(param.type)
            params.append({"name": param.name, "offset": start, "size": size_of(param.type)})
        self.params: list[dict[str, Any]] = params
        texts = {name: data.decode() for name, data in code.files.items()}
        addresses = {name: str(pointer) for name, pointer in module.addresses.items()}
        device.page.call("add", self.name, {"params": params, "size": end}, code.kernels[self.name], texts, addresses)

    def values(self, params: bytearray) -> list[str]:
        """The bytes of each parameter, as the page takes them."""
        parts = (params[p["offset"] : p["offset"] + p["size"]] for p in self.params)
        return [b64encode(part).decode() for part in parts]

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        shape = {"grid": grid, "block": block, "shared": shared_bytes}
        with self.device.lock:
            sys.stdout.write(self.device.page.call("launch", self.name, shape, self.values(params)))
