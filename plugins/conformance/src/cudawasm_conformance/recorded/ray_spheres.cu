// Casts rays at a small scene of spheres, planes and boxes in shared memory and shades the nearest hit.
// Shapes share a base class without virtual functions; a tag and static dispatch pick the intersection routine.
#include <math_constants.h>

__device__ inline float3 operator+(float3 a, float3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
__device__ inline float3 operator-(float3 a, float3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
__device__ inline float3 operator*(float s, float3 a) { return {s * a.x, s * a.y, s * a.z}; }
__device__ inline float dot(float3 a, float3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
__device__ inline float component(const float3& v, int i) { return (&v.x)[i]; }

struct Ray {
    float3 origin, direction;
    __device__ float3 at(float t) const { return origin + t * direction; }
};

enum class Kind : int { Sphere, Plane, Box };

struct Shape {
    Kind kind;
    float3 place;
    float3 extent;  // radius; normal; half sizes
};

struct Hit {
    float t = 0;
    float3 normal = {0, 0, 0};
    int shape = -1;
    __device__ bool offer(float candidate, int index) {
        return candidate > 0 && candidate < t ? (t = candidate, shape = index, true) : false;
    }
};

struct SphereView : Shape {
    __device__ void intersect(const Ray& ray, int index, Hit& hit) const {
        const float3 m = ray.origin - place;
        const float a = dot(ray.direction, ray.direction), b = dot(m, ray.direction);
        const float disc = b * b - a * (dot(m, m) - extent.x * extent.x);
        if (disc < 0) return;
        for (const float side : {-1.0f, 1.0f})
            if (hit.offer((-b + side * sqrtf(disc)) / a, index)) hit.normal = 1 / extent.x * (ray.at(hit.t) - place);
    }
};
struct PlaneView : Shape {
    __device__ void intersect(const Ray& ray, int index, Hit& hit) const {
        const float slope = dot(extent, ray.direction);
        if (slope != 0 && hit.offer(dot(extent, place - ray.origin) / slope, index))
            hit.normal = (slope > 0 ? -1.0f : 1.0f) * rsqrtf(dot(extent, extent)) * extent;
    }
};
struct BoxView : Shape {
    __device__ void intersect(const Ray& ray, int index, Hit& hit) const {
        float enter = -CUDART_INF_F, leave = CUDART_INF_F;
        int axis = 0;
        for (int i = 0; i < 3; ++i) {
            const float d = component(ray.direction, i), o = component(ray.origin, i);
            const float lo = component(place, i) - component(extent, i),
                hi = component(place, i) + component(extent, i);
            if (d == 0) {
                if (o < lo || o > hi) return;
                continue;
            }
            const float t0 = ((d > 0 ? lo : hi) - o) / d, t1 = ((d > 0 ? hi : lo) - o) / d;
            if (t0 > enter) enter = t0, axis = i;
            leave = fminf(leave, t1);
        }
        if (enter > leave || !hit.offer(enter, index)) return;
        hit.normal = {0, 0, 0};
        (&hit.normal.x)[axis] = component(ray.direction, axis) > 0 ? -1 : 1;
    }
};

template <typename View> __device__ View view_as(const Shape& s) {
    static_assert(sizeof(View) == sizeof(Shape), "views add nothing");
    return View{s};
}

__global__ void cast(const Shape* scene, int shapes, Ray first, float3 across, float3 down, int* ids, float* distances,
                     float3* normals, float* shade, float3 light) {
    extern __shared__ Shape local[];
    const int threads = blockDim.x * blockDim.y, self = threadIdx.y * blockDim.x + threadIdx.x;
    for (int i = self; i < shapes; i += threads) local[i] = scene[i];
    __syncthreads();
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    const Ray ray{first.origin, first.direction + static_cast<float>(x) * across + static_cast<float>(y) * down};
    Hit hit;
    hit.t = CUDART_INF_F;
    for (int i = 0; i < shapes; ++i) switch (const Shape& s = local[i]; s.kind) {
        case Kind::Sphere: view_as<SphereView>(s).intersect(ray, i, hit); break;
        case Kind::Plane: view_as<PlaneView>(s).intersect(ray, i, hit); break;
        case Kind::Box: view_as<BoxView>(s).intersect(ray, i, hit); break;
        }
    const int out = y * gridDim.x * blockDim.x + x;
    ids[out] = hit.shape;
    distances[out] = isinf(hit.t) ? -1.0f : hit.t;
    normals[out] = hit.normal;
    shade[out] = hit.shape < 0 ? 0.0f : fmaxf(0.125f, dot(hit.normal, light) * rsqrtf(dot(light, light)));
}
