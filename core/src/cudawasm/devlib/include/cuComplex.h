// Complex numbers of cuComplex.h: float2 and double2 with functions for arithmetic.
#ifndef __CUDAWASM_COMPLEX_H__
#define __CUDAWASM_COMPLEX_H__
typedef float2 cuFloatComplex;
typedef double2 cuDoubleComplex;
typedef cuFloatComplex cuComplex;
#define __CW_COMPLEX(C, T, f, real, suffix)                                                                       \
    __device__ inline T cuCreal##f(C x) { return x.x; }                                                           \
    __device__ inline T cuCimag##f(C x) { return x.y; }                                                           \
    __device__ inline C make_cu##real##Complex(T r, T i) { C z; z.x = r; z.y = i; return z; }                     \
    __device__ inline C cuConj##f(C x) { return make_cu##real##Complex(x.x, -x.y); }                              \
    __device__ inline C cuCadd##f(C x, C y) { return make_cu##real##Complex(x.x + y.x, x.y + y.y); }              \
    __device__ inline C cuCsub##f(C x, C y) { return make_cu##real##Complex(x.x - y.x, x.y - y.y); }              \
    __device__ inline C cuCmul##f(C x, C y) {                                                                     \
        return make_cu##real##Complex((x.x * y.x) - (x.y * y.y), (x.x * y.y) + (x.y * y.x)); }                    \
    __device__ inline C cuCdiv##f(C x, C y) { /* scaled, so that |y| squared does not overflow */                  \
        T s = 1 / (fabs##suffix(y.x) + fabs##suffix(y.y));                                                        \
        T a = x.x * s, b = x.y * s, c = y.x * s, d = y.y * s;                                                     \
        T n = 1 / ((c * c) + (d * d));                                                                            \
        return make_cu##real##Complex(((a * c) + (b * d)) * n, ((b * c) - (a * d)) * n); }                        \
    __device__ inline T cuCabs##f(C x) { return hypot##suffix(x.x, x.y); }
__CW_COMPLEX(cuFloatComplex, float, f, Float, f)
__CW_COMPLEX(cuDoubleComplex, double, , Double, )
#undef __CW_COMPLEX
__device__ inline cuComplex make_cuComplex(float x, float y) { return make_cuFloatComplex(x, y); }
__device__ inline cuDoubleComplex cuComplexFloatToDouble(cuFloatComplex c) { return make_cuDoubleComplex(c.x, c.y); }
__device__ inline cuFloatComplex cuComplexDoubleToFloat(cuDoubleComplex c) {
    return make_cuFloatComplex((float)c.x, (float)c.y); }
__device__ inline cuComplex cuCfmaf(cuComplex x, cuComplex y, cuComplex d) {
    float r = (x.x * y.x) + d.x, i = (x.x * y.y) + d.y;
    return make_cuComplex(-(x.y * y.y) + r, (x.y * y.x) + i); }
__device__ inline cuDoubleComplex cuCfma(cuDoubleComplex x, cuDoubleComplex y, cuDoubleComplex d) {
    double r = (x.x * y.x) + d.x, i = (x.x * y.y) + d.y;
    return make_cuDoubleComplex(-(x.y * y.y) + r, (x.y * y.x) + i); }
#endif
