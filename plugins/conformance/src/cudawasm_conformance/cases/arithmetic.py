"""Integer and floating point arithmetic, conversions, bit manipulation."""

from __future__ import annotations

import numpy as np

from cudawasm_conformance.case import Case, Launch

_I = np.array([0, 1, -1, 7, -7, 2**31 - 1, -(2**31), 12345, -98765, 3], np.int32)
_J = np.array([3, -1, 5, 2, 2, 7, 3, -12, 17, 1], np.int32)


def _trunc_div(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a64, b64 = a.astype(np.int64), b.astype(np.int64)
    return (np.sign(a64) * np.sign(b64) * (np.abs(a64) // np.abs(b64))).astype(np.int32)


CASES = [
    Case(
        "int_division_truncates",
        "__global__ void k(const int* a, const int* b, int* q, int* r) {"
        " int i = threadIdx.x; q[i] = a[i] / b[i]; r[i] = a[i] % b[i]; }",
        {"a": _I, "b": _J, "q": np.zeros(10, np.int32), "r": np.zeros(10, np.int32)},
        lambda a, b, q, r: {"q": _trunc_div(a, b), "r": a - _trunc_div(a, b) * b},
        Launch(block=(10, 1, 1)),
    ),
]
