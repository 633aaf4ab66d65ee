// The device as programs see it, which is one, and its streams and events. Streams are one queue in order.
#include <chrono>
#include <cstdio>
#include <cstring>

#include "cuda_runtime_api.h"
#include "memory.h"
#include "service.h"

struct CUstream_st {
    unsigned int flags;
    int priority;
};

struct CUevent_st {
    unsigned int flags;
    bool is_recorded;
    std::chrono::steady_clock::time_point time;
};

namespace cudawasm {
namespace {

constexpr int major = 8, minor = 0;
constexpr int least_priority = 0, greatest_priority = -5;

cudaError_t finished() {
    if (const cudaError_t error = started()) return error;
    const cudaError_t error = synchronize();
    return error != cudaSuccess ? error : managed_to_host();
}

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
cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
    if (least) *least = least_priority;
    if (greatest) *greatest = greatest_priority;
    return cudaSuccess;
}
cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
    if (!is_device(device) || !is_device(peer)) return failed(cudaErrorInvalidDevice);
    return *can = 0, cudaSuccess;
}
cudaError_t cudaDeviceEnablePeerAccess(int, unsigned int) { return failed(cudaErrorInvalidDevice); }
cudaError_t cudaDeviceDisablePeerAccess(int) { return failed(cudaErrorPeerAccessNotEnabled); }
cudaError_t cudaDeviceGetPCIBusId(char* id, int length, int device) {
    if (!id || !is_device(device)) return failed(cudaErrorInvalidValue);
    std::snprintf(id, static_cast<size_t>(length), "0000:00:00.0");
    return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* version) { return *version = CUDART_VERSION, cudaSuccess; }
cudaError_t cudaRuntimeGetVersion(int* version) { return *version = CUDART_VERSION, cudaSuccess; }
cudaError_t cudaProfilerStart() { return cudaSuccess; }
cudaError_t cudaProfilerStop() { return cudaSuccess; }

// --- streams ---

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags, int priority) {
    if (!stream) return failed(cudaErrorInvalidValue);
    if (const cudaError_t error = started()) return failed(error);
    priority = priority > least_priority ? least_priority : priority < greatest_priority ? greatest_priority : priority;
    *stream = new CUstream_st{flags, priority};
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags) {
    return cudaStreamCreateWithPriority(stream, flags, 0);
}
cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithPriority(stream, 0, 0); }
static bool is_built_in(cudaStream_t stream) {
    return !stream || stream == cudaStreamLegacy || stream == cudaStreamPerThread;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    if (is_built_in(stream)) return failed(cudaErrorInvalidResourceHandle);
    delete stream;
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) { return failed(finished()); }
cudaError_t cudaStreamQuery(cudaStream_t) { return failed(finished()); }
cudaError_t cudaStreamGetPriority(cudaStream_t stream, int* priority) {
    return *priority = is_built_in(stream) ? 0 : stream->priority, cudaSuccess;
}
cudaError_t cudaStreamGetFlags(cudaStream_t stream, unsigned int* flags) {
    return *flags = is_built_in(stream) ? 0 : stream->flags, cudaSuccess;
}
cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t event, unsigned int) {
    return failed(event ? cudaSuccess : cudaErrorInvalidResourceHandle);
}
cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback, void* data, unsigned int) {
    callback(stream, finished(), data);
    return cudaSuccess;
}
cudaError_t cudaLaunchHostFunc(cudaStream_t, cudaHostFn_t function, void* data) {
    const cudaError_t error = finished();
    function(data);
    return failed(error);
}
cudaError_t cudaStreamAttachMemAsync(cudaStream_t, void*, size_t, unsigned int) { return cudaSuccess; }

// --- events ---

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
    if (!event) return failed(cudaErrorInvalidValue);
    *event = new CUevent_st{flags, false, {}};
    return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, 0); }
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    if (!event) return failed(cudaErrorInvalidResourceHandle);
    delete event;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    if (!event) return failed(cudaErrorInvalidResourceHandle);
    const cudaError_t error = finished();
    event->is_recorded = true;
    event->time = std::chrono::steady_clock::now();
    return failed(error);
}
cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned int) {
    return cudaEventRecord(event, stream);
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    return failed(event ? finished() : cudaErrorInvalidResourceHandle);
}
cudaError_t cudaEventQuery(cudaEvent_t event) { return failed(event ? finished() : cudaErrorInvalidResourceHandle); }
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
    if (!milliseconds || !start || !end || !start->is_recorded || !end->is_recorded)
        return failed(cudaErrorInvalidResourceHandle);
    if ((start->flags | end->flags) & cudaEventDisableTiming) return failed(cudaErrorInvalidResourceHandle);
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
    return cudaSuccess;
}

}  // extern "C"
