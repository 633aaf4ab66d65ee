// Formats of channels, and textures and surfaces that are variables of a file, for host code in C++.
#pragma once
#include <limits.h>

#include "cuda_runtime_api.h"

static inline cudaChannelFormatDesc cudaCreateChannelDesc(int x, int y, int z, int w, cudaChannelFormatKind kind) {
    return cudaChannelFormatDesc{x, y, z, w, kind};
}
static inline cudaChannelFormatDesc cudaCreateChannelDescHalf() {
    return cudaCreateChannelDesc(16, 0, 0, 0, cudaChannelFormatKindFloat);
}
static inline cudaChannelFormatDesc cudaCreateChannelDescHalf1() { return cudaCreateChannelDescHalf(); }
static inline cudaChannelFormatDesc cudaCreateChannelDescHalf2() {
    return cudaCreateChannelDesc(16, 16, 0, 0, cudaChannelFormatKindFloat);
}
static inline cudaChannelFormatDesc cudaCreateChannelDescHalf4() {
    return cudaCreateChannelDesc(16, 16, 16, 16, cudaChannelFormatKindFloat);
}
template <typename T>
inline cudaChannelFormatDesc cudaCreateChannelDesc() {
    return cudaCreateChannelDesc(0, 0, 0, 0, cudaChannelFormatKindNone);
}
#define CUDAWASM_CHANNEL(T, x, y, z, w, kind)                                     \
    template <>                                                                   \
    inline cudaChannelFormatDesc cudaCreateChannelDesc<T>() {                     \
        return cudaCreateChannelDesc(x, y, z, w, cudaChannelFormatKind##kind);    \
    }
#define CUDAWASM_CHANNELS(T, name, bits, kind)            \
    CUDAWASM_CHANNEL(T, bits, 0, 0, 0, kind)              \
    CUDAWASM_CHANNEL(name##1, bits, 0, 0, 0, kind)        \
    CUDAWASM_CHANNEL(name##2, bits, bits, 0, 0, kind)     \
    CUDAWASM_CHANNEL(name##4, bits, bits, bits, bits, kind)
CUDAWASM_CHANNEL(char, 8, 0, 0, 0, Signed)
CUDAWASM_CHANNELS(signed char, char, 8, Signed)
CUDAWASM_CHANNELS(unsigned char, uchar, 8, Unsigned)
CUDAWASM_CHANNELS(short, short, 16, Signed)
CUDAWASM_CHANNELS(unsigned short, ushort, 16, Unsigned)
CUDAWASM_CHANNELS(int, int, 32, Signed)
CUDAWASM_CHANNELS(unsigned int, uint, 32, Unsigned)
CUDAWASM_CHANNELS(float, float, 32, Float)
#undef CUDAWASM_CHANNELS
#undef CUDAWASM_CHANNEL

template <typename T, int dimensions = cudaTextureType1D, cudaTextureReadMode mode = cudaReadModeElementType>
struct texture : textureReference {
    texture(int is_normalized = 0, cudaTextureFilterMode filter = cudaFilterModePoint,
            cudaTextureAddressMode address = cudaAddressModeClamp)
        : texture(is_normalized, filter, address, cudaCreateChannelDesc<T>()) {}
    texture(int is_normalized, cudaTextureFilterMode filter, cudaTextureAddressMode address, cudaChannelFormatDesc format)
        : textureReference{is_normalized, filter, {address, address, address}, format, 0, 0, cudaFilterModePoint, 0.0f,
                           0.0f, 0.0f, 0, mode} {}
};
template <typename T, int dimensions = cudaSurfaceType1D>
struct surface : surfaceReference {
    surface() : surfaceReference{cudaCreateChannelDesc<T>(), 0} {}
};
template <int dimensions>
struct surface<void, dimensions> : surfaceReference {
    surface() : surfaceReference{} {}
};

static inline cudaError_t cudaBindTexture(size_t* offset, const textureReference* reference, const void* pointer,
                                          const cudaChannelFormatDesc* format, size_t size = UINT_MAX) {
    if (offset) *offset = 0;
    cudaResourceDesc resource{};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear = {const_cast<void*>(pointer), *format, size};
    return cudawasm_bind_texture(reference, &resource);
}
template <typename T, int dimensions, cudaTextureReadMode mode>
inline cudaError_t cudaBindTexture(size_t* offset, const texture<T, dimensions, mode>& reference, const void* pointer,
                                   const cudaChannelFormatDesc& format, size_t size = UINT_MAX) {
    return cudaBindTexture(offset, &reference, pointer, &format, size);
}
template <typename T, int dimensions, cudaTextureReadMode mode>
inline cudaError_t cudaBindTexture(size_t* offset, const texture<T, dimensions, mode>& reference, const void* pointer,
                                   size_t size = UINT_MAX) {
    return cudaBindTexture(offset, &reference, pointer, &reference.channelDesc, size);
}
static inline cudaError_t cudaBindTexture2D(size_t* offset, const textureReference* reference, const void* pointer,
                                            const cudaChannelFormatDesc* format, size_t width, size_t height,
                                            size_t pitch) {
    if (offset) *offset = 0;
    cudaResourceDesc resource{};
    resource.resType = cudaResourceTypePitch2D;
    resource.res.pitch2D = {const_cast<void*>(pointer), *format, width, height, pitch};
    return cudawasm_bind_texture(reference, &resource);
}
template <typename T, int dimensions, cudaTextureReadMode mode>
inline cudaError_t cudaBindTexture2D(size_t* offset, const texture<T, dimensions, mode>& reference,
                                     const void* pointer, const cudaChannelFormatDesc& format, size_t width,
                                     size_t height, size_t pitch) {
    return cudaBindTexture2D(offset, &reference, pointer, &format, width, height, pitch);
}
template <typename T, int dimensions, cudaTextureReadMode mode>
inline cudaError_t cudaBindTexture2D(size_t* offset, const texture<T, dimensions, mode>& reference,
                                     const void* pointer, size_t width, size_t height, size_t pitch) {
    return cudaBindTexture2D(offset, &reference, pointer, &reference.channelDesc, width, height, pitch);
}
static inline cudaError_t cudaBindTextureToArray(const textureReference* reference, cudaArray_const_t array,
                                                 const cudaChannelFormatDesc*) {
    cudaResourceDesc resource{};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = const_cast<cudaArray_t>(array);
    return cudawasm_bind_texture(reference, &resource);
}
template <typename T, int dimensions, cudaTextureReadMode mode>
inline cudaError_t cudaBindTextureToArray(const texture<T, dimensions, mode>& reference, cudaArray_const_t array,
                                          const cudaChannelFormatDesc& format) {
    return cudaBindTextureToArray(&reference, array, &format);
}
template <typename T, int dimensions, cudaTextureReadMode mode>
inline cudaError_t cudaBindTextureToArray(const texture<T, dimensions, mode>& reference, cudaArray_const_t array) {
    return cudaBindTextureToArray(&reference, array, &reference.channelDesc);
}
static inline cudaError_t cudaBindTextureToMipmappedArray(const textureReference& reference,
                                                          cudaMipmappedArray_const_t array) {
    cudaResourceDesc resource{};
    resource.resType = cudaResourceTypeMipmappedArray;
    resource.res.mipmap.mipmap = const_cast<cudaMipmappedArray_t>(array);
    return cudawasm_bind_texture(&reference, &resource);
}
static inline cudaError_t cudaUnbindTexture(const textureReference* reference) {
    return cudawasm_bind_texture(reference, 0);
}
static inline cudaError_t cudaUnbindTexture(const textureReference& reference) {
    return cudawasm_bind_texture(&reference, 0);
}
static inline cudaError_t cudaGetTextureReference(const textureReference** found, const void* reference) {
    *found = static_cast<const textureReference*>(reference);
    return cudaSuccess;
}
static inline cudaError_t cudaBindSurfaceToArray(const surfaceReference* reference, cudaArray_const_t array,
                                                 const cudaChannelFormatDesc*) {
    return cudawasm_bind_surface(reference, array);
}
static inline cudaError_t cudaBindSurfaceToArray(const surfaceReference& reference, cudaArray_const_t array) {
    return cudawasm_bind_surface(&reference, array);
}
static inline cudaError_t cudaBindSurfaceToArray(const surfaceReference& reference, cudaArray_const_t array,
                                                 const cudaChannelFormatDesc&) {
    return cudawasm_bind_surface(&reference, array);
}
