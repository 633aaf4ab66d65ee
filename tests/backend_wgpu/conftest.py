"""Every test here runs on a WebGPU device, if there is one; tests of text need none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cudawasm as cw
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_wgpu.targets import generated_text
from cudawasm_wgpu.traits import Traits

DEVICES = [info.name for info in cw.devices() if info.backend == "wgpu"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here) and not DEVICES and "needs_no_device" not in item.name:
            item.add_marker(pytest.mark.skip(reason="no WebGPU device"))


@pytest.fixture(autouse=True)
def _wgpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND", "CUDAWASM_CACHE", "CUDAWASM_BOUNDS_CHECKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDAWASM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if not DEVICES:
        yield
        return
    with cw.device(DEVICES[0]):
        yield


@pytest.fixture
def text() -> Callable[..., str]:
    """CUDA text to the WGSL of its first kernel."""

    def make(source: str, traits: Traits | None = None, block: Dim3 = (256, 1, 1)) -> str:
        program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
        name = program.kernel_names[0] if hasattr(program, "kernel_names") else "k"
        module = lower(program, name).module
        return generated_text(module, module.kernels[0].name, block, CompileOptions(), traits or Traits())

    return make
