"""Math functions that the headers build on the builtins."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cudawasm as cw

EDGES = [0.0, -0.0, 1.0, -1.5, 8.0, 1e300, -1e-300, 5e-324, 2.2250738585072014e-308, 1e22, 0.1, -7.25, 3e8]


def run(body: str, outputs: str, count: int, *args: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """The body sees x[i], y[i] (double) and writes arrays named in ``outputs`` ("d:r i:q"); all are returned."""
    types = {"d": ("double", np.float64), "f": ("float", np.float32), "i": ("int", np.int32)}
    declared = [o.split(":") for o in outputs.split()]
    parameters = ", ".join(f"{types[t][0]}* {name}" for t, name in declared)
    module = cw.Module(
        f"__global__ void k({parameters}, const double* x, const double* y, int n) {{\n"
        f"    int i = blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < n) {{ {body} }}\n}}",
        device="cpu",
    )
    arrays = [cw.empty(count, types[t][1], device="cpu") for t, _ in declared]
    module["k"][(count + 255) // 256, 256](*arrays, *(cw.asarray(a, device="cpu") for a in args), np.int32(count))
    return [a.get() for a in arrays]


def pairs() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.normal(size=500) * 10.0 ** rng.integers(-5, 20, 500), np.repeat(EDGES, len(EDGES))])
    y = np.concatenate([rng.normal(size=500), np.tile(EDGES, len(EDGES))])
    return x, y


def test_remquo() -> None:
    x, y = pairs()
    keep = y != 0
    x, y = x[keep], y[keep]
    remainder, quotient = run("r[i] = remquo(x[i], y[i], &q[i]);", "d:r i:q", len(x), x, y)
    for a, b, r, q in zip(x, y, remainder.tolist(), quotient.tolist(), strict=True):
        assert r == math.remainder(a, b)
        exact = (Fraction(a) - Fraction(r)) / Fraction(b)
        assert abs(q) % 8 == abs(int(exact)) % 8
        assert q == 0 or (q < 0) == (exact < 0)


def test_frexp_modf_logb() -> None:
    x, y = pairs()
    body = "m[i] = frexp(x[i], &e[i]); double whole; p[i] = modf(x[i], &whole); w[i] = whole; l[i] = ilogb(x[i]);"
    m, e, p, w, logb = run(body, "d:m i:e d:p d:w i:l", len(x), x, y)
    want_m, want_e = np.frexp(x)
    want_p, want_w = np.modf(x)
    for got, want in ((m, want_m), (e, want_e), (p, want_p), (w, want_w)):
        np.testing.assert_array_equal(got, want)
    nonzero = x != 0
    np.testing.assert_array_equal(logb[nonzero], want_e[nonzero] - 1)


def test_reciprocal_square_root_is_correctly_rounded() -> None:
    x = np.random.default_rng(4).uniform(1, 4, 3000).astype(np.float32).astype(np.float64)
    (got,) = run("r[i] = __frsqrt_rn((float)x[i]);", "f:r", len(x), x, x)
    for v, r in zip(x, got, strict=True):
        low, high = ((Fraction(float(r)) + Fraction(float(np.nextafter(r, np.float32(side))))) / 2 for side in (0, 2))
        assert low * low * Fraction(v) < 1 < high * high * Fraction(v)


@pytest.mark.parametrize("name", ["norm3d", "norm4d", "rnorm3d", "rnorm4d"])
def test_norms(name: str) -> None:
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=300) * 10.0 ** rng.integers(-150, 150, 300), rng.normal(size=300)
    arguments = "x[i], y[i], 2.0" + (", 3.0" if "4" in name else "")
    got, single = run(
        f"r[i] = {name}({arguments}); s[i] = {name}f(1.5f, 2.0f, -6.0f{', 0.5f' if '4' in name else ''});",
        "d:r f:s", len(x), x, y,
    )  # fmt: skip
    want = np.array([math.hypot(a, b, 2, 3 if "4" in name else 0) for a, b in zip(x, y, strict=True)])
    want_single = math.hypot(1.5, 2, 6, 0.5 if "4" in name else 0)
    invert = name.startswith("r")
    np.testing.assert_allclose(got, 1 / want if invert else want, rtol=1e-15)
    np.testing.assert_allclose(single, 1 / want_single if invert else want_single, rtol=2e-7)


def test_norm_of_an_array() -> None:
    a = np.array([3.0, 4.0, 12.0, 84.0])
    r, s = run("float v[4] = {3, 4, 12, 84}; r[i] = norm(4, x); s[i] = rnormf(4, v);", "d:r f:s", 4, a, a)
    np.testing.assert_array_equal(r, [85.0] * 4)
    np.testing.assert_allclose(s, [1 / 85] * 4, rtol=1e-7)
