"""Small functions that generated text calls where OpenCL C's operators mean something else than KIR's."""

from __future__ import annotations

from cudawasm.ir.types import SCALARS as KIR
from cudawasm_opencl.words import SCALARS, UNSIGNED

FLOAT_OF_HALF = """\
static inline float float_of_half(ushort h)
{
    uint sign = (uint)(h & 0x8000) << 16, rest = h & 0x7fff;
    if (rest >= 0x7c00)
        return as_float(sign | 0x7f800000u | (rest & 0x3ff) << 13);
    if (rest >= 0x0400)
        return as_float(sign | ((rest << 13) + 0x38000000u));
    return as_float(sign | as_uint((float)rest * 0x1p-24f));
}"""
HALF_OF_FLOAT = """\
static inline ushort half_of_float(float f)
{
    uint bits = as_uint(f), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000u)
        return (ushort)(sign | 0x7fff);
    if (rest >= 0x477ff000u)
        return (ushort)(sign | 0x7c00);
    if (rest < 0x38800000u)
        return (ushort)(sign | (uint)rint(as_float(rest) * 0x1p24f));
    return (ushort)(sign | (rest - 0x38000000u + 0xfff + (rest >> 13 & 1)) >> 13);
}"""
FLOAT_OF_BFLOAT = """\
static inline float float_of_bfloat(ushort h)
{
    return as_float((uint)h << 16);
}"""
BFLOAT_OF_FLOAT = """\
static inline ushort bfloat_of_float(float f)
{
    uint bits = as_uint(f);
    return (ushort)(f != f ? 0x7fffu : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}"""
ODD_FLOAT = """\
static inline float odd_float_of_double(double d)
{
    /* Rounds to odd, so that rounding the result once more is right. */
    float f = convert_float_rtz(d);
    return d == d && (double)f != d ? as_float(as_uint(f) | 1u) : f;
}"""
ODD_FLOAT_OF_LONG = """\
static inline float odd_float_of_{t}({t} x)
{{
    float f = convert_float_rtz(x);
    return convert_{t}_sat_rtz(f) != x ? as_float(as_uint(f) | 1u) : f;
}}"""

FIXED = {
    "float_of_half": FLOAT_OF_HALF,
    "half_of_float": HALF_OF_FLOAT,
    "float_of_bfloat": FLOAT_OF_BFLOAT,
    "bfloat_of_float": BFLOAT_OF_FLOAT,
    "odd_float_of_double": ODD_FLOAT,
    **{f"odd_float_of_{t}": ODD_FLOAT_OF_LONG.format(t=t) for t in ("int", "uint", "long", "ulong")},
}


def helper(name: str) -> str:
    """The text of a helper: ``family_type``, as ``shift_left_i32``."""
    if name in FIXED:
        return FIXED[name]
    family, _, kir = name.rpartition("_")
    type_ = KIR[kir]
    t, u = SCALARS[kir], UNSIGNED[type_.bits]
    wide = "ulong" if type_.bits == 64 else "uint"
    return {
        "shift_left": f"static inline {t} shift_left_{kir}({t} x, ulong count)\n{{\n"
                      f"    return count < {type_.bits} ? ({t})(({wide})x << count) : ({t})0;\n}}",
        "shift_right": f"static inline {t} shift_right_{kir}({t} x, ulong count)\n{{\n"
                       f"    return count < {type_.bits} ? ({t})(x >> count) : "
                       f"({t}){f'(x >> {type_.bits - 1})' if type_.is_signed else '0'};\n}}",
        "divide": f"static inline {t} divide_{kir}({t} a, {t} b)\n{{\n{_special_divisors(kir, '/')}}}",
        "remainder_of": f"static inline {t} remainder_of_{kir}({t} a, {t} b)\n{{\n{_special_divisors(kir, '%')}}}",
        "reverse_bits": _reverse(kir, t, u, type_.bits),
    }[family]  # fmt: skip


def _special_divisors(kir: str, sign: str) -> str:
    """0 gives anything but must not trap, and -1 may overflow."""
    type_, t = KIR[kir], SCALARS[kir]
    minus = ""
    if type_.is_signed:
        negated = f"({t})(0 - ({UNSIGNED[type_.bits]})a)" if sign == "/" else "0"
        minus = f"    if (b == -1)\n        return {negated};\n"
    return f"{minus}    return b ? ({t})(a {sign} b) : ({t}){'-1' if sign == '/' else 'a'};\n"


def _reverse(kir: str, t: str, u: str, bits: int) -> str:
    suffix = "UL" if bits == 64 else "u"
    lines = []
    shift, mask = bits // 2, (1 << bits) - 1
    while shift:
        mask ^= (mask << shift) & ((1 << bits) - 1)
        lines.append(f"    v = (v >> {shift} & {mask:#x}{suffix}) | (v & {mask:#x}{suffix}) << {shift};")
        shift //= 2
    body = "\n".join(lines)
    return f"static inline {t} reverse_bits_{kir}({t} x)\n{{\n    {u} v = ({u})x;\n{body}\n    return ({t})v;\n}}"
