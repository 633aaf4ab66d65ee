"""Code for AArch64 gives what the CPU gives, down to the texts of errors."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw

CHAIN = """
struct Node { Node* next; int value; };
__global__ void link(Node* nodes, int n) {
    int i = threadIdx.x;
    nodes[i].value = i;
    nodes[i].next = i + 1 < n ? nodes + i + 1 : nullptr;
}
__global__ void sum(Node* nodes, int* out) {
    for (Node* at = nodes; at; at = at->next) *out += at->value;
}"""

COUNT = """
__global__ void k(unsigned* a, unsigned* n) {
    a[blockIdx.x * blockDim.x + threadIdx.x] += threadIdx.x;
    atomicAdd(n, 1u);
}"""

STOPS = {
    "assert": '#include <cassert>\n__global__ void k(int* a) { assert(a[threadIdx.x] < 20 && "small"); }',
    "trap": "__global__ void k(int* a) { if (a[threadIdx.x] == 21) __trap(); }",
    "bounds": "__global__ void k(int* a) { a[threadIdx.x == 21 ? 1 << 20 : 0] = 1; }",
}


def test_pointers_are_the_same_numbers_on_both_sides():
    out, module = cw.zeros(1, np.int32), cw.Module(CHAIN)
    nodes = cw.zeros(8, np.dtype([("next", "u8"), ("value", "i4")], align=True))
    module["link"][1, 8](nodes, np.int32(8))
    module["sum"][1, 1](nodes, out)
    assert out.get()[0] == sum(range(8))
    assert nodes.get()["next"].tolist() == [*(nodes.ptr + 16 * i for i in range(1, 8)), 0]


def test_a_grid_runs_every_block_once():
    a, n = cw.zeros(4096 * 128, np.uint32), cw.zeros(1, np.uint32)
    cw.Module(COUNT)["k"][4096, 128](a, n)
    assert n.get()[0] == a.size
    assert (a.get() == np.tile(np.arange(128), 4096)).all()


@pytest.mark.parametrize("kind", STOPS)
def test_what_stops_a_launch_is_said_as_on_the_cpu(kind: str):
    texts = {}
    options = ["--bounds-checks"] if kind == "bounds" else []
    for device in ("cpu", "aarch64"):
        with cw.device(device):
            a = cw.asarray(np.arange(32, dtype=np.int32))
            with pytest.raises(cw.LaunchError) as caught:
                cw.Module(STOPS[kind], options=options)["k"][1, 32](a)
            texts[device] = str(caught.value).replace(hex(a.ptr + (4 << 20)), "there")
    assert texts["aarch64"] == texts["cpu"]


def test_printing_keeps_the_order_of_the_threads(capsys: pytest.CaptureFixture[str]):
    source = '__global__ void k(double x) { if (threadIdx.x % 2) printf("%d %s %.2f\\n", threadIdx.x, "odd", x); }'
    cw.Module(source)["k"][1, 8](np.float64(1.5))
    assert capsys.readouterr().out == "".join(f"{i} odd 1.50\n" for i in (1, 3, 5, 7))


def test_memory_that_is_freed_is_handed_out_again():
    first = cw.zeros(1 << 20, np.uint8)
    pointer = first.ptr
    first.free()
    assert cw.zeros(1 << 20, np.uint8).ptr == pointer
