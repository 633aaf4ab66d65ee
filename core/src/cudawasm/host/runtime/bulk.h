// Copies of much memory, by several threads: what takes the time is memory that is touched for the first time.
#pragma once
#include <cstddef>

namespace cudawasm {

void copy_bulk(void* to, const void* from, size_t size);  // as std::memmove
void fill_bulk(void* to, int value, size_t size);         // as std::memset

}  // namespace cudawasm
