#pragma OPENCL FP_CONTRACT OFF

__kernel void hash_keys(__global ulong *keys, __global uint *slots, ulong count, ulong seed)
{
    const uint grid_dim_x = get_num_groups(0);
    const uint block_dim_x = get_local_size(0);
    const uint block_x = get_group_id(0);
    const uint thread_x = get_local_id(0);

    for (ulong i = (ulong)block_x * (ulong)block_dim_x + (ulong)thread_x; i < count; i += (ulong)grid_dim_x * (ulong)block_dim_x) {
        ulong hash = keys[i] ^ seed;
        hash = (hash ^ (hash >> 33)) * 18397679294719823053UL;
        hash = (hash ^ (hash >> 29)) * 14181476777654086739UL;
        slots[i] = (uint)((hash ^ (hash >> 32)) % 1000003UL);
    }
}
