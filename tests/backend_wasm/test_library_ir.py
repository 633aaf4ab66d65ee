"""Functions that LLVM calls by itself: exact against integers of any size."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from objects import instance

FMA = """
declare double @llvm.fma.f64(double, double, double)
define double @f(double %a, double %b, double %c) {
  %r = call double @llvm.fma.f64(double %a, double %b, double %c)
  ret double %r
}
"""
MULTIPLY = """
define i64 @high(i64 %a, i64 %b) {
  %x = zext i64 %a to i128
  %y = zext i64 %b to i128
  %p = mul i128 %x, %y
  %h = lshr i128 %p, 64
  %r = trunc i128 %h to i64
  ret i64 %r
}
"""


def numbers(rng: np.random.Generator, spread: int) -> np.ndarray:
    return rng.standard_normal(3) * 2.0 ** rng.integers(-spread, spread, 3)


@pytest.mark.parametrize("spread", [4, 60, 540])
def test_fma_rounds_once(spread):
    made = instance(FMA, "f")
    rng = np.random.default_rng(spread)
    for _ in range(1500):
        a, b, c = map(float, numbers(rng, spread))
        if rng.random() < 0.3:
            c = -a * b * (1 + rng.integers(-3, 4) * 2.0**-52)  # sums that cancel
        exact = Fraction(a) * Fraction(b) + Fraction(c) if np.isfinite(c) else None
        try:
            wanted = float(exact) if exact is not None else c
        except OverflowError:
            wanted = float("inf") if exact > 0 else float("-inf")
        assert made.call("f", a, b, c) == wanted, (a, b, c)


@pytest.mark.parametrize(
    ("a", "b", "c"),
    [
        (float("inf"), 2.0, 1.0), (float("inf"), 0.0, 1.0), (1e300, 1e300, float("-inf")), (0.0, 5.0, -0.0),
        (-0.0, 5.0, -0.0), (float("nan"), 1.0, 1.0), (1.0, 1.0, float("nan")), (5e-324, 0.5, 0.0),
        (5e-324, 5e-324, 5e-324), (1e-200, 1e-200, 1e-320), (2.0**-1022, 0.5, 2.0**-1074), (1e308, 10.0, -1e308),
    ],
)  # fmt: skip
def test_fma_of_special_numbers(a, b, c):
    found = instance(FMA, "f").call("f", a, b, c)
    if all(map(np.isfinite, (a, b, c))) and a * b != 0:
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        wanted = float(exact) if abs(exact) < 2**1024 else float("inf")
    else:
        wanted = c if np.isfinite(a) and np.isfinite(b) and np.isinf(c) else a * b + c
    assert repr(found).replace("-nan", "nan") == repr(wanted).replace("-nan", "nan")


def test_the_upper_half_of_products():
    made = instance(MULTIPLY, "high")
    rng = np.random.default_rng(1)
    for _ in range(500):
        a, b = (int(v) for v in rng.integers(0, 2**64, 2, dtype=np.uint64))
        signed = [v - (1 << 64) if v >> 63 else v for v in (a, b)]
        assert made.call("high", *signed) % (1 << 64) == a * b >> 64
