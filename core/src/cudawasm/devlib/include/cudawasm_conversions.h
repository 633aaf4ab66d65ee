// Conversions with a rounding mode. The cast from float to integer truncates and saturates, as PTX's does.
#define __CW_TO_INTEGER(prefix, F, suffix, T)                                          \
    __device__ inline T prefix##suffix##_rn(F x) { return (T)rint(x); }                  \
    __device__ inline T prefix##suffix##_rz(F x) { return (T)x; }                        \
    __device__ inline T prefix##suffix##_rd(F x) { return (T)floor(x); }                 \
    __device__ inline T prefix##suffix##_ru(F x) { return (T)ceil(x); }
__CW_TO_INTEGER(__float2, float, int, int) __CW_TO_INTEGER(__float2, float, uint, unsigned int)
__CW_TO_INTEGER(__float2, float, ll, long long) __CW_TO_INTEGER(__float2, float, ull, unsigned long long)
__CW_TO_INTEGER(__double2, double, int, int) __CW_TO_INTEGER(__double2, double, uint, unsigned int)
__CW_TO_INTEGER(__double2, double, ll, long long) __CW_TO_INTEGER(__double2, double, ull, unsigned long long)
#undef __CW_TO_INTEGER
__device__ inline float __int2float_rn(int x) { return (float)x; }
__device__ inline float __uint2float_rn(unsigned int x) { return (float)x; }
__device__ inline float __ll2float_rn(long long x) { return (float)x; }
__device__ inline float __ull2float_rn(unsigned long long x) { return (float)x; }
__device__ inline double __int2double_rn(int x) { return (double)x; }
__device__ inline double __uint2double_rn(unsigned int x) { return (double)x; }
__device__ inline double __ll2double_rn(long long x) { return (double)x; }
__device__ inline double __ull2double_rn(unsigned long long x) { return (double)x; }
__device__ inline float __double2float_rn(double x) { return (float)x; }

// Directed conversions to a narrower type: the nearest value, moved by one step (see cudawasm_rounding.h).
__device__ inline double __cw_convert_error(long long x, double s) {
    return __dadd_rn(__dsub_rn((double)(x >> 32) * 4294967296.0, s), (double)(unsigned int)x);
}
__device__ inline double __cw_convert_error(unsigned long long x, double s) {
    return __dadd_rn(__dsub_rn((double)(x >> 32) * 4294967296.0, s), (double)(unsigned int)x);
}
#define __CW_DIRECTED_CONVERSION(mode)                                                                                  \
    __device__ inline float __int2float_##mode(int x) {                                                                 \
        float s = (float)x; return __cw_round_##mode(s, (double)x - (double)s); }                                        \
    __device__ inline float __uint2float_##mode(unsigned int x) {                                                       \
        float s = (float)x; return __cw_round_##mode(s, (double)x - (double)s); }                                        \
    __device__ inline float __ll2float_##mode(long long x) {                                                            \
        float s = (float)x; return __cw_round_##mode(s, __cw_convert_error(x, (double)s)); }                              \
    __device__ inline float __ull2float_##mode(unsigned long long x) {                                                  \
        float s = (float)x; return __cw_round_##mode(s, __cw_convert_error(x, (double)s)); }                              \
    __device__ inline double __ll2double_##mode(long long x) {                                                          \
        double s = (double)x; return __cw_round_##mode(s, __cw_convert_error(x, s)); }                                    \
    __device__ inline double __ull2double_##mode(unsigned long long x) {                                                \
        double s = (double)x; return __cw_round_##mode(s, __cw_convert_error(x, s)); }                                    \
    __device__ inline float __double2float_##mode(double x) {                                                           \
        float s = (float)x; return __cw_round_##mode(s, x - (double)s); }
__CW_DIRECTED_CONVERSION(rd) __CW_DIRECTED_CONVERSION(ru) __CW_DIRECTED_CONVERSION(rz)
#undef __CW_DIRECTED_CONVERSION
