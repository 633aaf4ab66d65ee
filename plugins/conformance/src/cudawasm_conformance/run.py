"""Running a case on a device through the public API."""

from __future__ import annotations

import contextlib
import io

import numpy as np

import cudawasm as cw
from cudawasm_conformance.case import Case, expected_arrays, mismatch


def run_case(case: Case, device: str) -> list[str]:
    """Launch a case on a device; returns what is wrong, empty when it passes."""
    with cw.device(device):
        module = cw.Module(case.source, options=case.options)
        kernel = module.kernel(case.kernel)
        buffers = {n: cw.asarray(a) for n, a in case.args.items() if isinstance(a, np.ndarray)}
        values = [buffers.get(n, a) for n, a in case.args.items()]
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            kernel[case.launch.grid, case.launch.block, case.launch.shared](*values)
            cw.device(device).synchronize()
        problems = [mismatch(case, n, buffers[n].get(), wanted) for n, wanted in expected_arrays(case).items()]
    if case.prints is not None and output.getvalue() != case.prints:
        problems.append(f"printed {output.getvalue()!r}, expected {case.prints!r}")
    return [p for p in problems if p]
