#pragma OPENCL FP_CONTRACT OFF

__kernel void vector_add(__global float *a, __global float *b, __global float *sum, int count)
{
    const uint block_x = get_group_id(0);
    const uint block_dim_x = get_local_size(0);
    const uint thread_x = get_local_id(0);

    int i = (int)(block_x * block_dim_x + thread_x);
    if (i < count) {
        sum[i] = a[i] + b[i];
    }
}
