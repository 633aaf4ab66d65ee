"""A kernel's SPIR-V in the driver's hands: a pipeline for each block shape and size of dynamic shared memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, LaunchError
from cudawasm.runtime.interface import Dim3
from cudawasm_vulkan.facts import Facts
from cudawasm_vulkan.native import Structures, VulkanError, call, ffi, lib, made

if TYPE_CHECKING:
    from cudawasm_vulkan.device import VulkanDevice

_COMPUTE_STAGE = 0x20
_FULL_SUBGROUPS = 2
_WARP = 32


class Program:
    """The caller holds the device's lock."""

    def __init__(self, device: VulkanDevice, facts: Facts, code: bytes):
        self.device = device
        self.facts = facts
        self._pipelines: dict[tuple[Dim3, int], Any] = {}
        s = Structures()
        words = ffi.from_buffer("uint32_t[]", code)
        shader = s.new("VkShaderModuleCreateInfo", codeSize=len(code), pCode=words)
        self._shader = made("vkCreateShaderModule", "VkShaderModule", device.device, shader, ffi.NULL)
        self._pushed = 8 if facts.is_behind else facts.size
        ranges = s.plain("VkPushConstantRange *", {"stageFlags": _COMPUTE_STAGE, "offset": 0, "size": self._pushed})
        layout = s.new("VkPipelineLayoutCreateInfo", pushConstantRangeCount=int(self._pushed > 0),
                       pPushConstantRanges=ranges if self._pushed else ffi.NULL)  # fmt: skip
        self._layout = made("vkCreatePipelineLayout", "VkPipelineLayout", device.device, layout, ffi.NULL)
        self._bytes = ffi.new("uint8_t[]", max(8, facts.size))
        self._view = ffi.buffer(self._bytes)

    def follow(self, start: int, pointers: bytes) -> None:
        """What stands after the parameters is the same for all launches."""
        self._view[start : start + len(pointers)] = pointers

    def push(self, commands: Any, params: bytearray, size: int) -> None:
        """Give the next launch its parameters, of which ``size`` bytes are the kernel's own."""
        if not self._pushed:
            return
        self._view[0:size] = bytes(params[:size])
        given = self._bytes
        if self.facts.is_behind:
            given = ffi.new("uint64_t *", self.device.arguments.place(self._view[0 : self.facts.size]))
        lib.vkCmdPushConstants(commands, self._layout, _COMPUTE_STAGE, 0, self._pushed, given)

    def pipeline(self, block: Dim3, shared_bytes: int) -> Any:
        """Raises LaunchError, CompileError."""
        key = (block, shared_bytes)
        if key not in self._pipelines:
            self._pipelines[key] = self._make(block, shared_bytes)
        return self._pipelines[key]

    def _make(self, block: Dim3, shared_bytes: int) -> Any:
        facts = self.facts
        if facts.shared + shared_bytes > self.device.shared_bytes:
            needed = f"{facts.shared + shared_bytes} bytes of shared memory"
            raise LaunchError(f"{facts.name} needs {needed}; the device has {self.device.shared_bytes}")
        s = Structures()
        count = max(1, -(-shared_bytes // max(1, facts.dynamic)))  # the last element may be needed in part
        values = [*block, shared_bytes, count, block[0] * block[1] * block[2]]
        data = s.plain("uint32_t[]", values)
        entries = s.plain("VkSpecializationMapEntry[]", [(i, 4 * i, 4) for i in range(len(values))])
        special = s.plain("VkSpecializationInfo *", {"mapEntryCount": len(values), "pMapEntries": entries,
                                                     "dataSize": 4 * len(values), "pData": data})  # fmt: skip
        size = ffi.NULL
        if facts.warps:
            size = s.new("VkPipelineShaderStageRequiredSubgroupSizeCreateInfo", requiredSubgroupSize=_WARP)
        stage = s.new("VkPipelineShaderStageCreateInfo", pNext=size, flags=_FULL_SUBGROUPS if facts.warps else 0,
                      stage=_COMPUTE_STAGE, module=self._shader, pName=s.text(facts.name),
                      pSpecializationInfo=special)  # fmt: skip
        info = s.new("VkComputePipelineCreateInfo", stage=stage[0], layout=self._layout)
        into = s.plain("VkPipeline *")
        device = self.device
        try:
            call("vkCreateComputePipelines", device.device, device.pipelines, 1, info, ffi.NULL, into)
        except VulkanError as error:
            raise CompileError([Diagnostic("E0406", f"the driver does not take {facts.name}: {error}")]) from None
        return into[0]
