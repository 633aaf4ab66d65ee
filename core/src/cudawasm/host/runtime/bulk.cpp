#include "bulk.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

namespace cudawasm {
namespace {

constexpr size_t bulk = size_t{8} << 20;
constexpr unsigned most_threads = 8;

// Do work(first, end) for parts of `size` bytes at once.
template <typename Work>
void in_parts(size_t size, Work work) {
    const size_t wanted = std::min<size_t>({std::thread::hardware_concurrency(), most_threads, size / (bulk / 2)});
    const size_t count = std::max<size_t>(wanted, 1), page = 4096, part = (size / count + page) / page * page;
    std::vector<std::thread> helpers;
    size_t begun = 0;
    try {
        for (; helpers.size() + 1 < count && begun + part < size; begun += part)
            helpers.emplace_back(work, begun, begun + part);
    } catch (const std::system_error&) {  // no more threads: this one does the rest
    }
    work(begun, size);
    for (auto& helper : helpers) helper.join();
}

}  // namespace

void copy_bulk(void* to, const void* from, size_t size) {
    auto* target = static_cast<char*>(to);
    const auto* source = static_cast<const char*>(from);
    const auto a = reinterpret_cast<uintptr_t>(to), b = reinterpret_cast<uintptr_t>(from);
    if (size < bulk || (a < b + size && b < a + size)) {
        std::memmove(to, from, size);
        return;
    }
    in_parts(size, [=](size_t first, size_t end) { std::memcpy(target + first, source + first, end - first); });
}

void fill_bulk(void* to, int value, size_t size) {
    auto* target = static_cast<char*>(to);
    if (size < bulk) {
        std::memset(to, value, size);
        return;
    }
    in_parts(size, [=](size_t first, size_t end) { std::memset(target + first, value, end - first); });
}

}  // namespace cudawasm
