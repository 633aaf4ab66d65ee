"""The one table of pure builtin functions.

A row gives a builtin's name, its operand types, its meaning in NumPy, how many ulp a target may be
off (the CUDA C++ Programming Guide's bounds), and the device-library function that computes it where a
target has no instruction for it. A backend adds one column, its spelling; a builtin without a
spelling is replaced by a call of its ``devlib`` function before the backend sees it.

Rows are sorted by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Signature = Literal[
    "f(f)",
    "f(f,f)",
    "f(f,f,f)",
    "b(f)",
    "n(n,n)",
    "n(n)",
    "u32(u)",
    "i32(f)",
    "f(f,i32)",
    "f(i32,f)",
    "i(i,i)",
    "i(i)",
]
"""Operand classes: f any float (f16, bf16, f32, f64), i any 32- or 64-bit integer, n either, u u32 or u64,
b bool. All operands written with the same letter have the same type, which is also the result's."""


@dataclass(frozen=True, slots=True)
class BuiltinRow:
    """``ulp32``/``ulp64``: largest error allowed for f32/f64 (0: correctly rounded or exact)."""

    name: str
    signature: Signature
    meaning: Callable[..., Any] | None
    ulp32: int = 0
    ulp64: int = 0
    devlib: bool = False


def _special(name: str) -> Callable[..., Any]:
    """A function of scipy.special by name: only tests that ask for a meaning need SciPy."""

    def call(*args: Any) -> Any:
        import scipy.special

        return getattr(scipy.special, name)(*args)

    return call


def _mulhi(a: Any, b: Any) -> Any:
    bits = a.dtype.itemsize * 8
    product = a.astype(object) * b.astype(object)
    return (product >> bits).astype(a.dtype)


def _sinpi(x: Any) -> Any:
    """sin(pi x), exact where it is 0 or 1: the argument is brought near 0 before pi is."""
    quarter, rest = _quarters(x)
    found = np.choose(
        quarter, (np.sin(np.pi * rest), np.cos(np.pi * rest), -np.sin(np.pi * rest), -np.cos(np.pi * rest))
    )
    return np.where(x == np.trunc(x), np.copysign(0.0, x), found).astype(x.dtype)


def _cospi(x: Any) -> Any:
    quarter, rest = _quarters(x)
    found = np.choose(
        quarter, (np.cos(np.pi * rest), -np.sin(np.pi * rest), -np.cos(np.pi * rest), np.sin(np.pi * rest))
    )
    return np.where(found == 0, 0.0, found).astype(x.dtype)


def _quarters(x: Any) -> Any:
    """(how many half turns of pi / 2 nearest to x times pi, modulo 4; what is left of x)."""
    turned = np.fmod(x, 2)
    nearest = np.rint(turned * 2)
    return np.where(np.isfinite(nearest), nearest, 0).astype(np.int64) % 4, turned - nearest / 2


def _bits_of(x: Any) -> Any:
    return x.view(f"u{x.dtype.itemsize}")


def _popc(x: Any) -> Any:
    return np.bitwise_count(_bits_of(x)).astype(np.uint32)


def _clz(x: Any) -> Any:
    width = x.dtype.itemsize * 8
    return np.array([width - int(v).bit_length() for v in _bits_of(x).ravel()], np.uint32).reshape(x.shape)


def _brev(x: Any) -> Any:
    width = x.dtype.itemsize * 8
    flat = [int(format(int(v), f"0{width}b")[::-1], 2) for v in _bits_of(x).ravel()]
    return np.array(flat, f"u{x.dtype.itemsize}").reshape(x.shape).view(x.dtype)


_ROWS = (
    BuiltinRow("abs", "n(n)", np.abs),
    BuiltinRow("acos", "f(f)", np.arccos, 2, 2, True),
    BuiltinRow("acosh", "f(f)", np.arccosh, 4, 3, True),
    BuiltinRow("asin", "f(f)", np.arcsin, 2, 2, True),
    BuiltinRow("asinh", "f(f)", np.arcsinh, 3, 3, True),
    BuiltinRow("atan", "f(f)", np.arctan, 2, 2, True),
    BuiltinRow("atan2", "f(f,f)", np.arctan2, 3, 2, True),
    BuiltinRow("atanh", "f(f)", np.arctanh, 3, 2, True),
    BuiltinRow("brev", "i(i)", _brev),
    BuiltinRow("cbrt", "f(f)", np.cbrt, 1, 1, True),
    BuiltinRow("ceil", "f(f)", np.ceil),
    BuiltinRow("clz", "u32(u)", _clz),
    BuiltinRow("copysign", "f(f,f)", np.copysign),
    BuiltinRow("cos", "f(f)", np.cos, 2, 2, True),
    BuiltinRow("cosh", "f(f)", np.cosh, 2, 1, True),
    BuiltinRow("cospi", "f(f)", _cospi, 1, 2, True),
    BuiltinRow("erf", "f(f)", _special("erf"), 2, 2, True),
    BuiltinRow("erfc", "f(f)", _special("erfc"), 4, 5, True),
    BuiltinRow("erfcinv", "f(f)", _special("erfcinv"), 4, 6, True),
    BuiltinRow("erfcx", "f(f)", _special("erfcx"), 4, 4, True),
    BuiltinRow("erfinv", "f(f)", _special("erfinv"), 2, 5, True),
    BuiltinRow("exp", "f(f)", np.exp, 1, 1, True),
    BuiltinRow("exp10", "f(f)", lambda x: np.power(10.0, x), 2, 1, True),
    BuiltinRow("exp2", "f(f)", np.exp2, 2, 1, True),
    BuiltinRow("expm1", "f(f)", np.expm1, 1, 1, True),
    BuiltinRow("fast_cos", "f(f)", np.cos, 1 << 10, 0, True),
    BuiltinRow("fast_exp", "f(f)", np.exp, 64, 0, True),
    BuiltinRow("fast_exp2", "f(f)", np.exp2, 2, 0, True),
    BuiltinRow("fast_log", "f(f)", np.log, 1 << 10, 0, True),
    BuiltinRow("fast_log2", "f(f)", np.log2, 1 << 10, 0, True),
    BuiltinRow("fast_pow", "f(f,f)", np.power, 1 << 10, 0, True),
    BuiltinRow("fast_rcp", "f(f)", np.reciprocal, 1, 0),
    BuiltinRow("fast_sin", "f(f)", np.sin, 1 << 10, 0, True),
    BuiltinRow("fast_tan", "f(f)", np.tan, 1 << 10, 0, True),
    BuiltinRow("fast_tanh", "f(f)", np.tanh, 1 << 10, 0, True),
    BuiltinRow("floor", "f(f)", np.floor),
    BuiltinRow("fma", "f(f,f,f)", None),
    BuiltinRow("fmod", "f(f,f)", np.fmod, 0, 0, True),
    BuiltinRow("hypot", "f(f,f)", np.hypot, 3, 2, True),
    BuiltinRow("isfinite", "b(f)", np.isfinite),
    BuiltinRow("isinf", "b(f)", np.isinf),
    BuiltinRow("isnan", "b(f)", np.isnan),
    BuiltinRow("ldexp", "f(f,i32)", np.ldexp, 0, 0, True),
    BuiltinRow("lgamma", "f(f)", _special("gammaln"), 6, 4, True),
    BuiltinRow("log", "f(f)", np.log, 1, 1, True),
    BuiltinRow("log10", "f(f)", np.log10, 2, 1, True),
    BuiltinRow("log1p", "f(f)", np.log1p, 1, 1, True),
    BuiltinRow("log2", "f(f)", np.log2, 1, 1, True),
    BuiltinRow("max", "n(n,n)", np.fmax),
    BuiltinRow("min", "n(n,n)", np.fmin),
    BuiltinRow("mulhi", "i(i,i)", _mulhi),
    BuiltinRow("nextafter", "f(f,f)", np.nextafter, 0, 0, True),
    BuiltinRow("normcdf", "f(f)", _special("ndtr"), 5, 5, True),
    BuiltinRow("normcdfinv", "f(f)", _special("ndtri"), 5, 8, True),
    BuiltinRow("popc", "u32(u)", _popc),
    BuiltinRow("pow", "f(f,f)", np.power, 4, 2, True),
    BuiltinRow("remainder", "f(f,f)", None, 0, 0, True),
    BuiltinRow("rint", "f(f)", np.rint),
    BuiltinRow("round", "f(f)", lambda x: np.trunc(x + np.copysign(np.nextafter(0.5, 0, dtype=x.dtype), x))),
    BuiltinRow("rsqrt", "f(f)", lambda x: 1 / np.sqrt(x), 2, 1),
    BuiltinRow("signbit", "b(f)", np.signbit),
    BuiltinRow("sin", "f(f)", np.sin, 2, 2, True),
    BuiltinRow("sinh", "f(f)", np.sinh, 3, 2, True),
    BuiltinRow("sinpi", "f(f)", _sinpi, 1, 2, True),
    BuiltinRow("sqrt", "f(f)", np.sqrt),
    BuiltinRow("tan", "f(f)", np.tan, 4, 2, True),
    BuiltinRow("tanh", "f(f)", np.tanh, 2, 2, True),
    BuiltinRow("tgamma", "f(f)", _special("gamma"), 5, 10, True),
    BuiltinRow("trunc", "f(f)", np.trunc),
)

BUILTINS: dict[str, BuiltinRow] = {row.name: row for row in _ROWS}
"""Every builtin by name. ``min`` and ``max`` of floats return the number when one operand is NaN, as fminf
and fmaxf do. ``clz`` of 0 is the width. ``fma`` rounds once. ``round`` rounds halves away from zero, ``rint`` to even.
"""
