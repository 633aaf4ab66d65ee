"""Loaded modules: programs built by the driver or read from the disk cache, and launches."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyopencl as cl

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, LaunchError
from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.ir.types import Pointer, align_of, round_up, size_of
from cudawasm.runtime.cache import code_fingerprint, default_cache, digest, module_digest
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_opencl.emitter import Emitted, emitted
from cudawasm_opencl.facts import Facts
from cudawasm_opencl.pipeline import prepare

if TYPE_CHECKING:
    from cudawasm_opencl.device import OpenClDevice

KIND = "opencl"
_LOG = re.compile(r"error: \S*?:(\d+):\d+: (.*)|:(\d+):\d+: (?:fatal )?error: (.*)")
"""The forms in which drivers made of Clang give a line and what is wrong with it."""


class OpenClModule:
    """A KIR module on an OpenCL device."""

    def __init__(self, device: OpenClDevice, module: n.Module, options: CompileOptions, addresses: Mapping[str, int]):
        self.device = device
        self.source = module
        self.options = options
        self.addresses = dict(addresses)

    def kernel(self, name: str) -> OpenClKernel:
        """The kernel whose KIR function name this is. Raises KeyError, CompileError."""
        if not self.source.functions[name].is_kernel:
            raise KeyError(name)
        facts, program = self.built(name)
        return OpenClKernel(self, self.source.functions[name], facts, cl.Kernel(program, facts.name))

    def built(self, name: str) -> tuple[Facts, Any]:
        """A kernel's program, from the disk cache when it is there."""
        device, cache = self.device, default_cache()
        key = digest("kir", module_digest(self.source), name, self.options_key(), fingerprint())
        stored = None if self.options.keep else cache.get(KIND, key)
        if stored is not None:
            size = int.from_bytes(stored[:8], "little")
            try:
                program = cl.Program(device.context, [device.device], [stored[8 + size :]])
                return Facts.read(stored[8 : 8 + size]), self._build(program)
            except cl.Error:
                pass  # another build of the driver made it
        prepared = prepare(self.source, name, device.traits)
        made = emitted(prepared, name, device.traits)
        facts = Facts.of(made, prepared)
        if self.options.keep:
            self._keep(name, prepared.module, made)
        program = self._compile(made)
        head = facts.dump()
        cache.put(KIND, key, len(head).to_bytes(8, "little") + head + program.binaries[0])
        return facts, program

    def options_key(self) -> str:
        device = self.device.device
        return digest(self.device.traits.key, device.name, device.platform.version, device.driver_version)

    def _compile(self, made: Emitted) -> Any:
        program = cl.Program(self.device.context, made.text)
        try:
            return self._build(program)
        except cl.Error as error:
            raise CompileError(_diagnostics(made, str(error))) from None

    def _build(self, program: Any) -> Any:
        """The driver's warnings are about text that the user has not written."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", cl.CompilerWarning)
            return program.build(self.device.traits.build_options, cache_dir=False)

    def _keep(self, name: str, module: n.Module, made: Emitted) -> None:
        os.makedirs(self.options.keep, exist_ok=True)
        for suffix, text in ((".cl", made.text), (".kir", print_module(module))):
            with open(os.path.join(self.options.keep, name + suffix), "w", encoding="utf-8") as file:
                file.write(text)


def fingerprint() -> str:
    """Changes with this backend's code and with core's."""
    import cudawasm_opencl  # noqa: F401

    return code_fingerprint("cudawasm_opencl", "cudawasm")


def _diagnostics(made: Emitted, log: str) -> list[Diagnostic]:
    """The driver's complaints at the CUDA lines that its lines came from."""
    found = []
    for match in _LOG.finditer(log):
        line = int(match[1] or match[3]) - 1
        span = made.spans[line] if line < len(made.spans) else None
        found.append(Diagnostic("E0406", f"the OpenCL compiler says: {match[2] or match[4]}", span))
    return found[:8] or [Diagnostic("E0406", f"the OpenCL compiler failed: {log.strip()[:400]}")]


class OpenClKernel:
    """A kernel of a loaded module."""

    def __init__(self, module: OpenClModule, function: n.Function, facts: Facts, kernel: Any):
        self.module = module
        self.device = module.device
        self.function = function
        self.facts = facts
        self.kernel = kernel
        self._places: list[tuple[int, int, bool]] = []
        end = 0
        for var in function.params:
            end = round_up(end, align_of(var.type))
            self._places.append((end, size_of(var.type), isinstance(var.type, Pointer)))
            end += size_of(var.type)

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Put the kernel in the queue. Raises LaunchError."""
        device = self.device
        with device.lock:
            if self.facts.reports:
                device.records.clear()
            for i, argument in enumerate(self.arguments(shared_bytes, params)):
                self.kernel.set_arg(i, argument)
            extents = tuple(g * b for g, b in zip(grid, block, strict=True))
            try:
                cl.enqueue_nd_range_kernel(device.queue, self.kernel, extents, block)
                device.queue.flush()
            except cl.Error as error:
                raise LaunchError(f"{self.function.name} could not be launched: {error}") from None
            if self.facts.reports:
                device.queue.finish()
                device.records.report(self.facts.prints, self.facts.traps, self.function.name)

    def arguments(self, shared_bytes: int, params: bytearray) -> list[Any]:
        """What the driver is given for each parameter of the program."""
        memory = self.device.memory
        found: list[Any] = []
        for start, size, is_pointer in self._places:
            data = bytes(params[start : start + size])
            found += memory.arguments(int.from_bytes(data, "little")) if is_pointer else [data]
        found += memory.arguments(self.device.records.printed) if self.facts.prints else []
        found += memory.arguments(self.device.records.stopped) if self.facts.traps else []
        for name in self.facts.globals:
            found += memory.arguments(self.module.addresses[name])
        found += [cl.LocalMemory(max(16, size)) for size in self.facts.arrays]
        if self.facts.dynamic:
            found.append(cl.LocalMemory(max(16, shared_bytes)))
        if self.facts.dynamic_size:
            found.append(np.uint32(shared_bytes))
        return found
