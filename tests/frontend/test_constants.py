"""Constant expressions, deduction and instantiation, seen through static_assert: a wrong value is an error."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from cudawasm.errors import CompileError
from cudawasm.frontend.program import Program


def check(head: str, condition: str) -> None:
    source = f"{head}\n__global__ void k(int* o) {{ static_assert({condition}); }}"
    Program(source.encode(), "k.cu").lower("k")


CONSTANTS = [
    ("template <class A, class B> constexpr int f() { return sizeof(A) + sizeof(B); } const int a = 3 > 2, b = f<int, char>(), c = 1 < 2;", "a == 1 && b == 5 && c == 1"),
    ("template <class A, class B> constexpr B v = B(sizeof(A)); template <class A> constexpr int w = v<A, int>;", "w<double> == 8"),
    ("struct S { int a; }; typedef char T; typedef T& (S::*Member)(int); typedef int (*F)(char);", "sizeof(T) == 1"),
    ("", "-7 / 2 == -3 && -7 % 2 == -1 && 7u / 2 == 3"),
    ("", "(unsigned char)300 == 44 && (signed char)200 == -56 && (int)3.99 == 3 && (int)-3.99f == -3"),
    ("", "0xffffffffu + 1 == 0 && (1u << 31) >> 31 == 1 && (-8 >> 1) == -4 && ~0 == -1"),
    ("", "0.1f + 0.2f != 0.3 && 1.0 / 3 * 3 == 1.0 && 16777217.0f == 16777216.0f"),
    ("", "sizeof(long long) * 8 == 64 && alignof(double) == 8 && sizeof(char[3][5]) == 15"),
    ("", "(true ? 1 : 2.5) == 1.0 && sizeof(true ? 'a' : 1) == 4 && (1, 2) == 2"),
    ("constexpr int f(int n) { int s = 0; for (int i = 1; i <= n; ++i) { if (i % 2) continue; s += i; } return s; }", "f(10) == 30"),
    ("constexpr int f(int n) { switch (n) { case 1: return 10; case 2: n = 5; default: return n; } }", "f(1) == 10 && f(2) == 5 && f(9) == 9"),
    ("constexpr int f(int n) { int t[4] = {1, 2, 3, 4}; int* p = t + n; *p += 10; return t[0] + t[1] + p[0]; }", "f(1) == 1 + 12 + 12"),
    ("constexpr void twice(int& x) { x *= 2; } constexpr int f(int n) { twice(n); twice(n); return n; }", "f(3) == 12"),
    ("struct P { int x, y; constexpr P(int a) : x(a), y(a * 2) {} constexpr int sum() const { return x + y; } };", "P(4).sum() == 12"),
    ("struct P { int x; constexpr P operator+(P o) const { return {x + o.x}; } }; constexpr P a{3}, b = a + P{4};", "b.x == 7"),
    ("constexpr int t[3] = {4, 5, 6}; constexpr int n = sizeof(t) / sizeof(t[0]);", "t[1] == 5 && n == 3"),
    ("template <int N> struct F { enum { v = N * F<N - 1>::v }; }; template <> struct F<0> { enum { v = 1 }; };", "F<5>::v == 120"),
    ("enum class E : unsigned char { a = 200, b }; enum { x = 1 << 4, y };", "(int)E::b == 201 && y == 17 && sizeof(E) == 1"),
    ("namespace n { constexpr int v = 3; } using n::v;", "v == 3 && n::v + ::v == 6"),
    ("constexpr int g(int x) { auto h = [x](int y) { return x * y; }; return h(5); }", "g(3) == 15"),
]  # fmt: skip

_SAME = "template <typename A, typename B> struct same { static const bool v = false; }; template <typename A> struct same<A, A> { static const bool v = true; };\n"
TYPES = [
    ("template <typename T> T f(T);", "same<decltype(f(1)), int>::v && same<decltype(f(1.5f)), float>::v"),
    ("template <typename T> T f(T*); __device__ int* p; __device__ const int* q;", "same<decltype(f(p)), int>::v && same<decltype(f(q)), int>::v"),
    ("template <typename T> T f(const T&); const float c = 1;", "same<decltype(f(c)), float>::v"),
    ("template <typename T> T&& f(T&&); __device__ int x;", "same<decltype(f(x)), int&>::v && same<decltype(f(1)), int&&>::v"),
    ("template <typename T, int N> struct A { char v[N]; }; template <typename T, int N> A<T, N> f(T (&)[N]); __device__ int a[7];", "sizeof(f(a)) == 7"),
    ("template <typename R, typename T> R f(T);", "same<decltype(f<double>(1)), double>::v"),
    ("template <typename T> struct V { typedef T type; template <typename U> struct R { typedef V<U> type; }; };", "same<V<int>::R<float>::type::type, float>::v"),
    ("template <typename... T> struct L { static const int n = sizeof...(T); }; template <typename> struct H; template <typename A, typename... B> struct H<L<A, B...>> { typedef A type; };",
     "L<int, float>::n == 2 && same<H<L<char, int>>::type, char>::v"),
    ("template <typename T> using P = T*; template <typename T> using PP = P<P<T>>;", "same<PP<int>, int**>::v"),
    ("template <typename T, typename U = T*> struct D { U u; };", "sizeof(D<char>) == 8 && sizeof(D<int, char>) == 1"),
    ("template <bool B> struct C { static const int v = 1; }; template <> struct C<true> { static const int v = 2; };", "C<(3 > 2)>::v == 2 && C<sizeof(int) == 8>::v == 1"),
    ("__device__ short s; __device__ char c; __device__ unsigned u; __device__ long l; __device__ float f; __device__ double d; __device__ bool b;",
     "same<decltype(s + c), int>::v && same<decltype(u + 1), unsigned>::v && same<decltype(l + u), long>::v && same<decltype(f * 2), float>::v && same<decltype(f + d), double>::v && same<decltype(b + b), int>::v"
     " && same<decltype(u << 1ll), unsigned>::v && same<decltype(s ? f : 1), float>::v"),
    ("", "same<decltype(1u), unsigned>::v && same<decltype(1ll), long long>::v && same<decltype(4294967296), long>::v && same<decltype(0x80000000), unsigned>::v && same<decltype('a'), char>::v"
     " && same<decltype(1.f), float>::v && same<decltype(nullptr), decltype(nullptr)>::v && same<decltype(sizeof(int)), unsigned long>::v"),
    ("__device__ int x; struct S { const int m; int f() const; }; __device__ const S s = {1};", "same<decltype(x), int>::v && same<decltype((x)), int&>::v && same<decltype(s.m), const int>::v"),
    ("auto f(int) -> float*; typedef float* F; int g(double); int g(int*);", "same<decltype(f(1)), F>::v && same<decltype(g(1.0)), int>::v"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "condition"), CONSTANTS)
def test_constant_expressions(head: str, condition: str) -> None:
    check(head, condition)


@pytest.mark.parametrize(("head", "condition"), TYPES)
def test_types(head: str, condition: str) -> None:
    check(_SAME + head, condition)


@pytest.mark.parametrize(
    ("head", "condition"),
    [
        ("constexpr int f(int n) { while (true) n += 1; return n; }", "f(1) == 0"),
        ("constexpr int f(int n) { int t[2] = {}; return t[n]; }", "f(5) == 0"),
        ("constexpr int f(int n) { n * n; } constexpr int q = f(1);", "q == 0"),
        ("__constant__ int c = 3;", "c == 3"),
        ("__device__ int d;", "d == 0"),
        ("constexpr int f(int n) { return f(n + 1); }", "f(0) == 0"),
    ],
)
def test_what_is_not_constant(head: str, condition: str) -> None:
    with pytest.raises(CompileError) as caught:
        check(head, condition)
    assert caught.value.diagnostics[0].code in ("E0213", "E0221")


def test_a_constant_lowers_only_what_it_needs():
    """``user`` waits to be lowered while ``first`` is, whose constants need ``Table::value``; it needs ``first`` itself."""
    text = b"""
    template <typename T> struct Table { static constexpr T value() { return T(40) + T(2); } };
    template <typename T> constexpr T first() { return Table<T>::value(); }
    template <typename T> const T EMPTY = first<T>();
    __device__ int user(int x) { return x == EMPTY<int>; }
    __global__ void k(int* o) { o[0] = user(o[1]); o[1] = first<int>(); o[2] = EMPTY<int>; }
    """
    assert "k" in Program(text, "k.cu").lower("k").module.functions
