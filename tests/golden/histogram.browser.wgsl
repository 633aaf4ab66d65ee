struct Params {
    count: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;
var<workgroup> local: array<atomic<u32>, 256>;

fn shift_right_u32(x: u32, count: u32) -> u32 {
    return select(0u, x >> (count & 31u), count < 32u);
}

fn remainder_i32(a: i32, b: i32) -> i32 {
    return a - a / b * b; // where an operand is negative, drivers make anything of %
}

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(
    @builtin(local_invocation_id) thread: vec3<u32>,
    @builtin(workgroup_id) block: vec3<u32>,
    @builtin(num_workgroups) grid_dim: vec3<u32>,
) {
    for (var bin: i32 = i32(thread.x); bin < 256; bin = i32(u32(bin) + block_dim.x)) {
        atomicStore(&local[bin], 0u);
    }
    workgroupBarrier();
    for (var i: i32 = i32(block.x * block_dim.x + thread.x); i < params.count; i = i32(u32(i) + grid_dim.x * block_dim.x)) {
        atomicAdd(&local[remainder_i32(i32(shift_right_u32(values[u32(i) >> 2u], (u32(i) & 3u) * 8u) & 0xffu), 256)], 1u);
    }
    workgroupBarrier();
    for (var bin_1: i32 = i32(thread.x); bin_1 < 256; bin_1 = i32(u32(bin_1) + block_dim.x)) {
        atomicAdd(&counts[bin_1], atomicLoad(&local[bin_1]));
    }
}
