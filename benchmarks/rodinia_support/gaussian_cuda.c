// Keeps what the device gave back, copy by copy, in a file: the program does not print it.
#include <stddef.h>
#include <stdio.h>

int __real_cudaMemcpy(void *target, const void *source, size_t count, int kind);

int __wrap_cudaMemcpy(void *target, const void *source, size_t count, int kind) {
    int status = __real_cudaMemcpy(target, source, count, kind);
    FILE *file = kind == 2 ? fopen("copies", "ab") : NULL;
    if (file) fwrite(target, 1, count, file), fclose(file);
    return status;
}
