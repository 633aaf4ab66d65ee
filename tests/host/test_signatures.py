from __future__ import annotations

import pytest

from cudawasm.host.signatures import kernel_expression, with_parameters


@pytest.mark.parametrize(
    ("signature", "count", "expected"),
    [
        ("void saxpy(float, const float*, float*, int)", 0, "saxpy"),
        ("void ns::{anonymous}::k(int)", 0, "ns::k"),
        ("void (anonymous namespace)::k(int)", 0, "k"),
        ("void axpy(T, const T*) [with T = float]", 1, "axpy<float>"),
        ("void axpy(T) [T = double, N = 4]", 2, "axpy<double, 4>"),
        ("void scan(const T*, size_t) [with T = long unsigned int; int N = 128; size_t = long unsigned int]", 2,
         "scan<long unsigned int, 128>"),
        ("void k(Rest ...) [with Mode M = Mode::add; Rest = {int, std::pair<int, float>}]", 2,
         "k<Mode::add, int, std::pair<int, float>>"),
        ("void k(Rest ...) [with Rest = {}]", 1, "k<>"),
        ("void k(T (*)(T)) [with T = Vec<float, 3>; bool B = true]", -1, "k<Vec<float, 3>, true>"),
        ("static void a::b::k(std::array<T, N>) [with T = char; long unsigned int N = 3]", 2, "a::b::k<char, 3>"),
    ],
)  # fmt: skip
def test_names_of_kernels(signature: str, count: int, expected: str):
    assert kernel_expression(signature, count) == expected


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("constexpr const char* cudawasm::types_of() [with Types = {int*, {anonymous}::V<int, 3>}]",
         "k<1>(int*, V<int, 3>)"),
        ("constexpr const char* cudawasm::types_of() [with Types = {}]", "k<1>()"),
        ("const char *cudawasm::types_of() [Types = <const float *, int (*)[2]>]", "k<1>(const float *, int (*)[2])"),
        ("const char *cudawasm::types_of() [Types = <>]", "k<1>()"),
    ],
)  # fmt: skip
def test_overloads_have_the_types_of_their_parameters(types: str, expected: str):
    assert with_parameters("k<1>", types) == expected
