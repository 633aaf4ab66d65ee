// Graphs: work and what it comes after, put together by hand or captured of streams, then run as often as one likes.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "cuda_runtime_api.h"
#include "kernels.h"
#include "service.h"
#include "streams.h"

struct CUgraphNode_st {
    cudaGraph_t graph;
    cudaGraphNodeType type;
    cudawasm::Work work;
    std::vector<cudaGraphNode_t> after;
    std::shared_ptr<cudawasm::Launch> launch;  // of kernels
    std::vector<void*> argument_places;
    std::shared_ptr<CUgraph_st> child;
    cudaGraphNode_t original = nullptr;  // of clones
};

struct CUgraph_st {
    std::vector<std::unique_ptr<CUgraphNode_st>> nodes;  // in the order in which they were added
};

struct CUgraphExec_st {
    struct Step {
        cudaGraphNode_t node;
        cudaGraphNodeType type;
        cudawasm::Work work;
    };
    std::vector<Step> steps;
};

namespace cudawasm {
namespace {

bool holds(cudaGraph_t graph, cudaGraphNode_t node) {
    return std::any_of(graph->nodes.begin(), graph->nodes.end(), [&](const auto& one) { return one.get() == node; });
}

cudaGraphNode_t added(cudaGraph_t graph, cudaGraphNodeType type, std::vector<cudaGraphNode_t> after, Work work) {
    graph->nodes.push_back(std::make_unique<CUgraphNode_st>(CUgraphNode_st{graph, type, std::move(work), std::move(after)}));
    return graph->nodes.back().get();
}

cudaError_t added_by_hand(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies, size_t count,
                          cudaGraphNodeType type, Work work) {
    if (!node || !graph || (count && !dependencies)) return cudaErrorInvalidValue;
    std::vector<cudaGraphNode_t> after(dependencies, dependencies + count);
    for (cudaGraphNode_t one : after) {
        if (!one || !holds(graph, one)) return cudaErrorInvalidValue;
    }
    *node = added(graph, type, std::move(after), std::move(work));
    return cudaSuccess;
}

// --- what nodes do ---

cudaError_t kernel_launch(const cudaKernelNodeParams* p, std::shared_ptr<Launch>* launch) {
    if (!p || !p->func || p->extra) return cudaErrorInvalidValue;
    Kernel* kernel = kernel_of(p->func);
    if (!kernel) return cudaErrorInvalidDeviceFunction;
    *launch = std::make_shared<Launch>();
    return prepared(*kernel, {p->gridDim, p->blockDim, p->sharedMemBytes, nullptr}, p->kernelParams, -1, launch->get());
}
Work launch_work(std::shared_ptr<Launch> launch) {
    return [launch] { return launched(*launch); };
}
Work copy_work(const cudaMemcpy3DParms& p) {
    return [p] { return cudaMemcpy3D(&p); };
}
Work copy_work(void* to, const void* from, size_t size, cudaMemcpyKind kind) {
    return [=] { return cudaMemcpy(to, from, size, kind); };
}
Work host_work(const cudaHostNodeParams& p) {
    return [p] {
        const cudaError_t error = finished();
        p.fn(p.userData);
        return error;
    };
}

// Elements of one, two or four bytes.
Work fill_work(const cudaMemsetParams& p) {
    return [p] {
        if (p.elementSize == 1) {
            const size_t pitch = p.height > 1 ? p.pitch : p.width;
            return cudaMemset2D(p.dst, pitch, static_cast<int>(p.value), p.width, p.height);
        }
        std::vector<char> row(p.width * p.elementSize);
        for (size_t i = 0; i < row.size(); ++i) row[i] = reinterpret_cast<const char*>(&p.value)[i % p.elementSize];
        for (size_t y = 0; y < p.height; ++y) {
            const cudaError_t error =
                cudaMemcpy(static_cast<char*>(p.dst) + y * p.pitch, row.data(), row.size(), cudaMemcpyHostToDevice);
            if (error != cudaSuccess) return error;
        }
        return cudaSuccess;
    };
}

void make_kernel_node(cudaGraphNode_t node, std::shared_ptr<Launch> launch) {
    node->launch = launch;
    node->argument_places = argument_places(*launch);
    node->work = launch_work(std::move(launch));
}

// --- order ---

// The nodes, each behind those that it comes after; fewer than all where they wait for each other.
std::vector<cudaGraphNode_t> in_order(const CUgraph_st& graph) {
    std::vector<cudaGraphNode_t> order;
    std::set<cudaGraphNode_t> done;
    for (bool is_growing = true; is_growing;) {
        is_growing = false;
        for (const auto& node : graph.nodes) {
            const auto is_done = [&](cudaGraphNode_t one) { return done.count(one) > 0; };
            if (is_done(node.get()) || !std::all_of(node->after.begin(), node->after.end(), is_done)) continue;
            order.push_back(node.get());
            done.insert(node.get());
            is_growing = true;
        }
    }
    return order;
}

// Adds a graph's steps, those of its child graphs in their places.
bool add_steps(const CUgraph_st& graph, std::vector<CUgraphExec_st::Step>& steps) {
    const std::vector<cudaGraphNode_t> order = in_order(graph);
    for (cudaGraphNode_t node : order) {
        if (node->child) {
            if (!add_steps(*node->child, steps)) return false;
        } else {
            steps.push_back({node, node->type, node->work});
        }
    }
    return order.size() == graph.nodes.size();
}

std::unique_ptr<CUgraph_st> cloned(const CUgraph_st& graph) {
    auto clone = std::make_unique<CUgraph_st>();
    std::map<cudaGraphNode_t, cudaGraphNode_t> now;
    for (const auto& node : graph.nodes) {
        cudaGraphNode_t made = added(clone.get(), node->type, {}, node->work);
        if (node->launch) make_kernel_node(made, std::make_shared<Launch>(*node->launch));
        made->child = node->child, made->original = node.get();
        now[node.get()] = made;
    }
    for (const auto& node : graph.nodes) {
        for (cudaGraphNode_t one : node->after) now[node.get()]->after.push_back(now[one]);
    }
    return clone;
}

// CUDA's way to give lists: all that fit where there is room, and how many there are.
cudaError_t listed(const std::vector<cudaGraphNode_t>& found, cudaGraphNode_t* nodes, size_t* count) {
    if (!count) return cudaErrorInvalidValue;
    if (nodes) std::copy_n(found.begin(), std::min(*count, found.size()), nodes);
    *count = found.size();
    return cudaSuccess;
}

cudaError_t replaced(cudaGraphExec_t exec, cudaGraphNode_t node, cudaGraphNodeType type, Work work) {
    if (!exec || !node || node->type != type) return cudaErrorInvalidValue;
    for (auto& step : exec->steps) {
        if (step.node == node) return step.work = std::move(work), cudaSuccess;
    }
    return cudaErrorInvalidValue;
}

cudaError_t set(cudaGraphNode_t node, cudaGraphNodeType type, Work work) {
    if (!node || node->type != type) return cudaErrorInvalidValue;
    return node->work = std::move(work), cudaSuccess;
}

void end_capture(const Capture& capture) {
    for (cudaStream_t stream : capture.streams) stream->capture.reset(), stream->last.clear();
}

cudaGraphNode_t add_captured(cudaStream_t stream, cudaGraphNodeType type, Work work) {
    cudaGraphNode_t node = added(stream->capture->graph, type, stream->last, std::move(work));
    stream->last = {node};
    return node;
}

// Whether all captured work comes before the last of a stream.
bool is_joined(const Capture& capture) {
    std::set<cudaGraphNode_t> before;
    std::vector<cudaGraphNode_t> open = capture.origin->last;
    while (!open.empty()) {
        cudaGraphNode_t node = open.back();
        open.pop_back();
        if (before.insert(node).second) open.insert(open.end(), node->after.begin(), node->after.end());
    }
    return before.size() == capture.graph->nodes.size();
}

}  // namespace

cudaError_t captured(cudaStream_t stream, cudaGraphNodeType type, Work work) {
    return add_captured(stream, type, std::move(work)), cudaSuccess;
}

cudaError_t captured(cudaStream_t stream, Launch launch) {
    make_kernel_node(add_captured(stream, cudaGraphNodeTypeKernel, {}), std::make_shared<Launch>(std::move(launch)));
    return cudaSuccess;
}

}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

// --- capture ---

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
    if (is_built_in(stream)) return failed(cudaErrorStreamCaptureUnsupported);
    if (stream->capture) return failed(cudaErrorIllegalState);
    stream->capture = std::make_shared<Capture>(Capture{new CUgraph_st, stream, {stream}});
    return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
    if (!graph) return failed(cudaErrorInvalidValue);
    *graph = nullptr;
    if (!is_captured(stream)) return failed(cudaErrorIllegalState);
    const std::shared_ptr<Capture> capture = stream->capture;
    if (capture->origin != stream) return failed(cudaErrorStreamCaptureUnmatched);
    const bool is_whole = is_joined(*capture);
    if (is_whole) *graph = capture->graph;
    else delete capture->graph;
    end_capture(*capture);
    return failed(is_whole ? cudaSuccess : cudaErrorStreamCaptureUnjoined);
}
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
    if (!status) return failed(cudaErrorInvalidValue);
    *status = is_captured(stream) ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return cudaSuccess;
}
cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
    thread_local cudaStreamCaptureMode current = cudaStreamCaptureModeGlobal;
    if (!mode) return failed(cudaErrorInvalidValue);
    return std::swap(*mode, current), cudaSuccess;
}

// --- graphs by hand ---

cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned int) {
    if (!graph) return failed(cudaErrorInvalidValue);
    return *graph = new CUgraph_st, cudaSuccess;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    if (!graph) return failed(cudaErrorInvalidValue);
    return delete graph, cudaSuccess;
}
cudaError_t cudaGraphClone(cudaGraph_t* clone, cudaGraph_t graph) {
    if (!clone || !graph) return failed(cudaErrorInvalidValue);
    return *clone = cloned(*graph).release(), cudaSuccess;
}
cudaError_t cudaGraphNodeFindInClone(cudaGraphNode_t* found, cudaGraphNode_t original, cudaGraph_t clone) {
    if (!found || !clone) return failed(cudaErrorInvalidValue);
    for (const auto& node : clone->nodes) {
        if (node->original == original) return *found = node.get(), cudaSuccess;
    }
    return failed(cudaErrorInvalidValue);
}

cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                   size_t count, const cudaKernelNodeParams* parameters) {
    std::shared_ptr<Launch> launch;
    if (const cudaError_t error = kernel_launch(parameters, &launch)) return failed(error);
    const cudaError_t error = added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeKernel, {});
    if (error == cudaSuccess) make_kernel_node(*node, std::move(launch));
    return failed(error);
}
cudaError_t cudaGraphAddMemcpyNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                   size_t count, const cudaMemcpy3DParms* p) {
    if (!p) return failed(cudaErrorInvalidValue);
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeMemcpy, copy_work(*p)));
}
cudaError_t cudaGraphAddMemcpyNode1D(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                     size_t count, void* to, const void* from, size_t size, cudaMemcpyKind kind) {
    const Work work = copy_work(to, from, size, kind);
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeMemcpy, work));
}
cudaError_t cudaGraphAddMemsetNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                   size_t count, const cudaMemsetParams* p) {
    if (!p || (p->elementSize != 1 && p->elementSize != 2 && p->elementSize != 4)) return failed(cudaErrorInvalidValue);
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeMemset, fill_work(*p)));
}
cudaError_t cudaGraphAddHostNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                 size_t count, const cudaHostNodeParams* p) {
    if (!p || !p->fn) return failed(cudaErrorInvalidValue);
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeHost, host_work(*p)));
}
// The child as it is now: what is done to it later changes nothing.
cudaError_t cudaGraphAddChildGraphNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                       size_t count, cudaGraph_t child) {
    if (!child) return failed(cudaErrorInvalidValue);
    const cudaError_t error = added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeGraph, {});
    if (error == cudaSuccess) (*node)->child = cloned(*child);
    return failed(error);
}
cudaError_t cudaGraphAddEmptyNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                  size_t count) {
    const Work nothing = [] { return cudaSuccess; };
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeEmpty, nothing));
}
cudaError_t cudaGraphAddEventRecordNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                        size_t count, cudaEvent_t event) {
    const Work record = [event] { return cudaEventRecord(event, nullptr); };
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeEventRecord, record));
}
cudaError_t cudaGraphAddEventWaitNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                                      size_t count, cudaEvent_t event) {
    const Work wait = [event] { return cudaEventSynchronize(event); };
    return failed(added_by_hand(node, graph, dependencies, count, cudaGraphNodeTypeWaitEvent, wait));
}
cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to,
                                     size_t count) {
    for (size_t i = 0; i < count; ++i) {
        if (!graph || !holds(graph, from[i]) || !holds(graph, to[i])) return failed(cudaErrorInvalidValue);
        to[i]->after.push_back(from[i]);
    }
    return cudaSuccess;
}
cudaError_t cudaGraphRemoveDependencies(cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to,
                                        size_t count) {
    for (size_t i = 0; i < count; ++i) {
        if (!graph || !holds(graph, to[i])) return failed(cudaErrorInvalidValue);
        auto& after = to[i]->after;
        const auto found = std::find(after.begin(), after.end(), from[i]);
        if (found == after.end()) return failed(cudaErrorInvalidValue);
        after.erase(found);
    }
    return cudaSuccess;
}
cudaError_t cudaGraphDestroyNode(cudaGraphNode_t node) {
    if (!node) return failed(cudaErrorInvalidValue);
    auto& nodes = node->graph->nodes;
    for (const auto& other : nodes) {
        other->after.erase(std::remove(other->after.begin(), other->after.end(), node), other->after.end());
    }
    nodes.erase(std::find_if(nodes.begin(), nodes.end(), [&](const auto& one) { return one.get() == node; }));
    return cudaSuccess;
}

// --- what a graph is made of ---

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) {
    if (!graph) return failed(cudaErrorInvalidValue);
    std::vector<cudaGraphNode_t> found;
    for (const auto& node : graph->nodes) found.push_back(node.get());
    return failed(listed(found, nodes, count));
}
cudaError_t cudaGraphGetRootNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) {
    if (!graph) return failed(cudaErrorInvalidValue);
    std::vector<cudaGraphNode_t> found;
    for (const auto& node : graph->nodes) {
        if (node->after.empty()) found.push_back(node.get());
    }
    return failed(listed(found, nodes, count));
}
cudaError_t cudaGraphGetEdges(cudaGraph_t graph, cudaGraphNode_t* from, cudaGraphNode_t* to, size_t* count) {
    if (!graph || !count) return failed(cudaErrorInvalidValue);
    size_t number = 0;
    for (const auto& node : graph->nodes) {
        for (cudaGraphNode_t one : node->after) {
            if (from && to && number < *count) from[number] = one, to[number] = node.get();
            ++number;
        }
    }
    return *count = number, cudaSuccess;
}
cudaError_t cudaGraphNodeGetDependencies(cudaGraphNode_t node, cudaGraphNode_t* nodes, size_t* count) {
    return failed(node ? listed(node->after, nodes, count) : cudaErrorInvalidValue);
}
cudaError_t cudaGraphNodeGetDependentNodes(cudaGraphNode_t node, cudaGraphNode_t* nodes, size_t* count) {
    if (!node) return failed(cudaErrorInvalidValue);
    std::vector<cudaGraphNode_t> found;
    for (const auto& other : node->graph->nodes) {
        if (std::count(other->after.begin(), other->after.end(), node)) found.push_back(other.get());
    }
    return failed(listed(found, nodes, count));
}
cudaError_t cudaGraphNodeGetType(cudaGraphNode_t node, cudaGraphNodeType* type) {
    if (!node || !type) return failed(cudaErrorInvalidValue);
    return *type = node->type, cudaSuccess;
}
cudaError_t cudaGraphKernelNodeGetParams(cudaGraphNode_t node, cudaKernelNodeParams* parameters) {
    if (!node || !node->launch || !parameters) return failed(cudaErrorInvalidValue);
    const Configuration& how = node->launch->how;
    *parameters = {node->launch->kernel, how.grid, how.block, static_cast<unsigned int>(how.shared_bytes),
                   node->argument_places.data(), nullptr};
    return cudaSuccess;
}

cudaError_t cudaGraphKernelNodeSetParams(cudaGraphNode_t node, const cudaKernelNodeParams* parameters) {
    std::shared_ptr<Launch> launch;
    if (!node || !node->launch) return failed(cudaErrorInvalidValue);
    if (const cudaError_t error = kernel_launch(parameters, &launch)) return failed(error);
    return make_kernel_node(node, std::move(launch)), cudaSuccess;
}
cudaError_t cudaGraphMemcpyNodeSetParams(cudaGraphNode_t node, const cudaMemcpy3DParms* p) {
    return failed(p ? set(node, cudaGraphNodeTypeMemcpy, copy_work(*p)) : cudaErrorInvalidValue);
}
cudaError_t cudaGraphMemcpyNodeSetParams1D(cudaGraphNode_t node, void* to, const void* from, size_t size,
                                           cudaMemcpyKind kind) {
    return failed(set(node, cudaGraphNodeTypeMemcpy, copy_work(to, from, size, kind)));
}
cudaError_t cudaGraphMemsetNodeSetParams(cudaGraphNode_t node, const cudaMemsetParams* p) {
    return failed(p ? set(node, cudaGraphNodeTypeMemset, fill_work(*p)) : cudaErrorInvalidValue);
}
cudaError_t cudaGraphHostNodeSetParams(cudaGraphNode_t node, const cudaHostNodeParams* p) {
    return failed(p && p->fn ? set(node, cudaGraphNodeTypeHost, host_work(*p)) : cudaErrorInvalidValue);
}

// --- graphs that run ---

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
    if (!exec || !graph) return failed(cudaErrorInvalidValue);
    auto made = std::make_unique<CUgraphExec_st>();
    if (!add_steps(*graph, made->steps)) return failed(cudaErrorInvalidValue);
    return *exec = made.release(), cudaSuccess;
}
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long flags) {
    return cudaGraphInstantiate(exec, graph, flags);
}
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphExecUpdateResultInfo* result) {
    if (!exec || !graph || !result) return failed(cudaErrorInvalidValue);
    *result = {cudaGraphExecUpdateSuccess, nullptr, nullptr};
    std::vector<CUgraphExec_st::Step> steps;
    if (!add_steps(*graph, steps) || steps.size() != exec->steps.size()) {
        result->result = cudaGraphExecUpdateErrorTopologyChanged;
        return failed(cudaErrorGraphExecUpdateFailure);
    }
    for (size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].type == exec->steps[i].type) continue;
        *result = {cudaGraphExecUpdateErrorNodeTypeChanged, steps[i].node, nullptr};
        return failed(cudaErrorGraphExecUpdateFailure);
    }
    for (size_t i = 0; i < steps.size(); ++i) exec->steps[i].work = steps[i].work;
    return cudaSuccess;
}
cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaKernelNodeParams* parameters) {
    std::shared_ptr<Launch> launch;
    if (const cudaError_t error = kernel_launch(parameters, &launch)) return failed(error);
    return failed(replaced(exec, node, cudaGraphNodeTypeKernel, launch_work(std::move(launch))));
}
cudaError_t cudaGraphExecMemcpyNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node, const cudaMemcpy3DParms* p) {
    return failed(p ? replaced(exec, node, cudaGraphNodeTypeMemcpy, copy_work(*p)) : cudaErrorInvalidValue);
}
cudaError_t cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, cudaGraphNode_t node, void* to, const void* from,
                                               size_t size, cudaMemcpyKind kind) {
    return failed(replaced(exec, node, cudaGraphNodeTypeMemcpy, copy_work(to, from, size, kind)));
}
cudaError_t cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node, const cudaMemsetParams* p) {
    return failed(p ? replaced(exec, node, cudaGraphNodeTypeMemset, fill_work(*p)) : cudaErrorInvalidValue);
}
cudaError_t cudaGraphExecHostNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node, const cudaHostNodeParams* p) {
    return failed(p && p->fn ? replaced(exec, node, cudaGraphNodeTypeHost, host_work(*p)) : cudaErrorInvalidValue);
}
cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t) {
    return failed(exec ? cudaSuccess : cudaErrorInvalidValue);
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
    if (!exec) return failed(cudaErrorInvalidValue);
    return failed(in_stream(stream, cudaGraphNodeTypeGraph, [exec] {
        for (const auto& step : exec->steps) {
            if (const cudaError_t error = step.work()) return error;
        }
        return cudaSuccess;
    }));
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
    if (!exec) return failed(cudaErrorInvalidValue);
    return delete exec, cudaSuccess;
}

}  // extern "C"
