"""What ends a launch on the reference device, and how it says where."""

from __future__ import annotations

import re

import numpy as np
import pytest

import cudawasm as cw


def launch(source: str, *arrays: object, grid=1, block=40, shared=0) -> None:
    cw.Module(source)["k"][grid, block, shared](*arrays)


STOPS = {
    "write after an array": (
        "__global__ void k(int* a) {\n  a[blockIdx.x * 40 + threadIdx.x] = 1;\n}",
        {"grid": 2},
        r"kernel\.cu:2: write of 4 bytes at 0x[0-9a-f]+ is outside of all memory; "
        r"kernel k, block \(1, 0, 0\), thread \(24, 0, 0\)",
    ),
    "read before an array": (
        "__global__ void k(int* a) {\n\n  a[threadIdx.x] = a[(int)threadIdx.x - 3];\n}",
        {},
        r"kernel\.cu:3: read of 4 bytes at 0x[0-9a-f]+ is outside of all memory; .*thread \(0, 0, 0\)",
    ),
    "shared memory after its end": (
        "__global__ void k(int* a) {\n  __shared__ int s[10];\n  s[threadIdx.x] = 1;\n  a[0] = s[0];\n}",
        {},
        r"kernel\.cu:3: write of 4 bytes .* is outside of all memory; .*thread \(\d+, 0, 0\)",
    ),
    "dynamic shared memory after its end": (
        "extern __shared__ int s[];\n__global__ void k(int* a) {\n  s[threadIdx.x] = 1;\n}",
        {"shared": 100},
        r"kernel\.cu:3: write of 4 bytes .*thread \(25, 0, 0\)",
    ),
    "misaligned access": (
        "__global__ void k(int* a) {\n  *(int*)((char*)a + threadIdx.x * 4 + (threadIdx.x == 7)) = 1;\n}",
        {},
        r"kernel\.cu:2: write of 4 bytes at 0x[0-9a-f]+ is misaligned; .*thread \(7, 0, 0\)",
    ),
    "null pointer": (
        "__global__ void k(int* a) {\n  int* p = nullptr;\n  if (threadIdx.x == 5) *p = 1;\n}",
        {},
        r"kernel\.cu:3: write of 4 bytes at 0x0 is outside of all memory; .*thread \(5, 0, 0\)",
    ),
    "barrier in a divergent branch": (
        "__global__ void k(int* a) {\n  if (threadIdx.x < 20) __syncthreads();\n}",
        {},
        r"kernel\.cu:2: a barrier that not all threads of the block come to; .*thread \(20, 0, 0\)",
    ),
    "failed assertion": (
        "#include <cassert>\n__global__ void k(int* a) {\n  assert(threadIdx.x < 33);\n}",
        {},
        r"kernel\.cu:3: assertion failed: threadIdx\.x < 33; .*thread \(33, 0, 0\)",
    ),
    "trap": ("__global__ void k(int* a) {\n  __trap();\n}", {}, r"kernel\.cu:2: trap; .*thread \(0, 0, 0\)"),
}


@pytest.mark.parametrize("name", STOPS)
def test_stop(name: str):
    source, how, message = STOPS[name]
    with pytest.raises(cw.LaunchError) as caught:
        launch(source, cw.zeros(64, np.int32), **how)
    assert re.search(message, str(caught.value)), str(caught.value)


def test_threads_that_have_returned_count_as_arrived():
    out = cw.zeros(40, np.int32)
    launch(
        "__global__ void k(int* a) { __shared__ int s; if (threadIdx.x > 30) return; if (threadIdx.x == 3) s = 7;"
        " __syncthreads(); a[threadIdx.x] = s; }",
        out,
    )
    assert (out.get() == np.where(np.arange(40) > 30, 0, 7)).all()


def test_the_device_is_not_chosen_by_itself():
    assert cw.devices()[0].name == "cpu"
