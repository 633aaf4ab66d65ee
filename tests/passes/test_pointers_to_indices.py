from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.ir import nodes as n
from cudawasm.ir.types import F32, I32, I64, U32, Array, Pointer, Space
from cudawasm.ir.walk import statements
from cudawasm.passes.infer_address_spaces import infer_address_spaces
from cudawasm.passes.pointers_to_indices import pointers_to_indices

OWN = (Space.SHARED, Space.LOCAL)
WALK = """__global__ void k(float* o) {
  __shared__ float s[64]; float x[8];
  for (float* p = x; p < x + 8; ++p) *p = p - x;
  float* q = s + threadIdx.x; q[32] = x[threadIdx.x & 7]; *q = 1;
  __syncthreads();
  o[threadIdx.x] = q[32] + *(s + threadIdx.x); }"""
PUNNED = """__global__ void k(unsigned* o) {
  __shared__ unsigned s[32]; unsigned char* b = (unsigned char*)s;
  for (int i = 0; i < 4; ++i) b[threadIdx.x + 32 * i] = threadIdx.x + i;
  __syncthreads();
  o[threadIdx.x] = s[threadIdx.x] + *(unsigned short*)(b + 2 * threadIdx.x); }"""
CHOSEN = """__global__ void k(int* o) {
  int a[4] = {1, 2, 3, 4}, b[6] = {10, 20, 30, 40, 50, 60};
  int* p = threadIdx.x & 1 ? a : b;
  p += threadIdx.x & 3; *p += 100;
  int* none = a; none = 0;
  o[threadIdx.x] = *p + a[1] + b[2] + (p != none); }"""


def indexed(module: n.Module) -> n.Module:
    return pointers_to_indices(infer_address_spaces(module), OWN).module


def pointers_left(module: n.Module) -> list[str]:
    declared = (s.var for s in statements(module.functions["k"].body) if isinstance(s, n.Declare))
    return [v.name for v in declared if isinstance(v.type, Pointer)]


def test_objects_of_one_type_keep_it(lowered, ran):
    module = lowered(WALK)
    plain = indexed(module)
    assert pointers_left(plain) == []
    assert [v.type for v in plain.shared] == [Array(F32, 64)]
    before, after = (ran(m, np.zeros(32, np.float32)) for m in (module, plain))
    assert np.array_equal(before[0], after[0])


def test_bytes_of_shared_words_are_swapped_in(lowered, ran):
    module = lowered(PUNNED)
    plain = indexed(module)
    assert [v.type for v in plain.shared] == [Array(U32, 32)]
    assert any(isinstance(s, n.Atomic) and s.op == "cas" for s in statements(plain.functions["k"].body))
    before, after = (ran(m, np.zeros(32, np.uint32)) for m in (module, plain))
    assert np.array_equal(before[0], after[0])


@pytest.mark.parametrize("type_", ["float", "double"])
def test_floats_are_added_as_such_where_an_object_holds_words(lowered, ran, type_: str):
    word = {"float": "unsigned", "double": "unsigned long long"}[type_]
    module = lowered(f"""__global__ void k({type_}* o) {{
      __shared__ {word} s[2]; {type_}* p = ({type_}*)s; s[0] = s[1] = 0; __syncthreads();
      atomicAdd(p + 1, ({type_})threadIdx.x / 2); __syncthreads();
      o[threadIdx.x] = p[1] + (s[1] == 0); }}""")
    dtype = {"float": np.float32, "double": np.float64}[type_]
    assert ran(indexed(module), np.zeros(32, dtype))[0].tolist() == [248.0] * 32


def test_pointers_to_several_objects(lowered, ran):
    module = lowered(CHOSEN)
    plain = indexed(module)
    assert pointers_left(plain) == []
    before, after = (ran(m, np.zeros(32, np.int32)) for m in (module, plain))
    assert np.array_equal(before[0], after[0])


def test_global_pointers_become_indices_from_their_parameters(lowered):
    module = infer_address_spaces(lowered("__global__ void k(float* o, char* c) { o[threadIdx.x] = c[1]; }"))
    found = pointers_to_indices(module, tuple(Space), at_start=("o",))
    assert [p.name for p in found.module.functions["k"].params] == ["c"]
    assert [(o.array.name, o.array.type, o.layout.unit) for o in found.objects["k"]] == [
        ("o", Array(F32, 0), 4),
        ("c", Array(cw.ir.types.I8, 0), 1),
    ]


@pytest.mark.parametrize(("atomic", "expected"), [((I32, U32, I64), I64), ((I32, U32), U32)])
def test_volatile_objects_are_of_numbers_that_can_be_atomic(lowered, atomic, expected):
    source = """__global__ void k(volatile long long* o) { __shared__ volatile long long s[4];
      s[threadIdx.x] = o[threadIdx.x]; o[threadIdx.x] = s[3 - threadIdx.x]; }"""
    module = infer_address_spaces(lowered(source))
    found = pointers_to_indices(module, tuple(Space), is_atomic=lambda type_: type_ in atomic)
    assert [o.array.type for o in found.objects["k"]] == [Array(expected, 0)]
    assert [v.type for v in found.module.shared] == [Array(expected, 32 // (expected.bits // 8))]


def test_a_shared_pointer_in_global_memory_is_refused(lowered):
    module = lowered("__global__ void k(int** o) { __shared__ int s[2]; o[0] = s; }")
    with pytest.raises(cw.UnsupportedFeature, match=r"E0403"):
        indexed(module)
