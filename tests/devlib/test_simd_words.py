"""SIMD-in-a-word intrinsics against NumPy on the lanes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cudawasm as cw

Lanes = Callable[[Any, Any, int, int], Any]
OPERATIONS: dict[str, tuple[str, Lanes]] = {
    "add": ("u", lambda x, y, low, high: x + y),
    "sub": ("u", lambda x, y, low, high: x - y),
    "addss": ("s", lambda x, y, low, high: np.clip(x + y, low, high)),
    "subss": ("s", lambda x, y, low, high: np.clip(x - y, low, high)),
    "addus": ("u", lambda x, y, low, high: np.clip(x + y, low, high)),
    "subus": ("u", lambda x, y, low, high: np.clip(x - y, low, high)),
    "absdiffs": ("s", lambda x, y, low, high: abs(x - y)),
    "absdiffu": ("u", lambda x, y, low, high: abs(x - y)),
    "avgs": ("s", lambda x, y, low, high: np.where(x + y >= 0, (x + y + 1) // 2, -((-(x + y)) // 2) - (-(x + y)) % 2)),
    "avgu": ("u", lambda x, y, low, high: (x + y + 1) // 2),
    "haddu": ("u", lambda x, y, low, high: (x + y) // 2),
    "maxs": ("s", lambda x, y, low, high: np.maximum(x, y)),
    "maxu": ("u", lambda x, y, low, high: np.maximum(x, y)),
    "mins": ("s", lambda x, y, low, high: np.minimum(x, y)),
    "minu": ("u", lambda x, y, low, high: np.minimum(x, y)),
    "cmpeq": ("u", lambda x, y, low, high: -(x == y).astype(np.int64)),
    "cmpne": ("u", lambda x, y, low, high: -(x != y).astype(np.int64)),
    **{
        f"{kind}{name}{sign}": (sign, lambda x, y, low, high, f=f, k=k: k * f(x, y).astype(np.int64))
        for kind, k in (("cmp", -1), ("set", 1))
        for name, f in (("ge", np.greater_equal), ("gt", np.greater), ("le", np.less_equal), ("lt", np.less))
        for sign in "su"
    },
    "seteq": ("u", lambda x, y, low, high: (x == y).astype(np.int64)),
    "setne": ("u", lambda x, y, low, high: (x != y).astype(np.int64)),
}
UNARY: dict[str, Lanes] = {
    "abs": lambda x, y, low, high: abs(x),
    "absss": lambda x, y, low, high: np.minimum(abs(x), high),
    "neg": lambda x, y, low, high: -x,
    "negss": lambda x, y, low, high: np.minimum(-x, high),
}
WORDS = 1 << 12


def inputs() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(2)
    a, b = (rng.integers(0, 2**32, WORDS, np.uint32) for _ in range(2))
    b[::3] = a[::3] ^ (b[::3] & np.uint32(0x01000001))
    a[:4] = [0x80808080, 0x80008000, 0x7F7F7F7F, 0]
    return a, b


def lanes(word: np.ndarray[Any, Any], count: int, sign: str) -> np.ndarray[Any, Any]:
    return word.view({"s4": np.int8, "u4": np.uint8, "s2": np.int16, "u2": np.uint16}[f"{sign}{count}"]).astype(
        np.int64
    )


def run(calls: list[str], a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """One row of results for each call, in one launch."""
    body = "\n".join(f"    y[{k} * n + i] = {call};" for k, call in enumerate(calls))
    module = cw.Module(
        "__global__ void k(unsigned* y, const unsigned* a, const unsigned* b, int n) {\n"
        f"    int i = blockIdx.x * blockDim.x + threadIdx.x;\n{body}\n}}",
        device="cpu",
    )
    y = cw.empty((len(calls), WORDS), np.uint32, device="cpu")
    module["k"][WORDS // 256, 256](y, cw.asarray(a, device="cpu"), cw.asarray(b, device="cpu"), np.int32(WORDS))
    result: np.ndarray[Any, Any] = y.get()
    return result


@pytest.mark.parametrize("count", [4, 2])
def test_lanes(count: int) -> None:
    a, b = inputs()
    narrow = np.uint8 if count == 4 else np.uint16
    calls = [f"__v{name}{count}(a[i], b[i])" for name in OPERATIONS] + [f"__v{name}{count}(a[i])" for name in UNARY]
    rows = run(calls, a, b)
    wanted = [*OPERATIONS.items(), *((name, ("s", f)) for name, f in UNARY.items())]
    for (name, (sign, f)), row in zip(wanted, rows, strict=True):
        limits = np.iinfo({"s4": np.int8, "u4": np.uint8, "s2": np.int16, "u2": np.uint16}[f"{sign}{count}"])
        want = f(lanes(a, count, sign), lanes(b, count, sign), int(limits.min), int(limits.max))
        assert (row.view(narrow) == want.astype(narrow)).all(), f"__v{name}{count}"


@pytest.mark.parametrize("count", [4, 2])
def test_sums_of_absolute_differences(count: int) -> None:
    a, b = inputs()
    rows = run([f"__vsads{count}(a[i], b[i])", f"__vsadu{count}(a[i], b[i])"], a, b)
    for sign, row in zip("su", rows, strict=True):
        difference = abs(lanes(a, count, sign) - lanes(b, count, sign)).reshape(-1, count)
        assert (row == difference.sum(axis=1)).all()
