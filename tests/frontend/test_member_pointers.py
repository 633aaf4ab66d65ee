"""Pointers to members: known ones cost nothing, others are offsets and numbers."""

import pytest

from cudawasm.errors import CompileError
from cudawasm.frontend.program import Program
from cudawasm.ir.text import print_module

CLASSES = """
struct B { int a, b; __device__ int get(int k) const { return a + k; } __device__ int set(int k) { return b = k; } };
struct D : B { int c; };
"""


def lowered(body: str, head: str = "", kernel: str = "k") -> str:
    source = f"{CLASSES}{head}\n__global__ void k(int* o, int x) {{ {body} }}".encode()
    return print_module(Program(source, "k.cu").lower(kernel).module)


def test_a_known_data_member_is_accessed_as_itself():
    assert lowered("B s; s.*&B::b = x; *o = s.b;") == lowered("B s; s.b = x; *o = s.b;")


def test_a_known_function_is_called_as_itself():
    text = lowered("B s{}; *o = (s.*&B::get)(x);")
    assert "call @B.get(&s:local, x)" in text
    assert "switch" not in text


def test_a_template_argument_is_known():
    head = "template <int B::*P, int (B::*F)(int)> __device__ int both(B& b) { return b.*P + (b.*F)(1); }"
    text = lowered("B s{}; *o = both<&B::b, &B::set>(s);", head)
    assert "switch" not in text
    assert "cast<" not in text


def test_a_call_through_an_unknown_pointer_chooses_among_the_functions_of_its_type_and_class():
    head = "struct Other { int v; __device__ int f(int k) { return v = k; } };"
    body = "D s{}; int (D::*p)(int) = x ? (int (D::*)(int))&B::set : nullptr; int (Other::*q)(int) = &Other::f;"
    text = lowered(f"{body} if (q) *o = (s.*p)(x);", head)
    dispatcher = text.split("function @`call.")[1].split("\n}")[0]
    assert "call @B.set(&*(this:generic*%D).0" in dispatcher
    assert "Other" not in dispatcher
    assert "trap" in dispatcher


@pytest.mark.parametrize(
    ("name", "size"),
    [("int B::*", 8), ("int (B::*)(int)", 16), ("B* D::*", 8), ("void (D::*[2])() const", 32)],
)
def test_sizes_are_those_of_the_abi(name: str, size: int):
    assert f"= i32 {size}" in lowered(f"*o = (int)sizeof({name});")


def test_a_kernel_may_be_named_by_a_member():
    head = "template <int B::*P> __global__ void pick(const B* b, int* o) { *o = b->*P; }"
    program = Program((CLASSES + head).encode(), "k.cu")
    assert program.lower("pick<&B::b>").module.functions["pick"].display == "pick<&B::b>"


def test_types_are_spelled_as_in_cxx():
    with pytest.raises(CompileError, match=r"cannot convert 'int B::\*' to 'float B::\*'"):
        lowered("float B::*p = &B::a;")
    with pytest.raises(CompileError, match=r"no 'get' has the type 'int \(B::\*\)\(int\)'"):
        lowered("int (B::*p)(int) = &B::get;")
