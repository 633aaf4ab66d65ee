// What textures and surfaces give, for comparison with NVIDIA's: a line for each way to read, a number for each place.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "checked.h"

constexpr int places = 6;

struct Way {
    cudaTextureAddressMode address = cudaAddressModeClamp;
    cudaTextureFilterMode filter = cudaFilterModeLinear;
    bool is_normalized = false;
    cudaTextureReadMode read = cudaReadModeElementType;
    std::string name() const {
        const char* addresses[] = {"wrap", "clamp", "mirror", "border"};
        return std::string(addresses[address]) + (filter ? " linear" : " point") + (is_normalized ? " fraction" : " texel");
    }
};

__device__ float sum(float v) { return v; }
__device__ float sum(float2 v) { return v.x + 2 * v.y; }
__device__ float sum(float4 v) { return v.x + 2 * v.y + 3 * v.z + 4 * v.w; }
__device__ float sum(int v) { return v; }
__device__ float sum(uchar4 v) { return v.x + 2 * v.y + 3 * v.z + 4 * v.w; }
__device__ float sum(short2 v) { return v.x + 2 * v.y; }

template <typename T, int kind>
__global__ void read(cudaTextureObject_t t, const float* at, float* out) {
    const int i = threadIdx.x;
    const float x = at[3 * i], y = at[3 * i + 1], z = at[3 * i + 2];
    if (kind == 1) out[i] = sum(tex1D<T>(t, x));
    if (kind == 2) out[i] = sum(tex2D<T>(t, x, y));
    if (kind == 3) out[i] = sum(tex3D<T>(t, x, y, z));
    if (kind == 4) out[i] = sum(tex1DLayered<T>(t, x, (int)z));
    if (kind == 5) out[i] = sum(tex2DLayered<T>(t, x, y, (int)z));
    if (kind == 6) out[i] = sum(texCubemap<T>(t, x, y, z));
    if (kind == 7) out[i] = sum(texCubemapLayered<T>(t, x, y, z, i % 2));
    if (kind == 8) out[i] = sum(tex1Dfetch<T>(t, (int)x));
    if (kind == 9) out[i] = sum(tex2DLod<T>(t, x, y, z));
    if (kind == 10) out[i] = sum(tex2DGrad<T>(t, x, y, make_float2(z, 0), make_float2(0, z)));
    if constexpr (sizeof(T) == 16) {
        if (kind == 11) out[i] = sum(tex2Dgather<T>(t, x, y, 0));
    }
}

template <typename T, int kind>
void show(const std::string& name, cudaTextureObject_t t, float low, float high) {
    static unsigned seed = 1;
    std::vector<float> at(3 * places);
    for (float& x : at) {
        seed = seed * 1664525u + 1013904223u;
        x = low + (high - low) * (seed >> 8) / 16777216.0f;
    }
    float *given, *out, values[places];
    CHECK(cudaMalloc(&given, at.size() * sizeof(float)));
    CHECK(cudaMalloc(&out, sizeof values));
    CHECK(cudaMemcpy(given, at.data(), at.size() * sizeof(float), cudaMemcpyHostToDevice));
    read<T, kind><<<1, places>>>(t, given, out);
    CHECK(cudaMemcpy(values, out, sizeof values, cudaMemcpyDeviceToHost));
    printf("%s:", name.c_str());
    for (float v : values) printf(" %.9g", v);
    printf("\n");
    CHECK(cudaFree(given));
    CHECK(cudaFree(out));
}

template <typename T>
std::vector<T> texels(size_t count) {
    std::vector<T> made(count);
    unsigned char* bytes = reinterpret_cast<unsigned char*>(made.data());
    unsigned seed = 7;
    for (size_t i = 0; i < count * sizeof(T); ++i) bytes[i] = (seed = seed * 1103515245u + 12345u) >> 16;
    return made;
}
template <>
std::vector<float> texels<float>(size_t count) {
    std::vector<float> made(count);
    for (size_t i = 0; i < count; ++i) made[i] = (i * 37 % 101) / 64.0f - 0.5f;
    return made;
}

template <typename T>
cudaArray_t image(int width, int height, int depth, unsigned flags = 0) {
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<T>();
    cudaArray_t array;
    CHECK(cudaMalloc3DArray(&array, &format, make_cudaExtent(width, height, depth), flags));
    const int rows = height ? height : 1, slices = depth ? depth : 1;
    std::vector<T> data = texels<T>(width * rows * slices);
    cudaMemcpy3DParms copy = {};
    copy.srcPtr = make_cudaPitchedPtr(data.data(), width * sizeof(T), width, rows);
    copy.dstArray = array;
    copy.extent = make_cudaExtent(width, rows, slices);
    copy.kind = cudaMemcpyHostToDevice;
    CHECK(cudaMemcpy3D(&copy));
    return array;
}

cudaTextureDesc description(const Way& way) {
    cudaTextureDesc how = {};
    for (auto& mode : how.addressMode) mode = way.address;
    how.filterMode = way.filter, how.readMode = way.read, how.normalizedCoords = way.is_normalized;
    how.borderColor[0] = -2.0f, how.borderColor[1] = 0.5f;
    return how;
}

cudaTextureObject_t texture_of(cudaArray_t array, const Way& way) {
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    const cudaTextureDesc how = description(way);
    cudaTextureObject_t object;
    CHECK(cudaCreateTextureObject(&object, &resource, &how, nullptr));
    return object;
}

void every_way() {
    cudaArray_t line = image<float>(9, 0, 0), plane = image<float>(9, 7, 0), box = image<float>(5, 4, 3);
    for (int address = 0; address < 4; ++address) {
        for (int filter = 0; filter < 2; ++filter) {
            for (int is_normalized = 0; is_normalized < 2; ++is_normalized) {
                const Way way{cudaTextureAddressMode(address), cudaTextureFilterMode(filter), is_normalized != 0};
                const float low = is_normalized ? -1.5f : -2.0f, high = is_normalized ? 2.5f : 11.0f;
                show<float, 1>("1D " + way.name(), texture_of(line, way), low, high);
                show<float, 2>("2D " + way.name(), texture_of(plane, way), low, high);
                show<float, 3>("3D " + way.name(), texture_of(box, way), low, high);
            }
        }
    }
}

void formats() {
    for (int filter = 0; filter < 2; ++filter) {
        const Way way{cudaAddressModeClamp, cudaTextureFilterMode(filter), false, cudaReadModeNormalizedFloat};
        show<float4, 2>("uchar4 " + way.name(), texture_of(image<uchar4>(9, 7, 0), way), -1, 10);
        show<float2, 2>("short2 " + way.name(), texture_of(image<short2>(9, 7, 0), way), -1, 10);
        show<float, 2>("signed char " + way.name(), texture_of(image<signed char>(9, 7, 0), way), -1, 10);
        show<float4, 2>("one of four channels " + way.name(), texture_of(image<unsigned short>(9, 7, 0), way), -1, 10);
    }
    for (int address = 1; address < 4; address += 2) {
        const Way way{cudaTextureAddressMode(address), cudaFilterModePoint};
        show<int, 2>("int " + way.name(), texture_of(image<int>(9, 7, 0), way), 0, 9);
        show<uchar4, 2>("uchar4 " + way.name(), texture_of(image<uchar4>(9, 7, 0), way), 0, 7);
        show<short2, 2>("short2 " + way.name(), texture_of(image<short2>(9, 7, 0), way), 0, 7);
    }
}

void shapes() {
    for (int filter = 0; filter < 2; ++filter) {
        const Way way{cudaAddressModeClamp, cudaTextureFilterMode(filter)};
        Way cube = way;
        cube.is_normalized = true;
        show<float, 4>("layers of lines " + way.name(), texture_of(image<float>(9, 0, 4, cudaArrayLayered), way), -2, 6);
        show<float, 5>("layers " + way.name(), texture_of(image<float>(9, 7, 4, cudaArrayLayered), way), -2, 6);
        show<float, 6>("cube " + way.name(), texture_of(image<float>(4, 4, 6, cudaArrayCubemap), cube), -1, 1);
        show<float, 7>("cubes " + way.name(),
                       texture_of(image<float>(4, 4, 12, cudaArrayCubemap | cudaArrayLayered), cube), -1, 1);
    }
    show<float4, 11>("gather", texture_of(image<float4>(9, 7, 0, cudaArrayTextureGather), {}), -1, 10);
}

void memory() {
    const std::vector<float> data = texels<float>(64 * 4);
    float* pointer;
    CHECK(cudaMalloc(&pointer, data.size() * sizeof(float)));
    CHECK(cudaMemcpy(pointer, data.data(), data.size() * sizeof(float), cudaMemcpyHostToDevice));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = pointer;
    resource.res.linear.desc = cudaCreateChannelDesc<float>();
    resource.res.linear.sizeInBytes = 50 * sizeof(float);
    cudaTextureDesc how = {};
    cudaTextureObject_t object;
    CHECK(cudaCreateTextureObject(&object, &resource, &how, nullptr));
    show<float, 8>("memory", object, -10, 60);
    CHECK(cudaDestroyTextureObject(object));
    resource.resType = cudaResourceTypePitch2D;
    resource.res.pitch2D.devPtr = pointer;
    resource.res.pitch2D.desc = cudaCreateChannelDesc<float>();
    resource.res.pitch2D.width = 50, resource.res.pitch2D.height = 4, resource.res.pitch2D.pitchInBytes = 256;
    how = description({cudaAddressModeWrap, cudaFilterModeLinear, true});
    CHECK(cudaCreateTextureObject(&object, &resource, &how, nullptr));
    show<float, 2>("memory with a pitch", object, -1, 2);
}

void mipmaps() {
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
    cudaMipmappedArray_t levels;
    CHECK(cudaMallocMipmappedArray(&levels, &format, make_cudaExtent(16, 8, 0), 4));
    for (int i = 0; i < 4; ++i) {
        cudaArray_t level;
        CHECK(cudaGetMipmappedArrayLevel(&level, levels, i));
        const std::vector<float> data = texels<float>((16 >> i) * (8 >> i));
        const size_t row = (16 >> i) * sizeof(float);
        CHECK(cudaMemcpy2DToArray(level, 0, 0, data.data(), row, row, 8 >> i, cudaMemcpyHostToDevice));
    }
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeMipmappedArray;
    resource.res.mipmap.mipmap = levels;
    for (int between = 0; between < 2; ++between) {
        cudaTextureDesc how = description({cudaAddressModeWrap, cudaFilterModePoint, true});
        how.mipmapFilterMode = cudaTextureFilterMode(between), how.maxMipmapLevelClamp = 3;
        cudaTextureObject_t object;
        CHECK(cudaCreateTextureObject(&object, &resource, &how, nullptr));
        show<float, 9>(between ? "between levels" : "levels", object, -0.5f, 3.5f);
        show<float, 10>(between ? "between levels by steps" : "levels by steps", object, 0.05f, 0.5f);
    }
}

__global__ void through(cudaSurfaceObject_t s, float* out) {
    const int i = threadIdx.x;
    surf2Dwrite(i + 0.5f, s, i * 4, 1);
    __syncthreads();
    out[i] = surf2Dread<float>(s, (places - 1 - i) * 4, 1) + surf2Dread<float>(s, (i - 1) * 4, i, cudaBoundaryModeClamp) +
             surf2Dread<float>(s, (i - 1) * 4, i, cudaBoundaryModeZero);
}

void surfaces() {
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = image<float>(places, 4, 0, cudaArraySurfaceLoadStore);
    cudaSurfaceObject_t object;
    CHECK(cudaCreateSurfaceObject(&object, &resource));
    float *out, values[places];
    CHECK(cudaMalloc(&out, sizeof values));
    through<<<1, places>>>(object, out);
    CHECK(cudaMemcpy(values, out, sizeof values, cudaMemcpyDeviceToHost));
    printf("surface:");
    for (float v : values) printf(" %.9g", v);
    printf("\n");
}

int main() {
    every_way();
    formats();
    shapes();
    memory();
    mipmaps();
    surfaces();
    CHECK(cudaDeviceSynchronize());
    return 0;
}
