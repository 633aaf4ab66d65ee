// CUDA's vector types and dim3, for host code.
#pragma once
#define __VECTOR_TYPES_H__

#define CUDAWASM_VECTOR(NAME, ALIGN, ...)                        \
    struct __attribute__((aligned(ALIGN))) NAME { __VA_ARGS__; }; \
    typedef struct NAME NAME;
#define CUDAWASM_VECTORS(T, NAME, ALIGN1, ALIGN2, ALIGN4) \
    CUDAWASM_VECTOR(NAME##1, ALIGN1, T x)                 \
    CUDAWASM_VECTOR(NAME##2, ALIGN2, T x, y)              \
    CUDAWASM_VECTOR(NAME##3, ALIGN1, T x, y, z)           \
    CUDAWASM_VECTOR(NAME##4, ALIGN4, T x, y, z, w)

CUDAWASM_VECTORS(signed char, char, 1, 2, 4)
CUDAWASM_VECTORS(unsigned char, uchar, 1, 2, 4)
CUDAWASM_VECTORS(short, short, 2, 4, 8)
CUDAWASM_VECTORS(unsigned short, ushort, 2, 4, 8)
CUDAWASM_VECTORS(int, int, 4, 8, 16)
CUDAWASM_VECTORS(unsigned int, uint, 4, 8, 16)
CUDAWASM_VECTORS(long int, long, 8, 16, 16)
CUDAWASM_VECTORS(unsigned long int, ulong, 8, 16, 16)
CUDAWASM_VECTORS(long long int, longlong, 8, 16, 16)
CUDAWASM_VECTORS(unsigned long long int, ulonglong, 8, 16, 16)
CUDAWASM_VECTORS(float, float, 4, 8, 16)
CUDAWASM_VECTORS(double, double, 8, 16, 16)
#undef CUDAWASM_VECTORS
#undef CUDAWASM_VECTOR

struct dim3 {
    unsigned int x, y, z;
#ifdef __cplusplus
    constexpr dim3(unsigned int vx = 1, unsigned int vy = 1, unsigned int vz = 1) : x(vx), y(vy), z(vz) {}
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    constexpr operator uint3() const { return uint3{x, y, z}; }
#endif
};
typedef struct dim3 dim3;
