struct Params {
    width: i32,
    height: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> in: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) thread: vec3<u32>, @builtin(workgroup_id) block: vec3<u32>) {
    let x = i32(block.x * block_dim.x + thread.x);
    let y = i32(block.y * block_dim.y + thread.y);
    if (!(x >= params.width || y >= params.height)) {
        let left = max(x - 1, 0);
        let right = min(x + 1, params.width - 1);
        let up = max(y - 1, 0);
        let down = min(y + 1, params.height - 1);
        let sides = in[y * params.width + left] + in[y * params.width + right] + in[up * params.width + x] + in[down * params.width + x];
        out[y * params.width + x] = weights[0] * in[y * params.width + x] + weights[1] * sides;
    }
}
