#pragma OPENCL FP_CONTRACT OFF

__kernel void histogram(__global uchar *values, __global uint *counts, int count)
{
    __local uint local_2[256] __attribute__((aligned(16)));
    const uint block_dim_x = get_local_size(0);
    const uint thread_x = get_local_id(0);
    const uint grid_dim_x = get_num_groups(0);
    const uint block_x = get_group_id(0);

    for (int bin = (int)thread_x; bin < 256; bin = (int)((uint)bin + block_dim_x)) {
        local_2[bin] = 0u;
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int i = (int)(block_x * block_dim_x + thread_x); i < count; i = (int)((uint)i + grid_dim_x * block_dim_x)) {
        atomic_add((volatile __local uint *)&local_2[(int)values[i] % 256], 1u);
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int bin_1 = (int)thread_x; bin_1 < 256; bin_1 = (int)((uint)bin_1 + block_dim_x)) {
        atomic_add((volatile __global uint *)(counts + bin_1), local_2[bin_1]);
    }
}
