// What CUDA declares without any include: vector types, built-in variables, math and intrinsics.
#include "cudawasm_types.h"
#include "cudawasm_vectors.h"
#include "cudawasm_threads.h"
#include "cudawasm_atomics.h"
#include "cudawasm_math.h"
#include "cudawasm_integers.h"
#include "cudawasm_std.h"
#include "cudawasm_ptx.h"
