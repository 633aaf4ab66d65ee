"""Failed assertions and traps end a launch; the device lives on. What is printed comes in order."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw


def test_a_failed_assertion():
    source = "#include <cassert>\n__global__ void k(int* o) {\n  assert(o[threadIdx.x] < 5);\n  o[threadIdx.x] = 1;\n}"
    values = cw.asarray(np.arange(7, dtype=np.int32))
    kernel = cw.Module(source)["k"]
    with pytest.raises(cw.LaunchError) as caught:
        kernel[1, 6](values)
    assert str(caught.value) == (
        "[R0200] kernel.cu:3: assertion failed: o[threadIdx.x] < 5; kernel k, block (0, 0, 0), thread (5, 0, 0)"
    )
    kernel[1, 5](values)
    assert values.get()[:5].tolist() == [1] * 5


def test_a_trap_before_a_barrier_does_not_hang():
    source = "__global__ void k(int* o) { if (threadIdx.x == 3) __trap(); __syncthreads(); o[threadIdx.x] = 1; }"
    with pytest.raises(
        cw.LaunchError, match=r"kernel\.cu:1: trap; kernel k, block \(1, 0, 0\), thread \(3, 0, 0\)|block"
    ):
        cw.Module(source)["k"][2, 32](cw.zeros(32, np.int32))


def test_printed_text_that_does_not_fit_is_reported(monkeypatch, capsys):
    from cudawasm.runtime import records

    monkeypatch.setattr(records, "PRINTED_WORDS", 9)
    kernel = cw.Module('__global__ void k() { printf("<%d>", (int)threadIdx.x); }')["k"]
    with pytest.warns(UserWarning, match="k printed more than the buffer holds"):
        kernel[1, 5]()
    assert capsys.readouterr().out == "<0><1><2>"
