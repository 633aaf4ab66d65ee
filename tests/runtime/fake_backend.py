"""A backend for tests: a device with host memory whose kernels are Python functions, and plugins of it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from cudawasm.hookspecs import hookimpl
from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3, Limits

Body = Callable[[bytes], None]


def info(name: str = "fake", priority: int = 1, host_memory: bool = True) -> DeviceInfo:
    features = frozenset(("f64", "i64", "host_memory") if host_memory else ("f64", "i64"))
    limits = Limits(max_threads_per_block=1024, max_shared_bytes=49152)
    return DeviceInfo(name, "fake", "cpu", "a device for tests", priority, features, limits)


class FakeKernel:
    def __init__(self, device: FakeDevice, name: str):
        self.device = device
        self.name = name

    def prepare(self, block: Dim3) -> None:
        self.device.prepared.append((self.name, block))
        if self.device.refuse_block:
            raise self.device.refuse_block

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        self.device.launches.append((self.name, grid, block, shared_bytes, stream, bytes(params)))
        body = self.device.bodies.get(self.name)
        if body:
            body(bytes(params))


class FakeLoaded:
    def __init__(self, device: FakeDevice):
        self.device = device

    def kernel(self, name: str) -> FakeKernel:
        return FakeKernel(self.device, name)


class FakeDevice:
    """Records what it is asked to do; ``room`` limits the bytes that it gives."""

    def __init__(self, device_info: DeviceInfo, room: int = 1 << 40):
        self.info = device_info
        self.room = room
        self.memory: dict[int, Any] = {}
        self.launches: list[tuple[Any, ...]] = []
        self.loads: list[tuple[Module, CompileOptions, dict[str, int]]] = []
        self.bodies: dict[str, Body] = {}
        self.synchronized: list[int | None] = []
        self.refuse: Exception | None = None
        self.refuse_block: Exception | None = None
        self.prepared: list[tuple[str, Dim3]] = []

    def allocate(self, nbytes: int) -> int:
        if nbytes > self.room:
            raise MemoryError(f"{nbytes} bytes")
        self.room -= nbytes
        buffer = ctypes.create_string_buffer(nbytes + 256)
        pointer = (ctypes.addressof(buffer) + 255) // 256 * 256
        self.memory[pointer] = (buffer, nbytes)
        return pointer

    def free(self, pointer: int) -> None:
        self.room += self.memory.pop(pointer)[1]

    def write(self, pointer: int, data: memoryview, stream: int = 0) -> None:
        ctypes.memmove(pointer, bytes(data), data.nbytes)

    def read(self, pointer: int, into: memoryview, stream: int = 0) -> None:
        into[:] = memoryview(ctypes.string_at(pointer, into.nbytes))

    def copy(self, destination: int, source: int, nbytes: int, stream: int = 0) -> None:
        ctypes.memmove(destination, source, nbytes)

    def fill(self, pointer: int, byte: int, nbytes: int, stream: int = 0) -> None:
        ctypes.memset(pointer, byte, nbytes)

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> FakeLoaded:
        if self.refuse:
            raise self.refuse
        self.loads.append((module, options, dict(global_addresses)))
        return FakeLoaded(self)

    def synchronize(self, stream: int | None = None) -> None:
        self.synchronized.append(stream)

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        if language != "asm":
            raise ValueError(f'no language "{language}"')
        return f"; {kernel} for {block}"

    def native_handle(self) -> Any:
        return None


class FakePlugin:
    """A plugin object with two devices, "fake:0" and "fake:1"."""

    __name__ = "fake_plugin"

    def __init__(self, *infos: DeviceInfo):
        self.infos = infos or (info("fake:0", 2), info("fake:1", 1))
        self.probes = 0

    @hookimpl
    def cudawasm_probe_devices(self) -> tuple[DeviceInfo, ...]:
        self.probes += 1
        return self.infos

    @hookimpl
    def cudawasm_open_device(self, info: DeviceInfo) -> FakeDevice | None:
        return FakeDevice(info) if info in self.infos else None
