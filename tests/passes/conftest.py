"""Passes are tested by what kernels do after them: on the reference device, which knows nothing of passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.ir import nodes as n
from cudawasm.ir.verifier import verify
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.runtime.compilation import lower, open_program, parse_options


@pytest.fixture
def lowered() -> Callable[[str], n.Module]:
    """CUDA text to the KIR of its kernel ``k``, with calls inlined."""

    def make(source: str) -> n.Module:
        program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
        return take_variables_apart(inline_calls(lower(program, "k").module))

    return make


@pytest.fixture
def ran() -> Callable[..., list[Any]]:
    """A module's kernel ``k`` on arrays; what is in them afterwards."""

    def run(module: n.Module, *arrays: Any, grid: int = 1, block: int = 32) -> list[Any]:
        verify(module)
        kernel = cw.Module.from_kir(module, device="reference")["k"]
        with cw.device("reference"):
            buffers = [cw.asarray(a) if isinstance(a, np.ndarray) else a for a in arrays]
            kernel[grid, block](*buffers)
            return [b.get() for b in buffers if isinstance(b, cw.DeviceArray)]

    return run
