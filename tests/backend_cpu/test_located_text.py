"""Generated code says which CUDA line it is of, where that is asked for."""

from __future__ import annotations

import re

import pytest

from cudawasm.plugins import host
from cudawasm.runtime.compilation import SourceOptions, lower, open_program
from cudawasm.runtime.interface import CompileOptions

SOURCE = b"""__global__ void k(float* x, const float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float s = sqrtf(y[i]);
        __syncthreads();
        for (int j = 0; j < n; j++)
            s += expf(y[j]) * x[i];
        x[i] = s;
    }
}
"""


def text_of(target: str, debug: bool) -> str:
    unit = lower(open_program(SOURCE, "k.cu", SourceOptions()), "k")
    return host().targets()[target].generate(unit.module, unit.kernel, (64, 1, 1), CompileOptions(debug=debug))


@pytest.mark.parametrize("target", ["llvm", "llvm-raw"])
def test_instructions_of_llvm_have_their_line_behind_them(target):
    text = text_of(target, True)
    found = {int(line) for line in re.findall(r"  ; k\.cu:(\d+)$", text, re.MULTILINE)}
    assert {3, 4, 6, 7, 8} <= found <= set(range(1, 10))
    roots = [line for line in text.splitlines() if "llvm.sqrt" in line and "declare" not in line]
    assert roots and all(line.endswith("; k.cu:4") for line in roots)


@pytest.mark.parametrize(("target", "root"), [("asm", "sqrtps"), ("wasm", "f32x4.sqrt"), ("asm-aarch64", "fsqrt")])
def test_assembly_has_a_comment_before_what_is_of_a_line(target, root):
    if target not in host().targets():
        pytest.skip(f"no target {target}")
    current, lines = "", []
    for line in text_of(target, True).splitlines():
        if match := re.match(r"\t# ?(?:k\.cu:(\d+))?$", line):
            current = match[1] or ""
        elif root in line:
            lines.append(current)
    assert lines and set(lines) == {"4"}


@pytest.mark.parametrize("target", ["llvm", "llvm-raw", "asm", "wasm"])
def test_debugging_metadata_is_not_shown_and_nothing_is_said_unasked(target):
    for debug in (True, False):
        assert not re.search(r"!DI|!dbg|\.loc\s|\.debug_", text_of(target, debug))
    assert "k.cu:" not in text_of(target, False)
