"""Which Vulkan devices there are, and what they can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cudawasm.runtime.interface import MADE_BY_RUNTIME, DeviceInfo, Limits
from cudawasm_vulkan.native import Structures, ffi, lib, listed, physical_devices, text_of
from cudawasm_vulkan.traits import Traits

_SHARED_OF_OURS = 8 * 1024
"""Shared memory that a block of the largest size may need for exchanges between threads."""
_INTEGRATED, _DISCRETE, _VIRTUAL, _CPU = 1, 2, 3, 4
_KINDS = {_INTEGRATED: "gpu", _DISCRETE: "gpu", _VIRTUAL: "gpu", _CPU: "cpu"}
_COMPUTE_QUEUE = 2
_NVIDIA, _LAVAPIPE = 4, 13
"""Numbers of drivers."""
_COMPUTE_STAGE = 0x20
_WARP = 32
_WARP_OPERATIONS = 0x1 | 0x2 | 0x8 | 0x10  # basic, votes, ballots and shuffles
ATOMIC_FLOAT = "VK_EXT_shader_atomic_float"
SUBGROUP_SIZE = "VK_EXT_subgroup_size_control"


@dataclass(frozen=True, slots=True)
class Found:
    """What a physical device says of itself. The structures are cffi's, each with its ``kept`` owner."""

    kept: Structures
    device: Any
    properties: Any
    features: Any
    features11: Any
    features12: Any
    atomics: Any
    floats: Any
    groups: Any
    sizes: Any
    controls: Any
    extensions: frozenset[str]

    @property
    def kind(self) -> str:
        return _KINDS.get(self.properties.deviceType, "other")

    @property
    def is_unified(self) -> bool:
        """Whether the host and the device have the same memory."""
        return self.properties.deviceType in (_INTEGRATED, _CPU)


def look_at(device: Any) -> Found:
    s = Structures()
    listed_names = listed("vkEnumerateDeviceExtensionProperties", "VkExtensionProperties", device, ffi.NULL)
    names = frozenset(text_of(e.extensionName) for e in listed_names)
    controls = s.new("VkPhysicalDeviceSubgroupSizeControlFeatures")
    atomics = s.new("VkPhysicalDeviceShaderAtomicFloatFeaturesEXT")
    chain = ffi.NULL
    for structure, extension in ((atomics, ATOMIC_FLOAT), (controls, SUBGROUP_SIZE)):
        if extension in names:
            structure.pNext, chain = chain, structure
    features12 = s.new("VkPhysicalDeviceVulkan12Features", pNext=chain)
    features11 = s.new("VkPhysicalDeviceVulkan11Features", pNext=features12)
    features = s.new("VkPhysicalDeviceFeatures2", pNext=features11)
    sizes = s.new("VkPhysicalDeviceSubgroupSizeControlProperties")
    groups = s.new("VkPhysicalDeviceVulkan11Properties", pNext=sizes if SUBGROUP_SIZE in names else ffi.NULL)
    floats = s.new("VkPhysicalDeviceVulkan12Properties", pNext=groups)
    properties = s.new("VkPhysicalDeviceProperties2", pNext=floats)
    lib.vkGetPhysicalDeviceProperties(device, ffi.addressof(properties, "properties"))
    if properties.properties.apiVersion >= 1 << 22 | 2 << 12:
        lib.vkGetPhysicalDeviceProperties2(device, properties)
        lib.vkGetPhysicalDeviceFeatures2(device, features)
    return Found(s, device, properties.properties, features.features, features11, features12, atomics, floats,
                 groups, sizes, controls, names)  # fmt: skip


def compute_family(device: Any) -> int | None:
    """The first kind of queue that runs kernels."""
    count = ffi.new("uint32_t *")
    lib.vkGetPhysicalDeviceQueueFamilyProperties(device, count, ffi.NULL)
    families = ffi.new("VkQueueFamilyProperties[]", max(1, count[0]))
    lib.vkGetPhysicalDeviceQueueFamilyProperties(device, count, families)
    return next((i for i in range(count[0]) if families[i].queueFlags & _COMPUTE_QUEUE), None)


def missing(found: Found) -> str:
    """Why a device cannot be used; empty for one that can."""
    if found.properties.apiVersion < 1 << 22 | 2 << 12:
        return "it is older than Vulkan 1.2"
    needs = {
        "bufferDeviceAddress": found.features12.bufferDeviceAddress,
        "shaderInt64": found.features.shaderInt64,
        "vulkanMemoryModel": found.features12.vulkanMemoryModel,
        "timelineSemaphore": found.features12.timelineSemaphore,
    }
    lacks = [name for name, is_there in needs.items() if not is_there]
    if lacks:
        return f"it lacks {', '.join(lacks)}"
    return "" if compute_family(found.device) is not None else "it has no queue for kernels"


def probe_devices() -> list[DeviceInfo]:
    """Raises an error that says why there is none: of the loader, or what every device lacks."""
    infos, reasons = [], []
    for number, device in enumerate(physical_devices()):
        found = look_at(device)
        reason = missing(found)
        if reason:
            reasons.append(f"{text_of(found.properties.deviceName)}: {reason}")
        else:
            infos.append(device_info(found, number))
    if reasons and not infos:
        raise OSError("; ".join(reasons))
    return infos


def device_info(found: Found, number: int) -> DeviceInfo:
    version = found.properties.apiVersion
    details = {
        "driver": text_of(found.floats.driverName) + " " + text_of(found.floats.driverInfo),
        "version": f"{version >> 22}.{version >> 12 & 1023}.{version & 4095}",
    }
    kind = found.kind
    if kind == "cpu":
        details["compiler"] = "slow"  # a quarter of a second for many kernels; the conformance suite takes a sample
    return DeviceInfo(
        f"vulkan:{number}", "vulkan", kind, text_of(found.properties.deviceName), -20 if kind == "cpu" else 60,
        traits_of(found).features | MADE_BY_RUNTIME, limits_of(found), details, MADE_BY_RUNTIME,
    )  # fmt: skip


def limits_of(found: Found) -> Limits:
    limits = found.properties.limits
    threads = min(1024, limits.maxComputeWorkGroupInvocations)
    x, y, z = (min(most, limits.maxComputeWorkGroupSize[i]) for i, most in enumerate((1024, 1024, 64)))
    grid = [min(most, limits.maxComputeWorkGroupCount[i]) for i, most in enumerate((2**31 - 1, 65535, 65535))]
    shared = min(232448, limits.maxComputeSharedMemorySize - _SHARED_OF_OURS)
    return Limits(threads, (x, y, z), (grid[0], grid[1], grid[2]), shared)


def warps_are_subgroups(found: Found) -> bool:
    """Whether a subgroup of a kernel can be made to be 32 threads, with the operations of a warp."""
    sizes, controls = found.sizes, found.controls
    fits = sizes.minSubgroupSize <= _WARP <= sizes.maxSubgroupSize
    can_choose = sizes.requiredSubgroupSizeStages & _COMPUTE_STAGE and controls.subgroupSizeControl
    has_all = found.groups.subgroupSupportedOperations & _WARP_OPERATIONS == _WARP_OPERATIONS
    return bool(fits and can_choose and controls.computeFullSubgroups and has_all)


def traits_of(found: Found) -> Traits:
    """What code for the device may use."""
    f, f11, f12, floats = found.features, found.features11, found.features12, found.floats
    is_nvidia = floats.driverID == _NVIDIA
    exact = found.kind == "cpu"  # its division and square root are the processor's; Vulkan itself promises 2.5 ulp
    return Traits(
        f64=bool(f.shaderFloat64),
        f16=bool(f12.shaderFloat16),
        narrow8=bool(f12.shaderInt8 and f12.storageBuffer8BitAccess),
        narrow16=bool(f.shaderInt16 and f11.storageBuffer16BitAccess),
        atomics64=bool(f12.shaderBufferInt64Atomics),
        shared_atomics64=bool(f12.shaderSharedInt64Atomics),
        # A hash map in such memory came out empty on Mesa 22, for a reason not known yet.
        dynamic_atomics64=found.floats.driverID != _LAVAPIPE,
        float_adds=bool(found.atomics.shaderBufferFloat32AtomicAdd and found.atomics.shaderSharedFloat32AtomicAdd),
        double_adds=bool(found.atomics.shaderBufferFloat64AtomicAdd and found.atomics.shaderSharedFloat64AtomicAdd),
        exact_divide=exact,
        exact_sqrt=exact,
        exact_fma=found.kind != "cpu",  # lavapipe rounds the product
        close=is_nvidia,  # compared bit by bit with those of PTX
        whole_fma=not is_nvidia,
        whole_halves=not is_nvidia,
        exact_zeros=found.floats.driverID != _LAVAPIPE,  # its builder takes x + 0 to be x
        # Mesa 22's optimiser takes a sign-extended integer to be larger than every constant.
        sound_extension=found.floats.driverID != _LAVAPIPE,
        fuses=found.kind != "cpu",
        rounds16=bool(floats.shaderRoundingModeRTEFloat16),
        # It rounds to nearest anyway, and divides more slowly when it is asked to.
        rounds32=not is_nvidia and bool(floats.shaderRoundingModeRTEFloat32),
        rounds64=bool(floats.shaderRoundingModeRTEFloat64),
        # It does not promise to keep denormal numbers because ``Fma`` does not; all else does, but only when asked.
        denormals32=is_nvidia or bool(floats.shaderDenormPreserveFloat32),
        denormals64=is_nvidia or bool(floats.shaderDenormPreserveFloat64),
        specials32=bool(floats.shaderSignedZeroInfNanPreserveFloat32),
        specials64=bool(floats.shaderSignedZeroInfNanPreserveFloat64),
        device_scope=bool(f12.vulkanMemoryModelDeviceScope),
        subgroups=warps_are_subgroups(found) and bool(found.features12.shaderSubgroupExtendedTypes),
        parameter_bytes=int(found.properties.limits.maxPushConstantsSize),
    )
