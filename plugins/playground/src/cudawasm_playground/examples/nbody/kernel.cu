// Gravitation between all pairs of bodies, a tile of them at a time in shared memory; w is a body's mass.
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

// Each body adds light to the pixel that it is seen in.
__global__ void draw(const float4* position, int* light, int n, int width, int height, float angle) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float4 p = position[i];
    float x = p.x * cosf(angle) + p.z * sinf(angle), z = p.z * cosf(angle) - p.x * sinf(angle);
    float scale = 0.95f * height / (2.6f + 0.5f * z);
    int column = (int)(0.5f * width + x * scale), row = (int)(0.5f * height + (p.y + 0.35f * z) * scale);
    if (column < 1 || row < 1 || column >= width - 1 || row >= height - 1) return;
    int* at = light + row * width + column;
    atomicAdd(at, 4);
    atomicAdd(at - 1, 1); atomicAdd(at + 1, 1); atomicAdd(at - width, 1); atomicAdd(at + width, 1);
}

__global__ void fade(int* light, float* shown, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    shown[i] = 0.82f * shown[i] + log1pf((float)light[i]);
    light[i] = 0;
}
