"""Which locals are names of one value, and which warp operations whole warps come to."""

from __future__ import annotations

import pytest

from cudawasm.analysis.single_values import single_values
from cudawasm.analysis.warp_uniformity import WarpUniformity
from cudawasm.ir import nodes as n
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.runtime.compilation import lower, open_program, parse_options


def kernel(source: str) -> n.Function:
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    return inline_calls(lower(program, "k").module).functions["k"]


def test_variables_that_change_are_no_names_of_a_value():
    function = kernel("""__global__ void k(int* o, int n, int m) {
        int a = n * 2, b = n; if (o[0]) b = 3; int c; c = a; int d = b + c; m += d; o[1] = d + m; }""")
    assert {v.name for v in single_values(function)} == {"o", "n", "a", "d"}


def test_what_a_loop_declares_is_a_value_inside_it():
    function = kernel("""__global__ void k(int* o, int n) {
        for (int i = 0; i < n; ++i) { int x = o[i]; if (x > 3) o[i] = x * x; } }""")
    assert {v.name for v in single_values(function)} == {"o", "n", "x"}


def test_arrays_are_kept_in_memory():
    function = kernel("__global__ void k(int* o) { int a[3] = {1, 2, 3}; o[0] = a[o[1]]; }")
    assert {v.name for v in single_values(function)} == {"o"}


@pytest.mark.parametrize(
    ("around", "together"),
    [
        ("SHUFFLE;", 1),
        ("for (int i = 16; i > 0; i /= 2) SHUFFLE;", 1),
        ("if (threadIdx.x < 32) SHUFFLE;", 1),
        ("int t = threadIdx.x; if (t / 32 == 1) SHUFFLE;", 1),
        ("int warp = threadIdx.x >> 5; if (warp == 0) { SHUFFLE; }", 1),
        ("if (threadIdx.y == n) SHUFFLE;", 1),
        ("if (threadIdx.x < 33) SHUFFLE;", 0),
        ("if (threadIdx.x % 2) SHUFFLE;", 0),
        ("if (v > 3) SHUFFLE;", 0),
        ("if (threadIdx.x >= n) return; SHUFFLE;", 0),
        ("for (int i = 0; i < v; ++i) SHUFFLE;", 0),
        ("while (true) { SHUFFLE; if (v > 100) break; }", 0),
        ("v += __shfl_xor_sync(0xffffu, v, 1);", 0),
        ("v += __shfl_xor_sync(n, v, 1);", 0),
    ],
)
def test_operations_of_whole_warps(around: str, together: int):
    body = around.replace("SHUFFLE", "v += __shfl_xor_sync(0xffffffffu, v, 1)")
    function = kernel("__global__ void k(int* o, int n) { int v = o[threadIdx.x]; " + body + " o[threadIdx.x] = v; }")
    assert len(WarpUniformity(function).together) == together
