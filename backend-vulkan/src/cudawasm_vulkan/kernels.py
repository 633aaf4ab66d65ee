"""Loaded modules: SPIR-V made here or read from the disk cache, and launches."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, LaunchError, UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.ir.types import align_of, round_up, size_of
from cudawasm.runtime.cache import code_fingerprint, default_cache, digest
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_vulkan.emitter import emitted
from cudawasm_vulkan.facts import Facts
from cudawasm_vulkan.native import Structures, VulkanError, call, ffi, lib, made
from cudawasm_vulkan.pipeline import prepare

if TYPE_CHECKING:
    from cudawasm_vulkan.device import VulkanDevice

KIND = "vulkan"
_COMPUTE_STAGE, _COMPUTE_POINT = 0x20, 1


class VulkanModule:
    """A KIR module on a Vulkan device."""

    def __init__(self, device: VulkanDevice, module: n.Module, options: CompileOptions, addresses: Mapping[str, int]):
        if options.bounds_checks:
            raise UnsupportedFeature([Diagnostic("E0404", f"{device.info.name} does not check bounds")])
        self.device = device
        self.source = module
        self.options = options
        self.addresses = dict(addresses)

    def kernel(self, name: str) -> VulkanKernel:
        """The kernel whose KIR function name this is. Raises KeyError, CompileError."""
        function = self.source.functions[name]
        if not function.is_kernel:
            raise KeyError(name)
        facts, code = self.built(name)
        if facts.shared > self.device.shared_bytes:
            what = f"{facts.shared} bytes of shared memory; the device has {self.device.shared_bytes}"
            raise UnsupportedFeature([Diagnostic("E0404", f"{name} needs {what}", function.span)])
        return VulkanKernel(self, function, facts, code)

    def built(self, name: str) -> tuple[Facts, bytes]:
        """A kernel's code, from the disk cache when it is there."""
        cache, traits = default_cache(), self.device.traits
        key = digest("kir", print_module(self.source, locations=True), name, traits.key, fingerprint())
        stored = None if self.options.keep else cache.get(KIND, key)
        if stored is not None:
            size = int.from_bytes(stored[:8], "little")
            return Facts.read(stored[8 : 8 + size]), stored[8 + size :]
        prepared = prepare(self.source, name, traits)
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
    """A kernel of a loaded module; a pipeline for each block shape and size of dynamic shared memory."""

    def __init__(self, module: VulkanModule, function: n.Function, facts: Facts, code: bytes):
        self.module = module
        self.device = module.device
        self.function = function
        self.facts = facts
        self._pipelines: dict[tuple[Dim3, int], Any] = {}
        device = self.device.device
        s = Structures()
        words = s.plain("uint32_t[]", struct.unpack(f"<{len(code) // 4}I", code))
        shader = s.new("VkShaderModuleCreateInfo", codeSize=len(code), pCode=words)
        self._shader = made("vkCreateShaderModule", "VkShaderModule", device, shader, ffi.NULL)
        self._pushed = 8 if facts.is_behind else facts.size
        ranges = s.plain("VkPushConstantRange *", {"stageFlags": _COMPUTE_STAGE, "offset": 0, "size": self._pushed})
        layout = s.new("VkPipelineLayoutCreateInfo", pushConstantRangeCount=int(self._pushed > 0),
                       pPushConstantRanges=ranges if self._pushed else ffi.NULL)  # fmt: skip
        self._layout = made("vkCreatePipelineLayout", "VkPipelineLayout", device, layout, ffi.NULL)
        end = 0
        for var in function.params:
            end = round_up(end, align_of(var.type)) + size_of(var.type)
        self._own_size = end
        self._bytes = ffi.new("uint8_t[]", max(8, facts.size))
        self._view = ffi.buffer(self._bytes)
        self._hidden = self._hidden_pointers()

    def _hidden_pointers(self) -> bytes:
        """The addresses that follow the parameters."""
        records = self.device.records
        found = [records.printed] if self.facts.prints else []
        found += [records.stopped] if self.facts.traps else []
        found += [self.module.addresses[name] for name in self.facts.globals]
        return struct.pack(f"<{len(found)}Q", *found)

    def prepare(self, block: Dim3) -> None:
        """Make the pipeline for blocks of this shape. Raises CompileError."""
        with self.device.lock:
            if not self.facts.dynamic:
                self.pipeline(block, 0)

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Put the kernel in the queue. Raises LaunchError."""
        device, facts = self.device, self.facts
        with device.lock:
            pipeline = self.pipeline(block, shared_bytes)
            if facts.reports:
                device.records.clear()
            self._fill(params)
            commands = device.queue.commands()
            lib.vkCmdBindPipeline(commands, _COMPUTE_POINT, pipeline)
            if self._pushed:
                lib.vkCmdPushConstants(commands, self._layout, _COMPUTE_STAGE, 0, self._pushed, self._arguments())
            lib.vkCmdDispatch(commands, *grid)
            device.queue.written()
            if facts.reports:
                device.queue.finish()
                device.records.report(facts.prints, facts.traps, self.function.name)

    def _fill(self, params: bytearray) -> None:
        """The bytes of all parameters."""
        self._view[0 : self._own_size] = bytes(params[: self._own_size])
        if self._hidden:
            start = round_up(self._own_size, 8)
            self._view[start : start + len(self._hidden)] = self._hidden

    def _arguments(self) -> Any:
        if not self.facts.is_behind:
            return self._bytes
        address = self.device.arguments.place(self._view[0 : self.facts.size])
        return ffi.new("uint64_t *", address)

    def pipeline(self, block: Dim3, shared_bytes: int) -> Any:
        key = (block, shared_bytes)
        if key not in self._pipelines:
            self._pipelines[key] = self._make(block, shared_bytes)
        return self._pipelines[key]

    def _make(self, block: Dim3, shared_bytes: int) -> Any:
        if self.facts.shared + shared_bytes > self.device.shared_bytes:
            raise LaunchError(
                f"{self.function.name} needs {self.facts.shared + shared_bytes} bytes of shared memory; "
                f"the device has {self.device.shared_bytes}"
            )
        s = Structures()
        count = max(1, shared_bytes // max(1, self.facts.dynamic))
        data = s.plain("uint32_t[]", [*block, shared_bytes, count])
        entries = s.plain("VkSpecializationMapEntry[]", [(i, 4 * i, 4) for i in range(5)])
        special = s.plain("VkSpecializationInfo *", {"mapEntryCount": 5, "pMapEntries": entries, "dataSize": 20,
                                                     "pData": data})  # fmt: skip
        stage = s.new("VkPipelineShaderStageCreateInfo", stage=_COMPUTE_STAGE, module=self._shader,
                      pName=s.text(self.facts.name), pSpecializationInfo=special)  # fmt: skip
        info = s.new("VkComputePipelineCreateInfo", stage=stage[0], layout=self._layout)
        into = s.plain("VkPipeline *")
        device = self.device
        try:
            call("vkCreateComputePipelines", device.device, device.pipelines, 1, info, ffi.NULL, into)
        except VulkanError as error:
            text = f"the driver does not take {self.function.name}: {error}"
            raise CompileError([Diagnostic("E0406", text, self.function.span)]) from None
        return into[0]
