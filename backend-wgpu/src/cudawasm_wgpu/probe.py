"""Which WebGPU adapters there are, and what they can do."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from typing import Any

from cudawasm.runtime.interface import MADE_BY_RUNTIME, DeviceInfo, Limits
from cudawasm_wgpu.traits import Traits

_SHARED_OF_OURS = 8 * 1024
"""Shared memory that a block of the largest size may need for exchanges between threads."""
WANTED = ("shader-f64", "shader-int64", "shader-int64-atomic-all-ops", "timestamp-query")
"""Features that are asked for where an adapter has them."""
_NVIDIA = 0x10DE
_SOFTWARE = ("llvmpipe", "swiftshader", "lavapipe")


@cache
def adapters() -> tuple[Any, ...]:
    """Every adapter but those of OpenGL, which lacks what compute needs. Raises wgpu's error where it cannot load."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.gettempdir()  # else the driver complains on stderr
    import wgpu

    return tuple(a for a in wgpu.gpu.enumerate_adapters_sync() if a.info["backend_type"] != "OpenGL")


def probe_devices() -> list[DeviceInfo]:
    return [device_info(adapter, i) for i, adapter in enumerate(adapters())]


def device_info(adapter: Any, number: int) -> DeviceInfo:
    info = adapter.info
    kind = "cpu" if info["adapter_type"] == "CPU" else "gpu"
    details = {"api": info["backend_type"], "vendor": str(info["vendor"]), "driver": str(info["description"])}
    if is_software(adapter):
        details["compiler"] = "slow"  # tens of milliseconds for the least kernel; the conformance suite takes a sample
    return DeviceInfo(
        f"wgpu:{number}", "wgpu", kind, info["device"], 30 if kind == "gpu" else -30,
        traits_of(adapter).features | MADE_BY_RUNTIME, limits_of(adapter), details, MADE_BY_RUNTIME,
    )  # fmt: skip


def is_software(adapter: Any) -> bool:
    return any(word in adapter.info["device"].lower() for word in _SOFTWARE)


def traits_of(adapter: Any) -> Traits:
    """What code for an adapter may use."""
    features, info = adapter.features, adapter.info
    is_nvidia_vulkan = info["vendor_id"] == _NVIDIA and info["backend_type"] == "Vulkan"
    has_i64 = "shader-int64" in features
    return Traits(
        i64=has_i64,
        f64=has_i64 and "shader-f64" in features,
        atomics64=has_i64 and "shader-int64-atomic-all-ops" in features,
        exact_divide=is_software(adapter),  # LLVM's division, which rounds as C's
        denormals=is_software(adapter),  # naga asks for nothing, and drivers of GPUs take what is faster
        fused=not is_software(adapter),  # llvmpipe multiplies and adds
        fences=is_software(adapter),  # its atomics are sequentially consistent
        close=is_nvidia_vulkan,  # compared bit by bit with those of PTX
        sure_min_max=is_nvidia_vulkan,
        reassociates=True,  # Mesa does for all its devices, and so does NVIDIA's driver; none promises not to
        contracts=not is_software(adapter),
        finite=not is_software(adapter),
        fuses=not is_software(adapter),
        weak_swaps=adapter.info["backend_type"] == "Metal",  # SPIR-V and DXIL have the strong form only
        leaves_loops=not is_software(adapter),
        confuses_widths=is_software(adapter),  # seen in Mesa 22.3
    )


def limits_of(adapter: Any) -> Limits:
    limits = adapter.limits
    x, y, z = (
        min(most, limits[f"max-compute-workgroup-size-{a}"]) for a, most in zip("xyz", (1024, 1024, 64), strict=True)
    )
    most = min(1024, limits["max-compute-invocations-per-workgroup"])
    shared = limits["max-compute-workgroup-storage-size"] - _SHARED_OF_OURS
    return Limits(most, (x, y, z), (2**31 - 1, 65535, 65535), min(232448, shared))
