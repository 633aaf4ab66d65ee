"""Whether WebAssembly runs in this process; loads nothing."""

from __future__ import annotations

from importlib.util import find_spec

from cudawasm.runtime.interface import MADE_BY_RUNTIME, DeviceInfo, Limits
from cudawasm_cpu.wasm.features import FEATURES

_EMULATED = frozenset(("bf16", "f16")) | MADE_BY_RUNTIME


def device_info() -> DeviceInfo | None:
    """Who it is, where wasmtime is installed."""
    if find_spec("wasmtime") is None:
        return None
    return DeviceInfo(
        "wasm", "wasm", "cpu", "WebAssembly SIMD and threads, by wasmtime", -20, FEATURES | MADE_BY_RUNTIME,
        Limits(max_shared_bytes=1 << 20), {"compiler": "slow"}, _EMULATED,
    )  # fmt: skip
