// Allocations that a program has, by where they begin.
#pragma once
#include <cstddef>
#include <cstdint>

#include "driver_types.h"

namespace cudawasm {

enum class Kind { device, managed, pinned, registered };

struct Allocation {
    uintptr_t start = 0;
    size_t size = 0;
    Kind kind = Kind::device;
    uint64_t twin = 0;  // of managed memory on devices that do not share the host's: where the device has it
};

// What a pointer points into, or nullptr. The caller holds `lock()`.
const Allocation* allocation_of(const void* pointer);
// Before kernels run: what the host wrote into managed memory goes to the device. Afterwards `synchronize` brings it back.
cudaError_t managed_to_device();
cudaError_t managed_to_host();
// An address as the device knows it.
uint64_t device_address(uint64_t pointer);

}  // namespace cudawasm
