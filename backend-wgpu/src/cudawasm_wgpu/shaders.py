"""Shader modules, but for ``CompileOptions.debug`` without the checks that naga adds to text that it does not trust.

Text of ours has passed our verifier; its indices are the program's own, as on CUDA. The checks cost up to half of a
kernel's speed. wgpu has a call for that which wgpu-py does not offer, so that it is put in the place of the usual one
while a module is made; where that cannot be done the checks stay.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()


def make_shader(device: Any, text: str, checked: bool) -> Any:
    """A shader module of WGSL. Raises wgpu's error for text that it does not take."""
    if checked:
        return device.create_shader_module(code=text)
    with _lock, _trusting():
        return device.create_shader_module(code=text)


def complaint(device: Any, text: str, error: Exception) -> str:
    """What is wrong with a text that was refused: of one that it trusts, wgpu says so too late to tell."""
    try:
        device.create_shader_module(code=text)
    except Exception as first:  # whatever it is, it says more
        return str(first)
    return str(error)


class _Trusting:
    """wgpu-native's functions, with one replaced."""

    def __init__(self, functions: Any, library: Any):
        self._functions, self._library = functions, library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._functions, name)

    def wgpuDeviceCreateShaderModule(self, device: Any, descriptor: Any) -> Any:
        return self._library.wgpuDeviceCreateShaderModuleTrusted(device, descriptor, 0)


@contextmanager
def _trusting() -> Iterator[None]:
    try:
        from wgpu.backends.wgpu_native import _api
        from wgpu.backends.wgpu_native._ffi import lib

        functions = _api.libf
        has_call = hasattr(lib, "wgpuDeviceCreateShaderModuleTrusted")
    except (ImportError, AttributeError):
        has_call = False
    if not has_call:
        yield
        return
    _api.libf = _Trusting(functions, lib)
    try:
        yield
    finally:
        _api.libf = functions
