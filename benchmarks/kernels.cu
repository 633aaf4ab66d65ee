// The benchmark kernels. The same text is compiled as CUDA by cudawasm and, after a few macros
// (opencl_prefix.h), as OpenCL C by the peer; GLOBAL marks pointers to global memory for the latter.

__global__ void vector_add(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

__global__ void triad(GLOBAL const float* b, GLOBAL const float* c, GLOBAL float* a, float scale, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) a[i] = b[i] + scale * c[i];
}

__global__ void matmul_naive(GLOBAL const float* A, GLOBAL const float* B, GLOBAL float* C, int n) {
    int row = blockIdx.y * blockDim.y + threadIdx.y, column = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < n && column < n) {
        float sum = 0.0f;
        for (int k = 0; k < n; k++) sum += A[row * n + k] * B[k * n + column];
        C[row * n + column] = sum;
    }
}

__global__ void matmul_tiled(GLOBAL const float* A, GLOBAL const float* B, GLOBAL float* C, int n) {
    __shared__ float a[16][16];
    __shared__ float b[16][16];
    int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * 16 + ty, column = blockIdx.x * 16 + tx;
    float sum = 0.0f;
    for (int t = 0; t < n / 16; t++) {
        a[ty][tx] = A[row * n + t * 16 + tx];
        b[ty][tx] = B[(t * 16 + ty) * n + column];
        __syncthreads();
        for (int k = 0; k < 16; k++) sum += a[ty][k] * b[k][tx];
        __syncthreads();
    }
    C[row * n + column] = sum;
}

__global__ void transpose(GLOBAL const float* in, GLOBAL float* out, int n) {
    __shared__ float tile[16][17];
    int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 16 + threadIdx.y;
    tile[threadIdx.y][threadIdx.x] = in[y * n + x];
    __syncthreads();
    x = blockIdx.y * 16 + threadIdx.x;
    y = blockIdx.x * 16 + threadIdx.y;
    out[y * n + x] = tile[threadIdx.x][threadIdx.y];
}

__global__ void reduction(GLOBAL const float* x, GLOBAL float* partial, int n) {
    __shared__ float s[256];
    int t = threadIdx.x;
    float sum = 0.0f;
    for (int i = blockIdx.x * 256 + t; i < n; i += gridDim.x * 256) sum += x[i];
    s[t] = sum;
    __syncthreads();
    for (int width = 128; width > 0; width /= 2) {
        if (t < width) s[t] += s[t + width];
        __syncthreads();
    }
    if (t == 0) partial[blockIdx.x] = s[0];
}

__global__ void histogram(GLOBAL const unsigned char* data, GLOBAL unsigned int* bins, int n) {
    __shared__ unsigned int local_bins[256];
    local_bins[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * 256 + threadIdx.x; i < n; i += gridDim.x * 256) atomicAdd(&local_bins[data[i]], 1);
    __syncthreads();
    atomicAdd(&bins[threadIdx.x], local_bins[threadIdx.x]);
}

__global__ void stencil(GLOBAL const float* in, GLOBAL float* out, int width, int height) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) return;
    int i = y * width + x;
    out[i] = 0.5f * in[i] + 0.125f * (in[i - 1] + in[i + 1] + in[i - width] + in[i + width]);
}

__global__ void convolution(GLOBAL const float* in, GLOBAL const float* weights, GLOBAL float* out, int width, int height) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 2 || y < 2 || x >= width - 2 || y >= height - 2) return;
    float sum = 0.0f;
    for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++) sum += in[(y + dy) * width + x + dx] * weights[(dy + 2) * 5 + dx + 2];
    out[y * width + x] = sum;
}

__global__ void nbody(GLOBAL const float4* position, GLOBAL float4* force, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 self = position[i];
    float fx = 0.0f, fy = 0.0f, fz = 0.0f;
    for (int j = 0; j < n; j++) {
        float4 other = position[j];
        float dx = other.x - self.x, dy = other.y - self.y, dz = other.z - self.z;
        float inverse = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz + 0.01f);
        float strength = other.w * inverse * inverse * inverse;
        fx += dx * strength;
        fy += dy * strength;
        fz += dz * strength;
    }
    force[i].x = fx;
    force[i].y = fy;
    force[i].z = fz;
}

__global__ void mandelbrot(GLOBAL int* out, int width, int height, int limit) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    float cx = -2.2f + x * 3.0f / width, cy = -1.2f + y * 2.4f / height, zx = 0.0f, zy = 0.0f;
    int n = 0;
    while (n < limit && zx * zx + zy * zy < 4.0f) {
        float t = zx * zx - zy * zy + cx;
        zy = 2.0f * zx * zy + cy;
        zx = t;
        n++;
    }
    out[y * width + x] = n;
}

DEVICE float normal_cdf(float d) {
    float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
    float tail = 0.39894228040143267794f * expf(-0.5f * d * d) *
                 (k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
    return d > 0.0f ? 1.0f - tail : tail;
}

__global__ void black_scholes(GLOBAL const float* price, GLOBAL const float* strike, GLOBAL const float* years,
                              GLOBAL float* call, GLOBAL float* put, float rate, float volatility, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float s = price[i], x = strike[i], t = years[i], root = sqrtf(t);
    float d1 = (logf(s / x) + (rate + 0.5f * volatility * volatility) * t) / (volatility * root);
    float d2 = d1 - volatility * root, discounted = x * expf(-rate * t);
    float c1 = normal_cdf(d1), c2 = normal_cdf(d2);
    call[i] = s * c1 - discounted * c2;
    put[i] = discounted * (1.0f - c2) - s * (1.0f - c1);
}

__global__ void softmax(GLOBAL const float* in, GLOBAL float* out, int columns) {
    __shared__ float s[128];
    int t = threadIdx.x;
    GLOBAL const float* row = in + blockIdx.x * columns;
    float most = -3.0e38f, sum = 0.0f;
    for (int c = t; c < columns; c += 128) most = fmaxf(most, row[c]);
    s[t] = most;
    __syncthreads();
    for (int width = 64; width > 0; width /= 2) {
        if (t < width) s[t] = fmaxf(s[t], s[t + width]);
        __syncthreads();
    }
    most = s[0];
    __syncthreads();
    for (int c = t; c < columns; c += 128) sum += expf(row[c] - most);
    s[t] = sum;
    __syncthreads();
    for (int width = 64; width > 0; width /= 2) {
        if (t < width) s[t] += s[t + width];
        __syncthreads();
    }
    sum = s[0];
    for (int c = t; c < columns; c += 128) out[blockIdx.x * columns + c] = expf(row[c] - most) / sum;
}

__global__ void life(GLOBAL const int* now, GLOBAL int* next, int width, int height) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) return;
    int i = y * width + x;
    int n = now[i - width - 1] + now[i - width] + now[i - width + 1] + now[i - 1] + now[i + 1] + now[i + width - 1] +
            now[i + width] + now[i + width + 1];
    next[i] = n == 3 || (n == 2 && now[i]) ? 1 : 0;
}

__global__ void sparse_multiply(GLOBAL const int* start, GLOBAL const int* column, GLOBAL const float* value,
                                GLOBAL const float* x, GLOBAL float* y, int rows) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) return;
    float sum = 0.0f;
    for (int j = start[row]; j < start[row + 1]; j++) sum += value[j] * x[column[j]];
    y[row] = sum;
}

__global__ void scan(GLOBAL const int* in, GLOBAL int* out) {
    __shared__ int s[2][256];
    int t = threadIdx.x, from = 0;
    s[0][t] = in[blockIdx.x * 256 + t];
    __syncthreads();
    for (int d = 1; d < 256; d *= 2) {
        s[1 - from][t] = t >= d ? s[from][t] + s[from][t - d] : s[from][t];
        from = 1 - from;
        __syncthreads();
    }
    out[blockIdx.x * 256 + t] = s[from][t];
}

__global__ void monte_carlo(GLOBAL int* hits, int samples) {
    unsigned int state = (blockIdx.x * blockDim.x + threadIdx.x) * 2654435761u + 12345u;
    int inside = 0;
    for (int i = 0; i < samples; i++) {
        state = state * 1664525u + 1013904223u;
        float x = (state >> 8) * (1.0f / 16777216.0f);
        state = state * 1664525u + 1013904223u;
        float y = (state >> 8) * (1.0f / 16777216.0f);
        if (x * x + y * y < 1.0f) inside++;
    }
    hits[blockIdx.x * blockDim.x + threadIdx.x] = inside;
}
