"""``--keep=DIR`` leaves what a kernel becomes for people to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import cudawasm as cw


def test_intermediate_texts_are_kept_by_kernel_and_block(tmp_path: Path):
    kept = tmp_path / "kept"
    module = cw.Module("__global__ void twice(int* a) { a[threadIdx.x] *= 2; }", options=(f"--keep={kept}",))
    module["twice"][1, 8](cw.zeros(8, np.int32))
    module["twice"][1, (4, 2)](cw.zeros(8, np.int32))
    names = {path.name for path in kept.iterdir()}
    assert names == {f"twice-{block}{end}" for block in ("8x1x1", "4x2x1") for end in (".raw.ll", ".ll", ".s")}
    assert 'define i32 @"cudawasm_kernel"' in (kept / "twice-8x1x1.raw.ll").read_text()
    assert "cudawasm_kernel:" in (kept / "twice-8x1x1.s").read_text()
