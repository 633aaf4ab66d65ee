#pragma OPENCL FP_CONTRACT OFF

__kernel void matmul(__global float *a, __global float *b, __global float *c, int size)
{
    __local float tile_a[16][16] __attribute__((aligned(16)));
    __local float tile_b[16][16] __attribute__((aligned(16)));
    const uint block_y = get_group_id(1);
    const uint thread_y = get_local_id(1);
    const uint block_x = get_group_id(0);
    const uint thread_x = get_local_id(0);

    int row = (int)(block_y * 16u + thread_y);
    int column = (int)(block_x * 16u + thread_x);
    float sum = 0.0f;
    for (int start = 0; start < size; start += 16) {
        tile_a[thread_y][thread_x] = a[(uint)(int)((uint)row * size + start) + thread_x];
        tile_b[thread_y][thread_x] = b[((uint)start + thread_y) * (uint)size + (uint)column];
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int k = 0; k < 16; k++) {
            sum = fma(tile_a[thread_y][k], tile_b[k][thread_x], sum);
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    }
    c[row * size + column] = sum;
}
