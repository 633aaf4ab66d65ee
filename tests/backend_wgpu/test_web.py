"""What is exported for browsers: texts for any launch, and the facts that JavaScript launches them by."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tint import tint_folder

from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions
from cudawasm.web.interface import WebCode, WebKernel
from cudawasm_wgpu.web import WgslWebTarget

SAXPY = "__global__ void k(float a, const float* x, float* y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] = a * x[i] + y[i]; }"  # noqa: E501


@pytest.fixture
def exported() -> Callable[..., WebCode]:
    """CUDA text to what is exported of its kernel ``k``."""

    def make(source: str, name: str = "k", threads: int = 256) -> WebCode:
        program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
        unit = lower(program, "k")
        kernel = WebKernel(name, unit.module, unit.kernel, ((threads, 1, 1),))
        return WgslWebTarget().generate([kernel], CompileOptions())

    return make


def test_facts_of_saxpy_needs_no_device(exported):
    code = exported(SAXPY)
    facts = json.loads(json.dumps(code.kernels["k"]))
    assert facts["params"][1] == {"name": "x", "kind": "pointer", "offset": 8, "size": 8}
    assert [p["file"] for p in facts["programs"]] == ["k.wgsl", "k.together.wgsl"] == list(code.files)
    assert facts["programs"][1]["bindings"] == [{"params": ["x", "y"], "unit": 4, "heap": False}]
    assert facts["buffers"] == 1
    assert code.facts == {
        "limits": {"maxStorageBuffersPerShaderStage": 1, "maxComputeWorkgroupStorageSize": 0},
        "heap": False,
    }


def test_one_text_serves_all_shapes_needs_no_device(exported):
    text = exported(
        "__global__ void k(int* o) { extern __shared__ int s[]; s[threadIdx.x] = blockIdx.x; o[0] = s[1]; }"
    )
    text = text.files["k.wgsl"].decode()
    assert "@workgroup_size(block_x, block_y, block_z)" in text
    assert "var<workgroup> s: array<i32, max(1u, (dynamic_shared_bytes + 3u) / 4u)>;" in text
    assert "if (folded) {" in text


def test_large_blocks_have_programs_of_their_own_where_they_are_asked_for_needs_no_device(exported):
    assert list(exported(SAXPY, threads=1024).files) == [
        "k.wgsl", "k.large.wgsl", "k.together.wgsl", "k.large.together.wgsl",
    ]  # fmt: skip


def test_names_of_templates_become_names_of_files_needs_no_device(exported):
    assert set(exported(SAXPY, "axpy<float, 4>").files) == {"axpy_float_4.wgsl", "axpy_float_4.together.wgsl"}


def test_hidden_parameters_and_sites_needs_no_device(exported):
    source = 'struct Big { int a[80]; }; __device__ int count; __global__ void k(Big big, int i) { if (i > 3) __trap(); printf("%d", big.a[i] + count); }'  # noqa: E501
    facts = exported(source).kernels["k"]
    assert [(p["name"], p["kind"]) for p in facts["params"]] == [
        ("big", "copy"), ("i", "number"), ("printed", "prints"), ("stopped", "traps"), ("count", "global"),
    ]  # fmt: skip
    assert facts["sites"][0][0][:2] == ("2564", "i")
    assert facts["sites"][1][0][1:] == ("kernel.cu", 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("o[0] = sqrt((double)o[0]);", "error[E0404]: the device has no double precision"),
        (
            "__shared__ float s[9000]; s[threadIdx.x] = o[0]; o[1] = s[threadIdx.x + 1];",
            "error[E0408]: the kernel has 36000 bytes of shared memory, and browsers give a block 32768 at most",
        ),
    ],
)
def test_what_browsers_cannot_do_is_refused_needs_no_device(exported, body, said):
    code = exported(f"__global__ void k(float* o) {{ {body} }}")
    assert code.kernels == code.files == {}
    assert said in code.refused["k"][0].render()


def test_it_needs_no_driver_needs_no_device():
    script = "import sys; sys.modules['wgpu'] = None; from cudawasm_wgpu.web import WgslWebTarget; WgslWebTarget()"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.skipif(not tint_folder(), reason="needs Node, and npm's package webgpu in $CUDAWASM_TINT/node_modules")
def test_tint_takes_texts_for_any_shape_needs_no_device(exported, tmp_path):
    source = "__global__ void k(float* a, float* b) { extern __shared__ float s[]; s[threadIdx.x] = expf(a[threadIdx.x]) / b[0]; __syncthreads(); b[threadIdx.x] = fmaf(s[0], sqrtf(s[1]), (float)threadIdx.x); }"  # noqa: E501
    code = exported(source, threads=1024)
    files = [tmp_path / name for name in code.files]
    for file in files:
        file.write_bytes(code.files[file.name])
    command = ["node", str(Path(__file__).parent / "tint.mjs"), tint_folder(), *map(str, files)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    said = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    assert {file: [m for m in messages if m.startswith("error")] for file, messages in said.items()} == {
        str(file): [] for file in files
    }
