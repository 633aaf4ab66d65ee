// Textures and surfaces, as device code and host code both know them. Values are those of CUDA 12.
#pragma once

typedef unsigned long long cudaTextureObject_t;
typedef unsigned long long cudaSurfaceObject_t;

#define cudaTextureType1D 0x01
#define cudaTextureType2D 0x02
#define cudaTextureType3D 0x03
#define cudaTextureTypeCubemap 0x0C
#define cudaTextureType1DLayered 0xF1
#define cudaTextureType2DLayered 0xF2
#define cudaTextureTypeCubemapLayered 0xFC
#define cudaSurfaceType1D 0x01
#define cudaSurfaceType2D 0x02
#define cudaSurfaceType3D 0x03
#define cudaSurfaceTypeCubemap 0x0C
#define cudaSurfaceType1DLayered 0xF1
#define cudaSurfaceType2DLayered 0xF2
#define cudaSurfaceTypeCubemapLayered 0xFC

enum cudaTextureReadMode { cudaReadModeElementType, cudaReadModeNormalizedFloat };
enum cudaTextureFilterMode { cudaFilterModePoint, cudaFilterModeLinear };
enum cudaTextureAddressMode {
    cudaAddressModeWrap, cudaAddressModeClamp, cudaAddressModeMirror, cudaAddressModeBorder
};
enum cudaSurfaceBoundaryMode { cudaBoundaryModeZero, cudaBoundaryModeClamp, cudaBoundaryModeTrap };
enum cudaSurfaceFormatMode { cudaFormatModeForced, cudaFormatModeAuto };

// --- what an object points at, which Python fills in, too ---

enum cudawasm_texel_format {
    cudawasm_texel_f32, cudawasm_texel_f16, cudawasm_texel_u8, cudawasm_texel_s8, cudawasm_texel_u16,
    cudawasm_texel_s16, cudawasm_texel_u32, cudawasm_texel_s32
};

// An image in device memory and how it is read. A mipmapped texture is an array of these, a level each.
struct cudawasm_texture {
    unsigned long long data;                // address of the first texel
    unsigned int row_pitch, slice_pitch;    // bytes between rows, and between slices, layers or faces of a cube
    unsigned int width, height, depth;      // texels; `depth` counts slices, or layers, each of six faces for cubes
    unsigned int texel_bytes, channels, format;
    unsigned int address[3];                // cudaTextureAddressMode; clamp or border for coordinates in texels
    unsigned int is_linear, is_normalized;  // filter; coordinates from 0 to 1
    unsigned int has_border;                // whether any axis has
    float scale;                            // integers are divided by it to become floats; 0: they stay what they are
    unsigned int is_srgb;
    float border[4];
    unsigned int levels, is_linear_between_levels;
    float level_bias, least_level, most_level;
    unsigned int reserved;
};
