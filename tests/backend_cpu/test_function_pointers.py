"""Pointers to functions that the host passes on."""

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.errors import LaunchError

SOURCE = """
typedef int (*Function)(int);
__device__ int next(int x) { return x + 1; }
static __device__ int twice(int x) { return x * 2; }
__device__ Function device_next = next;
__constant__ Function table[2] = {twice, nullptr};
__global__ void call(Function f, int* o) { o[threadIdx.x] = f(threadIdx.x); }
__global__ void address(Function* p) { *p = twice; }
"""


def called(module, pointer):
    out = cw.asarray(np.zeros(4, np.int32))
    module["call"][1, 4](pointer, out)
    return out.get().tolist()


def test_a_pointer_read_from_a_device_variable_may_be_passed_to_a_kernel():
    module = cw.Module(SOURCE, device="cpu")
    assert called(module, module.get_global("device_next").get()[()]) == [1, 2, 3, 4]
    assert called(module, module.get_global("table").get()[0]) == [0, 2, 4, 6]


def test_kernels_agree_about_the_value_of_a_pointer():
    first, second = cw.Module(SOURCE, device="cpu"), cw.Module(SOURCE, device="cpu")
    pointer = cw.asarray(np.zeros(1, np.uint64))
    first["address"][1, 1](pointer)
    assert pointer.get()[0] == second.get_global("table").get()[0]
    assert called(second, pointer.get()[0]) == [0, 2, 4, 6]


@pytest.mark.parametrize("pointer", [0, 1234])
def test_any_other_pointer_stops_the_kernel(pointer):
    module = cw.Module(SOURCE, device="cpu")
    with pytest.raises(LaunchError, match="no known function"):
        called(module, np.uint64(pointer))
