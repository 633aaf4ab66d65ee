struct Params {
    size: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
var<workgroup> tile_a: array<f32, 256>;
var<workgroup> tile_b: array<f32, 256>;

@compute @workgroup_size(256, 1, 1)
fn main(@builtin(local_invocation_id) thread: vec3<u32>, @builtin(workgroup_id) block: vec3<u32>) {
    let row = i32(block.y * 16u + thread.y);
    let column = i32(block.x * 16u + thread.x);
    var sum: f32 = 0.0f;
    for (var start: i32 = 0; start < params.size; start += 16) {
        tile_a[thread.y * 16u + thread.x] = a[u32(row * params.size + start) + thread.x];
        tile_b[thread.y * 16u + thread.x] = b[(u32(start) + thread.y) * u32(params.size) + u32(column)];
        workgroupBarrier();
        for (var k: i32 = 0; k < 16; k += 1) {
            sum += tile_a[thread.y * 16u + u32(k)] * tile_b[u32(k) * 16u + thread.x];
        }
        workgroupBarrier();
    }
    c[row * params.size + column] = sum;
}
