// Memory of every kind, and copies in all directions and shapes.
#include <algorithm>
#include <vector>

#include "checked.h"

struct Node {
    int value;
    int* values;
};
__global__ void doubled(int* p, int n) { for (int i = threadIdx.x; i < n; i += blockDim.x) p[i] *= 2; }
__global__ void fill_by(Node node) { node.values[threadIdx.x] = node.value; }
__global__ void rows(char* base, size_t pitch, int width, int height) {
    const int x = threadIdx.x, y = blockIdx.x;
    if (x < width && y < height) ((float*)(base + y * pitch))[x] = x + 100 * y;
}

int main() {
    const int n = 1000;
    std::vector<int> numbers(n, 21);
    int *a, *b, *managed, *mapped, *pinned;
    CHECK(cudaMalloc(&a, n * sizeof(int)));
    CHECK(cudaMalloc(&b, n * sizeof(int)));
    CHECK(cudaMemcpy(a, numbers.data(), n * sizeof(int), cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(b, a, n * sizeof(int), cudaMemcpyDeviceToDevice));
    doubled<<<1, 128>>>(b, n);
    CHECK(cudaMemcpy(numbers.data(), b, n * sizeof(int), cudaMemcpyDeviceToHost));
    EXPECT(std::count(numbers.begin(), numbers.end(), 42) == n);
    CHECK(cudaMemset(b + 10, 0xff, 80));
    CHECK(cudaMemcpyAsync(numbers.data(), b, n * sizeof(int), cudaMemcpyDeviceToHost, 0));
    CHECK(cudaStreamSynchronize(0));
    EXPECT(numbers[9] == 42 && numbers[10] == -1 && numbers[29] == -1 && numbers[30] == 42);

    CHECK(cudaMallocManaged(&managed, n * sizeof(int)));
    for (int i = 0; i < n; ++i) managed[i] = i;
    for (int round = 0; round < 3; ++round) {
        doubled<<<1, 64>>>(managed, n);
        doubled<<<1, 64>>>(managed + n / 2, n / 2);
        CHECK(cudaDeviceSynchronize());
        managed[0] += 1;
    }
    EXPECT(managed[1] == 8 && managed[n - 1] == (n - 1) * 64 && managed[0] == 7);

    CHECK(cudaHostAlloc(&mapped, n * sizeof(int), cudaHostAllocMapped));
    CHECK(cudaMallocHost(&pinned, n * sizeof(int)));
    std::fill(mapped, mapped + n, 5);
    int* on_device;
    CHECK(cudaHostGetDevicePointer(&on_device, mapped, 0));
    doubled<<<1, 64>>>(on_device, n);
    CHECK(cudaDeviceSynchronize());
    EXPECT(mapped[0] == 10 && mapped[n - 1] == 10);
    CHECK(cudaMemcpy(pinned, b, n * sizeof(int), cudaMemcpyDefault));
    EXPECT(pinned[0] == 42 && pinned[12] == -1);

    // The host may write to pinned memory while kernels run that are not given it; those that are find what it wrote.
    int* other;
    CHECK(cudaMallocHost(&other, n * sizeof(int)));
    std::fill(pinned, pinned + n, 3);
    doubled<<<1, 64>>>(pinned, n);
    CHECK(cudaDeviceSynchronize());
    doubled<<<1, 64>>>(managed, n);
    std::fill(pinned, pinned + n, 7);
    std::fill(other, other + n, 8);
    doubled<<<1, 64>>>(other, n);
    CHECK(cudaDeviceSynchronize());
    EXPECT(pinned[0] == 7 && pinned[n - 1] == 7 && other[0] == 16);
    doubled<<<1, 64>>>(pinned, n);
    CHECK(cudaDeviceSynchronize());
    EXPECT(pinned[0] == 14 && pinned[n - 1] == 14);
    fill_by<<<1, 64>>>(Node{9, pinned});
    CHECK(cudaDeviceSynchronize());
    EXPECT(pinned[0] == 9 && pinned[63] == 9 && pinned[64] == 14);

    cudaPointerAttributes attributes;
    CHECK(cudaPointerGetAttributes(&attributes, a + 3));
    EXPECT(attributes.type == cudaMemoryTypeDevice);
    CHECK(cudaPointerGetAttributes(&attributes, managed));
    EXPECT(attributes.type == cudaMemoryTypeManaged);
    CHECK(cudaPointerGetAttributes(&attributes, numbers.data()));
    EXPECT(attributes.type == cudaMemoryTypeUnregistered);

    char* plane;
    size_t pitch;
    CHECK(cudaMallocPitch(&plane, &pitch, 30 * sizeof(float), 20));
    EXPECT(pitch >= 120);
    rows<<<20, 32>>>(plane, pitch, 30, 20);
    std::vector<float> flat(30 * 20);
    CHECK(cudaMemcpy2D(flat.data(), 30 * sizeof(float), plane, pitch, 30 * sizeof(float), 20, cudaMemcpyDeviceToHost));
    EXPECT(flat[29] == 29 && flat[30 * 19 + 7] == 1907);
    CHECK(cudaMemset2D(plane, pitch, 0, 4 * sizeof(float), 2));
    CHECK(cudaMemcpy(flat.data(), plane, 30 * sizeof(float), cudaMemcpyDeviceToHost));
    EXPECT(flat[3] == 0 && flat[4] == 4);

    size_t free = 0, total = 0;
    CHECK(cudaMemGetInfo(&free, &total));
    EXPECT(free < total && free > 0);
    for (void* p : {(void*)a, (void*)b, (void*)managed, (void*)plane}) CHECK(cudaFree(p));
    CHECK(cudaFreeHost(mapped));
    CHECK(cudaFreeHost(pinned));
    std::printf("memory is right\n");
}
