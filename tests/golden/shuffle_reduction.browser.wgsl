struct Params {
    count: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
var<workgroup> partial_2: array<f32, 32>;
var<workgroup> exchanged: array<u32, 1024>;
var<workgroup> any_2: array<u32, 3>;
var<workgroup> agreed: u32;

const block_dim = vec3<u32>(256u, 1u, 1u);

@compute @workgroup_size(256, 1, 1)
fn main(
    @builtin(local_invocation_id) thread: vec3<u32>,
    @builtin(local_invocation_index) thread_number: u32,
    @builtin(workgroup_id) block: vec3<u32>,
    @builtin(num_workgroups) grid_dim: vec3<u32>,
) {
    var round_m6: u32 = 0u;
    any_2[0] = 0u;
    any_2[1] = 0u;
    any_2[2] = 0u;
    workgroupBarrier();
    var sum: f32 = 0.0f;
    for (var i: i32 = i32(block.x * block_dim.x + thread.x); i < params.count; i = i32(u32(i) + grid_dim.x * block_dim.x)) {
        sum += values[i];
    }
    var value_2: f32 = sum;
    for (var delta_2: i32 = 16; delta_2 > 0; delta_2 = delta_2 / 2) {
        let d_1_2 = u32(delta_2);
        let slot_m3 = thread.x + block_dim.x * (thread.y + block_dim.y * thread.z);
        exchanged[slot_m3] = bitcast<u32>(value_2);
        workgroupBarrier();
        let shfl_1_2 = bitcast<f32>(exchanged[slot_m3 - thread_number % 32u + select(thread_number % 32u, thread_number % 32u + (d_1_2 & 31u), thread_number % 32u + (d_1_2 & 31u) <= (((thread_number % 32u) & 4294967264u) | 31u))]);
        workgroupBarrier();
        value_2 += shfl_1_2;
    }
    sum = value_2;
    if (thread.x % 32u == 0u) {
        partial_2[thread.x / 32u] = sum;
    }
    workgroupBarrier();
    let chosen_m1 = thread.x < 32u;
    var choice: f32;
    var r_1: f32;
    var value_3: f32;
    var delta_3: i32;
    if (chosen_m1) {
        if (thread.x < block_dim.x / 32u) {
            choice = partial_2[thread.x];
        } else {
            choice = 0.0f;
        }
        value_3 = choice;
        delta_3 = 16;
    }
    var looping_m4: bool = chosen_m1;
    var some_m5: bool = false;
    loop {
        if (looping_m4) {
            looping_m4 = delta_3 > 0;
        }
        any_2[(round_m6 + 1u) % 3u] = 0u;
        if (looping_m4) {
            any_2[round_m6] = 1u;
        }
        workgroupBarrier();
        some_m5 = any_2[round_m6] != 0u;
        round_m6 = (round_m6 + 1u) % 3u;
        if (thread_number == 0u) {
            agreed = u32(!some_m5);
        }
        if (workgroupUniformLoad(&agreed) != 0u) {
            break;
        }
        var r_3: f32;
        var value_1_3: f32;
        var d_1_3: u32;
        var shfl_1_3: f32;
        var value_m4: f32;
        var value_m5: u32;
        var slot_m6: u32;
        if (looping_m4) {
            value_1_3 = value_3;
            d_1_3 = u32(delta_3);
            value_m4 = value_1_3;
            value_m5 = d_1_3;
            slot_m6 = thread.x + block_dim.x * (thread.y + block_dim.y * thread.z);
            exchanged[slot_m6] = bitcast<u32>(value_m4);
        }
        workgroupBarrier();
        if (looping_m4) {
            shfl_1_3 = bitcast<f32>(exchanged[slot_m6 - thread_number % 32u + select(thread_number % 32u, thread_number % 32u + (value_m5 & 31u), thread_number % 32u + (value_m5 & 31u) <= (((thread_number % 32u) & 4294967264u) | 31u))]);
        }
        workgroupBarrier();
        if (looping_m4) {
            r_3 = shfl_1_3;
            value_3 += r_3;
        }
        if (looping_m4) {
            delta_3 = delta_3 / 2;
        }
    }
    if (chosen_m1) {
        r_1 = value_3;
        sum = r_1;
        if (thread.x == 0u) {
            sums[block.x] = sum;
        }
    }
}
