// CUDA arrays, and copies to, from and between them.
#include "arrays.h"

#include <algorithm>

#include "cuda_runtime_api.h"
#include "service.h"
#include "streams.h"

namespace cudawasm {
namespace {

constexpr unsigned int most_levels = sizeof(cudaMipmappedArray::levels) / sizeof(cudaArray);

bool is_format(const cudaChannelFormatDesc& format) {
    const int bits = format.x, channels = 1 + (format.y > 0) + (format.z > 0) + (format.w > 0);
    const bool are_equal = (channels < 2 || format.y == bits) && (channels < 3 || (format.z == bits && format.w == bits));
    const bool is_size = bits == 8 || bits == 16 || bits == 32;
    return is_size && are_equal && channels != 3 && format.f != cudaChannelFormatKindNone &&
           !(format.f == cudaChannelFormatKindFloat && bits == 8);
}

cudaError_t made(cudaArray* array, const cudaChannelFormatDesc* format, cudaExtent extent, unsigned int flags) {
    if (!format || !extent.width) return cudaErrorInvalidValue;
    if (!is_format(*format)) return cudaErrorInvalidChannelDescriptor;
    if ((flags & cudaArrayCubemap) && (extent.width != extent.height || extent.depth % 6 != 0)) return cudaErrorInvalidValue;
    *array = {nullptr, *format, extent, flags, false};
    const size_t size = array->slice_pitch() * array->slices();
    if (size >> 32) return cudaErrorMemoryAllocation;  // kernels count the bytes of an image in 32 bits
    const cudaError_t error = cudaMalloc(&array->data, size);
    return error ? error : cudaMemset(array->data, 0, size);
}

// A region of bytes with pitches, of an array or of plain memory.
struct Place {
    char* start;
    size_t row_pitch, slice_pitch;
};

Place place(cudaArray_const_t array, size_t x_bytes, size_t y, size_t z) {
    return {static_cast<char*>(array->data) + z * array->slice_pitch() + y * array->row_pitch() + x_bytes,
            array->row_pitch(), array->slice_pitch()};
}

Place place(const cudaPitchedPtr& memory, const cudaPos& at) {
    const size_t slice = memory.pitch * memory.ysize;
    return {static_cast<char*>(memory.ptr) + at.z * slice + at.y * memory.pitch + at.x, memory.pitch, slice};
}

cudaError_t copied(const Place& to, const Place& from, size_t width, size_t height, size_t depth, cudaMemcpyKind kind) {
    for (size_t z = 0; z < depth; ++z) {
        const cudaError_t error = cudaMemcpy2D(to.start + z * to.slice_pitch, to.row_pitch, from.start + z * from.slice_pitch,
                                               from.row_pitch, width, height, kind);
        if (error != cudaSuccess) return error;
    }
    return cudaSuccess;
}

bool fits(cudaArray_const_t array, size_t x_bytes, size_t y, size_t width, size_t height) {
    return array && x_bytes + width <= array->extent.width * array->texel_bytes() && y + height <= array->rows();
}

// Bytes that run on from row to row of an array.
template <typename Copy>
cudaError_t by_rows(cudaArray_const_t array, size_t x_bytes, size_t y, size_t size, Copy copy) {
    if (!array) return cudaErrorInvalidValue;
    const size_t width = array->extent.width * array->texel_bytes();
    for (size_t done = 0; done < size; ++y, x_bytes = 0) {
        const size_t part = std::min(size - done, width - x_bytes);
        if (!fits(array, x_bytes, y, part, 1)) return cudaErrorInvalidValue;
        if (const cudaError_t error = copy(place(array, x_bytes, y, 0).start, done, part)) return error;
        done += part;
    }
    return cudaSuccess;
}

}  // namespace
}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

cudaError_t cudaMalloc3DArray(cudaArray_t* array, const cudaChannelFormatDesc* format, cudaExtent extent,
                              unsigned int flags) {
    if (!array) return failed(cudaErrorInvalidValue);
    auto* found = new cudaArray;
    const cudaError_t error = made(found, format, extent, flags);
    if (error != cudaSuccess) delete found, found = nullptr;
    *array = found;
    return failed(error);
}
cudaError_t cudaMallocArray(cudaArray_t* array, const cudaChannelFormatDesc* format, size_t width, size_t height,
                            unsigned int flags) {
    return cudaMalloc3DArray(array, format, {width, height, 0}, flags);
}

cudaError_t cudaFreeArray(cudaArray_t array) {
    if (!array) return cudaSuccess;
    if (array->is_level) return failed(cudaErrorInvalidValue);
    const cudaError_t error = cudaFree(array->data);
    delete array;
    return error;
}

cudaError_t cudaArrayGetInfo(cudaChannelFormatDesc* format, cudaExtent* extent, unsigned int* flags, cudaArray_t array) {
    if (!array) return failed(cudaErrorInvalidResourceHandle);
    if (format) *format = array->format;
    if (extent) *extent = array->extent;
    if (flags) *flags = array->flags;
    return cudaSuccess;
}
cudaError_t cudaGetChannelDesc(cudaChannelFormatDesc* format, cudaArray_const_t array) {
    return cudaArrayGetInfo(format, nullptr, nullptr, const_cast<cudaArray_t>(array));
}

cudaError_t cudaMallocMipmappedArray(cudaMipmappedArray_t* array, const cudaChannelFormatDesc* format, cudaExtent extent,
                                     unsigned int levels, unsigned int flags) {
    if (!array) return failed(cudaErrorInvalidValue);
    *array = nullptr;
    const bool is_layered = flags & (cudaArrayLayered | cudaArrayCubemap);
    auto* found = new cudaMipmappedArray{};
    const auto half = [](size_t size) { return size > 1 ? size / 2 : size; };
    const auto is_smallest = [&] {
        return extent.width <= 1 && extent.height <= 1 && (is_layered || extent.depth <= 1);
    };
    cudaError_t error = cudaSuccess;
    levels = std::min(std::max(levels, 1u), most_levels);
    while (error == cudaSuccess && found->count < levels) {
        cudaArray& level = found->levels[found->count];
        error = made(&level, format, extent, flags);
        level.is_level = true;
        found->count += error == cudaSuccess;
        if (is_smallest()) break;
        extent = {half(extent.width), half(extent.height), is_layered ? extent.depth : half(extent.depth)};
    }
    if (error != cudaSuccess) return cudaFreeMipmappedArray(found), failed(error);
    return *array = found, cudaSuccess;
}
cudaError_t cudaGetMipmappedArrayLevel(cudaArray_t* array, cudaMipmappedArray_const_t levels, unsigned int level) {
    if (!array || !levels || level >= levels->count) return failed(cudaErrorInvalidValue);
    return *array = const_cast<cudaArray_t>(&levels->levels[level]), cudaSuccess;
}
cudaError_t cudaFreeMipmappedArray(cudaMipmappedArray_t array) {
    cudaError_t error = cudaSuccess;
    for (unsigned int i = 0; array && i < array->count; ++i) {
        const cudaError_t one = cudaFree(array->levels[i].data);
        if (one != cudaSuccess) error = one;
    }
    delete array;
    return error;
}

// --- copies ---

cudaError_t cudaMemcpyToArray(cudaArray_t to, size_t x, size_t y, const void* from, size_t size, cudaMemcpyKind kind) {
    return failed(by_rows(to, x, y, size, [&](char* place, size_t done, size_t part) {
        return cudaMemcpy(place, static_cast<const char*>(from) + done, part, kind);
    }));
}
cudaError_t cudaMemcpyFromArray(void* to, cudaArray_const_t from, size_t x, size_t y, size_t size, cudaMemcpyKind kind) {
    return failed(by_rows(from, x, y, size, [&](char* place, size_t done, size_t part) {
        return cudaMemcpy(static_cast<char*>(to) + done, place, part, kind);
    }));
}
cudaError_t cudaMemcpyToArrayAsync(cudaArray_t to, size_t x, size_t y, const void* from, size_t size, cudaMemcpyKind kind,
                                   cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [=] { return cudaMemcpyToArray(to, x, y, from, size, kind); }));
}
cudaError_t cudaMemcpyFromArrayAsync(void* to, cudaArray_const_t from, size_t x, size_t y, size_t size,
                                     cudaMemcpyKind kind, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [=] { return cudaMemcpyFromArray(to, from, x, y, size, kind); }));
}
cudaError_t cudaMemcpyArrayToArray(cudaArray_t to, size_t to_x, size_t to_y, cudaArray_const_t from, size_t from_x,
                                   size_t from_y, size_t size, cudaMemcpyKind) {
    return failed(by_rows(from, from_x, from_y, size, [&](char* place, size_t done, size_t part) {
        const size_t width = to ? to->extent.width * to->texel_bytes() : 1, start = to_y * width + to_x + done;
        return cudaMemcpyToArray(to, start % width, start / width, place, part, cudaMemcpyDeviceToDevice);
    }));
}

cudaError_t cudaMemcpy2DToArray(cudaArray_t to, size_t x, size_t y, const void* from, size_t pitch, size_t width,
                                size_t height, cudaMemcpyKind kind) {
    if (!fits(to, x, y, width, height)) return failed(cudaErrorInvalidValue);
    return cudaMemcpy2D(place(to, x, y, 0).start, to->row_pitch(), from, pitch, width, height, kind);
}
cudaError_t cudaMemcpy2DFromArray(void* to, size_t pitch, cudaArray_const_t from, size_t x, size_t y, size_t width,
                                  size_t height, cudaMemcpyKind kind) {
    if (!fits(from, x, y, width, height)) return failed(cudaErrorInvalidValue);
    return cudaMemcpy2D(to, pitch, place(from, x, y, 0).start, from->row_pitch(), width, height, kind);
}
cudaError_t cudaMemcpy2DToArrayAsync(cudaArray_t to, size_t x, size_t y, const void* from, size_t pitch, size_t width,
                                     size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [=] { return cudaMemcpy2DToArray(to, x, y, from, pitch, width, height, kind); }));
}
cudaError_t cudaMemcpy2DFromArrayAsync(void* to, size_t pitch, cudaArray_const_t from, size_t x, size_t y, size_t width,
                                       size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [=] { return cudaMemcpy2DFromArray(to, pitch, from, x, y, width, height, kind); }));
}
cudaError_t cudaMemcpy2DArrayToArray(cudaArray_t to, size_t to_x, size_t to_y, cudaArray_const_t from, size_t from_x,
                                     size_t from_y, size_t width, size_t height, cudaMemcpyKind) {
    if (!fits(to, to_x, to_y, width, height) || !fits(from, from_x, from_y, width, height))
        return failed(cudaErrorInvalidValue);
    return cudaMemcpy2D(place(to, to_x, to_y, 0).start, to->row_pitch(), place(from, from_x, from_y, 0).start,
                        from->row_pitch(), width, height, cudaMemcpyDeviceToDevice);
}

// Positions in arrays and the extent count texels where an array takes part, else bytes.
cudaError_t cudaMemcpy3D(const cudaMemcpy3DParms* p) {
    if (!p) return failed(cudaErrorInvalidValue);
    if (!!p->srcArray == !!p->srcPtr.ptr || !!p->dstArray == !!p->dstPtr.ptr) return failed(cudaErrorInvalidValue);
    const auto side = [](cudaArray_const_t array, const cudaPitchedPtr& memory, const cudaPos& at) {
        return array ? place(array, at.x * array->texel_bytes(), at.y, at.z) : place(memory, at);
    };
    const cudaArray_const_t array = p->srcArray ? p->srcArray : p->dstArray;
    const size_t width = p->extent.width * (array ? array->texel_bytes() : 1);
    const auto is_inside = [&](cudaArray_const_t one, const cudaPos& at) {
        return !one || (fits(one, at.x * one->texel_bytes(), at.y, width, p->extent.height) &&
                        at.z + p->extent.depth <= one->slices());
    };
    if (!is_inside(p->srcArray, p->srcPos) || !is_inside(p->dstArray, p->dstPos)) return failed(cudaErrorInvalidValue);
    return copied(side(p->dstArray, p->dstPtr, p->dstPos), side(p->srcArray, p->srcPtr, p->srcPos), width,
                  p->extent.height, p->extent.depth, p->kind);
}
cudaError_t cudaMemcpy3DAsync(const cudaMemcpy3DParms* p, cudaStream_t stream) {
    if (!p) return failed(cudaErrorInvalidValue);
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [parameters = *p] { return cudaMemcpy3D(&parameters); }));
}

cudaError_t cudaMemcpy3DPeer(const cudaMemcpy3DPeerParms* p) {
    if (!p) return failed(cudaErrorInvalidValue);
    const cudaMemcpy3DParms same{p->srcArray, p->srcPos, p->srcPtr, p->dstArray, p->dstPos,
                                 p->dstPtr,   p->extent, cudaMemcpyDeviceToDevice};
    return cudaMemcpy3D(&same);
}
cudaError_t cudaMemcpy3DPeerAsync(const cudaMemcpy3DPeerParms* p, cudaStream_t stream) {
    if (!p) return failed(cudaErrorInvalidValue);
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [parameters = *p] { return cudaMemcpy3DPeer(&parameters); }));
}

}  // extern "C"
