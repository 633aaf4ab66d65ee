#include "report.h"

#include <iostream>

#include <cuda_runtime_api.h>

void report(const char* name) {
    int count = 0;
    cudaGetDeviceCount(&count);
    std::cout << name << " is right on " << count << " device" << std::endl;
}
