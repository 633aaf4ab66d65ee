"""Every runtime test runs on a fresh fake device, with no configuration and no disk cache but its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_backend import FakeDevice, FakePlugin

from cudawasm import plugins
from cudawasm.runtime import device as devices
from cudawasm.runtime.device import Device


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND", "CUDAWASM_PLUGINS", "CUDAWASM_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDAWASM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    previous = plugins.use_host(plugins.PluginHost({"fake": FakePlugin()}))
    devices.forget_devices()
    yield
    plugins.use_host(previous)
    devices.forget_devices()


@pytest.fixture
def device() -> Device:
    return devices.device("fake:0")


@pytest.fixture
def backend(device: Device) -> FakeDevice:
    assert isinstance(device.backend, FakeDevice)
    return device.backend
