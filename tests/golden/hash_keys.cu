// Kernel: hash_keys
__global__ void hash_keys(const unsigned long long* keys, unsigned* slots, size_t count, unsigned long long seed) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < count; i += (size_t)gridDim.x * blockDim.x) {
        unsigned long long hash = keys[i] ^ seed;
        hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdull;
        hash = (hash ^ hash >> 29) * 0xc4ceb9fe1a85ec53ull;
        slots[i] = (hash ^ hash >> 32) % 1000003;
    }
}
