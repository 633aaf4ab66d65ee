"""``%%cuda`` in an IPython shell."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.jupyter import CellError, identifier, read_launch
from cudawasm.plugins import host

interactive = pytest.importorskip("IPython.core.interactiveshell", reason="IPython is not installed")

SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
"""


@pytest.fixture
def shell(monkeypatch, tmp_path):
    for name in ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND", "CUDAWASM_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDAWASM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    made = interactive.InteractiveShell()
    assert made.run_cell("%load_ext cudawasm").success
    made.user_ns |= {"np": np, "n": 1000, "x": np.arange(1000, dtype=np.float32), "y": np.ones(1000, np.float32)}
    return made


def test_a_launch_takes_variables_of_the_notebook(shell):
    assert shell.run_cell('%%cuda --device cpu --launch "saxpy[(n + 255) // 256, 256](2, x, y, n)"\n' + SAXPY).success
    np.testing.assert_array_equal(shell.user_ns["y"], 2 * np.arange(1000) + 1)
    np.testing.assert_array_equal(shell.user_ns["x"], np.arange(1000))


def test_kernels_are_names_in_later_cells(shell):
    assert shell.run_cell("%%cuda --module mod\n" + SAXPY).success
    assert shell.run_cell("saxpy[4, 256](np.float32(3), x, y, n)").success
    np.testing.assert_array_equal(shell.user_ns["y"], 3 * np.arange(1000) + 1)
    assert isinstance(shell.user_ns["mod"], cw.Module)
    assert "saxpy(float a, float* x, float* y, int n) on" in repr(shell.user_ns["saxpy"])
    code = "d = cw.asarray(y)\nsaxpy[4, 256](1, x, d, n)\nr = d.get()\nsaxpy[4, 256](1, cw.In(x), cw.InOut(y), n)"
    assert shell.run_cell(f"import cudawasm as cw\n{code}").success
    np.testing.assert_array_equal(shell.user_ns["r"], shell.user_ns["y"])


def test_cudas_own_launches_and_templates(shell):
    source = "template <typename T, int N> __global__ void scale(T* x) { x[threadIdx.x] *= N; }\n"
    cell = '%%cuda -l "scale<float, 3><<<1, 4>>>(x[:4]);" -k "scale<double, 2>"\n' + source
    assert shell.run_cell(cell).success
    assert shell.user_ns["x"][:5].tolist() == [0, 3, 6, 9, 4]
    assert shell.run_cell("z = np.ones(2)\nscale_double_2[1, 2](z)").success
    assert shell.user_ns["z"].tolist() == [2, 2]


def test_options_and_times(shell, capsys):
    source = "__global__ void fill(int* x) { x[threadIdx.x] = N; }\n"
    assert shell.run_cell(f"%%cuda -t -o='-DN=4 --use_fast_math' -l 'fill[1, 8](z)'\n{source}").success is False
    assert "NameError: name 'z' is not defined" in capsys.readouterr().out
    shell.user_ns["z"] = np.zeros(8, np.int32)
    assert shell.run_cell(f"%%cuda -t -o='-DN=4 --use_fast_math' -l 'fill[1, 8](z)'\n{source}").success
    out = capsys.readouterr().out
    assert "compiled in" in out
    assert "fill[(1, 1, 1), (8, 1, 1)]:" in out
    assert "with copies of arrays" in out
    assert shell.user_ns["z"].tolist() == [4] * 8


def test_an_array_passed_twice_is_one(shell):
    source = "__global__ void shift(const int* in, int* out) { out[threadIdx.x] = in[threadIdx.x] + 1; }\n"
    shell.user_ns["z"] = np.arange(4, dtype=np.int32)
    assert shell.run_cell(f"%%cuda -l 'shift[1, 4](z, z)'\n{source}").success
    assert shell.user_ns["z"].tolist() == [1, 2, 3, 4]


def test_what_kernels_print_is_the_cells_output(shell, capsys):
    source = '__global__ void hello() { printf("hello from %d\\n", threadIdx.x); }\n'
    assert shell.run_cell(f"%%cuda -l 'hello[1, 2]()'\n{source}").success
    assert capsys.readouterr().out == "hello from 0\nhello from 1\n"


@pytest.mark.parametrize(
    ("target", "part"),
    [("kir", "kernel @saxpy"), ("wgsl", "@compute"), ("llvm", "define"), ("opencl", "__kernel void saxpy")],
)
def test_generated_code_is_shown(shell, capsys, target, part):
    if target != "kir" and target not in host().targets():
        pytest.skip(f"no target {target}")
    assert shell.run_cell(f"%%cuda --emit {target}\n{SAXPY}").success
    assert part in capsys.readouterr().out


def test_generated_code_is_highlighted(shell, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    assert shell.run_cell(f"%%cuda --emit kir --emit llvm -b 16,16\n{SAXPY}").success
    assert [code.language for code in shown] == ["text", "llvm"]
    assert "kernel @saxpy" in shown[0].data
    assert "<span" in shown[1]._repr_html_()


@pytest.mark.parametrize(
    ("line", "source", "said"),
    [
        ("", "__global__ void k(int* x) {\n    x[0] = y;\n}\n", "cell.cu:3:12: error[E"),
        ("", "__global__ void k(int* x) {\n    x[0] = y;\n}\n", "    3 |     x[0] = y;"),
        ("--nonsense", SAXPY, "%%cuda: unrecognized arguments: --nonsense"),
        ("--device nowhere", SAXPY, "nowhere"),
        ("--launch 'saxpy(1)'", SAXPY, "is not of the form kernel[grid, block](arguments)"),
        ("--launch 'saxpy[1, 2](1'", SAXPY, "is not of the form"),
        ("--launch 'saxpy[1, 2](1, , 2)'", SAXPY, "SyntaxError"),
        ("--launch 'saxpi[1, 2](1)'", SAXPY, "did you mean saxpy?"),
        ("--launch 'saxpy[1, 2](1)'", SAXPY, "takes 4 arguments, but 1 were given"),
        ("--launch 'saxpy[1, 2](1, x, y, undefined)'", SAXPY, "NameError: name 'undefined' is not defined"),
        ("--launch 'saxpy[1, 2](1, x, y.astype(int), n)'", SAXPY, "[R0104]"),
        ("--launch 'saxpy[1, 4096](1, x, y, n)'", SAXPY, "[R020"),
        ("--emit nonsense", SAXPY, 'no target "nonsense"'),
        ("--emit wgsl --block a", SAXPY, "is not a shape"),
        ("--options=--nonsense", SAXPY, 'unknown option "--nonsense"'),
        ("--module 1a", SAXPY, "is not a name"),
        ("--launch '", SAXPY, "No closing quotation"),
    ],
)
def test_errors_are_told_without_a_traceback(shell, capsys, line, source, said):
    result = shell.run_cell(f"%%cuda {line}\n{source}")
    assert isinstance(result.error_in_exec, CellError)
    out = "".join(capsys.readouterr())
    assert said in out
    assert "Traceback" not in out


def test_read_only_arrays_are_not_written(shell):
    shell.user_ns["y"].flags.writeable = False
    result = shell.run_cell(f"%%cuda -l 'saxpy[4, 256](1, x, y, n)'\n{SAXPY}")
    assert "read-only" in str(result.error_in_exec)


def test_help_and_unloading(shell, capsys):
    assert shell.run_cell("%%cuda --help\nnothing").success
    assert "--launch" in capsys.readouterr().out
    assert shell.run_cell("%unload_ext cudawasm").success
    assert not shell.run_cell(f"%%cuda\n{SAXPY}").success
    assert shell.run_cell("%load_ext cudawasm.jupyter").success
    assert shell.run_cell(f"%%cuda\n{SAXPY}").success


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("k[1, 2](a, b)", "k", "[1, 2](a, b)"), ("k<<<(1, 2), 3>>>(a);", "k", "[(1, 2), 3](a)"),
        ("ns::k<float, 4>[g, b, 16](x[0], f(y))", "ns::k<float, 4>", "[g, b, 16](x[0], f(y))"),
        ("k<int><<<1, 2>>>()", "k<int>", "[1, 2]()"),
    ],
)  # fmt: skip
def test_launches_are_read(text, name, code):
    found, expression = read_launch(text)
    assert (found, expression.endswith(code)) == (name, True)


def test_names():
    assert [identifier(n) for n in ("k", "ns::k", "k<float, 4>", "a::k<b::c>")] == ["k", "k", "k_float_4", "k_b_c"]


def test_core_does_not_need_ipython():
    code = "import sys; sys.modules['IPython'] = None; import cudawasm.jupyter"
    subprocess.run([sys.executable, "-c", code], check=True)
