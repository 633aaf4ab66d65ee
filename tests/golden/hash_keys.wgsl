struct Params {
    count: u64,
    seed: u64,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> keys: array<u64>;
@group(0) @binding(2) var<storage, read_write> slots: array<u32>;

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(
    @builtin(local_invocation_id) thread: vec3<u32>,
    @builtin(workgroup_id) block: vec3<u32>,
    @builtin(num_workgroups) grid_dim: vec3<u32>,
) {
    for (var i: u64 = u64(block.x) * u64(block_dim.x) + u64(thread.x); i < params.count; i += u64(grid_dim.x) * u64(block_dim.x)) {
        var hash: u64 = keys[u32(i)] ^ params.seed;
        hash = (hash ^ (hash >> 33u)) * 18397679294719823053lu;
        hash = (hash ^ (hash >> 29u)) * 14181476777654086739lu;
        slots[u32(i)] = u32((hash ^ (hash >> 32u)) % 1000003lu);
    }
}
