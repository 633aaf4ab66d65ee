// surf1Dread, surf2Dwrite and their kin: texels by position, of which x counts bytes.
#include "cudawasm_texels.h"

// Where an axis is accessed, of which `size` units are there; -1: nowhere.
__device__ inline int __cw_surface_axis(int i, int size, cudaSurfaceBoundaryMode mode) {
    if ((unsigned int)i < (unsigned int)size) return i;
    if (mode == cudaBoundaryModeTrap) __trap();
    return mode == cudaBoundaryModeClamp ? min(max(i, 0), size - 1) : -1;
}

// The address of a T, or null where the boundary mode says that nothing is there.
template <class T> __device__ inline T* __cw_surface_place(cudaSurfaceObject_t s, int x, int y, int z, cudaSurfaceBoundaryMode mode) {
    const cudawasm_texture& image = __cw_texture_of(s);
    const int column = __cw_surface_axis(x >= 0 ? x / (int)sizeof(T) : -1, (int)(image.width * image.texel_bytes / sizeof(T)), mode);
    const int row = __cw_surface_axis(y, (int)image.height, mode), slice = __cw_surface_axis(z, (int)image.depth, mode);
    if ((column | row | slice) < 0) return nullptr;
    return (T*)((unsigned char*)image.data + (unsigned int)slice * image.slice_pitch + (unsigned int)row * image.row_pitch) + column;
}
template <class T> __device__ inline T __cw_surface_read(cudaSurfaceObject_t s, int x, int y, int z, cudaSurfaceBoundaryMode mode) {
    const T* place = __cw_surface_place<T>(s, x, y, z, mode);
    return place ? *place : T();
}
template <class T> __device__ inline void __cw_surface_write(T value, cudaSurfaceObject_t s, int x, int y, int z, cudaSurfaceBoundaryMode mode) {
    T* place = __cw_surface_place<T>(s, x, y, z, mode);
    if (place) *place = value;
}

// --- by objects ---

#define __CW_SURFACE(read, write, parameters, x, y, z)                                                              \
    template <class T> __device__ inline T read(cudaSurfaceObject_t s, parameters,                                  \
                                                cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {              \
        return __cw_surface_read<T>(s, x, y, z, mode);                                                              \
    }                                                                                                               \
    template <class T> __device__ inline void read(T* out, cudaSurfaceObject_t s, parameters,                       \
                                                   cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {           \
        *out = __cw_surface_read<T>(s, x, y, z, mode);                                                              \
    }                                                                                                               \
    template <class T> __device__ inline void write(T value, cudaSurfaceObject_t s, parameters,                     \
                                                    cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {          \
        __cw_surface_write<T>(value, s, x, y, z, mode);                                                             \
    }
#define __CW_LIST(...) __VA_ARGS__
#define __CW_SURFACES(X)                                                                                            \
    X(surf1Dread, surf1Dwrite, int x, x, 0, 0)                                                                      \
    X(surf2Dread, surf2Dwrite, __CW_LIST(int x, int y), x, y, 0)                                                    \
    X(surf3Dread, surf3Dwrite, __CW_LIST(int x, int y, int z), x, y, z)                                             \
    X(surf1DLayeredread, surf1DLayeredwrite, __CW_LIST(int x, int layer), x, 0, layer)                              \
    X(surf2DLayeredread, surf2DLayeredwrite, __CW_LIST(int x, int y, int layer), x, y, layer)                       \
    X(surfCubemapread, surfCubemapwrite, __CW_LIST(int x, int y, int face), x, y, face)                             \
    X(surfCubemapLayeredread, surfCubemapLayeredwrite, __CW_LIST(int x, int y, int face), x, y, face)
__CW_SURFACES(__CW_SURFACE)

// --- by references: variables of a file, which the host binds ---

template <class T, int dimensions = cudaSurfaceType1D> struct __cw_bound_by_host surface {
    cudaSurfaceObject_t object;
};
#define __CW_BY_REFERENCE(read, write, parameters, x, y, z)                                                         \
    template <class T, class S, int dimensions>                                                                     \
    __device__ inline T read(const surface<S, dimensions>& s, parameters,                                           \
                             cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                                 \
        return __cw_surface_read<T>(s.object, x, y, z, mode);                                                       \
    }                                                                                                               \
    template <class T, class S, int dimensions>                                                                     \
    __device__ inline void read(T* out, const surface<S, dimensions>& s, parameters,                                \
                                cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                              \
        *out = __cw_surface_read<T>(s.object, x, y, z, mode);                                                       \
    }                                                                                                               \
    template <class T, class S, int dimensions>                                                                     \
    __device__ inline void write(T value, const surface<S, dimensions>& s, parameters,                              \
                                 cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                             \
        __cw_surface_write<T>(value, s.object, x, y, z, mode);                                                      \
    }
__CW_SURFACES(__CW_BY_REFERENCE)
#undef __CW_BY_REFERENCE
#undef __CW_SURFACES
#undef __CW_SURFACE
#undef __CW_LIST
