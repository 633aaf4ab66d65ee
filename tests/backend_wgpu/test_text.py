"""Generated text: what a person reads, and what Tint takes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cudawasm_conformance.case import all_cases
from tint import tint_folder

import cudawasm as cw
from cudawasm_wgpu.traits import BROWSER, Traits

SAXPY = """__global__ void k(float a, const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = a * x[i] + y[i];
}"""
VOTES = """__global__ void k(const int* a, int* o, int n) {
  __shared__ int s[64]; s[threadIdx.x] = a[threadIdx.x];
  while (__syncthreads_or(s[threadIdx.x] > 1)) s[threadIdx.x] /= 2;
  o[threadIdx.x] = s[threadIdx.x]; }"""


def test_the_text_of_saxpy_needs_no_device(text):
    assert (
        text(SAXPY)
        == """\
struct Params {
    a: f32,
    n: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) thread: vec3<u32>, @builtin(workgroup_id) block: vec3<u32>) {
    let i = i32(block.x * block_dim.x + thread.x);
    if (i < params.n) {
        y[i] = params.a * x[i] + y[i];
    }
}
"""
    )


def test_browsers_are_shown_that_all_threads_come_to_barriers_needs_no_device(text):
    assert "workgroupUniformLoad(&agreed)" in text(VOTES, BROWSER, (64, 1, 1))
    assert "agreed" not in text(VOTES, block=(64, 1, 1))


def test_sums_are_hidden_from_drivers_that_rewrite_them_needs_no_device(text):
    source = "__global__ void k(float* o) { o[0] = (o[1] + o[2]) - o[1]; }"
    assert "o[0] = exact_f32(o[1] + o[2]) - o[1];" in text(source, Traits(reassociates=True))
    assert "o[0] = o[1] + o[2] - o[1];" in text(source)


def test_browsers_have_no_doubles_needs_no_device(text):
    with pytest.raises(cw.UnsupportedFeature, match=r"E0404.*double precision"):
        text("__global__ void k(double* o) { o[0] *= 2; }", BROWSER)


@pytest.mark.skipif(not tint_folder(), reason="needs Node, and npm's package webgpu in $CUDAWASM_TINT/node_modules")
def test_tint_takes_the_text_for_browsers_needs_no_device(text, tmp_path):
    files = []
    cases = [c for c in all_cases() if c.kernel and not c.options][::5]
    for case in cases:
        try:
            wgsl = text(case.source, BROWSER, case.launch.block)
        except cw.CompileError:
            continue
        files.append(tmp_path / f"{case.name}.wgsl")
        files[-1].write_text(wgsl)
    command = ["node", str(Path(__file__).parent / "tint.mjs"), tint_folder(), *map(str, files)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    said = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    wrong = {file: messages for file, messages in said.items() if any(m.startswith("error") for m in messages)}
    assert len(files) > 10
    assert wrong == {}


BARRIERS = """__global__ void k(int* a, int* o) { __shared__ int s[32]; s[threadIdx.x] = a[threadIdx.x];
  __syncthreads(); int v = s[31 - threadIdx.x]; %s o[threadIdx.x] = v; }"""


@pytest.mark.parametrize(
    ("middle", "count"),
    [
        ("", 0),
        ("o[threadIdx.x] = 1; __syncthreads(); v += o[31 - threadIdx.x]; ", 1),
        ("v += o[31 - threadIdx.x]; __syncthreads();", 1),
        ("for (int i = 0; i < v; i++) { __syncthreads(); o[i] += 1; }", 1),
        ("for (int i = 0; i < v; i++) { __syncthreads(); s[i] += 1; }", 0),
    ],
)
def test_barriers_order_storage_where_accesses_need_it_needs_no_device(text, middle, count):
    assert text(BARRIERS % middle).count("storageBarrier") == count
