"""Which OpenCL devices there are, and what they can do."""

from __future__ import annotations

from typing import Any

from cudawasm.runtime.interface import MADE_BY_RUNTIME, DeviceInfo, Limits
from cudawasm_opencl.traits import Traits

_SHARED_OF_OURS = 8 * 1024
"""Shared memory that a block of the largest size may need for exchanges between threads."""


def all_devices() -> list[Any]:
    """Every device of every platform. Raises pyopencl's error where there is no platform."""
    import pyopencl as cl

    found = []
    for platform in cl.get_platforms():
        found += platform.get_devices()
    return found


def probe_devices() -> list[DeviceInfo]:
    """Raises ImportError or pyopencl's error, which say why there is none."""
    return [info for i, device in enumerate(all_devices()) if (info := device_info(device, i)) is not None]


def device_info(device: Any, number: int) -> DeviceInfo | None:
    """Who a device is; None for one that is not there or whose pointers have another size than CUDA's."""
    if not device.available or not device.compiler_available or device.address_bits != 64:
        return None
    traits = traits_of(device)
    import pyopencl as cl

    kind = "gpu" if device.type & cl.device_type.GPU else "cpu" if device.type & cl.device_type.CPU else "other"
    details = {"platform": device.platform.name, "driver": device.driver_version, "version": device.version}
    if "Portable Computing Language" in device.platform.name:
        details["compiler"] = "slow"  # a fifth of a second for the least kernel; the conformance suite takes a sample
    return DeviceInfo(
        f"opencl:{number}", "opencl", kind, device.name, 40 if kind == "gpu" else -10,
        traits.features | MADE_BY_RUNTIME, limits_of(device), details, MADE_BY_RUNTIME,
    )  # fmt: skip


def limits_of(device: Any) -> Limits:
    most = min(1024, device.max_work_group_size)
    x, y, z = (min(a, b) for a, b in zip((1024, 1024, 64), device.max_work_item_sizes, strict=False))
    return Limits(most, (x, y, z), (2**31 - 1, 65535, 65535), min(232448, device.local_mem_size - _SHARED_OF_OURS))


def traits_of(device: Any) -> Traits:
    """What code for the device may use."""
    import pyopencl as cl

    extensions = device.extensions.split()
    is_pocl_cpu = "Portable Computing Language" in device.platform.name and bool(device.type & cl.device_type.CPU)
    exact = device.single_fp_config & cl.device_fp_config.CORRECTLY_ROUNDED_DIVIDE_SQRT
    return Traits(
        fp64="cl_khr_fp64" in extensions,
        atomics64={"cl_khr_int64_base_atomics", "cl_khr_int64_extended_atomics"} <= set(extensions),
        generic=False,
        flat=is_pocl_cpu,  # documented: its CPU devices map every address space to the process's one
        svm=bool(_svm(device)),
        # PoCL 3 makes such an array a variable that no other function sees, so that LLVM takes its contents to be the
        # same before and after a barrier.
        local_arrays="Portable Computing Language" not in device.platform.name,
        exact_divide=bool(exact),
        ptx="cl_nv_compiler_options" in extensions,
        fma=bool(device.single_fp_config & cl.device_fp_config.FMA),
        denormals=bool(device.single_fp_config & cl.device_fp_config.DENORM),
    )


def _svm(device: Any) -> int:
    """The kinds of shared virtual memory, as OpenCL's bits; 0 for OpenCL 1."""
    import pyopencl as cl

    try:
        return int(device.svm_capabilities)
    except (cl.Error, AttributeError):
        return 0


def is_fine_grained(device: Any) -> bool:
    import pyopencl as cl

    return bool(_svm(device) & cl.device_svm_capabilities.FINE_GRAIN_BUFFER)
