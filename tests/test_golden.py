"""What kernels become: the same text as in tests/golden, and valid to the tools of other projects."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cudawasm as cw

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import golden

SOURCES = golden.sources()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_texts_are_those_in_the_folder(source: Path):
    made = golden.texts(source)
    known = {p.name for p in golden.FOLDER.glob(f"{source.stem}.*")} - {source.name}
    assert set(made) == known
    for name, text in made.items():
        assert (golden.FOLDER / name).read_text() == text.rstrip("\n") + "\n", f"{name}: run tools/golden.py"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_opencl_c_is_valid_to_a_driver(source: Path):
    cl = pytest.importorskip("pyopencl")
    devices = [info for info in cw.devices() if info.backend == "opencl"]
    if not devices:
        pytest.skip("no OpenCL device")
    context = cw.device(devices[0].name).backend.native_handle()
    cl.Program(context, (golden.FOLDER / f"{source.stem}.cl").read_text()).build()


@pytest.mark.skipif(shutil.which("spirv-as") is None, reason="spirv-tools are not installed")
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_spirv_is_valid_to_khronos_tools(source: Path, tmp_path: Path):
    module = tmp_path / "module.spv"
    for command in (
        ["spirv-as", "--target-env", "vulkan1.2", str(golden.FOLDER / f"{source.stem}.spvasm"), "-o", str(module)],
        ["spirv-val", "--target-env", "vulkan1.2", "--scalar-block-layout", str(module)],
    ):
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_wgsl_is_valid_to_naga(source: Path):
    devices = [info for info in cw.devices() if info.backend == "wgpu"]
    if not devices:
        pytest.skip("no wgpu device")
    device = cw.device(devices[0].name).backend.native_handle()
    device.create_shader_module(code=(golden.FOLDER / f"{source.stem}.wgsl").read_text())


TINT = Path(os.environ.get("CUDAWASM_TINT", golden.FOLDER.parent.parent))


@pytest.mark.skipif(
    not (TINT / "node_modules/webgpu/index.js").is_file() or shutil.which("node") is None,
    reason="needs Node, and npm's package webgpu in $CUDAWASM_TINT/node_modules",
)
def test_wgsl_for_browsers_is_valid_to_tint():
    files = [str(golden.FOLDER / f"{source.stem}.browser.wgsl") for source in SOURCES]
    script = Path(__file__).parent / "backend_wgpu" / "tint.mjs"
    command = ["node", str(script), str(TINT), *files]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    said = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    assert said == {file: [] for file in files}
