"""Bessel functions on the CPU device against mpmath, within the bounds of the CUDA C++ Programming Guide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import cudawasm as cw

FUNCTIONS: dict[str, tuple[Callable[..., mp.mpf], tuple[float, float]]] = {
    "j0": (lambda x: mp.besselj(0, x), (-8, 8)),
    "j1": (lambda x: mp.besselj(1, x), (-8, 8)),
    "y0": (lambda x: mp.bessely(0, x), (0, 8)),
    "y1": (lambda x: mp.bessely(1, x), (0, 8)),
    "cyl_bessel_i0": (lambda x: mp.besseli(0, x), (-20, 20)),
    "cyl_bessel_i1": (lambda x: mp.besseli(1, x), (-20, 20)),
}
ULP = {"float": 9, "double": 7}
ABSOLUTE = {"float": 2.2e-6, "double": 5e-12}
FLOATS = {"float": np.float32, "double": np.float64}
DIGITS = {"float": (24, -125), "double": (53, -1021)}


def run(
    call: str, type_: str, x: np.ndarray[Any, Any], order: np.ndarray[Any, Any] | None = None
) -> np.ndarray[Any, Any]:
    """The value of an expression of x[i] and order[i]."""
    order = np.zeros(len(x), np.int32) if order is None else order
    module = cw.Module(
        f"__global__ void k({type_}* y, const {type_}* x, const int* order, int n) {{\n"
        f"    int i = blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < n) y[i] = {call};\n}}",
        device="cpu",
    )
    y = cw.empty(len(x), x.dtype, device="cpu")
    inputs = [cw.asarray(a, device="cpu") for a in (x, order)]
    module["k"][(len(x) + 255) // 256, 256](y, *inputs, np.int32(len(x)))
    result: np.ndarray[Any, Any] = y.get()
    return result


def suffix(type_: str) -> str:
    return "f" if type_ == "float" else ""


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_relative_error(name: str, type_: str) -> None:
    exact, (low, high) = FUNCTIONS[name]
    rng = np.random.default_rng(1)
    zeros = [float(z) for k in (1, 2) for z in (mp.besseljzero(0, k), mp.besseljzero(1, k), mp.besselyzero(0, k))]
    x = np.concatenate([rng.uniform(low, high, 300), 10.0 ** -rng.uniform(0, 30, 40), zeros]).astype(FLOATS[type_])
    got = run(f"{name}{suffix(type_)}(x[i])", type_, x)
    bits, lowest = DIGITS[type_]
    with mp.workprec(120):
        for v, y in zip(x.tolist(), got.tolist(), strict=True):
            want = exact(mp.mpf(v))
            error = abs(y - want) / mp.mpf(2) ** (max(mp.frexp(want)[1], lowest) - bits)
            assert error <= ULP[type_], f"{name}({v!r}) = {y!r}: {float(error):.2f} ulp"


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("name", ["j0", "j1", "y0", "y1"])
def test_large_arguments(name: str, type_: str) -> None:
    exact, _ = FUNCTIONS[name]
    x = (8 * 10 ** np.random.default_rng(2).uniform(0, 5, 200)).astype(FLOATS[type_])
    got = run(f"{name}{suffix(type_)}(x[i])", type_, x)
    for v, y in zip(x.tolist(), got.tolist(), strict=True):
        assert abs(y - exact(mp.mpf(v))) <= ABSOLUTE[type_]


def test_any_order() -> None:
    orders = [0, 1, 2, 3, 7, 20, 128]
    some = np.concatenate([np.random.default_rng(3).uniform(0.01, 200, 60), [1e-12, 1e-3, 127.5, 128.5]])
    x, order = np.tile(some, len(orders)), np.repeat(orders, len(some)).astype(np.int32)
    for v, n, y in zip(x, order.tolist(), run("jn(order[i], x[i])", "double", x, order), strict=True):
        want = mp.besselj(n, v)
        assert abs(y - want) <= 1e-13 + 1e-10 * abs(want), f"jn({n}, {v})"
    far = x > order / 2
    x, order = x[far], order[far]
    for v, n, y in zip(x, order.tolist(), run("yn(order[i], x[i])", "double", x, order), strict=True):
        want = mp.bessely(n, v)
        assert abs(y - want) <= 1e-12 + 1e-11 * abs(want), f"yn({n}, {v})"


def test_edges() -> None:
    inf, nan = np.inf, np.nan
    x = np.array([0.0, -0.0, inf, -inf, nan, -1.0])
    calls = ("j0", "j1", "y0", "y1", "cyl_bessel_i0", "cyl_bessel_i1")
    rows = {name: run(f"{name}(x[i])", "double", x) for name in calls}
    np.testing.assert_array_equal(rows["j0"][:5], [1, 1, 0, 0, nan])
    np.testing.assert_array_equal(rows["j1"][:5], [0, 0, 0, 0, nan])
    for name in ("y0", "y1"):
        np.testing.assert_array_equal(rows[name], [-inf, -inf, 0, nan, nan, nan])
    np.testing.assert_array_equal(rows["cyl_bessel_i0"][:5], [1, 1, inf, inf, nan])
    np.testing.assert_array_equal(rows["cyl_bessel_i1"][:5], [0, 0, inf, -inf, nan])
    np.testing.assert_array_equal(run("jn(-1, x[i])", "double", x), np.full(6, nan))
