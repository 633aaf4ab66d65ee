"""WebAssembly in this process: the modules that browsers run, by wasmtime."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3
from cudawasm.runtime.memory_device import MemoryDevice
from cudawasm.runtime.records import Records
from cudawasm_cpu.machine import Machine, wasm_machine
from cudawasm_cpu.pool import thread_count
from cudawasm_cpu.wasm.engine import Engine
from cudawasm_cpu.wasm.memory import LinearMemory


class WasmDevice(MemoryDevice[LinearMemory]):
    """Device pointers are indices of linear memory. Every launch and copy is complete when its call returns."""

    def __init__(self, info: DeviceInfo, machine: Machine | None = None) -> None:
        """``machine``: one of ``wasm_machine``'s, with threads; by default the best that the engine runs."""
        self.info = info
        self.lock = threading.RLock()
        self.engine = Engine(thread_count())
        self.memory = self.engine.memory
        self.records = Records(self.memory)
        self.machine = machine or wasm_machine(threads=True, relaxed=self.engine.multiplies_and_adds_at_once())
        self.left: deque[int] = deque()
        """Memory of kernels that are gone, at any time and in any thread; ``allocate`` frees it."""
        self._arena = (0, 0)

    def allocate(self, nbytes: int) -> int:
        with self.lock:
            while self.left:
                self.memory.free(self.left.popleft())
            return self.memory.allocate(nbytes)

    def arena(self, nbytes: int) -> int:
        """Memory for the blocks under way, which launches use one after the other."""
        address, size = self._arena
        if nbytes > size:
            if address:
                self.memory.free(address)
                self._arena = 0, 0  # there may be no room for a larger one
            self._arena = address, size = self.memory.allocate(nbytes), nbytes
        return address

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> Any:
        """A module whose kernels compile at their first launch."""
        from cudawasm_cpu.wasm.kernels import WasmModule

        return WasmModule(self, module, options, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        """Everything is complete already."""

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        """WebAssembly text ("wasm") of a kernel."""
        from cudawasm_cpu.wasm.targets import generated_text

        return generated_text(module, kernel, block, language, CompileOptions())

    def native_handle(self) -> Any:
        """The wasmtime engine."""
        return self.engine.engine
