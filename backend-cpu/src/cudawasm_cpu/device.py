"""The CPU as a device: host memory, modules of KIR, kernels specialised by block shape."""

from __future__ import annotations

import ctypes
import os
import platform
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3, Limits

if TYPE_CHECKING:
    from cudawasm_cpu.machine import Machine
    from cudawasm_cpu.pool import ThreadPool
    from cudawasm_cpu.processor import Processor

FEATURES = frozenset((
    "f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64", "shared", "barrier", "atomics", "atomics64",
    "float_atomics", "warp", "printf", "assert", "clock",
    "cooperative", "host_memory", "generic_pointers", "stored_pointers", "bounds_checks", "fences", "denormals",
))  # fmt: skip
EMULATED = frozenset(("bf16", "f16"))
"""Computed in single precision and rounded after every operation."""
_ALIGN = 256


def device_info() -> DeviceInfo:
    """Who the CPU is; loads nothing."""
    return DeviceInfo(
        "cpu", "cpu", "cpu", f"{_processor_name()}", 10, FEATURES, Limits(),
        {"cores": str(os.cpu_count() or 1), "architecture": platform.machine()}, EMULATED,
    )  # fmt: skip


def _processor_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


class CpuDevice:
    """Device pointers are host addresses. Every launch and copy is complete when its call returns."""

    def __init__(self) -> None:
        self.info = device_info()
        self._blocks: dict[int, tuple[Any, int]] = {}
        self._lock = threading.Lock()
        self._pool: ThreadPool | None = None
        self.version = 0

    @property
    def machine(self) -> Machine:
        """What code is generated for."""
        from cudawasm_cpu.machine import host_machine

        return host_machine()

    @property
    def processor(self) -> Processor:
        """What runs it."""
        pool = self._pool
        if pool is None or pool.process != os.getpid():  # a forked child has a pool of its own
            from cudawasm_cpu.pool import shared_pool

            pool = self._pool = shared_pool(self.machine)
        return pool

    def allocate(self, nbytes: int) -> int:
        """A device pointer to ``nbytes`` bytes, aligned to 256. Raises MemoryError."""
        buffer = np.empty(max(1, nbytes) + _ALIGN, np.uint8)
        start = int(buffer.ctypes.data)
        pointer = (start + _ALIGN - 1) // _ALIGN * _ALIGN
        with self._lock:
            self._blocks[pointer] = (buffer, nbytes)
            self.version += 1
        return pointer

    def free(self, pointer: int) -> None:
        """Give an allocation back. Raises KeyError for a pointer that ``allocate`` did not return."""
        with self._lock:
            del self._blocks[pointer]
            self.version += 1

    def allocations(self) -> list[tuple[int, int]]:
        """(start, end) of every allocation."""
        with self._lock:
            return sorted((p, p + size) for p, (_, size) in self._blocks.items())

    def write(self, pointer: int, data: memoryview, stream: int = 0) -> None:
        source = np.frombuffer(data, np.uint8)
        ctypes.memmove(pointer, int(source.ctypes.data), source.nbytes)

    def read(self, pointer: int, into: memoryview, stream: int = 0) -> None:
        target = np.frombuffer(into, np.uint8)
        ctypes.memmove(int(target.ctypes.data), pointer, target.nbytes)

    def copy(self, destination: int, source: int, nbytes: int, stream: int = 0) -> None:
        ctypes.memmove(destination, source, nbytes)

    def fill(self, pointer: int, byte: int, nbytes: int, stream: int = 0) -> None:
        ctypes.memset(pointer, byte, nbytes)

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> Any:
        """A module whose kernels compile at their first launch."""
        from cudawasm_cpu.kernels import CpuModule

        return CpuModule(self, module, options, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        """Everything is complete already."""

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        """LLVM IR before ("llvm-raw") or after optimisation ("llvm"), or assembly ("asm"), of a kernel."""
        from cudawasm_cpu.targets import generated_text

        return generated_text(module, kernel, block, language, self.machine, CompileOptions())

    def native_handle(self) -> None:
        return None
