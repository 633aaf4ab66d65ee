"""Every test here runs on a Vulkan device, if there is one, with a disk cache of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import cudawasm as cw

DEVICES = [info.name for info in cw.devices() if info.backend == "vulkan"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here) and not DEVICES and "needs_no_device" not in item.name:
            item.add_marker(pytest.mark.skip(reason="no Vulkan device"))


@pytest.fixture(autouse=True)
def _vulkan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND", "CUDAWASM_CACHE", "CUDAWASM_BOUNDS_CHECKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDAWASM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if not DEVICES:
        yield
        return
    with cw.device(DEVICES[0]):
        yield
