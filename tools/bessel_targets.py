"""What the polynomials of the Bessel functions approximate (see fit_polynomials.py)."""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp
from fit_polynomials import Fit

# Zeros in (0, 8): there the functions are products with their zeros, which keeps their relative accuracy.
J_ZEROS = {order: [mp.besseljzero(order, k) for k in (1, 2)] for order in (0, 1)}
Y_ZEROS = {0: [mp.besselyzero(0, k) for k in (1, 2, 3)], 1: [mp.besselyzero(1, k) for k in (1, 2)]}


def _j_low(order: int, end: int) -> Callable[[mp.mpf], mp.mpf]:
    """J / (x**order (x**2 - r1**2)) at t = 2 x**2 / end - 1."""

    def target(t: mp.mpf) -> mp.mpf:
        z = mp.mpf(end) / 2 * (t + 1)
        x = mp.sqrt(z)
        return mp.besselj(order, x) / (x**order * (z - J_ZEROS[order][0] ** 2))

    return target


def _j_high(order: int, middle: float) -> Callable[[mp.mpf], mp.mpf]:
    """J / (x - r2) at u = x - middle."""
    return lambda u: mp.besselj(order, u + middle) / (u + middle - J_ZEROS[order][1])


def _y0_low(t: mp.mpf) -> mp.mpf:
    """(Y0 - 2/pi log(x / r) J0) / (x**2 - r**2) at t = x**2 / 2.25 - 1."""
    z, r = mp.mpf("2.25") * (t + 1), Y_ZEROS[0][0]
    x = mp.sqrt(z)
    return (mp.bessely(0, x) - 2 / mp.pi * mp.log(x / r) * mp.besselj(0, x)) / (z - r * r)


def _y1_low(t: mp.mpf) -> mp.mpf:
    """(Y1 + 2 / (pi x) - 2/pi log(x) J1) / x at t = x**2 - 1."""
    x = mp.sqrt(t + 1)
    return (mp.bessely(1, x) + 2 / (mp.pi * x) - 2 / mp.pi * mp.log(x) * mp.besselj(1, x)) / x


def _y_rest(order: int, zero: int, middle: float) -> Callable[[mp.mpf], mp.mpf]:
    """Y / (x - r) at u = x - middle."""
    return lambda u: mp.bessely(order, u + middle) / (u + middle - Y_ZEROS[order][zero])


def _hankel(order: int, part: int) -> Callable[[mp.mpf], mp.mpf]:
    """P (part 0) or x Q (part 1) of J = sqrt(2 / (pi x)) (P cos - Q sin), at t = 128 / x**2 - 1."""

    def target(t: mp.mpf) -> mp.mpf:
        x = mp.sqrt(128 / (t + 1))
        angle = x - (2 * order + 1) * mp.pi / 4
        if x > 60:
            return _hankel_series(order, part, x)
        j, y = mp.besselj(order, x), mp.bessely(order, x)
        cos, sin = mp.cos(angle), mp.sin(angle)
        return mp.sqrt(mp.pi * x / 2) * ((y * cos - j * sin) * x if part else j * cos + y * sin)

    return target


def _hankel_series(order: int, part: int, x: mp.mpf) -> mp.mpf:
    term, total = mp.mpf(1), mp.mpf(0)
    for k in range(40):
        if k % 2 == part:
            total += (-1) ** (k // 2) * term * (x if part else 1)
        term *= mp.mpf(4 * order * order - (2 * k + 1) ** 2) / ((k + 1) * 8 * x)
    return total


def _i_low(order: int) -> Callable[[mp.mpf], mp.mpf]:
    """I0, or 2 I1 / x, at z = x**2 / 4: there the coefficients are all positive."""

    def target(z: mp.mpf) -> mp.mpf:
        x = 2 * mp.sqrt(z)
        return mp.besseli(0, x) if order == 0 else 2 * mp.besseli(1, x) / x

    return target


def _i_high(order: int) -> Callable[[mp.mpf], mp.mpf]:
    """sqrt(x) e**-x I at t = 16 / x - 1."""

    def target(t: mp.mpf) -> mp.mpf:
        x = 16 / (t + 1)
        return mp.sqrt(x) * mp.exp(-x) * mp.besseli(order, x)

    return target


def _relative(name: str, target: Callable[[mp.mpf], mp.mpf], low: float, high: float, degree: int) -> Fit:
    return Fit(name, target, lambda z: 1 / target(z), low, high, None, degree)


_END = 0.9999999
FITS = (
    _relative("j0_low", _j_low(0, 16), -_END, 1.001, 11),
    _relative("j0_high", _j_high(0, 6), -2.01, 2.01, 18),
    _relative("j1_low", _j_low(1, 30), -_END, 1.001, 13),
    _relative("j1_high", _j_high(1, 6.75), -1.3, 1.26, 14),
    _relative("p0", _hankel(0, 0), -_END, 1.001, 12),
    _relative("q0", _hankel(0, 1), -_END, 1.001, 12),
    _relative("p1", _hankel(1, 0), -_END, 1.001, 12),
    _relative("q1", _hankel(1, 1), -_END, 1.001, 12),
    _relative("y0_low", _y0_low, -_END, 1.001, 12),
    _relative("y0_middle", _y_rest(0, 1, 3.75), -1.64, 1.76, 27),
    _relative("y0_high", _y_rest(0, 2, 6.75), -1.26, 1.26, 17),
    _relative("y1_low", _y1_low, -_END, 1.001, 11),
    _relative("y1_middle", _y_rest(1, 0, 2.625), -1.22, 1.385, 27),
    _relative("y1_high", _y_rest(1, 1, 6.0), -2.01, 2.01, 22),
    _relative("i0_low", _i_low(0), 0, 16.01, 20),
    _relative("i1_low", _i_low(1), 0, 16.01, 19),
    _relative("i0_high", _i_high(0), -_END, 1.001, 24),
    _relative("i1_high", _i_high(1), -_END, 1.001, 24),
)
