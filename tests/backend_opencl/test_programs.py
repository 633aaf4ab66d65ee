"""Text that is made, what the driver says of it, and what is kept on disk."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions
from cudawasm_opencl import kernels
from cudawasm_opencl.targets import OpenClTarget

SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}
"""


def text_of(source: str, kernel: str, **options: bool) -> str:
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    return OpenClTarget().generate(lower(program, kernel).module, kernel, (256, 1, 1), CompileOptions(**options))


def test_the_text_needs_no_device():
    assert text_of(SAXPY, "saxpy") == (
        "#pragma OPENCL FP_CONTRACT OFF\n"
        "\n"
        "__kernel void saxpy(float a, __global float *x, __global float *y, int n)\n"
        "{\n"
        "    const uint block_x = get_group_id(0);\n"
        "    const uint block_dim_x = get_local_size(0);\n"
        "    const uint thread_x = get_local_id(0);\n"
        "\n"
        "    int i = (int)(block_x * block_dim_x + thread_x);\n"
        "    if (i < n) {\n"
        "        y[i] = fma(a, x[i], y[i]);\n"
        "    }\n"
        "}\n"
    )


def test_lines_of_the_source_as_comments_need_no_device():
    lines = text_of(SAXPY, "saxpy", debug=True).splitlines()
    assert "    // kernel.cu:3: if (i < n)" in lines
    assert "        // kernel.cu:4: y[i] = a * x[i] + y[i];" in lines


def test_shared_memory_in_the_text_needs_no_device():
    text = text_of("__global__ void k(float* o) { __shared__ float tile[4][5]; extern __shared__ int rest[]; "
                   "tile[1][threadIdx.x] = rest[3]; __syncthreads(); o[0] = tile[1][2]; }", "k")  # fmt: skip
    assert "    __local float tile[4][5] __attribute__((aligned(16)));\n" in text
    assert "    __local int *rest = (__local int *)dynamic_shared;\n" in text
    assert "    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);\n" in text


def run_saxpy() -> None:
    x, y = cw.asarray(np.arange(50, dtype=np.float32)), cw.asarray(np.ones(50, np.float32))
    cw.Module(SAXPY)["saxpy"][2, 32](2.0, x, y, 50)
    assert np.array_equal(y.get(), np.arange(50) * 2 + 1)


def test_the_disk_cache_serves_the_second_time(monkeypatch):
    run_saxpy()

    def fail(*args: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(kernels, "prepare", fail)
    run_saxpy()


def test_what_the_drivers_compiler_says_is_shown_at_the_cuda_line(monkeypatch):
    made = kernels.emitted

    def spoiled(*args: object) -> kernels.Emitted:
        result = made(*args)
        return kernels.Emitted(result.text.replace("(a, x[i]", "(a, nothing"), result.name, result.spans, False, False)

    monkeypatch.setattr(kernels, "emitted", spoiled)
    with pytest.raises(cw.CompileError) as caught:
        run_saxpy()
    assert str(caught.value).splitlines()[:2] == [
        "kernel.cu:4:5: error[E0406]: the OpenCL compiler says: use of undeclared identifier 'nothing'",
        "    4 |     y[i] = a * x[i] + y[i];",
    ]


def test_bounds_checks_are_refused():
    with pytest.raises(cw.UnsupportedFeature, match="E0404"):
        cw.Module(SAXPY, options=["--bounds-checks"])["saxpy"]


def test_every_thread_has_objects_among_the_parameters_for_itself():
    source = """struct State { int at; double by; };
    __global__ void k(int* o, State s) {
      int i = blockIdx.x * blockDim.x + threadIdx.x;
      if (i < 60) { s.at += s.by; o[i] = s.at; }
    }"""
    out = cw.zeros(60, np.int32, device="opencl:0")
    state = np.array((1, 2.5), dtype=np.dtype([("at", "i4"), ("by", "f8")], align=True))
    cw.Module(source, device="opencl:0")["k"][2, 32](out, state)
    assert out.get().tolist() == [3] * 60
