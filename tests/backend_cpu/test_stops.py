"""What ends a launch: accesses outside of memory, failed assertions, traps. The device lives on."""

from __future__ import annotations

import re

import numpy as np
import pytest

import cudawasm as cw

CHECKED = ("--bounds-checks",)


def launch(source: str, *args, grid=1, block=32, shared=0, options=()) -> None:
    """Run the kernel ``k``; an int stands for that many ints of zeros on the device."""
    module = cw.Module(source, options=options)
    arrays = [cw.zeros(a, np.int32) if type(a) is int else a for a in args]
    module["k"][grid, block, shared](*arrays)
    cw.synchronize()


OUTSIDE = {
    "global write": (
        "__global__ void k(int* a) {\n  a[blockIdx.x * 32 + threadIdx.x] = 1;\n}",
        (40,), {"grid": 2}, "2: write of 4 bytes", (1, 0, 0), (8, 0, 0),
    ),
    "global read": (
        "__global__ void k(int* a) {\n\n  a[0] = a[10 + threadIdx.x];\n}",
        (40,), {}, "3: read of 4 bytes", (0, 0, 0), (30, 0, 0),
    ),
    "global below": (
        "__global__ void k(int* a) {\n  a[(int)threadIdx.x - 2] = 1;\n}",
        (40,), {}, "2: write of 4 bytes", (0, 0, 0), (0, 0, 0),
    ),
    "in a branch": (
        "__global__ void k(int* a) {\n  if (threadIdx.x % 7 == 3) a[100 + threadIdx.x] = 1;\n}",
        (40,), {"block": (4, 8)}, "2: write of 4 bytes", (0, 0, 0), (3, 0, 0),
    ),
    "atomic": (
        "__global__ void k(int* a) {\n  atomicAdd(&a[threadIdx.x * 2], 1);\n}",
        (40,), {}, "2: atomic access of 4 bytes", (0, 0, 0), (20, 0, 0),
    ),
    "struct": (
        "struct P { double x, y; };\n__global__ void k(P* p) {\n  p[threadIdx.x].y = 1;\n}",
        (np.zeros(10, [("x", "<f8"), ("y", "<f8")]),), {}, "3: write of 8 bytes", (0, 0, 0), (10, 0, 0),
    ),
    "shared write": (
        "__global__ void k(int* a) {\n  __shared__ int s[10];\n  s[threadIdx.x] = 1;\n  a[0] = s[0];\n}",
        (1,), {}, "3: write of 4 bytes", (0, 0, 0), (10, 0, 0),
    ),
    "shared read": (
        "__global__ void k(int* a) {\n  __shared__ int s[32];\n  s[threadIdx.x] = 1;\n  __syncthreads();\n"
        "  a[threadIdx.x] = s[threadIdx.x * 2];\n}",
        (32,), {}, "5: read of 4 bytes", (0, 0, 0), (16, 0, 0),
    ),
    "dynamic shared": (
        "__global__ void k(int* a) {\n  extern __shared__ int s[];\n  s[threadIdx.x] = 1;\n  a[0] = s[0];\n}",
        (1,), {"shared": 120}, "3: write of 4 bytes", (0, 0, 0), (30, 0, 0),
    ),
    "in a function": (
        "__device__ int f(int* a, int i) {\n  return a[i];\n}\n"
        "__global__ void k(int* a) {\n  a[0] = f(a, threadIdx.x);\n}",
        (31,), {}, "2: read of 4 bytes", (0, 0, 0), (31, 0, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_access_outside_of_memory_names_line_block_and_thread(name: str):
    source, args, how, what, block, thread = OUTSIDE[name]
    cw.Module(source, options=CHECKED)  # from here on, arrays have exact sizes
    arrays = [cw.zeros(a, np.int32) if isinstance(a, int) else cw.asarray(a) for a in args]
    with pytest.raises(cw.LaunchError) as caught:
        launch(source, *arrays, options=CHECKED, **how)
    text = re.sub("0x[0-9a-f]+", "ADDRESS", caught.value.message)
    assert text == (f"kernel.cu:{what} at ADDRESS is outside of all memory; kernel k, block {block}, thread {thread}")


def test_accesses_inside_of_memory_pass_the_checks():
    source = """
    __constant__ int c[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    __device__ int g[8];
    struct Big { int v[20]; };
    __global__ void k(int* a, Big big, int n) {
        __shared__ int s[32];
        int x[4] = {1, 2, 3, 4}, y[4] = {5, 6, 7, 8}, z = 9;
        int* p = n > 3 ? x : y;
        if (threadIdx.x == 1) p = s;
        if (threadIdx.x == 2) p = &z - (threadIdx.x & 3);
        s[threadIdx.x] = 100;
        if (threadIdx.x == 0) g[7] = 50;
        __syncthreads();
        a[threadIdx.x] = p[threadIdx.x & 3] + c[threadIdx.x & 7] + g[7] + big.v[threadIdx.x % 20];
    }"""
    module = cw.Module(source, options=CHECKED)
    out = cw.zeros(32, np.int32)
    big = np.zeros((), np.dtype([("v", np.int32, 20)]))
    big["v"] = np.arange(20)
    module["k"][1, 32](out, big, np.int32(5))
    lane = np.arange(32)
    expected = np.array([1, 2, 3, 4])[lane & 3] + (lane & 7) + 1 + 50 + lane % 20
    expected[1] += 98
    expected[2] += 6
    np.testing.assert_array_equal(out.get(), expected)


def test_lines_in_messages_follow_the_source():
    body = "__global__ void k(int* a) { a[threadIdx.x] = 1; assert(threadIdx.x > 50); }"
    for lines in (0, 3):
        for size, options, what in ((8, CHECKED, "write"), (64, (), "assertion")):
            with pytest.raises(cw.LaunchError, match=rf"^\[R0200\] kernel.cu:{lines + 1}: {what}"):
                launch("\n" * lines + body, size, options=options)


STOPS = [
    ("assert(i != 70);", "assertion failed: i != 70; kernel k, block (2, 0, 0), thread (6, 0, 0)"),
    ("if (i > 3) assert(a[i] && \"text\");",
     'assertion failed: a[i] && "text"; kernel k, block (0, 0, 0), thread (4, 0, 0)'),
    ("if (i == 33) __trap();", "trap; kernel k, block (1, 0, 0), thread (1, 0, 0)"),
    ("for (int j = 0; j < 96; j++) if (j == i && j == 95) __trap();",
     "trap; kernel k, block (2, 0, 0), thread (31, 0, 0)"),
    ("__syncthreads(); if (i == 5) { __syncwarp(1 << 5); __trap(); }",
     "trap; kernel k, block (0, 0, 0), thread (5, 0, 0)"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "message"), STOPS)
def test_assert_and_trap_name_their_place_and_the_device_lives_on(statement: str, message: str):
    source = f"__global__ void k(int* a) {{\n  int i = blockIdx.x * blockDim.x + threadIdx.x;\n  {statement}\n}}"
    with pytest.raises(cw.LaunchError) as caught:
        launch(source, 96, grid=3)
    assert caught.value.message == f"kernel.cu:3: {message}"
    out = cw.zeros(96, np.int32)
    cw.Module("__global__ void k(int* a) { a[threadIdx.x] = threadIdx.x; }")["k"][1, 96](out)
    np.testing.assert_array_equal(out.get(), np.arange(96))
