// What makes OpenCL C read the benchmark kernels.
#define GLOBAL __global
#define DEVICE
#define __global__ __kernel
#define __shared__ __local
#define __syncthreads() barrier(CLK_LOCAL_MEM_FENCE)
#define atomicAdd atomic_add
#define threadIdx ((int3)(get_local_id(0), get_local_id(1), get_local_id(2)))
#define blockIdx ((int3)(get_group_id(0), get_group_id(1), get_group_id(2)))
#define blockDim ((int3)(get_local_size(0), get_local_size(1), get_local_size(2)))
#define gridDim ((int3)(get_num_groups(0), get_num_groups(1), get_num_groups(2)))
#define sqrtf sqrt
#define expf exp
#define logf log
#define fabsf fabs
#define fmaxf fmax
