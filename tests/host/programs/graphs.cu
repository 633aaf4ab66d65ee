// Graphs: captured of one stream and of two, put together by hand, changed, and run again.
#include <cstdio>

#include "checked.h"

constexpr int count = 256;

__device__ int base = 1;

__global__ void add_base(int* to) { to[threadIdx.x] += base; }
__global__ void add(int* to, int amount) { to[threadIdx.x] += amount; }
__global__ void multiply(int* to, const int* by) { to[threadIdx.x] *= by[threadIdx.x]; }

int host_calls = 0;
void called(void* data) { host_calls += *static_cast<int*>(data); }

int first_of(const int* memory) {
    int value;
    CHECK(cudaMemcpy(&value, memory, sizeof value, cudaMemcpyDeviceToHost));
    return value;
}

void captured(int* a, int* b) {
    cudaStream_t one, two;
    cudaEvent_t fork, join;
    CHECK(cudaStreamCreate(&one));
    CHECK(cudaStreamCreate(&two));
    CHECK(cudaEventCreate(&fork));
    CHECK(cudaEventCreate(&join));
    static int by = 10;
    cudaGraph_t graph;
    CHECK(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal));
    CHECK(cudaMemsetAsync(a, 0, count * sizeof(int), one));
    CHECK(cudaEventRecord(fork, one));
    CHECK(cudaStreamWaitEvent(two, fork, 0));
    add<<<1, count, 0, one>>>(a, 5);
    CHECK(cudaMemsetAsync(b, 0, count * sizeof(int), two));
    add<<<1, count, 0, two>>>(b, 3);
    CHECK(cudaEventRecord(join, two));
    CHECK(cudaStreamWaitEvent(one, join, 0));
    multiply<<<1, count, 0, one>>>(a, b);
    CHECK(cudaLaunchHostFunc(one, called, &by));
    cudaStreamCaptureStatus status;
    CHECK(cudaStreamIsCapturing(two, &status));
    EXPECT(status == cudaStreamCaptureStatusActive);
    CHECK(cudaStreamEndCapture(one, &graph));
    CHECK(cudaStreamIsCapturing(two, &status));
    EXPECT(status == cudaStreamCaptureStatusNone);
    EXPECT(host_calls == 0);

    size_t nodes = 0, edges = 0, roots = 0;
    CHECK(cudaGraphGetNodes(graph, nullptr, &nodes));
    CHECK(cudaGraphGetRootNodes(graph, nullptr, &roots));
    EXPECT(nodes == 6 && roots == 1);
    CHECK(cudaGraphGetEdges(graph, nullptr, nullptr, &edges));
    EXPECT(edges == 6);
    cudaGraphExec_t exec;
    CHECK(cudaGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
    CHECK(cudaGraphDestroy(graph));
    for (int i = 1; i <= 3; ++i) {
        CHECK(cudaGraphLaunch(exec, one));
        CHECK(cudaStreamSynchronize(one));
        EXPECT(first_of(a) == 15 && host_calls == 10 * i);
    }
    CHECK(cudaGraphExecDestroy(exec));

    // What was recorded in a capture says nothing once that has ended; symbols are copied when the graph runs.
    static const int hundred = 100;
    CHECK(cudaStreamWaitEvent(two, fork, 0));
    CHECK(cudaStreamIsCapturing(two, &status));
    EXPECT(status == cudaStreamCaptureStatusNone);
    CHECK(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal));
    CHECK(cudaMemcpyToSymbolAsync(base, &hundred, sizeof hundred, 0, cudaMemcpyHostToDevice, one));
    add_base<<<1, count, 0, one>>>(a);
    CHECK(cudaStreamEndCapture(one, &graph));
    add_base<<<1, count, 0, two>>>(a);
    EXPECT(first_of(a) == 16);
    CHECK(cudaGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
    CHECK(cudaGraphLaunch(exec, one));
    CHECK(cudaStreamSynchronize(one));
    EXPECT(first_of(a) == 116);
    CHECK(cudaGraphExecDestroy(exec));
    CHECK(cudaGraphDestroy(graph));

    CHECK(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal));
    EXPECT(cudaStreamSynchronize(one) == cudaErrorStreamCaptureUnsupported);
    cudaStreamEndCapture(one, &graph);
    (void)cudaGetLastError();
    CHECK(cudaStreamDestroy(one));
    CHECK(cudaStreamDestroy(two));
}

void by_hand(int* a, int* b) {
    cudaGraph_t graph, child;
    CHECK(cudaGraphCreate(&graph, 0));
    CHECK(cudaGraphCreate(&child, 0));
    cudaGraphNode_t clear, fill, addition, product, host, inner, copy;
    cudaMemsetParams sevens = {};
    sevens.dst = a, sevens.value = 7, sevens.elementSize = sizeof(int), sevens.width = count, sevens.height = 1;
    CHECK(cudaGraphAddMemsetNode(&fill, graph, nullptr, 0, &sevens));
    cudaMemsetParams zeros = sevens;
    zeros.dst = b, zeros.value = 0, zeros.elementSize = 1, zeros.width = count * sizeof(int);
    CHECK(cudaGraphAddMemsetNode(&clear, graph, nullptr, 0, &zeros));
    int amount = 2;
    void* of_add[] = {&b, &amount};
    cudaKernelNodeParams addition_of = {};
    addition_of.func = reinterpret_cast<void*>(add), addition_of.gridDim = dim3(1), addition_of.blockDim = dim3(count);
    addition_of.kernelParams = of_add;
    CHECK(cudaGraphAddKernelNode(&inner, child, nullptr, 0, &addition_of));
    CHECK(cudaGraphAddChildGraphNode(&addition, graph, &clear, 1, child));
    void* of_multiply[] = {&a, &b};
    cudaKernelNodeParams product_of = addition_of;
    product_of.func = reinterpret_cast<void*>(multiply), product_of.kernelParams = of_multiply;
    const cudaGraphNode_t both[] = {fill, addition};
    CHECK(cudaGraphAddKernelNode(&product, graph, both, 2, &product_of));
    static int result = 0, by = 1;
    CHECK(cudaGraphAddMemcpyNode1D(&copy, graph, &product, 1, &result, a, sizeof result, cudaMemcpyDeviceToHost));
    cudaHostNodeParams call = {called, &by};
    CHECK(cudaGraphAddHostNode(&host, graph, nullptr, 0, &call));
    CHECK(cudaGraphAddDependencies(graph, &copy, &host, 1));
    cudaGraphNodeType type;
    CHECK(cudaGraphNodeGetType(addition, &type));
    EXPECT(type == cudaGraphNodeTypeGraph);
    size_t after = 0;
    CHECK(cudaGraphNodeGetDependencies(product, nullptr, &after));
    EXPECT(after == 2);

    cudaGraphExec_t exec;
    cudaStream_t stream;
    CHECK(cudaStreamCreate(&stream));
    CHECK(cudaGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
    host_calls = 0;
    CHECK(cudaGraphLaunch(exec, stream));
    CHECK(cudaStreamSynchronize(stream));
    EXPECT(result == 14 && host_calls == 1);

    sevens.value = 9;
    CHECK(cudaGraphExecMemsetNodeSetParams(exec, fill, &sevens));
    CHECK(cudaGraphLaunch(exec, stream));
    CHECK(cudaStreamSynchronize(stream));
    EXPECT(result == 18 && host_calls == 2);

    cudaKernelNodeParams found;
    CHECK(cudaGraphKernelNodeGetParams(product, &found));
    EXPECT(found.blockDim.x == count && *static_cast<int**>(found.kernelParams[1]) == b);
    void* of_square[] = {&a, &a};
    product_of.kernelParams = of_square;
    CHECK(cudaGraphExecKernelNodeSetParams(exec, product, &product_of));
    CHECK(cudaGraphLaunch(exec, stream));
    CHECK(cudaStreamSynchronize(stream));
    EXPECT(result == 81);
    CHECK(cudaGraphExecDestroy(exec));
    CHECK(cudaGraphDestroy(graph));
    CHECK(cudaGraphDestroy(child));
    CHECK(cudaStreamDestroy(stream));
}

int main() {
    int *a, *b;
    CHECK(cudaMalloc(&a, count * sizeof(int)));
    CHECK(cudaMalloc(&b, count * sizeof(int)));
    captured(a, b);
    by_hand(a, b);
    std::printf("graphs are right\n");
}
