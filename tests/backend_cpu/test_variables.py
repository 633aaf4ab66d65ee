"""How long a module's variables live."""

from __future__ import annotations

import gc

import numpy as np

import cudawasm as cw

COUNTER = "__device__ int counter[64];\n__global__ void k(int* o) { o[threadIdx.x] = ++counter[threadIdx.x]; }"


def test_a_kernel_keeps_the_variables_of_a_module_that_is_gone():
    launch = cw.Module(COUNTER)["k"][1, 64]
    gc.collect()
    others = [cw.full(64, 7, np.int32) for _ in range(20)]
    out = cw.zeros(64, np.int32)
    launch(out)
    launch(out)
    assert (out.get() == 2).all()
    assert all((a.get() == 7).all() for a in others)
