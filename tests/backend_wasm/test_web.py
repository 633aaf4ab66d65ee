"""The target "wasm" of exported packages."""

from __future__ import annotations

import pytest
import wasmtime

from cudawasm.errors import InternalError
from cudawasm.runtime.compilation import SourceOptions, lower, open_program
from cudawasm.runtime.interface import CompileOptions
from cudawasm.web.interface import WebCode, WebKernel
from cudawasm_cpu.wasm.web import WasmWebTarget, _of_all_levels


def generated(source: str, *blocks: tuple[int, int, int]) -> WebCode:
    program = open_program(source.encode(), "k.cu", SourceOptions())
    units = {k.name: lower(program, k.name) for k in program.kernels}
    kernels = [WebKernel(name, unit.module, unit.kernel, blocks) for name, unit in units.items()]
    return WasmWebTarget().generate(kernels, CompileOptions())


def exports(code: bytes) -> set[str]:
    config = wasmtime.Config()
    config.wasm_relaxed_simd = config.wasm_threads = config.shared_memory = True
    return {e.name for e in wasmtime.Module(wasmtime.Engine(config), code).exports}


def test_all_kernels_and_shapes_are_in_one_module_needs_no_device():
    made = generated(
        "__global__ void a(int* p) { p[threadIdx.x] = 1; } __global__ void b(int* p) { p[threadIdx.x] = 2; }",
        (32, 1, 1), (16, 16, 1),
    )  # fmt: skip
    assert set(made.files) == {"kernels.simd.wasm", "kernels.threads.wasm"}
    names = {f"{k}@{b}" for k in "ab" for b in ("32x1x1", "16x16x1")}
    assert all(exports(code) == names for code in made.files.values())
    assert {b["export"] for k in made.kernels.values() for b in k["blocks"].values()} == names


def test_kernels_that_multiply_and_add_have_relaxed_modules_needs_no_device():
    made = generated("__global__ void k(float* x) { int i = threadIdx.x; x[i] = x[i] * 3.0f + 1.0f; }", (64, 1, 1))
    assert set(made.facts["levels"]) == {"relaxed-threads", "relaxed", "threads", "simd"}
    assert "rounds once" in exports(made.files["kernels.relaxed.wasm"])
    assert "rounds once" not in exports(made.files["kernels.simd.wasm"])


def test_facts_hold_for_every_level_needs_no_device():
    block = {"export": "k", "batch": 1, "storage": 64, "cost": 5}
    found = _of_all_levels({"blocks": {"32x1x1": {**block, "storage": 128}}}, {"blocks": {"32x1x1": block}})
    assert found["blocks"]["32x1x1"]["storage"] == 128
    with pytest.raises(InternalError, match="k differs between levels"):
        _of_all_levels({"blocks": {"32x1x1": {**block, "batch": 2}}}, {"blocks": {"32x1x1": block}})


def test_what_cannot_run_is_refused_and_stops_no_other_needs_no_device():
    made = generated(
        "__device__ int f(int n) { return n < 2 ? n : f(n - 1) + f(n - 2); }"
        "__global__ void good(int* p) { p[0] = 1; }\n__global__ void bad(int* p) { p[0] = f(p[0]); }",
        (32, 1, 1),
    )  # fmt: skip
    assert set(made.kernels) == {"good"}
    assert [d.code for d in made.refused["bad"]] == ["E0401"]
