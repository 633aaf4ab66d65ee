"""The device wasm: errors with places, memory that grows, workers."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from objects import object_of

import cudawasm as cw
from cudawasm_cpu.wasm.linker import link

INDEX = "int i = blockIdx.x * blockDim.x + threadIdx.x;"


def test_a_stray_access_is_an_error_with_the_kernels_place():
    kernel = cw.Module("\n__global__ void k(int* p) { p[1u << 29] = 1; }")["k"]
    with pytest.raises(cw.LaunchError) as caught:
        kernel[1, 32](cw.zeros(4, np.int32))
    assert caught.value.cause == "address"
    assert str(caught.value).endswith("kernel.cu:2: out of bounds memory access; kernel k")


def test_a_store_through_a_null_pointer_is_an_error_and_the_next_launch_runs():
    module = cw.Module("struct P { int* to; }; __global__ void k(P* p) { p->to[threadIdx.x] = 1; }")
    kernel = module["k"]
    nowhere = cw.zeros(1, kernel.params[0].dtype)
    with pytest.raises(cw.LaunchError, match=r"kernel\.cu:1: a store through a null pointer; kernel k") as caught:
        kernel[1, 32](nowhere)
    assert caught.value.cause == "address"
    cw.Module("__global__ void fine(int* p) { *p = 1; }")["fine"][1, 1](cw.zeros(1, np.int32))


def test_a_launch_that_is_too_large_leaves_its_memory_to_none():
    module = cw.Module("extern __shared__ int s[]; __global__ void k(int* p) { s[threadIdx.x] = 3; *p = s[0]; }")
    found = cw.zeros(1, np.int32)
    module["k"][1, 1, 64](found)
    device = cw.current_device().backend
    with pytest.raises(MemoryError):
        device.arena(1 << 33)
    other = cw.zeros(1 << 20, np.uint8)
    module["k"][1, 1, 64](found)
    assert not other.get().any()


def test_work_goes_on_after_an_error():
    module = cw.Module("__global__ void bad(int* p) { p[1u << 29] = 1; } __global__ void good(int* p) { p[0] = 5; }")
    array = cw.zeros(4, np.int32)
    with pytest.raises(cw.LaunchError):
        module["bad"][1, 32](array)
    module["good"][1, 1](array)
    assert array.get()[0] == 5


def test_asserts_name_the_line_and_the_thread():
    kernel = cw.Module("__global__ void k(int* p) {\n  assert(threadIdx.x != 3 || p[0]);\n}")["k"]
    with pytest.raises(cw.LaunchError, match=r"kernel\.cu:2: assertion failed.*thread \(3, 0, 0\)"):
        kernel[1, 32](cw.zeros(4, np.int32))


def test_memory_grows():
    arrays = [cw.asarray(np.full(5 << 20, i, np.int32)) for i in range(8)]
    assert [int(a.get()[-1]) for a in arrays] == list(range(8))


def test_more_memory_than_there_is_is_an_error():
    with pytest.raises(MemoryError, match="WebAssembly has"):
        cw.empty(5 << 30, np.uint8)


def test_locals_that_leave_the_stack_are_refused_at_their_kernel():
    source = f"""
    __device__ int use(int* p, int i) {{ return p[i * 7 % 300000]; }}
    __global__ void k(int* out, int n) {{
        {INDEX}
        int large[300000];
        for (int j = 0; j < n; j++) large[(j * i) % 300000] = j;
        out[i] = use(large, i);
    }}"""
    kernel = cw.Module(source)["k"]
    with pytest.raises(cw.UnsupportedFeature, match=r"E0404.*local memory"):
        kernel[1, 32](cw.zeros(32, np.int32), 3)


def test_all_workers_add_to_one_number():
    source = f"__global__ void k(unsigned long long* sum, int n) {{ {INDEX} if (i < n) atomicAdd(sum, 1ull * i); }}"
    kernel = cw.Module(source)["k"]
    total = cw.zeros(1, np.uint64)
    n = 3_000_000
    kernel[-(-n // 256), 256](total, n)
    assert int(total.get()[0]) == n * (n - 1) // 2


def test_pointers_in_memory_have_64_bits():
    source = """
    struct Node { Node* next; int value; };
    __global__ void link(Node* nodes, int n) {
        int i = threadIdx.x;
        nodes[i].next = i + 1 < n ? &nodes[i + 1] : nullptr;
        nodes[i].value = i;
    }
    __global__ void walk(Node* nodes, int* sum) {
        for (Node* at = nodes; at; at = at->next) *sum += at->value;
    }"""
    module = cw.Module(source)
    type_ = module["link"].params[0].dtype
    nodes, total = cw.zeros(100, type_), cw.zeros(1, np.int32)
    nodes.set(np.full(1600, 0xFF, np.uint8).view(type_))  # upper halves must be written too
    module["link"][1, 100](nodes, 100)
    module["walk"][1, 1](nodes, total)
    assert int(total.get()[0]) == 4950
    assert nodes.get()["next"].max() < 1 << 32


def test_the_clock_goes_on():
    loop = "for (int i = 0; i < 9; i++) t[i + 2] = i;"
    source = f"__global__ void k(long long* t) {{ t[0] = clock64(); {loop} t[1] = clock64(); }}"
    times = cw.zeros(16, np.int64)
    cw.Module(source)["k"][1, 1](times)
    first, second = times.get()[:2]
    assert 0 < first <= second


def test_generated_text_is_webassembly():
    kernel = cw.Module(f"__global__ void k(float* x) {{ {INDEX} x[i] *= 2.0f; }}")["k"]
    assert "f32x4.mul" in kernel.code("wasm") or "f32x4.add" in kernel.code("wasm")


def test_code_that_traps_leaves_the_stack_as_it_was():
    text = """
    declare i64 @cudawasm_clock()
    define void @run(ptr %at, i32 %worker) {
      %large = alloca [1000000 x i8]
      %place = getelementptr i8, ptr %large, i32 %worker
      store volatile i8 1, ptr %place
      %now = call i64 @cudawasm_clock()
      store volatile i64 %now, ptr %at
      ret void
    }"""
    engine = cw.device("wasm").backend.engine
    linked = link(object_of(text), ["run"], 0, shared=True)
    run = engine.function(engine.module(linked), linked, "run", 0)
    for _ in range(9):
        with pytest.raises(cw.LaunchError):
            run(-8, 0)
    run(engine.memory.first_stack, 0)


@pytest.mark.parametrize(
    "condition",
    [
        "i < n && p[i + 400000000] == 1", "i - 2000 > n && p[i - 500000000] == 1",
        "i < n && ((double*)p)[i + 100000000] > 1.0", "i < n && ((int2*)p)[i + 100000000].y > 1",
        "i < n && ((bool*)p)[i + 1000000000]", "i < n && ((int**)p)[i + 200000000] == p",
    ],
)  # fmt: skip
@pytest.mark.parametrize("block", [128, 40])
def test_nothing_is_read_where_no_lane_is_active(condition, block):
    source = f"__global__ void k(int* out, const int* p, int n) {{ {INDEX} out[i] = {condition} ? 3 : 4; }}"
    out = cw.zeros(block, np.int32)
    cw.Module(source)["k"][1, block](out, cw.zeros(4, np.int32), 0)
    assert out.get().tolist() == [4] * block


def test_modules_that_are_gone_leave_no_memory_behind():
    def run(i: int) -> None:
        source = f"""__device__ int by[{1000 + i}];
        __global__ void k(int* p) {{
            const int table[8] = {{1, 2, 3, 4, 5, 6, 7, {i}}};
            p[threadIdx.x] = table[p[threadIdx.x] & 7] + by[threadIdx.x];
        }}"""
        kernel = cw.Module(source)["k"]
        for block in (32, 64):
            kernel[1, block](array)
        del kernel
        gc.collect()

    array = cw.zeros(64, np.int32)
    sizes = cw.device("wasm").backend.memory._sizes
    run(0)
    before = len(sizes)
    for i in range(1, 5):
        run(i)
    assert len(sizes) <= before
