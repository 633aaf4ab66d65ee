// Rotations by unit quaternions: products along a chain of joints, rotation of points, spherical interpolation.
// The quaternion class derives from a generic four-component base through CRTP, which supplies the linear operators.

template <typename Derived, typename T, int N> struct Linear {
    T v[N];
    __device__ Derived& self() { return static_cast<Derived&>(*this); }
    __device__ const Derived& self() const { return static_cast<const Derived&>(*this); }
    __device__ Derived& operator+=(const Derived& o) {
        for (int i = 0; i < N; ++i) v[i] += o.v[i];
        return self();
    }
    __device__ Derived& operator*=(T s) {
        for (T& x : v) x *= s;
        return self();
    }
    __device__ Derived operator+(const Derived& o) const { return Derived(self()) += o; }
    __device__ Derived operator*(T s) const { return Derived(self()) *= s; }
    __device__ Derived operator-() const { return self() * T(-1); }
    __device__ T dot(const Derived& o) const {
        T sum = 0;
        for (int i = 0; i < N; ++i) sum += v[i] * o.v[i];
        return sum;
    }
    __device__ Derived normalised() const { return self() * (T(1) / sqrt(dot(self()))); }
};

struct Vec3 : Linear<Vec3, float, 3> {
    Vec3() = default;
    __device__ Vec3(float x, float y, float z) { v[0] = x, v[1] = y, v[2] = z; }
    __device__ explicit Vec3(const float3& f) : Vec3(f.x, f.y, f.z) {}
    __device__ explicit operator float3() const { return make_float3(v[0], v[1], v[2]); }
    __device__ Vec3 cross(const Vec3& o) const {
        return {v[1] * o.v[2] - v[2] * o.v[1], v[2] * o.v[0] - v[0] * o.v[2], v[0] * o.v[1] - v[1] * o.v[0]};
    }
};

struct Quat : Linear<Quat, float, 4> {
    using Base = Linear<Quat, float, 4>;
    using Base::operator*;
    using Base::operator*=;
    Quat() = default;
    __device__ Quat(float w, const Vec3& u) { v[0] = w, v[1] = u.v[0], v[2] = u.v[1], v[3] = u.v[2]; }
    static __device__ Quat about(const Vec3& axis, float angle) {
        float s, c;
        sincosf(angle * 0.5f, &s, &c);
        return {c, axis.normalised() * s};
    }
    __device__ float scalar() const { return v[0]; }
    __device__ Vec3 vector() const { return {v[1], v[2], v[3]}; }
    __device__ Quat operator~() const { return {scalar(), -vector()}; }
    __device__ Quat operator*(const Quat& o) const {
        return {scalar() * o.scalar() - vector().dot(o.vector()),
                o.vector() * scalar() + vector() * o.scalar() + vector().cross(o.vector())};
    }
    __device__ Quat& operator*=(const Quat& o) { return *this = *this * o; }
    __device__ Vec3 operator()(const Vec3& p) const { return (*this * Quat{0, p} * ~*this).vector(); }
};

__device__ Quat slerp(Quat a, Quat b, float t) {
    float c = a.dot(b);
    if (c < 0) b = -b, c = -c;
    if (c > 0.9995f) return (a * (1 - t) + b * t).normalised();
    const float theta = acosf(c), s = rsqrtf(1 - c * c);
    return a * (sinf((1 - t) * theta) * s) + b * (sinf(t * theta) * s);
}

struct Joint {
    float3 axis;
    float angle;
    float3 offset;
};

__global__ void forward_kinematics(const Joint* joints, int chain, const float* blend, float4* poses, float3* tips,
                                   int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    Quat pose{1, {0, 0, 0}};
    Vec3 tip{0, 0, 0};
    for (const Joint* j = joints + i * chain, *end = j + chain; j != end; ++j) {
        tip += pose(Vec3(j->offset));
        pose *= Quat::about(Vec3{j->axis}, j->angle);
    }
    const Quat mid = slerp(Quat{1, Vec3{0, 0, 0}}, pose.normalised(), blend[i]);
    poses[i] = make_float4(mid.v[0], mid.v[1], mid.v[2], mid.v[3]);
    tips[i] = static_cast<float3>(tip);
}
