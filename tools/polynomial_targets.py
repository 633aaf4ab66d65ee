"""What the device library's polynomials approximate (see fit_polynomials.py)."""

from __future__ import annotations

import mpmath as mp
from fit_polynomials import Fit

_HALF_LN2 = 0.3467
_QUARTER_PI_SQUARED = 0.6186
_ATANH_Z = 0.0296  # ((sqrt 2 - 1) / (sqrt 2 + 1))**2
_ATAN_Z = 0.1719  # (sqrt 2 - 1)**2


def _atanh_rest(z: mp.mpf) -> mp.mpf:
    """(log((1 + s) / (1 - s)) - 2 s) / s**3 at z = s**2."""
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / s**3


def _odd_rest(f: object, z: mp.mpf) -> mp.mpf:
    """(f(x) - x) / x**3 at z = x**2."""
    x = mp.sqrt(z)
    return (f(x) - x) / x**3  # type: ignore[operator]


def _odd_weight(f: object, z: mp.mpf) -> mp.mpf:
    x = mp.sqrt(z)
    return x**3 / f(x)  # type: ignore[operator]


def _scaled_erfcx(t: mp.mpf) -> mp.mpf:
    """(1 + 2 x) erfcx(x) at t = (x - 4) / (x + 4), after Shepherd and Laframboise (1981)."""
    x = 4 * (1 + t) / (1 - t)
    if x > 100:
        total = term = mp.mpf(1)
        for k in range(1, 30):
            term *= -(2 * k - 1) / (2 * x * x)
            total += term
        return (1 + 2 * x) * total / (x * mp.sqrt(mp.pi))
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


def _erfinv_of_w(w: mp.mpf) -> mp.mpf:
    """erfinv(x) / x at w = -log(1 - x**2)."""
    x = mp.sqrt(-mp.expm1(-w))
    return _erfcinv(mp.exp(-w) / (1 + x)) / x


def _erfcinv(y: mp.mpf) -> mp.mpf:
    if y > mp.mpf("0.1"):
        return mp.erfinv(1 - y)
    log_y = mp.log(y)
    x = mp.sqrt(-log_y)
    for _ in range(12):
        x -= (mp.log(mp.erfc(x)) - log_y) / (-2 * mp.exp(-x * x) / (mp.sqrt(mp.pi) * mp.erfc(x)))
    return x


def _stirling(z: mp.mpf) -> mp.mpf:
    """x (lgamma(x) - (x - 1/2) log x + x - log(2 pi) / 2) at z = 1 / x**2."""
    x = 1 / mp.sqrt(z)
    if x > 60:
        return mp.fsum(mp.bernoulli(2 * k) / (2 * k * (2 * k - 1)) * z ** (k - 1) for k in range(1, 16))
    return x * (mp.loggamma(x) - (x - 0.5) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)


def _lgamma_rest(x: mp.mpf) -> mp.mpf:
    return mp.loggamma(x) / ((x - 1) * (x - 2))


FITS = (
    Fit(
        "fast_exp",
        lambda r: (mp.expm1(r) - r) / r**2,
        lambda r: r**2 / mp.exp(r),
        -_HALF_LN2,
        _HALF_LN2,
        3,
        None,
    ),
    Fit(
        "fast_log1p",
        lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3,
        lambda f: f**3 / mp.log1p(f),
        -0.293,
        0.4143,
        4,
        None,
    ),
    Fit("exp", lambda r: (mp.expm1(r) - r) / r**2, lambda r: r**2 / mp.exp(r), -_HALF_LN2, _HALF_LN2, 4, 10),
    Fit(
        "expm1",
        lambda r: (mp.expm1(r) - r) / r**2,
        lambda r: r**2 / mp.expm1(r),
        -_HALF_LN2,
        _HALF_LN2,
        5,
        10,
    ),
    Fit(
        "log",
        lambda f: (mp.log1p(f) - f) / f**2,
        lambda f: f**2 / mp.log1p(f),
        -1 / 3,
        1 / 3,
        8,
        None,
    ),
    Fit(
        "log1p",
        lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3,
        lambda f: f**3 / mp.log1p(f),
        -0.2930,
        0.4143,
        8,
        None,
    ),
    Fit(
        "log2",
        lambda f: (mp.log1p(f) / mp.log(2) - f * mp.mpf("1.44269502162933349609375")) / f,
        lambda f: f * mp.log(2) / mp.log1p(f),
        -0.2930,
        0.4143,
        10,
        None,
    ),
    Fit("atanh_tail", lambda z: (_atanh_rest(z) - mp.mpf(2) / 3) / z, lambda z: z**2 / 2, 0, _ATANH_Z, None, 7),
    Fit("atanh", _atanh_rest, lambda z: z / 2, 0, _ATANH_Z, 3, 7),
    Fit("sin", lambda z: _odd_rest(mp.sin, z), lambda z: _odd_weight(mp.sin, z), 0, _QUARTER_PI_SQUARED, 3, 6),
    Fit(
        "cos",
        lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2,
        lambda z: z**2 / mp.cos(mp.sqrt(z)),
        0,
        _QUARTER_PI_SQUARED,
        3,
        6,
    ),
    Fit("tanh", lambda z: _odd_rest(mp.tanh, z), lambda z: _odd_weight(mp.tanh, z), 0, 0.3026, 4, 11),
    Fit("sinh", lambda z: _odd_rest(mp.sinh, z), lambda z: _odd_weight(mp.sinh, z), 0, 1.01, 4, 7),
    Fit("asin", lambda z: _odd_rest(mp.asin, z), lambda z: _odd_weight(mp.asin, z), 0, 0.2501, 5, 12),
    Fit("atan", lambda z: _odd_rest(mp.atan, z), lambda z: _odd_weight(mp.atan, z), 0, _ATAN_Z, 4, 11),
    Fit(
        "erf",
        lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1,
        lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)),
        0,
        1.01,
        7,
        14,
    ),
    Fit(
        "erf_exponent",
        lambda x: -mp.log(mp.erfc(x + 2.5)),
        lambda x: mp.erfc(x + 2.5) / mp.erf(x + 2.5),
        -1.51,
        1.45,
        7,
        None,
    ),
    Fit("erfcx", _scaled_erfcx, lambda t: 1 / _scaled_erfcx(t), -0.692, 0.9999999, 11, 23),
    Fit(
        "erfinv_near",
        lambda z: (mp.erfinv(mp.sqrt(z)) / mp.sqrt(z) - mp.mpf("0.886226892471313476562")) / z,
        lambda z: z * mp.sqrt(z) / mp.erfinv(mp.sqrt(z)),
        0,
        0.3601,
        7,
        None,
    ),
    Fit(
        "erfinv_middle",
        lambda w: _erfinv_of_w(w + 2.5) - mp.mpf("1.125"),
        lambda w: 1 / _erfinv_of_w(w + 2.5),
        -2.23,
        2.51,
        10,
        None,
    ),
    Fit(
        "erfinv_outer",
        lambda s: _erfinv_of_w((s + 3.2) ** 2) - 2,
        lambda s: 1 / _erfinv_of_w((s + 3.2) ** 2),
        -0.98,
        1.0,
        9,
        None,
    ),
    Fit(
        "erfinv_far",
        lambda s: _erfinv_of_w((s + 7.2) ** 2),
        lambda s: 1 / _erfinv_of_w((s + 7.2) ** 2),
        -3.01,
        3.01,
        9,
        None,
    ),
    Fit("stirling", _stirling, lambda z: mp.mpf(1), 0, 1 / 64, None, 7),
    Fit("gamma", lambda u: mp.gamma(u + 2.5), lambda u: 1 / mp.gamma(u + 2.5), -0.5001, 0.5001, None, 18),
    Fit(
        "lgamma_low",
        lambda u: mp.loggamma(u + 1) / u,
        lambda u: u / mp.loggamma(u + 1),
        -0.51,
        0.5001,
        None,
        29,
    ),
    Fit(
        "lgamma_middle",
        lambda u: mp.loggamma(u + 2.25) / (u + 0.25),
        lambda u: (u + 0.25) / mp.loggamma(u + 2.25),
        -0.75,
        0.7501,
        None,
        25,
    ),
)
