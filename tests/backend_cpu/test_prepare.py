"""Compiling before the first launch."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm_cpu import jit


def test_a_prepared_kernel_compiles_nothing_at_its_launch(monkeypatch: pytest.MonkeyPatch):
    kernel = cw.Module("__global__ void k(int* a) { a[threadIdx.x] = threadIdx.x * 3; }")["k"]
    kernel.prepare(24)

    def compile_object(*_args: object) -> bytes:
        raise AssertionError("compiled at launch")

    monkeypatch.setattr(jit, "compile_object", compile_object)
    a = cw.zeros(24, np.int32)
    kernel[1, 24](a)
    assert (a.get() == np.arange(24) * 3).all()
