"""What kernels become: the same text as in tests/golden, and valid to the tools of other projects."""

from __future__ import annotations

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
