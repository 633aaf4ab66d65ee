from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Space
from cudawasm.ir.walk import statements
from cudawasm.passes.generic_pointers_to_numbers import generic_pointers_to_numbers
from cudawasm.passes.infer_address_spaces import infer_address_spaces
from cudawasm.passes.pointers_to_indices import pointers_to_indices

OWN = (Space.SHARED, Space.LOCAL)
SETUP = """struct P { int a; float b[3]; };
__global__ void k(int* g, int* o) {
  __shared__ int s[64]; __shared__ P records[4]; int l[4] = {1, 2, 3, 4}; int i = threadIdx.x;
  s[i] = 100 + i; s[32 + i] = -i;
  if (i < 4) { records[i].a = i; for (int j = 0; j < 3; ++j) records[i].b[j] = i + j * 0.5f; }
  __syncthreads();
"""
BODIES = {
    "of three kinds": "int* p = i % 3 == 0 ? g : i % 3 == 1 ? s : l; p += i % 4; *p += 7; o[i] = *p + s[i] + l[i % 4];",
    "moved": "int* p = i & 1 ? g + 8 : s + 8; p -= 3; p += i % 8; o[i] = p[-5] + *(p - i % 4);",
    "to members": "P mine = {i, {1, 2, 3}}; const P* p = i & 1 ? &mine : &records[i % 4]; o[i] = p->a + p->b[i % 3] * 4;",
    "whole records": "P mine = {9, {1, 2, 3}}; P* p = i & 2 ? &mine : &records[i % 4]; P q = *p; if (i < 4) { q.a += 5; *p = q; }"
    " __syncthreads(); o[i] = records[i % 4].a + mine.a;",
    "atomically": "int* p = i % 3 == 0 ? g : i % 3 == 1 ? s : l; int old = atomicAdd(p + i / 8, 1 << i % 8); atomicMax(p, 3);"
    " __syncthreads(); o[i] = (i % 3 == 2 ? old : 0) + s[i % 8] + l[i % 4];",
    "null": "int* p = i % 3 ? nullptr : i & 1 ? s : g; o[i] = p ? *p : -1; if (p != nullptr && p == s) o[i] += 1000;",
    "compared": "int* p = i & 1 ? s + i : g + i; int* q = i % 3 ? s + i : g + 3; o[i] = (p == q) + 2 * (p != s + i) + 4 * (p - q == 0);",
    "in a loop": "int* p = i & 1 ? g : s; int sum = 0; while (*p < 105 + i && sum < 1000) { sum += *p; ++p; } o[i] = sum;",
    "as numbers": "int* p = i & 1 ? g : s; unsigned long long u = (unsigned long long)p + 4 * (i % 4); o[i] = *(int*)u;",
    "kept": "__shared__ int* kept[32]; kept[i] = i & 1 ? g + i : s + i; __syncthreads(); o[i] = *kept[31 - i] + *kept[i];",
    "chosen by reference": "int& r = i & 1 ? g[i] : s[i]; r = i * i; const int& m = r > 50 ? r : l[1]; o[i] = m;",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_pointers(lowered, ran, body: str):
    module = lowered(f"{SETUP} {body} }}")
    made = generic_pointers_to_numbers(infer_address_spaces(module, allow_generic=True))
    variables = [s.var for s in statements(made.functions["k"].body) if isinstance(s, n.Declare)]
    assert not [v for v in variables if isinstance(v.type, Pointer) and v.type.space is Space.GENERIC]
    arrays = np.arange(64, dtype=np.int32) * 3, np.zeros(32, np.int32)
    before, after = (ran(m, *arrays) for m in (module, pointers_to_indices(made, OWN).module))
    for expected, found in zip(before, after, strict=True):
        assert np.array_equal(expected, found)


def test_a_pointer_to_shared_memory_cannot_be_kept_in_global_memory(lowered):
    source = "__global__ void k(int** o) { __shared__ int s[2]; o[threadIdx.x] = threadIdx.x ? s : o[2]; }"
    made = generic_pointers_to_numbers(infer_address_spaces(lowered(source), allow_generic=True))
    with pytest.raises(cw.UnsupportedFeature, match="kept in global memory"):
        pointers_to_indices(made, OWN)
