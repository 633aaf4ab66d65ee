// How textures are read, in software: positions on an axis, texels, and the weighted sums of filters.
//
// Positions and weights are those of NVIDIA's texture units, found by measurement: positions have 8 fractional bits,
// coordinates from 0 to 1 have 21, and weights are multiples of 1/256.
#pragma once
#include "cudawasm_texture.h"

// How many channels a type has, and of which type.
template <class T> struct __cw_channels { typedef T type; static const int count = 1; static const bool is_vector = false; };
#define __CW_CHANNELS(T, name, n) \
    template <> struct __cw_channels<name##n> { typedef T type; static const int count = n; static const bool is_vector = true; };
#define __CW_CHANNELS_OF(T, name) __CW_CHANNELS(T, name, 1) __CW_CHANNELS(T, name, 2) __CW_CHANNELS(T, name, 4)
__CW_CHANNELS_OF(signed char, char)
__CW_CHANNELS_OF(unsigned char, uchar)
__CW_CHANNELS_OF(short, short)
__CW_CHANNELS_OF(unsigned short, ushort)
__CW_CHANNELS_OF(int, int)
__CW_CHANNELS_OF(unsigned int, uint)
__CW_CHANNELS_OF(float, float)
#undef __CW_CHANNELS_OF
#undef __CW_CHANNELS

template <class T> struct __cw_is_float { static const bool value = false; };
template <> struct __cw_is_float<float> { static const bool value = true; };

// A T of which only the first channels are given by V, a vector of four.
template <class T, class V> __device__ inline T __cw_from_four(const V& v) {
    typedef typename __cw_channels<T>::type C;
    if constexpr (!__cw_channels<T>::is_vector) return (C)v.x;
    else {
        T result;
        result.x = (C)v.x;
        if constexpr (__cw_channels<T>::count > 1) result.y = (C)v.y;
        if constexpr (__cw_channels<T>::count > 2) { result.z = (C)v.z; result.w = (C)v.w; }
        return result;
    }
}

__device__ inline const cudawasm_texture& __cw_texture_of(cudaTextureObject_t object) {
    return *(const cudawasm_texture*)object;
}

// --- texels ---

__device__ inline int __cw_integer_channel(const cudawasm_texture& t, const unsigned char* address) {
    if (t.format == cudawasm_texel_u8) return *address;
    if (t.format == cudawasm_texel_s8) return *(const signed char*)address;
    if (t.format == cudawasm_texel_u16) return *(const unsigned short*)address;
    if (t.format == cudawasm_texel_s16) return *(const short*)address;
    return *(const int*)address;
}

__device__ inline float __cw_linear_of_srgb(float v) {
    return v <= 0.04045f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f);
}

// Integers that do not become fractions are the bits of what a program reads as floats.
__device__ inline float __cw_float_channel(const cudawasm_texture& t, const unsigned char* address) {
    if (t.format == cudawasm_texel_f32) return *(const float*)address;
    if (t.format == cudawasm_texel_f16) return (float)*(const __cw_half*)address;
    const int value = __cw_integer_channel(t, address);
    if (t.scale == 0.0f) return __int_as_float(value);
    return fmaxf((float)value / t.scale, -1.0f);
}

__device__ inline const unsigned char* __cw_texel_address(const cudawasm_texture& t, int x, int y, int z) {
    const unsigned int offset = (unsigned int)z * t.slice_pitch + (unsigned int)y * t.row_pitch + (unsigned int)x * t.texel_bytes;
    return (const unsigned char*)t.data + offset;
}

// Texels of integers are read as ints, all others as floats.
template <class C> struct __cw_texel_of { typedef int channel; typedef int4 four; };
template <> struct __cw_texel_of<float> { typedef float channel; typedef float4 four; };

template <class C> __device__ inline typename __cw_texel_of<C>::channel __cw_channel(const cudawasm_texture& t, const unsigned char* address) {
    if constexpr (__cw_is_float<C>::value) return __cw_float_channel(t, address);
    else return __cw_integer_channel(t, address);
}

// A texel's first N channels; those that the image lacks are 0.
template <int N, class C> __device__ inline typename __cw_texel_of<C>::four __cw_texel(const cudawasm_texture& t, int x, int y, int z) {
    const unsigned char* address = __cw_texel_address(t, x, y, z);
    const unsigned int step = t.texel_bytes / t.channels;
    typename __cw_texel_of<C>::four v{};
    v.x = __cw_channel<C>(t, address);
    if constexpr (N > 1) {
        if (t.channels > 1) v.y = __cw_channel<C>(t, address + step);
    }
    if constexpr (N > 2) {
        if (t.channels > 2) v.z = __cw_channel<C>(t, address + 2 * step), v.w = __cw_channel<C>(t, address + 3 * step);
    }
    if constexpr (__cw_is_float<C>::value) {
        if (t.is_srgb) {
            v.x = __cw_linear_of_srgb(v.x);
            if constexpr (N > 1) v.y = __cw_linear_of_srgb(v.y);
            if constexpr (N > 2) v.z = __cw_linear_of_srgb(v.z);
        }
    }
    return v;
}

// A texel, or the border's colour where a coordinate is -1.
template <int N, class C> __device__ inline typename __cw_texel_of<C>::four __cw_bordered_texel(const cudawasm_texture& t, int x, int y, int z) {
    typedef typename __cw_texel_of<C>::channel channel;
    if (!t.has_border) return __cw_texel<N, C>(t, x, y, z);
    typename __cw_texel_of<C>::four v = __cw_texel<N, C>(t, max(x, 0), max(y, 0), max(z, 0));
    if ((x | y | z) < 0) {
        v.x = (channel)t.border[0], v.y = (channel)t.border[1];
        v.z = (channel)t.border[2], v.w = (channel)t.border[3];
    }
    return v;
}

// --- positions on an axis ---

// The texels that a coordinate falls between, and the weight of the second in 256ths. -1 is one of the border.
struct __cw_taps {
    int first, second, weight;
};

__device__ inline int __cw_within(const int i, int size, unsigned int mode) {
    if (mode == cudaAddressModeWrap) return i < 0 ? i + size : i >= size ? i - size : i;
    if (mode == cudaAddressModeBorder && (i < 0 || i >= size)) return -1;
    return min(max(i, 0), size - 1);
}

__device__ inline __cw_taps __cw_taps_at(int position, int size, unsigned int mode, bool is_linear) {
    const int shifted = is_linear ? position - 128 : position;
    const int first = shifted >> 8;
    return {__cw_within(first, size, mode), __cw_within(first + 1, size, mode), is_linear ? shifted & 255 : 0};
}

// A position in 256ths of a texel of a coordinate in texels: rounded for filters, which have no finer weights.
__device__ inline int __cw_position_of_texels(float x, bool is_linear) {
    const float limit = 1048576.0f;  // beyond any texture, so that no integer overflows
    x = x == x ? fminf(fmaxf(x, -limit), limit) : 0.0f;
    const float whole = floorf(x);
    return (int)whole * 256 + (is_linear ? (int)floorf((x - whole) * 256.0f + 0.5f) : 0);
}

// The same of a coordinate from 0 to 1, whose 21 bits are multiplied by the size without an error.
__device__ inline int __cw_position_of_fraction(float x, int size, unsigned int mode, bool is_linear) {
    int bits, odd = 0;
    x = x == x ? x : 0.0f;
    if (mode == cudaAddressModeWrap || mode == cudaAddressModeMirror) {
        const float whole = floorf(x);
        const bool has_fraction = fabsf(x) < 16777216.0f;
        bits = has_fraction ? min((int)((x - whole) * 2097152.0f), 2097151) : 0;
        odd = has_fraction && mode == cudaAddressModeMirror ? (int)whole & 1 : 0;
    } else {
        bits = (int)floorf(fminf(fmaxf(x, -2.0f), 2.0f) * 2097152.0f);
    }
    const int rounding = is_linear ? 4096 : 0;
    const int position = (bits >> 13) * size + (((bits & 8191) * size + rounding) >> 13);
    return !odd ? position : is_linear ? size * 256 - position : (size - 1 - (position >> 8)) * 256;
}

__device__ inline __cw_taps __cw_axis(const cudawasm_texture& t, float x, unsigned int size, unsigned int mode) {
    const bool is_linear = t.is_linear;
    const int position = t.is_normalized ? __cw_position_of_fraction(x, (int)size, mode, is_linear)
                                         : __cw_position_of_texels(x, is_linear);
    return __cw_taps_at(position, (int)size, mode, is_linear);
}

// --- filters ---

// Weights in 256ths of the 8 texels around a place, by the bits of `tap`: they add up to 256 and are rounded as a
// texture unit rounds them.
struct __cw_weights {
    int x, y, z, xy, xz, yz, xyz;
    __device__ __cw_weights(int a, int b, int c)
        : x(a), y(b), z(c), xy((a * b + 128) >> 8), xz((a * c + 128) >> 8), yz((b * c + 128) >> 8) {
        xyz = (b * xz + 128) >> 8;
    }
    __device__ int of(int tap) const {
        if (tap == 0) return 256 - x - y - z + xy + xz + yz - xyz;
        if (tap == 1) return x - xy - xz + xyz;
        if (tap == 2) return y - xy - yz + xyz;
        if (tap == 3) return xy - xyz;
        if (tap == 4) return z - xz - yz + xyz;
        if (tap == 5) return xz - xyz;
        if (tap == 6) return yz - xyz;
        return xyz;
    }
};

struct __cw_place {
    __cw_taps x, y, z;
};

// The texel at a place, or the sum of the first `taps` around it.
template <int N> __device__ inline float4 __cw_filtered(const cudawasm_texture& t, const __cw_place& at, int taps) {
    if (!t.is_linear) return __cw_bordered_texel<N, float>(t, at.x.first, at.y.first, at.z.first);
    const __cw_weights weights(at.x.weight, at.y.weight, at.z.weight);
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#pragma unroll 1
    for (int tap = 0; tap < taps; ++tap) {
        const float4 v = __cw_bordered_texel<N, float>(t, tap & 1 ? at.x.second : at.x.first,
                                                       tap & 2 ? at.y.second : at.y.first,
                                                       tap & 4 ? at.z.second : at.z.first);
        const float weight = (float)weights.of(tap);
        sum.x += weight * v.x;
        if constexpr (N > 1) sum.y += weight * v.y;
        if constexpr (N > 2) { sum.z += weight * v.z; sum.w += weight * v.w; }
    }
    const float unit = 0.00390625f;
    return make_float4(sum.x * unit, sum.y * unit, sum.z * unit, sum.w * unit);
}

// What a T is read as: floats through the filter, integers as they are.
template <class T> __device__ inline T __cw_read(const cudawasm_texture& t, const __cw_place& at, int taps) {
    constexpr int n = __cw_channels<T>::count;
    if constexpr (__cw_is_float<typename __cw_channels<T>::type>::value) return __cw_from_four<T>(__cw_filtered<n>(t, at, taps));
    else return __cw_from_four<T>(__cw_bordered_texel<n, int>(t, at.x.first, at.y.first, at.z.first));
}
