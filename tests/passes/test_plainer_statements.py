"""Passes that say a statement by plainer ones: atomics, 16-bit floats, arrays, variables, prints and traps."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, F16, U32, U64, Array, Space
from cudawasm.ir.walk import statement_expressions, statements, subexpressions
from cudawasm.passes.atomics_by_swapping import atomics_by_swapping
from cudawasm.passes.copy_arrays import copy_arrays
from cudawasm.passes.halves_by_float import halves_by_float
from cudawasm.passes.infer_address_spaces import infer_address_spaces
from cudawasm.passes.prints_to_buffer import prints_to_buffer
from cudawasm.passes.traps_to_record import traps_to_record
from cudawasm.passes.variables_to_parameters import variables_to_parameters

ATOMICS = {
    "float add": ("float", "atomicAdd(o, v)"),
    "double add": ("double", "atomicAdd(o, v)"),
    "unsigned increment": ("unsigned", "atomicInc(o, 20u)"),
    "unsigned decrement": ("unsigned", "atomicDec(o, 20u)"),
    "int minimum": ("int", "atomicMin(o, -v)"),
    "short compare and swap": ("unsigned short", "atomicCAS(o + t % 2, (unsigned short)0, v)"),
    "long maximum": ("long long", "atomicMax(o, v)"),
}


@pytest.mark.parametrize(("type_", "call"), ATOMICS.values(), ids=ATOMICS)
def test_atomics_by_swapping(type_, call, lowered, ran):
    source = (
        f"__global__ void k({type_}* o, {type_}* was) {{ int t = threadIdx.x; {type_} v = t + 1; was[t] = {call}; }}"
    )
    module = infer_address_spaces(lowered(source))
    dtype = {"float": "f4", "double": "f8", "unsigned": "u4", "int": "i4", "unsigned short": "u2", "long long": "i8"}[
        type_
    ]
    start = np.zeros(32, dtype)
    found = atomics_by_swapping(module, lambda op, t: op == "cas" and t in (U32, U64))
    for left, right in zip(ran(module, start, start), ran(found, start, start), strict=True):
        assert np.array_equal(left, right)
    assert {s.op for s in statements(found.functions["k"].body) if isinstance(s, n.Atomic)} == {"cas"}


def test_atomics_that_nothing_can_make_are_refused(lowered):
    module = infer_address_spaces(lowered("__global__ void k(double* o) {\n  atomicAdd(o, 1.0);\n}"))
    with pytest.raises(cw.UnsupportedFeature) as caught:
        atomics_by_swapping(module, lambda op, t: t == U32)
    assert str(caught.value).splitlines()[0] == (
        "kernel.cu:2:3: error[E0404]: the device has no atomic operations on 64 bits"
    )


@pytest.mark.parametrize("name", ["__half", "__nv_bfloat16"])
def test_halves_by_float(name, lowered, ran):
    header = "cuda_fp16.h" if name == "__half" else "cuda_bf16.h"
    module = lowered(
        f"#include <{header}>\n__global__ void k({name}* a, {name}* b) {{ int t = threadIdx.x; "
        "b[t] = a[t] * a[31 - t] + (a[t] < a[0] ? -a[t] : a[t] / a[1]); }"
    )
    bits = np.random.default_rng(1).integers(0x3000, 0x4400, 32).astype(np.uint16)
    bits = bits.view(np.float16) if name == "__half" else bits
    found = halves_by_float(module)
    one, other = (ran(m, bits, bits)[1].view(np.uint16) for m in (module, found))
    assert np.array_equal(one, other)
    for stmt in statements(found.functions["k"].body):
        for outer in statement_expressions(stmt):
            for expr in subexpressions(outer):
                assert not (isinstance(expr, n.Binary) and expr.left.type in (F16, BF16))


def test_copy_arrays(lowered, ran):
    module = lowered(
        "struct S { int a[9]; int b[2][2]; }; __global__ void k(int* o) { int t = threadIdx.x; S x = {}, y; x.a[t % 9] = t;"
        " x.b[t & 1][1] = 5; y = x; S z{y}; z.a[t % 9] += y.b[t & 1][1]; o[t] = z.a[t % 9] + z.a[8] + x.b[0][t & 1]; }"
    )
    found = copy_arrays(module)
    assert np.array_equal(ran(found, np.zeros(32, np.int32)), ran(module, np.zeros(32, np.int32)))
    assigned = [s for s in statements(found.functions["k"].body) if isinstance(s, n.Assign)]
    assert not any(isinstance(s.place.type, Array) for s in assigned)


def test_variables_to_parameters(lowered):
    module = lowered("__constant__ int c[4]; __device__ float d; __global__ void k(int* o) { o[0] = c[o[1]]; d = 1; }")
    found, added = variables_to_parameters(module, Space.GLOBAL, Space.CONSTANT)
    assert [v.name for v in added["k"]] == ["c", "d"] or [v.name for v in added["k"]] == ["d", "c"]
    assert [p.name for p in found.functions["k"].params] == ["o", *(v.name for v in added["k"])]
    assert found.globals == ()


def test_prints_to_buffer(lowered, ran):
    module = lowered(
        '__global__ void k(int* o) { if (threadIdx.x == 3) printf("%d %f\\n", -2, 1.5); o[threadIdx.x] = 1; }'
    )
    found, sites = prints_to_buffer(module)
    assert [(s.format, s.kinds) for s in sites["k"]] == [(b"%d %f\n", "id")]
    buffer = np.zeros(16, np.uint32)
    buffer[1] = 14
    words = ran(found, np.zeros(32, np.int32), buffer)[1]
    assert words[0] == 5
    assert words[2:7].tolist() == [0, 2**32 - 2, 2**32 - 1, 0, 0x3FF80000]


def test_traps_to_record(lowered, ran):
    module = lowered(
        "#include <cassert>\n__global__ void k(int* o) {\n  assert(threadIdx.x != 6);\n  o[threadIdx.x] = 1;\n}"
    )
    found, sites = traps_to_record(module)
    values, record = ran(found, np.zeros(32, np.int32), np.zeros(8, np.uint32))
    assert record.tolist() == [1, 0, 0, 0, 6, 0, 0, 0]
    assert values.sum() == 31
    assert sites["k"][0].describe("k", tuple(record.tolist())) == (
        "kernel.cu:3: assertion failed: threadIdx.x != 6; kernel k, block (0, 0, 0), thread (6, 0, 0)"
    )
