// Streams, events, callbacks, device queries and occupancy.
#include <cstring>

#include "checked.h"

__global__ void add(int* p, int v) { atomicAdd(p, v); }
static void CUDART_CB called(cudaStream_t, cudaError_t status, void* data) { *(int*)data = status == cudaSuccess ? 1 : -1; }
static void host_function(void* data) { *(int*)data += 10; }

int main() {
    int count = 0, device = -1, least, greatest, done = 0;
    CHECK(cudaGetDeviceCount(&count));
    CHECK(cudaGetDevice(&device));
    EXPECT(count == 1 && device == 0);
    cudaDeviceProp properties;
    CHECK(cudaGetDeviceProperties(&properties, 0));
    EXPECT(std::strlen(properties.name) > 0 && properties.warpSize == 32 && properties.maxThreadsPerBlock >= 256);
    int processors;
    CHECK(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0));
    EXPECT(processors == properties.multiProcessorCount);
    CHECK(cudaDeviceGetStreamPriorityRange(&least, &greatest));
    EXPECT(least >= greatest);

    cudaStream_t streams[3];
    CHECK(cudaStreamCreate(&streams[0]));
    CHECK(cudaStreamCreateWithFlags(&streams[1], cudaStreamNonBlocking));
    CHECK(cudaStreamCreateWithPriority(&streams[2], cudaStreamDefault, greatest));
    cudaEvent_t start, end;
    CHECK(cudaEventCreate(&start));
    CHECK(cudaEventCreate(&end));
    int *sum, total = 0;
    CHECK(cudaMalloc(&sum, sizeof(int)));
    CHECK(cudaMemset(sum, 0, sizeof(int)));
    CHECK(cudaEventRecord(start, streams[0]));
    for (int i = 0; i < 30; ++i) add<<<2, 32, 0, streams[i % 3]>>>(sum, i);
    CHECK(cudaEventRecord(end, streams[2]));
    CHECK(cudaStreamWaitEvent(streams[0], end, 0));
    CHECK(cudaMemcpyAsync(&total, sum, sizeof(int), cudaMemcpyDeviceToHost, streams[0]));
    CHECK(cudaStreamAddCallback(streams[0], called, &done, 0));
    CHECK(cudaLaunchHostFunc(streams[0], host_function, &done));
    CHECK(cudaStreamSynchronize(streams[0]));
    EXPECT(total == 64 * 435 && done == 11);
    CHECK(cudaEventSynchronize(end));
    EXPECT(cudaEventQuery(end) == cudaSuccess && cudaStreamQuery(streams[1]) == cudaSuccess);
    float milliseconds = -1;
    CHECK(cudaEventElapsedTime(&milliseconds, start, end));
    EXPECT(milliseconds >= 0);

    int grid, block, blocks;
    CHECK(cudaOccupancyMaxPotentialBlockSize(&grid, &block, add));
    EXPECT(grid >= 1 && block >= 32);
    CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, add, 128, 0));
    EXPECT(blocks >= 1);
    cudaFuncAttributes attributes;
    CHECK(cudaFuncGetAttributes(&attributes, add));
    EXPECT(attributes.maxThreadsPerBlock >= 256 && attributes.sharedSizeBytes == 0);
    for (cudaStream_t stream : streams) CHECK(cudaStreamDestroy(stream));
    CHECK(cudaEventDestroy(start));
    std::printf("streams are right\n");
}
