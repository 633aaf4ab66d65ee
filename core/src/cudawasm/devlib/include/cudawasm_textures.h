// tex1D and its kin, by objects and by references.
#include "cudawasm_texels.h"

__device__ inline __cw_taps __cw_single(int i) { return {i, i, 0}; }
// A layer that is not there is the last one, also for negative numbers.
__device__ inline __cw_taps __cw_layer(const cudawasm_texture& t, int layer) {
    return __cw_single((int)min((unsigned int)layer, t.depth - 1));
}

// NVIDIA's units see an image of one dimension as one of two read at its upper edge, which shows with a border only.
template <class T> __device__ inline T __cw_tex1d(const cudawasm_texture& t, float x, __cw_taps layer) {
    const bool is_edge_seen = t.is_linear && t.address[1] == cudaAddressModeBorder;
    const __cw_taps row = is_edge_seen ? __cw_taps{-1, 0, 128} : __cw_single(0);
    return __cw_read<T>(t, {__cw_axis(t, x, t.width, t.address[0]), row, layer}, is_edge_seen ? 4 : 2);
}
template <class T> __device__ inline T __cw_tex2d(const cudawasm_texture& t, float x, float y, __cw_taps layer) {
    return __cw_read<T>(t, {__cw_axis(t, x, t.width, t.address[0]), __cw_axis(t, y, t.height, t.address[1]), layer}, 4);
}
template <class T> __device__ inline T __cw_tex3d(const cudawasm_texture& t, float x, float y, float z) {
    return __cw_read<T>(t, {__cw_axis(t, x, t.width, t.address[0]), __cw_axis(t, y, t.height, t.address[1]),
                            __cw_axis(t, z, t.depth, t.address[2])}, 8);
}
// The face that a direction meets, and where. Faces are ordered +x, -x, +y, -y, +z, -z; of equal extents z's counts.
template <class T> __device__ inline T __cw_texcube(const cudawasm_texture& t, float x, float y, float z, int layer) {
    const float ax = fabsf(x), ay = fabsf(y), az = fabsf(z);
    int face;
    float s, r, most;
    if (az >= ax && az >= ay) face = z < 0.0f ? 5 : 4, s = z < 0.0f ? -x : x, r = -y, most = az;
    else if (ay >= ax) face = y < 0.0f ? 3 : 2, s = x, r = y < 0.0f ? -z : z, most = ay;
    else face = x < 0.0f ? 1 : 0, s = x < 0.0f ? z : -z, r = -y, most = ax;
    const float u = (s / most + 1.0f) * 0.5f, v = (r / most + 1.0f) * 0.5f;
    const int first = (int)min((unsigned int)layer, t.depth / 6 - 1) * 6;
    const int bits_u = __cw_position_of_fraction(u, (int)t.width, cudaAddressModeClamp, t.is_linear);
    const int bits_v = __cw_position_of_fraction(v, (int)t.height, cudaAddressModeClamp, t.is_linear);
    return __cw_read<T>(t, {__cw_taps_at(bits_u, (int)t.width, cudaAddressModeClamp, t.is_linear),
                            __cw_taps_at(bits_v, (int)t.height, cudaAddressModeClamp, t.is_linear),
                            __cw_single(first + face)}, 4);
}
template <class C> __device__ inline C __cw_channel_at(const cudawasm_texture& t, int x, int y, int number) {
    const unsigned char* address = __cw_texel_address(t, max(x, 0), max(y, 0), 0) + (unsigned int)number * (t.texel_bytes / t.channels);
    const bool is_border = t.has_border && (x | y) < 0;
    return (C)(is_border ? (typename __cw_texel_of<C>::channel)t.border[number] : __cw_channel<C>(t, address));
}
// One channel of the four texels that a filter would read, in a texture unit's order.
template <class T> __device__ inline T __cw_gather(const cudawasm_texture& t, float x, float y, int channel) {
    typedef typename __cw_channels<T>::type C;
    const int px = t.is_normalized ? __cw_position_of_fraction(x, (int)t.width, t.address[0], true) : __cw_position_of_texels(x, true);
    const int py = t.is_normalized ? __cw_position_of_fraction(y, (int)t.height, t.address[1], true) : __cw_position_of_texels(y, true);
    const __cw_taps h = __cw_taps_at(px, (int)t.width, t.address[0], true);
    const __cw_taps v = __cw_taps_at(py, (int)t.height, t.address[1], true);
    T result;
    result.x = __cw_channel_at<C>(t, h.first, v.second, channel);
    result.y = __cw_channel_at<C>(t, h.second, v.second, channel);
    result.z = __cw_channel_at<C>(t, h.second, v.first, channel);
    result.w = __cw_channel_at<C>(t, h.first, v.first, channel);
    return result;
}

// --- levels of mipmaps ---

// The two levels that a level of detail lies between, and the weight of the second in 256ths.
__device__ inline __cw_taps __cw_levels(const cudawasm_texture& t, float level) {
    const float most = fminf(t.most_level, (float)(t.levels - 1));
    const float clamped = fminf(fmaxf(level + t.level_bias, t.least_level), most);
    if (!t.is_linear_between_levels) return __cw_single((int)floorf(clamped + 0.5f));
    const int position = (int)(clamped * 256.0f), first = position >> 8;
    return {first, min(first + 1, (int)t.levels - 1), position & 255};
}
template <class T> __device__ inline T __cw_between(const T& first, const T& second, int weight) {
    if constexpr (!__cw_is_float<typename __cw_channels<T>::type>::value) return first;
    else if constexpr (!__cw_channels<T>::is_vector) return first + (second - first) * ((float)weight * 0.00390625f);
    else {
        const float w = (float)weight * 0.00390625f;
        T v = first;
        v.x += (second.x - first.x) * w;
        if constexpr (__cw_channels<T>::count > 1) v.y += (second.y - first.y) * w;
        if constexpr (__cw_channels<T>::count > 2) { v.z += (second.z - first.z) * w; v.w += (second.w - first.w) * w; }
        return v;
    }
}
// The square of a step's length in texels. The level of detail is that at which one texel covers the longer step.
__device__ inline float __cw_square(const cudawasm_texture& t, float x, float y, float z) {
    if (t.is_normalized) x *= (float)t.width, y *= (float)t.height, z *= (float)t.depth;
    return x * x + y * y + z * z;
}
__device__ inline float __cw_level_of(float square_of_one, float square_of_other) {
    return 0.5f * log2f(fmaxf(square_of_one, square_of_other));
}

// --- by objects ---

template <class T> __device__ inline T tex1Dfetch(cudaTextureObject_t t, int x) {
    typedef typename __cw_channels<T>::type C;
    const cudawasm_texture& image = __cw_texture_of(t);
    const bool is_inside = (unsigned int)x < image.width;  // texels that are not there are 0
    const typename __cw_texel_of<C>::four v = __cw_texel<__cw_channels<T>::count, C>(image, is_inside ? x : 0, 0, 0), none{};
    return __cw_from_four<T>(is_inside ? v : none);
}
template <class T> __device__ inline T tex1D(cudaTextureObject_t t, float x) {
    return __cw_tex1d<T>(__cw_texture_of(t), x, __cw_single(0));
}
template <class T> __device__ inline T tex2D(cudaTextureObject_t t, float x, float y) {
    return __cw_tex2d<T>(__cw_texture_of(t), x, y, __cw_single(0));
}
template <class T> __device__ inline T tex3D(cudaTextureObject_t t, float x, float y, float z) {
    return __cw_tex3d<T>(__cw_texture_of(t), x, y, z);
}
template <class T> __device__ inline T tex1DLayered(cudaTextureObject_t t, float x, int layer) {
    const cudawasm_texture& image = __cw_texture_of(t);
    return __cw_tex1d<T>(image, x, __cw_layer(image, layer));
}
template <class T> __device__ inline T tex2DLayered(cudaTextureObject_t t, float x, float y, int layer) {
    const cudawasm_texture& image = __cw_texture_of(t);
    return __cw_tex2d<T>(image, x, y, __cw_layer(image, layer));
}
template <class T> __device__ inline T texCubemap(cudaTextureObject_t t, float x, float y, float z) {
    return __cw_texcube<T>(__cw_texture_of(t), x, y, z, 0);
}
template <class T> __device__ inline T texCubemapLayered(cudaTextureObject_t t, float x, float y, float z, int layer) {
    return __cw_texcube<T>(__cw_texture_of(t), x, y, z, layer);
}
template <class T> __device__ inline T tex2Dgather(cudaTextureObject_t t, float x, float y, int channel = 0) {
    return __cw_gather<T>(__cw_texture_of(t), x, y, channel);
}
template <class T> __device__ inline T tex1DLod(cudaTextureObject_t t, float x, float level) {
    const cudawasm_texture* images = &__cw_texture_of(t);
    const __cw_taps at = __cw_levels(*images, level);
    const T first = __cw_tex1d<T>(images[at.first], x, __cw_single(0));
    return at.weight == 0 ? first : __cw_between(first, __cw_tex1d<T>(images[at.second], x, __cw_single(0)), at.weight);
}
template <class T> __device__ inline T tex2DLod(cudaTextureObject_t t, float x, float y, float level) {
    const cudawasm_texture* images = &__cw_texture_of(t);
    const __cw_taps at = __cw_levels(*images, level);
    const T first = __cw_tex2d<T>(images[at.first], x, y, __cw_single(0));
    return at.weight == 0 ? first : __cw_between(first, __cw_tex2d<T>(images[at.second], x, y, __cw_single(0)), at.weight);
}
template <class T> __device__ inline T tex3DLod(cudaTextureObject_t t, float x, float y, float z, float level) {
    const cudawasm_texture* images = &__cw_texture_of(t);
    const __cw_taps at = __cw_levels(*images, level);
    const T first = __cw_tex3d<T>(images[at.first], x, y, z);
    return at.weight == 0 ? first : __cw_between(first, __cw_tex3d<T>(images[at.second], x, y, z), at.weight);
}
template <class T> __device__ inline T tex1DGrad(cudaTextureObject_t t, float x, float dx, float dy) {
    const cudawasm_texture& image = __cw_texture_of(t);
    return tex1DLod<T>(t, x, __cw_level_of(__cw_square(image, dx, 0.0f, 0.0f), __cw_square(image, dy, 0.0f, 0.0f)));
}
template <class T> __device__ inline T tex2DGrad(cudaTextureObject_t t, float x, float y, float2 dx, float2 dy) {
    const cudawasm_texture& image = __cw_texture_of(t);
    return tex2DLod<T>(t, x, y, __cw_level_of(__cw_square(image, dx.x, dx.y, 0.0f), __cw_square(image, dy.x, dy.y, 0.0f)));
}
template <class T> __device__ inline T tex3DGrad(cudaTextureObject_t t, float x, float y, float z, float4 dx, float4 dy) {
    const cudawasm_texture& image = __cw_texture_of(t);
    return tex3DLod<T>(t, x, y, z, __cw_level_of(__cw_square(image, dx.x, dx.y, dx.z), __cw_square(image, dy.x, dy.y, dy.z)));
}

// The same, stored where a pointer says.
#define __CW_STORED(name, parameters, arguments) \
    template <class T> __device__ inline void name parameters { *out = name<T> arguments; }
__CW_STORED(tex1Dfetch, (T* out, cudaTextureObject_t t, int x), (t, x))
__CW_STORED(tex1D, (T* out, cudaTextureObject_t t, float x), (t, x))
__CW_STORED(tex2D, (T* out, cudaTextureObject_t t, float x, float y), (t, x, y))
__CW_STORED(tex3D, (T* out, cudaTextureObject_t t, float x, float y, float z), (t, x, y, z))
__CW_STORED(tex1DLayered, (T* out, cudaTextureObject_t t, float x, int layer), (t, x, layer))
__CW_STORED(tex2DLayered, (T* out, cudaTextureObject_t t, float x, float y, int layer), (t, x, y, layer))
__CW_STORED(texCubemap, (T* out, cudaTextureObject_t t, float x, float y, float z), (t, x, y, z))
__CW_STORED(tex2DLod, (T* out, cudaTextureObject_t t, float x, float y, float level), (t, x, y, level))
__CW_STORED(tex3DLod, (T* out, cudaTextureObject_t t, float x, float y, float z, float level), (t, x, y, z, level))
#undef __CW_STORED

// --- by references: variables of a file, which the host binds ---

template <class T, int dimensions = cudaTextureType1D, cudaTextureReadMode mode = cudaReadModeElementType>
struct __cw_bound_by_host texture {
    cudaTextureObject_t object;
};

template <class T, cudaTextureReadMode mode> struct __cw_value_read { typedef T type; };
#define __CW_NORMALIZED(from, to) template <> struct __cw_value_read<from, cudaReadModeNormalizedFloat> { typedef to type; };
#define __CW_NORMALIZED_OF(T, name) __CW_NORMALIZED(T, float) __CW_NORMALIZED(name##1, float1) \
    __CW_NORMALIZED(name##2, float2) __CW_NORMALIZED(name##4, float4)
__CW_NORMALIZED_OF(char, char)
__CW_NORMALIZED(signed char, float)
__CW_NORMALIZED_OF(unsigned char, uchar)
__CW_NORMALIZED_OF(short, short)
__CW_NORMALIZED_OF(unsigned short, ushort)
#undef __CW_NORMALIZED_OF
#undef __CW_NORMALIZED

#define __CW_BY_REFERENCE(name, kind, parameters, arguments)                                                   \
    template <class T, cudaTextureReadMode mode>                                                               \
    __device__ inline typename __cw_value_read<T, mode>::type name(const texture<T, kind, mode>& t, parameters) { \
        return name<typename __cw_value_read<T, mode>::type>(t.object, arguments);                              \
    }
#define __CW_LIST(...) __VA_ARGS__
__CW_BY_REFERENCE(tex1Dfetch, cudaTextureType1D, int x, x)
__CW_BY_REFERENCE(tex1D, cudaTextureType1D, float x, x)
__CW_BY_REFERENCE(tex2D, cudaTextureType2D, __CW_LIST(float x, float y), __CW_LIST(x, y))
__CW_BY_REFERENCE(tex3D, cudaTextureType3D, __CW_LIST(float x, float y, float z), __CW_LIST(x, y, z))
__CW_BY_REFERENCE(tex1DLayered, cudaTextureType1DLayered, __CW_LIST(float x, int layer), __CW_LIST(x, layer))
__CW_BY_REFERENCE(tex2DLayered, cudaTextureType2DLayered, __CW_LIST(float x, float y, int layer), __CW_LIST(x, y, layer))
__CW_BY_REFERENCE(texCubemap, cudaTextureTypeCubemap, __CW_LIST(float x, float y, float z), __CW_LIST(x, y, z))
__CW_BY_REFERENCE(tex2DLod, cudaTextureType2D, __CW_LIST(float x, float y, float level), __CW_LIST(x, y, level))
#undef __CW_LIST
#undef __CW_BY_REFERENCE
