"""``cudawasm emit -t asm-aarch64`` shows NEON code."""

from __future__ import annotations

import cudawasm as cw
from cudawasm.runtime.interface import CompileOptions
from cudawasm_qemu.targets import AssemblyTarget

SOURCE = "__global__ void k(float a, const float* x, float* y) { y[threadIdx.x] += a * x[threadIdx.x]; }"


def test_assembly_is_for_aarch64_which_needs_no_device():
    unit = cw.Module(SOURCE, device="cpu")._unit("k")
    text = AssemblyTarget().generate(unit.module, unit.kernel, (128, 1, 1), CompileOptions())
    assert "fmla\tv" in text
    assert ".4s" in text
