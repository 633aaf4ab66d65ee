// The CUDA math API.
#define __CW_MATH1(name) \
    __device__ float name##f(float) __cw_intrinsic("math." #name); \
    __device__ double name(double) __cw_intrinsic("math." #name); \
    __device__ float name(float) __cw_intrinsic("math." #name);
__CW_MATH1(sqrt) __CW_MATH1(exp) __CW_MATH1(log) __CW_MATH1(sin) __CW_MATH1(cos) __CW_MATH1(floor) __CW_MATH1(ceil)
