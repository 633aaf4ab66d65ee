#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

#include "bulk.h"
#include "cuda_runtime.h"
#include "service.h"
#include "streams.h"

namespace cudawasm {
namespace {

constexpr size_t unit = 256;
constexpr size_t large = size_t{1} << 20;
constexpr size_t most_kept = size_t{256} << 20;

// By where they begin. Variables are entered before this file's own would be made.
std::map<uintptr_t, Allocation>& allocations() {
    static auto* found = new std::map<uintptr_t, Allocation>;
    return *found;
}
size_t managed_variables = 0;
size_t kept = 0;  // bytes that were given back and still have their pages, at most
bool is_managed_dirty = false;

// Free parts of the arena, by where they begin.
std::map<uintptr_t, size_t>& free_parts() {
    static std::map<uintptr_t, size_t> parts{{arena_base + staging_size, arena_size - staging_size}};
    return parts;
}

bool is_allocated(Kind kind) { return kind == Kind::device || kind == Kind::managed || kind == Kind::pinned; }

size_t rounded(size_t size) { return std::max(unit, (size + unit - 1) / unit * unit); }

void* take_from_arena(size_t size) {
    size = rounded(size);
    if (size > facts().total_memory) return nullptr;
    for (auto part = free_parts().begin(); part != free_parts().end(); ++part) {
        if (part->second < size) continue;
        const auto [start, available] = *part;
        kept -= std::min(kept, size);
        free_parts().erase(part);
        if (available > size) free_parts()[start + size] = available - size;
        return reinterpret_cast<void*>(start);
    }
    return nullptr;
}

void give_to_arena(uintptr_t start, size_t size) {
    size = rounded(size);
    if (kept + size <= most_kept) {
        kept += size;
    } else if (size >= large) {
        const uintptr_t page = 4096, first = (start + page - 1) / page * page, end = (start + size) / page * page;
        madvise(reinterpret_cast<void*>(first), end - first, MADV_REMOVE);
    }
    auto& parts = free_parts();
    auto next = parts.lower_bound(start);
    if (next != parts.end() && start + size == next->first) size += next->second, next = parts.erase(next);
    if (next != parts.begin()) {
        auto before = std::prev(next);
        if (before->first + before->second == start) {
            before->second += size;
            return;
        }
    }
    parts[start] = size;
}

cudaError_t device_memory(uint64_t* address, size_t size) {
    Message message(Operation::allocate);
    const Reply reply = ask(message.put(static_cast<uint64_t>(size)));
    if (reply.error == cudaSuccess) std::memcpy(address, reply.data.data(), sizeof *address);
    return reply.error;
}

cudaError_t allocated(void** pointer, size_t size, Kind kind) {
    if (!pointer) return cudaErrorInvalidValue;
    *pointer = nullptr;
    if (const cudaError_t error = started()) return error;
    if (const cudaError_t error = stuck()) return error;
    if (size == 0) return cudaSuccess;
    std::lock_guard<std::recursive_mutex> guard(lock());
    Allocation made{0, size, kind, 0};
    const bool shares = facts().shares_memory;
    if (kind == Kind::device && !shares) {
        uint64_t address = 0;
        if (const cudaError_t error = device_memory(&address, size)) return error;
        made.start = static_cast<uintptr_t>(address);
    } else {
        made.start = reinterpret_cast<uintptr_t>(take_from_arena(size));
        if (!made.start) return cudaErrorMemoryAllocation;
        if (kind == Kind::managed && !shares) {
            if (const cudaError_t error = device_memory(&made.twin, size)) {
                give_to_arena(made.start, size);
                return error;
            }
        }
    }
    allocations()[made.start] = made;
    *pointer = reinterpret_cast<void*>(made.start);
    return cudaSuccess;
}

cudaError_t released(void* pointer) {
    if (!pointer) return cudaSuccess;
    std::lock_guard<std::recursive_mutex> guard(lock());
    const auto found = allocations().find(reinterpret_cast<uintptr_t>(pointer));
    if (found == allocations().end() || !is_allocated(found->second.kind)) return cudaErrorInvalidValue;
    const cudaError_t error = synchronize();
    const Allocation old = found->second;
    allocations().erase(found);
    const uint64_t on_device = old.kind == Kind::device && !in_arena(pointer) ? old.start : old.twin;
    if (on_device) {
        Message message(Operation::release);
        tell(message.put(on_device));
    }
    if (in_arena(pointer)) give_to_arena(old.start, old.size);
    return error;
}

// Whether only the service can reach a pointer.
bool is_remote(const void* pointer) {
    if (in_arena(pointer)) return false;
    const Allocation* found = allocation_of(pointer);
    return found && (found->kind == Kind::device || found->kind == Kind::variable);
}

cudaError_t write(uint64_t to, const char* from, size_t size) {
    while (size > 0) {
        const size_t part = std::min(size, staging_size);
        std::memcpy(reinterpret_cast<void*>(arena_base), from, part);
        Message message(Operation::write);
        if (const cudaError_t error = ask(message.put(to).put(static_cast<uint64_t>(part))).error) return error;
        to += part, from += part, size -= part;
    }
    return cudaSuccess;
}

cudaError_t read(char* to, uint64_t from, size_t size) {
    while (size > 0) {
        const size_t part = std::min(size, staging_size);
        Message message(Operation::read);
        if (const cudaError_t error = ask(message.put(from).put(static_cast<uint64_t>(part))).error) return error;
        std::memcpy(to, reinterpret_cast<const void*>(arena_base), part);
        to += part, from += part, size -= part;
    }
    return cudaSuccess;
}

cudaError_t with_twin(Allocation& found) {
    if (found.twin) return cudaSuccess;
    if (found.kind == Kind::managed_variable) return variable_address(reinterpret_cast<const void*>(found.start), &found.twin);
    return device_memory(&found.twin, found.size);
}

cudaError_t to_twin(const Allocation& found) {
    return write(found.twin, reinterpret_cast<const char*>(found.start), found.size);
}

cudaError_t from_twin(const Allocation& found) {
    return read(reinterpret_cast<char*>(found.start), found.twin, found.size);
}

// Memory that the host has as well: copies of it are the host's, whatever their kind.
bool is_local(const void* pointer) {
    if (in_arena(pointer)) return true;
    const Allocation* found = allocation_of(pointer);
    return found && found->kind == Kind::managed_variable;
}

// Managed memory that has a twin on the device.
bool is_twinned(const Allocation& found) {
    return found.kind == Kind::managed_variable || (found.kind == Kind::managed && !facts().shares_memory);
}

bool is_to_device(cudaMemcpyKind kind, const void* to) {
    return kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice ||
           (kind == cudaMemcpyDefault && is_remote(to));
}

bool is_from_device(cudaMemcpyKind kind, const void* from) {
    return kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice ||
           (kind == cudaMemcpyDefault && is_remote(from));
}

cudaError_t copied(void* to, const void* from, size_t size, cudaMemcpyKind kind) {
    if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault) return cudaErrorInvalidMemcpyDirection;
    if (const cudaError_t error = started()) return error;
    if (size == 0) return stuck();
    if (!to || !from) return cudaErrorInvalidValue;
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (const cudaError_t error = synchronize()) return error;
    if (const cudaError_t error = managed_to_host()) return error;
    const bool to_service = !is_local(to) && is_to_device(kind, to);
    const bool from_service = !is_local(from) && is_from_device(kind, from);
    if (!to_service && !from_service) {
        copy_bulk(to, from, size);
        return cudaSuccess;
    }
    const auto target = reinterpret_cast<uint64_t>(to), source = reinterpret_cast<uint64_t>(from);
    if (!from_service) return write(target, static_cast<const char*>(from), size);
    if (!to_service) return read(static_cast<char*>(to), source, size);
    Message message(Operation::copy);
    return tell(message.put(target).put(source).put(static_cast<uint64_t>(size)));
}

cudaError_t filled(void* pointer, int value, size_t size) {
    if (const cudaError_t error = started()) return error;
    if (const cudaError_t error = stuck()) return error;
    if (size == 0) return cudaSuccess;
    if (!pointer) return cudaErrorInvalidValue;
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (is_local(pointer)) {
        if (const cudaError_t error = synchronize()) return error;
        if (const cudaError_t error = managed_to_host()) return error;
        fill_bulk(pointer, value, size);
        return cudaSuccess;
    }
    Message message(Operation::fill);
    return tell(message.put(reinterpret_cast<uint64_t>(pointer)).put(static_cast<uint64_t>(size)).put(int32_t{value & 255}));
}

}  // namespace

const Allocation* allocation_of(const void* pointer) {
    const auto address = reinterpret_cast<uintptr_t>(pointer);
    auto after = allocations().upper_bound(address);
    if (after == allocations().begin()) return nullptr;
    const Allocation& found = std::prev(after)->second;
    return address < found.start + found.size ? &found : nullptr;
}

cudaError_t managed_to_device() {
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (is_managed_dirty) return cudaSuccess;  // the host has not had it back since the last launch
    if (facts().shares_memory && managed_variables == 0) return cudaSuccess;
    for (auto& [start, found] : allocations()) {
        if (!is_twinned(found)) continue;
        if (const cudaError_t error = with_twin(found)) return error;
        if (const cudaError_t error = to_twin(found)) return error;
        is_managed_dirty = true;
    }
    return cudaSuccess;
}

cudaError_t managed_to_host() {
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (!is_managed_dirty) return cudaSuccess;
    is_managed_dirty = false;
    for (const auto& [start, found] : allocations()) {
        if (!is_twinned(found)) continue;
        if (const cudaError_t error = from_twin(found)) return error;
    }
    return cudaSuccess;
}

cudaError_t to_device_address(uint64_t* pointer, std::vector<Allocation>* pinned) {
    const auto* given = reinterpret_cast<const void*>(*pointer);
    if (in_arena(given) ? facts().shares_memory : !is_local(given)) return cudaSuccess;
    auto* found = const_cast<Allocation*>(allocation_of(given));
    if (!found) return cudaSuccess;
    if (const cudaError_t error = with_twin(*found)) return error;
    if (found->kind == Kind::pinned) pinned->push_back(*found);
    *pointer = found->twin + (*pointer - found->start);
    return cudaSuccess;
}

cudaError_t pinned_to_device(const std::vector<Allocation>& pinned) {
    if (pinned.empty()) return cudaSuccess;
    if (const cudaError_t error = synchronize()) return error;
    for (const Allocation& found : pinned) {
        if (const cudaError_t error = to_twin(found)) return error;
    }
    return cudaSuccess;
}

cudaError_t pinned_to_host(const std::vector<Allocation>& pinned) {
    if (pinned.empty()) return cudaSuccess;
    if (const cudaError_t error = synchronize()) return error;
    for (const Allocation& found : pinned) {
        if (const cudaError_t error = from_twin(found)) return error;
    }
    return cudaSuccess;
}

void remember_variable(uint64_t address, size_t size) {
    allocations()[address] = Allocation{static_cast<uintptr_t>(address), size, Kind::variable, 0};
}

}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

void cudawasm_managed_symbol(void* address, size_t size) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const auto start = reinterpret_cast<uintptr_t>(address);
    allocations()[start] = Allocation{start, size, Kind::managed_variable, 0};
    ++managed_variables;
}

cudaError_t cudaMalloc(void** pointer, size_t size) { return failed(allocated(pointer, size, Kind::device)); }
cudaError_t cudaFree(void* pointer) { return failed(released(pointer)); }
cudaError_t cudaMallocAsync(void** pointer, size_t size, cudaStream_t stream) {
    if (const cudaError_t error = not_captured(stream)) return failed(error);
    return cudaMalloc(pointer, size);
}
cudaError_t cudaFreeAsync(void* pointer, cudaStream_t stream) {
    if (const cudaError_t error = not_captured(stream)) return failed(error);
    return cudaFree(pointer);
}

cudaError_t cudaMallocManaged(void** pointer, size_t size, unsigned int) {
    if (size == 0) return failed(cudaErrorInvalidValue);
    return failed(allocated(pointer, size, Kind::managed));
}

cudaError_t cudaHostAlloc(void** pointer, size_t size, unsigned int) {
    return failed(allocated(pointer, size, Kind::pinned));
}
cudaError_t cudaMallocHost(void** pointer, size_t size) { return cudaHostAlloc(pointer, size, cudaHostAllocDefault); }
cudaError_t cudaFreeHost(void* pointer) { return failed(released(pointer)); }

cudaError_t cudaHostGetDevicePointer(void** device, void* host, unsigned int) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const Allocation* found = allocation_of(host);
    if (!found || !device) return failed(cudaErrorInvalidValue);
    if (found->kind == Kind::registered) return failed(cudaErrorNotSupported);  // the service cannot see it
    *device = host;
    return cudaSuccess;
}

cudaError_t cudaHostGetFlags(unsigned int* flags, void* host) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const Allocation* found = allocation_of(host);
    if (!found || (found->kind != Kind::pinned && found->kind != Kind::registered) || !flags)
        return failed(cudaErrorInvalidValue);
    *flags = cudaHostAllocMapped;
    return cudaSuccess;
}

cudaError_t cudaHostRegister(void* pointer, size_t size, unsigned int) {
    if (!pointer || size == 0) return failed(cudaErrorInvalidValue);
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (allocation_of(pointer)) return failed(cudaErrorHostMemoryAlreadyRegistered);
    const auto start = reinterpret_cast<uintptr_t>(pointer);
    allocations()[start] = Allocation{start, size, Kind::registered, 0};
    return cudaSuccess;
}

cudaError_t cudaHostUnregister(void* pointer) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const auto found = allocations().find(reinterpret_cast<uintptr_t>(pointer));
    if (found == allocations().end() || found->second.kind != Kind::registered)
        return failed(cudaErrorHostMemoryNotRegistered);
    allocations().erase(found);
    return cudaSuccess;
}

cudaError_t cudaMallocPitch(void** pointer, size_t* pitch, size_t width, size_t height) {
    if (!pitch) return failed(cudaErrorInvalidValue);
    *pitch = (width + 511) / 512 * 512;
    return cudaMalloc(pointer, *pitch * height);
}

cudaError_t cudaMalloc3D(cudaPitchedPtr* pointer, cudaExtent extent) {
    if (!pointer) return failed(cudaErrorInvalidValue);
    pointer->xsize = extent.width, pointer->ysize = extent.height;
    return cudaMallocPitch(&pointer->ptr, &pointer->pitch, extent.width, extent.height * extent.depth);
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
    if (const cudaError_t error = started()) return failed(error);
    std::lock_guard<std::recursive_mutex> guard(lock());
    size_t used = 0;
    for (const auto& entry : allocations()) used += is_allocated(entry.second.kind) ? entry.second.size : 0;
    const size_t all = facts().total_memory;
    if (total) *total = all;
    if (free) *free = used < all ? all - used : 0;
    return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
    if (!attributes) return failed(cudaErrorInvalidValue);
    std::lock_guard<std::recursive_mutex> guard(lock());
    const Allocation* found = allocation_of(pointer);
    auto* address = const_cast<void*>(pointer);
    *attributes = {cudaMemoryTypeUnregistered, cudaInvalidDeviceId, nullptr, address};
    if (!found) return cudaSuccess;
    const cudaMemoryType types[] = {cudaMemoryTypeDevice, cudaMemoryTypeManaged, cudaMemoryTypeHost, cudaMemoryTypeHost,
                                    cudaMemoryTypeDevice, cudaMemoryTypeManaged};
    const cudaMemoryType type = types[static_cast<int>(found->kind)];
    *attributes = {type, 0, address, type == cudaMemoryTypeDevice ? nullptr : address};
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void* to, const void* from, size_t size, cudaMemcpyKind kind) {
    return failed(copied(to, from, size, kind));
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t size, cudaMemcpyKind kind, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [=] { return copied(to, from, size, kind); }));
}
cudaError_t cudaMemcpyPeer(void* to, int, const void* from, int, size_t size) {
    return failed(copied(to, from, size, cudaMemcpyDeviceToDevice));
}
cudaError_t cudaMemcpyPeerAsync(void* to, int, const void* from, int, size_t size, cudaStream_t stream) {
    return cudaMemcpyAsync(to, from, size, cudaMemcpyDeviceToDevice, stream);
}

cudaError_t cudaMemcpy2D(void* to, size_t to_pitch, const void* from, size_t from_pitch, size_t width, size_t height,
                         cudaMemcpyKind kind) {
    if (width > to_pitch || width > from_pitch) return failed(cudaErrorInvalidPitchValue);
    if (width == to_pitch && width == from_pitch) return cudaMemcpy(to, from, width * height, kind);
    for (size_t row = 0; row < height; ++row) {
        const cudaError_t error = copied(static_cast<char*>(to) + row * to_pitch,
                                         static_cast<const char*>(from) + row * from_pitch, width, kind);
        if (error != cudaSuccess) return failed(error);
    }
    return cudaSuccess;
}
cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy, [=] {
        return cudaMemcpy2D(to, to_pitch, from, from_pitch, width, height, kind);
    }));
}

cudaError_t cudaMemset(void* pointer, int value, size_t size) { return failed(filled(pointer, value, size)); }
cudaError_t cudaMemsetAsync(void* pointer, int value, size_t size, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemset, [=] { return filled(pointer, value, size); }));
}
cudaError_t cudaMemset2D(void* pointer, size_t pitch, int value, size_t width, size_t height) {
    for (size_t row = 0; row < height; ++row) {
        const cudaError_t error = filled(static_cast<char*>(pointer) + row * pitch, value, width);
        if (error != cudaSuccess) return failed(error);
    }
    return cudaSuccess;
}
cudaError_t cudaMemset2DAsync(void* pointer, size_t pitch, int value, size_t width, size_t height, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemset,
                            [=] { return cudaMemset2D(pointer, pitch, value, width, height); }));
}
cudaError_t cudaMemset3D(cudaPitchedPtr pointer, int value, cudaExtent extent) {
    return cudaMemset2D(pointer.ptr, pointer.pitch, value, extent.width, extent.height * extent.depth);
}

cudaError_t cudaMemPrefetchAsync(const void*, size_t, int, cudaStream_t) { return cudaSuccess; }
cudaError_t cudaMemAdvise(const void*, size_t, cudaMemoryAdvise, int) { return cudaSuccess; }

}  // extern "C"
