#include "service.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern char** environ;

#ifndef CUDAWASM_PYTHON
#define CUDAWASM_PYTHON "python3"
#endif

namespace cudawasm {
namespace {

struct Connection {
    int socket = -1;
    pid_t process = 0, program = 0;
    uint64_t settings = 0;
    cudaError_t error = cudaSuccess;
    bool is_begun = false, is_started = false, is_pending = false;
    DeviceFacts facts{};
};

Connection connection;
cudaError_t sticky = cudaSuccess;
thread_local cudaError_t last = cudaSuccess;

bool send_all(const char* data, size_t size) {
    while (size > 0) {
        const ssize_t sent = send(connection.socket, data, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        data += sent, size -= static_cast<size_t>(sent);
    }
    return true;
}

bool receive_all(void* into, size_t size) {
    auto* bytes = static_cast<char*>(into);
    while (size > 0) {
        const ssize_t got = recv(connection.socket, bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got, size -= static_cast<size_t>(got);
    }
    return true;
}

bool spawn(int socket, int memory) {
    const char* chosen = getenv("CUDAWASM_PYTHON");
    std::string python = chosen && *chosen ? chosen : CUDAWASM_PYTHON;
    std::string socket_text = std::to_string(socket), memory_text = std::to_string(memory);
    const char* arguments[] = {python.c_str(), "-m", "cudawasm.host.serve", socket_text.c_str(), memory_text.c_str(),
                               nullptr};
    const int failure = posix_spawnp(&connection.process, python.c_str(), nullptr, nullptr, const_cast<char**>(arguments), environ);
    if (failure) std::fprintf(stderr, "cudawasm: cannot start %s: %s\n", python.c_str(), std::strerror(failure));
    return failure == 0;
}

// What of the environment the service reads, as a number.
uint64_t settings() {
    uint64_t hash = 14695981039346656037u;
    for (char** entry = environ; entry && *entry; entry++)
        if (std::strncmp(*entry, "CUDAWASM_", 9) == 0)
            for (const char* c = *entry; *c; c++) hash = (hash ^ static_cast<unsigned char>(*c)) * 1099511628211u;
    return hash;
}

void give_up() {
    if (connection.program == getpid() && connection.process > 0) {
        kill(connection.process, SIGKILL);
        waitpid(connection.process, nullptr, 0);
    }
    close(connection.socket);
    munmap(reinterpret_cast<void*>(arena_base), arena_size);
}

// Start the service without waiting for it.
bool begin() {
    connection.program = getpid(), connection.settings = settings(), connection.process = 0, connection.socket = -1;
    const int memory = memfd_create("cudawasm", MFD_CLOEXEC);
    if (memory < 0 || ftruncate(memory, arena_size) != 0) return false;
    void* mapped = mmap(reinterpret_cast<void*>(arena_base), arena_size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, memory, 0);
    if (mapped != reinterpret_cast<void*>(arena_base)) return close(memory), false;
    int ends[2];
    bool is_running = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
    if (is_running) {
        connection.socket = ends[0];
        fcntl(ends[1], F_SETFD, 0), fcntl(memory, F_SETFD, 0);
        is_running = spawn(ends[1], memory);
        close(ends[1]);
    }
    close(memory);
    Message hello(Operation::hello);
    const auto& data = hello.finished();
    connection.is_begun = is_running && send_all(data.data(), data.size());
    if (!connection.is_begun) give_up();
    return connection.is_begun;
}

// Whether the service that was begun is this program's and for the environment as it is now.
bool is_usable() { return connection.program == getpid() && connection.settings == settings(); }

cudaError_t connect() {
    if (connection.is_begun && !is_usable()) give_up(), connection.is_begun = false;
    if (!connection.is_begun && !begin()) return cudaErrorInitializationError;
    int32_t head[2];
    if (!receive_all(head, sizeof head)) return cudaErrorInitializationError;
    if (head[0] != cudaSuccess) return static_cast<cudaError_t>(head[0]);
    if (head[1] != sizeof(DeviceFacts) || !receive_all(&connection.facts, sizeof(DeviceFacts)))
        return cudaErrorInitializationError;
    std::atexit([] { synchronize(); });  // so that what kernels have printed is seen
    return cudaSuccess;
}

bool is_fatal(cudaError_t error) { return error >= cudaErrorIllegalAddress && error <= cudaErrorLaunchFailure; }

}  // namespace

Message& Message::text(const char* text) {
    const auto size = static_cast<uint32_t>(std::strlen(text));
    return put(size).put(text, size);
}

const std::vector<char>& Message::finished() {
    const auto size = static_cast<uint32_t>(data_.size() - 8);
    std::memcpy(data_.data() + 4, &size, 4);
    return data_;
}

std::recursive_mutex& lock() {
    static auto* mutex = new std::recursive_mutex;  // never destroyed: other destructors may come here
    return *mutex;
}

cudaError_t started() {
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (!connection.is_started) {
        connection.is_started = true;
        connection.error = connect();
        if (connection.error != cudaSuccess) std::fprintf(stderr, "cudawasm: the device could not be opened\n");
    }
    return connection.error;
}

void expect_calls() {
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (connection.is_begun || !begin()) return;
    std::atexit([] {
        if (!connection.is_started && connection.program == getpid()) give_up();
    });
}

const DeviceFacts& facts() {
    started();
    return connection.facts;
}

cudaError_t tell(Message& message) {
    if (const cudaError_t error = started()) return error;
    std::lock_guard<std::recursive_mutex> guard(lock());
    const auto& data = message.finished();
    connection.is_pending = true;
    return send_all(data.data(), data.size()) ? cudaSuccess : cudaErrorLaunchFailure;
}

Reply ask(Message& message) {
    Reply reply;
    if ((reply.error = started()) != cudaSuccess) return reply;
    std::lock_guard<std::recursive_mutex> guard(lock());
    const auto& data = message.finished();
    int32_t head[2];
    reply.error = cudaErrorLaunchFailure;
    if (!send_all(data.data(), data.size()) || !receive_all(head, sizeof head)) return reply;
    reply.data.resize(static_cast<size_t>(head[1]));
    if (receive_all(reply.data.data(), reply.data.size())) reply.error = static_cast<cudaError_t>(head[0]);
    return reply;
}

cudaError_t synchronize() {
    std::lock_guard<std::recursive_mutex> guard(lock());
    if (!connection.is_pending) return sticky;
    connection.is_pending = false;
    Message message(Operation::synchronize);
    const Reply reply = ask(message);
    std::fwrite(reply.data.data(), 1, reply.data.size(), stdout);
    if (is_fatal(reply.error)) sticky = reply.error;
    return reply.error;
}

bool in_arena(const void* pointer) {
    const auto address = reinterpret_cast<uintptr_t>(pointer);
    return address >= arena_base && address < arena_base + arena_size;
}

cudaError_t failed(cudaError_t error) {
    if (error != cudaSuccess && error != cudaErrorNotReady) last = error;
    return error;
}

cudaError_t stuck() { return sticky; }

void forget_errors() { last = sticky = cudaSuccess; }

}  // namespace cudawasm

using namespace cudawasm;

extern "C" {

void cudawasm_present() { expect_calls(); }

cudaError_t cudaGetLastError() {
    const cudaError_t error = sticky != cudaSuccess ? sticky : last;
    last = cudaSuccess;
    return error;
}

cudaError_t cudaPeekAtLastError() { return sticky != cudaSuccess ? sticky : last; }

const char* cudaGetErrorName(cudaError_t error) {
    switch (error) {
#define X(name, value, text) \
    case name: return #name;
        CUDAWASM_ERRORS(X)
#undef X
    }
    return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
    switch (error) {
#define X(name, value, text) \
    case name: return text;
        CUDAWASM_ERRORS(X)
#undef X
    }
    return "unrecognized error code";
}

}  // extern "C"
