"""The example backend as a stranger's package: its wheel, in a folder of its own, passes the conformance suite."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import cudawasm as cw

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "__global__ void k(float* x, int n) { int i = threadIdx.x; if (i < n) x[i] = x[i] * 2 + i; }"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT / "plugins" / "example-backend", check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return site


def test_the_wheel_passes_a_sample_of_the_suite(installed: Path, tmp_path: Path):
    environment = {**os.environ, "PYTHONPATH": str(installed), "CUDAWASM_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "pytest", "--pyargs", "cudawasm_conformance.suite", "--device", "example",
               "--require-device", "example", "-q", "-k", "memory or control or loop or switch or struct"]  # fmt: skip
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:]
    assert "example: " in run.stdout
    assert " 0 failed" in run.stdout


def test_what_it_lacks_is_refused_at_the_line():
    with pytest.raises(cw.UnsupportedFeature) as caught:
        cw.Module("__global__ void k(int* o) {\n  __syncthreads();\n  o[0] = 1;\n}", device="example")["k"]
    assert str(caught.value) == (
        "kernel.cu:2:3: error[E0404]: the device has no barriers\n    2 |   __syncthreads();\n      |   ^^^^^^^^^^^^^"
    )


def test_a_kernel_as_python():
    device = cw.device("example")
    module = cw.Module(SOURCE, device="example")
    unit = module._unit("k")
    text = device.backend.generated(unit.module, unit.kernel, (32, 1, 1), "python")
    assert text.startswith("def thread(params, memory, thread_idx, block_idx, block_dim, grid_dim,")
    compile(text, "k", "exec")


def test_checks_that_it_does_not_make_are_refused():
    with pytest.raises(cw.UnsupportedFeature, match=r"E0404.*does not check bounds"):
        cw.Module(SOURCE, device="example", options=["--bounds-checks"])
