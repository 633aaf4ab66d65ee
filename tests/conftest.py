"""Tests in a backend's folder run on its first device, without the user's settings and with a disk cache of their own.

Where there is no such device they are skipped, with what its plugin says, but for those that say ``needs_no_device``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import cudawasm as cw
from cudawasm.plugins import host

BACKENDS = {
    "backend_cpu": "cpu", "reference": "reference", "backend_opencl": "opencl", "backend_vulkan": "vulkan",
    "backend_wgpu": "wgpu", "qemu": "qemu", "browser": "browser", "backend_wasm": "wasm",
}  # fmt: skip
_SETTINGS = ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND", "CUDAWASM_CACHE", "CUDAWASM_BOUNDS_CHECKS")


def _backend(item: pytest.Item) -> str:
    """The backend that a test is of; empty for other tests."""
    return BACKENDS.get(Path(item.path).parent.name, "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    present = {info.backend for info in cw.devices()}
    errors = {status.name: f": {status.error}" for status in host().statuses if status.error}
    for item in items:
        backend = _backend(item)
        if backend and backend not in present and "needs_no_device" not in item.name:
            item.add_marker(pytest.mark.skip(reason=f"no {backend} device{errors.get(backend, '')}"))


@pytest.fixture(autouse=True)
def _on_the_backends_device(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    backend = _backend(request.node)
    if not backend:
        yield
        return
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDAWASM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if not any(info.backend == backend for info in cw.devices()):
        yield
        return
    with cw.device(backend):
        yield
