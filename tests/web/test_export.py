"""What `cudawasm export-web` writes, and what it refuses."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner
from web_packages import MODULES, exported, tool, write

from cudawasm.cli.app import app
from cudawasm.errors import OptionError, UnsupportedFeature
from cudawasm.web.entry import RESERVED
from cudawasm.web.export import public_name

SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
"""


def manifest_of(source: str, **options: object) -> dict:
    return exported(source.encode(), **options).manifest


def test_parameters_are_described_with_their_places_and_whether_they_are_written():
    found = manifest_of(SAXPY)["kernels"]["saxpy"]
    assert found["params"] == [
        {"name": "a", "offset": 0, "size": 4, "type": "f32"},
        {"name": "x", "offset": 8, "size": 8, "type": "pointer", "array": "Float32Array", "writes": False},
        {"name": "y", "offset": 16, "size": 8, "type": "pointer", "array": "Float32Array", "writes": True},
        {"name": "n", "offset": 24, "size": 4, "type": "i32"},
    ]
    assert found["size"] == 32 and found["at"] == "kernels.cu:1"


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("a[0] = b[0];", {"a"}),
        ("atomicAdd(b, a[1]);", {"b"}),
        ("int* p = n ? a : b; *p = 1;", {"a", "b"}),
        ("put(b + n);", {"b"}),
        ("int* q = (int*)a; q[0] = 2;", {"a"}),
        ("if (a[0] == b[0]) printf(\"%d\", n);", set()),
        ("int** p = &a; **p = 1;", {"a", "b"}),
        ("int*& p = n ? a : b; *p = 1;", {"a", "b"}),
        ("int* p; memcpy(&p, &a, 8); *p = 1;", {"a", "b"}),
        ("union { int* i; float* f; } p; p.i = a; *p.f = 1.0f;", {"a"}),
        ("b[a - b] = 1;", {"a", "b"}),
        ("char* p = (char*)b + ((size_t)a - (size_t)b); *p = 1;", {"a", "b"}),
        ("int* end = a + n; a[end - a - 1] = 1;", {"a"}),
        ("out = b; *out = 1;", {"a", "b"}),
    ],
)  # fmt: skip
def test_only_what_may_be_written_is_copied_back(body, written):
    put = "__device__ void put(int* at) { *at = 3; }"
    put += " __device__ int* out;"
    found = manifest_of(f"{put} __global__ void k(int* a, int* b, int n) {{ {body} }}")["kernels"]["k"]
    assert {p["name"] for p in found["params"] if p.get("writes")} == written


@pytest.mark.parametrize(
    ("kernel", "block"),
    [
        ("__global__ void k(int* p) { p[threadIdx.x] = 1; }", [256, 1, 1]),
        ("__global__ void __launch_bounds__(64) k(int* p) { p[threadIdx.x] = 1; }", [64, 1, 1]),
        ("__global__ void k(int* p) { p[threadIdx.x + threadIdx.y] = 1; }", [16, 16, 1]),
        ("__device__ int f() { return threadIdx.z; } __global__ void k(int* p) { p[f()] = 1; }", [8, 8, 4]),
    ],
)
def test_a_kernel_without_a_block_shape_gets_a_usual_one(kernel, block):
    assert manifest_of(kernel)["kernels"]["k"]["blocks"] == [block]


def test_variables_come_with_their_initial_bytes():
    source = "__constant__ int c[2] = {1, 2}; __device__ float d; __global__ void k(float* p) { p[0] = d + c[1]; }"
    assert manifest_of(source)["globals"] == {
        "c": {"size": 8, "align": 16, "init": "AQAAAAIAAAA="}, "d": {"size": 4, "align": 0, "init": None},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kernel", "name"),
    [("saxpy", "saxpy"), ("scale<float, 4>", "scale_float_4"), ("a::b::k", "a_b_k"), ("k(int*)", "k_int")],
)
def test_names_are_identifiers(kernel, name):
    assert public_name(kernel) == name


def test_types_tell_arrays_numbers_and_block_shapes():
    package = exported(SAXPY.encode(), blocks={"saxpy": [(256, 1, 1), (16, 16, 1)]})
    text = package.files["kernels.d.ts"].decode()
    shapes = "256 | readonly [256] | readonly [256, 1] | readonly [256, 1, 1]"
    shapes += " | readonly [16, 16] | readonly [16, 16, 1]"
    pointer = "Float32Array | DeviceBuffer | DevicePointer | null"
    assert f"saxpy(shape: Shape<{shapes}>, a: number, x: {pointer}, y: {pointer}, n: number): Promise<void>;" in text


@tool("tsc")
def test_typescript_takes_right_calls_and_no_others(tmp_path):
    source = (
        SAXPY
        + "__global__ void mix(long long big, bool flag, float4 v, double* d, int in) { d[in] = v.x + big + flag; }"
    )
    write(exported(source.encode(), "typed"), tmp_path)
    lines = {
        "await k.saxpy({ grid: 1, block: 256 }, 2, x, null, 5);": "",
        "await k.saxpy({ grid: [1, 2], block: [256, 1] }, 2, k.buffer(x), k.buffer(4).at(0), 5);": "",
        "await k.mix({ grid: 1 }, 5n, true, x, new Float64Array(1), 2);": "",
        "const r: Float32Array = await k.buffer(8).read(Float32Array);": "",
        "await k.saxpy({ grid: 1, block: 128 }, 2, x, x, 5);": "TS2322",
        "await k.saxpy({ grid: 1 }, 2, new Int32Array(1), x, 5);": "TS2345",
        "await k.saxpy({ grid: 1 }, 2, x, x);": "TS2554",
        "await k.mix({ grid: 1 }, 5, 1, x, null, 2);": "TS2345",
        "await k.nothing({ grid: 1 });": "TS2339",
    }
    head = 'import { load } from "./typed.js";\nconst k = await load({ device: "wasm" });\n'
    head += "const x = new Float32Array(4);\n"
    (tmp_path / "use.ts").write_text(head + "\n".join(lines))
    flags = "--noEmit --strict --target es2022 --module nodenext --moduleResolution nodenext --lib es2022,dom".split()
    command = [str(MODULES / ".bin" / "tsc"), *flags, "use.ts"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    found = dict(re.findall(r"use\.ts\((\d+),\d+\): error (TS\d+)", done.stdout))
    assert found == {str(i): code for i, code in enumerate(lines.values(), 4) if code}, done.stdout


def test_a_package_of_one_kernel_is_small():
    """The bundle limit: everything that a page might load, before any minifier."""
    package = exported(SAXPY.encode(), "hello")
    content = b"".join(data for path, data in package.files.items() if not path.endswith(".d.ts"))
    assert len(gzip.compress(content, 9)) <= 30 * 1024


def test_a_package_carries_only_the_devices_that_it_was_exported_for():
    files = set(exported(SAXPY.encode(), targets=["wasm"]).files)
    assert "runtime/wasm.js" in files and not any("webgpu" in f or f.endswith(".wgsl") for f in files)
    files = set(exported(SAXPY.encode(), targets=["webgpu"]).files)
    assert "runtime/webgpu.js" in files and not any("wasm" in f or "worker" in f for f in files)


def test_what_one_target_refuses_runs_on_the_other():
    package = exported(b"__global__ void k(double* p) { p[threadIdx.x] *= 2.0; }")
    assert [d.code for d in package.refused["webgpu"]["k"]] == ["E0404"]
    assert "k" in package.manifest["wasm"]["kernels"]


def test_what_no_target_runs_is_an_error_with_the_cuda_line():
    source = b"__device__ int f(int n) { return n < 2 ? n : f(n - 1) + f(n - 2); }\n"
    source += b"__global__ void k(int* p) { *p = f(*p); }"
    with pytest.raises(OptionError, match=r"(?s)nothing in a browser runs k:.*E0401"):
        exported(source)


def test_pointers_inside_structs_are_refused_at_the_parameter():
    source = b"struct View { float* data; int n; };\n__global__ void k(View v) { v.data[0] = v.n; }"
    with pytest.raises(UnsupportedFeature, match=r"kernels\.cu:2:.*E0404.*\"v\""):
        exported(source)


def test_the_command_writes_the_package_and_says_what_is_refused(tmp_path):
    file = tmp_path / "k.cu"
    file.write_text(SAXPY + "__global__ void twice(double* p) { p[threadIdx.x] *= 2.0; }")
    arguments = ["export-web", str(file), "-o", str(tmp_path / "dist"), "-b", "128", "-b", "twice=8x8"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "twice does not run on webgpu:" in done.output and "k.cu:5" in done.output
    text = (tmp_path / "dist/k.js").read_text()
    manifest = json.loads(re.search(r"^const manifest = (.*);$", text, re.MULTILINE)[1])
    assert {name: kernel["blocks"] for name, kernel in manifest["kernels"].items()} == {
        "saxpy": [[128, 1, 1]], "twice": [[8, 8, 1]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-t", "flash"], "no web target flash; there are wasm, webgpu"),
        (["-k", "nothing"], 'no kernel "nothing"'),
        (["-b", "0"], '"0" is not a shape'),
        (["-b", "64x32"], "blocks of 64x32x1 are too large for saxpy: 1024 threads at most"),
    ],
)
def test_wrong_usage_is_said(tmp_path, arguments, message):
    file = tmp_path / "k.cu"
    file.write_text(SAXPY)
    done = CliRunner().invoke(app, ["export-web", str(file), "-o", str(tmp_path / "dist"), *arguments])
    assert done.exit_code != 0
    assert message in done.output + str(done.exception)


def test_names_of_parameters_differ():
    source = b"__global__ void k(int* p, int in, int in_, int shape, int null, int, float) { *p = in; }"
    text = exported(source, targets=["wasm"]).files["kernels.d.ts"].decode()
    (line,) = [line for line in text.splitlines() if "  k(" in line]
    assert re.findall(r"(\w+):", line)[1:] == ["p", "in_", "in__", "shape_", "null_", "unnamed", "unnamed_1"]


@pytest.mark.parametrize("name", ["then", "buffer", "close", "constructor", "__proto__"])
def test_kernels_take_no_names_that_a_package_has(name):
    assert public_name(name) != name
    with pytest.raises(OptionError, match=f"cannot be called {name}"):
        exported(f"__global__ void {name}(int* p) {{ *p = 1; }}".encode(), targets=["wasm"])


def test_words_of_javascript_are_no_parameter_names():
    assert {"in", "function", "default"} <= RESERVED
    assert "in_: number" in exported(b"__global__ void k(int* p, int in) { *p = in; }").files["kernels.d.ts"].decode()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_every_file_of_a_package_is_valid_javascript(package: Path):
    for file in [package / "kernels.js", *(package / "runtime").glob("*.js")]:
        subprocess.run(["node", "--check", str(file)], check=True)
