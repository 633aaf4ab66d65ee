"""C++ in device code: templates, overloads, classes, lambdas, constexpr and declarations of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import whole

_N = 16


def lang(
    name: str, head: str, body: str, f: Callable[[int], float], kernel: str = "k", template: str = "", t: Any = np.int32
) -> Case:
    """``body`` sets ``r`` from the thread's number ``i``; ``f`` is its meaning."""
    out = {np.int32: "int", np.float32: "float", np.float64: "double"}[t]
    return Case(
        f"lang_{name}",
        f"{head}\n{template}__global__ void k({out}* o) {{ int i = threadIdx.x; {out} r = 0; {body} o[i] = r; }}",
        {"o": whole(_N, dtype=t)},
        lambda o: {"o": np.array([f(i) for i in range(_N)]).astype(t)},
        Launch(block=(_N, 1, 1)),
        kernel,
    )


_TEMPLATES = [
    lang("template_deduction", "template <typename T> __device__ T twice(T x) { return x + x; } template <typename T, typename U> __device__ auto add(T a, U b) { return a + b; }",
         "r = twice(i) + (int)twice(1.5f) + (int)add(i, 2.5);", lambda i: 2 * i + 3 + int(i + 2.5)),
    lang("template_explicit_and_default", "template <typename R, typename T = int, int N = 3> __device__ R conv(T x) { return (R)(x * N) / 2; }",
         "r = conv<int>(i) * 100 + (int)(conv<float, int, 5>(i) * 2);", lambda i: (i * 3 // 2) * 100 + i * 5),
    lang("template_non_type", "template <int N, bool Neg> __device__ int rep(int x) { int s = 0; for (int j = 0; j < N; ++j) s += x; return Neg ? -s : s; }",
         "r = rep<4, false>(i) + rep<2, true>(i) * 10;", lambda i: 4 * i - 20 * i),
    lang("template_array_size_deduced", "template <typename T, int N> __device__ int total(const T (&a)[N]) { T s = 0; for (int j = 0; j < N; ++j) s += a[j]; return s * N; }",
         "int t[5] = {1, 2, 3, 4, i}; float u[2] = {0.5f, 1.5f}; r = total(t) + total(u);", lambda i: (10 + i) * 5 + 4),
    lang("template_class", "template <typename T, int N> struct Vec { T v[N]; __device__ T& operator[](int i) { return v[i]; } __device__ T dot(const Vec& o) const { T s = 0; for (int j = 0; j < N; ++j) s += v[j]"
         " * o.v[j]; return s; } static constexpr int size = N; };",
         "Vec<int, 3> a = {{1, 2, i}}; Vec<int, 3> b; for (int j = 0; j < a.size; ++j) b[j] = j + 1; r = a.dot(b) + Vec<float, 7>::size;", lambda i: 1 + 4 + 3 * i + 7),
    lang("template_full_specialisation", "template <typename T> struct Name { static const int id = 1; __device__ static int f() { return 10; } }; template <> struct Name<float> { static const int id = 2;"
         " __device__ static int f() { return 20; } }; template <typename T> __device__ int g(T) { return 1; } template <> __device__ int g<double>(double) { return 2; }",
         "r = Name<int>::id + Name<float>::id * 10 + Name<char>::f() * 100 + Name<float>::f() * 1000 + g(1) * 100000 + g(1.0) * 1000000 + i;", lambda i: 2121021 + i),
    lang("template_partial_specialisation", "template <typename T> struct Kind { enum { v = 0 }; }; template <typename T> struct Kind<T*> { enum { v = 1 + Kind<T>::v }; }; template <typename T, int N> struct Kind<T[N]>"
         " { enum { v = 100 * N }; }; template <typename T> struct Kind<const T> { enum { v = 7 }; };",
         "r = Kind<int>::v + Kind<int*>::v * 2 + Kind<float**>::v * 10 + Kind<int[3]>::v + Kind<const int*>::v * 1000 + i;", lambda i: 2 + 20 + 300 + 8000 + i),
    lang("template_recursion", "template <int N> struct Fact { static const int value = N * Fact<N - 1>::value; }; template <> struct Fact<0> { static const int value = 1; };"
         " template <int N> __device__ int power(int x) { return x * power<N - 1>(x); } template <> __device__ int power<0>(int) { return 1; }",
         "r = Fact<5>::value + power<3>(i);", lambda i: 120 + i**3),
    lang("template_variadic_sum", "__device__ int sum() { return 0; } template <typename T, typename... Rest> __device__ int sum(T first, Rest... rest) { return (int)first + sum(rest...) * 2 + sizeof...(rest); }",
         "r = sum(i, 2.5f, 3L, 'a');", lambda i: _variadic([i, 2, 3, 97])),
    lang("template_fold_expressions", "template <typename... T> __device__ int add(T... x) { return (x + ...); } template <typename... T> __device__ bool all(T... x) { return (... && x); } template <int... N>"
         " __device__ int poly(int x) { int r = 0; ((r = r * x + N), ...); return r; } template <typename... T> __device__ int sub(T... x) { return (100 - ... - x); }",
         "r = add(i, 2, 3) + (all(i, 1, i > 3) ? 1000 : 0) + poly<1, 2, 3>(i) * 10000 + sub(i, 5);",
         lambda i: i + 5 + (1000 if i > 3 else 0) + (i * i + 2 * i + 3) * 10000 + 95 - i),
    lang("template_variadic_class", "template <typename... T> struct Tuple; template <> struct Tuple<> { __device__ int sum() const { return 0; } }; template <typename H, typename... T> struct Tuple<H, T...> : Tuple<T...>"
         " { H head; __device__ Tuple(H h, T... t) : Tuple<T...>(t...), head(h) {} __device__ int sum() const { return (int)head + Tuple<T...>::sum(); } };",
         "Tuple<int, float, short> t(i, 2.75f, 4); r = t.sum() * 100 + (int)sizeof(t);", lambda i: (i + 6) * 100 + 12),
    lang("template_template_parameter", "template <typename T> struct Box { T v; __device__ T get() const { return v; } }; template <typename T> struct Twice { T v; __device__ T get() const { return v * 2; } };"
         " template <template <typename> class C, typename T> __device__ T open(C<T> c) { return c.get(); } template <template <typename> class C> struct Holder { C<int> c; };",
         "Box<int> b{i}; Twice<float> t{1.5f}; Holder<Twice> h; h.c.v = 4; r = open(b) + (int)open(t) * 100 + open<Twice>(h.c) * 1000;", lambda i: i + 300 + 8000),
    lang("template_member_and_static", "template <typename T> struct Acc { T s; __device__ Acc() : s(0) {} template <typename U> __device__ Acc& add(U u) { s += (T)u; return *this; } template <typename U> __device__ U as() const"
         " { return (U)s; } template <int N> __device__ static T scaled(T x) { return x * N; } };",
         "Acc<float> a; a.add(i).add(2.5).add('\\1'); r = (int)(a.as<double>() * 2) + Acc<int>::scaled<3>(i) * 100; auto q = a.template as<int>(); r += q * 100000;",
         lambda i: 2 * i + 7 + 300 * i + int(i + 3.5) * 100000),
    lang("template_sfinae", "template <bool B, typename T = void> struct enable { }; template <typename T> struct enable<true, T> { typedef T type; }; template <typename T> struct is_int { static const bool value = false; };"
         " template <> struct is_int<int> { static const bool value = true; }; template <typename T> __device__ typename enable<is_int<T>::value, int>::type f(T x) { return x * 2; } template <typename T> __device__"
         " typename enable<!is_int<T>::value, int>::type f(T x) { return (int)(x * 10); } template <typename T> __device__ auto g(T x) -> decltype(x.v) { return x.v; } __device__ int g(...);"
         " struct V { int v; };",
         "V v{i}; r = f(i) + f(1.5f) * 100 + g(v) * 10000;", lambda i: 2 * i + 1500 + i * 10000),
    lang("template_alias_and_variable", "template <typename T> using Ptr = T*; template <typename T, int N> struct Arr { T v[N]; }; template <typename T> using Four = Arr<T, 4>; template <typename T> constexpr T pi = T(3.14159);"
         " template <int N> __device__ constexpr int sq = N * N; typedef Four<float> F4;",
         "Four<int> a = {{1, 2, 3, i}}; Ptr<int> p = a.v + 3; F4 f; f.v[0] = 2; r = *p + sq<5> * 100 + (int)(pi<float> * 100) * 10000 + (int)f.v[0] * 1000000 + (int)sizeof(F4) * 10000000;",
         lambda i: i + 2500 + 3140000 + 2000000 + 160000000),
    lang("template_kernel_instances", "template <typename T, int N> __device__ T f(T x) { return x * N; }", "r = (int)f<T, N>((T)i + (T)0.5);", lambda i: int((i + 0.5) * 6), "k<float, 6>", "template <typename T, int N> "),
    lang("template_kernel_with_default_and_bool", "", "r = B ? i * N : i + N; if constexpr (B) r += sizeof(T); else r -= 100;", lambda i: i * 9 + 8, "k<double, true>",
         "template <typename T, bool B = false, int N = 9> "),
    lang("template_dependent_names", "template <typename T> struct Traits { typedef T value_type; enum Mode { A = 3, B = 5 }; struct Inner { T x; }; template <typename U> struct Rebind { typedef Traits<U> other; }; };"
         " template <typename Tr> __device__ int use(int i) { typename Tr::value_type v = i; typename Tr::Inner n = {v}; typename Tr::template Rebind<char>::other::value_type c = 300; return (int)n.x * 2 + Tr::B + (c & 0xff); }",
         "r = use<Traits<float>>(i);", lambda i: 2 * i + 5 + 44),
    lang("template_friend_and_operator", "template <typename T> struct C { T re, im; __device__ C(T a = 0, T b = 0) : re(a), im(b) {} __device__ friend C operator*(const C& a, const C& b) { return C(a.re * b.re - a.im * b.im, a.re * b.im"
         " + a.im * b.re); } template <typename U> friend __device__ C<U> operator+(C<U> a, C<U> b); }; template <typename U> __device__ C<U> operator+(C<U> a, C<U> b) { return C<U>(a.re + b.re, a.im + b.im); }",
         "C<float> z(1, i), w = z * z + C<float>(0.5f); r = (int)(w.re * 2) * 1000 + (int)w.im;", lambda i: (2 * (1 - i * i) + 1) * 1000 + 2 * i),
    lang("template_functor_argument", "struct Add { __device__ int operator()(int a, int b) const { return a + b; } }; struct Scale { int f; __device__ int operator()(int a, int b) const { return a * f - b; } }; template <typename F>"
         " __device__ int fold(const int* v, int n, F f) { int r = v[0]; for (int j = 1; j < n; ++j) r = f(r, v[j]); return r; }",
         "int t[4] = {i, 2, 3, 4}; r = fold(t, 4, Add()) + fold(t, 4, Scale{3}) * 100 + fold(t, 3, [=](int a, int b) { return a + b * i; }) * 100000;",
         lambda i: i + 9 + (((i * 3 - 2) * 3 - 3) * 3 - 4) * 100 + (i + 5 * i) * 100000),
    lang("template_crtp", "template <typename D> struct Base { __device__ int run(int x) { return static_cast<D*>(this)->step(x) * 2; } __device__ int twice(int x) { return run(run(x)); } }; struct Inc : Base<Inc> { int by; __device__ int step(int x)"
         " { return x + by; } }; struct Neg : Base<Neg> { __device__ int step(int x) { return -x; } };",
         "Inc a; a.by = 5; Neg b; r = a.twice(i) + b.run(i) * 1000;", lambda i: ((i + 5) * 2 + 5) * 2 - 2000 * i),
    lang("template_overload_against_template", "__device__ int f(int) { return 1; } __device__ int f(double) { return 2; } template <typename T> __device__ int f(T) { return 3; } template <typename T> __device__ int f(T*) { return 4; } __device__ int f(const char*) { return 5; }"
         " template <typename T> __device__ int f(const T*) { return 6; }",
         "const float* cf = nullptr; float* ff = nullptr; r = f(i) + f(1.0) * 10 + f(1.0f) * 100 + f(ff) * 1000 + f(\"x\") * 10000 + f(cf) * 100000;", lambda i: 654321),
    lang("template_integer_sequence", "template <int... I> struct Seq {}; template <int N, int... I> struct Make : Make<N - 1, N - 1, I...> {}; template <int... I> struct Make<0, I...> { typedef Seq<I...> type; }; template <int... I> __device__ int dot(const int* a, Seq<I...>)"
         " { return ((a[I] * (I + 1)) + ...); }",
         "int t[4] = {1, 2, 3, i}; r = dot(t, Make<4>::type());", lambda i: 14 + 4 * i),
    lang("template_forwarding_references", "template <typename T> struct is_ref { static const int v = 0; }; template <typename T> struct is_ref<T&> { static const int v = 1; }; template <typename T> __device__ int kind(T&& x) { return is_ref<T>::v * 10 + (x += 1); }",
         "int a = i; r = kind(a) * 100 + kind(5); r += a * 10000;", lambda i: (10 + i + 1) * 100 + 6 + (i + 1) * 10000),
    lang("template_enum_and_pointer_arguments", "enum class Mode { add, mul }; template <Mode M> __device__ int op(int a, int b) { if constexpr (M == Mode::add) return a + b; else return a * b; } template <typename T, T V> struct Const { static constexpr T value = V; };"
         " template <unsigned char C> struct Ch { static const int v = C; };",
         "r = op<Mode::add>(i, 3) + op<Mode::mul>(i, 3) * 100 + Const<int, -5>::value + Const<bool, true>::value * 10000 + Ch<'A'>::v * 100000;", lambda i: i + 3 + 300 * i - 5 + 10000 + 6500000),
    lang("template_auto_parameter", "template <auto V> __device__ int val() { return V * 2; } template <auto... V> struct Sum { static constexpr int value = (V + ... + 0); };",
         "r = val<21>() + val<'\\2'>() * 100 + Sum<1, 2, 3>::value * 1000 + i;", lambda i: 42 + 400 + 6000 + i),
]  # fmt: skip


def _variadic(values: list[int]) -> int:
    return 0 if not values else values[0] + _variadic(values[1:]) * 2 + len(values) - 1


_FUNCTIONS = [
    lang("overloads_by_type_and_rank", "__device__ int f(int) { return 1; } __device__ int f(unsigned) { return 2; } __device__ int f(float) { return 3; } __device__ int f(double) { return 4; } __device__ int f(long long) { return 5; } __device__ int f(char) { return 6; }",
         "short s = 1; bool b = true; r = f(i) + f(2u) * 10 + f(1.0f) * 100 + f(1.0) * 1000 + f(1LL) * 10000 + f('a') * 100000 + f(s) * 1000000 + f(b) * 10000000;", lambda i: 11654321),
    lang("overloads_const_and_reference", "struct S { int v; __device__ int get() { return v; } __device__ int get() const { return v * 10; } }; __device__ int g(S&) { return 1; } __device__ int g(const S&) { return 2; } __device__ int g(S&&) { return 3; }",
         "S s{i}; const S c{i + 1}; r = s.get() + c.get() * 100 + (g(s) + g(c) * 10 + g(S{1}) * 100) * 100000;", lambda i: i + (i + 1) * 1000 + 32100000),
    lang("default_arguments", "__device__ int f(int a, int b = 10, int c = sizeof(int) * 2) { return a + b * 100 + c * 10000; } struct D { int v; __device__ D(int x = 3) : v(x) {} __device__ int g(D d = D(7)) const { return v + d.v; } };",
         "D d; r = f(i) + f(i, 1) + f(i, 1, 1) + d.g() * 1000000;", lambda i: 3 * i + 1000 + 100 + 100 + 80000 + 80000 + 10000 + 10000000),
    lang("namespaces", "namespace a { namespace b { __device__ int f(int x) { return x + 1; } struct S { int v; }; __device__ int g(S s) { return s.v * 2; } } inline namespace c { const int k1 = 7; } __device__ int h(int); } namespace a { __device__ int h(int x)"
         " { return b::f(x) + k1; } } namespace ab = a::b; namespace x::y { __device__ int z() { return 4; } } namespace { __device__ int hidden(int v) { return -v; } } using a::b::f;",
         "using namespace a; a::b::S s{i}; r = f(i) + h(i) * 100 + g(s) * 10000 + ab::f(1) * 1000000 + x::y::z() * 10000000 + ::hidden(1) + c::k1;", lambda i: i + 1 + (i + 8) * 100 + 20000 * i + 2000000 + 40000000 - 1 + 7),
    lang("using_declarations_and_typedefs", "typedef unsigned char byte; typedef int Row[3]; using Real = float; typedef struct { int a; Real b; } Rec; typedef struct Tag { int t; } Tag; typedef int (*Unused)(int);",
         "byte b = 300; Row row = {1, 2, i}; Rec q = {i, 0.5f}; struct Tag t = {4}; Real x = q.b; r = b + row[2] * 100 + (int)(x * 4) * 10000 + t.t * 100000 + (int)sizeof(Row) * 1000000;", lambda i: 44 + i * 100 + 20000 + 400000 + 12000000),
    lang("references_and_returning_them", "__device__ int& pick(int& a, int& b, bool first) { return first ? a : b; } __device__ const int& largest(const int& a, const int& b) { return a > b ? a : b; } struct M { int d[4]; __device__ int& at(int j) { return d[j]; } __device__ M& set(int j, int v) { d[j] = v; return *this; } };",
         "int a = i, b = 5; pick(a, b, i & 1) += 100; M m = {}; m.set(1, 7).set(2, i).at(1) *= 2; int& q = m.at(3); q = 9; auto& w = m; w.d[0]++; r = a + b * 1000 + largest(i, 8) + m.d[0] + m.d[1] * 100000 + m.d[3] * 10000000;",
         lambda i: (i + 100 + 5000 if i & 1 else i + 105000) + max(i, 8) + 1 + 1400000 + 90000000),
    lang("rvalue_references_and_move", "struct P { int v; __device__ P(int x) : v(x) {} __device__ P(const P& o) : v(o.v + 100) {} __device__ P(P&& o) : v(o.v + 1000) { o.v = 0; } }; template <typename T> __device__ T&& mv(T& t) { return static_cast<T&&>(t); }",
         "P a(i); P b(a); P c(mv(a)); int&& t = i + 1; t += 2; r = a.v + b.v + c.v * 10 + t * 100000;", lambda i: 0 + i + 100 + (i + 1000) * 10 + (i + 3) * 100000),
    lang("recursion_free_mutual_calls", "__device__ int odd(int); __device__ int half(int x) { return x / 2; } __device__ int even(int x) { return half(x) + odd(x + 1); } __device__ int odd(int x) { return x * 3 + half(x); }", "r = even(i);", lambda i: i // 2 + (i + 1) * 3 + (i + 1) // 2),
    lang("function_returning_struct_and_void", "struct R { int q, rem; }; __device__ R divide(int a, int b) { R x; x.q = a / b; x.rem = a % b; return x; } __device__ void none() {} __device__ void fwd(int& x) { return none(), void(x += 2); }", "R x = divide(i + 17, 5); fwd(x.q); r = x.q * 10 + divide(i, 3).rem;",
         lambda i: ((i + 17) // 5 + 2) * 10 + i % 3),
    lang("host_device_and_inline_qualifiers", "#define HD __host__ __device__ __forceinline__\nHD int a(int x) { return x + 1; } static __device__ __noinline__ int b(int x) { return x * 2; } __device__ static inline int c(int x) noexcept { return x - 1; } constexpr int d(int x) { return x * x; } extern \"C\" __device__ int e_plain(int x) { return x + 3; }"
         "\n[[nodiscard]] __device__ int g([[maybe_unused]] int x, int) { return 4; }\ninline __host__ void unused_host() { }\n",
         "constexpr int q = d(4); r = a(i) + b(i) * 100 + c(i) * 10000 + q * 1000000 + e_plain(0) + g(1, 2);", lambda i: i + 1 + 200 * i + (i - 1) * 10000 + 16000000 + 3 + 4),
    lang("host_code_is_skipped", "#include <cstdio>\n#include <vector>\n#include <string>\n#include <iostream>\nstatic std::vector<std::string> names = {\"a\", \"b\"};\nstruct HostOnly { std::string s; virtual ~HostOnly() { delete[] p; } char* p; };\nint main(int argc, char** argv) { try { for (auto& n : names) printf(\"%s\\n\","
         " n.c_str()); void* d; cudaMalloc(&d, 10); } catch (...) { return 1; } return 0; }\n", "r = i * 2;", lambda i: 2 * i),
    lang("macros_in_device_code", "#define SQ(x) ((x) * (x))\n#define CAT(a, b) a##b\n#define STR(x) #x\n#define MAXV(a, b) ({0})\n#undef MAXV\n#define MAXV(a, b) ((a) > (b) ? (a) : (b))\n#define FOR(n, ...) for (int j = 0; j < n; ++j) { __VA_ARGS__; }\n#if defined(SQ) && SQ(3) == 9 && !defined(NOPE)\n#define OK 1\n#else\n#error no\n#endif\n#ifdef __CUDA_ARCH__\n"
         "#define DEV 5\n#endif\n#define EMPTY\n#define LONG_ONE(a) \\\n  (a + \\\n   1)\n",
         "int CAT(x, 1) = SQ(i + 1); FOR(3, r += x1, r += 1) r += MAXV(i, 8) * 10000 EMPTY + sizeof(STR(abc)) * OK + DEV + LONG_ONE(2) * 1000000;", lambda i: 3 * (i + 1) ** 2 + 3 + max(i, 8) * 10000 + 4 + 5 + 3000000),
]  # fmt: skip

_CLASSES = [
    lang("class_constructors", "class A { int x; float y = 2.5f; public: __device__ A() : x(1) {} __device__ explicit A(int v) : x(v), y(v * 0.5f) {} __device__ A(int a, int b) : A(a * b) { y += 1; } __device__ int get() const { return x * 100 + (int)(y * 2); } };",
         "A a, b(i), c(i, 2), d{3, 4}; A e = A(7); A f = b; r = a.get() + b.get() + c.get() + d.get() + e.get() + f.get();",
         lambda i: (105) + (i * 100 + i) * 2 + (2 * i * 100 + 2 * i + 2) + (1200 + 14) + (707)),
    lang("class_default_member_initialisers", "struct C { int a = 3; float b{1.5f}; int c[3] = {1, 2, 3}; bool on = true; struct { int z = 9; } in; }; struct Agg { int p; int q = 5; };",
         "C c; C d; d.a = i; Agg g = {i}; Agg h{1, 2}; r = c.a + (int)(c.b * 2) * 10 + c.c[2] * 100 + (c.on ? 1000 : 0) + d.a * 10000 + g.q * 1000000 + h.q * 10000000 + c.in.z * 100000000;",
         lambda i: 3 + 30 + 300 + 1000 + i * 10000 + 5000000 + 20000000 + 900000000),
    lang("class_operators", "struct V { int x, y; __device__ V operator+(const V& o) const { return {x + o.x, y + o.y}; } __device__ V operator-() const { return {-x, -y}; } __device__ V& operator+=(int s) { x += s; y += s; return *this; } __device__ bool operator==(const V& o) const { return x == o.x && y == o.y; }"
         " __device__ bool operator!=(const V& o) const { return !(*this == o); } __device__ V& operator++() { ++x; return *this; } __device__ V operator++(int) { V t = *this; ++*this; return t; } __device__ int operator()(int s) const { return x * s + y; } __device__ int& operator[](int j) { return j ? y : x; } __device__ explicit operator bool() const { return x != 0; }"
         " __device__ V* operator->() { return this; } __device__ int operator*() const { return x; } }; __device__ V operator*(int s, V v) { return {s * v.x, s * v.y}; } __device__ bool operator<(V a, V b) { return a.x < b.x; } __device__ V operator,(V a, V b) { return b; }",
         "V a = {i, 1}, b{2, 3}; V c = 2 * (a + -b); c += 5; V d = c++; c[1] = 7; r = c(10) + d.x + (a == b ? 1000 : 0) + (a != b ? 2000 : 0) + (a ? 10000 : 0) + (a < b ? 20000 : 0) + c->y * 100000 + *b * 1000000;",
         lambda i: (2 * (i - 2) + 6) * 10 + 7 + 2 * (i - 2) + 5 + (2000) + (10000 if i else 0) + (20000 if i < 2 else 0) + 700000 + 2000000),
    lang("class_static_members", "struct S { static const int n = 4; static constexpr float f = 1.5f; enum { k3 = 3 }; static __device__ int twice(int x) { return 2 * x; } __device__ int use() const { return twice(n) + k3; } }; struct T { static constexpr int tab[3] = {5, 6, 7}; };",
         "S s; r = S::n + (int)(S::f * 2) * 10 + S::twice(i) * 100 + s.use() * 10000 + s.n * 1000000;", lambda i: 4 + 30 + 200 * i + 110000 + 4000000),
    lang("class_inheritance", "struct A { int a; __device__ A(int x = 1) : a(x) {} __device__ int f() const { return a; } __device__ int g() const { return 10; } protected: int hidden = 5; }; struct B { int b = 2; __device__ int h() const { return b * 3; } }; struct C : public A, B { int c; __device__ C(int x) : A(x * 2), c(x) { b += hidden; }"
         " __device__ int g() const { return A::g() + c; } using A::f; }; struct D final : C { using C::C; __device__ int f(int y) const { return C::f() + y; } };",
         "C c(i); D d(3); A& a = c; const B* p = &d; A sliced = d; r = c.f() + c.g() * 100 + a.g() * 10000 + c.h() * 100000 + p->h() + d.f(1) + sliced.a * 10000000 + (int)sizeof(D);",
         lambda i: 2 * i + (10 + i) * 100 + 100000 + 2100000 + 21 + 7 + 60000000 + 16),
    lang("class_conversion_operators", "struct F { float v; __device__ operator float() const { return v; } __device__ operator int() const = delete; }; struct M { int v; __device__ M(int x) : v(x) {} __device__ operator int() const { return v * 2; } }; __device__ int take(M m) { return m.v + 1; }",
         "F f{i * 0.5f}; float x = f; M m = i; int y = m; r = (int)(x * 2) + take(i) * 100 + y * 10000 + (m + 1) * 1000000;", lambda i: i + (i + 1) * 100 + 20000 * i + (2 * i + 1) * 1000000),
    lang("class_designated_and_list_initialisers", "struct P { int x, y; float z; }; struct Q { P p; int t[2]; };", "P a = {.x = 1, .y = i, .z = 2.5f}; P b = {.y = 4}; Q q = {{1, 2, 3.5f}, {i, 5}}; Q u{}; P arr[2] = {{1, 2}, {i}}; P c; c = {i, i + 1, 1}; r = a.y + b.y * 100 + b.x + q.t[0] * 1000 + (int)(q.p.z * 2) * 100000 + u.t[1] + arr[1].x * 1000000 + c.y;",
         lambda i: i + 400 + i * 1000 + 700000 + i * 1000000 + i + 1),
    lang("class_nested_and_local", "struct Out { struct In { int v; __device__ int f() const; }; enum class E : short { a = 2, b }; In in; __device__ static int g(E e) { return (int)e; } }; __device__ int Out::In::f() const { return v * 3; }",
         "struct Loc { int a; __device__ int get() const { return a + 1; } }; Loc l{i}; Out q; q.in.v = i; Out::In n{4}; union { int w; float f; } u; u.f = 1.0f; enum { L = 6 }; r = l.get() + q.in.f() * 100 + n.f() + Out::g(Out::E::b) * 10000 + (u.w >> 20) + L * 1000000;",
         lambda i: i + 1 + 300 * i + 12 + 30000 + 1016 + 6000000),
    lang("class_this_and_chaining", "struct B { int n; __device__ B& add(int n) { this->n += n; return *this; } __device__ B copy() const { return *this; } __device__ const B* self() const { return this; } };", "B b{i}; b.add(2).add(3); B c = b.copy().add(100); r = b.n + c.n * 1000 + (b.self() == &b ? 1000000 : 0);",
         lambda i: i + 5 + (i + 105) * 1000 + 1000000),
    lang("class_members_defined_outside", "template <typename T> class S { T v; public: __device__ S(T x); __device__ T get() const; template <typename U> __device__ U cast(U u) const; static __device__ int id(); }; template <typename T> __device__ S<T>::S(T x) : v(x) {} template <typename T> __device__ T S<T>::get() const { return v + 1; }"
         " template <typename T> template <typename U> __device__ U S<T>::cast(U u) const { return (U)v + u; } template <typename T> __device__ int S<T>::id() { return sizeof(T); }",
         "S<short> s(i); r = s.get() + (int)(s.cast(0.5) * 2) * 100 + S<double>::id() * 10000;", lambda i: i + 1 + (2 * i + 1) * 100 + 80000),
    lang("class_passed_and_returned_by_value", "struct Big { float v[8]; int n; }; __device__ Big make(int n) { Big b; b.n = n; for (int j = 0; j < 8; ++j) b.v[j] = j * n; return b; } __device__ Big add(Big a, const Big& b) { for (int j = 0; j < 8; ++j) a.v[j] += b.v[j]; a.n = 0; return a; }",
         "Big a = make(i), b = add(a, make(2)); r = a.n + (int)b.v[3] * 100 + b.n; Big c[2] = {a, b}; r += (int)c[i & 1].v[7] * 10000;", lambda i: i + (3 * i + 6) * 100 + (7 * i + 14 if i & 1 else 7 * i) * 10000),
    lang("class_copy_assignment", "struct A { int v; __device__ A& operator=(const A& o) { v = o.v + 10; return *this; } __device__ A& operator=(int x) { v = x; return *this; } A() = default; __device__ A(const A& o) : v(o.v * 2) {} };", "A a; a = i; A b(a); A c = a; c = b; A d; d = c = a; r = a.v + b.v * 100 + c.v * 10000 + d.v * 1000000;",
         lambda i: i + 200 * i + (i + 10) * 10000 + (i + 20) * 1000000),
]  # fmt: skip

_LAMBDAS = [
    lang("lambda_captures", "", "int a = i, b = 10; auto byv = [a, b](int x) { return a * x + b; }; auto byr = [&](int x) { a += x; return a; }; auto mix = [=, &b]() { b += a; return b; }; auto init = [z = a * 2, &w = b] { w += z; return z; }; r = byv(2); r += byr(3) * 100; r += mix() * 10000; init(); r += b * 100000 + a;",
         lambda i: 2 * i + 10 + (i + 3) * 100 + (10 + i) * 10000 + (10 + 3 * i) * 100000 + i + 3),
    lang("lambda_mutable_and_generic", "", "int n = i; auto count = [n]() mutable { return ++n; }; count(); r = count() + n * 100; auto add = [](auto x, auto y) { return x + y; }; r += (int)(add(1.5f, i) * 2) * 10000; auto poly = [](auto... v) { return (v + ... + 0); }; r += poly(1, 2, i) * 1000000;",
         lambda i: i + 2 + i * 100 + (2 * i + 3) * 10000 + (i + 3) * 1000000),
    lang("lambda_returning_lambda_and_type", "template <typename F> __device__ auto twice(F f) { return [=](int x) { return f(f(x)); }; }", "auto inc = [=](int x) -> int { return x + i; }; r = twice(inc)(1) + twice(twice([](int x) { return x * 2; }))(3) * 100; auto t = [](int x) -> float { return x / 2; }; r += (int)(t(5) * 2) * 10000; r += [](int x) { return x * x; }(i) * 100000;",
         lambda i: 1 + 2 * i + 4800 + 40000 + i * i * 100000),
    lang("lambda_captures_this", "struct S { int v; __device__ int run(int x) { auto f = [this, x]() { v += x; return v; }; auto g = [=]() { return v * x; }; int a = f(); return a + g() * 100; } };", "S s{i}; r = s.run(2);", lambda i: (i + 2) + (i + 2) * 200),
    lang("lambda_with_arrays_and_shared", "", "__shared__ int s[16]; s[i] = i * 3; __syncthreads(); int t[3] = {1, 2, 3}; auto f = [&](int j) { return s[j] + t[j % 3]; }; auto g = [t](int j) { return t[j]; }; t[0] = 50; r = f(15 - i) + g(0) * 1000; auto loop = [&] { for (int j = 0; j < 3; ++j) { if (j == i) return j; } return -1; }; r += loop() * 10000;",
         lambda i: (15 - i) * 3 + [50, 2, 3][(15 - i) % 3] + 1000 + (i if i < 3 else -1) * 10000),
    lang("lambda_constexpr_and_nested", "", "constexpr auto sq = [](int x) { return x * x; }; static_assert(sq(3) == 9, \"\"); int t[sq(2)]; t[3] = i; auto outer = [&](int x) { auto inner = [&](int y) { return t[3] + x + y; }; return inner(x * 2); }; r = outer(5) + (int)sizeof(t) * 100;", lambda i: i + 15 + 1600),
]  # fmt: skip

_DECLARATIONS = [
    lang("auto_and_decltype", "struct S { int a; float b; }; __device__ auto half(int x) { return x * 0.5f; } template <typename T> struct N { static const int v = 0; }; template <> struct N<float> { static const int v = 1; }; template <> struct N<const int&> { static const int v = 2; }; template <> struct N<int*> { static const int v = 3; };",
         "auto a = half(i); const auto& b = i; auto* p = &i; decltype(i) c = 7; decltype((b)) d = b; decltype(a + 1.0) e = 2.5; r = N<decltype(a)>::v + N<decltype(b)>::v * 10 + N<decltype(p)>::v * 100 + c * 1000 + d * 10000 + (int)(e * 2) * 1000000 + (int)sizeof(e) * 10000000;",
         lambda i: 1 + 20 + 300 + 7000 + i * 10000 + 5000000 + 80000000),
    lang("range_for", "struct It { int v; __device__ int operator*() const { return v * v; } __device__ It& operator++() { ++v; return *this; } __device__ bool operator!=(const It& o) const { return v != o.v; } }; struct Rng { int n; __device__ It begin() const { return {1}; } __device__ It end() const { return {n + 1}; } };",
         "int t[5] = {1, 2, 3, 4, i}; for (int& x : t) x *= 2; for (auto x : t) r += x; for (int s : Rng{i % 4}) r += s * 100; int u[2][3] = {{1, 2, 3}, {4, 5, 6}}; for (const auto& row : u) for (auto x : row) { if (x == 2) continue; if (x == 6) break; r += x * 10000; } for (int x : {5, 6, i}) r += x * 1000000;",
         lambda i: 20 + 2 * i + sum(s * s for s in range(1, i % 4 + 1)) * 100 + 130000 + (11 + i) * 1000000),
    lang("constexpr_functions_and_tables", "constexpr int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } constexpr int gcd(int a, int b) { while (b) { int t = a % b; a = b; b = t; } return a; } struct T { int v[8]; }; constexpr T squares() { T t = {}; for (int j = 0; j < 8; ++j) t.v[j] = j * j; return t; } constexpr float k2 = 1.0f / 3;",
         "constexpr int f = fib(15); constexpr T t = squares(); int a[gcd(12, 18)]; a[5] = i; switch (i) { case fib(5): r = 1; break; case gcd(9, 6): r = 2; break; } r += f + a[5] * 1000 + t.v[i % 8] * 100000 + (int)(k2 * 30) * 10000000;",
         lambda i: {5: 1, 3: 2}.get(i, 0) + 610 + i * 1000 + (i % 8) ** 2 * 100000 + 100000000),
    lang("if_constexpr_and_static_assert", "template <typename T> __device__ int f(T x) { if constexpr (sizeof(T) == 1) { return x + 1; } else if constexpr (T(0.5) != T(0)) { return (int)(x * 10); } else { static_assert(sizeof(T) >= 2, \"small\"); return x * 2; } } static_assert(sizeof(int) == 4); template <int N> struct Check { static_assert(N > 0, \"N\"); int v[N]; };",
         "r = f(i) + f(1.5f) * 100 + f('a') * 10000 + (int)sizeof(Check<3>) * 1000000;", lambda i: 2 * i + 1500 + 980000 + 12000000),
    lang("structured_bindings", "struct P { int a; float b; }; __device__ P make(int x) { return {x, x * 0.5f}; }", "auto [a, b] = make(i); int t[2] = {3, i}; auto& [x, y] = t; y += 10; P p = {1, 2.5f}; auto& [u, v] = p; u = 9; const auto [c, d] = p; r = a + (int)(b * 2) * 100 + t[1] * 10000 + p.a * 1000000 + (int)(d * 2) * 10000000 + x + c;",
         lambda i: i + 100 * i + (i + 10) * 10000 + 9000000 + 50000000 + 3 + 9),
    lang("enums_of_all_kinds", "enum E { e0, e1 = 5, e2 }; enum : unsigned char { big = 200 }; enum class C : long long { huge = 1LL << 40, small = -1 }; enum F { f1 = 1, f2 = 2, f4 = 4 }; __device__ F operator|(F a, F b) { return F(int(a) | int(b)); } __device__ int name(E e) { return e == e2 ? 2 : 1; }",
         "E e = e2; C c = C::small; F f = f1 | f4; r = e + name(e) * 10 + name(e0) * 100 + big * 1000 + ((long long)C::huge >> 40) * 1000000 + (int)c + f * 10000000 + (E)1 + i + (e < 10 ? 1 : 0);", lambda i: 6 + 20 + 100 + 200000 + 1000000 - 1 + 50000000 + 1 + i + 1),
    lang("casts_of_all_kinds", "struct B { int b; }; struct D : B { int d; }; enum class E { x = 3 };", "float f = -3.7f; int a = (int)f; int b = int(f * 2); unsigned c = static_cast<unsigned>(-1); const int ci = 5; int& m = const_cast<int&>(*const_cast<const int*>(&a)); m += 1; D d; d.b = 7; d.d = 8; B* p = &d; int e = static_cast<D*>(p)->d;"
         " unsigned char uc = (unsigned char)300; long long ll = (long long)1 << 33; void* v = &d; int w = static_cast<D*>(v)->b; r = a + b * 10 + (c >> 28) * 100 + e * 10000 + uc * 100000 + (int)(ll >> 30) + w * 10000000 + (int)E::x + ci + i;",
         lambda i: -2 - 70 + 1500 + 80000 + 4400000 + 8 + 70000000 + 3 + 5 + i),
    lang("sizeof_and_alignof", "struct S { char c; double d; short s; }; struct E {}; template <typename T> struct W { T t; };", "int t[7]; char s[] = \"abcd\"; r = sizeof(S) + alignof(S) * 100 + sizeof(E) * 1000 + sizeof t * 10000 + sizeof(s) * 1000000 + sizeof(W<short[3]>) * 10000000 + sizeof(i++ + 1.0) + (int)sizeof(wchar_t) + i;",
         lambda i: 24 + 800 + 1000 + 280000 + 5000000 + 60000000 + 8 + 4 + i),
    lang("scopes_and_hiding", "__device__ int x = 100; namespace n { __device__ int x = 7; } struct S { int x; __device__ int f(int x) { return x + this->x + ::x + n::x; } };", "int x = 1; { int x = i; r += x; { auto x = 2.5f; r += (int)(x * 2) * 100; } } for (int x = 0; x < 2; ++x) { int r2 = x; r += r2 * 1000; } if (int x = i % 3) r += x * 10000; else r += x + 50000; S s{3}; r += s.f(x) * 100000 + ::x;",
         lambda i: i + 500 + 1000 + (i % 3 * 10000 if i % 3 else 50000) + 11100000 + 100),
    lang("pointers_to_members_of_arrays_of_structs", "struct N { int v; N* next; }; __device__ int total(const N* n) { int s = 0; while (n) { s = s * 2 + n->v; n = n->next; } return s; }", "N c = {3, nullptr}, b = {2, &c}, a = {i, &b}; r = total(&a) * 10; a.next->next->v += 5; N* p = a.next; p->next = 0; r += total(&a) * 1000 + c.v;", lambda i: ((i * 2 + 2) * 2 + 3) * 10 + (i * 2 + 2) * 1000 + 8),
    lang("order_of_evaluation", "__device__ int next(int& s) { return s = s * 3 + 1; } struct L { int n; __device__ L& operator<<(int x) { n = n * 10 + x; return *this; } };", "int s = i; int a = next(s); int t[4] = {next(s), next(s), s, a}; int j = 0; int u[3] = {}; u[j++] = j; u[j] = j++ + 5; L l{0}; int q = 1; l << q++ << q++ << q; int x = 3; x = x++ + 1; int y = i; y += y++ * 0 + 2; r = (t[0] ^ t[1]) + t[2] + u[0] * 100 + u[1] + u[2] * 1000 + l.n * 10000 + x + j + y;",
         lambda i: _order(i)),
    lang("nullptr_and_bool_contexts", "struct P { int* p; __device__ explicit operator bool() const { return p != nullptr; } }; __device__ int f(int*) { return 1; } __device__ int f(decltype(nullptr)) { return 2; } __device__ int f(bool) { return 3; }", "int v = i; P a{&v}, b{nullptr}; int* z = 0; r = (a ? 1 : 0) + (b ? 10 : 20) + (!z ? 100 : 0) + f(&v) * 1000 + f(nullptr) * 10000 + (a && !b ? 100000 : 0); while (z) ; if (&v) r += 1000000; bool q = &v; r += q;",
         lambda i: 1 + 20 + 100 + 1000 + 20000 + 100000 + 1000000 + 1),
    lang("initialisation_forms", "struct A { int x; __device__ A(int a) : x(a) {} __device__ A() : x(-1) {} };",
         "int a(3), b{4}, c = {5}, d{}; int e = int(), f = int{7}; float g{2.5f}; A h, j{6}, k2(8), m = 9; A n = A(); A p[3] = {1, A(2)}; const int q = i; r = a + b + c + d + e + f + (int)(g * 2) + h.x + j.x + k2.x + m.x + n.x + p[1].x * 100 + p[2].x * 1000 + q * 10000;",
         lambda i: 3 + 4 + 5 + 0 + 0 + 7 + 5 - 1 + 6 + 8 + 9 - 1 + 200 - 1000 + i * 10000),
    lang("std_traits_and_utilities", "#include <type_traits>\n#include <utility>\n#include <limits>\n", "int a = i, b = 3; r = std::is_same<int, decltype(a)>::value + std::is_floating_point<float>::value * 10 + (std::is_pointer<int*>::value ? 100 : 0) + (std::numeric_limits<short>::max() > 32000 ? 1000 : 0); std::conditional<(sizeof(int) > 2), float, char>::type x = 2.5f; r += (int)(x * 2) * 10000; typename std::remove_reference<int&>::type y = i;"
         " r += y * 100000; if constexpr (std::is_integral_v<int>) r += b;", lambda i: 1 + 10 + 100 + 1000 + 50000 + i * 100000 + 3),
    lang("alternative_tokens_and_digraphs", "", "bool a = i > 3 and not (i == 5) or i == 0; int b = compl i bitand 0xff bitor 1 xor 2; r = a * 1000 + b; if (i not_eq 4) r += 10000; int t<:2:> = <% i, 7 %>; r += t<:1:> * 100000;", lambda i: ((i > 3 and i != 5) or i == 0) * 1000 + ((~i & 0xFF) | (1 ^ 2)) + (10000 if i != 4 else 0) + 700000),
    lang("strings_and_characters", "__device__ int length(const char* s) { int n = 0; while (s[n]) ++n; return n; } __constant__ char digits[] = \"0123456789abcdef\";", "const char* s = \"con\" \"cat\\t\\x41\\101\"; char buf[8] = \"hi\"; r = length(s) + s[6] * 100 + s[7] + digits[i] * 10000 + buf[1] * 10000000 + buf[5] + R\"(a\"b)\"[1];",
         lambda i: 9 + 900 + 65 + b"0123456789abcdef"[i] * 10000 + 1050000000 + 34),
    lang("volatile_and_const_objects", "struct S { volatile int v; const int c; mutable int m; __device__ S(int x) : v(x), c(x + 1), m(0) {} __device__ int f() const { m += 2; return m; } };", "volatile int a = i; a = a + 1; a++; const S s(i); s.f(); const int* const p = &s.c; r = a + s.f() * 100 + *p * 10000 + s.v * 1000000;", lambda i: i + 2 + 400 + (i + 1) * 10000 + i * 1000000),
    lang("unnamed_and_unused_things", "__device__ int g(int a, int) { return a; } ;; struct Empty {}; __device__ Empty e() { return {}; }", "; ; {} (void)i; Empty z = e(); (void)z; int unused; if (i) ; else ; r = g(i, 1) + (int)sizeof(Empty); L: ;", lambda i: i + 1),
    lang("initialiser_with_effects_and_statics", "__device__ int bump(int* c) { return (*c)++; } struct T { int a, b; };", "int c = i; T t = {bump(&c), bump(&c)}; int u[2] = {bump(&c), bump(&c)}; int x = bump(&c), y = x + bump(&c); r = t.b - t.a + (u[1] - u[0]) * 10 + (y - 2 * x) * 100 + c * 1000;", lambda i: 1 + 10 + 100 + (i + 6) * 1000),
    lang("long_expressions_and_precedence", "", "int a = i, b = 3, c = 5; r = a + b * c - a / b % c << 1 & 0xff | a ^ b && c || !a; int q = a < b == b > c != 0 ? a & b << 2 : ~a - -b; r += q * 1000; r += (a, b, c) + (a = b = c) + -+-a; r ^= a ? b : c, r |= 1 << 20;", lambda i: _precedence(i)),
    lang("trailing_types_and_attributes", "__device__ auto f(int a, float b) -> float { return a * b; } template <typename T> __device__ auto g(T t) -> decltype(t * 2) { return t * 2; } struct [[nodiscard]] A { alignas(16) int x; int y; }; __device__ __attribute__((noinline)) int h(int x) { return x; }", "A a = {i, 2}; r = (int)(f(i, 1.5f) * 2) + g(i) * 100 + (int)sizeof(A) * 100000 + a.y + h(1); [[maybe_unused]] int z = 0; switch (i) { case 0: r += 1; [[fallthrough]]; case 1: r += 2; }",
         lambda i: 3 * i + 200 * i + 1600000 + 3 + (3 if i == 0 else 2 if i == 1 else 0)),
]  # fmt: skip


def _order(i: int) -> int:
    s = i * 3 + 1
    a = s
    t0 = s = s * 3 + 1
    t1 = s = s * 3 + 1
    t = [t0, t1, s, a]
    # The right side of = comes first: u[0] = 0, then j is 1; then u[2] = 6 with j 2.
    return (t[0] ^ t[1]) + t[2] + 0 * 100 + 0 + 6 * 1000 + 123 * 10000 + 4 + 2 + _plus_equals(i)


def _plus_equals(i: int) -> int:
    """y += y++ * 0 + 2: the right side with its effect first, then y is read."""
    return i + 1 + 2


def _precedence(i: int) -> int:
    a, b, c = i, 3, 5
    first = ((a + b * c - a // b % c) << 1) & 0xFF
    r = int(((first | (a ^ b)) != 0 and c != 0) or a == 0)
    left = int(int(a < b) == int(b > c))
    q = (a & (b << 2)) if left != 0 else ~a + b
    r += q * 1000
    a = b = c
    r += c + 5 + a
    r ^= b
    return r | 1 << 20


CASES = [*_TEMPLATES, *_FUNCTIONS, *_CLASSES, *_LAMBDAS, *_DECLARATIONS]
