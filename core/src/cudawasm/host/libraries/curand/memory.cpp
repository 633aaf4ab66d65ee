// What generators on devices and on the host do differently with memory.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_runtime.h>

#include "generator.h"

curandStatus_t refused(const char* what, curandStatus_t status) {
    std::fprintf(stderr, "cudawasm: cuRAND: %s\n", what);
    return status;
}

curandStatus_t allocate(bool is_on_host, size_t bytes, void** memory) {
    if (is_on_host) {
        *memory = std::malloc(bytes);
        return *memory ? CURAND_STATUS_SUCCESS : CURAND_STATUS_ALLOCATION_FAILED;
    }
    return cudaMalloc(memory, bytes) == cudaSuccess ? CURAND_STATUS_SUCCESS : CURAND_STATUS_ALLOCATION_FAILED;
}

void release(bool is_on_host, void* memory) {
    if (is_on_host) std::free(memory);
    else if (memory) cudaFree(memory);
}

curandStatus_t fill(bool is_on_host, void* memory, const void* from, size_t bytes) {
    if (is_on_host) {
        std::memcpy(memory, from, bytes);
        return CURAND_STATUS_SUCCESS;
    }
    const cudaError_t error = cudaMemcpy(memory, from, bytes, cudaMemcpyHostToDevice);
    return error == cudaSuccess ? CURAND_STATUS_SUCCESS : CURAND_STATUS_PREEXISTING_FAILURE;
}
