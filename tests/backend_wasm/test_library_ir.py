"""Functions that LLVM calls by itself: exact against integers of any size."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from objects import instance

import cudawasm as cw
from cudawasm.ir.types import F64
from cudawasm.runtime.device import Device
from cudawasm_cpu.machine import wasm_machine
from cudawasm_cpu.wasm import pipeline
from cudawasm_cpu.wasm.device import WasmDevice
from cudawasm_cpu.wasm.probe import device_info

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


def near_the_least_normal_number(count: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(7)
    a, b = rng.standard_normal((2, count)) * 2.0**-505
    c = rng.choice([1.0, -1.0], count) * (1 + rng.integers(-3, 4, count) * 2.0**-52)
    return a, b * 2.0 ** rng.integers(-70, 2, count), c * 2.0 ** rng.integers(-1025, -1019, count)


def exact_fma(a: float, b: float, c: float) -> float:
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def test_fma_rounds_once_at_the_least_normal_number():
    made = instance(FMA, "f")
    for a, b, c in zip(*(x.tolist() for x in near_the_least_normal_number(1500)), strict=True):
        assert made.call("f", a, b, c) == exact_fma(a, b, c), (a, b, c)


def test_the_fma_of_the_device_library_rounds_once_there_too(monkeypatch):
    monkeypatch.setattr(pipeline, "_ABSENT", pipeline._ABSENT | {("fma", F64)})
    source = """__global__ void library_fma(const double* a, const double* b, const double* c, double* o) {
        int i = blockIdx.x * 64 + threadIdx.x;
        o[i] = fma(a[i], b[i], c[i]);
    }"""
    info = device_info()
    assert info is not None
    with Device(WasmDevice(info, wasm_machine(threads=True))):
        numbers = near_the_least_normal_number(1536)
        out = cw.zeros(1536, np.float64)
        cw.Module(source)["library_fma"][24, 64](*map(cw.asarray, numbers), out)
        wanted = [exact_fma(*row) for row in zip(*(x.tolist() for x in numbers), strict=True)]
        assert out.get().tolist() == wanted


@pytest.mark.parametrize(
    ("a", "b", "c"),
    [
        (float("inf"), 2.0, 1.0), (float("inf"), 0.0, 1.0), (1e300, 1e300, float("-inf")), (0.0, 5.0, -0.0),
        (-0.0, 5.0, -0.0), (float("nan"), 1.0, 1.0), (1.0, 1.0, float("nan")), (5e-324, 0.5, 0.0),
        (5e-324, 5e-324, 5e-324), (1e-200, 1e-200, 1e-320), (2.0**-1022, 0.5, 2.0**-1074), (1e308, 10.0, -1e308),
        (2.0**-1022, 1e-45, 2.0**-1022), (5e-324, 5e-324, 2.0**-1022), (-(2.0**-1022), 1e-45, 2.0**-1022),
        (2.0**-1022, 1e-45, 1.5 * 2.0**-1022), (2.0**-600, 2.0**-423, 2.0**-1022 - 2.0**-1074),
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
