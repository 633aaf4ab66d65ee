"""Kernels of one program are lowered one by one: what happens to one does not change another."""

import pytest

from cudawasm.errors import CompileError
from cudawasm.frontend.program import Program
from cudawasm.ir.text import print_module

SOURCE = b"""
__device__ int last(int x) { return x + 1; }
__device__ int first(int x) { return last(x); }
__global__ void refused(int* o) { *o = first(1); virtual_call(); }
__global__ void fine(int* o) { *o = first(2); }
"""


def test_a_refused_kernel_leaves_what_it_called_to_the_others():
    program = Program(SOURCE, "k.cu")
    with pytest.raises(CompileError):
        program.lower("refused")
    assert {"first", "last", "fine"} <= set(program.lower("fine").module.functions)
    assert print_module(program.lower("fine").module) == print_module(Program(SOURCE, "k.cu").lower("fine").module)


def test_a_member_without_an_object_has_a_size():
    source = b"""
    struct Pack {
      int payload[4];
      __device__ int get() const { static_assert(sizeof(payload) == 16, ""); return payload[1]; }
    };
    __global__ void k(int* o) { Pack p = {}; *o = p.get() + sizeof(Pack::payload); }
    """
    assert "k" in Program(source, "k.cu").lower("k").module.functions
