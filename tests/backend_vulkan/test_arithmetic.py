"""Arithmetic that has to come out as CUDA's to the last bit, also where the driver would do it otherwise."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import cudawasm as cw

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import fuzz_kernels

DEVICES = [info.name for info in cw.devices() if info.backend == "vulkan"]


@pytest.mark.parametrize("seed", [259, 290, 294, 312])
def test_random_kernels_agree_with_numpy(seed: int):
    assert fuzz_kernels.check(seed, DEVICES[0]) == []


def test_double_multiply_adds_round_once():
    rng = np.random.default_rng(3)
    size = 1024
    a, b, c = (rng.standard_normal(size) * np.exp2(rng.integers(-500, 500, size)) for _ in range(3))
    c[::2] = -a[::2] * b[::2] * (1 + rng.integers(-2, 3, size // 2) * 2.0**-52)
    c[1::4] = a[1::4] * b[1::4] * np.exp2(rng.integers(-110, 110, size // 4))
    c[:8] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 5e-324]
    out = cw.zeros(size, np.float64)
    source = """__global__ void k(const double* a, const double* b, const double* c, double* o) {
        int i = threadIdx.x; o[i] = fma(a[i], b[i], c[i]); }"""
    cw.Module(source)["k"][1, size](*map(cw.asarray, (a, b, c)), out)
    found = out.get()
    for x, y, z, got in zip(a, b, c, found, strict=True):
        if np.isfinite(z):
            assert got == float(Fraction(x) * Fraction(y) + Fraction(z)), (x, y, z)
    assert found[2] == np.inf and found[3] == -np.inf and np.isnan(found[4])


def test_constant_zeros_keep_signs_and_nan():
    source = """__global__ void k(const float* a, float* o) {
        int i = threadIdx.x; float v = a[i];
        o[5 * i] = v + 0.0f; o[5 * i + 1] = 0.0f - v; o[5 * i + 2] = v * 0.0f; o[5 * i + 3] = v / 0.0f;
        o[5 * i + 4] = 0.0f / v; }"""
    a = np.array([0.0, -0.0, 1.5, -1.5, np.inf, -np.inf, np.nan], np.float32)
    out = cw.zeros((7, 5), np.float32)
    cw.Module(source)["k"][1, 7](cw.asarray(a), out)
    zero = np.float32(0)
    with np.errstate(all="ignore"):
        wanted = np.stack([a + zero, zero - a, a * zero, a / zero, zero / a], 1)
    found = out.get()
    assert np.array_equal(found, wanted, equal_nan=True)
    numbers = ~np.isnan(wanted)
    assert np.array_equal(np.signbit(found)[numbers], np.signbit(wanted)[numbers])


def test_sign_extended_integers_compare():
    source = """__global__ void k(const int* a, int* o) { int i = threadIdx.x; long long v = a[i];
        o[3 * i] = v < 3; o[3 * i + 1] = llabs(v) > 7; o[3 * i + 2] = (v < 0 ? -v : v) == a[i]; }"""
    a = np.array([-5, 0, 2, 3, 2**31 - 1, -(2**31), -8], np.int32)
    out = cw.zeros((7, 3), np.int32)
    cw.Module(source)["k"][1, 7](cw.asarray(a), out)
    wide = a.astype(np.int64)
    assert np.array_equal(out.get(), np.stack([wide < 3, abs(wide) > 7, abs(wide) == wide], 1))
