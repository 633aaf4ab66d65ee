#pragma OPENCL FP_CONTRACT OFF

__kernel void reduce(__global float *values, __global float *sums, int count)
{
    __local float partial[32] __attribute__((aligned(16)));
    __local uint exchanged[1024] __attribute__((aligned(16)));
    __local uint any_2[3] __attribute__((aligned(16)));
    const uint grid_dim_x = get_num_groups(0);
    const uint block_dim_x = get_local_size(0);
    const uint block_x = get_group_id(0);
    const uint thread_x = get_local_id(0);
    const uint thread_y = get_local_id(1);
    const uint block_dim_y = get_local_size(1);
    const uint thread_z = get_local_id(2);
    const uint lane = (get_local_id(0) + get_local_size(0) * (get_local_id(1) + get_local_size(1) * get_local_id(2))) % 32;

    uint round_m6 = 0u;
    any_2[0u] = 0u;
    any_2[1u] = 0u;
    any_2[2u] = 0u;
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    float sum = 0.0f;
    for (int i = (int)(block_x * block_dim_x + thread_x); i < count; i = (int)((uint)i + grid_dim_x * block_dim_x)) {
        sum += values[i];
    }
    float value_2 = sum;
    for (int delta_2 = 16; delta_2 > 0; delta_2 = delta_2 / 2) {
        uint d_1_2 = (uint)delta_2;
        uint slot_m3 = thread_x + block_dim_x * (thread_y + block_dim_y * thread_z);
        exchanged[slot_m3] = as_uint(value_2);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        float shfl_1_2 = as_float(exchanged[slot_m3 - lane + (lane + (d_1_2 & 31u) <= ((lane & 4294967264u) | 31u) ? lane + (d_1_2 & 31u) : lane)]);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        value_2 += shfl_1_2;
    }
    sum = value_2;
    if (thread_x % 32u == 0u) {
        partial[thread_x / 32u] = sum;
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    bool chosen_m1 = thread_x < 32u;
    float choice;
    float r_1;
    float value_3;
    int delta_3;
    if (chosen_m1) {
        if (thread_x < block_dim_x / 32u) {
            choice = partial[thread_x];
        } else {
            choice = 0.0f;
        }
        value_3 = choice;
        delta_3 = 16;
    }
    bool looping_m4 = chosen_m1;
    bool some_m5 = false;
    while (true) {
        if (looping_m4) {
            looping_m4 = delta_3 > 0;
        }
        any_2[(round_m6 + 1u) % 3u] = 0u;
        if (looping_m4) {
            any_2[round_m6] = 1u;
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        some_m5 = any_2[round_m6] != 0u;
        round_m6 = (round_m6 + 1u) % 3u;
        if (!some_m5) {
            break;
        }
        float r_3;
        float value_1_3;
        uint d_1_3;
        float shfl_1_3;
        float value_m4;
        uint value_m5;
        uint slot_m6;
        if (looping_m4) {
            value_1_3 = value_3;
            d_1_3 = (uint)delta_3;
            value_m4 = value_1_3;
            value_m5 = d_1_3;
            slot_m6 = thread_x + block_dim_x * (thread_y + block_dim_y * thread_z);
            exchanged[slot_m6] = as_uint(value_m4);
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (looping_m4) {
            shfl_1_3 = as_float(exchanged[slot_m6 - lane + (lane + (value_m5 & 31u) <= ((lane & 4294967264u) | 31u) ? lane + (value_m5 & 31u) : lane)]);
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
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
        if (thread_x == 0u) {
            sums[block_x] = sum;
        }
    }
}
