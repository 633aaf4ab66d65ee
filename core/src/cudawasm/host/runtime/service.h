// The connection of a program to the process in which its kernels run.
//
// Requests go down a socket, each a header and a payload; only some are answered. Device memory of devices that use the
// host's (`facts().shares_memory`) and the staging area of all others lie in an arena that both processes have mapped at
// the same address.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "driver_types.h"

namespace cudawasm {

// Kept in step with cudawasm/host/protocol.py by a test.
enum class Operation : uint32_t {
    hello = 1, allocate, release, write, read, copy, fill, synchronize, unit, resolve, launch, symbol,
};

constexpr uintptr_t arena_base = 0x100000000000;
constexpr size_t arena_size = size_t{1} << 40;
constexpr size_t staging_size = size_t{64} << 20;

struct DeviceFacts {
    char name[256];
    uint64_t total_memory, shared_bytes;
    int32_t max_threads, max_block[3], max_grid[3], processors, shares_memory, cooperative;
};

class Message {
  public:
    explicit Message(Operation operation) { put(static_cast<uint32_t>(operation)), put(uint32_t{0}); }
    template <typename T>
    Message& put(const T& value) {
        return put(&value, sizeof value);
    }
    Message& put(const void* data, size_t size) {
        const auto* bytes = static_cast<const char*>(data);
        data_.insert(data_.end(), bytes, bytes + size);
        return *this;
    }
    Message& text(const char* text);
    const std::vector<char>& finished();

  private:
    std::vector<char> data_;
};

struct Reply {
    cudaError_t error = cudaErrorUnknown;
    std::vector<char> data;
};

// All functions may be called by several threads. The first one starts the service.
const DeviceFacts& facts();
void expect_calls();  // start the service, for a program that is going to use it, and do not wait for it
cudaError_t started();
cudaError_t tell(Message& message);  // not answered; what goes wrong is an error of the next `synchronize`
Reply ask(Message& message);
cudaError_t synchronize();
bool in_arena(const void* pointer);
std::recursive_mutex& lock();

// The last error of this thread, and the one that no call survives until the device is reset.
cudaError_t failed(cudaError_t error);
cudaError_t stuck();
void forget_errors();

}  // namespace cudawasm
