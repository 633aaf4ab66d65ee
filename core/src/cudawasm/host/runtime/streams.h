// Streams and events, and work that is asked of a stream: done at once, or kept for a graph while one is captured.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "driver_types.h"

struct CUgraph_st;

namespace cudawasm {

// A capture into a graph: by its first stream, and by those that wait for events of it. It ends with the first one's.
struct Capture {
    CUgraph_st* graph;
    cudaStream_t origin;
    std::vector<cudaStream_t> streams;
};

using Work = std::function<cudaError_t()>;

bool is_built_in(cudaStream_t stream);
bool is_captured(cudaStream_t stream);
// All work is done, and the host sees it.
cudaError_t finished();
// Adds what a stream is asked for to the graph that is captured of it.
cudaError_t captured(cudaStream_t stream, cudaGraphNodeType type, Work work);

// What no graph can do yet, where the stream is captured.
inline cudaError_t not_captured(cudaStream_t stream) {
    return is_captured(stream) ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}

template <typename F>
cudaError_t in_stream(cudaStream_t stream, cudaGraphNodeType type, F work) {
    return is_captured(stream) ? captured(stream, type, Work(work)) : work();
}

}  // namespace cudawasm

struct CUstream_st {
    unsigned int flags;
    int priority;
    std::shared_ptr<cudawasm::Capture> capture;
    std::vector<cudaGraphNode_t> last;  // of the capture: what the stream's next work comes after
};

struct CUevent_st {
    unsigned int flags;
    bool is_recorded = false;
    std::chrono::steady_clock::time_point time{};
    std::weak_ptr<cudawasm::Capture> capture;
    std::vector<cudaGraphNode_t> after;  // of the capture in which it was recorded
};
