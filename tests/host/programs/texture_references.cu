// Textures and surfaces that are variables of a file: bound to memory and arrays, bound again, and read.
#include <cstdio>

#include "checked.h"

texture<float, 2> plane(0, cudaFilterModeLinear, cudaAddressModeClamp);
texture<uchar4, cudaTextureType2D, cudaReadModeNormalizedFloat> colours;
static texture<int, cudaTextureType1D, cudaReadModeElementType> numbers;
surface<void, cudaSurfaceType2D> target;
namespace inner {
texture<int2, 1> pairs;
}

constexpr int count = 8;

__global__ void read(float* out) {
    const int i = threadIdx.x;
    const int2 pair = tex1Dfetch(inner::pairs, i / 2);
    out[i] = tex2D(plane, i + 1.0f, 1.0f) + tex2D(colours, i, 0.0f).y * 255.0f + tex1Dfetch(numbers, i) + pair.x - pair.y;
    surf2Dwrite(out[i], target, i * sizeof(float), 1);
}

int main() {
    float floats[count], found[count];
    uchar4 bytes[count];
    int ints[count], others[count];
    for (int i = 0; i < count; ++i) {
        floats[i] = i, bytes[i] = make_uchar4(i, 2 * i, 3 * i, 4 * i), ints[i] = 10 * i, others[i] = -i;
    }
    cudaArray *image, *drawn;
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
    CHECK(cudaMallocArray(&image, &format, count / 2, 2));
    CHECK(cudaMemcpyToArray(image, 0, 0, floats, sizeof floats, cudaMemcpyHostToDevice));
    CHECK(cudaMallocArray(&drawn, &format, count, 2, cudaArraySurfaceLoadStore));
    uchar4* colour_memory;
    int *number_memory, *other_memory;
    float* out;
    CHECK(cudaMalloc(&colour_memory, sizeof bytes));
    CHECK(cudaMalloc(&number_memory, sizeof ints));
    CHECK(cudaMalloc(&other_memory, sizeof others));
    CHECK(cudaMalloc(&out, sizeof found));
    CHECK(cudaMemcpy(colour_memory, bytes, sizeof bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(number_memory, ints, sizeof ints, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(other_memory, others, sizeof others, cudaMemcpyHostToDevice));
    CHECK(cudaBindTextureToArray(plane, image));
    CHECK(cudaBindTexture2D(nullptr, colours, colour_memory, count, 1, sizeof bytes));
    CHECK(cudaBindTexture(nullptr, inner::pairs, number_memory, sizeof ints));
    CHECK(cudaBindSurfaceToArray(target, drawn));
    for (int turn = 0; turn < 2; ++turn) {
        size_t offset = 1;
        CHECK(cudaBindTexture(&offset, numbers, turn ? other_memory : number_memory));
        EXPECT(offset == 0);
        read<<<1, count>>>(out);
        CHECK(cudaMemcpyFromArray(found, drawn, 0, 1, sizeof found, cudaMemcpyDeviceToHost));
        for (int i = 0; i < count; ++i) {
            const int column = i < 3 ? i : 3, next = column < 3 ? column + 1 : 3;
            const float filtered = (floats[column] + floats[next] + floats[4 + column] + floats[4 + next]) / 4;
            const float wanted = filtered + 2 * i + (turn ? others[i] : ints[i]) + ints[i / 2 * 2] - ints[i / 2 * 2 + 1];
            EXPECT(found[i] > wanted - 1e-4f && found[i] < wanted + 1e-4f);
        }
    }
    CHECK(cudaUnbindTexture(numbers));
    CHECK(cudaFreeArray(image));
    CHECK(cudaFreeArray(drawn));
    std::printf("texture references are right\n");
}
