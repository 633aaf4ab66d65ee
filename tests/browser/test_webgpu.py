"""The device in JavaScript, in a browser: what the conformance suite does not ask of it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import pytest

import cudawasm as cw

ADD = "__global__ void k(const float* a, const float* b, float* c, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) c[i] = a[i] + b[i]; }"
N = 300


def ones(count: int = N) -> Any:
    return cw.asarray(np.arange(count, dtype=np.float32))


@pytest.mark.parametrize("same", ["aab", "aba", "baa", "aaa"])
def test_pointers_may_point_into_one_allocation(same):
    arrays = {"a": ones(), "b": ones()}
    given = [arrays[name] for name in same]
    cw.Module(ADD)["k"][2, 256](*given, N)
    assert given[2].get().tolist() == (2 * np.arange(N, dtype=np.float32)).tolist()


def test_parts_of_one_allocation_are_told_apart():
    whole = ones(3 * N)
    cw.Module(ADD)["k"][2, 256](whole.ptr, whole.ptr + 4 * N, whole.ptr + 8 * N, N)
    wanted = np.arange(3 * N, dtype=np.float32)
    wanted[2 * N :] = wanted[:N] + wanted[N : 2 * N]
    assert whole.get().tolist() == wanted.tolist()


def test_more_pointers_than_a_gpu_binds_buffers():
    names = [f"p{i}" for i in range(14)]
    body = " ".join(f"{name}[0] += {i};" for i, name in enumerate(names))
    module = cw.Module(f"__global__ void k({', '.join(f'int* {name}' for name in names)}) {{ {body} }}")
    arrays = [cw.zeros(1, np.int32) for _ in names]
    module["k"][1, 1](*arrays)
    assert [int(array.get()[0]) for array in arrays] == list(range(14))


def test_null_pointers_are_null():
    module = cw.Module("__global__ void k(int* a, int* b, int* c) { if (!a && !b) c[0] = 5; }")
    found = cw.zeros(1, np.int32)
    module["k"][1, 1](None, None, found)
    assert found.get()[0] == 5


def test_grids_past_what_a_dispatch_takes():
    module = cw.Module(
        "__global__ void k(unsigned* o) { if (blockIdx.x == 69999) o[blockIdx.y] = gridDim.x + threadIdx.x; }"
    )
    found = cw.zeros(2, np.uint32)
    module["k"][(70000, 2), 1](found)
    assert found.get().tolist() == [70000, 70000]


@pytest.mark.parametrize(
    ("offset", "count"), [(1, 1), (1, 2), (3, 1), (2, 5), (1, 9), (4, 3), (5, 27), (0, 31), (3, 29)]
)
def test_bytes_are_written_anywhere(offset, count):
    backend = cw.device("chromium").backend
    array = cw.asarray(np.arange(32, dtype=np.uint8))
    data = np.arange(100, 100 + count, dtype=np.uint8)
    backend.write(array.ptr + offset, data.data)
    wanted = np.arange(32, dtype=np.uint8)
    wanted[offset : offset + count] = data
    assert array.get().tolist() == wanted.tolist()
    part = np.zeros(count, np.uint8)
    backend.read(array.ptr + offset, part.data)
    assert part.tolist() == data.tolist()


def test_memory_keeps_its_contents_when_there_is_more_of_it():
    first = ones()
    more = [cw.zeros(1 << 20, np.float32) for _ in range(6)]
    more[5].get()
    cw.Module(ADD)["k"][2, 256](first, more[0], more[5], N)
    assert more[5].get()[:N].tolist() == first.get().tolist() == list(range(N))


def test_pointers_in_memory_are_followed():
    source = """struct Node { Node* next; int value; };
__global__ void k(Node* nodes, int n) { for (int i = 0; i < n; i++) { nodes[i].value = i; nodes[i].next = i + 1 < n ? &nodes[i + 1] : nullptr; } }
__global__ void sum(Node* at, int* o) { int s = 0; while (at) { s += at->value; at = at->next; } *o = s; }"""
    module = cw.Module(source)
    nodes, found = cw.zeros(160, np.uint8), cw.zeros(1, np.int32)
    module["k"][1, 1](nodes.ptr, 10)
    module["sum"][1, 1](nodes.ptr, found)
    assert found.get()[0] == 45


def test_launches_and_writes_happen_in_the_order_of_the_calls():
    module = cw.Module("__global__ void k(int* o) { o[threadIdx.x] = o[threadIdx.x] * 2 + 1; }")
    array = cw.zeros(4, np.int32)
    kernel = module["k"].compiled
    page = cw.device("chromium").backend.page
    shape = {"grid": [1, 1, 1], "block": [4, 1, 1], "shared": 0}
    start = b64encode(np.array([0, 1, 2, 3], np.int32).tobytes()).decode()
    values = kernel.values(bytearray(array.ptr.to_bytes(8, "little")))
    found = page.call("burst", kernel.name, shape, values, 50, str(array.ptr), start)
    assert np.frombuffer(b64decode(found), np.int32)[:4].tolist() == [1, 3, 5, 7]


def test_a_kernel_that_stops_says_where_and_the_next_one_runs():
    module = cw.Module(
        "#include <assert.h>\n__global__ void k(int* o) { assert(threadIdx.x < 3); o[threadIdx.x] = 1; }"
    )
    found = cw.zeros(4, np.int32)
    with pytest.raises(
        cw.LaunchError, match=r"kernel.cu:2: assertion failed: threadIdx.x < 3; kernel .*thread \(3, 0, 0\)"
    ):
        module["k"][1, 4](found)
    module["k"][1, 2](found)
    assert found.get().tolist() == [1, 1, 1, 0]


def test_much_is_printed():
    module = cw.Module(r'__global__ void k() { printf("%d\n", threadIdx.x + blockIdx.x * blockDim.x); }')
    with pytest.MonkeyPatch.context() as patch:
        written: list[str] = []
        patch.setattr("sys.stdout.write", written.append)
        module["k"][8, 256]()
    assert sorted(map(int, "".join(written).split())) == list(range(2048))


def test_variables_of_the_module_start_as_they_say():
    module = cw.Module(
        "__device__ int count = 7; __constant__ float table[3] = {1, 2, 3}; __global__ void k(float* o) { o[threadIdx.x] = table[threadIdx.x] + atomicAdd(&count, 1) * 0; }"
    )
    found = cw.zeros(3, np.float32)
    module["k"][1, 3](found)
    assert found.get().tolist() == [1, 2, 3]
    assert module.get_global("count").get() == 10


def test_misaligned_pointers_are_refused():
    with pytest.raises(cw.ArgumentError, match=r"not aligned to 4 bytes"):
        cw.Module(ADD)["k"][1, 1](ones().ptr + 2, ones(), ones(), 1)


def test_pointers_to_nowhere_are_refused():
    with pytest.raises(cw.ArgumentError, match=r'"a" of k.* points to no memory'):
        cw.Module(ADD)["k"][1, 1](1 << 40, ones(), ones(), 1)


@pytest.mark.parametrize("block", [(32, 32), (1000,), (512,)])
def test_blocks_may_be_as_large_as_cudas(block):
    source = """__global__ void k(int* o) { extern __shared__ int s[]; int t = threadIdx.x + threadIdx.y * blockDim.x, n = blockDim.x * blockDim.y;
  s[t] = t; for (int d = 1; d < n; d *= 2) { __syncthreads(); int v = t >= d ? s[t - d] : 0; __syncthreads(); s[t] += v; } o[t] = s[t]; }"""
    threads = int(np.prod(block))
    found = cw.zeros(threads, np.int32)
    cw.Module(source)["k"][1, block, 4 * threads](found)
    assert found.get().tolist() == np.cumsum(np.arange(threads)).tolist()
