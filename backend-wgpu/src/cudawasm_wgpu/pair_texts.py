"""The texts of helpers on 64-bit integers that are pairs of words, the low one first.

With their help ``fma_f32`` is exact where devices have neither doubles nor a fused operation.
"""

from __future__ import annotations

PAIR_TEXTS = """\
fn add_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + u32(low < a.x));
}

fn subtract_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x - b.x, a.y - b.y - u32(a.x < b.x));
}

fn negative_64(x: vec2<u32>) -> vec2<u32> {
    return subtract_64(vec2<u32>(0u, 0u), x);
}

fn is_negative_64(x: vec2<u32>) -> bool {
    return x.y >= 0x80000000u;
}

fn abs_i64(x: vec2<u32>) -> vec2<u32> {
    return select(x, negative_64(x), is_negative_64(x));
}

fn multiply_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x * b.x, mulhi_u32(a.x, b.x) + a.x * b.y + a.y * b.x);
}

fn product_of_words(a: u32, b: u32) -> vec2<u32> {
    return vec2<u32>(a * b, mulhi_u32(a, b));
}

fn mulhi_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let middle = add_64(product_of_words(a.y, b.x), vec2<u32>(mulhi_u32(a.x, b.x), 0u));
    let other = add_64(product_of_words(a.x, b.y), vec2<u32>(middle.x, 0u));
    return add_64(product_of_words(a.y, b.y), add_64(vec2<u32>(middle.y, 0u), vec2<u32>(other.y, 0u)));
}

fn mulhi_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let none = vec2<u32>(0u, 0u);
    let extra = add_64(select(none, b, is_negative_64(a)), select(none, a, is_negative_64(b)));
    return subtract_64(mulhi_u64(a, b), extra);
}

fn shift_left_64(x: vec2<u32>, count: u32) -> vec2<u32> {
    if (count >= 32u) {
        return vec2<u32>(0u, select(0u, x.x << (count & 31u), count < 64u));
    }
    return vec2<u32>(x.x << count, (x.y << count) | ((x.x >> 1u) >> (31u - count)));
}

fn shift_right_u64(x: vec2<u32>, count: u32) -> vec2<u32> {
    if (count >= 32u) {
        return vec2<u32>(select(0u, x.y >> (count & 31u), count < 64u), 0u);
    }
    return vec2<u32>((x.x >> count) | ((x.y << 1u) << (31u - count)), x.y >> count);
}

fn shift_right_i64(x: vec2<u32>, count: u32) -> vec2<u32> {
    let high = bitcast<i32>(x.y);
    if (count >= 32u) {
        return vec2<u32>(bitcast<u32>(high >> min(count - 32u, 31u)), bitcast<u32>(high >> 31u));
    }
    return vec2<u32>((x.x >> count) | ((x.y << 1u) << (31u - count)), bitcast<u32>(high >> count));
}

fn count_of_64(count: vec2<u32>) -> u32 {
    return select(64u, count.x, count.y == 0u);
}

fn less_u64(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

fn less_i64(a: vec2<u32>, b: vec2<u32>) -> bool {
    return bitcast<i32>(a.y) < bitcast<i32>(b.y) || (a.y == b.y && a.x < b.x);
}

fn quotient_digit(rest: u32, next: u32, b: u32) -> u32 { // 16 bits of what follows, of a divisor with its highest bit
    let high = b >> 16u;
    let low = b & 0xffffu;
    var digit = rest / high;
    var over = rest - digit * high;
    while (over < 0x10000u && (digit > 0xffffu || digit * low > ((over << 16u) | next))) {
        digit -= 1u;
        over += high;
    }
    return digit;
}

fn divide_by_word(a: vec2<u32>, b: u32) -> u32 { // whose highest bit is set, and that is more than the high word
    let first = quotient_digit(a.y, a.x >> 16u, b);
    let rest = ((a.y << 16u) | (a.x >> 16u)) - first * b;
    return (first << 16u) | quotient_digit(rest, a.x & 0xffffu, b);
}

fn divide_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    if (b.y != 0u) {
        let shift = countLeadingZeros(b.y);
        let about = divide_by_word(shift_right_u64(a, 1u), shift_left_64(b, shift).y) >> (31u - shift);
        let least = vec2<u32>(max(about, 1u) - 1u, 0u);
        return vec2<u32>(least.x + u32(!less_u64(subtract_64(a, multiply_64(least, b)), b)), 0u);
    }
    if (b.x == 0u) {
        return vec2<u32>(0xffffffffu, 0xffffffffu);
    }
    let high = a.y / b.x;
    if (a.y == 0u) {
        return vec2<u32>(a.x / b.x, 0u);
    }
    let shift = countLeadingZeros(b.x);
    return vec2<u32>(divide_by_word(shift_left_64(vec2<u32>(a.x, a.y - high * b.x), shift), b.x << shift), high);
}

fn remainder_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return subtract_64(a, multiply_64(divide_u64(a, b), b));
}

fn divide_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let size = divide_u64(abs_i64(a), abs_i64(b));
    return select(size, negative_64(size), is_negative_64(a ^ b));
}

fn remainder_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return subtract_64(a, multiply_64(divide_i64(a, b), b));
}

fn min_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return select(a, b, less_u64(b, a));
}

fn min_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return select(a, b, less_i64(b, a));
}

fn max_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return select(a, b, less_u64(a, b));
}

fn max_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return select(a, b, less_i64(a, b));
}

fn popc_64(x: vec2<u32>) -> u32 {
    return countOneBits(x.x) + countOneBits(x.y);
}

fn clz_64(x: vec2<u32>) -> u32 {
    return select(countLeadingZeros(x.y), 32u + countLeadingZeros(x.x), x.y == 0u);
}

fn brev_64(x: vec2<u32>) -> vec2<u32> {
    return reverseBits(x.yx);
}

fn i64_of_i32(x: i32) -> vec2<u32> {
    return vec2<u32>(bitcast<u32>(x), bitcast<u32>(x >> 31u));
}

fn u64_of_f32(x: f32) -> vec2<u32> {
    let bits = bitcast<u32>(x);
    let exponent = (bits >> 23u) & 0xffu;
    let digits = vec2<u32>((bits & 0x7fffffu) | 0x800000u, 0u);
    if (bits > 0x7f800000u || exponent < 127u) { // negative, NaN or less than 1
        return vec2<u32>(0u, 0u);
    }
    if (exponent > 190u) {
        return vec2<u32>(0xffffffffu, 0xffffffffu);
    }
    if (exponent < 150u) {
        return shift_right_u64(digits, 150u - exponent);
    }
    return shift_left_64(digits, exponent - 150u);
}

fn i64_of_f32(x: f32) -> vec2<u32> {
    let size = u64_of_f32(abs(x));
    if (bitcast<u32>(x) >= 0x80000000u) {
        return negative_64(min_u64(size, vec2<u32>(0u, 0x80000000u)));
    }
    return min_u64(size, vec2<u32>(0xffffffffu, 0x7fffffffu));
}

fn rounded_digits(x: vec2<u32>) -> u32 { // the highest 24 bits
    let digits = x.y >> 8u;
    let rest = (x.y & 0xffu) | u32(x.x != 0u);
    return digits + u32(rest + (digits & 1u) > 0x80u);
}

fn float_of_digits(digits: u32, zeros: u32) -> f32 { // 24 bits behind so many zeros of 64
    return select(0.0f, bitcast<f32>(((189u - zeros) << 23u) + digits), zeros < 64u);
}

fn f32_of_u64(x: vec2<u32>) -> f32 {
    let zeros = clz_64(x);
    return float_of_digits(rounded_digits(shift_left_64(x, zeros)), zeros);
}

fn f32_of_i64(x: vec2<u32>) -> f32 {
    let size = f32_of_u64(abs_i64(x));
    return select(size, -size, is_negative_64(x));
}

fn odd_float_of_u64(x: vec2<u32>) -> f32 {
    let zeros = clz_64(x);
    let high = shift_left_64(x, zeros);
    return float_of_digits((high.y >> 8u) | u32((high.y & 0xffu) != 0u || high.x != 0u), zeros);
}

fn odd_float_of_i64(x: vec2<u32>) -> f32 {
    let size = odd_float_of_u64(abs_i64(x));
    return select(size, -size, is_negative_64(x));
}

fn shift_right_odd_64(x: vec2<u32>, count: u32) -> vec2<u32> { // the last bit tells of those that are lost
    let high = shift_right_u64(x, count);
    return vec2<u32>(high.x | u32(any(shift_left_64(high, count) != x)), high.y);
}

fn digits_of_f32(bits: u32) -> u32 {
    return (bits & 0x7fffffu) | select(0u, 0x800000u, (bits & 0x7f800000u) != 0u);
}

fn exponent_of_f32(bits: u32) -> i32 { // 150 for digits that count whole numbers
    return max(i32((bits >> 23u) & 0xffu), 1);
}

fn f32_of_scaled_64(sign: u32, x: vec2<u32>, exponent: i32) -> f32 { // 300 for a number that counts ones
    let zeros = clz_64(x);
    let scale = exponent - i32(zeros) - 110;
    if (scale > 254) {
        return bitcast<f32>((sign & 0x80000000u) | 0x7f800000u);
    }
    let high = shift_right_odd_64(shift_left_64(x, zeros), u32(clamp(1 - scale, 0, 63)));
    return bitcast<f32>((sign & 0x80000000u) | ((u32(max(scale, 1) - 1) << 23u) + rounded_digits(high)));
}

fn fma_f32(x: f32, y: f32, z: f32) -> f32 {
    let a = bitcast<u32>(x);
    let b = bitcast<u32>(y);
    let c = bitcast<u32>(z);
    if ((a & 0x7fffffffu) - 1u >= 0x7f7fffffu || (b & 0x7fffffffu) - 1u >= 0x7f7fffffu) { // 0, infinite or NaN
        return x * y + z;
    }
    if ((c & 0x7fffffffu) >= 0x7f800000u) {
        return z;
    }
    let product = product_of_words(digits_of_f32(a), digits_of_f32(b));
    let addend = vec2<u32>(digits_of_f32(c), 0u);
    let shift = clz_64(product) - 2u; // the highest bit of a sum is left free
    let shift_c = clz_64(addend) - 2u;
    let exponent = exponent_of_f32(a) + exponent_of_f32(b) - i32(shift);
    let exponent_c = select(exponent, exponent_of_f32(c) + 150 - i32(shift_c), addend.x != 0u);
    let most = max(exponent, exponent_c);
    let term = shift_right_odd_64(shift_left_64(product, shift), u32(most - exponent));
    let term_c = shift_right_odd_64(shift_left_64(addend, shift_c), u32(most - exponent_c));
    let differs = (a ^ b ^ c) >= 0x80000000u;
    if (differs && all(term == term_c)) {
        return 0.0f;
    }
    let is_less = less_u64(term, term_c);
    let large = select(term, term_c, is_less);
    let small = select(term_c, term, is_less);
    let sum = select(add_64(large, small), subtract_64(large, small), differs);
    return f32_of_scaled_64(select(a ^ b, c, is_less), sum, most); // once, as compilers write calls out
}"""
