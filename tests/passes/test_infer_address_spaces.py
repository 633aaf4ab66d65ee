from __future__ import annotations

import pytest

import cudawasm as cw
from cudawasm.analysis.pointer_spaces import expressions
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Space
from cudawasm.ir.walk import statements
from cudawasm.passes.infer_address_spaces import infer_address_spaces

TWO_KINDS = """__global__ void k(int* a, int* o) {
  __shared__ int s[64];
  s[threadIdx.x] = 1;
  int* p = s;
  if (threadIdx.x & 1)
    p = a;
  o[0] = *p;
}"""


def spaces(module: n.Module) -> dict[str, Space]:
    body = module.functions["k"].body
    found = [s.var for s in statements(body) if isinstance(s, n.Declare)]
    return {v.name: v.type.space for v in (*module.functions["k"].params, *found) if isinstance(v.type, Pointer)}


def test_variables_have_the_space_of_their_values(lowered):
    module = lowered("""__global__ void k(int* a, int n) {
        __shared__ int s[64]; int x[9]; int *p = a + 3, *q = s, *r = x + 1;
        for (int i = 0; i < n; i++) { *p++ = i; *q++ = i; *r++ = *(q - 1); }
        a[0] = *(p - 1) + *(r - 1); }""")
    found = spaces(infer_address_spaces(module))
    assert {found[k] for k in "ap"} == {Space.GLOBAL}
    assert (found["q"], found["r"]) == (Space.SHARED, Space.LOCAL)


def test_a_variable_of_two_kinds_is_refused(lowered):
    with pytest.raises(cw.UnsupportedFeature) as caught:
        infer_address_spaces(lowered(TWO_KINDS))
    assert str(caught.value) == (
        'kernel.cu:4:8: error[E0403]: "p" points to memory of several kinds\n'
        "    4 |   int* p = s;\n"
        "      |        ^\n"
        "  hint: keep pointers to shared and local memory in variables of their own"
    )


def test_a_variable_of_two_kinds_is_generic_where_that_is_possible(lowered):
    assert spaces(infer_address_spaces(lowered(TWO_KINDS), allow_generic=True))["p"] is Space.GENERIC


def test_a_shared_pointer_in_memory_is_refused(lowered):
    module = lowered("__global__ void k(int** o) { __shared__ int s[2]; o[0] = s; }")
    with pytest.raises(cw.UnsupportedFeature, match=r"E0403.*kept in global memory"):
        infer_address_spaces(module)


def test_a_shared_pointer_made_an_integer_and_back_is_refused(lowered):
    module = lowered("__global__ void k(int* o) { __shared__ int s[2]; size_t a = (size_t)s; *(int*)(a + 4) = o[0]; }")
    with pytest.raises(cw.UnsupportedFeature, match="E0403"):
        infer_address_spaces(module)


def test_a_pointer_reached_by_its_address_has_the_space_of_all_it_is_given(lowered):
    module = lowered("""__global__ void k(int* a) {
        int x[2] = {a[0], a[1]}; int* p = x; if (x[0]) p++; int** q = &p; **q = 5; a[1] = x[0]; }""")
    assert spaces(infer_address_spaces(module))["p"] is Space.LOCAL


def test_a_pointer_given_two_kinds_by_its_address_is_refused(lowered):
    module = lowered("""__global__ void k(int* a) {
        int x = a[0]; int* p = &x; int** q = &p; if (x) *q = a; *p = 5; a[1] = x; }""")
    with pytest.raises(cw.UnsupportedFeature, match=r"E0403.*several kinds"):
        infer_address_spaces(module)


def test_pointers_in_local_memory_are_told_apart_by_type(lowered):
    module = lowered("""struct Two { float* f; int* i; };
        __global__ void k(int* a, float* b) {
            float x[2] = {b[0], b[1]}; Two all[2] = {{x, a}, {x + 1, a + 1}};
            int n = a[0] & 1; float* f = all[n].f; int* i = all[n].i; *i = *f; }""")
    found = spaces(infer_address_spaces(module))
    assert (found["f"], found["i"]) == (Space.LOCAL, Space.GLOBAL)


def test_punned_pointers_in_local_memory_are_not(lowered):
    module = lowered("""struct Two { float* f; int* i; };
        __global__ void k(int* a, float* b) {
            float x[2] = {b[0], b[1]}; Two all[2] = {{x, a}, {x + 1, a + 1}};
            float** raw = (float**)all; float* f = raw[a[0]]; *f = 1; b[2] = x[0] + all[1].i[0]; }""")
    with pytest.raises(cw.UnsupportedFeature, match=r"E0403.*several kinds"):
        infer_address_spaces(module)


def test_pointers_in_arrays_and_structs_have_one_space(lowered):
    source = """struct S { int* p; int n; };
        __global__ void k(int* o) { __shared__ int s[8]; __shared__ int* best; s[threadIdx.x] = 1; best = s;
        int* rows[2] = {s, s + 4}; rows[o[0]][1] = 5; S t[2] = {{s, 1}, {s, 2}}; o[1] = t[o[2]].p[0] + *best; }"""
    module = infer_address_spaces(lowered(source), in_aggregates=True)
    declared = [s.var for s in statements(module.functions["k"].body) if isinstance(s, n.Declare)]
    rows = next(v for v in declared if v.name == "rows")
    assert rows.type.element.space is Space.SHARED
    assert next(v for v in module.shared if v.name == "best").type.space is Space.SHARED


def test_pointers_of_two_kinds_in_an_array_are_refused(lowered):
    module = lowered("__global__ void k(int* o) { __shared__ int s[8]; int* r[2] = {s, o}; r[o[0]][1] = 5; }")
    with pytest.raises(cw.UnsupportedFeature, match=r"E0403.*several kinds"):
        infer_address_spaces(module, in_aggregates=True)


def test_pointers_kept_where_there_are_several_kinds_are_generic(lowered):
    module = lowered("""struct P { int* p; };
        __global__ void k(int* a) {
            __shared__ int s[4]; s[threadIdx.x & 3] = 1;
            P all[2] = {{s}, {a}}; if (a[1]) all[0].p = s + 1; *all[a[0]].p = 5; }""")
    body = infer_address_spaces(module, allow_generic=True).functions["k"].body
    kept = [s.value for s in statements(body) if isinstance(s, n.Assign) and isinstance(s.place, n.Member)]
    assert kept
    assert all(value.type.space is Space.GENERIC for value in kept)


def test_distances_between_spaces_are_of_generic_pointers(lowered):
    module = lowered("""__global__ void k(int* o) {
        __shared__ int s[4]; int* p = nullptr; for (int i = 0; i < 4; i++) if (s[i] == o[i]) p = s + i;
        o[4] = p ? (int)(p - s) : -1; }""")
    body = infer_address_spaces(module, allow_generic=True, zero_is_shared=True).functions["k"].body
    distances = [e for s in statements(body) for e in expressions(s) if isinstance(e, n.Distance)]
    assert {side.type.space for d in distances for side in (d.left, d.right)} == {Space.GENERIC}


def test_a_list_walked_through_pointers_to_its_links_lies_where_its_nodes_lie(lowered):
    module = lowered("""struct Node { int value; Node* next; };
    __global__ void k(int* o) {
        Node nodes[3] = {{5, nullptr}, {3, nullptr}, {4, nullptr}}; Node* head = nullptr;
        for (Node& node : nodes) { Node** link = &head; while (*link && (*link)->value < node.value)
            link = &(*link)->next; node.next = *link; *link = &node; }
        for (Node* n = head; n; n = n->next) *o = *o * 7 + n->value; }""")
    found = spaces(infer_address_spaces(module))
    assert {name: found[name] for name in ("head", "link", "n")} == dict.fromkeys(("head", "link", "n"), Space.LOCAL)
