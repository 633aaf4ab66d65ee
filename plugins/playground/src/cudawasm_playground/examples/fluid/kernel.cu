// Stable fluids: what flows is fetched from where it came from, then pressure takes away what would pile up.
__device__ int at(int x, int y, int n) { return min(max(y, 0), n - 1) * n + min(max(x, 0), n - 1); }

__device__ float4 mix(float4 a, float4 b, float t) {
    return make_float4(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, a.z + (b.z - a.z) * t, a.w + (b.w - a.w) * t);
}
__device__ float2 mix(float2 a, float2 b, float t) { return make_float2(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t); }

template <typename T> __device__ T sample(const T* field, float x, float y, int n) {
    x = fminf(fmaxf(x, 0.0f), n - 1.001f);
    y = fminf(fmaxf(y, 0.0f), n - 1.001f);
    int i = (int)x, j = (int)y;
    T upper = mix(field[at(i, j, n)], field[at(i + 1, j, n)], x - i);
    T lower = mix(field[at(i, j + 1, n)], field[at(i + 1, j + 1, n)], x - i);
    return mix(upper, lower, y - j);
}

__global__ void flow(const float2* velocity, const float4* dye, float2* next, float4* next_dye, int n, float dt) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    float2 v = velocity[at(x, y, n)];
    float fx = x - dt * v.x, fy = y - dt * v.y;
    v = sample(velocity, fx, fy, n);
    float4 d = sample(dye, fx, fy, n);
    float keep = 0.998f, wall = x == 0 || y == 0 || x == n - 1 || y == n - 1 ? 0.0f : 0.999f;
    next[at(x, y, n)] = make_float2(v.x * wall, v.y * wall);
    next_dye[at(x, y, n)] = make_float4(d.x * keep, d.y * keep, d.z * keep, 1.0f);
}

// Push the fluid around a point, and colour it there.
__global__ void stir(float2* velocity, float4* dye, int n, float cx, float cy, float fx, float fy, float radius,
                     float red, float green, float blue) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    float dx = x - cx, dy = y - cy;
    float near = expf(-(dx * dx + dy * dy) / (radius * radius));
    float2& v = velocity[at(x, y, n)];
    v.x += near * fx; v.y += near * fy;
    float4& d = dye[at(x, y, n)];
    d.x += near * red; d.y += near * green; d.z += near * blue;
}

__global__ void diverge(const float2* v, float* divergence, int n) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    divergence[at(x, y, n)] =
        0.5f * (v[at(x + 1, y, n)].x - v[at(x - 1, y, n)].x + v[at(x, y + 1, n)].y - v[at(x, y - 1, n)].y);
}

// One of many steps towards the pressure that the divergence asks for.
__global__ void relax(const float* p, const float* divergence, float* next, int n) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    float around = p[at(x - 1, y, n)] + p[at(x + 1, y, n)] + p[at(x, y - 1, n)] + p[at(x, y + 1, n)];
    next[at(x, y, n)] = 0.25f * (around - divergence[at(x, y, n)]);
}

__global__ void project(float2* v, const float* p, int n) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    v[at(x, y, n)].x -= 0.5f * (p[at(x + 1, y, n)] - p[at(x - 1, y, n)]);
    v[at(x, y, n)].y -= 0.5f * (p[at(x, y + 1, n)] - p[at(x, y - 1, n)]);
}

__global__ void show(const float4* dye, uchar4* out, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float4 d = dye[i];
    out[i] = make_uchar4((unsigned char)(255.0f * (1.0f - expf(-d.x))), (unsigned char)(255.0f * (1.0f - expf(-d.y))),
                         (unsigned char)(255.0f * (1.0f - expf(-d.z))), 255);
}
