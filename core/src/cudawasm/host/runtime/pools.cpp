// Memory pools. All memory comes from one place, which keeps none back; a pool remembers what was said to it.
#include <cstdint>
#include <cstring>

#include "cuda_runtime_api.h"
#include "service.h"

struct CUmemPoolHandle_st {
    uint64_t threshold = 0;
    int flags[4] = {0, 1, 1, 1};  // by attribute: which memory may be used again
};

namespace {

CUmemPoolHandle_st default_pool;
cudaMemPool_t current_pool = &default_pool;

}  // namespace

using namespace cudawasm;

extern "C" {

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
    if (device != 0) return failed(cudaErrorInvalidDevice);
    return *pool = &default_pool, cudaSuccess;
}
cudaError_t cudaDeviceGetMemPool(cudaMemPool_t* pool, int device) {
    if (device != 0) return failed(cudaErrorInvalidDevice);
    return *pool = current_pool, cudaSuccess;
}
cudaError_t cudaDeviceSetMemPool(int device, cudaMemPool_t pool) {
    if (device != 0 || !pool) return failed(cudaErrorInvalidValue);
    return current_pool = pool, cudaSuccess;
}
cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* properties) {
    if (!pool || !properties) return failed(cudaErrorInvalidValue);
    if (properties->handleTypes != cudaMemHandleTypeNone) return failed(cudaErrorNotSupported);
    return *pool = new CUmemPoolHandle_st, cudaSuccess;
}
cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool) {
    if (!pool || pool == &default_pool) return failed(cudaErrorInvalidValue);
    if (pool == current_pool) current_pool = &default_pool;
    delete pool;
    return cudaSuccess;
}
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t pool, size_t) { return failed(pool ? cudaSuccess : cudaErrorInvalidValue); }
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void* value) {
    if (!pool || !value) return failed(cudaErrorInvalidValue);
    if (attribute == cudaMemPoolAttrReleaseThreshold) std::memcpy(&pool->threshold, value, sizeof pool->threshold);
    else if (attribute < cudaMemPoolAttrReleaseThreshold) std::memcpy(&pool->flags[attribute], value, sizeof(int));
    return cudaSuccess;
}
cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void* value) {
    if (!pool || !value) return failed(cudaErrorInvalidValue);
    if (attribute < cudaMemPoolAttrReleaseThreshold) return std::memcpy(value, &pool->flags[attribute], sizeof(int)), cudaSuccess;
    size_t free = 0, total = 0;
    uint64_t number = pool->threshold;
    if (attribute != cudaMemPoolAttrReleaseThreshold) {
        if (const cudaError_t error = cudaMemGetInfo(&free, &total)) return error;
        number = total - free;
    }
    return std::memcpy(value, &number, sizeof number), cudaSuccess;
}
cudaError_t cudaMemPoolSetAccess(cudaMemPool_t pool, const cudaMemAccessDesc* descriptions, size_t count) {
    for (size_t i = 0; i < count; ++i)
        if (descriptions[i].location.id != 0) return failed(cudaErrorInvalidDevice);
    return failed(pool ? cudaSuccess : cudaErrorInvalidValue);
}
cudaError_t cudaMallocFromPoolAsync(void** pointer, size_t size, cudaMemPool_t pool, cudaStream_t stream) {
    if (!pool) return failed(cudaErrorInvalidValue);
    return cudaMallocAsync(pointer, size, stream);
}

}  // extern "C"
