"""Loaded modules: kernels compiled and instantiated per block shape, and launches."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cudawasm.errors import LaunchError
from cudawasm.ir import nodes as n
from cudawasm.passes.refuse_features import refuse_features
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_cpu.wasm.compilation import kernel_object, refuse_large_frames
from cudawasm_cpu.wasm.driver_ir import JOB_BYTES, job_bytes
from cudawasm_cpu.wasm.features import FEATURES
from cudawasm_cpu.wasm.linker import link
from cudawasm_cpu.wasm.object_file import read_object

if TYPE_CHECKING:
    from cudawasm_cpu.wasm.device import WasmDevice

_SMALL = 200_000
"""Launches of less estimated work (lane operations) than this are not worth another thread."""
_SHARED_OF_BATCH = 1 << 17


class WasmModule:
    """A KIR module on WebAssembly."""

    def __init__(self, device: WasmDevice, module: n.Module, options: CompileOptions, addresses: Mapping[str, int]):
        self.device = device
        self.source = module
        self.options = options
        self.addresses = dict(addresses)

    def kernel(self, name: str) -> WasmKernel:
        """The kernel whose KIR function name this is. Raises KeyError, UnsupportedFeature."""
        if not self.source.functions[name].is_kernel:
            raise KeyError(name)
        refuse_features(self.source, name, FEATURES)
        return WasmKernel(self, name)


class Specialized:
    """A kernel for one block shape: code, and memory for its launches."""

    def __init__(self, module: WasmModule, name: str, block: Dim3):
        device, function = module.device, module.source.functions[name]
        self.left, self.data, self.job = device.left, 0, 0
        self.facts, code = kernel_object(module.source, name, block, device.machine, module.options)
        data = sum(s.size + (1 << s.alignment) for s in read_object(code).segments)
        if data:
            self.data = device.allocate(data)
        self.linked = link(code, [self.facts.export], self.data, shared=True)
        refuse_large_frames(self.linked, function)
        self.module = device.engine.module(self.linked)
        self.functions: list[Callable[[int, int], None]] = []
        self.threads = block[0] * block[1] * block[2]
        params = -(-self.facts.params // 8) * 8 + 16
        self.job = device.allocate(JOB_BYTES + params + 128 + 8 * len(self.facts.globals))
        self.globals = self.job + JOB_BYTES
        self.params = self.globals + 8 * len(self.facts.globals)
        addresses = [module.addresses[g] for g in self.facts.globals]
        device.memory.store(self.globals, struct.pack(f"<{len(addresses)}Q", *addresses))

    def __del__(self) -> None:
        self.left.extend(pointer for pointer in (self.data, self.job) if pointer)


class WasmKernel:
    """A kernel of a loaded module."""

    def __init__(self, module: WasmModule, name: str):
        self.module = module
        self.device = module.device
        self.name = name
        self._by_block: dict[Dim3, Specialized] = {}

    def prepare(self, block: Dim3) -> None:
        """Compile for a block shape now. Raises CompileError."""
        with self.device.lock:
            self.specialized(block)

    def specialized(self, block: Dim3) -> Specialized:
        if block not in self._by_block:
            self._by_block[block] = Specialized(self.module, self.name, block)
        return self._by_block[block]

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Run the kernel to its end. Raises LaunchError when it stopped."""
        device = self.device
        with device.lock:
            special = self.specialized(block)
            facts = special.facts
            if facts.reports:
                device.records.clear()
            workers = self._fill_job(special, grid, shared_bytes, params)
            try:
                device.engine.run(special.functions[:workers], special.job)
                device.memory.check_null()
            except LaunchError as error:
                span = self.module.source.functions[self.name].span
                where = f"{span.file.name}:{span.line}: " if span else ""
                raise LaunchError(f"{where}{error.message}; kernel {self.name}", cause="address") from None
            if facts.reports:
                device.records.report(facts.prints, facts.traps, self.name)

    def _fill_job(self, special: Specialized, grid: Dim3, shared_bytes: int, params: bytearray) -> int:
        """Write what the workers read; how many of them there should be."""
        device, facts = self.device, special.facts
        blocks = grid[0] * grid[1] * grid[2]
        workers = device.engine.workers
        if blocks * special.threads * max(1, facts.cost) < _SMALL or blocks == 1:
            workers = 1
        for worker in range(len(special.functions), workers):
            made = device.engine.function(special.module, special.linked, facts.export, worker)
            special.functions.append(made)
        shared = (facts.static_shared + shared_bytes + 127) & ~63
        batch = max(1, min(facts.batch, _SHARED_OF_BATCH // shared))
        storage = batch * shared
        stride = (storage + facts.storage + 255) & ~63
        arenas = device.arena(workers * stride)
        chunk = blocks if workers == 1 else max(1, min(blocks // (workers * 8), 1024))
        job = job_bytes(
            grid, shared_bytes, params=special.params, globals=special.globals, storage=storage, shared=shared,
            arenas=arenas, stride=stride, batch=batch, total=blocks, chunk=chunk,
        )  # fmt: skip
        device.memory.store(special.job, job)
        hidden = [device.records.printed] if facts.prints else []
        hidden += [device.records.stopped] if facts.traps else []
        own = bytes(params[: facts.params]).ljust(-(-facts.params // 8) * 8, b"\0")
        device.memory.store(special.params, own + struct.pack(f"<{len(hidden)}Q", *hidden))
        return workers
