// Streams, which are one queue in order, and events, which wait for it.
#include "streams.h"

#include "cuda_runtime_api.h"
#include "memory.h"
#include "service.h"

namespace cudawasm {
namespace {

constexpr int least_priority = 0, greatest_priority = -5;

}  // namespace

bool is_built_in(cudaStream_t stream) {
    return !stream || stream == cudaStreamLegacy || stream == cudaStreamPerThread;
}

bool is_captured(cudaStream_t stream) { return !is_built_in(stream) && stream->capture; }

cudaError_t finished() {
    if (const cudaError_t error = started()) return error;
    const cudaError_t error = synchronize();
    return error != cudaSuccess ? error : managed_to_host();
}

}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
    if (least) *least = least_priority;
    if (greatest) *greatest = greatest_priority;
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags, int priority) {
    if (!stream) return failed(cudaErrorInvalidValue);
    if (const cudaError_t error = started()) return failed(error);
    priority = priority > least_priority ? least_priority : priority < greatest_priority ? greatest_priority : priority;
    *stream = new CUstream_st{flags, priority, {}, {}};
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags) {
    return cudaStreamCreateWithPriority(stream, flags, 0);
}
cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithPriority(stream, 0, 0); }
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    if (is_built_in(stream)) return failed(cudaErrorInvalidResourceHandle);
    if (const cudaError_t error = not_captured(stream)) return failed(error);
    delete stream;
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    if (const cudaError_t error = not_captured(stream)) return failed(error);
    return failed(finished());
}
cudaError_t cudaStreamQuery(cudaStream_t stream) { return cudaStreamSynchronize(stream); }
cudaError_t cudaStreamGetPriority(cudaStream_t stream, int* priority) {
    return *priority = is_built_in(stream) ? 0 : stream->priority, cudaSuccess;
}
cudaError_t cudaStreamGetFlags(cudaStream_t stream, unsigned int* flags) {
    return *flags = is_built_in(stream) ? 0 : stream->flags, cudaSuccess;
}
cudaError_t cudaStreamSetAttribute(cudaStream_t, cudaLaunchAttributeID, const cudaLaunchAttributeValue* value) {
    return failed(value ? cudaSuccess : cudaErrorInvalidValue);  // hints, which no result depends on
}
cudaError_t cudaStreamGetAttribute(cudaStream_t, cudaLaunchAttributeID, cudaLaunchAttributeValue* value) {
    return value ? (*value = {}, cudaSuccess) : failed(cudaErrorInvalidValue);
}
// Of an event that was captured, the stream's work belongs to the same capture from here on.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int) {
    if (!event) return failed(cudaErrorInvalidResourceHandle);
    const auto capture = event->capture.lock();
    if (!capture) return cudaSuccess;
    if (is_built_in(stream)) return failed(cudaErrorStreamCaptureUnsupported);
    if (stream->capture && stream->capture != capture) return failed(cudaErrorStreamCaptureMerge);
    if (!stream->capture) capture->streams.push_back(stream);
    stream->capture = capture;
    stream->last.insert(stream->last.end(), event->after.begin(), event->after.end());
    return cudaSuccess;
}
cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback, void* data, unsigned int) {
    return failed(in_stream(stream, cudaGraphNodeTypeHost, [=] {
        callback(stream, finished(), data);
        return cudaSuccess;
    }));
}
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void* data) {
    return failed(in_stream(stream, cudaGraphNodeTypeHost, [=] {
        const cudaError_t error = finished();
        function(data);
        return error;
    }));
}
cudaError_t cudaStreamAttachMemAsync(cudaStream_t, void*, size_t, unsigned int) { return cudaSuccess; }

// --- events ---

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
    if (!event) return failed(cudaErrorInvalidValue);
    *event = new CUevent_st{flags};
    return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, 0); }
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    if (!event) return failed(cudaErrorInvalidResourceHandle);
    delete event;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    if (!event) return failed(cudaErrorInvalidResourceHandle);
    if (is_captured(stream)) {
        event->capture = stream->capture, event->after = stream->last;
        return cudaSuccess;
    }
    event->capture.reset();
    const cudaError_t error = finished();
    event->is_recorded = true;
    event->time = std::chrono::steady_clock::now();
    return failed(error);
}
cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned int) {
    return cudaEventRecord(event, stream);
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    return failed(event ? finished() : cudaErrorInvalidResourceHandle);
}
cudaError_t cudaEventQuery(cudaEvent_t event) { return failed(event ? finished() : cudaErrorInvalidResourceHandle); }
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
    if (!milliseconds || !start || !end || !start->is_recorded || !end->is_recorded)
        return failed(cudaErrorInvalidResourceHandle);
    if ((start->flags | end->flags) & cudaEventDisableTiming) return failed(cudaErrorInvalidResourceHandle);
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
    return cudaSuccess;
}

}  // extern "C"
