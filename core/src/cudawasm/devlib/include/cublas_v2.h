// A host library; its header also brings the 16-bit floating point types.
#include <cuda_fp16.h>
#include <cuda_bf16.h>
