// Rays go forward by the distance to the nearest surface until they meet one.
struct V {
    float x, y, z;
    __device__ V operator+(V o) const { return {x + o.x, y + o.y, z + o.z}; }
    __device__ V operator-(V o) const { return {x - o.x, y - o.y, z - o.z}; }
    __device__ V operator*(float s) const { return {x * s, y * s, z * s}; }
    __device__ float dot(V o) const { return x * o.x + y * o.y + z * o.z; }
    __device__ V unit() const { return *this * rsqrtf(dot(*this)); }
};

// Distance to the nearest sphere of a field of them, or to the floor; `kind` says to which.
__device__ float distance(V p, float time, int& kind) {
    float floor_at = p.y + 1.0f;
    float qx = p.x - 3.0f * rintf(p.x / 3.0f), qz = p.z - 3.0f * rintf(p.z / 3.0f);
    float bounce = 0.6f * fabsf(sinf(time + rintf(p.x / 3.0f) + 2.0f * rintf(p.z / 3.0f)));
    V q = {qx, p.y - bounce, qz};
    float ball = sqrtf(q.dot(q)) - 1.0f;
    kind = ball < floor_at ? 1 : 0;
    return fminf(ball, floor_at);
}

__device__ V normal_at(V p, float time) {
    const float e = 0.002f;
    int kind;
    float d = distance(p, time, kind);
    V n = {distance(p + V{e, 0, 0}, time, kind) - d, distance(p + V{0, e, 0}, time, kind) - d,
           distance(p + V{0, 0, e}, time, kind) - d};
    return n.unit();
}

__device__ float lit(V from, V to, float time) {
    float light = 1.0f, t = 0.05f;
    int kind;
    for (int i = 0; i < 32 && t < 8.0f; ++i) {
        float d = distance(from + to * t, time, kind);
        light = fminf(light, 8.0f * d / t);
        t += fmaxf(d, 0.03f);
    }
    return fmaxf(light, 0.0f);
}

__global__ void march(uchar4* out, int width, int height, float time, float angle, float lift) {
    int px = blockIdx.x * blockDim.x + threadIdx.x;
    int py = blockIdx.y * blockDim.y + threadIdx.y;
    if (px >= width || py >= height) return;

    V eye = {7.0f * sinf(angle), 1.5f + 4.0f * lift, 7.0f * cosf(angle)};
    V ahead = (V{0, 0, 0} - eye).unit();
    V side = V{ahead.z, 0, -ahead.x}.unit() * -1.0f;
    V up = {side.y * ahead.z - side.z * ahead.y, side.z * ahead.x - side.x * ahead.z, side.x * ahead.y - side.y * ahead.x};
    V ray = (ahead * 1.4f + side * ((2.0f * px - width) / height) + up * (1.0f - 2.0f * py / height)).unit();

    float t = 0.0f;
    int kind = 0;
    for (int i = 0; i < 112 && t < 40.0f; ++i) {
        float d = distance(eye + ray * t, time, kind);
        if (d < 0.001f * (1.0f + t)) break;
        t += 0.75f * d;
    }
    float sky = 0.5f + 0.5f * ray.y;
    V colour = V{0.75f, 0.85f, 1.0f} * (1.0f - 0.6f * sky);
    if (t < 40.0f) {
        V p = eye + ray * t, sun = V{0.6f, 0.7f, 0.3f}.unit();
        V n = normal_at(p, time);
        float light = 0.25f + 0.75f * fmaxf(n.dot(sun), 0.0f) * lit(p, sun, time);
        bool odd = ((int)floorf(p.x) + (int)floorf(p.z)) & 1;
        V base = kind ? V{0.95f, 0.45f, 0.25f} : (odd ? V{0.85f, 0.85f, 0.8f} : V{0.35f, 0.4f, 0.5f});
        float fog = expf(-0.004f * t * t);
        colour = base * (light * fog) + colour * (1.0f - fog);
    }
    out[py * width + px] = make_uchar4((unsigned char)(255.0f * fminf(colour.x, 1.0f)),
        (unsigned char)(255.0f * fminf(colour.y, 1.0f)), (unsigned char)(255.0f * fminf(colour.z, 1.0f)), 255);
}
