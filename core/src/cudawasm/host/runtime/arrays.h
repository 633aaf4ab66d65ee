// CUDA arrays: images in device memory whose layout is ours to choose. Here it is rows, one after the other.
#pragma once
#include <cstddef>

#include "driver_types.h"

struct cudaArray {
    void* data;
    cudaChannelFormatDesc format;
    cudaExtent extent;  // texels, as it was asked for: 0 in dimensions that the array does not have
    unsigned int flags;
    bool is_level;  // of a mipmapped array, with which it is freed

    size_t texel_bytes() const { return static_cast<size_t>(format.x + format.y + format.z + format.w) / 8; }
    size_t rows() const { return extent.height ? extent.height : 1; }
    size_t slices() const { return extent.depth ? extent.depth : 1; }
    size_t row_pitch() const { return (extent.width * texel_bytes() + 15) / 16 * 16; }
    size_t slice_pitch() const { return row_pitch() * rows(); }
};

struct cudaMipmappedArray {
    cudaArray levels[16];
    unsigned int count;
};
