"""libcu++: function objects, atomic objects and references."""

from __future__ import annotations

import numpy as np

from cudawasm_conformance.cases.cub import cub, numbers
from cudawasm_conformance.make import whole

CASES = [
    cub(
        "function_objects",
        "o[0] = apply(cuda::std::plus<>(), 7, 3); o[1] = apply(cuda::std::minus<int>(), 7, 3); o[2] = apply(cuda::std::bit_xor<>(), 7, 3);"
        " o[3] = apply(cuda::maximum<>(), 7, 3); o[4] = apply(cuda::minimum<int>(), 7, 3); o[5] = apply(cuda::std::greater_equal<>(), 7, 3);"
        " o[6] = apply(cuda::std::modulus<int>(), 7, 3); o[7] = cuda::std::negate<>()(5); o[8] = cuda::std::numeric_limits<short>::max();"
        " o[9] = cuda::std::is_same_v<cuda::std::iterator_traits<float*>::value_type, float>;",
        {"o": whole(10)},
        lambda o: {"o": [10, 4, 4, 7, 3, 1, 1, -5, 32767, 1]},
        1,
        head="#include <cuda/std/functional>\n#include <cuda/functional>\n"
        "template <typename F> __device__ int apply(F f, int a, int b) { return f(a, b); }",
    ),
    cub(
        "code_for_targets",
        "NV_IF_ELSE_TARGET(NV_PROVIDES_SM_60, (int a = 1, b = 2; o[0] = a + b;), (o[0] = 9;)) NV_IF_TARGET(NV_IS_HOST, (o[1] = 9;))"
        " NV_IF_TARGET(NV_IS_DEVICE, (o[1] = 5;))",
        {"o": whole(2)},
        lambda o: {"o": [3, 5]},
        1,
        head="#include <nv/target>",
    ),
    cub(
        "atomic_objects",
        "__shared__ cuda::atomic<int, cuda::thread_scope_block> n; __shared__ cuda::atomic<unsigned, cuda::thread_scope_block> seen[2];"
        " if (t == 0) { n.store(5, cuda::memory_order_relaxed); seen[0].store(0, cuda::std::memory_order_relaxed); seen[1] = 0u; } __syncthreads();"
        " n.fetch_add(x[t]); n += 2; ++n; n--; seen[t / 32].fetch_or(1u << (t % 32), cuda::memory_order_relaxed); __syncthreads();"
        " if (t == 0) { o[0] = n; o[1] = n.exchange(3); o[2] = n.load(); int e = 4; o[3] = n.compare_exchange_strong(e, 9); o[4] = e;"
        " o[5] = n.compare_exchange_strong(e, 9, cuda::memory_order_relaxed); o[6] = n.load(cuda::memory_order_relaxed);"
        " o[7] = (seen[0] & seen[1]) == 0xffffffffu; }",
        {"x": numbers(64), "o": whole(8)},
        lambda x, o: {"o": [5 + x.sum() + 128, 5 + x.sum() + 128, 3, 0, 3, 1, 9, 1]},
        head="#include <cuda/atomic>",
    ),
    cub(
        "atomic_references",
        "cuda::atomic_ref<float, cuda::thread_scope_device> sum(o[0]), product(o[1]); cuda::atomic_ref<int, cuda::thread_scope_device> most(n[0]), least(n[1]);"
        " sum.fetch_add((float)x[t], cuda::memory_order_relaxed); most.fetch_max(x[t], cuda::memory_order_relaxed);"
        " least.fetch_min(-x[t], cuda::memory_order_relaxed); float old = product.load(cuda::memory_order_relaxed);"
        " while (!product.compare_exchange_weak(old, old + 2.0f, cuda::memory_order_relaxed)) {}",
        {"x": numbers(64), "o": whole(2, dtype=np.float32), "n": whole(2)},
        lambda x, o, n: {"o": [x.sum(), 128], "n": [x.max(), -x.max()]},
        head="#include <cuda/atomic>",
    ),
]
