"""Loaded modules: SPIR-V made here or read from the disk cache, and launches."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.ir.types import align_of, round_up, size_of
from cudawasm.runtime.cache import code_fingerprint, default_cache, digest, module_digest
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_vulkan.emitter import emitted
from cudawasm_vulkan.facts import Facts
from cudawasm_vulkan.native import lib
from cudawasm_vulkan.pipeline import prepare
from cudawasm_vulkan.programs import Program

if TYPE_CHECKING:
    from cudawasm_vulkan.device import VulkanDevice

KIND = "vulkan"
_COMPUTE_POINT = 1


class VulkanModule:
    """A KIR module on a Vulkan device."""

    def __init__(self, device: VulkanDevice, module: n.Module, options: CompileOptions, addresses: Mapping[str, int]):
        self.device = device
        self.source = module
        self.options = options
        self.addresses = dict(addresses)

    def kernel(self, name: str) -> VulkanKernel:
        """The kernel whose KIR function name this is. Raises KeyError, CompileError."""
        function = self.source.functions[name]
        if not function.is_kernel:
            raise KeyError(name)
        return VulkanKernel(self, function)

    def program(self, name: str, whole_warps: bool) -> Program:
        """A kernel's program, for blocks of whole warps or of any shape. Raises CompileError."""
        facts, code = self.built(name, whole_warps)
        if facts.shared > self.device.shared_bytes:
            what = f"{facts.shared} bytes of shared memory; the device has {self.device.shared_bytes}"
            raise UnsupportedFeature([Diagnostic("E0404", f"{name} needs {what}", self.source.functions[name].span)])
        return Program(self.device, facts, code)

    def built(self, name: str, whole_warps: bool) -> tuple[Facts, bytes]:
        """A kernel's code, from the disk cache when it is there."""
        cache, traits = default_cache(), self.device.traits
        key = digest("kir", module_digest(self.source), name, traits.key, str(whole_warps), fingerprint())
        stored = None if self.options.keep else cache.get(KIND, key)
        if stored is not None:
            size = int.from_bytes(stored[:8], "little")
            return Facts.read(stored[8 : 8 + size]), stored[8 + size :]
        prepared = prepare(self.source, name, traits, whole_warps)
        built = emitted(prepared, name, traits)
        facts = Facts.of(built, prepared)
        if self.options.keep:
            self._keep(name, prepared.module, built.code)
        head = facts.dump()
        cache.put(KIND, key, len(head).to_bytes(8, "little") + head + built.code)
        return facts, built.code

    def _keep(self, name: str, module: n.Module, code: bytes) -> None:
        from cudawasm.emit.spirv_text import assembly

        os.makedirs(self.options.keep, exist_ok=True)
        for suffix, data in ((".spv", code), (".spvasm", assembly(code).encode()),
                             (".kir", print_module(module).encode())):  # fmt: skip
            with open(os.path.join(self.options.keep, name + suffix), "wb") as file:
                file.write(data)


def fingerprint() -> str:
    """Changes with this backend's code and with core's."""
    import cudawasm_vulkan  # noqa: F401

    return code_fingerprint("cudawasm_vulkan", "cudawasm")


class VulkanKernel:
    """A kernel of a loaded module."""

    def __init__(self, module: VulkanModule, function: n.Function):
        self.module = module
        self.device = module.device
        self.function = function
        end = 0
        for var in function.params:
            end = round_up(end, align_of(var.type)) + size_of(var.type)
        self._own_size = end
        self._programs: dict[bool, Program] = {}
        self._programs[True] = self._with_pointers(module.program(function.name, whole_warps=True))
        if not self._programs[True].facts.warps:
            self._programs[False] = self._programs[True]

    def _with_pointers(self, program: Program) -> Program:
        """A program that knows the addresses which follow its parameters."""
        records, facts = self.device.records, program.facts
        found = [records.printed] if facts.prints else []
        found += [records.stopped] if facts.traps else []
        found += [self.module.addresses[name] for name in facts.globals]
        program.follow(round_up(self._own_size, 8), struct.pack(f"<{len(found)}Q", *found))
        return program

    def _program(self, block: Dim3) -> Program:
        """The program for blocks of this shape."""
        whole = block[0] % 32 == 0
        if whole not in self._programs:
            made = self.module.program(self.function.name, whole_warps=False)
            self._programs[whole] = self._with_pointers(made)
        return self._programs[whole]

    def prepare(self, block: Dim3) -> None:
        """Make the pipeline for blocks of this shape. Raises CompileError."""
        with self.device.lock:
            program = self._program(block)
            if not program.facts.dynamic:
                program.pipeline(block, 0)

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Put the kernel in the queue. Raises LaunchError."""
        device = self.device
        with device.lock:
            program = self._program(block)
            facts = program.facts
            pipeline = program.pipeline(block, shared_bytes)
            if facts.reports:
                device.records.clear()
            commands = device.queue.commands()
            lib.vkCmdBindPipeline(commands, _COMPUTE_POINT, pipeline)
            program.push(commands, params, self._own_size)
            lib.vkCmdDispatch(commands, *grid)
            device.queue.written()
            if facts.reports:
                device.queue.finish()
                device.records.report(facts.prints, facts.traps, self.function.name)
