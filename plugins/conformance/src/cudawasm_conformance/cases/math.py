"""The CUDA math API. Error bounds are those of the table of builtins; one more ulp allows for the reference's own error."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm.ir.builtins import BUILTINS
from cudawasm_conformance.case import Case
from cudawasm_conformance.make import each, each_by_range, grid_of

_F = np.float32
_ALL = np.concatenate(
    [np.linspace(-12, 12, 97), [0.0, -0.0, 1e-30, -1e-30, 1e-4, 100.5, -77.25, 1e4, np.inf, -np.inf, np.nan]]
)
_POSITIVE = np.concatenate([np.geomspace(1e-30, 1e30, 61), [0.0, 1.0, 2.0, 0.5, np.inf, np.nan, -1.0]])
_UNIT = np.concatenate([np.linspace(-1, 1, 81), [0.0, -0.0, 1e-20, 1.5, -2.0, np.nan]])
_ANGLES = np.concatenate([np.linspace(-100, 100, 121), [0.0, -0.0, 1e-8, 3.141592653589793, 1e5, -1e5, np.inf, np.nan]])
_SMALL = np.concatenate([np.linspace(-80, 80, 81), [0.0, -0.0, 1e-9, -1e-9, np.inf, -np.inf, np.nan]])
_GAMMA = np.concatenate([np.linspace(0.05, 30, 80), [-0.5, -1.5, -2.25, np.inf]])
_OPEN = np.concatenate([np.linspace(-0.999, 0.999, 81), [0.0, 1.0, -1.0]])
_PROBABILITY = np.concatenate([np.linspace(0.001, 0.999, 81), [1e-10]])
_HALVES = np.array(
    [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997, -0.49999997, 8388609.0, 1e10, -3.7, 3.2, 0.0, -0.0, np.inf, np.nan]
)

UNARY: dict[str, np.ndarray] = {
    "acos": _UNIT, "acosh": np.concatenate([np.geomspace(1, 1e6, 60), [0.5, np.inf]]), "asin": _UNIT, "asinh": _ALL, "atan": _ALL, "atanh": _UNIT,
    "cbrt": _ALL, "ceil": _HALVES, "cos": _ANGLES, "cosh": _SMALL, "cospi": _UNIT * 4, "erf": _ALL, "erfc": np.linspace(-5, 9, 71), "erfcinv": _PROBABILITY * 2,
    "erfcx": np.linspace(-5, 20, 71), "erfinv": _OPEN, "exp": _SMALL, "exp10": np.linspace(-35, 35, 71), "exp2": np.concatenate([np.linspace(-100, 100, 81), [127.5, -120.25]]),
    "expm1": _SMALL, "floor": _HALVES, "lgamma": _GAMMA, "log": _POSITIVE, "log10": _POSITIVE, "log1p": np.concatenate([np.linspace(-0.99, 10, 80), [1e-20, -1.0]]),
    "log2": _POSITIVE, "normcdf": np.linspace(-8, 8, 81), "normcdfinv": _PROBABILITY, "rint": _HALVES, "round": _HALVES, "rsqrt": _POSITIVE, "sin": _ANGLES, "sinh": _SMALL,
    "sinpi": _UNIT * 4, "sqrt": _POSITIVE, "tan": _ANGLES, "tanh": _ALL, "tgamma": _GAMMA, "trunc": _HALVES,
}  # fmt: skip


_LOOSE_REFERENCE = frozenset(("erfc", "erfcx", "lgamma", "normcdf"))
"""Functions whose values from SciPy are not within an ulp."""
_COMPUTED_IN_DOUBLES = frozenset(("lgamma", "tgamma"))
"""Functions of float that the device library computes in double precision."""


def _reference(name: str, x: np.ndarray) -> np.ndarray:
    """The function's value on doubles, exact where NumPy's own formula loses digits."""
    match name:
        case "sinpi" | "cospi":
            return np.array([_sinpi(v + 0.5 if name == "cospi" else v, v, name) for v in x])
        case "round":
            return np.array([math.copysign(math.floor(abs(v) + 0.5) if abs(v) < 2**52 and abs(v) != 0.49999999999999994 else abs(v), v)
                             if np.isfinite(v) else v for v in x])  # fmt: skip
        case _:
            meaning = BUILTINS[name].meaning
            assert meaning is not None
            return np.asarray(meaning(x))


def _sinpi(_: float, v: float, name: str) -> float:
    """Reduced to a quarter turn first, where the multiplication by pi is harmless."""
    r = math.remainder(v, 2.0)
    if name == "cospi":
        if abs(r) in (0.5, 1.5):
            return 0.0
        return math.cos(math.pi * r) if abs(r) <= 0.25 or abs(r) >= 0.75 else math.sin(math.pi * (0.5 - abs(r)))
    if r in (1.0, -1.0, 0.0):
        return math.copysign(0.0, v)
    return math.sin(math.pi * r) if abs(r) <= 0.5 else math.copysign(math.sin(math.pi * (1 - abs(r))), r)


def _unary(name: str, single: bool) -> Case:
    row = BUILTINS[name]
    values = UNARY[name].astype(_F) if single else UNARY[name]
    ulp = (row.ulp32 if single else row.ulp64) + (0 if single else 1)
    bound: dict[str, Any] = {"ulp": ulp}
    if name in _LOOSE_REFERENCE and not single:
        bound = {"rtol": 2e-14, "atol": 1e-15 if name == "lgamma" else 0.0}
    return each(
        f"math_{name}{'f' if single else ''}",
        f"o[i] = {name}{'f' if single else ''}(a[i]);",
        {"a": values},
        {"o": _F if single else np.float64},
        lambda a: {"o": _reference(name, a.astype(np.float64)).astype(a.dtype)},
        requires=("f64",) if name in _COMPUTED_IN_DOUBLES else (),
        **bound,
    )


_X, _Y = grid_of(
    np.array([-7.5, -2.0, -1.0, -0.25, 0.0, 0.3, 1.0, 2.0, 3.7, 100.0]),
    np.array([-3.0, -1.5, -0.5, 0.0, 0.5, 1.0, 2.0, 3.25, 17.0]),
)
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "atan2": np.arctan2, "copysign": np.copysign, "fmod": np.fmod, "hypot": np.hypot, "pow": np.power, "nextafter": np.nextafter,
    "remainder": lambda x, y: np.array([math.remainder(a, b) if b else np.nan for a, b in zip(x, y, strict=True)]),
    "fdim": lambda x, y: np.maximum(x - y, 0), "fmin": np.fmin, "fmax": np.fmax,
}  # fmt: skip


def _binary(name: str, single: bool) -> Case:
    row = BUILTINS.get(name)
    dtype = _F if single else np.float64
    ulp = 0 if row is None else (row.ulp32 if single else row.ulp64)

    def wanted(a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
        if name == "nextafter":
            return {"o": np.nextafter(a, b)}
        return {"o": np.asarray(_BINARY[name](a.astype(np.float64), b.astype(np.float64))).astype(dtype)}

    return each(
        f"math_{name}{'f' if single else ''}", f"o[i] = {name}{'f' if single else ''}(a[i], b[i]);", {"a": _X.astype(dtype), "b": _Y.astype(dtype)}, {"o": dtype}, wanted,
        ulp=ulp + (1 if ulp and not single else 0),
    )  # fmt: skip


def _fast(name: str, values: np.ndarray, f: Callable[[Any], Any], atol: float, rtol: float) -> Case:
    """Bounds of the programming guide's table of intrinsics, in absolute or relative terms."""
    return each(
        f"math_fast_{name}",
        f"o[i] = __{name}(a[i]);",
        {"a": values.astype(_F)},
        {"o": _F},
        lambda a: {"o": f(a.astype(np.float64)).astype(_F)},
        atol=atol,
        rtol=rtol,
    )


_PI = np.linspace(-3.1, 3.1, 81)
_FAST = [
    _fast("sinf", _PI, np.sin, 2**-21.19, 0), _fast("cosf", _PI, np.cos, 2**-21.19, 0), _fast("expf", np.linspace(-20, 20, 81), np.exp, 0, 5e-6),
    _fast("logf", np.geomspace(1e-10, 1e10, 81), np.log, 2**-21.4, 4e-7), _fast("log2f", np.geomspace(1e-10, 1e10, 81), np.log2, 2**-22, 4e-7),
    _fast("log10f", np.geomspace(1e-10, 1e10, 81), np.log10, 2**-22, 4e-7), _fast("exp10f", np.linspace(-9, 9, 61), lambda x: 10.0**x, 0, 1e-5),
    _fast("tanf", np.linspace(-1.2, 1.2, 61), np.tan, 2e-6, 2e-6),
    each("math_fast_powf_fdividef", "o[i] = __powf(a[i], b[i]); p[i] = __fdividef(b[i], a[i]);", {"a": np.geomspace(0.1, 50, 64).astype(_F), "b": np.linspace(-3, 3, 64).astype(_F)}, {"o": _F, "p": _F},
         lambda a, b: {"o": a.astype("f8") ** b, "p": b / a}, rtol=2e-5),
    each("math_fast_sincosf", "float s, c; __sincosf(a[i], &s, &c); o[i] = s; p[i] = c;", {"a": _PI.astype(_F)}, {"o": _F, "p": _F}, lambda a: {"o": np.sin(a.astype("f8")), "p": np.cos(a.astype("f8"))}, atol=1e-6),
]  # fmt: skip

_OTHERS = [
    each("math_exp2f_below_normals", "o[i] = exp2f(a[i]); p[i] = ldexpf(1.0f, (int)a[i]);", {"a": np.array([-127, -130.5, -140.25, -148], _F)}, {"o": _F, "p": _F},
         lambda a: {"o": np.exp2(a.astype("f8")), "p": np.exp2(np.trunc(a.astype("f8")))}, rtol=1e-6, atol=2e-45, requires=("denormals",)),
    each("math_overloads_by_type", "o[i] = sqrt(a[i]) + sin(a[i]) + pow(a[i], 2.0f) + abs(-a[i]) + fmin(a[i], 0.5f) + floor(a[i]); p[i] = sizeof(sqrt(a[i])) + 10 * sizeof(sqrt((double)a[i])) + 100 * sizeof(pow(a[i], 2.0))"
         " + 1000 * sizeof(exp(i)) + 10000 * sizeof(abs(i)) + 100000 * sizeof(fmaxf(1, 2));", {"a": np.linspace(0.1, 4, 50).astype(_F)}, {"o": _F, "p": np.int32},
         lambda a: {"o": np.sqrt(a) + np.sin(a) + a * a + a + np.fmin(a, _F(0.5)) + np.floor(a), "p": a * 0 + 448884}, rtol=1e-6),
    each("math_sincos", "float s, c; sincosf(a[i], &s, &c); o[i] = s; p[i] = c; double u, v; sincos((double)a[i], &u, &v); q[i] = u; r[i] = v; sincospif(a[i] / 8, &s, &c); t[i] = s + c;", {"a": np.linspace(-20, 20, 81).astype(_F)},
         {"o": _F, "p": _F, "q": np.float64, "r": np.float64, "t": _F},
         lambda a: {"o": np.sin(a.astype("f8")), "p": np.cos(a.astype("f8")), "q": np.sin(a.astype("f8")), "r": np.cos(a.astype("f8")), "t": np.sin(np.pi * a.astype("f8") / 8) + np.cos(np.pi * a.astype("f8") / 8)},
         rtol=3e-7, atol=3e-7),
    *each_by_range("math_frexp_modf_ldexp", "int e; float m = frexpf(a[i], &e); o[i] = m; p[i] = e; float w; q[i] = modff(a[i], &w); r[i] = w; s[i] = ldexpf(m, e + 3); t[i] = scalbn((double)a[i], -1030); u[i] = ilogbf(a[i]); v[i] = logb((double)a[i]);",
         {"a": np.array([1, 0.5, -3.75, 1e-40, 100.125, -1e30, 7, 3e-45, 0.1, 65536.5], _F)}, {"o": _F, "p": np.int32, "q": _F, "r": _F, "s": _F, "t": np.float64, "u": np.int32, "v": np.float64},
         lambda a: {"o": np.frexp(a)[0], "p": np.frexp(a)[1], "q": np.modf(a)[0], "r": np.modf(a)[1], "s": np.ldexp(np.frexp(a)[0], np.frexp(a)[1] + 3), "t": np.ldexp(a.astype("f8"), -1030),
                    "u": np.frexp(a)[1] - 1, "v": np.frexp(a.astype("f8"))[1] - 1}),
    each("math_rounding_to_integers", "o[i] = lrintf(a[i]); p[i] = llround((double)a[i]); q[i] = nearbyintf(a[i]); r[i] = lroundf(a[i]); s[i] = rintf(a[i]) == rint((double)a[i]);",
         {"a": np.array([0.5, 1.5, 2.5, -0.5, -2.5, 3.7, -3.2, 1e6], _F)}, {"o": np.int64, "p": np.int64, "q": _F, "r": np.int64, "s": np.int32},
         lambda a: {"o": np.rint(a), "p": np.trunc(a + np.copysign(0.5, a)), "q": np.rint(a), "r": np.trunc(a + np.copysign(0.5, a)), "s": a * 0 + 1}),
    each("math_norms", "o[i] = norm3df(a[i], b[i], 2.0f); p[i] = norm4d((double)a[i], (double)b[i], 2.0, 3.0); q[i] = rhypotf(a[i], b[i]); r[i] = rnorm3df(a[i], b[i], 1.0f); s[i] = rcbrtf(a[i]);",
         {"a": np.linspace(0.5, 40, 64).astype(_F), "b": np.linspace(-30, 7, 64).astype(_F)}, {"o": _F, "p": np.float64, "q": _F, "r": _F, "s": _F},
         lambda a, b: (lambda x, y: {"o": np.sqrt(x * x + y * y + 4), "p": np.sqrt(x * x + y * y + 13), "q": 1 / np.hypot(x, y), "r": 1 / np.sqrt(x * x + y * y + 1), "s": 1 / np.cbrt(x)})(a.astype("f8"), b.astype("f8")), rtol=3e-7),
    each("math_integer_functions", "o[i] = abs(a[i]) + min(a[i], 5) * 100 + max(a[i], -3) * 10000; p[i] = llabs((long long)a[i] * 100000); q[i] = abs((long long)a[i]) + labs(a[i]);", {"a": np.arange(-20, 21, dtype=np.int32)},
         {"o": np.int32, "p": np.int64, "q": np.int64}, lambda a: {"o": np.abs(a) + np.minimum(a, 5) * 100 + np.maximum(a, -3) * 10000, "p": np.abs(a.astype("i8") * 100000), "q": np.abs(a) * 2}),
    each("math_std_names", "o[i] = std::sqrt(a[i]) + std::abs(-a[i]) + std::max(a[i], 2.0f) + std::fma(a[i], 2.0f, 1.0f) + std::min(3.0f, a[i]);", {"a": np.linspace(0, 9, 32).astype(_F)}, {"o": _F},
         lambda a: {"o": np.sqrt(a) + a + np.maximum(a, 2) + (a * 2 + 1) + np.minimum(a, 3)}, head="#include <cmath>\n#include <algorithm>", rtol=1e-6, requires=("generic_pointers",)),
    each("math_constants", "o[i] = i == 0 ? CUDART_PI : i == 1 ? CUDART_INF : i == 2 ? M_PI : i == 3 ? (double)FLT_MAX : i == 4 ? (double)INFINITY : (double)CUDART_PIO2_F; p[i] = isnan(NAN) + isnan(CUDART_NAN) * 2 + (INT_MAX == 2147483647) * 4;",
         {"a": np.zeros(6, _F)}, {"o": np.float64, "p": np.int32}, lambda a: {"o": [np.pi, np.inf, np.pi, float(np.finfo(_F).max), np.inf, float(_F(np.pi / 2))], "p": [7] * 6},
         head="#include <math_constants.h>\n#include <cfloat>\n#include <climits>\n#include <cmath>"),
]  # fmt: skip

CASES = [
    *[_unary(name, single) for name in UNARY for single in (True, False)],
    *[_binary(name, single) for name in _BINARY for single in (True, False)],
    *_FAST,
    *_OTHERS,
]
