#pragma OPENCL FP_CONTRACT OFF

typedef struct {
    float centre;
    float side;
} Weights;

__kernel void blur(__global float *in, __global float *out, int width, int height, __global Weights *weights)
{
    const uint block_x = get_group_id(0);
    const uint block_dim_x = get_local_size(0);
    const uint thread_x = get_local_id(0);
    const uint block_y = get_group_id(1);
    const uint block_dim_y = get_local_size(1);
    const uint thread_y = get_local_id(1);

    int x = (int)(block_x * block_dim_x + thread_x);
    int y = (int)(block_y * block_dim_y + thread_y);
    if (!(x >= width || y >= height)) {
        int left = max((int)((uint)x - 1), 0);
        int right = min((int)((uint)x + 1), (int)((uint)width - 1));
        int up = max((int)((uint)y - 1), 0);
        int down = min((int)((uint)y + 1), (int)((uint)height - 1));
        float sides = in[y * width + left] + in[y * width + right] + in[up * width + x] + in[down * width + x];
        out[y * width + x] = fma(weights->centre, in[y * width + x], weights->side * sides);
    }
}
