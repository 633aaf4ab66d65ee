"""Arithmetic and conversions with directed rounding against exact rational arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cudawasm as cw

MODES = ("rd", "ru", "rz")
EDGES = [
    0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 0.1, 1.4e-45, -1.4e-45, 1.17549435e-38, 3.4028234e38, -3.4028234e38, 1e-30, 1e30,
    5e-324, -5e-324, 1e-300, 1e300, 1.7976931348623157e308, -1.7976931348623157e308, math.inf, -math.inf, math.nan,
]  # fmt: skip

SOURCE = """
__global__ void k(TYPE* y, const TYPE* a, const TYPE* b, const TYPE* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    y[i] = CALL;
}
"""


def run(call: str, type_: str, *args: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    module = cw.Module(SOURCE, defines={"CALL": call, "TYPE": type_}, device="cpu")
    y = cw.empty(len(args[0]), args[0].dtype, device="cpu")
    inputs = [cw.asarray(a, device="cpu") for a in args]
    module["k"][(len(y) + 255) // 256, 256](y, *inputs, np.int32(len(y)))
    result: np.ndarray[Any, Any] = y.get()
    return result


def rounded(value: Fraction, mode: str, dtype: Any) -> Any:
    """A nonzero rational number rounded to a float type."""
    bits, lowest, highest = (24, -149, 128) if dtype == np.float32 else (53, -1074, 1024)
    size = abs(value)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if Fraction(2) ** exponent > size:
        exponent -= 1
    unit = Fraction(2) ** max(exponent - bits + 1, lowest)
    up = (mode == "ru") == (value > 0) and mode != "rz"
    count = -(-size // unit) if up else size // unit
    result = count * unit
    sign = -1 if value < 0 else 1
    if result >= Fraction(2) ** highest:
        return dtype(sign * (math.inf if up else np.finfo(dtype).max))
    power = unit.numerator.bit_length() - unit.denominator.bit_length()
    return dtype(math.ldexp(float(sign * int(count)), power) if count else math.copysign(0.0, sign))


def samples(dtype: Any, seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    unsigned = np.uint32 if dtype == np.float32 else np.uint64
    raw = rng.integers(0, np.iinfo(unsigned).max, 150, unsigned).view(dtype)
    tiny = (raw.view(unsigned) & unsigned(0x8FFFFFFF if dtype == np.float32 else 0x800FFFFFFFFFFFFF)).view(dtype)
    with np.errstate(all="ignore"):
        edges = np.array(EDGES).astype(dtype)
    return np.concatenate(
        [edges, rng.normal(size=150).astype(dtype), raw, tiny, rng.integers(-9, 9, 100).astype(dtype)]
    )


def grid(dtype: Any) -> tuple[np.ndarray[Any, Any], ...]:
    rng = np.random.default_rng(3)
    x = samples(dtype, 1)
    a, b, c = rng.choice(x, 3000), rng.choice(x, 3000), rng.choice(x, 3000)
    edges = x[: len(EDGES)]
    a = np.concatenate([a, np.repeat(edges, len(edges)), a[:600]])
    b = np.concatenate([b, np.tile(edges, len(edges)), b[:600]])
    with np.errstate(all="ignore"):
        c = np.concatenate([c, np.resize(edges, len(edges) ** 2), -(a[:600] * b[:600])])
    return a, b, c


Exact = Callable[[Fraction, Fraction, Fraction], Fraction]
OPERATIONS: dict[str, tuple[Callable[..., Any], Exact]] = {
    "add": (lambda a, b, c: a + b, lambda a, b, c: a + b),
    "sub": (lambda a, b, c: a - b, lambda a, b, c: a - b),
    "mul": (lambda a, b, c: a * b, lambda a, b, c: a * b),
    "div": (lambda a, b, c: a / b, lambda a, b, c: a / b),
    "rcp": (lambda a, b, c: 1 / a, lambda a, b, c: 1 / a),
    "fma": (lambda a, b, c: a * b + c, lambda a, b, c: a * b + c),
}


def expected(name: str, mode: str, a: Any, b: Any, c: Any) -> Any:
    nearest, exact = OPERATIONS[name]
    operands = {"rcp": (a,), "fma": (a, b, c)}.get(name, (a, b))
    is_division_by_zero = (name == "div" and b == 0) or (name == "rcp" and a == 0)
    if not all(np.isfinite(operands)) or is_division_by_zero:
        with np.errstate(all="ignore"):
            if name == "fma":  # the product of finite factors is finite
                product = a * b if not (np.isfinite(a) and np.isfinite(b)) else a.dtype.type(0)
                return product + c
            return nearest(a, b, c)
    value = exact(*(Fraction(float(v)) if np.isfinite(v) else Fraction(1) for v in (a, b, c)))
    if value != 0:
        return rounded(value, mode, a.dtype.type)
    signs = {
        "add": (np.signbit(a), np.signbit(b)), "sub": (np.signbit(a), not np.signbit(b)),
        "fma": (np.signbit(a) != np.signbit(b), np.signbit(c)),
    }.get(name)  # fmt: skip
    if signs is None:
        return nearest(a, b, c)
    is_negative = signs[0] if signs[0] == signs[1] else mode == "rd"
    return a.dtype.type(-0.0 if is_negative else 0.0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("type_", ["float", "double"])
def test_operation(type_: str, name: str, mode: str) -> None:
    a, b, c = grid(np.float32 if type_ == "float" else np.float64)
    prefix = "__f" if type_ == "float" else "__d"
    if name == "fma":
        call = f"__fma{'f' if type_ == 'float' else ''}_{mode}(a[i], b[i], c[i])"
    else:
        call = f"{prefix}{name}_{mode}(a[i]{'' if name == 'rcp' else ', b[i]'})"
    got = run(call, type_, a, b, c)
    for x, y, z, result in zip(a, b, c, got, strict=True):
        want = expected(name, mode, x, y, z)
        is_same = (np.isnan(result) and np.isnan(want)) or (result == want and np.signbit(result) == np.signbit(want))
        assert is_same, f"{call} of {x!r}, {y!r}, {z!r}: {result!r} instead of {want!r}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("type_", ["float", "double"])
def test_sqrt(type_: str, mode: str) -> None:
    dtype = np.float32 if type_ == "float" else np.float64
    a = np.abs(samples(dtype, 5))
    got = run(f"{'__f' if type_ == 'float' else '__d'}sqrt_{mode}(a[i])", type_, a, a, a)
    for x, result in zip(a, got, strict=True):
        if not np.isfinite(x) or x == 0:
            assert np.isnan(result) if np.isnan(x) else result == x
            continue
        r, exact = Fraction(float(result)), Fraction(float(x))
        away = Fraction(float(np.nextafter(result, dtype(math.inf if mode != "ru" else 0))))
        assert (away * away < exact <= r * r) if mode == "ru" else (r * r <= exact < away * away)


CONVERSIONS = {
    "int2float": (np.int32, np.float32), "uint2float": (np.uint32, np.float32), "ll2float": (np.int64, np.float32),
    "ull2float": (np.uint64, np.float32), "ll2double": (np.int64, np.float64), "ull2double": (np.uint64, np.float64),
    "double2float": (np.float64, np.float32),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", CONVERSIONS)
def test_conversion(name: str, mode: str) -> None:
    source, target = CONVERSIONS[name]
    rng = np.random.default_rng(9)
    if source == np.float64:
        x = np.concatenate([samples(source, 4), rng.normal(size=200) * 10.0 ** rng.integers(-45, 39, 200)])
    else:
        limits = np.iinfo(source)
        x = rng.integers(limits.min, limits.max, 400, source) >> rng.integers(0, limits.bits, 400).astype(source)
        x = np.concatenate([x, np.array([limits.min, limits.max, limits.max - 1, 0, 1], source)])
    names = {np.int32: "int", np.uint32: "unsigned", np.int64: "long long", np.uint64: "unsigned long long"}
    to, of = ("float" if target == np.float32 else "double"), names.get(source, "double")
    module = cw.Module(
        f"__global__ void k({to}* y, const {of}* x, int n) {{\n"
        f"    int i = blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < n) y[i] = __{name}_{mode}(x[i]);\n}}",
        device="cpu",
    )
    y = cw.empty(len(x), target, device="cpu")
    module["k"][(len(x) + 255) // 256, 256](y, cw.asarray(x, device="cpu"), np.int32(len(x)))
    for value, result in zip(x, y.get(), strict=True):
        if not np.isfinite(value) or value == 0:
            assert (np.isnan(result) and np.isnan(value)) or result == value
            continue
        exact = Fraction(int(value)) if source != np.float64 else Fraction(float(value))
        assert result == rounded(exact, mode, target), (value, result)
