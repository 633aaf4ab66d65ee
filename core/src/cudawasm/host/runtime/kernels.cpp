// Launches and symbols: what the host functions of kernels and the shadows of device variables lead to.
#include "kernels.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "memory.h"
#include "service.h"
#include "streams.h"

namespace cudawasm {
namespace {

struct Parameter {
    uint32_t offset, size;
};

struct KernelFacts {
    cudaError_t error = cudaErrorInvalidDeviceFunction;
    uint32_t handle = 0, parameter_bytes = 0, static_shared = 0, max_threads = 0;
    std::vector<Parameter> parameters;
    std::vector<uint32_t> pointers;  // where in the parameters they are
};

struct Variable {
    size_t size;
    const char* name;
    const unsigned char* unit;
    uint64_t address;  // 0: not asked for yet
};

thread_local std::vector<Configuration> configurations;
thread_local bool is_asking = false;
thread_local Kernel* asked = nullptr;

std::unordered_set<const void*>& in_graphs() {
    static auto* found = new std::unordered_set<const void*>;
    return *found;
}

std::vector<KernelFacts>& kernels() {
    static auto* found = new std::vector<KernelFacts>;
    return *found;
}
std::unordered_map<const unsigned char*, uint32_t>& units() {
    static auto* found = new std::unordered_map<const unsigned char*, uint32_t>;
    return *found;
}
std::map<const void*, Variable>& variables() {
    static auto* found = new std::map<const void*, Variable>;
    return *found;
}

// Device code of which any may be needed by any other.
std::vector<const unsigned char*>& relocatable_units() {
    static auto* found = new std::vector<const unsigned char*>;
    return *found;
}

// The service's number for the device code of a file, whose first 8 bytes are its size.
uint32_t unit_number(const unsigned char* unit) {
    const auto known = units().find(unit);
    if (known != units().end()) return known->second;
    const auto number = static_cast<uint32_t>(units().size());
    units()[unit] = number;
    uint64_t size;
    std::memcpy(&size, unit, sizeof size);
    Message message(Operation::unit);
    tell(message.put(number).put(unit + sizeof size, size));
    const auto& linked = relocatable_units();
    if (std::find(linked.begin(), linked.end(), unit) != linked.end()) {
        for (const unsigned char* other : linked) unit_number(other);
    }
    return number;
}

KernelFacts resolved(const Kernel& kernel) {
    KernelFacts facts;
    Message message(Operation::resolve);
    message.put(unit_number(kernel.unit)).put(int32_t{kernel.template_parameters}).text(kernel.signature).text(kernel.types);
    const Reply reply = ask(message);
    facts.error = reply.error;
    if (reply.error != cudaSuccess) return facts;
    uint32_t head[6];  // handle, bytes of parameters, static shared bytes, most threads, parameters, pointers in them
    std::memcpy(head, reply.data.data(), sizeof head);
    facts.handle = head[0], facts.parameter_bytes = head[1], facts.static_shared = head[2], facts.max_threads = head[3];
    facts.parameters.resize(head[4]), facts.pointers.resize(head[5]);
    const char* places = reply.data.data() + sizeof head;
    std::memcpy(facts.parameters.data(), places, head[4] * sizeof(Parameter));
    std::memcpy(facts.pointers.data(), places + head[4] * sizeof(Parameter), head[5] * sizeof(uint32_t));
    return facts;
}

KernelFacts& facts_of(Kernel& kernel) {
    if (kernel.handle < 0) {
        kernels().push_back(resolved(kernel));
        kernel.handle = static_cast<int>(kernels().size()) - 1;
    }
    return kernels()[static_cast<size_t>(kernel.handle)];
}

bool fits(const dim3& extents, const int32_t* most) {
    return extents.x >= 1 && extents.y >= 1 && extents.z >= 1 && extents.x <= static_cast<uint32_t>(most[0]) &&
           extents.y <= static_cast<uint32_t>(most[1]) && extents.z <= static_cast<uint32_t>(most[2]);
}

cudaError_t checked(const KernelFacts& kernel, const Configuration& how) {
    const DeviceFacts& device = facts();
    const uint64_t threads = uint64_t{how.block.x} * how.block.y * how.block.z;
    if (!fits(how.grid, device.max_grid) || !fits(how.block, device.max_block)) return cudaErrorInvalidConfiguration;
    if (threads > static_cast<uint64_t>(device.max_threads)) return cudaErrorInvalidConfiguration;
    if (threads > kernel.max_threads) return cudaErrorLaunchOutOfResources;
    if (kernel.static_shared + how.shared_bytes > device.shared_bytes) return cudaErrorInvalidValue;
    return cudaSuccess;
}

cudaError_t launched_in_stream(Kernel& kernel, const Configuration& how, const void* const* arguments, int count) {
    Launch launch;
    if (const cudaError_t error = prepared(kernel, how, arguments, count, &launch)) return error;
    return is_captured(how.stream) ? captured(how.stream, std::move(launch)) : launched(std::move(launch));
}

cudaError_t launched_by_address(const void* function, const Configuration& how, void** arguments) {
    Kernel* kernel = kernel_of(function);
    return kernel ? launched_in_stream(*kernel, how, arguments, -1) : cudaErrorInvalidDeviceFunction;
}

cudaError_t located(const void* symbol, Variable** found) {
    if (const cudaError_t error = started()) return error;
    const auto known = variables().find(symbol);
    if (known == variables().end()) return cudaErrorInvalidSymbol;
    *found = &known->second;
    if (known->second.address) return cudaSuccess;
    Message message(Operation::symbol);
    const Reply reply = ask(message.put(unit_number(known->second.unit)).text(known->second.name));
    if (reply.error != cudaSuccess) return reply.error;
    std::memcpy(&known->second.address, reply.data.data(), sizeof(uint64_t));
    remember_variable(known->second.address, known->second.size);
    return cudaSuccess;
}

// Where a program finds a variable: in its own memory if the host uses it too.
char* place_of(const void* symbol, const Variable& variable) {
    const Allocation* shadow = allocation_of(symbol);
    const bool is_managed = shadow && shadow->kind == Kind::managed_variable;
    return is_managed ? const_cast<char*>(static_cast<const char*>(symbol)) : reinterpret_cast<char*>(variable.address);
}

cudaError_t symbol_copied(const void* symbol, void* other, size_t size, size_t offset, cudaMemcpyKind kind, bool to_symbol) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    Variable* found;
    if (const cudaError_t error = located(symbol, &found)) return error;
    if (offset + size > found->size) return cudaErrorInvalidValue;
    char* address = place_of(symbol, *found) + offset;
    if (kind == cudaMemcpyDefault) kind = to_symbol ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToHost;
    return to_symbol ? cudaMemcpy(address, other, size, kind) : cudaMemcpy(other, address, size, kind);
}

}  // namespace

// A host function says which kernel it is when it is called without arguments: it touches none then.
Kernel* kernel_of(const void* function) {
    if (!function) return nullptr;
    if (in_graphs().count(function)) return static_cast<Kernel*>(const_cast<void*>(function));
    is_asking = true, asked = nullptr;
    reinterpret_cast<void (*)()>(const_cast<void*>(function))();
    is_asking = false;
    return asked;
}

cudaError_t prepared(Kernel& kernel, const Configuration& how, const void* const* arguments, int count, Launch* launch) {
    if (const cudaError_t error = started()) return error;
    if (const cudaError_t error = stuck()) return error;
    std::lock_guard<std::recursive_mutex> guard(lock());
    const KernelFacts& found = facts_of(kernel);
    if (found.error != cudaSuccess) return found.error;
    if (count >= 0 && static_cast<size_t>(count) != found.parameters.size()) return cudaErrorInvalidDeviceFunction;
    if (const cudaError_t error = checked(found, how)) return error;
    *launch = {&kernel, how, std::vector<char>(found.parameter_bytes)};
    for (size_t i = 0; i < found.parameters.size(); ++i)
        std::memcpy(launch->arguments.data() + found.parameters[i].offset, arguments[i], found.parameters[i].size);
    return cudaSuccess;
}

cudaError_t launched(Launch launch) {
    if (const cudaError_t error = stuck()) return error;
    std::lock_guard<std::recursive_mutex> guard(lock());
    const KernelFacts& found = facts_of(*launch.kernel);
    const Configuration& how = launch.how;
    std::vector<char>& packed = launch.arguments;
    std::vector<Allocation> pinned;
    for (const uint32_t at : found.pointers) {
        uint64_t pointer;
        std::memcpy(&pointer, packed.data() + at, sizeof pointer);
        if (const cudaError_t error = to_device_address(&pointer, &pinned)) return error;
        std::memcpy(packed.data() + at, &pointer, sizeof pointer);
    }
    if (const cudaError_t error = pinned_to_device(pinned)) return error;
    if (const cudaError_t error = managed_to_device()) return error;
    const uint32_t shape[] = {found.handle, how.grid.x, how.grid.y, how.grid.z, how.block.x, how.block.y, how.block.z,
                              static_cast<uint32_t>(how.shared_bytes)};
    Message message(Operation::launch);
    if (const cudaError_t error = tell(message.put(shape, sizeof shape).put(packed.data(), packed.size()))) return error;
    return pinned_to_host(pinned);
}

cudaError_t variable_address(const void* shadow, uint64_t* address) {
    Variable* found;
    if (const cudaError_t error = located(shadow, &found)) return error;
    return *address = found->address, cudaSuccess;
}

std::vector<void*> argument_places(Launch& launch) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    in_graphs().insert(launch.kernel);
    std::vector<void*> places;
    for (const Parameter& p : facts_of(*launch.kernel).parameters) places.push_back(launch.arguments.data() + p.offset);
    return places;
}

}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

void cudawasm_configure(dim3 grid, dim3 block, size_t shared_bytes, cudaStream_t stream) {
    configurations.push_back({grid, block, shared_bytes, stream});
}

void cudawasm_called(Kernel* kernel, const void* const* arguments, int count) {
    if (is_asking) {
        asked = kernel;
        return;
    }
    if (configurations.empty()) {
        failed(cudaErrorMissingConfiguration);
        return;
    }
    const Configuration how = configurations.back();
    configurations.pop_back();
    failed(launched_in_stream(*kernel, how, arguments, count));
}

void cudawasm_relocatable_unit(const unsigned char* unit) { relocatable_units().push_back(unit); }

void cudawasm_symbol(const void* address, size_t size, const char* name, const unsigned char* unit) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    variables()[address] = Variable{size, name, unit, 0};
}

cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void** arguments, size_t shared_bytes,
                             cudaStream_t stream) {
    return failed(launched_by_address(kernel, {grid, block, shared_bytes, stream}, arguments));
}

cudaError_t cudaLaunchCooperativeKernel(const void* kernel, dim3 grid, dim3 block, void** arguments,
                                        size_t shared_bytes, cudaStream_t stream) {
    if (!facts().cooperative) return failed(cudaErrorNotSupported);
    return cudaLaunchKernel(kernel, grid, block, arguments, shared_bytes, stream);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* kernel, void** arguments) {
    if (!config) return failed(cudaErrorInvalidValue);
    for (unsigned int i = 0; i < config->numAttrs; ++i) {
        const cudaLaunchAttribute& attribute = config->attrs[i];
        const auto& cluster = attribute.val.clusterDim;
        if (attribute.id == cudaLaunchAttributeClusterDimension && cluster.x * cluster.y * cluster.z > 1)
            return failed(cudaErrorNotSupported);
        if (attribute.id == cudaLaunchAttributeCooperative && attribute.val.cooperative && !facts().cooperative)
            return failed(cudaErrorNotSupported);
    }
    return cudaLaunchKernel(kernel, config->gridDim, config->blockDim, arguments, config->dynamicSmemBytes, config->stream);
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* function) {
    Kernel* kernel = kernel_of(function);
    if (!kernel || !attributes) return failed(cudaErrorInvalidDeviceFunction);
    if (const cudaError_t error = started()) return failed(error);
    std::lock_guard<std::recursive_mutex> guard(lock());
    const KernelFacts& found = facts_of(*kernel);
    if (found.error != cudaSuccess) return failed(found.error);
    *attributes = {};
    attributes->sharedSizeBytes = found.static_shared;
    attributes->maxThreadsPerBlock = static_cast<int>(found.max_threads);
    attributes->numRegs = 32;
    attributes->ptxVersion = attributes->binaryVersion = 80;
    attributes->maxDynamicSharedSizeBytes = static_cast<int>(facts().shared_bytes - found.static_shared);
    return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
    if (!kernel_of(function)) return failed(cudaErrorInvalidDeviceFunction);
    if (attribute == cudaFuncAttributeMaxDynamicSharedMemorySize &&
        (value < 0 || static_cast<uint64_t>(value) > facts().shared_bytes))
        return failed(cudaErrorInvalidValue);
    return cudaSuccess;
}

cudaError_t cudaFuncSetCacheConfig(const void* function, cudaFuncCache) {
    return failed(kernel_of(function) ? cudaSuccess : cudaErrorInvalidDeviceFunction);
}
cudaError_t cudaFuncSetSharedMemConfig(const void* function, cudaSharedMemConfig) {
    return failed(kernel_of(function) ? cudaSuccess : cudaErrorInvalidDeviceFunction);
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* function, int threads,
                                                          size_t shared_bytes) {
    Kernel* kernel = kernel_of(function);
    if (!kernel) return failed(cudaErrorInvalidDeviceFunction);
    if (!blocks || threads < 1) return failed(cudaErrorInvalidValue);
    std::lock_guard<std::recursive_mutex> guard(lock());
    const KernelFacts& found = facts_of(*kernel);
    if (found.error != cudaSuccess) return failed(found.error);
    const uint64_t shared = found.static_shared + shared_bytes;
    if (static_cast<uint32_t>(threads) > found.max_threads || shared > facts().shared_bytes) return *blocks = 0, cudaSuccess;
    const uint64_t by_memory = shared ? facts().shared_bytes / shared : 32;
    *blocks = static_cast<int>(std::min<uint64_t>({32, static_cast<uint64_t>(2048 / threads), by_memory}));
    return cudaSuccess;
}
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void* kernel, int threads,
                                                                   size_t shared_bytes, unsigned int) {
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, kernel, threads, shared_bytes);
}

cudaError_t cudaGetSymbolAddress(void** pointer, const void* symbol) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    Variable* found;
    if (const cudaError_t error = located(symbol, &found)) return failed(error);
    *pointer = place_of(symbol, *found);
    return cudaSuccess;
}

cudaError_t cudaGetSymbolSize(size_t* size, const void* symbol) {
    std::lock_guard<std::recursive_mutex> guard(lock());
    const auto known = variables().find(symbol);
    if (known == variables().end()) return failed(cudaErrorInvalidSymbol);
    *size = known->second.size;
    return cudaSuccess;
}

cudaError_t cudaMemcpyToSymbol(const void* symbol, const void* from, size_t size, size_t offset, cudaMemcpyKind kind) {
    return failed(symbol_copied(symbol, const_cast<void*>(from), size, offset, kind, true));
}
cudaError_t cudaMemcpyFromSymbol(void* to, const void* symbol, size_t size, size_t offset, cudaMemcpyKind kind) {
    return failed(symbol_copied(symbol, to, size, offset, kind, false));
}
cudaError_t cudaMemcpyToSymbolAsync(const void* symbol, const void* from, size_t size, size_t offset,
                                    cudaMemcpyKind kind, cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy,
                            [=] { return cudaMemcpyToSymbol(symbol, from, size, offset, kind); }));
}
cudaError_t cudaMemcpyFromSymbolAsync(void* to, const void* symbol, size_t size, size_t offset, cudaMemcpyKind kind,
                                      cudaStream_t stream) {
    return failed(in_stream(stream, cudaGraphNodeTypeMemcpy,
                            [=] { return cudaMemcpyFromSymbol(to, symbol, size, offset, kind); }));
}

}  // extern "C"
