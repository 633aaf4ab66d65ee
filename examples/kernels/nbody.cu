// One step of gravitation between all pairs of bodies: positions and masses in float4, tiles in dynamic shared memory.
__global__ void accelerate(const float4* position, float4* velocity, int n, float dt, float softening) {
    extern __shared__ float4 tile[];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 self = position[min(i, n - 1)];
    float ax = 0.0f, ay = 0.0f, az = 0.0f;
    for (int start = 0; start < n; start += blockDim.x) {
        int j = start + threadIdx.x;
        tile[threadIdx.x] = j < n ? position[j] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        __syncthreads();
        for (int k = 0; k < blockDim.x; ++k) {
            float4 other = tile[k];
            float dx = other.x - self.x, dy = other.y - self.y, dz = other.z - self.z;
            float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + softening);
            float strength = other.w * inverse * inverse * inverse;
            ax += dx * strength; ay += dy * strength; az += dz * strength;
        }
        __syncthreads();
    }
    if (i < n) {
        velocity[i].x += ax * dt; velocity[i].y += ay * dt; velocity[i].z += az * dt;
    }
}
__global__ void move(float4* position, const float4* velocity, int n, float dt) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    position[i].x += velocity[i].x * dt; position[i].y += velocity[i].y * dt; position[i].z += velocity[i].z * dt;
}
