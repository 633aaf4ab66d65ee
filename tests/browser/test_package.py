"""A manifest and its files, opened as a page does."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.ir.types import size_of
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions
from cudawasm.web.interface import WebKernel
from cudawasm_wgpu.web import WgslWebTarget

SOURCE = """__constant__ int table[4] = {5, 6, 7, 8};
__device__ int count;
template <typename T> __global__ void scale(T* data) { data[threadIdx.x] = data[threadIdx.x] * table[threadIdx.x] + count; }
__global__ void plain(int* data) { data[threadIdx.x] += 1; }"""
SHAPE = {"grid": [1, 1, 1], "block": [4, 1, 1], "shared": 0}


@pytest.fixture
def package() -> tuple[dict[str, Any], dict[str, str]]:
    program = open_program(SOURCE.encode(), "kernel.cu", parse_options([], {}, []))
    units = {name: lower(program, name) for name in ("scale<float>", "plain")}
    kernels = [WebKernel(name, unit.module, unit.kernel, ((4, 1, 1),)) for name, unit in units.items()]
    code = WgslWebTarget().generate(kernels, CompileOptions())
    variables = {v.name: v for unit in units.values() for v in unit.module.globals}
    manifest = {
        "kernels": {name: {"params": [{"name": "data", "offset": 0, "size": 8}], "size": 8} for name in units},
        "globals": {
            name: {"size": size_of(v.type), "align": 4, "init": b64encode(v.init).decode() if v.init else None}
            for name, v in variables.items()
        },
        "webgpu": {**code.facts, "kernels": code.kernels},
    }
    return manifest, {name: data.decode() for name, data in code.files.items()}


def opened(package: Any, kernel: str, options: Any, *array: int) -> Any:
    manifest, texts = package
    page = cw.device("chromium").backend.page
    given = b64encode(np.array(array, np.float32 if "float" in kernel else np.int32).tobytes()).decode()
    return b64decode(page.call("package", manifest, texts, kernel, SHAPE, given, options))


def test_variables_start_with_their_values_and_kernels_run(package):
    found = opened(package, "scale<float>", {"software": True}, 1, 2, 3, 4)
    assert np.frombuffer(found, np.float32).tolist() == [5, 12, 21, 32]
    assert np.frombuffer(opened(package, "plain", {"software": True}, 1, 2, 3, 4), np.int32).tolist() == [2, 3, 4, 5]


def test_adapters_that_compute_in_software_are_refused_unless_asked_for(package):
    with pytest.raises(cw.CudaWasmError, match=r"computes in software"):
        opened(package, "plain", {}, 1)


def test_adapters_with_less_than_the_kernels_need_are_refused_with_the_reason(package):
    package[0]["webgpu"]["limits"]["maxComputeWorkgroupStorageSize"] = 1 << 20
    with pytest.raises(cw.CudaWasmError, match=r"need maxComputeWorkgroupStorageSize of 1048576, and this GPU has \d+"):
        opened(package, "plain", {"software": True}, 1)


def test_texts_that_the_browser_does_not_take_are_told_with_its_words(package):
    package[1]["plain.wgsl"] = "fn main() { nonsense }"
    with pytest.raises(
        cw.CudaWasmError, match=r"E0406: the browser does not take plain.wgsl for plain: .*expected '=' for assignment"
    ):
        opened(package, "plain", {"software": True}, 1)
