// Launches whose arguments are known: done now, or kept for a graph.
#pragma once
#include <cstddef>
#include <vector>

#include "cuda_runtime.h"

namespace cudawasm {

struct Configuration {
    dim3 grid, block;
    size_t shared_bytes = 0;
    cudaStream_t stream = nullptr;
};

struct Launch {
    Kernel* kernel;
    Configuration how;
    std::vector<char> arguments;  // as the kernel has them, host addresses still in them
};

// The kernel of a host function, or of what a graph says its function is; nullptr for what is neither.
Kernel* kernel_of(const void* function);
// `count` is how many arguments there are, or -1 where there are as many as the kernel has.
cudaError_t prepared(Kernel& kernel, const Configuration& how, const void* const* arguments, int count, Launch* launch);
cudaError_t launched(Launch launch);
// Adds it to the graph that is captured of a stream.
cudaError_t captured(cudaStream_t stream, Launch launch);
// Where the arguments of a launch lie in it, one after the other.
std::vector<void*> argument_places(Launch& launch);

}  // namespace cudawasm
