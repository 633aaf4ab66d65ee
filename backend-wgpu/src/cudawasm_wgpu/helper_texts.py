"""The texts of helpers, by name."""

from __future__ import annotations

from cudawasm_wgpu.pair_texts import PAIR_TEXTS
from cudawasm_wgpu.rounded_texts import CLOSE_ROOT, quotients_and_roots


def _integers() -> dict[str, str]:
    texts = {}
    for t, bits, mask in (("i32", 32, "31u"), ("u32", 32, "31u"), ("i64", 64, "63u"), ("u64", 64, "63u")):
        zero = {"i32": "0", "u32": "0u", "i64": "0li", "u64": "0lu"}[t]
        texts[f"shift_left_{t}"] = (
            f"fn shift_left_{t}(x: {t}, count: u32) -> {t} {{\n"
            f"    return select({zero}, x << (count & {mask}), count < {bits}u);\n}}"
        )
        right = f"x >> min(count, {mask})" if t[0] == "i" else f"select({zero}, x >> (count & {mask}), count < {bits}u)"
        texts[f"shift_right_{t}"] = f"fn shift_right_{t}(x: {t}, count: u32) -> {t} {{\n    return {right};\n}}"
    for t in ("i32", "i64"):
        texts[f"remainder_{t}"] = (
            f"fn remainder_{t}(a: {t}, b: {t}) -> {t} {{\n"
            "    return a - a / b * b; // where an operand is negative, drivers make anything of %\n}"
        )
    for t in ("i64", "u64"):
        high = f"u32({'u64(x)' if t == 'i64' else 'x'} >> 32u)"
        low = f"u32({'u64(x)' if t == 'i64' else 'x'} & 0xfffffffflu)"
        texts[f"popc_{t}"] = (
            f"fn popc_{t}(x: {t}) -> u32 {{\n    return countOneBits({low}) + countOneBits({high});\n}}"
        )
        texts[f"clz_{t}"] = (
            f"fn clz_{t}(x: {t}) -> u32 {{\n    let high = {high};\n"
            f"    return select(countLeadingZeros(high), 32u + countLeadingZeros({low}), high == 0u);\n}}"
        )
        joined = f"(u64(reverseBits({low})) << 32u) | u64(reverseBits({high}))"
        texts[f"brev_{t}"] = (
            f"fn brev_{t}(x: {t}) -> {t} {{\n    return {joined if t == 'u64' else f'i64({joined})'};\n}}"
        )
    return texts


_FLOATS = """\
fn isnan_f32(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn isinf_f32(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u;
}

fn isfinite_f32(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) < 0x7f800000u;
}

fn signbit_f32(x: f32) -> bool {
    return bitcast<i32>(x) < 0;
}

fn copysign_f32(x: f32, sign: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
}

fn min_f32(a: f32, b: f32) -> f32 {
    return select(b, a, a < b || isnan_f32(b));
}

fn max_f32(a: f32, b: f32) -> f32 {
    return select(b, a, a > b || isnan_f32(b));
}

fn round_f32(x: f32) -> f32 {
    return trunc(x + copysign_f32(0.49999997f, x));
}

fn isnan_f64(x: f64) -> bool {
    return (bitcast<u64>(x) & 0x7ffffffffffffffflu) > 0x7ff0000000000000lu;
}

fn isinf_f64(x: f64) -> bool {
    return (bitcast<u64>(x) & 0x7ffffffffffffffflu) == 0x7ff0000000000000lu;
}

fn isfinite_f64(x: f64) -> bool {
    return (bitcast<u64>(x) & 0x7ffffffffffffffflu) < 0x7ff0000000000000lu;
}

fn signbit_f64(x: f64) -> bool {
    return bitcast<i64>(x) < 0li;
}

fn copysign_f64(x: f64, sign: f64) -> f64 {
    return bitcast<f64>((bitcast<u64>(x) & 0x7ffffffffffffffflu) | (bitcast<u64>(sign) & 0x8000000000000000lu));
}

fn min_f64(a: f64, b: f64) -> f64 {
    return select(b, a, a < b || isnan_f64(b));
}

fn max_f64(a: f64, b: f64) -> f64 {
    return select(b, a, a > b || isnan_f64(b));
}

fn round_f64(x: f64) -> f64 {
    return trunc(x + copysign_f64(0.49999999999999994lf, x));
}

fn same_f32(x: f32) -> f32 {
    return x;
}

fn same_f64(x: f64) -> f64 {
    return x;
}

fn f32_of_bits(bits: u32) -> f32 {
    return bitcast<f32>(bits);
}

fn f64_of_words(low: u32, high: u32) -> f64 {
    return bitcast<f64>(u64(low) | (u64(high) << 32u));
}

fn count_of_64(count: u64) -> u32 {
    return u32(min(count, 64lu));
}

fn mulhi_u32(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}

fn mulhi_i32(a: i32, b: i32) -> i32 {
    return i32(mulhi_u32(u32(a), u32(b))) - select(0, b, a < 0) - select(0, a, b < 0);
}

fn mulhi_u64(a: u64, b: u64) -> u64 {
    let low = (a & 0xfffffffflu) * (b & 0xfffffffflu);
    let middle = (a >> 32u) * (b & 0xfffffffflu) + (low >> 32u);
    let other = (a & 0xfffffffflu) * (b >> 32u) + (middle & 0xfffffffflu);
    return (a >> 32u) * (b >> 32u) + (middle >> 32u) + (other >> 32u);
}

fn mulhi_i64(a: i64, b: i64) -> i64 {
    return i64(mulhi_u64(u64(a), u64(b))) - select(0li, b, a < 0li) - select(0li, a, b < 0li);
}

fn exact_f32(x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) ^ params.zero); // what the driver cannot see through it cannot rewrite
}

fn exact_f64(x: f64) -> f64 {
    return bitcast<f64>(bitcast<u64>(x) ^ u64(params.zero)); // what the driver cannot see through it cannot rewrite
}

fn exact_i64(x: i64) -> i64 {
    return x ^ i64(params.zero);
}

fn exact_u64(x: u64) -> u64 {
    return x ^ u64(params.zero);
}

fn f32_of_f64(x: f64) -> f32 {
    let bits = bitcast<u64>(x);
    let exponent = u32(bits >> 52u) & 0x7ffu;
    if (exponent > 896u) {
        return f32(x);
    }
    let drop = 926u - max(exponent, 863u); // below the normal range, where drivers make 0 of it
    let digits = (bits & 0xffffffffffffflu) | 0x10000000000000lu;
    let rest = u32((digits + (1lu << (drop - 1u)) - 1lu + ((digits >> drop) & 1lu)) >> drop);
    return bitcast<f32>(rest | (u32(bits >> 32u) & 0x80000000u));
}

fn f64_of_f32(x: f32) -> f64 {
    let bits = bitcast<u32>(x);
    if ((bits & 0x7f800000u) == 0u) { // below the normal range, where drivers make 0 of it
        let size = f64(bits & 0x7fffffu) * 1.401298464324817e-45lf; // 2**-149
        return select(size, -size, bits >= 0x80000000u);
    }
    return f64(x);
}

fn lost_by_sum(a: f64, b: f64, sum: f64) -> f64 {
    let part = exact_f64(sum - a);
    return exact_f64(a - exact_f64(sum - part)) + exact_f64(b - part);
}

fn odd(x: f64, lost: f64) -> f64 {
    let bits = bitcast<u64>(x);
    if ((bits & 1lu) == 0lu && !(lost == 0.0lf) && isfinite_f64(x)) {
        return bitcast<f64>(select(bits - 1lu, bits + 1lu, (lost > 0.0lf) == (x > 0.0lf)));
    }
    return x;
}

fn fma_f32(a: f32, b: f32, c: f32) -> f32 {
    let product = exact_f64(f64(a) * f64(b));
    let sum = exact_f64(product + f64(c));
    return f32(odd(sum, lost_by_sum(product, f64(c), sum))); // once rounded to odd, the second rounding is right
}

fn high_half(x: f64) -> f64 {
    let split = exact_f64(134217729.0lf * x);
    return exact_f64(split - exact_f64(split - x));
}

fn lost_by_product(a: f64, b: f64, product: f64) -> f64 {
    let high_a = high_half(a);
    let high_b = high_half(b);
    let low_a = exact_f64(a - high_a);
    let low_b = exact_f64(b - high_b);
    let first = exact_f64(exact_f64(high_a * high_b) - product);
    let second = exact_f64(first + exact_f64(high_a * low_b));
    return exact_f64(second + exact_f64(low_a * high_b)) + exact_f64(low_a * low_b);
}

fn fma_f64(x: f64, y: f64, z: f64) -> f64 {
    if (!isfinite_f64(x) || !isfinite_f64(y) || !isfinite_f64(z) || x == 0.0lf || y == 0.0lf) {
        return x * y + z;
    }
    let exponent_x = i32(u32(bitcast<u64>(x) >> 52u) & 0x7ffu) - 1023;
    let exponent_y = i32(u32(bitcast<u64>(y) >> 52u) & 0x7ffu) - 1023;
    let exponent_z = i32(u32(bitcast<u64>(z) >> 52u) & 0x7ffu) - 1023;
    var a = x;
    var b = y;
    var c = z;
    var scale = 1.0lf;
    if (exponent_x + exponent_y > 1000 || exponent_z > 1000) {
        if (exponent_x + exponent_y > 1100) {
            return x * y + z;
        }
        a = a * select(f64_of_words(0u, 0x2fe00000u), 1.0lf, exponent_x < exponent_y); // 2**-257
        b = b * select(1.0lf, f64_of_words(0u, 0x2fe00000u), exponent_x < exponent_y);
        c = c * f64_of_words(0u, 0x2fe00000u);
        scale = f64_of_words(0u, 0x50000000u); // 2**257
    } else if (exponent_x + exponent_y < -850 && exponent_z < -700) {
        a = a * select(1.0lf, f64_of_words(0u, 0x50000000u), exponent_x < exponent_y);
        b = b * select(f64_of_words(0u, 0x50000000u), 1.0lf, exponent_x < exponent_y);
        c = c * f64_of_words(0u, 0x50000000u);
        scale = f64_of_words(0u, 0x2fe00000u);
    }
    if (abs(a) > f64_of_words(0u, 0x7cf00000u)) { // 2**976: the split would overflow
        a = a * f64_of_words(0u, 0x3b000000u); // 2**-79
        b = b * f64_of_words(0u, 0x44e00000u);
    } else if (abs(b) > f64_of_words(0u, 0x7cf00000u)) {
        b = b * f64_of_words(0u, 0x3b000000u);
        a = a * f64_of_words(0u, 0x44e00000u);
    }
    let product = exact_f64(a * b);
    let lost = exact_f64(lost_by_product(a, b, product));
    let low = exact_f64(c + lost);
    let lost_low = exact_f64(lost_by_sum(c, lost, low));
    let high = exact_f64(product + low);
    let lost_high = exact_f64(lost_by_sum(product, low, high));
    let rest = exact_f64(lost_high + lost_low);
    return (high + odd(rest, lost_by_sum(lost_high, lost_low, rest))) * scale;
}

fn float_of_half(h: u32) -> f32 {
    let sign = (h & 0x8000u) << 16u;
    let rest = h & 0x7fffu;
    if (rest >= 0x7c00u) {
        return bitcast<f32>(sign | 0x7f800000u | ((rest & 0x3ffu) << 13u));
    }
    if (rest >= 0x0400u) {
        return bitcast<f32>(sign | ((rest << 13u) + 0x38000000u));
    }
    return bitcast<f32>(sign | bitcast<u32>(f32(rest) * 5.9604645e-08f));
}

fn half_of_float(f: f32) -> u32 {
    let bits = bitcast<u32>(f);
    let sign = (bits >> 16u) & 0x8000u;
    let rest = bits & 0x7fffffffu;
    if (rest > 0x7f800000u) {
        return sign | 0x7fffu;
    }
    if (rest >= 0x477ff000u) {
        return sign | 0x7c00u;
    }
    if (rest < 0x38800000u) {
        return sign | u32(round(bitcast<f32>(rest) * 16777216.0f));
    }
    return sign | ((rest - 0x38000000u + 0xfffu + ((rest >> 13u) & 1u)) >> 13u);
}

fn float_of_bfloat(h: u32) -> f32 {
    return bitcast<f32>(h << 16u);
}

fn bfloat_of_float(f: f32) -> u32 {
    let bits = bitcast<u32>(f);
    return select((bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u, 0x7fffu, (bits & 0x7fffffffu) > 0x7f800000u);
}

fn odd_float_of_f64(d: f64) -> f32 {
    let f = f32_of_f64(d);
    let back = f64_of_f32(f);
    if (back == d || isnan_f64(d)) {
        return f;
    }
    var bits = bitcast<u32>(f);
    if (abs(back) > abs(d)) {
        bits -= 1u;
    }
    return bitcast<f32>(bits | 1u);
}

fn odd_float_of_u32(x: u32) -> f32 {
    let lost = (1u << (8u - min(countLeadingZeros(x), 8u))) - 1u;
    return f32((x & ~lost) | select(0u, lost + 1u, (x & lost) != 0u));
}

fn odd_float_of_i32(x: i32) -> f32 {
    let size = odd_float_of_u32(u32(abs(x)));
    return select(size, -size, x < 0);
}

fn odd_float_of_u64(x: u64) -> f32 {
    let zeros = min(clz_u64(x), 32u);
    let rest = x << zeros;
    let high = odd_float_of_u32(u32(rest >> 32u) | select(0u, 1u, (rest & 0xfffffffflu) != 0lu));
    return select(high * f32(1u << (31u - min(zeros, 31u))) * 2.0f, high, zeros == 32u);
}

fn odd_float_of_i64(x: i64) -> f32 {
    let size = odd_float_of_u64(select(u64(x), 0lu - u64(x), x < 0li));
    return select(size, -size, x < 0li);
}"""


def named(texts: str) -> dict[str, str]:
    """Functions by their names."""
    found = {}
    for text in texts.split("\n\n"):
        name = text.removeprefix("fn ").partition("(")[0]
        found[name] = text
    return found


TEXTS = {**_integers(), **named(_FLOATS), **quotients_and_roots()}
CLOSE_TEXTS = {"root_f32": CLOSE_ROOT}
"""Shorter ones for devices whose approximations are close."""
PAIRS = named(PAIR_TEXTS)
"""What stands in for them where 64-bit integers are pairs of words."""
