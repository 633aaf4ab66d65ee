"""Threads and blocks that wait for each other: they make progress or are refused, and never hang."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import cudawasm as cw

LOCK = """
__device__ int lock;
__global__ void k(int* total, int rounds) {
  for (int r = 0; r < rounds; r++) {
    bool done = false;
    while (!done) {
      if (atomicCAS(&lock, 0, 1) == 0) {
        *(volatile int*)total += 1;
        __threadfence();
        atomicExch(&lock, 0);
        done = true;
      }
    }
  }
}"""

HELD_LOCK = """
__device__ int lock;
__global__ void k(int* total) {
  while (atomicCAS(&lock, 0, 1) != 0) {}
  *(volatile int*)total += 1;
  __threadfence();
  atomicExch(&lock, 0);
}"""

CHAIN = """
__global__ void k(volatile int* flags, int* order) {
  if (threadIdx.x == 0) {
    if (blockIdx.x > 0) while (flags[blockIdx.x - 1] == 0) {}
    order[blockIdx.x] = blockIdx.x > 0 ? order[blockIdx.x - 1] + 1 : 100;
    __threadfence();
    flags[blockIdx.x] = 1;
  }
  __syncthreads();
}"""

STRIDED_CHAIN = """
__global__ void k(const int* a, volatile int* flags, volatile int* sums, int n) {
  __shared__ int s;
  if (threadIdx.x == 0) s = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&s, a[i]);
  __syncthreads();
  if (threadIdx.x == 0) {
    int before = 0;
    if (blockIdx.x > 0) { while (flags[blockIdx.x - 1] == 0) {} before = sums[blockIdx.x - 1]; }
    sums[blockIdx.x] = before + s;
    __threadfence();
    flags[blockIdx.x] = 1;
  }
}"""


@pytest.mark.parametrize("source", [LOCK, HELD_LOCK], ids=["within a branch", "held across a loop"])
def test_every_thread_of_a_warp_takes_a_lock(source: str):
    total = cw.zeros(1, np.int32)
    args = (total, np.int32(3)) if "rounds" in source else (total,)
    cw.Module(source)["k"][7, 40](*args)
    assert total.get()[0] == 7 * 40 * (3 if "rounds" in source else 1)


def test_a_lock_by_every_thread_of_a_kernel_with_barriers_is_refused():
    module = cw.Module(HELD_LOCK.replace("int* total) {", "int* total) {\n  __syncthreads();"))
    with pytest.raises(cw.UnsupportedFeature, match=r"kernel\.cu:5:\d+: error\[E0402\]: threads of a warp wait"):
        module["k"][1, 32](cw.zeros(1, np.int32))


def test_blocks_wait_for_blocks_before_them():
    flags, order = cw.zeros(500, np.int32), cw.zeros(500, np.int32)
    cw.Module(CHAIN)["k"][500, 64](flags, order)
    assert (order.get() == 100 + np.arange(500)).all()


def test_blocks_that_wait_do_not_share_their_strides():
    a = np.arange(30_000, dtype=np.int32) % 17
    flags, sums = cw.zeros(60, np.int32), cw.zeros(60, np.int32)
    cw.Module(STRIDED_CHAIN)["k"][60, 64](cw.asarray(a), flags, sums, np.int32(a.size))
    owner = np.arange(a.size) % (60 * 64) // 64
    assert (sums.get() == np.cumsum(np.bincount(owner, a, 60))).all()


GRID = """
#include <cooperative_groups.h>
__global__ void k(int* a) {
  a[blockIdx.x] = blockIdx.x;
  cooperative_groups::this_grid().sync();
  if (threadIdx.x == 0 && blockIdx.x == 0) for (int i = 1; i < gridDim.x; i++) a[0] += a[i];
}"""


def test_a_grid_that_meets_runs_all_its_blocks_at_once():
    a = cw.zeros(200, np.int32)
    cw.Module(GRID)["k"][200, 32](a)
    assert a.get()[0] == 199 * 200 // 2


def test_a_grid_too_large_to_meet_is_an_error_before_it_runs():
    a = cw.zeros(257, np.int32)
    with pytest.raises(cw.LaunchError, match="a grid of 257 blocks that wait for each other does not fit; at most 256"):
        cw.Module(GRID)["k"][257, 32](a)
    assert not a.get().any()


def test_launches_of_several_python_threads():
    module = cw.Module(
        'extern "C" __global__ void k(int* a, int add, int n) {'
        " int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) a[i] += add; }"
    )
    arrays = [cw.zeros(10_000, np.int32) for _ in range(6)]

    def work(number: int) -> None:
        for _ in range(50):
            module["k"][(10_000 + 63) // 64, 64](arrays[number], np.int32(number + 1), np.int32(10_000))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((a.get() == 50 * (i + 1)).all() for i, a in enumerate(arrays))


SUM_UNDER_LOCK = """
__device__ int lock;
__global__ void k(int* total, const int* a, int n) {
  bool done = false;
  while (!done) {
    if (atomicCAS(&lock, 0, 1) == 0) {
      int sum = 0;
      for (int i = 0; i < n; i++) sum += a[i];
      *(volatile int*)total += sum;
      __threadfence();
      atomicExch(&lock, 0);
      done = true;
    }
  }
}"""


def test_a_uniform_loop_under_a_lock_belongs_to_its_holder():
    total = cw.zeros(1, np.int32)
    cw.Module(SUM_UNDER_LOCK)["k"][3, 64](total, cw.asarray(np.arange(10, dtype=np.int32)), np.int32(10))
    assert total.get()[0] == 3 * 64 * 45
