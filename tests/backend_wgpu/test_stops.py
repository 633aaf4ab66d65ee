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


def test_printed_text(capsys):
    source = '__global__ void k() { if (threadIdx.x == 1) printf("%d %.1f %s\\n", 3, 2.5, "so"); }'
    cw.Module(source)["k"][1, 4]()
    assert capsys.readouterr().out == "3 2.5 so\n"


def test_threads_that_wait_for_each_other_are_refused():
    source = """__global__ void k(volatile int* flag, int* o) {
      if (threadIdx.x == 0) flag[0] = 1; else while (flag[0] == 0) ; o[threadIdx.x] = 1; }"""
    with pytest.raises(cw.UnsupportedFeature, match="E0402"):
        cw.Module(source)["k"]
