"""Floating point: arithmetic, conversions with saturation and rounding modes, half and bfloat16."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import ctype, each, each_by_range, grid_of, whole

_F = np.float32
_TINY = np.array([1e-45, 2e-45, 1.1754942e-38, 1.1754944e-38, 3e-39], _F)
_PLAIN = np.array([0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, 2.5, -2.5, 3.7, -3.7, 0.1, 1e10, -1e10, 3.4e38, -3.4e38], _F)
_ODD = np.array([np.inf, -np.inf, np.nan], _F)
F32 = np.concatenate([_PLAIN, _TINY, -_TINY, _ODD])
F64 = np.concatenate([F32.astype(np.float64), [5e-324, -5e-324, 2.2250738585072014e-308, 1.7e308, 0.1, 1 / 3, 1e-40]])

# --- arithmetic ----------------------------------------------------------------------------------


def _bits(a: np.ndarray) -> np.ndarray:
    return a.view(f"u{a.dtype.itemsize}")


def _arithmetic(t: str, values: np.ndarray) -> list[Case]:
    a, b = grid_of(values, values)
    make = each_by_range if t == "f4" else lambda *args: [each(*args)]
    return make(
        f"float_arithmetic_{ctype(t)}",
        "s[i] = a[i] + b[i]; d[i] = a[i] - b[i]; p[i] = a[i] * b[i]; q[i] = a[i] / b[i]; m[i] = -a[i];",
        {"a": a, "b": b},
        {"s": t, "d": t, "p": t, "q": t, "m": t},
        lambda a, b: {"s": a + b, "d": a - b, "p": a * b, "q": a / b, "m": -a},
    )


def _comparison(t: str, values: np.ndarray) -> list[Case]:
    a, b = grid_of(values, values)
    make = each_by_range if t == "f4" else lambda *args: [each(*args)]
    return make(
        f"float_comparison_{ctype(t)}",
        "o[i] = (a[i] < b[i]) | (a[i] <= b[i]) << 1 | (a[i] == b[i]) << 2 | (a[i] != b[i]) << 3 | (a[i] > b[i]) << 4"
        " | (a[i] >= b[i]) << 5 | !(a[i] < b[i]) << 6 | (a[i] ? 1 : 0) << 7 | !a[i] << 8 | (a[i] && b[i]) << 9;",
        {"a": a, "b": b},
        {"o": np.int32},
        # NaN is true as a condition: it differs from zero.
        lambda a, b: {
            "o": (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a > b) << 4 | (a >= b) << 5 | ~(a < b) << 6
            | (a != 0) << 7 | (a == 0) << 8 | ((a != 0) & (b != 0)) << 9
        },
    )  # fmt: skip


_SIGNED_ZERO = each(
    "float_signed_zero_bits",
    "o[i] = __float_as_uint(-a[i]); p[i] = __float_as_uint(a[i] + 0.0f); q[i] = __float_as_uint(0.0f - a[i]);"
    " r[i] = __float_as_uint(a[i] * -1.0f); s[i] = __float_as_uint(copysignf(2.0f, a[i]));",
    {"a": np.array([0.0, -0.0, 1.0, -1.0], _F)},
    dict.fromkeys("opqrs", np.uint32),
    lambda a: {
        "o": _bits(-a), "p": _bits(a + _F(0)), "q": _bits(_F(0) - a), "r": _bits(a * _F(-1)),
        "s": _bits(np.copysign(_F(2), a)),
    },
)  # fmt: skip


def _fma() -> list[Case]:
    return each_by_range(
        "float_fma_rounds_once",
        "o[i] = fmaf(a[i], b[i], c[i]); p[i] = __fmaf_rn(a[i], b[i], -c[i]);",
        {
            "a": np.array([1 + 2**-12, 3.0, 1e20, 1e-30, 0.1, 16777217.0, 2**-100], _F),
            "b": np.array([1 - 2**-12, 1 / 3, 1e20, 1e-15, 10.0, 16777215.0, 2**-49], _F),
            "c": np.array([-1.0, -1.0, -np.inf, 1e-45, -1.0, -2.8147498e14, 1e-45], _F),
        },
        {"o": np.float32, "p": np.float32},
        lambda a, b, c: {"o": _exact_fma(a, b, c), "p": _exact_fma(a, b, -c)},
    )


def _exact_fma(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    out = np.empty_like(a)
    for i, (x, y, z) in enumerate(zip(a, b, c, strict=True)):
        if not np.isfinite([x, y, z]).all():
            out[i] = float(x) * float(y) + float(z)
        else:
            out[i] = _to_float(Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z)), _F, "rn")
    return out


_EXACT = each_by_range(
    "float_intrinsics_are_never_fused",
    "o[i] = __fadd_rn(__fmul_rn(a[i], a[i]), -b[i]); p[i] = __dadd_rn(__dmul_rn(a[i], a[i]), -(double)b[i]);"
    " q[i] = __fdiv_rn(a[i], b[i]); r[i] = __fsqrt_rn(b[i]); s[i] = __frcp_rn(a[i]); t[i] = __fsub_rn(a[i], b[i]);",
    {"a": np.array([1.0000001, 3.1, 0.1, 7.3, 1e-20], _F), "b": np.array([1.0, 9.6, 0.01, 53.3, 1e-39], _F)},
    {"o": _F, "p": np.float64, "q": _F, "r": _F, "s": _F, "t": _F},
    lambda a, b: {
        "o": a * a - b, "p": a.astype("f8") ** 2 - b, "q": a / b, "r": np.sqrt(b), "s": _F(1) / a, "t": a - b,
    },
)  # fmt: skip

_PROMOTION = each(
    "float_promotion",
    "o[i] = a[i] * 2.0; p[i] = a[i] / n3[i]; q[i] = a[i] + 0.1; r[i] = n3[i] / 2 + 0.5f; s[i] = n3[i] * 1.1f;"
    " t[i] = (n3[i] & 1) ? a[i] : 1e-3;",
    {"a": np.array([0.1, 1.5, 3.3, -7.7, 1e30], _F), "n3": np.array([1, 2, 3, 16777217, -5], np.int32)},
    {"o": np.float64, "p": _F, "q": np.float64, "r": _F, "s": _F, "t": np.float64},
    lambda a, n3: {
        "o": a.astype("f8") * 2, "p": a / n3.astype(_F), "q": a.astype("f8") + 0.1,
        "r": np.trunc(n3 / 2).astype(_F) + _F(0.5), "s": n3.astype(_F) * _F(1.1), "t": np.where(n3 & 1, a.astype("f8"), 1e-3),
    },
)  # fmt: skip

_LITERALS = Case(
    "float_literals",
    "__global__ void k(double* o, float* p) { o[0] = 1e3; o[1] = .5; o[2] = 0x1.8p3; o[3] = 1.f / 3; o[4] = 1. / 3;"
    " o[5] = 1'000.5; o[6] = sizeof(1.0f) + 10 * sizeof(1.0); o[7] = 1e-320; p[0] = 0.1; p[1] = 16777217; p[2] = 1e-45f;"
    " p[3] = 3.40282347e+38F; p[4] = 1E+2f; p[5] = 5 / 2; p[6] = 5 / 2.0f; p[7] = 1e400 > 1e308 ? 1 : 0; }",
    {"o": whole(8, dtype=np.float64), "p": whole(8, dtype=_F)},
    lambda o, p: {
        "o": [1000, 0.5, 12, float(_F(1) / _F(3)), 1 / 3, 1000.5, 84, 1e-320],
        "p": np.array([0.1, 16777216, 1e-45, 3.40282347e38, 100, 2, 2.5, 1], _F),
    },
    Launch(block=(1, 1, 1)),
)

_MINMAX = each_by_range(
    "float_min_max_prefer_numbers",
    "o[i] = fminf(a[i], b[i]); p[i] = fmaxf(a[i], b[i]); q[i] = fmin((double)a[i], (double)b[i]);"
    " r[i] = max(a[i], b[i]); s[i] = fabsf(a[i]); t[i] = __saturatef(a[i]);",
    dict(zip("ab", [v[(x != 0) | (y != 0)] for x, y in [grid_of(F32, F32)] for v in (x, y)], strict=True)),
    {"o": _F, "p": _F, "q": np.float64, "r": _F, "s": _F, "t": _F},
    # Of a number and a NaN the number wins; __saturatef(NaN) is 0.
    lambda a, b: {
        "o": np.fmin(a, b), "p": np.fmax(a, b), "q": np.fmin(a, b), "r": np.fmax(a, b), "s": np.abs(a),
        "t": np.where(np.isnan(a), 0, np.clip(a, 0, 1)),
    },
)  # fmt: skip

_CLASSIFY = each(
    "float_classification",
    "o[i] = (isnan(a[i]) ? 1 : 0) | (isinf(a[i]) ? 2 : 0) | (isfinite(a[i]) ? 4 : 0) | (signbit(a[i]) ? 8 : 0);"
    " double d = a[i]; p[i] = (isnan(d) ? 1 : 0) | (isinf(d) ? 2 : 0) | (isfinite(d) ? 4 : 0) | (signbit(d) ? 8 : 0);",
    {"a": F32},
    {"o": np.int32, "p": np.int32},
    lambda a: dict.fromkeys(
        "op", np.isnan(a) * 1 + np.isinf(a) * 2 + np.isfinite(a) * 4 + np.signbit(np.where(np.isnan(a), 0, a)) * 8
    ),
)

_BIT_CASTS = each(
    "float_bit_casts",
    "o[i] = __float_as_int(a[i]); p[i] = __float_as_uint(a[i]); q[i] = __int_as_float(__float_as_int(a[i]) ^ 0x80000000);"
    " double d = a[i]; r[i] = __double_as_longlong(d); s[i] = __double2hiint(d); t[i] = __double2loint(d);"
    " u[i] = __hiloint2double(__double2hiint(d), 5); v[i] = __uint_as_float(__float_as_uint(a[i]) & 0xff800000u);",
    {"a": F32[np.isfinite(F32)]},
    {"o": np.int32, "p": np.uint32, "q": _F, "r": np.int64, "s": np.int32, "t": np.int32, "u": np.float64, "v": _F},
    lambda a: {
        "o": a.view("i4"), "p": a.view("u4"), "q": -a, "r": a.astype("f8").view("i8"),
        "s": a.astype("f8").view("i8") >> 32, "t": a.astype("f8").view("i8").astype("i4"),
        "u": ((a.astype("f8").view("i8") >> 32 << 32) | 5).view("f8"), "v": (a.view("u4") & 0xFF800000).view("f4"),
    },
)  # fmt: skip

# --- conversions ---------------------------------------------------------------------------------

_RANGE = [2.0**n * s + d for n in (7, 8, 15, 16, 31, 32, 63, 64) for s in (1, -1) for d in (-1, -0.5, 0, 0.5, 1)]
TO_INTEGER64 = np.concatenate([np.array(_RANGE), F64, [1e300, -1e300, 2147483646.5, -2147483648.9]])
with np.errstate(over="ignore"):
    TO_INTEGER32 = np.unique(TO_INTEGER64.astype(_F))


def saturated(values: np.ndarray, dtype: Any, rounding: Callable[[Any], Any] = np.trunc) -> np.ndarray:
    """PTX's cvt from float to integer: rounds, saturates; NaN gives 0 in this range of widths."""
    info = np.iinfo(dtype)
    out = []
    for value in rounding(values.astype(np.float64)):
        if np.isnan(value):
            out.append(0)
        elif np.isinf(value):
            out.append(info.max if value > 0 else info.min)
        else:
            out.append(min(max(int(value), info.min), info.max))
    return np.array(out, object).astype(dtype)


def _to_integer(f: str, values: np.ndarray) -> Case:
    kinds = ("i4", "u4", "i8", "u8")
    values = values[~np.isnan(values)]
    return each(
        f"float_to_integer_saturates_{ctype(f)}",
        " ".join(f"o{t}[i] = ({ctype(t)})a[i];" for t in kinds),
        {"a": values},
        {f"o{t}": t for t in kinds},
        lambda a: {f"o{t}": saturated(a, t) for t in kinds},
    )


_NAN_TO_32 = each(
    "float_nan_to_integer",
    # cvt.rzi of NaN is 0 for 32-bit results.
    "o[i] = (int)a[i]; p[i] = (unsigned)a[i]; q[i] = __float2int_rn(a[i]);",
    {"a": np.array([np.nan, 1.0, np.nan], _F)},
    {"o": np.int32, "p": np.uint32, "q": np.int32},
    lambda a: {"o": [0, 1, 0], "p": [0, 1, 0], "q": [0, 1, 0]},
)

_NARROW = each(
    "float_to_narrow_integers_in_range",
    "o[i] = (signed char)a[i]; p[i] = (unsigned char)a[i]; q[i] = (short)(a[i] * 100); r[i] = (unsigned short)(a[i] * 100);"
    " s[i] = (bool)a[i];",
    {"a": np.array([0, 0.9, 1.5, 99.99, 127, 3.99, 64.5], _F)},
    {"o": np.int8, "p": np.uint8, "q": np.int16, "r": np.uint16, "s": np.uint8},
    lambda a: {
        "o": np.trunc(a), "p": np.trunc(a), "q": np.trunc(a * _F(100)), "r": np.trunc(a * _F(100)), "s": a != 0,
    },
)  # fmt: skip

_ROUNDING: dict[str, Callable[[Any], Any]] = {"rn": np.rint, "rz": np.trunc, "rd": np.floor, "ru": np.ceil}
_SUFFIX = {"int": "i4", "uint": "u4", "ll": "i8", "ull": "u8"}


def _float_to_integer_modes(f: str, mode: str) -> Case:
    values = TO_INTEGER32 if f == "float" else TO_INTEGER64
    return each(
        f"{f}_to_integer_{mode}",
        " ".join(f"o{s}[i] = __{f}2{s}_{mode}(a[i]);" for s in _SUFFIX),
        {"a": values[~np.isnan(values)]},
        {f"o{s}": t for s, t in _SUFFIX.items()},
        lambda a: {f"o{s}": saturated(a, t, _ROUNDING[mode]) for s, t in _SUFFIX.items()},
    )


def _to_float(value: Fraction, dtype: Any, mode: str) -> Any:
    """A rational rounded to a float type in a given direction; finite results only."""
    nearest = dtype(float(value)) if dtype is np.float64 else _nearest32(value)
    if mode == "rn" or Fraction(float(nearest)) == value:
        return nearest
    up = np.nextafter(nearest, dtype(np.inf)) if Fraction(float(nearest)) < value else nearest
    down = np.nextafter(nearest, dtype(-np.inf)) if Fraction(float(nearest)) > value else nearest
    toward_up = mode == "ru" or (mode == "rz" and value < 0)
    return up if toward_up else down


def _nearest32(value: Fraction) -> np.float32:
    """One rounding, to even: float(Fraction) alone would round twice."""
    guess = _F(float(value))
    around = [np.nextafter(guess, _F(-np.inf)), guess, np.nextafter(guess, _F(np.inf))]
    finite = [x for x in around if np.isfinite(x)]
    return min(finite, key=lambda x: (abs(Fraction(float(x)) - value), int(_bits(np.array([x]))[0]) & 1))


def _converted(values: np.ndarray, dtype: Any, mode: str) -> np.ndarray:
    exact = [Fraction(float(v)) if v.dtype.kind == "f" else Fraction(int(v)) for v in values]
    return np.array([_to_float(v, dtype, mode) for v in exact], dtype)


_I64 = np.array([0, 1, -1, 2**24 + 1, -(2**24) - 1, 2**24 + 3, 2**31 - 1, 2**53 + 1, -(2**53) - 1, 2**62 + 1, 2**63 - 1,
                 -(2**63), 123456789123456789, -987654321987654321, 33554433, 33554435], np.int64)  # fmt: skip
_INT_SOURCES = {
    "int": _I64[np.abs(_I64.astype(float)) < 2**31].astype(np.int32),
    "uint": np.array([0, 1, 2**24 + 1, 2**32 - 1, 2**31 + 129, 4000000001], np.uint32),
    "ll": _I64,
    "ull": np.concatenate([_I64[_I64 >= 0].astype(np.uint64), np.array([2**64 - 1, 2**63 + 1025], np.uint64)]),
}


def _integer_to_float(mode: str, source: str) -> Case:
    values = _INT_SOURCES[source]
    to_double = source in ("ll", "ull")
    body = f"o[i] = __{source}2float_{mode}(a[i]);" + (f" p[i] = __{source}2double_{mode}(a[i]);" if to_double else "")
    outs: dict[str, Any] = {"o": _F} | ({"p": np.float64} if to_double else {})
    return each(
        f"{source}_to_float_{mode}",
        body,
        {"a": values},
        outs,
        lambda a: {"o": _converted(a, _F, mode)} | ({"p": _converted(a, np.float64, mode)} if to_double else {}),
    )


_INT_TO_FLOAT_CASTS = each(
    "integer_to_float_casts_round_to_nearest",
    "o[i] = (float)a[i]; p[i] = (double)a[i]; q[i] = (float)(unsigned long long)a[i]; r[i] = a[i]; s[i] = (int)a[i];",
    {"a": _I64},
    {"o": _F, "p": np.float64, "q": _F, "r": _F, "s": _F},
    lambda a: {
        "o": _converted(a, _F, "rn"), "p": a.astype("f8"), "q": _converted(a.astype("u8"), _F, "rn"),
        "r": _converted(a, _F, "rn"), "s": _converted(a.astype("i4"), _F, "rn"),
    },
)  # fmt: skip

_DOUBLES = np.array(
    [0.1, -0.1, 1 / 3, 1 + 2**-24, 1 + 2**-24 + 2**-40, 1e-40, -1e-46, 1e-44, 3e38, 16777217.0, 2**-149 * 1.5]
)
_DOUBLE_TO_FLOAT = [
    each(
        f"double_to_float_{mode}",
        f"o[i] = __double2float_{mode}(a[i]);",
        {"a": _DOUBLES},
        {"o": _F},
        lambda a, mode=mode: {"o": _converted(a, _F, mode)},
    )
    for mode in _ROUNDING
]

_DOUBLE_CASTS = each(
    "double_to_float_cast",
    "o[i] = (float)a[i]; p[i] = (double)(float)a[i];",
    {"a": np.concatenate([_DOUBLES, [1e39, -1e300, np.inf, np.nan, 5e-324]])},
    {"o": _F, "p": np.float64},
    lambda a: {"o": a.astype(_F), "p": a.astype(_F).astype("f8")},
)

_BASE = np.array([1.0, 0.1, -0.3, 1e20, -7.25, 3.0], _F)
_SECOND = np.array([2**-30, 0.2, 1e-9, 1.0, 1e-20, 7.0], _F)


def _directed(mode: str) -> Case:
    """Arithmetic with a rounding mode in the instruction, computed on rationals."""

    def wanted(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        pairs = [(Fraction(float(x)), Fraction(float(y))) for x, y in zip(a, b, strict=True)]
        results = {"s": [x + y for x, y in pairs], "p": [x * y for x, y in pairs], "q": [x / y for x, y in pairs],
                   "f": [x * y + x for x, y in pairs]}  # fmt: skip
        return {n: np.array([_to_float(v, _F, mode) for v in vs], _F) for n, vs in results.items()}

    return each(
        f"float_directed_arithmetic_{mode}",
        f"s[i] = __fadd_{mode}(a[i], b[i]); p[i] = __fmul_{mode}(a[i], b[i]); q[i] = __fdiv_{mode}(a[i], b[i]);"
        f" f[i] = __fmaf_{mode}(a[i], b[i], a[i]);",
        {"a": _BASE, "b": _SECOND},
        dict.fromkeys("spqf", _F),
        wanted,
    )


# --- half and bfloat16 ---------------------------------------------------------------------------

_FP16 = "#include <cuda_fp16.h>"
_BF16 = "#include <cuda_bf16.h>"
_HALVES = np.array([0, -0.0, 1, -1, 0.5, 1.5, 2048, 2049, 65504, 6e-8, 6.1e-5, 6.0e-5, -3e-6, 0.1, 3.14159, 100.5,
                    np.inf, -np.inf, np.nan], np.float16)  # fmt: skip
# Ties at 11 significant bits, subnormals, overflow to infinity at 65520.
_TO_HALF = np.array([0, 1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-11 + 2**-20, 2049, 2051, 65519, 65520, 65535, -65520, 1e6, 2**-24,
                     2**-25, 2**-25 * 1.0001, 2**-26, 3 * 2**-25, 2**-14 - 2**-25, 0.1, -0.3, 1e-10, np.inf, np.nan], _F)  # fmt: skip

_HALF_ROUND = each(
    "half_from_float_ties_and_subnormals",
    "o[i] = __half_as_ushort(__float2half(a[i])); p[i] = __half_as_ushort(__double2half((double)a[i]));"
    " q[i] = __half2float((__half)a[i]);",
    {"a": _TO_HALF[~np.isnan(_TO_HALF)]},
    {"o": np.uint16, "p": np.uint16, "q": _F},
    lambda a: {"o": _bits(a.astype("f2")), "p": _bits(a.astype("f2")), "q": a.astype("f2").astype("f4")},
    _FP16,
)

_HALF_NAN = each(
    "half_nan",
    "__half h = __float2half(a[i]); o[i] = __hisnan(h); p[i] = __half2float(h);",
    {"a": np.array([np.nan, 1.0, np.inf], _F)},
    {"o": np.int32, "p": _F},
    lambda a: {"o": [1, 0, 0], "p": a},
    _FP16,
)

_FINITE_TO_HALF = _TO_HALF[np.isfinite(_TO_HALF) & (np.abs(_TO_HALF) < 65504)]


def _half_directed(a: np.ndarray, mode: str) -> np.ndarray:
    h = a.astype("f2")
    up = np.where(h.astype("f4") < a, np.nextafter(h, np.float16(np.inf)), h)
    down = np.where(h.astype("f4") > a, np.nextafter(h, np.float16(-np.inf)), h)
    return {"ru": up, "rd": down, "rz": np.where(a < 0, up, down)}[mode]


_HALF_MODES = each(
    "half_from_float_rounding_modes",
    "o[i] = __float2half_ru(a[i]); p[i] = __float2half_rd(a[i]); q[i] = __float2half_rz(a[i]); r[i] = __float2half_rn(a[i]);",
    {"a": _FINITE_TO_HALF},
    dict.fromkeys("opqr", "f2"),
    lambda a: {
        "o": _half_directed(a, "ru"), "p": _half_directed(a, "rd"), "q": _half_directed(a, "rz"), "r": a.astype("f2"),
    },
    _FP16,
)  # fmt: skip


def _half_pairs(name: str, body: str, outputs: dict[str, Any], f: Callable[..., Any], finite: bool = False) -> Case:
    values = _HALVES[np.isfinite(_HALVES)] if finite else _HALVES
    a, b = grid_of(values, values)
    return each(name, body, {"a": a, "b": b}, outputs, f, _FP16)


_HALF_ARITHMETIC = _half_pairs(
    "half_arithmetic_rounds_to_16_bits",
    "s[i] = a[i] + b[i]; d[i] = __hsub(a[i], b[i]); p[i] = a[i] * b[i]; q[i] = __hdiv(a[i], b[i]); m[i] = -a[i];",
    dict.fromkeys("sdpqm", "f2"),
    lambda a, b: {"s": a + b, "d": a - b, "p": a * b, "q": a / b, "m": -a},
)
_HALF_COMPARE = _half_pairs(
    "half_comparison",
    "o[i] = (a[i] < b[i]) | (a[i] <= b[i]) << 1 | (a[i] == b[i]) << 2 | (a[i] != b[i]) << 3 | __hgt(a[i], b[i]) << 4"
    " | __hge(a[i], b[i]) << 5 | __hne(a[i], b[i]) << 6 | __hltu(a[i], b[i]) << 7 | __hneu(a[i], b[i]) << 8;",
    {"o": np.int32},
    # __hne is false when an operand is NaN; the forms that end in u are true.
    lambda a, b: {
        "o": (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a > b) << 4 | (a >= b) << 5
        | ((a != b) & ~np.isnan(a) & ~np.isnan(b)) << 6 | ((a < b) | np.isnan(a) | np.isnan(b)) << 7 | (a != b) << 8
    },
)  # fmt: skip
_HALF_MINMAX = _half_pairs(
    "half_min_max_abs",
    "o[i] = __hmin(a[i], b[i]); p[i] = __hmax(a[i], b[i]); q[i] = __habs(a[i]); r[i] = __hneg(b[i]);",
    dict.fromkeys("opqr", "f2"),
    lambda a, b: {"o": np.fmin(a, b), "p": np.fmax(a, b), "q": np.abs(a), "r": -b},
)
_HALF_FMA = each(
    "half_fma_rounds_once",
    "o[i] = __hfma(a[i], b[i], c[i]);",
    {
        "a": np.array([1.001, 3, 100, 0.1, 2048, 1e-4, -5], "f2"),
        "b": np.array([1.001, 0.3333, 100, 0.1, 1.0, 1e-3, 5], "f2"),
        "c": np.array([-1, -1, 10, 0.001, 1, 6e-8, 25], "f2"),
    },
    {"o": "f2"},
    # Products of two halves and their sum with a third are exact in double for these exponents.
    lambda a, b, c: {"o": (a.astype("f8") * b.astype("f8") + c.astype("f8")).astype("f2")},
    _FP16,
)
_HALF2 = each(
    "half2_arithmetic",
    "half2 x = __floats2half2_rn(a[i], b[i]), y = __float2half2_rn(0.3f); half2 s = __hadd2(x, y), p = __hmul2(x, y);"
    " half2 f = __hfma2(x, y, s); float2 t = __half22float2(f); o[i] = __low2float(s); q[i] = __high2float(p); r[i] = t.x; "
    " u[i] = t.y; v[i] = __half2float(__low2half(__lowhigh2highlow(x)));",
    {"a": np.linspace(-3, 3, 40).astype(_F), "b": np.linspace(0.001, 70, 40).astype(_F)},
    {"o": _F, "q": _F, "r": _F, "u": _F, "v": _F},
    lambda a, b: _half2(a.astype("f2"), b.astype("f2")),
    _FP16,
)


def _half2(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    y = np.float16(0.3)

    def fused(x: np.ndarray) -> np.ndarray:
        return (x.astype("f8") * float(y) + (x + y).astype("f8")).astype("f2")

    return {"o": a + y, "q": b * y, "r": fused(a), "u": fused(b), "v": b}


_HALF_INTS = each(
    "half_and_integers",
    "o[i] = __half2int_rn(a[i]); p[i] = __half2int_rz(a[i]); q[i] = __half2int_rd(a[i]); r[i] = __half2int_ru(a[i]);"
    " s[i] = __int2half_rn(__half2int_rz(a[i]) * 3 + 1); t[i] = __half2uint_rn(__habs(a[i])); u[i] = __half2short_rn(a[i]);",
    {"a": np.array([0.5, 1.5, 2.5, -0.5, -1.5, 3.7, -3.7, 1000.5, 2049, -12000, 683], "f2")},
    {"o": np.int32, "p": np.int32, "q": np.int32, "r": np.int32, "s": "f2", "t": np.uint32, "u": np.int16},
    lambda a: {
        "o": np.rint(a), "p": np.trunc(a), "q": np.floor(a), "r": np.ceil(a),
        "s": (np.trunc(a).astype("i4") * 3 + 1).astype("f4").astype("f2"), "t": np.rint(np.abs(a)), "u": np.rint(a),
    },
    _FP16,
)  # fmt: skip

_HALF_STORAGE = Case(
    "half_in_memory_as_vectors",
    f"{_FP16}\n__global__ void k(const half2* a, half* o) {{ int i = threadIdx.x; half2 v = a[i];"
    " o[2 * i] = v.y; o[2 * i + 1] = __float2half(2.0f * __half2float(v.x)); }",
    {"a": np.arange(64).astype("f2").reshape(32, 2) / np.float16(8), "o": whole(64, dtype="f2")},
    lambda a, o: {"o": np.stack([a[:, 1], a[:, 0] * np.float16(2)], 1)},
)


def to_bf16(a: np.ndarray) -> np.ndarray:
    """Bits of bfloat16, rounded to nearest even; no NaN."""
    bits = a.astype("f4").view("u4").astype("u8")
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("u2")


def from_bf16(bits: np.ndarray) -> np.ndarray:
    return (bits.astype("u4") << 16).view("f4")


_BF_VALUES = np.array([0, -0.0, 1, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-20, 3.14159, -0.1, 1e-40, 3e-41, 9.2e-41, 3.39e38, 3.4e38,
                       1e30, -1e-30, 255.5, 256.5, np.inf, -np.inf], _F)  # fmt: skip
_BF = {"a": "__nv_bfloat16", "b": "__nv_bfloat16"} | dict.fromkeys("sdpqmo", "__nv_bfloat16")
_BF_ROUND = each(
    "bfloat16_from_float_ties_and_subnormals",
    "__nv_bfloat16 h = __float2bfloat16(a[i]); o[i] = __bfloat16_as_ushort(h); p[i] = __bfloat162float(h);"
    " q[i] = __bfloat16_as_ushort((__nv_bfloat16)a[i]);",
    {"a": _BF_VALUES},
    {"o": np.uint16, "p": _F, "q": np.uint16},
    lambda a: {"o": to_bf16(a), "p": from_bf16(to_bf16(a)), "q": to_bf16(a)},
    _BF16,
)
_BF_FINITE = to_bf16(np.array([0, 1, -1, 0.5, 1.5, 3.140625, 256, 257, 1e-15, 1e-17, -1e30, 100, 0.1], _F))
_BF_BELOW_NORMALS = to_bf16(np.array([1e-38, -1e-38, 1e-20, 3e-20, 1e-40, 2], _F))


def _bf_arithmetic(name: str, values: np.ndarray, **more: Any) -> Case:
    a, b = grid_of(values, values)
    return each(
        name,
        "s[i] = a[i] + b[i]; d[i] = __hsub(a[i], b[i]); p[i] = a[i] * b[i]; m[i] = -a[i];"
        " c[i] = (a[i] < b[i]) | (a[i] == b[i]) << 1 | __hge(a[i], b[i]) << 2;",
        {"a": a, "b": b},
        {"s": np.uint16, "d": np.uint16, "p": np.uint16, "m": np.uint16, "c": np.int32},
        # Sums are rounded from the exact value: float64 holds it for these exponents or is far from a tie.
        lambda a, b: {
            "s": _bf_exact(a, b, "+"), "d": _bf_exact(a, b, "-"), "p": _bf_exact(a, b, "*"), "m": a ^ 0x8000,
            "c": (from_bf16(a) < from_bf16(b)) | (from_bf16(a) == from_bf16(b)) << 1
            | (from_bf16(a) >= from_bf16(b)) << 2,
        },
        _BF16,
        types=_BF,
        **more,
    )  # fmt: skip


def _bf_exact(a: np.ndarray, b: np.ndarray, op: str) -> np.ndarray:
    """The exact result rounded once: to odd at 24 bits, then to 8 bits."""
    out = []
    for x, y in zip(from_bf16(a), from_bf16(b), strict=True):
        u, v = Fraction(float(x)), Fraction(float(y))
        exact = {"+": u + v, "-": u - v, "*": u * v}[op]
        if exact == 0:
            out.append({"+": x + y, "-": x - y, "*": x * y}[op])
            continue
        down = _to_float(exact, _F, "rz")
        odd = int(_bits(np.array([down], _F))[0]) | (1 if Fraction(float(down)) != exact else 0)
        out.append(np.array([odd], "u4").view("f4")[0])
    return to_bf16(np.array(out, _F))


_BF_FMA = each(
    "bfloat162_and_fma",
    "__nv_bfloat162 x = __floats2bfloat162_rn(a[i], 2.0f * a[i]); __nv_bfloat162 y = __hfma2(x, x, x);"
    " o[i] = __low2float(y); p[i] = __high2float(y); q[i] = __bfloat162float(__hfma(__float2bfloat16(a[i]), __low2bfloat16(x),"
    " __float2bfloat16(1.0f)));",
    {"a": np.array([0.1, 1.7, -3.3, 100.25, 0.004], _F)},
    dict.fromkeys("opq", _F),
    lambda a: (
        (lambda x: {
            "o": from_bf16(to_bf16((x * x + x).astype(_F))), "p": from_bf16(to_bf16((4 * x * x + 2 * x).astype(_F))),
            "q": from_bf16(to_bf16((x * x + 1).astype(_F))),
        })(from_bf16(to_bf16(a)).astype("f8"))
    ),
    _BF16,
)  # fmt: skip

CASES = [
    *_arithmetic("f4", F32),
    *_arithmetic("f8", F64),
    *_comparison("f4", F32),
    *_comparison("f8", F64),
    _SIGNED_ZERO, *_fma(), *_EXACT, _PROMOTION, _LITERALS, *_MINMAX, _CLASSIFY, _BIT_CASTS,
    _to_integer("f4", TO_INTEGER32),
    _to_integer("f8", TO_INTEGER64),
    _NAN_TO_32, _NARROW,
    *[_float_to_integer_modes(f, mode) for f in ("float", "double") for mode in _ROUNDING],
    *[_integer_to_float(mode, source) for source in _INT_SOURCES for mode in _ROUNDING],
    _INT_TO_FLOAT_CASTS, *_DOUBLE_TO_FLOAT, _DOUBLE_CASTS,
    *[_directed(mode) for mode in _ROUNDING],
    _HALF_ROUND, _HALF_NAN, _HALF_MODES, _HALF_ARITHMETIC, _HALF_COMPARE, _HALF_MINMAX, _HALF_FMA, _HALF2, _HALF_INTS,
    _HALF_STORAGE, _BF_ROUND,
    _bf_arithmetic("bfloat16_arithmetic", _BF_FINITE),
    _bf_arithmetic("bfloat16_arithmetic_below_normals", _BF_BELOW_NORMALS, requires=("denormals",)),
    _BF_FMA,
]  # fmt: skip
