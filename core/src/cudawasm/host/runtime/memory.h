// Allocations that a program has, by where they begin.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "driver_types.h"

namespace cudawasm {

enum class Kind { device, managed, pinned, registered, variable, managed_variable };

struct Allocation {
    uintptr_t start = 0;
    size_t size = 0;
    Kind kind = Kind::device;
    uint64_t twin = 0;  // of host memory that the device does not share: where the device has it, once a kernel needs it
};

// What a pointer points into, or nullptr. The caller holds `lock()`.
const Allocation* allocation_of(const void* pointer);
// Before kernels run: what the host wrote into managed memory goes to the device, and comes back before the host looks.
cudaError_t managed_to_device();
cudaError_t managed_to_host();
// Makes an address one that the device knows. Pinned memory, which the host may change at any time, is noted: a launch
// that is given some has it copied there and back itself.
cudaError_t to_device_address(uint64_t* pointer, std::vector<Allocation>* pinned);
cudaError_t pinned_to_device(const std::vector<Allocation>& pinned);
cudaError_t pinned_to_host(const std::vector<Allocation>& pinned);
// A variable of device code is memory of the device, which no program frees.
void remember_variable(uint64_t address, size_t size);
// The device's address of a variable, known by its shadow on the host.
cudaError_t variable_address(const void* shadow, uint64_t* address);

}  // namespace cudawasm
