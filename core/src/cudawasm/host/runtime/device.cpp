// The device as programs see it, which is one.
#include <cstdio>
#include <cstring>

#include "cuda_runtime_api.h"
#include "service.h"
#include "streams.h"

namespace cudawasm {
namespace {

constexpr int major = 8, minor = 0;

bool is_device(int device) { return device == 0; }

cudaDeviceProp properties() {
    const DeviceFacts& f = facts();
    cudaDeviceProp p;
    std::memset(&p, 0, sizeof p);
    std::memcpy(p.name, f.name, sizeof p.name);
    p.totalGlobalMem = f.total_memory;
    p.sharedMemPerBlock = f.shared_bytes < 49152 ? f.shared_bytes : 49152;
    p.sharedMemPerBlockOptin = p.sharedMemPerMultiprocessor = f.shared_bytes;
    p.regsPerBlock = p.regsPerMultiprocessor = 65536;
    p.warpSize = 32;
    p.memPitch = 2147483647;
    p.maxThreadsPerBlock = f.max_threads;
    for (int i = 0; i < 3; ++i) p.maxThreadsDim[i] = f.max_block[i], p.maxGridSize[i] = f.max_grid[i];
    p.clockRate = 1000000, p.memoryClockRate = 1000000, p.memoryBusWidth = 256, p.l2CacheSize = 4194304;
    p.totalConstMem = 65536;
    p.major = major, p.minor = minor;
    p.textureAlignment = 512, p.texturePitchAlignment = 32, p.surfaceAlignment = 512;
    p.deviceOverlap = 1, p.asyncEngineCount = 1, p.concurrentKernels = 1, p.streamPrioritiesSupported = 1;
    p.multiProcessorCount = f.processors;
    p.integrated = f.shares_memory, p.canMapHostMemory = 1, p.unifiedAddressing = 1, p.managedMemory = 1;
    p.pageableMemoryAccess = 0, p.concurrentManagedAccess = f.shares_memory, p.memoryPoolsSupported = 1;
    p.cooperativeLaunch = f.cooperative, p.computePreemptionSupported = 1;
    p.maxThreadsPerMultiProcessor = 2048, p.maxBlocksPerMultiProcessor = 32;
    p.globalL1CacheSupported = p.localL1CacheSupported = 1, p.singleToDoublePrecisionPerfRatio = 2;
    return p;
}

cudaError_t attribute(int* value, cudaDeviceAttr which) {
    const cudaDeviceProp p = properties();
    switch (which) {
        case cudaDevAttrMaxThreadsPerBlock: *value = p.maxThreadsPerBlock; break;
        case cudaDevAttrMaxBlockDimX: *value = p.maxThreadsDim[0]; break;
        case cudaDevAttrMaxBlockDimY: *value = p.maxThreadsDim[1]; break;
        case cudaDevAttrMaxBlockDimZ: *value = p.maxThreadsDim[2]; break;
        case cudaDevAttrMaxGridDimX: *value = p.maxGridSize[0]; break;
        case cudaDevAttrMaxGridDimY: *value = p.maxGridSize[1]; break;
        case cudaDevAttrMaxGridDimZ: *value = p.maxGridSize[2]; break;
        case cudaDevAttrMaxSharedMemoryPerBlock: *value = static_cast<int>(p.sharedMemPerBlock); break;
        case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = static_cast<int>(p.sharedMemPerBlockOptin); break;
        case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
            *value = static_cast<int>(p.sharedMemPerMultiprocessor);
            break;
        case cudaDevAttrTotalConstantMemory: *value = static_cast<int>(p.totalConstMem); break;
        case cudaDevAttrWarpSize: *value = p.warpSize; break;
        case cudaDevAttrMaxPitch: *value = static_cast<int>(p.memPitch); break;
        case cudaDevAttrMaxRegistersPerBlock: *value = p.regsPerBlock; break;
        case cudaDevAttrMaxRegistersPerMultiprocessor: *value = p.regsPerMultiprocessor; break;
        case cudaDevAttrClockRate: *value = p.clockRate; break;
        case cudaDevAttrMemoryClockRate: *value = p.memoryClockRate; break;
        case cudaDevAttrGlobalMemoryBusWidth: *value = p.memoryBusWidth; break;
        case cudaDevAttrL2CacheSize: *value = p.l2CacheSize; break;
        case cudaDevAttrTextureAlignment: *value = static_cast<int>(p.textureAlignment); break;
        case cudaDevAttrGpuOverlap: *value = p.deviceOverlap; break;
        case cudaDevAttrAsyncEngineCount: *value = p.asyncEngineCount; break;
        case cudaDevAttrMultiProcessorCount: *value = p.multiProcessorCount; break;
        case cudaDevAttrIntegrated: *value = p.integrated; break;
        case cudaDevAttrCanMapHostMemory: *value = p.canMapHostMemory; break;
        case cudaDevAttrConcurrentKernels: *value = p.concurrentKernels; break;
        case cudaDevAttrUnifiedAddressing: *value = p.unifiedAddressing; break;
        case cudaDevAttrComputeCapabilityMajor: *value = p.major; break;
        case cudaDevAttrComputeCapabilityMinor: *value = p.minor; break;
        case cudaDevAttrStreamPrioritiesSupported: *value = p.streamPrioritiesSupported; break;
        case cudaDevAttrGlobalL1CacheSupported: *value = p.globalL1CacheSupported; break;
        case cudaDevAttrLocalL1CacheSupported: *value = p.localL1CacheSupported; break;
        case cudaDevAttrMaxThreadsPerMultiProcessor: *value = p.maxThreadsPerMultiProcessor; break;
        case cudaDevAttrMaxBlocksPerMultiprocessor: *value = p.maxBlocksPerMultiProcessor; break;
        case cudaDevAttrManagedMemory: *value = p.managedMemory; break;
        case cudaDevAttrConcurrentManagedAccess: *value = p.concurrentManagedAccess; break;
        case cudaDevAttrComputePreemptionSupported: *value = p.computePreemptionSupported; break;
        case cudaDevAttrCooperativeLaunch: *value = p.cooperativeLaunch; break;
        case cudaDevAttrMemoryPoolsSupported: *value = p.memoryPoolsSupported; break;
        default: *value = 0;
    }
    return cudaSuccess;
}

}  // namespace
}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

cudaError_t cudaGetDeviceCount(int* count) {
    if (!count) return failed(cudaErrorInvalidValue);
    *count = started() == cudaSuccess ? 1 : 0;
    return failed(*count ? cudaSuccess : cudaErrorNoDevice);
}
cudaError_t cudaGetDevice(int* device) { return *device = 0, failed(started()); }
cudaError_t cudaSetDevice(int device) { return failed(is_device(device) ? started() : cudaErrorInvalidDevice); }
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* prop, int device) {
    if (!prop) return failed(cudaErrorInvalidValue);
    if (!is_device(device)) return failed(cudaErrorInvalidDevice);
    if (const cudaError_t error = started()) return failed(error);
    return *prop = properties(), cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int device) {
    if (!value) return failed(cudaErrorInvalidValue);
    if (!is_device(device)) return failed(cudaErrorInvalidDevice);
    if (const cudaError_t error = started()) return failed(error);
    return attribute(value, which);
}
cudaError_t cudaChooseDevice(int* device, const cudaDeviceProp*) { return cudaGetDevice(device); }
cudaError_t cudaSetValidDevices(int*, int) { return cudaSuccess; }
cudaError_t cudaSetDeviceFlags(unsigned int) { return cudaSuccess; }
cudaError_t cudaGetDeviceFlags(unsigned int* flags) { return *flags = cudaDeviceMapHost, cudaSuccess; }
cudaError_t cudaDeviceSynchronize() { return failed(finished()); }
cudaError_t cudaThreadSynchronize() { return failed(finished()); }
cudaError_t cudaDeviceReset() {
    finished();
    forget_errors();
    return cudaSuccess;
}
cudaError_t cudaThreadExit() { return cudaDeviceReset(); }
cudaError_t cudaDeviceSetLimit(cudaLimit, size_t) { return cudaSuccess; }
cudaError_t cudaDeviceGetLimit(size_t* value, cudaLimit limit) {
    if (!value) return failed(cudaErrorInvalidValue);
    switch (limit) {
        case cudaLimitStackSize: *value = 1024; break;
        case cudaLimitPrintfFifoSize: *value = 4194304; break;
        case cudaLimitMallocHeapSize: *value = 8388608; break;
        default: return failed(cudaErrorUnsupportedLimit);
    }
    return cudaSuccess;
}
cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache) { return cudaSuccess; }
cudaError_t cudaDeviceGetCacheConfig(cudaFuncCache* config) { return *config = cudaFuncCachePreferNone, cudaSuccess; }
cudaError_t cudaDeviceSetSharedMemConfig(cudaSharedMemConfig) { return cudaSuccess; }
cudaError_t cudaDeviceGetSharedMemConfig(cudaSharedMemConfig* config) {
    return *config = cudaSharedMemBankSizeFourByte, cudaSuccess;
}
cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
    if (!is_device(device) || !is_device(peer)) return failed(cudaErrorInvalidDevice);
    return *can = 0, cudaSuccess;
}
cudaError_t cudaDeviceGetP2PAttribute(int* value, cudaDeviceP2PAttr, int device, int peer) {
    if (!value) return failed(cudaErrorInvalidValue);
    const bool are_two = device != peer && is_device(device) && is_device(peer);
    return are_two ? (*value = 0, cudaSuccess) : failed(cudaErrorInvalidDevice);
}
cudaError_t cudaDeviceEnablePeerAccess(int, unsigned int) { return failed(cudaErrorInvalidDevice); }
cudaError_t cudaDeviceDisablePeerAccess(int) { return failed(cudaErrorPeerAccessNotEnabled); }
cudaError_t cudaDeviceGetPCIBusId(char* id, int length, int device) {
    if (!id || !is_device(device)) return failed(cudaErrorInvalidValue);
    std::snprintf(id, static_cast<size_t>(length), "0000:00:00.0");
    return cudaSuccess;
}
cudaError_t cudaCtxResetPersistingL2Cache() { return cudaSuccess; }
cudaError_t cudaDriverGetVersion(int* version) { return *version = CUDART_VERSION, cudaSuccess; }
cudaError_t cudaRuntimeGetVersion(int* version) { return *version = CUDART_VERSION, cudaSuccess; }
cudaError_t cudaProfilerStart() { return cudaSuccess; }
cudaError_t cudaProfilerStop() { return cudaSuccess; }

}  // extern "C"
