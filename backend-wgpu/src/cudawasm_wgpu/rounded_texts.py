"""Quotients and square roots that are rounded once, by multiply-adds; WGSL promises a few units in the last place.

A quotient is corrected twice by what it lacks, which a multiply-add gives exactly. Where that could leave the range of
normal numbers, and those below it, which drivers take for 0, operands are scaled by way of their bits.
"""

from __future__ import annotations

from string import Template

_QUOTIENT = """\
fn quotient_${float}(a: $float, b: $float) -> $float {
    let first = 1.0$s / b;
    let inverse = fma(fma(-b, first, 1.0$s), first, first);
    let q = exact_${float}(a * inverse); // drivers multiply constants first
    let better = fma(fma(-b, q, a), inverse, q);
    return fma(fma(-b, better, a), inverse, better);
}"""
_DIVIDE = """\
fn divide_${float}(a: $float, b: $float) -> $float {
    let q = quotient_${float}(a, b);
    if (abs(a) > $small && abs(a) < $large && abs(b) > $small && abs(b) < $large) {
        return q;
    }
    return divide_any_${float}(a, b);
}"""
_RECIPROCAL = """\
fn reciprocal_${float}(b: $float) -> $float {
    let first = 1.0$s / b;
    let inverse = fma(fma(-b, first, 1.0$s), first, first);
    if (abs(b) > $small && abs(b) < $large) {
        return inverse;
    }
    return divide_any_${float}(1.0$s, b);
}"""
_DIVIDE_ANY = """\
fn divide_any_${float}(a: $float, b: $float) -> $float {
    let sign = (bitcast<$word>(a) ^ bitcast<$word>(b)) & $sign;
    let bits_a = bitcast<$word>(a) & ~$sign;
    let bits_b = bitcast<$word>(b) & ~$sign;
    if (bits_a > $infinity || bits_b > $infinity || (bits_a == bits_b && (bits_a == 0$u || bits_a == $infinity))) {
        return bitcast<$float>(~$sign);
    }
    if (bits_a == $infinity || bits_b == 0$u) {
        return bitcast<$float>(sign | $infinity);
    }
    if (bits_a == 0$u || bits_b == $infinity) {
        return bitcast<$float>(sign);
    }
    let shift_a = leading_zeros_${float}(bits_a);
    let shift_b = leading_zeros_${float}(bits_b);
    let scaled_a = bitcast<$float>(((bits_a << shift_a) & $mantissa) | $one);
    let scaled_b = bitcast<$float>(((bits_b << shift_b) & $mantissa) | $one);
    let exponent_a = max(i32(bits_a >> ${places}u), 1) - i32(shift_a);
    let exponent_b = max(i32(bits_b >> ${places}u), 1) - i32(shift_b);
    let q = quotient_${float}(scaled_a, scaled_b);
    let exponent = i32(bitcast<$word>(q) >> ${places}u) + exponent_a - exponent_b;
    if (exponent >= $most) {
        return bitcast<$float>(sign | $infinity);
    }
    let digits = bitcast<$word>(q) & $mantissa;
    if (exponent >= 1) {
        return bitcast<$float>(sign | ($word(exponent) << ${places}u) | digits);
    }
    let lost = fma(-scaled_b, q, scaled_a);
    let exact = ((digits | ($mantissa + 1$u)) << 2u) + select(0$u, 1$u, lost > 0.0$s) - select(0$u, 1$u, lost < 0.0$s);
    let drop = min(u32(3 - exponent), ${places}u + 5u);
    return bitcast<$float>(sign | ((exact + (1$u << (drop - 1u)) - 1$u + ((exact >> drop) & 1$u)) >> drop));
}"""
_LEADING_ZEROS = """\
fn leading_zeros_${float}(bits: $word) -> u32 {
    return select(0u, $clz(bits) - ${extra}u, bits <= $mantissa);
}"""
_ROOT = """\
fn root_${float}(x: $float) -> $float {
    let y = inverseSqrt(x);
    let s = x * y;
    let half = 0.5$s * y;
    let lost = fma(-s, half, 0.5$s);
    let better = fma(s, lost, s);
    return fma(fma(-better, better, x), fma(half, lost, half), better);
}"""
CLOSE_ROOT = """\
fn root_f32(x: f32) -> f32 {
    let y = inverseSqrt(x);
    let s = exact_f32(x * y); // else drivers see a square root
    return fma(fma(-s, s, x), 0.5f * y, s);
}"""
_SQRT = {
    "f32": """\
fn sqrt_f32(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    if (bits - 0x0d000000u < 0x72800000u) {
        return root_f32(x);
    }
    if ((bits & 0x7fffffffu) == 0u || bits == 0x7f800000u) {
        return x;
    }
    if (bits > 0x7f800000u) {
        return bitcast<f32>(0x7fffffffu);
    }
    if (bits < 0x00800000u) {
        return root_f32(f32(bits) * 2.0f) * 0x1p-75f;
    }
    return root_f32(x * 0x1p64f) * 0x1p-32f;
}""",
    "f64": """\
fn sqrt_f64(x: f64) -> f64 {
    let bits = bitcast<u64>(x);
    if (bits - 0x1000000000000000lu < 0x6ff0000000000000lu) {
        return root_f64(x);
    }
    if ((bits & 0x7ffffffffffffffflu) == 0lu || bits == 0x7ff0000000000000lu) {
        return x;
    }
    if (bits > 0x7ff0000000000000lu) {
        return f64_of_words(0xffffffffu, 0x7fffffffu);
    }
    if (bits < 0x0010000000000000lu) {
        return root_f64(f64(bits)) * f64_of_words(0u, 0x1e600000u); // 2**-537
    }
    return root_f64(x * f64_of_words(0u, 0x4ff00000u)) * f64_of_words(0u, 0x37f00000u); // 2**256, 2**-128
}""",
}
_RSQRT = """\
fn rsqrt_f32(x: f32) -> f32 {
    return inverseSqrt(x);
}"""
_RSQRT_WIDE = """\
fn rsqrt_f64(x: f64) -> f64 {
    return divide_f64(1.0lf, sqrt_f64(x));
}"""
_WORDS = {
    "f32": {
        "sign": "0x80000000u", "infinity": "0x7f800000u", "mantissa": "0x7fffffu", "one": "0x3f800000u",
        "places": "23", "extra": "8", "most": "255", "clz": "countLeadingZeros", "small": "0x1p-60f",
        "large": "0x1p60f", "float": "f32", "word": "u32", "s": "f", "u": "u",
    },
    "f64": {
        "sign": "0x8000000000000000lu", "infinity": "0x7ff0000000000000lu", "mantissa": "0xffffffffffffflu",
        "one": "0x3ff0000000000000lu", "places": "52", "extra": "11", "most": "2047", "clz": "clz_u64",
        "small": "1e-140lf", "large": "1e140lf", "float": "f64", "word": "u64", "s": "lf",
        "u": "lu",
    },
}  # fmt: skip


def quotients_and_roots() -> dict[str, str]:
    """Helpers by name, for f32 and f64."""
    texts = {"rsqrt_f32": _RSQRT, "rsqrt_f64": _RSQRT_WIDE}
    shapes = {
        "quotient": _QUOTIENT, "divide": _DIVIDE, "divide_any": _DIVIDE_ANY, "reciprocal": _RECIPROCAL,
        "leading_zeros": _LEADING_ZEROS, "root": _ROOT,
    }  # fmt: skip
    for float_, words in _WORDS.items():
        texts.update({f"{name}_{float_}": Template(text).substitute(words) for name, text in shapes.items()})
        texts[f"sqrt_{float_}"] = _SQRT[float_]
    return texts
