struct Params {
    count: vec2<u32>,
    seed: vec2<u32>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> keys: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> slots: array<u32>;

fn mulhi_u32(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}

fn product_of_words(a: u32, b: u32) -> vec2<u32> {
    return vec2<u32>(a * b, mulhi_u32(a, b));
}

fn add_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + u32(low < a.x));
}

fn less_u64(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

fn shift_right_u64(x: vec2<u32>, count: u32) -> vec2<u32> {
    if (count >= 32u) {
        return vec2<u32>(select(0u, x.y >> (count & 31u), count < 64u), 0u);
    }
    return vec2<u32>((x.x >> count) | ((x.y << 1u) << (31u - count)), x.y >> count);
}

fn multiply_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x * b.x, mulhi_u32(a.x, b.x) + a.x * b.y + a.y * b.x);
}

fn subtract_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x - b.x, a.y - b.y - u32(a.x < b.x));
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

fn shift_left_64(x: vec2<u32>, count: u32) -> vec2<u32> {
    if (count >= 32u) {
        return vec2<u32>(0u, select(0u, x.x << (count & 31u), count < 64u));
    }
    return vec2<u32>(x.x << count, (x.y << count) | ((x.x >> 1u) >> (31u - count)));
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

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(
    @builtin(local_invocation_id) thread: vec3<u32>,
    @builtin(workgroup_id) block: vec3<u32>,
    @builtin(num_workgroups) grid_dim: vec3<u32>,
) {
    for (var i: vec2<u32> = add_64(product_of_words(block.x, block_dim.x), vec2<u32>(thread.x, 0u)); less_u64(i, params.count); i = add_64(i, product_of_words(grid_dim.x, block_dim.x))) {
        var hash: vec2<u32> = keys[i.x] ^ params.seed;
        hash = multiply_64(hash ^ shift_right_u64(hash, 33u), vec2<u32>(0xed558ccdu, 0xff51afd7u));
        hash = multiply_64(hash ^ shift_right_u64(hash, 29u), vec2<u32>(0x1a85ec53u, 0xc4ceb9feu));
        slots[i.x] = remainder_u64(hash ^ vec2<u32>(hash.y, 0u), vec2<u32>(1000003u, 0u)).x;
    }
}
