// The service starts before main: it is given up where a program does not use it, and started anew in a child.
#include <sys/wait.h>
#include <unistd.h>

#include "checked.h"

__global__ void three(int* p) { *p = 3; }

static int computed() {
    int *device, host = 0;
    cudaMalloc(&device, sizeof host);
    three<<<1, 1>>>(device);
    cudaMemcpy(&host, device, sizeof host, cudaMemcpyDeviceToHost);
    return host;
}

int main(int count, char** arguments) {
    const char what = count > 1 ? arguments[1][0] : 'n';
    if (what == 'f') {
        const pid_t child = fork();
        if (child == 0) _exit(computed());
        int status = 0;
        waitpid(child, &status, 0);
        return 10 * WEXITSTATUS(status) + computed();
    }
    if (what == 's') {
        setenv("CUDAWASM_DEVICE", "none", 1);
        int* memory;
        return cudaMalloc(&memory, 4) == cudaErrorInitializationError ? 4 : 5;
    }
    return 6;
}
