"""Every math builtin on the CPU device against mpmath, within the builtins table's bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from exact_math import FAST, ONE_ARGUMENT, TWO_ARGUMENTS, Math

import cudawasm as cw
from cudawasm.ir.builtins import BUILTINS

POINTS = 2000
SLOW_POINTS = 300
BLOCK = 256
EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -7.0, math.pi, 1e22, math.inf, -math.inf, math.nan, 1.4e-45,
    -1.4e-45, 1.17549435e-38, 1e-40, 3.4028234e38, -3.4028234e38, 5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308,
]  # fmt: skip
FLOATS = {"float": np.float32, "double": np.float64}
DIGITS = {"float": (24, -125), "double": (53, -1021)}  # bits of a significand, frexp's smallest normal exponent

SOURCE = """
template <typename T> __global__ void one(T* y, const T* x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = FUNCTION(x[i]);
}
template <typename T> __global__ void two(T* y, const T* a, const T* b, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = FUNCTION(a[i], b[i]);
}
__global__ void scale_float(float* y, const float* x, const int* k, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = ldexpf(x[i], k[i]);
}
__global__ void scale_double(double* y, const double* x, const int* k, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = ldexp(x[i], k[i]);
}
"""


def run(function: str, kernel: str, *args: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``function`` of each element, on the CPU device."""
    module = cw.Module(SOURCE, defines={"FUNCTION": function}, device="cpu")
    count = len(args[0])
    y = cw.empty(count, args[0].dtype, device="cpu")
    inputs = [cw.asarray(a, device="cpu") for a in args]
    module.kernel(kernel)[(count + BLOCK - 1) // BLOCK, BLOCK](y, *inputs, np.int32(count))
    return y.get()


def arguments(where: tuple[Any, ...], type_: str, count: int, seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    dtype = FLOATS[type_]
    each = count // len(where)
    with np.errstate(all="ignore"):
        parts = [np.array(EDGES, np.float64).astype(dtype)]
    for place in where:
        if isinstance(place, tuple):
            parts.append(rng.uniform(*place, each).astype(dtype))
        elif place == "small":
            parts.append((np.exp2(rng.uniform(-60, 0, each)) * rng.choice([-1, 1], each)).astype(dtype))
        else:
            unsigned = np.uint32 if type_ == "float" else np.uint64
            raw = rng.integers(0, np.iinfo(unsigned).max, each, unsigned, endpoint=True)
            any_bits = raw.view(dtype)
            parts.append(np.abs(any_bits) if place == "positive" else any_bits)
    return np.concatenate(parts)


def exact_value(exact: Callable[..., mp.mpf], args: tuple[float, ...]) -> mp.mpf | None:
    """The exact value; None where it is not real."""
    try:
        value = exact(*map(mp.mpf, args))
    except (ValueError, ZeroDivisionError):
        return None
    if isinstance(value, mp.mpc):
        return value.real if value.imag == 0 else None
    return None if mp.isnan(value) else value


def error_in_ulp(got: float, want: mp.mpf, type_: str) -> float:
    bits, lowest = DIGITS[type_]
    largest = mp.mpf(2) ** (1 - lowest + 2)
    if mp.isinf(want) or abs(want) >= largest or not math.isfinite(got):
        rounds_to_infinity = abs(want) >= largest * (1 - mp.mpf(2) ** (-bits))
        is_same = math.isinf(got) and (want > 0) == (got > 0)
        return 0.0 if is_same and rounds_to_infinity else math.inf
    exponent = max(mp.frexp(want)[1], lowest) if want else lowest
    return float(abs(mp.mpf(got) - want) / mp.mpf(2) ** (exponent - bits))


def check(math_: Math, type_: str, limit: int, got: np.ndarray[Any, Any], *args: np.ndarray[Any, Any]) -> None:
    worst, at = 0.0, ()
    with mp.workprec(130):
        for y, *xs in zip(got.tolist(), *(a.tolist() for a in args), strict=True):
            if not all(map(math.isfinite, xs)):
                continue
            want = exact_value(math_.exact, tuple(xs))
            if want is None:
                continue
            error = error_in_ulp(y, want, type_)
            if error > worst:
                worst, at = error, (*xs, y)
    assert worst <= limit, f"{math_.builtin} {type_}: {worst:.3f} ulp at {at}, allowed {limit}"


def limit_of(math_: Math, type_: str) -> int:
    row = BUILTINS[math_.builtin]
    return row.ulp32 if type_ == "float" else row.ulp64


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("math_", ONE_ARGUMENT, ids=lambda m: m.builtin)
def test_one_argument(math_: Math, type_: str) -> None:
    x = arguments(math_.where, type_, SLOW_POINTS if math_.slow else POINTS, 7)
    check(math_, type_, limit_of(math_, type_), run(math_.call, f"one<{type_}>", x), x)


@pytest.mark.parametrize("math_", FAST, ids=lambda m: m.builtin)
def test_fast(math_: Math) -> None:
    x = arguments(math_.where, "float", POINTS, 11)
    check(math_, "float", limit_of(math_, "float"), run(math_.call, "one<float>", x), x)


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("math_", TWO_ARGUMENTS, ids=lambda m: m.builtin)
def test_two_arguments(math_: Math, type_: str) -> None:
    if math_.builtin == "fast_pow" and type_ == "double":
        return  # there is no fast double function
    x = arguments(math_.where, type_, POINTS, 13)
    y = arguments(((-5, 5), (-60, 60), "bits"), type_, len(x), 17)[: len(x)]
    x = x[: len(y)]
    if math_.builtin == "fast_pow":
        x = np.abs(x)
        keep = (x > 0) & (x < 100) & (np.abs(y) < 10)
        x, y = x[keep], y[keep]
    if math_.builtin == "pow":
        near = np.exp(np.linspace(-0.05, 0.05, 300)).astype(x.dtype)
        x, y = np.concatenate([x, near]), np.concatenate([y, np.linspace(-1500, 1500, 300).astype(x.dtype)])
        finite = np.isfinite(x) & np.isfinite(y) & (x > 0)
        x, y = x[finite], y[finite]
        with np.errstate(all="ignore"):
            small_enough = np.abs(np.log(x.astype(np.float64)) * y.astype(np.float64)) < 2000
        x, y = x[small_enough], y[small_enough]
    check(math_, type_, limit_of(math_, type_), run(math_.call, f"two<{type_}>", x, y), x, y)


def same(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where both have the same bits or are both NaN."""
    bits = np.uint32 if got.dtype == np.float32 else np.uint64
    return (got.view(bits) == want.view(bits)) | (np.isnan(got) & np.isnan(want))


def c_remainder(x: float, y: float) -> float:
    try:
        return math.remainder(x, y)
    except ValueError:
        return math.nan


EXACT: dict[str, Callable[..., Any]] = {
    "fmod": np.fmod,
    "nextafter": np.nextafter,
    "remainder": lambda a, b: np.array(
        [c_remainder(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], a.dtype
    ),
}


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("name", EXACT)
def test_exact(name: str, type_: str) -> None:
    a = arguments(("bits", (-50, 50), (0, 1e10)), type_, POINTS, 19)
    b = arguments(((-5, 5), "bits", (0, 1)), type_, POINTS, 23)
    with np.errstate(all="ignore"):
        edges = np.array(EDGES).astype(a.dtype)
    a = np.concatenate([a, np.repeat(edges, len(edges)), np.arange(-40, 40, 0.5).astype(a.dtype)])
    b = np.concatenate([b, np.tile(edges, len(edges)), np.resize(np.array([1, 1.5, 2, -3]), 160).astype(a.dtype)])
    with np.errstate(all="ignore"):
        want = EXACT[name](a, b)
    wrong = ~same(run(name, f"two<{type_}>", a, b), want)
    assert not wrong.any(), f"{name}({a[wrong][0]!r}, {b[wrong][0]!r}) should be {want[wrong][0]!r}"


@pytest.mark.parametrize("type_", FLOATS)
def test_ldexp(type_: str) -> None:
    x = arguments(("bits", "small"), type_, POINTS, 29)
    k = np.random.default_rng(31).integers(-2200, 2200, len(x)).astype(np.int32)
    k[::2] //= 12
    with np.errstate(all="ignore"):
        want = np.ldexp(x, k)
    assert same(run("sqrt", f"scale_{type_}", x, k), want).all()


_SPECIAL = np.array([0.0, -0.0, math.inf, -math.inf, math.nan])
SPECIAL = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "cbrt": np.cbrt, "cos": np.cos, "cosh": np.cosh, "exp": np.exp, "exp2": np.exp2,
    "expm1": np.expm1, "log": np.log, "log10": np.log10, "log1p": np.log1p, "log2": np.log2, "sin": np.sin,
    "sinh": np.sinh, "tan": np.tan, "tanh": np.tanh,
}  # fmt: skip


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("name", SPECIAL)
def test_special_arguments(name: str, type_: str) -> None:
    """Zeros with their sign, infinities and NaN, as C's annex F has them."""
    x = _SPECIAL.astype(FLOATS[type_])
    with np.errstate(all="ignore"):
        want = SPECIAL[name](x)
    got = run(name, f"one<{type_}>", x)
    is_special = np.isnan(want) | np.isinf(want) | (want == 0) | (want == 1)
    assert same(got, want)[is_special].all(), f"{name}: {got} instead of {want}"
    np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("type_", FLOATS)
@pytest.mark.parametrize("name", ["atan2", "hypot", "pow"])
def test_special_pairs(name: str, type_: str) -> None:
    x = np.array([0.0, -0.0, 1, -1, 0.5, -0.5, 3, -3, 4, math.inf, -math.inf, math.nan]).astype(FLOATS[type_])
    a, b = np.repeat(x, len(x)), np.tile(x, len(x))
    with np.errstate(all="ignore"):
        want = {"atan2": np.arctan2, "hypot": np.hypot, "pow": np.power}[name](a, b)
    got = run(name, f"two<{type_}>", a, b)
    np.testing.assert_allclose(got, want, rtol=4e-7)
    is_zero = want == 0
    assert (np.signbit(got) == np.signbit(want))[is_zero].all()


def test_table_is_covered() -> None:
    tried = {m.builtin for m in (*ONE_ARGUMENT, *FAST, *TWO_ARGUMENTS)} | set(EXACT) | {"ldexp"}
    assert tried == {name for name, row in BUILTINS.items() if row.devlib}
