// CUB's macros that programs use.
#ifndef __CUDAWASM_CUB_CONFIG__
#define __CUDAWASM_CUB_CONFIG__
#define CUB_VERSION 200500
#define CUB_NAMESPACE_BEGIN namespace cub {
#define CUB_NAMESPACE_END }
#define CUB_NS_QUALIFIER ::cub
#define CUB_RUNTIME_FUNCTION
#define CUB_DEVICE_CODE 1
#define CUB_IS_DEVICE_CODE 1
#define CUB_IS_HOST_CODE 0
#define CUB_PTX_ARCH 800
#define CUB_ALIGN(bytes) __align__(bytes)
#define CUB_STATIC_ASSERT(condition, message) static_assert(condition, message)
#define CUB_PREVENT_MACRO_SUBSTITUTION

#define CUB_LOG_WARP_THREADS(arch) 5
#define CUB_WARP_THREADS(arch) 32
#define CUB_LOG_SMEM_BANKS(arch) 5
#define CUB_SMEM_BANKS(arch) 32
#define CUB_PTX_LOG_WARP_THREADS 5
#define CUB_PTX_WARP_THREADS 32
#define CUB_PTX_LOG_SMEM_BANKS 5
#define CUB_PTX_SMEM_BANKS 32

#define CUB_MAX(a, b) (((b) > (a)) ? (b) : (a))
#define CUB_MIN(a, b) (((b) < (a)) ? (b) : (a))
#define CUB_QUOTIENT_FLOOR(x, y) ((x) / (y))
#define CUB_QUOTIENT_CEILING(x, y) (((x) + (y) - 1) / (y))
#define CUB_ROUND_UP_NEAREST(x, y) (CUB_QUOTIENT_CEILING(x, y) * (y))
#define CUB_ROUND_DOWN_NEAREST(x, y) (((x) / (y)) * (y))

#define CubDebug(error) (error)
#define CubDebugExit(error) (error)
#define _CubLog(format, ...) printf(format, __VA_ARGS__)
#endif
