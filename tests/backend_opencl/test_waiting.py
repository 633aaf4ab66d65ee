"""Threads that wait for each other: refused where the device could not end them, never a hang."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw

FLAG = """
__global__ void k(volatile int* flag, int* out) {
  if (threadIdx.x > 3) while (*flag == 0) {}
  *flag = 1;
  out[threadIdx.x] = 7;
}"""

LOCK = """
__device__ int lock;
__global__ void k(volatile int* flag, int* out) {
  while (atomicCAS(&lock, 0, 1) != 0) {}
  out[0] += 1;
  __threadfence();
  atomicExch(&lock, 0);
}"""


def test_a_flag_that_another_thread_sets_is_refused():
    with pytest.raises(cw.UnsupportedFeature, match=r"kernel\.cu:3:\d+: error\[E0402\]: threads wait for each other"):
        cw.Module(FLAG)["k"][1, 8](cw.zeros(1, np.int32), cw.zeros(8, np.int32))


def test_a_lock_is_refused_in_a_kernel_with_barriers():
    with pytest.raises(cw.UnsupportedFeature, match=r"error\[E0402\]"):
        cw.Module(LOCK.replace("out[0] += 1;", "out[0] += 1;\n  __syncthreads();"))["k"][1, 8](
            cw.zeros(1, np.int32), cw.zeros(8, np.int32)
        )


def test_a_lock_is_taken_by_every_thread():
    out = cw.zeros(1, np.int32)
    cw.Module(LOCK)["k"][5, 24](cw.zeros(1, np.int32), out)
    assert out.get()[0] == 120
