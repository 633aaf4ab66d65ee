from __future__ import annotations

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Scalar
from cudawasm.ir.walk import statements
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.runtime.compilation import lower, open_program, parse_options

SOURCE = """
struct Inner { int a, b; };
struct Outer { Inner first, second; int c; };
__global__ void k(int* o, int n) {
  Outer whole; whole.first.a = n; whole.first.b = 2; whole.second = whole.first; whole.c = n * 3;
  Outer* outer = &whole; Inner* inner = &outer->second; int* number = &inner->a; int* same = number;
  *same += 5; inner->b -= n; outer->first.b += *number;
  o[0] = whole.first.b; o[1] = whole.second.a; o[2] = whole.second.b; o[3] = whole.c;
}"""


def test_members_behind_several_pointers_become_variables(ran):
    module = inline_calls(lower(open_program(SOURCE.encode(), "kernel.cu", parse_options([], {}, [])), "k").module)
    apart = take_variables_apart(module)
    declared = [s.var for s in statements(apart.functions["k"].body) if isinstance(s, n.Declare)]
    assert all(isinstance(v.type, Scalar) for v in declared)
    before, after = (ran(m, np.zeros(4, np.int32), np.int32(7), block=1)[0] for m in (module, apart))
    assert after.tolist() == before.tolist() == [14, 12, -5, 21]


def test_a_pointer_to_a_part_as_another_type_stays(lowered, ran):
    source = """__global__ void k(int* o, float x) {
      float y = x; float* p = &y; int* q = (int*)p; int* r = q; *r += 1; o[0] = __float_as_int(y); }"""
    module = lowered(source)
    apart = take_variables_apart(module)
    declared = [s.var for s in statements(apart.functions["k"].body) if isinstance(s, n.Declare)]
    assert any(isinstance(v.type, Pointer) for v in declared)
    before, after = (ran(m, np.zeros(1, np.int32), np.float32(1.5), block=1)[0] for m in (module, apart))
    assert after.tolist() == before.tolist() == [0x3FC00001]
