"""Tests of WGSL as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_wgpu.targets import generated_text
from cudawasm_wgpu.traits import Traits


@pytest.fixture
def text() -> Callable[..., str]:
    """CUDA text to the WGSL of its kernel ``k``."""

    def make(source: str, traits: Traits | None = None, block: Dim3 = (256, 1, 1)) -> str:
        program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
        unit = lower(program, "k")
        return generated_text(unit.module, unit.kernel, block, CompileOptions(), traits or Traits())

    return make
