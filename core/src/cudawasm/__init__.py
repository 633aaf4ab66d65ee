"""CUDA C++ kernels anywhere.

    import numpy as np, cudawasm as cw
    mod = cw.Module(source)                        # or cw.Module.from_file("k.cu")
    x, y = cw.asarray(x_host), cw.asarray(y_host)
    mod["saxpy"][grid, block](np.float32(2), x, y, n)
    y.get()

Importing the package loads nothing: each name brings its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cudawasm._version import __version__

if TYPE_CHECKING:
    from cudawasm.errors import (
        ArgumentError,
        ArrayError,
        CompileError,
        ConfigError,
        CudaWasmError,
        DeviceNotFound,
        GlobalNotFound,
        InternalError,
        KernelNotFound,
        LaunchError,
        OptionError,
        UnsupportedFeature,
    )
    from cudawasm.runtime.array import (
        DeviceArray,
        asarray,
        empty,
        empty_like,
        full,
        zeros,
        zeros_like,
    )
    from cudawasm.runtime.compat import RawKernel, RawModule, SourceModule
    from cudawasm.runtime.device import Device, current_device, device, devices, synchronize
    from cudawasm.runtime.interface import DeviceInfo
    from cudawasm.runtime.kernel import Kernel
    from cudawasm.runtime.module import Module
    from cudawasm.runtime.params import In, InOut, Out
    from cudawasm.runtime.stream import Event, Stream
    from cudawasm.runtime.texture import Surface, Texture

_HOMES = {
    "errors": (
        "ArgumentError", "ArrayError", "CompileError", "ConfigError", "CudaWasmError", "DeviceNotFound",
        "GlobalNotFound", "InternalError", "KernelNotFound", "LaunchError", "OptionError",
        "UnsupportedFeature",
    ),
    "runtime.array": ("DeviceArray", "asarray", "empty", "empty_like", "full", "zeros", "zeros_like"),
    "runtime.compat": ("RawKernel", "RawModule", "SourceModule"),
    "runtime.device": ("Device", "current_device", "device", "devices", "synchronize"),
    "runtime.interface": ("DeviceInfo",),
    "runtime.kernel": ("Kernel",),
    "runtime.module": ("Module",),
    "runtime.params": ("In", "InOut", "Out"),
    "runtime.stream": ("Event", "Stream"),
    "runtime.texture": ("Surface", "Texture"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ArgumentError",
    "ArrayError",
    "CompileError",
    "ConfigError",
    "CudaWasmError",
    "Device",
    "DeviceArray",
    "DeviceInfo",
    "DeviceNotFound",
    "Event",
    "GlobalNotFound",
    "In",
    "InOut",
    "InternalError",
    "Kernel",
    "KernelNotFound",
    "LaunchError",
    "Module",
    "OptionError",
    "Out",
    "RawKernel",
    "RawModule",
    "SourceModule",
    "Stream",
    "Surface",
    "Texture",
    "UnsupportedFeature",
    "__version__",
    "asarray",
    "current_device",
    "device",
    "devices",
    "empty",
    "empty_like",
    "full",
    "synchronize",
    "zeros",
    "zeros_like",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cudawasm' has no attribute '{name}'")
    value = getattr(import_module(f"cudawasm.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext cudawasm``: the cell magic ``%%cuda``."""
    from cudawasm import jupyter

    jupyter.load_ipython_extension(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext cudawasm``."""
    from cudawasm import jupyter

    jupyter.unload_ipython_extension(ipython)
