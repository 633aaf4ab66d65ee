"""16-bit types: one rounding, NaN and zeros as CUDA's, directed conversions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cudawasm as cw

TYPES = {"half": ("cuda_fp16.h", "__half"), "bfloat16": ("cuda_bf16.h", "__nv_bfloat16")}
INFINITY = {"half": 0x7C00, "bfloat16": 0x7F80}


def run(kind: str, parameters: str, body: str, count: int, *args: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Bit patterns of ``count`` results."""
    header, type_ = TYPES[kind]
    body = body.replace("$T", type_).replace("$N", kind)
    module = cw.Module(
        f"#include <{header}>\n__global__ void k(unsigned short* y, {parameters}, int n) {{\n"
        f"    int i = blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < n) y[i] = __{kind}_as_ushort({body});\n}}",
        device="cpu",
    )
    y = cw.empty(count, np.uint16, device="cpu")
    module["k"][(count + 255) // 256, 256](y, *(cw.asarray(a, device="cpu") for a in args), np.int32(count))
    result: np.ndarray[Any, Any] = y.get()
    return result


def value(bits: int, kind: str) -> Any:
    if kind == "half":
        return np.uint16(bits).view(np.float16)
    return (np.uint32(bits) << np.uint32(16)).view(np.float32)


def nearest(exact: Fraction, kind: str) -> int:
    """Round to nearest even, by search among the finite patterns."""
    low, high = 0, INFINITY[kind]
    size = abs(exact)
    limit = Fraction(float(value(high - 1, kind))) + (
        Fraction(float(value(high - 1, kind))) - Fraction(float(value(high - 2, kind)))
    )

    def at(bits: int) -> Fraction:
        return limit if bits == INFINITY[kind] else Fraction(float(value(bits, kind)))

    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at(middle) <= size else (low, middle)
    below, above = size - at(low), at(high) - size
    bits = low if below < above or (below == above and low % 2 == 0) or size == at(low) else high
    return bits | (0x8000 if exact < 0 else 0)


def patterns(count: int, seed: int) -> np.ndarray[Any, Any]:
    bits = np.random.default_rng(seed).integers(0, 1 << 16, count).astype(np.uint16)
    bits[:6] = [0, 0x8000, 1, 0x8001, 0x3C00, 0x3F80]
    return bits


def is_finite(bits: int, kind: str) -> bool:
    return bits & 0x7FFF < INFINITY[kind]


@pytest.mark.parametrize("kind", TYPES)
def test_fused_multiply_add_rounds_once(kind: str) -> None:
    a, b, c = (patterns(4000, seed) for seed in (1, 2, 3))
    arguments = "const unsigned short* a, const unsigned short* b, const unsigned short* c"
    call = "__hfma(__ushort_as_$N(a[i]), __ushort_as_$N(b[i]), __ushort_as_$N(c[i]))"
    got = run(kind, arguments, call, len(a), a, b, c)
    for x, y, z, result in zip(a.tolist(), b.tolist(), c.tolist(), got.tolist(), strict=True):
        if all(is_finite(v, kind) for v in (x, y, z)):
            p, q, r = (Fraction(float(value(v, kind))) for v in (x, y, z))
            exact = p * q + r
            if exact:
                assert result == nearest(exact, kind), (hex(x), hex(y), hex(z), hex(result))
        else:
            p, q, r = (np.float64(value(v, kind)) for v in (x, y, z))
            with np.errstate(all="ignore"):
                want = p * q + r
            got_value = value(result, kind)
            assert (np.isnan(want) and np.isnan(got_value)) or want == got_value, (hex(x), hex(y), hex(z), hex(result))


@pytest.mark.parametrize("kind", TYPES)
def test_conversions_round_once(kind: str) -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=1000) * 2.0 ** rng.integers(-20, 14, 1000)
    # Just off the middle of two neighbours, where rounding to float first would make it a tie.
    x[:400] = [float(value(0x3F80 + k, kind)) * (1 + 2.0**-11) + 2.0**-45 for k in range(400)]
    for bits, v in zip(run(kind, "const double* x", f"__double2{kind}(x[i])", len(x), x).tolist(), x, strict=True):
        assert bits == nearest(Fraction(v), kind), v
    k = (rng.integers(-(2**62), 2**62, 1000) >> rng.integers(0, 62, 1000)).astype(np.int64)
    k[k == 0] = 1
    for mode in ("rn", "rd", "ru", "rz"):
        got = run(kind, "const long long* k", f"__ll2{kind}_{mode}(k[i])", len(k), k)
        for bits, v in zip(got.tolist(), k.tolist(), strict=True):
            want = nearest(Fraction(v), kind)
            if mode != "rn":
                r = value(want, kind)
                low = np.isinf(r) and r > 0
                low = low or (not np.isinf(r) and Fraction(float(r)) > v)
                high = (np.isinf(r) and r < 0) or (not np.isinf(r) and Fraction(float(r)) < v)
                away = (mode == "ru" and high) or (mode == "rd" and low)
                inward = mode == "rz" and ((v > 0 and low) or (v < 0 and high))
                if inward or (away and (v < 0) == (mode == "ru")):
                    want -= 1  # towards zero
                elif away:
                    want += 1
            assert bits == want, (mode, v, hex(bits), hex(want))


@pytest.mark.parametrize("kind", TYPES)
def test_minimum_and_maximum(kind: str) -> None:
    nan, one = 0x7FFF, {"half": 0x3C00, "bfloat16": 0x3F80}[kind]
    a = np.array([0x8000, 0, nan, one, nan, one], np.uint16)
    b = np.array([0, 0x8000, one, nan, nan, 0], np.uint16)
    arguments = "const unsigned short* a, const unsigned short* b"
    expected = {
        "__hmax": [0, 0, one, one, nan, one],
        "__hmin": [0x8000, 0x8000, one, one, nan, 0],
        "__hmax_nan": [0, 0, nan, nan, nan, one],
        "__hmin_nan": [0x8000, 0x8000, nan, nan, nan, 0],
    }
    for name, want in expected.items():
        got = run(kind, arguments, f"{name}(__ushort_as_$N(a[i]), __ushort_as_$N(b[i]))", len(a), a, b)
        assert got.tolist() == want, name
