struct Params {
    count: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> sum: array<f32>;

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) thread: vec3<u32>, @builtin(workgroup_id) block: vec3<u32>) {
    let i = i32(block.x * block_dim.x + thread.x);
    if (i < params.count) {
        sum[i] = a[i] + b[i];
    }
}
