// What benchmarks/gpu.py times: each kernel as a CUDA programmer writes it, the same text for every contestant.

extern "C" __global__ void vector_add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

extern "C" __global__ void matmul_naive(const float* a, const float* b, float* c, int n) {
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= n || column >= n) return;
    float sum = 0.0f;
    for (int k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
    c[row * n + column] = sum;
}

#define TILE 16

extern "C" __global__ void matmul_tiled(const float* a, const float* b, float* c, int n) {
    __shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * TILE + ty, column = blockIdx.x * TILE + tx;
    float sum = 0.0f;
    for (int t = 0; t < n / TILE; t++) {
        tile_a[ty][tx] = a[row * n + t * TILE + tx];
        tile_b[ty][tx] = b[(t * TILE + ty) * n + column];
        __syncthreads();
        for (int k = 0; k < TILE; k++) sum += tile_a[ty][k] * tile_b[k][tx];
        __syncthreads();
    }
    c[row * n + column] = sum;
}

extern "C" __global__ void reduction(const float* a, float* sums, int n) {
    __shared__ float partial[32];
    float sum = 0.0f;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) sum += a[i];
    for (int delta = 16; delta > 0; delta /= 2) sum += __shfl_down_sync(0xffffffff, sum, delta);
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    if (lane == 0) partial[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = lane < blockDim.x / 32 ? partial[lane] : 0.0f;
        for (int delta = 16; delta > 0; delta /= 2) sum += __shfl_down_sync(0xffffffff, sum, delta);
        if (lane == 0) sums[blockIdx.x] = sum;
    }
}

#define RADIUS 2
#define SIDE (2 * RADIUS + 1)

struct Weights {
    float at[SIDE * SIDE];
};

extern "C" __global__ void convolution(const float* in, float* out, int width, int height, Weights weights) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    float sum = 0.0f;
    for (int dy = -RADIUS; dy <= RADIUS; dy++)
        for (int dx = -RADIUS; dx <= RADIUS; dx++) {
            int sx = min(max(x + dx, 0), width - 1), sy = min(max(y + dy, 0), height - 1);
            sum += in[sy * width + sx] * weights.at[(dy + RADIUS) * SIDE + dx + RADIUS];
        }
    out[y * width + x] = sum;
}

extern "C" __global__ void transpose(const float* in, float* out, int width, int height) {
    __shared__ float tile[32][33];
    int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8)
        if (x < width && y + j < height) tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * width + x];
    __syncthreads();
    x = blockIdx.y * 32 + threadIdx.x;
    y = blockIdx.x * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8)
        if (x < height && y + j < width) out[(y + j) * height + x] = tile[threadIdx.x][threadIdx.y + j];
}

extern "C" __global__ void histogram(const unsigned* in, unsigned* bins, int n) {
    __shared__ unsigned local[256];
    local[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        unsigned four = in[i];
        atomicAdd(&local[four & 255], 1u);
        atomicAdd(&local[four >> 8 & 255], 1u);
        atomicAdd(&local[four >> 16 & 255], 1u);
        atomicAdd(&local[four >> 24], 1u);
    }
    __syncthreads();
    atomicAdd(&bins[threadIdx.x], local[threadIdx.x]);
}

extern "C" __global__ void nbody(const float4* bodies, float4* forces, int n) {
    __shared__ float4 tile[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 me = bodies[i];
    float3 force = make_float3(0.0f, 0.0f, 0.0f);
    for (int start = 0; start < n; start += 256) {
        tile[threadIdx.x] = bodies[start + threadIdx.x];
        __syncthreads();
        for (int j = 0; j < 256; j++) {
            float4 other = tile[j];
            float dx = other.x - me.x, dy = other.y - me.y, dz = other.z - me.z;
            float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + 0.01f);
            float strength = other.w * inverse * inverse * inverse;
            force.x += dx * strength;
            force.y += dy * strength;
            force.z += dz * strength;
        }
        __syncthreads();
    }
    forces[i] = make_float4(force.x, force.y, force.z, 0.0f);
}

__device__ float block_reduce(float value, bool is_max) {
    __shared__ float partial[32];
    __shared__ float total;
    for (int delta = 16; delta > 0; delta /= 2) {
        float other = __shfl_xor_sync(0xffffffff, value, delta);
        value = is_max ? fmaxf(value, other) : value + other;
    }
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = value;
    __syncthreads();
    if (threadIdx.x == 0) {
        float all = partial[0];
        for (int w = 1; w < blockDim.x / 32; w++) all = is_max ? fmaxf(all, partial[w]) : all + partial[w];
        total = all;
    }
    __syncthreads();
    return total;
}

extern "C" __global__ void softmax(const float* in, float* out, int columns) {
    const float* row = in + blockIdx.x * columns;
    float* result = out + blockIdx.x * columns;
    float largest = -3.4e38f, sum = 0.0f;
    for (int i = threadIdx.x; i < columns; i += blockDim.x) largest = fmaxf(largest, row[i]);
    largest = block_reduce(largest, true);
    for (int i = threadIdx.x; i < columns; i += blockDim.x) sum += expf(row[i] - largest);
    sum = block_reduce(sum, false);
    for (int i = threadIdx.x; i < columns; i += blockDim.x) result[i] = expf(row[i] - largest) / sum;
}

__device__ float normal_cdf(float d) {
    float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
    float tail = 0.39894228f * expf(-0.5f * d * d) *
                 (k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
    return d > 0.0f ? 1.0f - tail : tail;
}

extern "C" __global__ void black_scholes(const float* prices, const float* strikes, const float* years, float* calls,
                                         float* puts, float rate, float volatility, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float s = prices[i], x = strikes[i], t = years[i];
    float root = sqrtf(t);
    float d1 = (logf(s / x) + (rate + 0.5f * volatility * volatility) * t) / (volatility * root);
    float d2 = d1 - volatility * root;
    float first = normal_cdf(d1), second = normal_cdf(d2), discount = expf(-rate * t);
    calls[i] = s * first - x * discount * second;
    puts[i] = x * discount * (1.0f - second) - s * (1.0f - first);
}

// One step of training a network of two layers: out = relu(x W1) W2, loss |out - y|^2 / 2, plain gradient descent.

template <bool TransposeA, bool TransposeB>
__device__ float product(const float* a, const float* b, int rows, int inner, int columns, int row, int column) {
    __shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
    int tx = threadIdx.x, ty = threadIdx.y;
    float sum = 0.0f;
    for (int t = 0; t < inner; t += TILE) {
        tile_a[ty][tx] = TransposeA ? a[(t + tx) * rows + row] : a[row * inner + t + tx];
        tile_b[ty][tx] = TransposeB ? b[column * inner + t + ty] : b[(t + ty) * columns + column];
        __syncthreads();
        for (int k = 0; k < TILE; k++) sum += tile_a[ty][k] * tile_b[k][tx];
        __syncthreads();
    }
    return sum;
}

#define POSITION int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x

extern "C" __global__ void mlp_hidden(const float* x, const float* w1, float* hidden, int batch, int in, int width) {
    POSITION;
    hidden[row * width + column] = fmaxf(product<false, false>(x, w1, batch, in, width, row, column), 0.0f);
}

extern "C" __global__ void mlp_error(const float* hidden, const float* w2, const float* y, float* error, int batch,
                                     int width, int out) {
    POSITION;
    error[row * out + column] = product<false, false>(hidden, w2, batch, width, out, row, column) - y[row * out + column];
}

extern "C" __global__ void mlp_back(const float* error, const float* w2, const float* hidden, float* delta, int batch,
                                    int out, int width) {
    POSITION;
    float gradient = product<false, true>(error, w2, batch, out, width, row, column);
    delta[row * width + column] = hidden[row * width + column] > 0.0f ? gradient : 0.0f;
}

extern "C" __global__ void mlp_update(const float* inputs, const float* delta, float* weights, int rows, int batch,
                                      int columns, float rate) {
    POSITION;
    weights[row * columns + column] -= rate * product<true, false>(inputs, delta, rows, batch, columns, row, column);
}

extern "C" __global__ void nothing(float* a) {}
