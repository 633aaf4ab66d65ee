// What all generators share: how their functions are declared, and the second normal number of a pair.
#ifndef __CUDAWASM_CURAND_COMMON__
#define __CUDAWASM_CURAND_COMMON__
#include <cuda_runtime.h>
#if defined(__CUDACC__) || defined(__CUDA_ARCH__)
#define QUALIFIERS __host__ __device__ inline
#else
#define QUALIFIERS inline
#endif
namespace curand_detail {
// Box and Muller's method makes two normal numbers: the second is kept here. The double is kept as words, so that
// targets without doubles have states too.
struct spare_normals {
    int boxmuller_flag, boxmuller_flag_double;
    float boxmuller_extra;
    unsigned int boxmuller_extra_double[2];
};
QUALIFIERS void forget(spare_normals& spare) {
    spare.boxmuller_flag = spare.boxmuller_flag_double = 0;
    spare.boxmuller_extra = 0.0f;
    spare.boxmuller_extra_double[0] = spare.boxmuller_extra_double[1] = 0;
}
QUALIFIERS unsigned int high_product(unsigned int a, unsigned int b) {
#ifdef __CUDA_ARCH__
    return __umulhi(a, b);
#else
    return (unsigned int)((unsigned long long)a * b >> 32);
#endif
}
}  // namespace curand_detail
#endif
