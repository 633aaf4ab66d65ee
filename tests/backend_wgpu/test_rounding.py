"""Quotients, roots and conversions where the device rounds none of them as CUDA does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

import cudawasm as cw

COUNT = 4096
KERNEL = """__global__ void k(const {0}* a, const {0}* b, {1}* o, int n) {{
  int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) o[i] = {2}; }}"""
CASES = {
    "quotient": ("a[i] / b[i]", lambda a, b: a / b),
    "reciprocal": ("1 / a[i]", lambda a, b: 1 / a),
    "root": ("sqrt(a[i])", lambda a, b: np.sqrt(a)),
}


def values(dtype: type, seed: int) -> np.ndarray:
    """Numbers of all sizes, of which many are near the ends of the range, and some powers of two, infinite or NaN."""
    rng = np.random.default_rng(seed)
    bits, places = (32, 23) if dtype == np.float32 else (64, 52)
    word = np.dtype(f"u{bits // 8}").type
    found = rng.integers(0, 2**bits, COUNT, dtype=word)
    most = 2 ** (bits - 1 - places) - 1
    edges = rng.choice([0, 1, 2, most // 2, most - 2, most - 1, most], COUNT // 2).astype(word)
    mantissa_and_sign = word(2 ** (bits - 1) | 2**places - 1)
    found[: COUNT // 2] = (found[: COUNT // 2] & mantissa_and_sign) | (edges << word(places))
    found[::8] &= word(2**bits - 2**places)
    return found.view(dtype)


def computed(text: str, a: np.ndarray, b: np.ndarray, dtype: type) -> np.ndarray:
    names = {np.float32: "float", np.float64: "double"}
    o = cw.zeros(COUNT, dtype)
    source = KERNEL.format(names[a.dtype.type], names[dtype], text)
    cw.Module(source)["k"][COUNT // 64, 64](cw.asarray(a), cw.asarray(b), o, COUNT)
    return o.get()


@pytest.fixture
def other_rounding(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The device as if it rounded as it likes, and took numbers below the normal range for 0."""
    device = cw.device(next(info.name for info in cw.devices() if info.backend == "wgpu"))
    traits = replace(device.backend.traits, exact_divide=False, denormals=False)
    monkeypatch.setattr(device.backend, "traits", traits)
    with device:
        yield


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("other_rounding")
def test_arithmetic_rounds_once(name, dtype):
    text, meaning = CASES[name]
    a, b = values(dtype, 1), values(dtype, 2)
    with np.errstate(all="ignore"):
        assert np.array_equal(computed(text, a, b, dtype), meaning(a, b), equal_nan=True)


@pytest.mark.usefixtures("other_rounding")
def test_conversions_keep_numbers_below_the_normal_range():
    wide = np.concatenate([values(np.float64, 3)[: COUNT // 2], np.arange(COUNT // 2) * 2.0**-150])
    with np.errstate(all="ignore"):
        assert np.array_equal(computed("a[i]", wide, wide, np.float32), wide.astype(np.float32), equal_nan=True)
        narrow = values(np.float32, 4)
        assert np.array_equal(computed("a[i]", narrow, narrow, np.float64), narrow.astype(np.float64), equal_nan=True)
