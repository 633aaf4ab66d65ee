// What a .cu file sees without asking, for host code: the runtime, and what kernels and launches become.
#pragma once
#define __CUDA_RUNTIME_H__
#include "cuda_runtime_api.h"
#include "vector_functions.h"

#define __align__(n) __attribute__((aligned(n)))
#define __builtin_align__(n) __attribute__((aligned(n)))
#ifndef __CUDACC__  // of a source that has no device code for us
#define __host__
#define __device__
#define __global__
#define __constant__
#define __shared__
#define __managed__
#define __forceinline__ inline __attribute__((always_inline))
#endif

#ifdef __cplusplus
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <algorithm>
#include <cmath>
#include <new>
#include <type_traits>
#include <utility>

#include "cudawasm_texture_functions.h"

namespace cudawasm {

// A kernel as its host function knows it: the text of its signature, that of its parameters' types, by which overloads
// differ, how many template parameters it has (-1: as many as the text names), and the device code of its file.
struct Kernel {
    const char* signature;
    const char* types;
    int template_parameters;
    const unsigned char* unit;
    int handle;
};

extern "C" {
// Remembers the configuration of the launch that follows.
void cudawasm_configure(dim3 grid, dim3 block, size_t shared_bytes, cudaStream_t stream);
// What a kernel's host function does: a launch, or only to say which kernel it is.
void cudawasm_called(Kernel* kernel, const void* const* arguments, int count);
void cudawasm_symbol(const void* address, size_t size, const char* name, const unsigned char* unit);
void cudawasm_managed_symbol(void* address, size_t size);
void cudawasm_relocatable_unit(const unsigned char* unit);
void cudawasm_present();
}

inline void configure(dim3 grid, dim3 block, size_t shared_bytes = 0, cudaStream_t stream = 0) {
    cudawasm_configure(grid, block, shared_bytes, stream);
}

// In every file with kernels: the service starts while the program still does other things.
struct Presence {
    Presence() { cudawasm_present(); }
};

// A variable in device memory, known by its shadow on the host.
struct Symbol {
    Symbol(const void* address, size_t size, const char* name, const unsigned char* unit) {
        cudawasm_symbol(address, size, name, unit);
    }
};

// Device code that is linked with that of other sources.
struct RelocatableUnit {
    explicit RelocatableUnit(const unsigned char* unit) { cudawasm_relocatable_unit(unit); }
};

// One that the host uses by its name, too.
struct ManagedSymbol : Symbol {
    ManagedSymbol(void* address, size_t size, const char* name, const unsigned char* unit)
        : Symbol(address, size, name, unit) {
        cudawasm_managed_symbol(address, size);
    }
};

template <typename... Types>
constexpr const char* types_of() {
    return __PRETTY_FUNCTION__;
}
template <typename... Arguments>
inline void call(Kernel& kernel, Arguments&... arguments) {
    const void* addresses[] = {(const void*)(__builtin_addressof(arguments))..., nullptr};
    cudawasm_called(&kernel, addresses, static_cast<int>(sizeof...(arguments)));
}

// The types of what lambdas for the device capture, and of what they initialise.
template <typename T>
using captured_t = std::remove_cv_t<std::remove_reference_t<T>>;
template <typename T>
using initialised_t = std::decay_t<T>;

}  // namespace cudawasm

// --- the runtime's forms for C++ ---

template <typename T>
inline cudaError_t cudaMalloc(T** pointer, size_t size) {
    return ::cudaMalloc((void**)pointer, size);
}
template <typename T>
inline cudaError_t cudaMallocHost(T** pointer, size_t size, unsigned int flags = 0) {
    return ::cudaHostAlloc((void**)pointer, size, flags);
}
template <typename T>
inline cudaError_t cudaHostAlloc(T** pointer, size_t size, unsigned int flags) {
    return ::cudaHostAlloc((void**)pointer, size, flags);
}
template <typename T>
inline cudaError_t cudaHostGetDevicePointer(T** device, void* host, unsigned int flags) {
    return ::cudaHostGetDevicePointer((void**)device, host, flags);
}
template <typename T>
inline cudaError_t cudaMallocManaged(T** pointer, size_t size, unsigned int flags = cudaMemAttachGlobal) {
    return ::cudaMallocManaged((void**)pointer, size, flags);
}
template <typename T>
inline cudaError_t cudaMallocPitch(T** pointer, size_t* pitch, size_t width, size_t height) {
    return ::cudaMallocPitch((void**)pointer, pitch, width, height);
}
template <typename T>
inline cudaError_t cudaMallocAsync(T** pointer, size_t size, cudaStream_t stream) {
    return ::cudaMallocAsync((void**)pointer, size, stream);
}
template <typename T>
inline cudaError_t cudaMemcpyToSymbol(const T& symbol, const void* from, size_t size, size_t offset = 0,
                                      cudaMemcpyKind kind = cudaMemcpyHostToDevice) {
    return ::cudaMemcpyToSymbol(static_cast<const void*>(&symbol), from, size, offset, kind);
}
template <typename T>
inline cudaError_t cudaMemcpyFromSymbol(void* to, const T& symbol, size_t size, size_t offset = 0,
                                        cudaMemcpyKind kind = cudaMemcpyDeviceToHost) {
    return ::cudaMemcpyFromSymbol(to, static_cast<const void*>(&symbol), size, offset, kind);
}
template <typename T>
inline cudaError_t cudaMemcpyToSymbolAsync(const T& symbol, const void* from, size_t size, size_t offset = 0,
                                           cudaMemcpyKind kind = cudaMemcpyHostToDevice, cudaStream_t stream = 0) {
    return ::cudaMemcpyToSymbolAsync(static_cast<const void*>(&symbol), from, size, offset, kind, stream);
}
template <typename T>
inline cudaError_t cudaMemcpyFromSymbolAsync(void* to, const T& symbol, size_t size, size_t offset = 0,
                                             cudaMemcpyKind kind = cudaMemcpyDeviceToHost, cudaStream_t stream = 0) {
    return ::cudaMemcpyFromSymbolAsync(to, static_cast<const void*>(&symbol), size, offset, kind, stream);
}
template <typename T>
inline cudaError_t cudaGetSymbolAddress(void** pointer, const T& symbol) {
    return ::cudaGetSymbolAddress(pointer, static_cast<const void*>(&symbol));
}
template <typename T>
inline cudaError_t cudaGetSymbolSize(size_t* size, const T& symbol) {
    return ::cudaGetSymbolSize(size, static_cast<const void*>(&symbol));
}
template <typename F>
inline cudaError_t cudaLaunchKernel(F* kernel, dim3 grid, dim3 block, void** arguments, size_t shared_bytes = 0,
                                    cudaStream_t stream = 0) {
    return ::cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, block, arguments, shared_bytes, stream);
}
template <typename F>
inline cudaError_t cudaLaunchCooperativeKernel(F* kernel, dim3 grid, dim3 block, void** arguments,
                                               size_t shared_bytes = 0, cudaStream_t stream = 0) {
    return ::cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(kernel), grid, block, arguments, shared_bytes,
                                         stream);
}
template <typename... Parameters, typename... Arguments>
inline cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                                      Arguments&&... arguments) {
    return [&](Parameters... values) {
        void* addresses[] = {static_cast<void*>(__builtin_addressof(values))..., nullptr};
        return ::cudaLaunchKernelExC(config, reinterpret_cast<const void*>(kernel), addresses);
    }(std::forward<Arguments>(arguments)...);
}
template <typename F>
inline cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, F* kernel) {
    return ::cudaFuncGetAttributes(attributes, reinterpret_cast<const void*>(kernel));
}
template <typename F>
inline cudaError_t cudaFuncSetAttribute(F* kernel, cudaFuncAttribute attribute, int value) {
    return ::cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), attribute, value);
}
template <typename F>
inline cudaError_t cudaFuncSetCacheConfig(F* kernel, cudaFuncCache config) {
    return ::cudaFuncSetCacheConfig(reinterpret_cast<const void*>(kernel), config);
}
template <typename F>
inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, F kernel, int threads,
                                                                 size_t shared_bytes) {
    return ::cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, reinterpret_cast<const void*>(kernel), threads,
                                                           shared_bytes);
}
// The largest block that the kernel takes, and a grid that fills the device with such.
template <typename F, typename S>
inline cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMem(int* grid, int* block, F kernel, S shared_bytes_of,
                                                                  int most = 0) {
    cudaFuncAttributes attributes;
    cudaError_t error = ::cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(kernel));
    if (error != cudaSuccess) return error;
    int threads = attributes.maxThreadsPerBlock;
    if (most > 0 && most < threads) threads = most;
    int processors = 1, blocks = 1;
    ::cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0);
    error = ::cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, reinterpret_cast<const void*>(kernel), threads,
                                                            shared_bytes_of(threads));
    *block = threads;
    *grid = processors * (blocks > 0 ? blocks : 1);
    return error;
}
template <typename F>
inline cudaError_t cudaOccupancyMaxPotentialBlockSize(int* grid, int* block, F kernel, size_t shared_bytes = 0,
                                                      int most = 0) {
    return cudaOccupancyMaxPotentialBlockSizeVariableSMem(
        grid, block, kernel, [shared_bytes](int) { return shared_bytes; }, most);
}
static inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, cudaGraphNode_t* node,
                                               char*, size_t) {
    if (node) *node = 0;
    return ::cudaGraphInstantiate(exec, graph, 0);
}
static inline cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphNode_t* node,
                                              cudaGraphExecUpdateResult* result) {
    cudaGraphExecUpdateResultInfo info;
    const cudaError_t error = ::cudaGraphExecUpdate(exec, graph, &info);
    if (node) *node = info.errorNode;
    if (result) *result = info.result;
    return error;
}
// CUDA 13 says where memory shall be by locations.
static inline cudaError_t cudaMemAdvise(const void* pointer, size_t size, cudaMemoryAdvise advice,
                                        cudaMemLocation location) {
    return ::cudaMemAdvise(pointer, size, advice, location.id);
}
static inline cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t size, cudaMemLocation location, unsigned int,
                                               cudaStream_t stream = 0) {
    return ::cudaMemPrefetchAsync(pointer, size, location.id, stream);
}
static inline cudaError_t cudaEventCreate(cudaEvent_t* event, unsigned int flags) {
    return ::cudaEventCreateWithFlags(event, flags);
}
static inline cudaExtent make_cudaExtent(size_t width, size_t height, size_t depth) {
    return cudaExtent{width, height, depth};
}
static inline cudaPos make_cudaPos(size_t x, size_t y, size_t z) { return cudaPos{x, y, z}; }
static inline cudaPitchedPtr make_cudaPitchedPtr(void* pointer, size_t pitch, size_t width, size_t height) {
    return cudaPitchedPtr{pointer, pitch, width, height};
}

// --- functions that host code may call as device code does ---

#ifdef __CUDACC__
#define CUDAWASM_MIN_MAX(R, A, B)                                                         \
    inline R min(A a, B b) { return static_cast<R>(b) < static_cast<R>(a) ? static_cast<R>(b) : static_cast<R>(a); } \
    inline R max(A a, B b) { return static_cast<R>(a) < static_cast<R>(b) ? static_cast<R>(b) : static_cast<R>(a); }
CUDAWASM_MIN_MAX(int, int, int)
CUDAWASM_MIN_MAX(unsigned int, unsigned int, unsigned int)
CUDAWASM_MIN_MAX(unsigned int, int, unsigned int)
CUDAWASM_MIN_MAX(unsigned int, unsigned int, int)
CUDAWASM_MIN_MAX(long, long, long)
CUDAWASM_MIN_MAX(unsigned long, unsigned long, unsigned long)
CUDAWASM_MIN_MAX(unsigned long, long, unsigned long)
CUDAWASM_MIN_MAX(unsigned long, unsigned long, long)
CUDAWASM_MIN_MAX(long long, long long, long long)
CUDAWASM_MIN_MAX(unsigned long long, unsigned long long, unsigned long long)
CUDAWASM_MIN_MAX(unsigned long long, long long, unsigned long long)
CUDAWASM_MIN_MAX(unsigned long long, unsigned long long, long long)
#undef CUDAWASM_MIN_MAX
inline float min(float a, float b) { return fminf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline double min(float a, double b) { return fmin(a, b); }
inline double min(double a, float b) { return fmin(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double max(double a, double b) { return fmax(a, b); }
inline double max(float a, double b) { return fmax(a, b); }
inline double max(double a, float b) { return fmax(a, b); }
inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline double rsqrt(double x) { return 1.0 / sqrt(x); }
#endif
#endif
