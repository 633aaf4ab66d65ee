"""Exact values for the math tests, in mpmath, and where each function is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mpmath as mp

Reference = Callable[..., mp.mpf]


def _erfcinv(x: mp.mpf) -> mp.mpf:
    if x <= 0 or x >= 2:
        return mp.inf if x == 0 else (-mp.inf if x == 2 else mp.nan)
    if 0.3 <= x <= 1.7:
        return mp.erfinv(1 - x)
    if x > 1:
        return -_erfcinv(2 - x)
    log = mp.log(x)
    y = mp.sqrt(-log) if x > 1e-3 else mp.sqrt(-log - mp.log(-mp.pi * log) / 2)
    for _ in range(60):
        complement = mp.erfc(y)
        step = (mp.log(complement) - log) * mp.sqrt(mp.pi) * complement / (-2 * mp.exp(-y * y))
        y -= step
        if abs(step) < y * mp.mpf(2) ** -100:
            break
    return y


def _erfinv(x: mp.mpf) -> mp.mpf:
    return mp.erfinv(x) if abs(x) < 0.5 else mp.sign(x) * _erfcinv(1 - abs(x))


def _erfc(x: mp.mpf) -> mp.mpf:
    return mp.erfc(x) if abs(x) < 60 else mp.mpf(0 if x > 0 else 2)


def _erfcx(x: mp.mpf) -> mp.mpf:
    if x < -30:
        return mp.inf
    if x < 100:
        return mp.exp(x * x) * mp.erfc(x)
    total = term = mp.mpf(1)
    for k in range(1, 12):
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
    return total / (x * mp.sqrt(mp.pi))


def _lgamma(x: mp.mpf) -> mp.mpf:
    if x <= 0 and x == mp.floor(x):
        return mp.inf
    return mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x).real


def _power_of(base: int) -> Reference:
    return lambda x: mp.mpf(base) ** x if abs(x) < 5000 else (mp.inf if x > 0 else mp.mpf(0))


def _exp(x: mp.mpf) -> mp.mpf:
    return mp.exp(x) if abs(x) < 5000 else (mp.inf if x > 0 else mp.mpf(0))


@dataclass(frozen=True, slots=True)
class Math:
    """A builtin: its C name and exact value, and arguments as (low, high) of uniform ranges, "bits" for any bit
    pattern, "small" for powers of two down to 2**-60 of either sign, "positive" for any positive number."""

    builtin: str
    call: str
    exact: Reference
    where: tuple[tuple[float, float] | str, ...]
    slow: bool = False


ONE_ARGUMENT = (
    Math("acos", "acos", mp.acos, ((-1, 1), "small")),
    Math("acosh", "acosh", mp.acosh, ((1, 5), "positive")),
    Math("asin", "asin", mp.asin, ((-1, 1), "small")),
    Math("asinh", "asinh", mp.asinh, ((-5, 5), "small", "bits")),
    Math("atan", "atan", mp.atan, ((-3, 3), "small", "bits")),
    Math("atanh", "atanh", mp.atanh, ((-1, 1), "small")),
    Math("cbrt", "cbrt", lambda x: mp.sign(x) * mp.cbrt(abs(x)), ((-8, 8), "bits")),
    Math("cos", "cos", mp.cos, ((-10, 10), (-1e5, 1e5), "bits")),
    Math("cosh", "cosh", mp.cosh, ((-5, 5), (-88, 88))),
    Math("cospi", "cospi", mp.cospi, ((-10, 10), (-1e5, 1e5))),
    Math("erf", "erf", lambda x: 1 - _erfc(x) if abs(x) > 60 else mp.erf(x), ((-2, 2), (-6, 6), "small", "bits")),
    Math("erfc", "erfc", _erfc, ((-2, 2), (-6, 10), (10, 27), "small", "bits")),
    Math("erfcinv", "erfcinv", _erfcinv, ((0, 2), (0, 1e-5)), slow=True),
    Math("erfcx", "erfcx", _erfcx, ((-2, 2), (-9, 100), "small", "positive")),
    Math("erfinv", "erfinv", _erfinv, ((-1, 1), "small"), slow=True),
    Math("exp", "exp", _exp, ((-104, 89), (-745, 710), "small", "bits")),
    Math("exp10", "exp10", _power_of(10), ((-45, 38.6), (-324, 309), "small")),
    Math("exp2", "exp2", _power_of(2), ((-150, 128), (-1075, 1025), "small")),
    Math("expm1", "expm1", lambda x: mp.expm1(x) if x < 5000 else mp.inf, ((-2, 2), (-40, 89), "small", "bits")),
    Math("lgamma", "lgamma", _lgamma, ((0, 4), (0, 100), (-2.26, 0), (-200, -11.01), "positive"), slow=True),
    Math("log", "log", mp.log, ((0.5, 2), "positive")),
    Math("log10", "log10", mp.log10, ((0.5, 2), "positive")),
    Math("log1p", "log1p", mp.log1p, ((-1, 2), "small", "positive")),
    Math("log2", "log2", lambda x: mp.log(x) / mp.log(2), ((0.5, 2), "positive")),
    Math("normcdf", "normcdf", lambda x: _erfc(-x / mp.sqrt(2)) / 2, ((-3, 3), (-14, 9), "small"), slow=True),
    Math("normcdfinv", "normcdfinv", lambda x: -mp.sqrt(2) * _erfcinv(2 * x), ((0, 1), (0, 1e-5)), slow=True),
    Math("sin", "sin", mp.sin, ((-10, 10), (-1e5, 1e5), "small", "bits")),
    Math("sinh", "sinh", mp.sinh, ((-2, 2), (-88, 88), "small")),
    Math("sinpi", "sinpi", mp.sinpi, ((-10, 10), (-1e5, 1e5), "small")),
    Math("tan", "tan", mp.tan, ((-10, 10), (-1e5, 1e5), "small", "bits")),
    Math("tanh", "tanh", lambda x: mp.tanh(x) if abs(x) < 60 else mp.sign(x), ((-2, 2), (-20, 20), "small")),
    Math("tgamma", "tgamma", mp.gamma, ((-10, 10), (-40, 34), (-170, 171), "small"), slow=True),
)

FAST = (
    Math("fast_cos", "__cosf", mp.cos, ((-3.14, 3.14),)),
    Math("fast_exp", "__expf", _exp, ((-104, 89), "small")),
    Math("fast_exp2", "exp2f", _power_of(2), ((-150, 128), "small")),
    Math("fast_log", "__logf", mp.log, ((0.5, 2), "positive")),
    Math("fast_log2", "__log2f", lambda x: mp.log(x) / mp.log(2), ((0.5, 2), "positive")),
    Math("fast_sin", "__sinf", mp.sin, ((-3.14, 3.14), "small")),
    Math("fast_tan", "__tanf", mp.tan, ((-3.14, 3.14), "small")),
    Math("fast_tanh", "__tanhf", mp.tanh, ((-5, 5), "small")),
)

TWO_ARGUMENTS = (
    Math("atan2", "atan2", lambda y, x: mp.atan2(y, x) if x and y else mp.nan, ((-5, 5), "bits")),
    Math("fast_pow", "__powf", mp.power, ((0, 5),)),
    Math("hypot", "hypot", mp.hypot, ((-5, 5), "bits")),
    Math("pow", "pow", mp.power, ((0, 20), "positive")),
)
