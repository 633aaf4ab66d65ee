// Texture and surface objects: descriptions in device memory, which kernels read (`cudawasm_texture.h`).
#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "arrays.h"
#include "cuda_runtime_api.h"
#include "cudawasm_texture.h"
#include "memory.h"
#include "service.h"

namespace cudawasm {
namespace {

struct Object {
    cudaResourceDesc resource;
    cudaTextureDesc texture;
};

std::map<unsigned long long, Object> objects;
std::map<const void*, unsigned long long> bound;  // what variables are bound to

unsigned int texel_format(const cudaChannelFormatDesc& format) {
    if (format.f == cudaChannelFormatKindFloat) return format.x == 16 ? cudawasm_texel_f16 : cudawasm_texel_f32;
    const unsigned int is_signed = format.f == cudaChannelFormatKindSigned;
    return (format.x == 8 ? cudawasm_texel_u8 : format.x == 16 ? cudawasm_texel_u16 : cudawasm_texel_u32) + is_signed;
}

// What integers are divided by to lie between -1 or 0 and 1.
float scale_of(const cudaChannelFormatDesc& format) {
    if (format.f == cudaChannelFormatKindFloat || format.x > 16) return 0.0f;
    const bool is_signed = format.f == cudaChannelFormatKindSigned;
    return static_cast<float>((1 << (format.x - is_signed)) - 1);
}

void describe_format(cudawasm_texture& image, const cudaChannelFormatDesc& format) {
    image.channels = 1u + (format.y > 0) + (format.z > 0) + (format.w > 0);
    image.texel_bytes = static_cast<unsigned int>(format.x + format.y + format.z + format.w) / 8;
    image.format = texel_format(format);
}

cudawasm_texture described(const cudaArray& array) {
    cudawasm_texture image{};
    image.data = reinterpret_cast<unsigned long long>(array.data);
    image.row_pitch = static_cast<unsigned int>(array.row_pitch());
    image.slice_pitch = static_cast<unsigned int>(array.slice_pitch());
    image.width = static_cast<unsigned int>(array.extent.width);
    image.height = static_cast<unsigned int>(array.rows());
    image.depth = static_cast<unsigned int>(array.slices());
    describe_format(image, array.format);
    return image;
}

cudaError_t described_memory(cudawasm_texture& image, const void* pointer, const cudaChannelFormatDesc& format,
                             size_t width, size_t height, size_t pitch) {
    if (!pointer || !width || !height || (pitch * height) >> 32) return cudaErrorInvalidValue;
    image.data = reinterpret_cast<unsigned long long>(pointer);
    std::vector<Allocation> pinned;
    if (const cudaError_t error = to_device_address(reinterpret_cast<uint64_t*>(&image.data), &pinned)) return error;
    if (!pinned.empty()) return cudaErrorNotSupported;  // a launch cannot know that the kernel reads it
    image.row_pitch = image.slice_pitch = static_cast<unsigned int>(pitch);
    image.width = static_cast<unsigned int>(width), image.height = static_cast<unsigned int>(height), image.depth = 1;
    describe_format(image, format);
    return cudaSuccess;
}

// The levels of what a texture or a surface is made of.
cudaError_t described(const cudaResourceDesc& resource, std::vector<cudawasm_texture>& levels) {
    const auto& from = resource.res;
    switch (resource.resType) {
        case cudaResourceTypeArray:
            if (!from.array.array) return cudaErrorInvalidValue;
            levels.push_back(described(*from.array.array));
            return cudaSuccess;
        case cudaResourceTypeMipmappedArray:
            if (!from.mipmap.mipmap) return cudaErrorInvalidValue;
            for (unsigned int i = 0; i < from.mipmap.mipmap->count; ++i)
                levels.push_back(described(from.mipmap.mipmap->levels[i]));
            return cudaSuccess;
        case cudaResourceTypeLinear: {
            cudawasm_texture image{};
            describe_format(image, from.linear.desc);
            const size_t allocated = [&] {  // a texture reference may be bound to all that there is
                const Allocation* found = allocation_of(from.linear.devPtr);
                return found ? found->start + found->size - reinterpret_cast<uintptr_t>(from.linear.devPtr) : 0;
            }();
            const size_t size = std::min(from.linear.sizeInBytes, allocated);
            if (!image.texel_bytes) return cudaErrorInvalidChannelDescriptor;
            const size_t width = size / image.texel_bytes;
            levels.emplace_back();
            return described_memory(levels[0], from.linear.devPtr, from.linear.desc, width, 1, size);
        }
        case cudaResourceTypePitch2D: {
            const auto& p = from.pitch2D;
            levels.emplace_back();
            return described_memory(levels[0], p.devPtr, p.desc, p.width, p.height, p.pitchInBytes);
        }
    }
    return cudaErrorInvalidValue;
}

const cudaChannelFormatDesc& format_of(const cudaResourceDesc& resource) {
    switch (resource.resType) {
        case cudaResourceTypeArray: return resource.res.array.array->format;
        case cudaResourceTypeMipmappedArray: return resource.res.mipmap.mipmap->levels[0].format;
        case cudaResourceTypeLinear: return resource.res.linear.desc;
        default: return resource.res.pitch2D.desc;
    }
}

// Coordinates in texels cannot repeat: they are clamped then.
unsigned int address_of(const cudaTextureDesc& how, int axis) {
    const cudaTextureAddressMode mode = how.addressMode[axis];
    return how.normalizedCoords || mode == cudaAddressModeBorder ? mode : cudaAddressModeClamp;
}

cudaError_t read_as(std::vector<cudawasm_texture>& levels, const cudaChannelFormatDesc& format, const cudaTextureDesc& how) {
    const bool is_integer = format.f != cudaChannelFormatKindFloat;
    const bool becomes_float = how.readMode == cudaReadModeNormalizedFloat;
    if (is_integer && becomes_float && format.x > 16) return cudaErrorInvalidValue;
    if (is_integer && !becomes_float && how.filterMode == cudaFilterModeLinear) return cudaErrorInvalidValue;
    if (how.maxAnisotropy > 1 || how.seamlessCubemap) return cudaErrorNotSupported;
    for (cudawasm_texture& image : levels) {
        for (int axis = 0; axis < 3; ++axis) {
            image.address[axis] = address_of(how, axis);
            image.has_border |= image.address[axis] == cudaAddressModeBorder;
        }
        image.is_linear = how.filterMode == cudaFilterModeLinear;
        image.is_normalized = how.normalizedCoords != 0;
        image.scale = becomes_float ? scale_of(format) : 0.0f;
        image.is_srgb = how.sRGB && image.format == cudawasm_texel_u8 && becomes_float;
        std::memcpy(image.border, how.borderColor, sizeof image.border);
        image.levels = static_cast<unsigned int>(levels.size());
        image.is_linear_between_levels = how.mipmapFilterMode == cudaFilterModeLinear;
        image.level_bias = how.mipmapLevelBias;
        image.least_level = how.minMipmapLevelClamp, image.most_level = how.maxMipmapLevelClamp;
    }
    return cudaSuccess;
}

cudaError_t made(unsigned long long* object, const std::vector<cudawasm_texture>& levels, const Object& what) {
    void* memory = nullptr;
    const size_t size = levels.size() * sizeof(cudawasm_texture);
    if (const cudaError_t error = cudaMalloc(&memory, size)) return error;
    if (const cudaError_t error = cudaMemcpy(memory, levels.data(), size, cudaMemcpyHostToDevice)) return error;
    *object = reinterpret_cast<unsigned long long>(memory);
    objects[*object] = what;
    return cudaSuccess;
}

cudaError_t made_texture(unsigned long long* object, const cudaResourceDesc& resource, const cudaTextureDesc& how) {
    std::vector<cudawasm_texture> levels;
    if (const cudaError_t error = described(resource, levels)) return error;
    if (const cudaError_t error = read_as(levels, format_of(resource), how)) return error;
    return made(object, levels, {resource, how});
}

cudaError_t made_surface(unsigned long long* object, const cudaResourceDesc& resource) {
    std::vector<cudawasm_texture> levels;
    if (resource.resType != cudaResourceTypeArray) return cudaErrorInvalidValue;
    if (const cudaError_t error = described(resource, levels)) return error;
    return made(object, levels, {resource, {}});
}

cudaError_t destroyed(unsigned long long object) {
    if (!object) return cudaSuccess;
    if (objects.erase(object) == 0) return cudaErrorInvalidValue;
    return cudaFree(reinterpret_cast<void*>(object));
}

// Gives a variable of device code an object, and takes away the one that it had.
cudaError_t rebound(const void* variable, unsigned long long object) {
    const cudaError_t error =
        cudaMemcpyToSymbol(variable, &object, sizeof object, 0, cudaMemcpyHostToDevice);
    const auto old = bound.find(variable);
    if (old != bound.end()) destroyed(old->second), bound.erase(old);
    if (object) bound[variable] = object;
    return error;
}

cudaTextureDesc description_of(const textureReference& reference) {
    cudaTextureDesc how{};
    std::copy_n(reference.addressMode, 3, how.addressMode);
    how.filterMode = reference.filterMode, how.readMode = reference.cudawasm_read_mode;
    how.sRGB = reference.sRGB, how.normalizedCoords = reference.normalized;
    how.maxAnisotropy = reference.maxAnisotropy, how.mipmapFilterMode = reference.mipmapFilterMode;
    how.mipmapLevelBias = reference.mipmapLevelBias, how.minMipmapLevelClamp = reference.minMipmapLevelClamp;
    how.maxMipmapLevelClamp = reference.maxMipmapLevelClamp;
    return how;
}

const Object* found(unsigned long long object) {
    const auto known = objects.find(object);
    return known == objects.end() ? nullptr : &known->second;
}

}  // namespace
}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

cudaError_t cudaCreateTextureObject(cudaTextureObject_t* object, const cudaResourceDesc* resource,
                                    const cudaTextureDesc* texture, const cudaResourceViewDesc* view) {
    if (!object || !resource || !texture) return failed(cudaErrorInvalidValue);
    if (view) return failed(cudaErrorNotSupported);
    std::lock_guard<std::recursive_mutex> guard(lock());
    return failed(made_texture(object, *resource, *texture));
}
cudaError_t cudaDestroyTextureObject(cudaTextureObject_t object) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    return failed(destroyed(object));
}
cudaError_t cudaGetTextureObjectResourceDesc(cudaResourceDesc* resource, cudaTextureObject_t object) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const Object* known = found(object);
    if (!known || !resource) return failed(cudaErrorInvalidValue);
    return *resource = known->resource, cudaSuccess;
}
cudaError_t cudaGetTextureObjectTextureDesc(cudaTextureDesc* texture, cudaTextureObject_t object) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const Object* known = found(object);
    if (!known || !texture) return failed(cudaErrorInvalidValue);
    return *texture = known->texture, cudaSuccess;
}

cudaError_t cudaCreateSurfaceObject(cudaSurfaceObject_t* object, const cudaResourceDesc* resource) {
    if (!object || !resource) return failed(cudaErrorInvalidValue);
    std::lock_guard<std::recursive_mutex> guard(lock());
    return failed(made_surface(object, *resource));
}
cudaError_t cudaDestroySurfaceObject(cudaSurfaceObject_t object) { return cudaDestroyTextureObject(object); }
cudaError_t cudaGetSurfaceObjectResourceDesc(cudaResourceDesc* resource, cudaSurfaceObject_t object) {
    return cudaGetTextureObjectResourceDesc(resource, object);
}

cudaError_t cudawasm_bind_texture(const textureReference* reference, const cudaResourceDesc* resource) {
    if (!reference) return failed(cudaErrorInvalidTexture);
    std::lock_guard<std::recursive_mutex> guard(lock());
    unsigned long long object = 0;
    if (resource) {
        if (const cudaError_t error = made_texture(&object, *resource, description_of(*reference))) return failed(error);
    }
    return failed(rebound(reference, object));
}
cudaError_t cudawasm_bind_surface(const surfaceReference* reference, cudaArray_const_t array) {
    if (!reference) return failed(cudaErrorInvalidValue);
    std::lock_guard<std::recursive_mutex> guard(lock());
    cudaResourceDesc resource{};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = const_cast<cudaArray_t>(array);
    unsigned long long object = 0;
    if (const cudaError_t error = made_surface(&object, resource)) return failed(error);
    return failed(rebound(reference, object));
}

}  // extern "C"
