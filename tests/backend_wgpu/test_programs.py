"""How pointers come to a kernel: with offsets, null, to the same memory, in structs and in memory."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm_wgpu import texts

NODES = """struct Node { int value; Node* next; };
__global__ void link(Node* nodes, int n) {
  for (int i = 0; i < n; ++i) { nodes[i].value = i * i; nodes[i].next = i + 1 < n ? &nodes[i + 1] : nullptr; } }
__global__ void walk(Node* first, int* o) { int sum = 0; for (Node* p = first; p; p = p->next) sum += p->value;
  o[0] = sum; }"""


def test_pointers_into_the_middle_of_an_allocation():
    values, o = cw.asarray(np.arange(64, dtype=np.uint8)), cw.zeros(8, np.int32)
    source = "__global__ void k(const unsigned char* a, int* o) { o[threadIdx.x] = a[threadIdx.x] - a[-1]; }"
    kernel = cw.Module(source)["k"]
    for offset in (3, 4, 1):
        kernel[1, 8](values[offset:], o)
        assert o.get().tolist() == list(range(1, 9))


def test_a_pointer_that_its_type_does_not_allow():
    o = cw.zeros(8, np.uint8)
    with pytest.raises(cw.LaunchError, match='"o" of k is not aligned to 4 bytes'):
        cw.Module("__global__ void k(int* o) { o[0] = 1; }")["k"][1, 1](o.ptr + 1)


def test_the_disk_cache_serves_the_second_time(monkeypatch):
    def run() -> None:
        x, y = cw.asarray(np.arange(50, dtype=np.int16)), cw.zeros(50, np.float32)
        source = """__device__ float factor = 2.0f;
            struct Pair { short a; float b; };
            __global__ void k(const short* x, float* y, short first, Pair p) {
                int i = threadIdx.x;
                assert(i < 64);
                y[i] = factor * x[i] + first + p.a * p.b;
            }"""
        pair = np.array([(-3, 0.5)], np.dtype([("a", "<i2"), ("b", "<f4")], align=True))[0]
        cw.Module(source)["k"][1, 50](x, y, np.int16(-7), pair)
        assert y.get().tolist() == [2 * i - 8.5 for i in range(50)]

    run()

    def fail(*args: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(texts, "prepare", fail)
    run()


def test_null_pointers_are_told_from_others():
    kernel = cw.Module("__global__ void k(int* o, const int* a) { o[0] = a ? a[0] : 77; }")["k"]
    a, o = cw.asarray(np.array([5], np.int32)), cw.zeros(1, np.int32)
    found = []
    for argument in (None, a, None):
        kernel[1, 1](o, argument)
        found.append(int(o.get()[0]))
    assert found == [77, 5, 77]


def test_two_parameters_for_the_same_memory_of_different_types():
    a = cw.zeros(64, np.float32)
    source = (
        "__global__ void k(float* a, int* b) { a[threadIdx.x] = threadIdx.x; b[threadIdx.x + 32] = b[threadIdx.x]; }"
    )
    cw.Module(source)["k"][1, 32](a, a.view(np.int32))
    assert a.get().tolist() == [*range(32), *range(32)]


def test_linked_lists_and_tables_of_pointers():
    node = np.dtype({"names": ["value", "next"], "formats": ["<i4", "<u8"], "offsets": [0, 8], "itemsize": 16})
    nodes, o = cw.zeros(10, node), cw.zeros(1, np.int32)
    module = cw.Module(NODES)
    module["link"][1, 1](nodes, np.int32(10))
    module["walk"][1, 1](nodes, o)
    assert o.get()[0] == 285
    rows = [cw.asarray(np.arange(4, dtype=np.float32) * k) for k in (1, 10)]
    table = cw.asarray(np.array([row.ptr for row in rows], np.uint64))
    out = cw.zeros(4, np.float32)
    source = "__global__ void k(float** t, float* o) { o[threadIdx.x] = t[threadIdx.x & 1][threadIdx.x]; }"
    cw.Module(source)["k"][1, 4](table, out)
    assert out.get().tolist() == [0, 10, 2, 30]


def test_grids_that_no_dispatch_takes_are_folded():
    source = """__global__ void k(int* o) { if (threadIdx.x == 0) atomicAdd(o, 1);
      if (blockIdx.x == 69999 && blockIdx.y == 1) o[1] = gridDim.x; }"""
    o = cw.zeros(2, np.int32)
    cw.Module(source)["k"][(70000, 2), 8](o)
    assert o.get().tolist() == [140000, 70000]


def test_large_parameters_are_read_from_memory():
    big = np.dtype([("w", np.float32, 100), ("n", np.int32)])
    source = """struct Big { float w[100]; int n; };
      __global__ void k(Big b, float* o) { o[threadIdx.x] = b.w[(threadIdx.x * 7) % b.n]; }"""
    value = np.zeros((), big)
    value["w"], value["n"] = np.arange(100), 100
    o = cw.zeros(32, np.float32)
    cw.Module(source)["k"][1, 32](value, o)
    assert np.array_equal(o.get(), np.arange(32) * 7 % 100)


def test_memory_is_given_out_again():
    pointers = []
    for _ in range(3):
        a = cw.zeros(1 << 20, np.uint8)
        pointers.append(a.ptr)
        del a
    assert len(set(pointers)) <= 2
    with pytest.raises(MemoryError):
        cw.device().backend.allocate(1 << 40)


def test_odd_bytes_are_copied_and_filled():
    device = cw.device().backend
    start = device.allocate(64)
    device.write(start, memoryview(bytes(range(64))))
    device.write(start + 5, memoryview(b"abc"))
    device.fill(start + 9, 7, 2)
    device.copy(start + 33, start + 1, 6)
    found = bytearray(64)
    device.read(start, memoryview(found))
    wanted = bytearray(range(64))
    wanted[5:8], wanted[9:11] = b"abc", b"\x07\x07"
    wanted[33:39] = wanted[1:7]
    assert found == wanted
    part = bytearray(3)
    device.read(start + 5, memoryview(part))
    assert part == b"abc"


def test_pointers_to_shared_memory_do_not_get_into_global_memory():
    for value in ("s", "s + threadIdx.x"):
        source = f"__global__ void k(int** o) {{ __shared__ int s[2]; o[0] = {value}; }}"
        with pytest.raises(cw.UnsupportedFeature, match=r"E0403.*kept in global memory"):
            cw.Module(source)["k"]


def test_addresses_that_get_out_are_those_of_the_host():
    a, o = cw.zeros(8, np.float32), cw.zeros(8, np.uint64)
    source = "__global__ void k(float* a, unsigned long long* o) { o[threadIdx.x] = (size_t)(a + threadIdx.x); }"
    cw.Module(source)["k"][1, 8](a, o)
    assert o.get().tolist() == [a.ptr + 4 * i for i in range(8)]


def test_launches_are_collected_and_run_in_order():
    o, kernel = (
        cw.zeros(64, np.int32),
        cw.Module("__global__ void k(int* o, int f) { o[threadIdx.x] = o[threadIdx.x] * 3 + f; }")["k"],
    )
    wanted = 0
    for i in range(100):
        kernel[1, 64](o, i)
        wanted = (wanted * 3 + i) % 2**32
        if i == 50:
            assert int(o.get()[7]) % 2**32 == wanted
    cw.device().synchronize()
    assert (o.get().astype(np.uint32) == wanted).all()


def test_a_launch_finds_its_memory_after_others_came_and_went():
    kernel = cw.Module("__global__ void k(const int* a, int* o) { o[threadIdx.x] = a[threadIdx.x] + 1; }")["k"]
    for size in (32, 1 << 20, 32):
        a, o = cw.asarray(np.full(size, size, np.int32)), cw.zeros(32, np.int32)
        kernel[1, 32](a, o)
        assert (o.get() == size + 1).all()
        del a, o


def test_long_grids_of_one_dimension():
    o = cw.zeros(3, np.int32)
    source = """__global__ void k(int* o) { if (threadIdx.x == 0) atomicAdd(o, 1);
      if (blockIdx.x == 131071) { o[1] = gridDim.x; o[2] = blockIdx.y + gridDim.y; } }"""
    cw.Module(source)["k"][140001, 1](o)
    assert o.get().tolist() == [140001, 140001, 1]


@pytest.mark.parametrize(
    "body",
    [
        "union { int* i; float* f; } p; p.i = a; *p.f = __int_as_float(1);",
        "__shared__ union { int* i; float* f; } p; p.i = a; __syncthreads(); *p.f = __int_as_float(1);",
        "struct I { int* p; }; struct F { float* p; }; union { I i; F f; } u; u.i.p = a; *u.f.p = __int_as_float(1);",
        "b[a - b] = 1;",
        "size_t distance = (size_t)a - (size_t)b; *(int*)((char*)b + distance) = 1;",
    ],
)
def test_pointers_that_come_by_unions_and_distances(body):
    a, b = cw.zeros(1, np.int32), cw.zeros(1, np.int32)
    cw.Module(f"__global__ void k(int* a, int* b) {{ {body} }}")["k"][1, 1](a, b)
    assert a.get()[0] == 1
