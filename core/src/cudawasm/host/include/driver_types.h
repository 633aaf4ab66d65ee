// Types and constants of the CUDA runtime, for host code. Values are those of CUDA 12.
#pragma once
#define __DRIVER_TYPES_H__
#include <stddef.h>

#include "vector_types.h"

#define CUDART_VERSION 12040
#define CUDA_VERSION 12040
#define CUDARTAPI
#define CUDART_CB
#define CUDA_IPC_HANDLE_SIZE 64

// name, value, text: one list for the enumeration, cudaGetErrorName and cudaGetErrorString.
#define CUDAWASM_ERRORS(X)                                                                                            \
    X(cudaSuccess, 0, "no error")                                                                                     \
    X(cudaErrorInvalidValue, 1, "invalid argument")                                                                   \
    X(cudaErrorMemoryAllocation, 2, "out of memory")                                                                  \
    X(cudaErrorInitializationError, 3, "initialization error")                                                        \
    X(cudaErrorCudartUnloading, 4, "driver shutting down")                                                            \
    X(cudaErrorProfilerDisabled, 5, "profiler disabled")                                                              \
    X(cudaErrorProfilerNotInitialized, 6, "profiler not initialized")                                                 \
    X(cudaErrorProfilerAlreadyStarted, 7, "profiler already started")                                                 \
    X(cudaErrorProfilerAlreadyStopped, 8, "profiler already stopped")                                                 \
    X(cudaErrorInvalidConfiguration, 9, "invalid configuration argument")                                             \
    X(cudaErrorInvalidPitchValue, 12, "invalid pitch argument")                                                       \
    X(cudaErrorInvalidSymbol, 13, "invalid device symbol")                                                            \
    X(cudaErrorInvalidHostPointer, 16, "invalid host pointer")                                                        \
    X(cudaErrorInvalidDevicePointer, 17, "invalid device pointer")                                                    \
    X(cudaErrorInvalidTexture, 18, "invalid texture reference")                                                       \
    X(cudaErrorInvalidTextureBinding, 19, "texture is not bound to a pointer")                                        \
    X(cudaErrorInvalidChannelDescriptor, 20, "invalid channel descriptor")                                            \
    X(cudaErrorInvalidMemcpyDirection, 21, "invalid copy direction for memcpy")                                       \
    X(cudaErrorAddressOfConstant, 22, "cannot take the address of a constant variable")                               \
    X(cudaErrorTextureFetchFailed, 23, "fetch from texture failed")                                                   \
    X(cudaErrorTextureNotBound, 24, "cannot fetch from a texture that is not bound")                                  \
    X(cudaErrorSynchronizationError, 25, "incorrect use of synchronization")                                          \
    X(cudaErrorInvalidFilterSetting, 26, "linear filtering not supported for this type")                              \
    X(cudaErrorInvalidNormSetting, 27, "read as normalized float not supported for this type")                        \
    X(cudaErrorMixedDeviceExecution, 28, "device emulation mode and device execution mode cannot be mixed")           \
    X(cudaErrorNotYetImplemented, 31, "feature not yet implemented")                                                  \
    X(cudaErrorMemoryValueTooLarge, 32, "memory size or pointer value too large")                                     \
    X(cudaErrorStubLibrary, 34, "CUDA driver is a stub library")                                                      \
    X(cudaErrorInsufficientDriver, 35, "CUDA driver version is insufficient for CUDA runtime version")                \
    X(cudaErrorCallRequiresNewerDriver, 36, "API call is not supported by the driver")                                \
    X(cudaErrorInvalidSurface, 37, "invalid surface reference")                                                       \
    X(cudaErrorDuplicateVariableName, 43, "duplicate global variable")                                                \
    X(cudaErrorDuplicateTextureName, 44, "duplicate texture")                                                         \
    X(cudaErrorDuplicateSurfaceName, 45, "duplicate surface")                                                         \
    X(cudaErrorDevicesUnavailable, 46, "all devices are busy or unavailable")                                         \
    X(cudaErrorIncompatibleDriverContext, 49, "incompatible driver context")                                          \
    X(cudaErrorMissingConfiguration, 52, "__global__ function call is not configured")                                \
    X(cudaErrorPriorLaunchFailure, 53, "an earlier launch failed")                                                    \
    X(cudaErrorLaunchMaxDepthExceeded, 65, "launch would exceed maximum depth of nested launches")                    \
    X(cudaErrorLaunchFileScopedTex, 66, "launch uses a texture of file scope")                                        \
    X(cudaErrorLaunchFileScopedSurf, 67, "launch uses a surface of file scope")                                       \
    X(cudaErrorSyncDepthExceeded, 68, "synchronize depth of nested launches exceeded")                                \
    X(cudaErrorLaunchPendingCountExceeded, 69, "launch exceeds the number of pending launches")                       \
    X(cudaErrorInvalidDeviceFunction, 98, "invalid device function")                                                  \
    X(cudaErrorNoDevice, 100, "no CUDA-capable device is detected")                                                   \
    X(cudaErrorInvalidDevice, 101, "invalid device ordinal")                                                          \
    X(cudaErrorDeviceNotLicensed, 102, "the device has no valid license")                                             \
    X(cudaErrorSoftwareValidityNotEstablished, 103, "software validity not established")                              \
    X(cudaErrorStartupFailure, 127, "startup failure in the CUDA runtime")                                            \
    X(cudaErrorInvalidKernelImage, 200, "device kernel image is invalid")                                             \
    X(cudaErrorDeviceUninitialized, 201, "invalid device context")                                                    \
    X(cudaErrorMapBufferObjectFailed, 205, "mapping of buffer object failed")                                         \
    X(cudaErrorUnmapBufferObjectFailed, 206, "unmapping of buffer object failed")                                     \
    X(cudaErrorArrayIsMapped, 207, "array is mapped")                                                                 \
    X(cudaErrorAlreadyMapped, 208, "resource already mapped")                                                         \
    X(cudaErrorNoKernelImageForDevice, 209, "no kernel image is available for execution on the device")               \
    X(cudaErrorAlreadyAcquired, 210, "resource already acquired")                                                     \
    X(cudaErrorNotMapped, 211, "resource not mapped")                                                                 \
    X(cudaErrorNotMappedAsArray, 212, "resource not mapped as array")                                                 \
    X(cudaErrorNotMappedAsPointer, 213, "resource not mapped as pointer")                                             \
    X(cudaErrorECCUncorrectable, 214, "uncorrectable memory error")                                                   \
    X(cudaErrorUnsupportedLimit, 215, "limit is not supported on this architecture")                                  \
    X(cudaErrorDeviceAlreadyInUse, 216, "exclusive-thread device already in use by another thread")                   \
    X(cudaErrorPeerAccessUnsupported, 217, "peer access is not supported between these two devices")                  \
    X(cudaErrorInvalidPtx, 218, "PTX could not be compiled")                                                          \
    X(cudaErrorInvalidGraphicsContext, 219, "invalid OpenGL or DirectX context")                                      \
    X(cudaErrorNvlinkUncorrectable, 220, "uncorrectable link error")                                                  \
    X(cudaErrorJitCompilerNotFound, 221, "PTX compiler not found")                                                    \
    X(cudaErrorUnsupportedPtxVersion, 222, "unsupported PTX version")                                                 \
    X(cudaErrorJitCompilationDisabled, 223, "PTX compilation is disabled")                                            \
    X(cudaErrorUnsupportedExecAffinity, 224, "unsupported execution affinity")                                        \
    X(cudaErrorInvalidSource, 300, "device kernel image is invalid")                                                  \
    X(cudaErrorFileNotFound, 301, "file not found")                                                                   \
    X(cudaErrorSharedObjectSymbolNotFound, 302, "symbol of a shared object not found")                                \
    X(cudaErrorSharedObjectInitFailed, 303, "shared object could not be initialized")                                 \
    X(cudaErrorOperatingSystem, 304, "operating system call failed or is not supported")                              \
    X(cudaErrorInvalidResourceHandle, 400, "invalid resource handle")                                                 \
    X(cudaErrorIllegalState, 401, "the operation cannot be performed in the present state")                           \
    X(cudaErrorSymbolNotFound, 500, "named symbol not found")                                                         \
    X(cudaErrorNotReady, 600, "device not ready")                                                                     \
    X(cudaErrorIllegalAddress, 700, "an illegal memory access was encountered")                                       \
    X(cudaErrorLaunchOutOfResources, 701, "too many resources requested for launch")                                  \
    X(cudaErrorLaunchTimeout, 702, "the launch timed out and was terminated")                                         \
    X(cudaErrorLaunchIncompatibleTexturing, 703, "launch uses an incompatible texturing mode")                        \
    X(cudaErrorPeerAccessAlreadyEnabled, 704, "peer access is already enabled")                                       \
    X(cudaErrorPeerAccessNotEnabled, 705, "peer access has not been enabled")                                         \
    X(cudaErrorSetOnActiveProcess, 708, "cannot set while a device is active in this process")                        \
    X(cudaErrorContextIsDestroyed, 709, "context is destroyed")                                                       \
    X(cudaErrorAssert, 710, "device-side assert triggered")                                                           \
    X(cudaErrorTooManyPeers, 711, "peer mapping resources exhausted")                                                 \
    X(cudaErrorHostMemoryAlreadyRegistered, 712, "part or all of the requested memory range is already mapped")       \
    X(cudaErrorHostMemoryNotRegistered, 713, "pointer does not correspond to a registered memory region")             \
    X(cudaErrorHardwareStackError, 714, "hardware stack error")                                                       \
    X(cudaErrorIllegalInstruction, 715, "an illegal instruction was encountered")                                     \
    X(cudaErrorMisalignedAddress, 716, "misaligned address")                                                          \
    X(cudaErrorInvalidAddressSpace, 717, "operation not supported on global/shared address space")                    \
    X(cudaErrorInvalidPc, 718, "invalid program counter")                                                             \
    X(cudaErrorLaunchFailure, 719, "unspecified launch failure")                                                      \
    X(cudaErrorCooperativeLaunchTooLarge, 720, "too many blocks in cooperative launch")                               \
    X(cudaErrorNotPermitted, 800, "operation not permitted")                                                          \
    X(cudaErrorNotSupported, 801, "operation not supported")                                                          \
    X(cudaErrorSystemNotReady, 802, "system not ready")                                                               \
    X(cudaErrorSystemDriverMismatch, 803, "system has unsupported display driver and CUDA driver combination")        \
    X(cudaErrorCompatNotSupportedOnDevice, 804, "forward compatibility is not supported on this device")              \
    X(cudaErrorStreamCaptureUnsupported, 900, "operation not permitted when stream is capturing")                     \
    X(cudaErrorStreamCaptureInvalidated, 901, "operation failed due to a previous error during capture")              \
    X(cudaErrorStreamCaptureMerge, 902, "operation would result in a merge of separate capture sequences")            \
    X(cudaErrorStreamCaptureUnmatched, 903, "capture was not ended in the same stream as it began")                   \
    X(cudaErrorStreamCaptureUnjoined, 904, "capturing stream has unjoined work")                                      \
    X(cudaErrorStreamCaptureIsolation, 905, "dependency on uncaptured work in another stream")                        \
    X(cudaErrorStreamCaptureImplicit, 906, "the legacy stream would depend on a capturing stream")                    \
    X(cudaErrorCapturedEvent, 907, "operation not permitted on an event recorded in a capturing stream")              \
    X(cudaErrorStreamCaptureWrongThread, 908, "capture ended by another thread than began it")                        \
    X(cudaErrorTimeout, 909, "wait timed out")                                                                        \
    X(cudaErrorGraphExecUpdateFailure, 910, "the graph update was not performed because it included changes which "   \
                                            "violated constraints specific to instantiated graph update")             \
    X(cudaErrorUnknown, 999, "unknown error")                                                                         \
    X(cudaErrorApiFailureBase, 10000, "API failure base")

typedef enum cudaError {
#define X(name, value, text) name = value,
    CUDAWASM_ERRORS(X)
#undef X
} cudaError_t;

enum cudaMemcpyKind {
    cudaMemcpyHostToHost = 0,
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
    cudaMemcpyDefault = 4
};

#define cudaHostAllocDefault 0x00
#define cudaHostAllocPortable 0x01
#define cudaHostAllocMapped 0x02
#define cudaHostAllocWriteCombined 0x04
#define cudaHostRegisterDefault 0x00
#define cudaHostRegisterPortable 0x01
#define cudaHostRegisterMapped 0x02
#define cudaHostRegisterIoMemory 0x04
#define cudaHostRegisterReadOnly 0x08
#define cudaMemAttachGlobal 0x01
#define cudaMemAttachHost 0x02
#define cudaMemAttachSingle 0x04
#define cudaStreamDefault 0x00
#define cudaStreamNonBlocking 0x01
#define cudaStreamLegacy ((cudaStream_t)0x1)
#define cudaStreamPerThread ((cudaStream_t)0x2)
#define cudaEventDefault 0x00
#define cudaEventBlockingSync 0x01
#define cudaEventDisableTiming 0x02
#define cudaEventInterprocess 0x04
#define cudaEventRecordDefault 0x00
#define cudaEventWaitDefault 0x00
#define cudaDeviceScheduleAuto 0x00
#define cudaDeviceScheduleSpin 0x01
#define cudaDeviceScheduleYield 0x02
#define cudaDeviceScheduleBlockingSync 0x04
#define cudaDeviceBlockingSync 0x04
#define cudaDeviceMapHost 0x08
#define cudaDeviceLmemResizeToMax 0x10
#define cudaOccupancyDefault 0x00
#define cudaCpuDeviceId ((int)-1)
#define cudaInvalidDeviceId ((int)-2)

enum cudaFuncCache { cudaFuncCachePreferNone, cudaFuncCachePreferShared, cudaFuncCachePreferL1, cudaFuncCachePreferEqual };
enum cudaSharedMemConfig { cudaSharedMemBankSizeDefault, cudaSharedMemBankSizeFourByte, cudaSharedMemBankSizeEightByte };
enum cudaComputeMode {
    cudaComputeModeDefault, cudaComputeModeExclusive, cudaComputeModeProhibited, cudaComputeModeExclusiveProcess
};
enum cudaMemoryType {
    cudaMemoryTypeUnregistered, cudaMemoryTypeHost, cudaMemoryTypeDevice, cudaMemoryTypeManaged
};
enum cudaLimit {
    cudaLimitStackSize, cudaLimitPrintfFifoSize, cudaLimitMallocHeapSize, cudaLimitDevRuntimeSyncDepth,
    cudaLimitDevRuntimePendingLaunchCount, cudaLimitMaxL2FetchGranularity, cudaLimitPersistingL2CacheSize
};
enum cudaMemoryAdvise {
    cudaMemAdviseSetReadMostly = 1, cudaMemAdviseUnsetReadMostly, cudaMemAdviseSetPreferredLocation,
    cudaMemAdviseUnsetPreferredLocation, cudaMemAdviseSetAccessedBy, cudaMemAdviseUnsetAccessedBy
};
enum cudaFuncAttribute {
    cudaFuncAttributeMaxDynamicSharedMemorySize = 8, cudaFuncAttributePreferredSharedMemoryCarveout = 9,
    cudaFuncAttributeMax
};

// The numbers that programs ask for; values as CUDA numbers them.
enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1,
    cudaDevAttrMaxBlockDimX = 2,
    cudaDevAttrMaxBlockDimY = 3,
    cudaDevAttrMaxBlockDimZ = 4,
    cudaDevAttrMaxGridDimX = 5,
    cudaDevAttrMaxGridDimY = 6,
    cudaDevAttrMaxGridDimZ = 7,
    cudaDevAttrMaxSharedMemoryPerBlock = 8,
    cudaDevAttrTotalConstantMemory = 9,
    cudaDevAttrWarpSize = 10,
    cudaDevAttrMaxPitch = 11,
    cudaDevAttrMaxRegistersPerBlock = 12,
    cudaDevAttrClockRate = 13,
    cudaDevAttrTextureAlignment = 14,
    cudaDevAttrGpuOverlap = 15,
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrKernelExecTimeout = 17,
    cudaDevAttrIntegrated = 18,
    cudaDevAttrCanMapHostMemory = 19,
    cudaDevAttrComputeMode = 20,
    cudaDevAttrConcurrentKernels = 31,
    cudaDevAttrEccEnabled = 32,
    cudaDevAttrPciBusId = 33,
    cudaDevAttrPciDeviceId = 34,
    cudaDevAttrMemoryClockRate = 36,
    cudaDevAttrGlobalMemoryBusWidth = 37,
    cudaDevAttrL2CacheSize = 38,
    cudaDevAttrMaxThreadsPerMultiProcessor = 39,
    cudaDevAttrAsyncEngineCount = 40,
    cudaDevAttrUnifiedAddressing = 41,
    cudaDevAttrPciDomainId = 50,
    cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76,
    cudaDevAttrStreamPrioritiesSupported = 78,
    cudaDevAttrGlobalL1CacheSupported = 79,
    cudaDevAttrLocalL1CacheSupported = 80,
    cudaDevAttrMaxSharedMemoryPerMultiprocessor = 81,
    cudaDevAttrMaxRegistersPerMultiprocessor = 82,
    cudaDevAttrManagedMemory = 83,
    cudaDevAttrIsMultiGpuBoard = 84,
    cudaDevAttrHostNativeAtomicSupported = 86,
    cudaDevAttrPageableMemoryAccess = 88,
    cudaDevAttrConcurrentManagedAccess = 89,
    cudaDevAttrComputePreemptionSupported = 90,
    cudaDevAttrCanUseHostPointerForRegisteredMem = 91,
    cudaDevAttrCooperativeLaunch = 95,
    cudaDevAttrCooperativeMultiDeviceLaunch = 96,
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97,
    cudaDevAttrDirectManagedMemAccessFromHost = 101,
    cudaDevAttrMaxBlocksPerMultiprocessor = 106,
    cudaDevAttrReservedSharedMemoryPerBlock = 111,
    cudaDevAttrMemoryPoolsSupported = 115
};

typedef struct CUuuid_st {
    char bytes[16];
} cudaUUID_t;

struct cudaDeviceProp {
    char name[256];
    cudaUUID_t uuid;
    size_t totalGlobalMem, sharedMemPerBlock;
    int regsPerBlock, warpSize;
    size_t memPitch;
    int maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3], clockRate;
    size_t totalConstMem;
    int major, minor;
    size_t textureAlignment, texturePitchAlignment;
    int deviceOverlap, multiProcessorCount, kernelExecTimeoutEnabled, integrated, canMapHostMemory, computeMode;
    int maxTexture1D, maxTexture1DLinear, maxTexture2D[2], maxTexture2DLinear[3], maxTexture3D[3];
    int maxTexture1DLayered[2], maxTexture2DLayered[3];
    size_t surfaceAlignment;
    int concurrentKernels, ECCEnabled, pciBusID, pciDeviceID, pciDomainID, tccDriver, asyncEngineCount;
    int unifiedAddressing, memoryClockRate, memoryBusWidth, l2CacheSize, persistingL2CacheMaxSize;
    int maxThreadsPerMultiProcessor, streamPrioritiesSupported, globalL1CacheSupported, localL1CacheSupported;
    size_t sharedMemPerMultiprocessor;
    int regsPerMultiprocessor, managedMemory, isMultiGpuBoard, multiGpuBoardGroupID, hostNativeAtomicSupported;
    int singleToDoublePrecisionPerfRatio, pageableMemoryAccess, concurrentManagedAccess, computePreemptionSupported;
    int canUseHostPointerForRegisteredMem, cooperativeLaunch, cooperativeMultiDeviceLaunch;
    size_t sharedMemPerBlockOptin;
    int pageableMemoryAccessUsesHostPageTables, directManagedMemAccessFromHost, maxBlocksPerMultiProcessor;
    int accessPolicyMaxWindowSize;
    size_t reservedSharedMemPerBlock;
    int memoryPoolsSupported;
};

struct cudaFuncAttributes {
    size_t sharedSizeBytes, constSizeBytes, localSizeBytes;
    int maxThreadsPerBlock, numRegs, ptxVersion, binaryVersion, cacheModeCA, maxDynamicSharedSizeBytes;
    int preferredShmemCarveout;
};

struct cudaPointerAttributes {
    enum cudaMemoryType type;
    int device;
    void* devicePointer;
    void* hostPointer;
};

struct cudaExtent {
    size_t width, height, depth;
};
struct cudaPos {
    size_t x, y, z;
};
struct cudaPitchedPtr {
    void* ptr;
    size_t pitch, xsize, ysize;
};
#include "cuda_graph_types.h"
#include "cuda_texture_types.h"

struct cudaMemcpy3DParms {
    cudaArray_t srcArray;
    struct cudaPos srcPos;
    struct cudaPitchedPtr srcPtr;
    cudaArray_t dstArray;
    struct cudaPos dstPos;
    struct cudaPitchedPtr dstPtr;
    struct cudaExtent extent;
    enum cudaMemcpyKind kind;
};
struct cudaMemcpy3DPeerParms {
    cudaArray_t srcArray;
    struct cudaPos srcPos;
    struct cudaPitchedPtr srcPtr;
    int srcDevice;
    cudaArray_t dstArray;
    struct cudaPos dstPos;
    struct cudaPitchedPtr dstPtr;
    int dstDevice;
    struct cudaExtent extent;
};

enum cudaMemAllocationType { cudaMemAllocationTypeInvalid, cudaMemAllocationTypePinned };
enum cudaMemAllocationHandleType { cudaMemHandleTypeNone, cudaMemHandleTypePosixFileDescriptor };
enum cudaMemLocationType { cudaMemLocationTypeInvalid, cudaMemLocationTypeDevice, cudaMemLocationTypeHost };
enum cudaMemAccessFlags {
    cudaMemAccessFlagsProtNone = 0, cudaMemAccessFlagsProtRead = 1, cudaMemAccessFlagsProtReadWrite = 3
};
enum cudaMemPoolAttr {
    cudaMemPoolReuseFollowEventDependencies = 1, cudaMemPoolReuseAllowOpportunistic,
    cudaMemPoolReuseAllowInternalDependencies, cudaMemPoolAttrReleaseThreshold, cudaMemPoolAttrReservedMemCurrent,
    cudaMemPoolAttrReservedMemHigh, cudaMemPoolAttrUsedMemCurrent, cudaMemPoolAttrUsedMemHigh
};
struct cudaMemLocation {
    enum cudaMemLocationType type;
    int id;
};
struct cudaMemAccessDesc {
    struct cudaMemLocation location;
    enum cudaMemAccessFlags flags;
};
struct cudaMemPoolProps {
    enum cudaMemAllocationType allocType;
    enum cudaMemAllocationHandleType handleTypes;
    struct cudaMemLocation location;
    void* win32SecurityAttributes;
    size_t maxSize;
    unsigned char reserved[56];
};
typedef struct CUmemPoolHandle_st* cudaMemPool_t;

// Hints about what stays in caches, by streams. Devices of ours take none.
enum cudaAccessProperty { cudaAccessPropertyNormal, cudaAccessPropertyStreaming, cudaAccessPropertyPersisting };
struct cudaAccessPolicyWindow {
    void* base_ptr;
    size_t num_bytes;
    float hitRatio;
    enum cudaAccessProperty hitProp, missProp;
};
enum cudaSynchronizationPolicy {
    cudaSyncPolicyAuto = 1, cudaSyncPolicySpin, cudaSyncPolicyYield, cudaSyncPolicyBlockingSync
};
typedef enum cudaLaunchAttributeID {
    cudaLaunchAttributeIgnore = 0, cudaLaunchAttributeAccessPolicyWindow = 1, cudaLaunchAttributeCooperative = 2,
    cudaLaunchAttributeSynchronizationPolicy = 3, cudaLaunchAttributeClusterDimension = 4,
    cudaLaunchAttributePriority = 8
} cudaLaunchAttributeID;
typedef union cudaLaunchAttributeValue {
    char pad[64];
    struct cudaAccessPolicyWindow accessPolicyWindow;
    int cooperative;
    enum cudaSynchronizationPolicy syncPolicy;
    struct {
        unsigned int x, y, z;
    } clusterDim;
    int priority;
} cudaLaunchAttributeValue;
typedef struct cudaLaunchAttribute_st {
    cudaLaunchAttributeID id;
    cudaLaunchAttributeValue val;
} cudaLaunchAttribute;
#define cudaStreamAttrID cudaLaunchAttributeID
#define cudaStreamAttrValue cudaLaunchAttributeValue
#define cudaKernelNodeAttrID cudaLaunchAttributeID
#define cudaKernelNodeAttrValue cudaLaunchAttributeValue
#define cudaStreamAttributeAccessPolicyWindow cudaLaunchAttributeAccessPolicyWindow
#define cudaStreamAttributeSynchronizationPolicy cudaLaunchAttributeSynchronizationPolicy
#define cudaStreamAttributePriority cudaLaunchAttributePriority
#define cudaKernelNodeAttributeAccessPolicyWindow cudaLaunchAttributeAccessPolicyWindow
#define cudaKernelNodeAttributeCooperative cudaLaunchAttributeCooperative
enum cudaDeviceP2PAttr {
    cudaDevP2PAttrPerformanceRank = 1, cudaDevP2PAttrAccessSupported, cudaDevP2PAttrNativeAtomicSupported,
    cudaDevP2PAttrCudaArrayAccessSupported
};

typedef struct CUstream_st* cudaStream_t;
typedef struct CUevent_st* cudaEvent_t;
typedef void (*cudaStreamCallback_t)(cudaStream_t stream, cudaError_t status, void* data);
typedef void (*cudaHostFn_t)(void* data);
typedef struct cudaLaunchConfig_st {
    struct dim3 gridDim, blockDim;
    size_t dynamicSmemBytes;
    cudaStream_t stream;
    cudaLaunchAttribute* attrs;
    unsigned int numAttrs;
} cudaLaunchConfig_t;
