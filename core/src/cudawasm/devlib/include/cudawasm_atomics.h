// Atomic functions and loads and stores with cache hints.
#define __CW_ATOMIC(op, name, T)                                                                 \
    __device__ T name(T* address, T value) __cw_intrinsic("atomic." #op ".device");                \
    __device__ T name##_block(T* address, T value) __cw_intrinsic("atomic." #op ".block");         \
    __device__ T name##_system(T* address, T value) __cw_intrinsic("atomic." #op ".system");
#define __CW_INTEGER_ATOMICS(T)                                                                                   \
    __CW_ATOMIC(add, atomicAdd, T) __CW_ATOMIC(sub, atomicSub, T) __CW_ATOMIC(exch, atomicExch, T)                  \
    __CW_ATOMIC(min, atomicMin, T) __CW_ATOMIC(max, atomicMax, T) __CW_ATOMIC(and, atomicAnd, T)                    \
    __CW_ATOMIC(or, atomicOr, T) __CW_ATOMIC(xor, atomicXor, T) __CW_COMPARE_AND_SWAP(T)
#define __CW_COMPARE_AND_SWAP(T)                                                                           \
    __device__ T atomicCAS(T* address, T compare, T value) __cw_intrinsic("atomic.cas.device");              \
    __device__ T atomicCAS_block(T* address, T compare, T value) __cw_intrinsic("atomic.cas.block");         \
    __device__ T atomicCAS_system(T* address, T compare, T value) __cw_intrinsic("atomic.cas.system");
__CW_INTEGER_ATOMICS(int)
__CW_INTEGER_ATOMICS(unsigned int)
__CW_INTEGER_ATOMICS(long long)
__CW_INTEGER_ATOMICS(unsigned long long)
__CW_INTEGER_ATOMICS(long)
__CW_INTEGER_ATOMICS(unsigned long)
__CW_COMPARE_AND_SWAP(unsigned short)
__CW_ATOMIC(inc, atomicInc, unsigned int)
__CW_ATOMIC(dec, atomicDec, unsigned int)
__CW_ATOMIC(add, atomicAdd, float)
__CW_ATOMIC(add, atomicAdd, double)
__CW_ATOMIC(exch, atomicExch, float)
__CW_ATOMIC(add, atomicAdd, float2)
__CW_ATOMIC(add, atomicAdd, float4)
#undef __CW_INTEGER_ATOMICS
#undef __CW_COMPARE_AND_SWAP

#define __CW_HINTED(T)                                              \
    __device__ T __ldg(const T* address) __cw_intrinsic("load.plain"); \
    __device__ T __ldca(const T* address) __cw_intrinsic("load.plain"); \
    __device__ T __ldcg(const T* address) __cw_intrinsic("load.plain"); \
    __device__ T __ldcs(const T* address) __cw_intrinsic("load.plain"); \
    __device__ T __ldlu(const T* address) __cw_intrinsic("load.plain"); \
    __device__ T __ldcv(const T* address) __cw_intrinsic("load.volatile"); \
    __device__ void __stwb(T* address, T value) __cw_intrinsic("store.plain"); \
    __device__ void __stcg(T* address, T value) __cw_intrinsic("store.plain"); \
    __device__ void __stcs(T* address, T value) __cw_intrinsic("store.plain"); \
    __device__ void __stwt(T* address, T value) __cw_intrinsic("store.volatile");
__CW_HINTED(char) __CW_HINTED(signed char) __CW_HINTED(unsigned char) __CW_HINTED(short) __CW_HINTED(unsigned short)
__CW_HINTED(int) __CW_HINTED(unsigned int) __CW_HINTED(long) __CW_HINTED(unsigned long)
__CW_HINTED(long long) __CW_HINTED(unsigned long long) __CW_HINTED(float) __CW_HINTED(double)
__CW_HINTED(char2) __CW_HINTED(char4) __CW_HINTED(uchar2) __CW_HINTED(uchar4) __CW_HINTED(short2) __CW_HINTED(short4)
__CW_HINTED(ushort2) __CW_HINTED(ushort4) __CW_HINTED(int2) __CW_HINTED(int4) __CW_HINTED(uint2) __CW_HINTED(uint4)
__CW_HINTED(longlong2) __CW_HINTED(ulonglong2) __CW_HINTED(float2) __CW_HINTED(float4) __CW_HINTED(double2)
#undef __CW_HINTED

__device__ size_t __cw_to_integer(const void* pointer) __cw_intrinsic("pointer.to_integer");
__device__ inline size_t __cvta_generic_to_shared(const void* pointer) { return __cw_to_integer(pointer); }
__device__ inline size_t __cvta_generic_to_global(const void* pointer) { return __cw_to_integer(pointer); }
__device__ inline size_t __cvta_generic_to_local(const void* pointer) { return __cw_to_integer(pointer); }
__device__ inline void* __cvta_shared_to_generic(size_t address) { return (void*)address; }
__device__ inline void* __cvta_global_to_generic(size_t address) { return (void*)address; }

__device__ inline void* memcpy(void* to, const void* from, size_t bytes) __cw_intrinsic("copy.objects") {
    for (size_t i = 0; i < bytes; ++i) ((unsigned char*)to)[i] = ((const unsigned char*)from)[i];
    return to;
}
__device__ inline void* memset(void* to, int value, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) ((unsigned char*)to)[i] = (unsigned char)value;
    return to;
}
