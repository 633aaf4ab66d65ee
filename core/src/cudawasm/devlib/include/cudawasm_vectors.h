// CUDA vector types: plain structs of one to four components with CUDA's alignments.
#define __CW_VECTORS(T, name, a1, a2, a3, a4)                                                     \
    struct __cw_vector __align__(a1) name##1 { T x; };                                            \
    struct __cw_vector __align__(a2) name##2 { T x, y; };                                         \
    struct __cw_vector __align__(a3) name##3 { T x, y, z; };                                      \
    struct __cw_vector __align__(a4) name##4 { T x, y, z, w; };                                   \
    __device__ constexpr inline name##1 make_##name##1(T x) { name##1 v; v.x = x; return v; }      \
    __device__ constexpr inline name##2 make_##name##2(T x, T y) { name##2 v; v.x = x; v.y = y; return v; } \
    __device__ constexpr inline name##3 make_##name##3(T x, T y, T z) {                            \
        name##3 v; v.x = x; v.y = y; v.z = z; return v; }                                         \
    __device__ constexpr inline name##4 make_##name##4(T x, T y, T z, T w) {                       \
        name##4 v; v.x = x; v.y = y; v.z = z; v.w = w; return v; }
__CW_VECTORS(signed char, char, 1, 2, 1, 4)
__CW_VECTORS(unsigned char, uchar, 1, 2, 1, 4)
__CW_VECTORS(short, short, 2, 4, 2, 8)
__CW_VECTORS(unsigned short, ushort, 2, 4, 2, 8)
__CW_VECTORS(int, int, 4, 8, 4, 16)
__CW_VECTORS(unsigned int, uint, 4, 8, 4, 16)
__CW_VECTORS(long, long, 8, 16, 8, 16)
__CW_VECTORS(unsigned long, ulong, 8, 16, 8, 16)
__CW_VECTORS(long long, longlong, 8, 16, 8, 16)
__CW_VECTORS(unsigned long long, ulonglong, 8, 16, 8, 16)
__CW_VECTORS(float, float, 4, 8, 4, 16)
__CW_VECTORS(double, double, 8, 16, 8, 16)
#undef __CW_VECTORS

struct dim3 {
    unsigned int x, y, z;
    __device__ constexpr dim3(unsigned int vx = 1, unsigned int vy = 1, unsigned int vz = 1) : x(vx), y(vy), z(vz) {}
    __device__ constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    __device__ constexpr operator uint3() const { return make_uint3(x, y, z); }
};
