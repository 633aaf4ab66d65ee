"""A Vulkan device: one queue in order, which makes every stream's ordering CUDA's."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3
from cudawasm.runtime.memory_device import MemoryDevice
from cudawasm.runtime.records import Records
from cudawasm_vulkan.arguments import Arguments
from cudawasm_vulkan.memory import DeviceMemory
from cudawasm_vulkan.native import Structures, ffi, made, physical_devices
from cudawasm_vulkan.probe import ATOMIC_FLOAT, SUBGROUP_SIZE, Found, compute_family, look_at, traits_of
from cudawasm_vulkan.queue import Queue
from cudawasm_vulkan.traits import Traits


class VulkanDevice(MemoryDevice[DeviceMemory]):
    """``traits`` other than the device's own, with fewer of them set, are for tests."""

    def __init__(self, info: DeviceInfo, traits: Traits | None = None):
        physical = physical_devices()[int(info.name.partition(":")[2])]
        found = look_at(physical)
        family = compute_family(physical)
        assert family is not None
        self.info = info
        self.traits = traits or traits_of(found)
        self.device = _open(found, family)
        self.lock = threading.RLock()
        self.queue = Queue(self.device, family)
        self.memory = DeviceMemory(physical, self.device, self.queue, found.is_unified)
        self.records = Records(self.memory)
        self.arguments = Arguments(self.memory)
        self.shared_bytes = int(found.properties.limits.maxComputeSharedMemorySize)
        cache = Structures().new("VkPipelineCacheCreateInfo")
        self.pipelines = made("vkCreatePipelineCache", "VkPipelineCache", self.device, cache, ffi.NULL)

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> Any:
        """A module whose kernels are made now, so that what the device cannot do is refused now."""
        from cudawasm_vulkan.kernels import VulkanModule

        return VulkanModule(self, module, options, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        with self.lock:
            self.queue.finish()

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        """SPIR-V assembly ("spirv") of a kernel."""
        from cudawasm_vulkan.targets import generated_text

        return generated_text(module, kernel, language, CompileOptions(), self.traits)

    def native_handle(self) -> Any:
        """The VkDevice, as cffi has it."""
        return self.device

    def with_traits(self, **changes: Any) -> VulkanDevice:
        """The same device, used as if it could do less."""
        return VulkanDevice(self.info, replace(self.traits, **changes))


def _open(found: Found, family: int) -> Any:
    """A device with every feature that kernels may use."""
    s = Structures()
    priorities = s.plain("float[]", [1.0])
    queue = s.new("VkDeviceQueueCreateInfo", queueFamilyIndex=family, queueCount=1, pQueuePriorities=priorities)
    f, f11, f12 = found.features, found.features11, found.features12
    names = []
    atomics = ffi.NULL
    if found.atomics.shaderBufferFloat32Atomics:
        wanted = ("shaderBufferFloat32Atomics", "shaderBufferFloat32AtomicAdd", "shaderSharedFloat32Atomics",
                  "shaderSharedFloat32AtomicAdd", "shaderBufferFloat64Atomics", "shaderBufferFloat64AtomicAdd",
                  "shaderSharedFloat64Atomics", "shaderSharedFloat64AtomicAdd")  # fmt: skip
        atomics = s.new("VkPhysicalDeviceShaderAtomicFloatFeaturesEXT",
                        **{name: getattr(found.atomics, name) for name in wanted})  # fmt: skip
        names.append(s.text(ATOMIC_FLOAT))
    controls = atomics
    if SUBGROUP_SIZE in found.extensions:
        controls = s.new("VkPhysicalDeviceSubgroupSizeControlFeatures", pNext=atomics,
                         subgroupSizeControl=found.controls.subgroupSizeControl,
                         computeFullSubgroups=found.controls.computeFullSubgroups)  # fmt: skip
        names.append(s.text(SUBGROUP_SIZE))
    wanted12 = ("bufferDeviceAddress", "vulkanMemoryModel", "vulkanMemoryModelDeviceScope", "timelineSemaphore",
                "shaderInt8", "shaderFloat16", "storageBuffer8BitAccess", "shaderBufferInt64Atomics",
                "shaderSharedInt64Atomics", "scalarBlockLayout", "shaderSubgroupExtendedTypes")  # fmt: skip
    features12 = s.new("VkPhysicalDeviceVulkan12Features", pNext=controls, **{n: getattr(f12, n) for n in wanted12})
    features11 = s.new("VkPhysicalDeviceVulkan11Features", pNext=features12,
                       storageBuffer16BitAccess=f11.storageBuffer16BitAccess)  # fmt: skip
    plain = {n: getattr(f, n) for n in ("shaderInt64", "shaderInt16", "shaderFloat64")}
    features = s.new("VkPhysicalDeviceFeatures2", pNext=features11, features=plain)
    info = s.new("VkDeviceCreateInfo", pNext=features, queueCreateInfoCount=1, pQueueCreateInfos=queue,
                 enabledExtensionCount=len(names),
                 ppEnabledExtensionNames=s.plain("char *[]", names) if names else ffi.NULL)  # fmt: skip
    return made("vkCreateDevice", "VkDevice", found.device, info, ffi.NULL)
