"""Pointers to data members and to member functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.cases.control import per_thread
from cudawasm_conformance.make import whole

_CLASSES = """struct B { int a, b; __device__ int get(int k) const { return a * k + b; } __device__ int other(int k) const { return a * k - b; }
__device__ int twice() { return a *= 2; } __device__ static int plus_one(int v) { return v + 1; } static constexpr int nine = 9; };
struct C { int c; double d; __device__ int less(int k) const { return c - k; } };
struct D : C, B { int e; short h[3]; float4 v; __device__ int get(int k) { return e + k; } __device__ int get(int k) const { return e - k; }
__device__ int plus(int k) { return e += k; } template <typename T> __device__ T scaled(T k) const { return T(e * 2) + k; } };
"""  # fmt: skip


def _case(name: str, body: str, f: Callable[[int], int], head: str = "") -> Case:
    return per_thread(f"member_pointer_{name}", body, f, head=_CLASSES + head)


def _sorted_by(x: int) -> int:
    records = sorted([(3, x), (1, 5), (2, -x)], key=lambda record: record[0] if x % 2 else record[1])
    return records[0][0] * 100 + records[1][0] * 10 + records[2][0]


def _machine(x: int) -> int:
    total, n, odd, running = x, x, bool(x % 2), True
    while running:
        if odd:
            total, n = total * 3 + 1, n - 1
            odd = False
        else:
            total, n = total + 7, n // 2
            odd = bool(n % 2)
        running = n > 0
    return total


_MANY_TEMPLATES = """template <class T, class C, class M> __device__ M get(T& t, M C::*p) { return t.*p; }
template <class T, class R, class C, class... A, class... G> __device__ R call(T& t, R (C::*f)(A...), G... g) { return (t.*f)(g...); }
template <int B::*P> __device__ int fixed(const B& b) { return b.*P; }
template <int (D::*F)(int)> __device__ int fixed_call(D& d, int v) { return (d.*F)(v); }
template <auto P, class T> __device__ auto field(T& t) { return t.*P; }
"""  # fmt: skip
_CLASS_TEMPLATES = """template <auto P> struct Field { template <class T> __device__ static auto of(const T& t) { return t.*P; }
template <auto Q> __device__ static bool same() { return P == Q; } };
template <class C, class T, T C::*P> struct Typed { __device__ static T of(const C& c) { return c.*P; } };
template <auto F> struct Call { template <class T> __device__ static int on(const T& t, int v) { return (t.*F)(v); } };
template <class T> struct Vec { T x, y; __device__ static T Vec::*which(int i) { return i ? &Vec::y : &Vec::x; } };
template <class T> __device__ T total(const Vec<T>& v, T Vec<T>::*p, T Vec<T>::*q) { return v.*p + v.*q; }
"""  # fmt: skip
_TRAITS = """#include <type_traits>
template <class T> struct owner { static constexpr int n = 0; };
template <class C, class T> struct owner<T C::*> { static constexpr int n = 1; };
template <class C, class R, class... A> struct owner<R (C::*)(A...)> { static constexpr int n = 2; };
template <class C, class R, class... A> struct owner<R (C::*)(A...) const> { static constexpr int n = 3; };
"""
_LEVELS = """struct L0 { double pad; }; struct L1 { int v1; __device__ int g() const { return v1 + 1; } };
struct L2 : L0, L1 { int v2; __device__ int g() const { return v1 + v2; } }; struct Empty {};
struct L3 : Empty, L2 { int v3; __device__ int h() const { return v1 + v2 + v3; } };
"""

CASES = [
    _case("chosen_at_run_time", "B s{x, 2}; int B::*p = x % 2 ? &B::a : &B::b; s.*p += 5; r = s.a * 100 + s.b;",
          lambda x: (x + 5) * 100 + 2 if x % 2 else x * 100 + 7),
    _case("null", "int B::*p = nullptr; int B::*q = 0; int B::*z = {}; r = (p == nullptr) + 2 * (q == 0) + 4 * !z + 8 * (p == q)"
          " + (p ? 100 : 0) + (p != &B::a ? 16 : 0); p = &B::a; if (p) r += 1000; long long bits; memcpy(&bits, &q, 8);"
          " r += (int)bits * 10000;", lambda x: 31 + 1000 - 10000),
    _case("sizes", "r = sizeof(int B::*) + 100 * sizeof(int (B::*)(int)) + 10000 * alignof(int (B::*)(int));"
          " struct Q { char c; int B::*p; char d; int (B::*f)(int) const; }; r += 1000000 * sizeof(Q);",
          lambda x: 8 + 1600 + 80000 + 40000000),
    _case("of_a_base_for_a_derived_class", "D s{}; s.a = x; s.b = 3; s.c = 4; s.e = 5; int D::*p = &B::b; int D::*q = &D::a;"
          " int B::*w = &D::a; r = s.*p * 1000 + s.*q + (q == &B::a ? 100000 : 0); B& base = s; r += base.*w;"
          " int B::*back = static_cast<int B::*>(p); r += 7 * (base.*back) + (back == &B::b ? 1000000 : 0);"
          " int D::*none = (int B::*)nullptr; r += none == nullptr ? 10000000 : 0;",
          lambda x: 3000 + x + 100000 + x + 21 + 11000000),
    _case("converted_at_run_time", "D s{}; s.a = x; s.b = 3; int B::*p = x % 3 == 0 ? &B::a : x % 3 == 1 ? &B::b : nullptr;"
          " int D::*q = p; r = q == nullptr ? -1 : s.*q; r += 1000 * (q == p);", lambda x: [x, 3, -1][x % 3] + 1000),
    _case("to_functions", "B s{x, 2}; int (B::*f)(int) const = &B::get; int (B::*g)() = &B::twice; r = (s.*f)(10);"
          " r += (s.*g)() * 1000; const B fixed{1, 2}; B* p = &s; r += (fixed.*f)(3) * 100000 + (p->*f)(1);",
          lambda x: 10 * x + 2 + 2000 * x + 500000 + 2 * x + 2),
    _case("to_functions_of_bases", "D s{}; s.a = x; s.b = 1; s.c = 50; s.e = 7; int (D::*f)(int) const = x % 3 == 0 ?"
          " (int (D::*)(int) const)&B::get : x % 3 == 1 ? static_cast<int (D::*)(int) const>(&C::less) :"
          " static_cast<int (D::*)(int) const>(&D::get); r = (s.*f)(4); int (D::*g)(int) = nullptr; r += g ? 1000 : 2000;"
          " g = &D::plus; r += (s.*g)(1) * 10000 + (g == &D::plus ? 5000 : 0);",
          lambda x: [4 * x + 1, 46, 3][x % 3] + 2000 + 80000 + 5000),
    _case("overloads", "D s{}; s.e = x; int (D::*f)(int) = &D::get; int (D::*g)(int) const = &D::get;"
          " r = (s.*f)(1) * 100 + (s.*g)(1); r += (s.*&D::plus)(5) * 10000;",
          lambda x: (x + 1) * 100 + x - 1 + (x + 5) * 10000),
    _case("in_templates", "D s{}; s.e = x; s.a = 2; s.b = 8; r = get(s, &B::b) + get(s, &D::e) * 100 + call(s, &D::plus, 3) * 10000"
          " + fixed<&B::a>(s) + fixed_call<&D::plus>(s, 1) * 1000000 + field<&B::b>(s); int (D::*t)(int) const = &D::scaled<int>;"
          " r += (s.*t)(1);",
          lambda x: 8 + x * 100 + (x + 3) * 10000 + 2 + (x + 4) * 1000000 + 8 + 2 * (x + 4) + 1, _MANY_TEMPLATES),
    _case("in_class_templates", "B s{x, 3}; r = Field<&B::a>::of(s) + Field<&B::b>::of(s) * 100 + Typed<B, int, &B::b>::of(s) * 1000"
          " + (Field<&B::a>::same<&B::a>() ? 10000 : 0) + Call<&B::get>::on(s, 2) * 100000; Vec<int> v{x, 2}; Vec<float> w{1.5f, 2};"
          " r += total(v, &Vec<int>::x, &Vec<int>::y) + (int)(2 * total(w, &Vec<float>::x, &Vec<float>::y))"
          " + (Vec<int>::which(1) == &Vec<int>::y ? 7 : 0);",
          lambda x: x + 300 + 3000 + 10000 + (2 * x + 3) * 100000 + x + 2 + 7 + 7, _CLASS_TEMPLATES),
    _case("deduced", "D s{}; s.e = x; s.b = 8; auto p = &D::e; auto f = &D::plus; auto B::*q = &B::b; const auto g = &B::get;"
          " r = s.*p * 10000 + (s.*f)(1) + s.*q + (s.*g)(1); decltype(&B::a) t = &B::b; r += s.*t * 100; auto h = &B::plus_one;"
          " r += h(x) + B::nine; decltype(s.*p) e = s.e; e = 3; r += s.e;",
          lambda x: x * 10000 + x + 1 + 8 + 8 + 800 + x + 1 + 9 + 3),
    _case("in_tables", "B s{x, 2}; r = s.*fields[x % 2] * 100 + (s.*functions[x % 2])(3); const int B::*const local[] = {&B::a, &B::b};"
          " for (auto p : local) r += s.*p; r += (nothing == nullptr) * 10000 + (holder.p == nullptr && !holder.f) * 20000;",
          lambda x: [x, 2][x % 2] * 100 + [3 * x + 2, 3 * x - 2][x % 2] + x + 2 + 30000,
          "__device__ int B::*fields[2] = {&B::a, &B::b}; __constant__ int (B::*functions[2])(int) const = {&B::get, &B::other};\n"
          "__device__ int B::*nothing; struct H { int n; int B::*p; int (B::*f)(); }; __device__ H holder;"),
    _case("in_structs", "Q q[2] = {{&B::a, &B::get, 5}, {}}; B s{x, 3}; r = s.*q[0].p + (s.*q[0].f)(2) * 100;"
          " r += q[1].p == nullptr && q[1].f == nullptr ? 10000 : 0; Q z{}; r += z.p == nullptr ? 100000 : 0; Q d = {.n = 4};"
          " r += d.p ? 0 : 1000000; int B::*array[3] = {&B::b}; r += array[2] == nullptr ? 2000000 : 0; Q* at = q; s.*(at->p) += 1;"
          " r += s.a;", lambda x: x + (2 * x + 3) * 100 + 3110000 + x + 1,
          "struct Q { int B::*p; int (B::*f)(int) const; int n; };"),
    _case("of_this", "W w{x, 10}; r = w.apply(x & 1) + w.sum(&W::p, &W::q);", lambda x: (x * 2 if x & 1 else x + 10) + x + 10,
          "struct W { int p, q; __device__ int twice() const { return p * 2; } __device__ int both() const { return p + q; }\n"
          "__device__ int apply(bool d) const { int (W::*f)() const = d ? &W::twice : &W::both; return (this->*f)(); }\n"
          "__device__ int sum(int W::*a, int W::*b) { return this->*a + this->*b; } };"),
    _case("to_structs_and_vectors", "V v{{1, 2}, {x, 4}, make_float4(1, 2, 3, 4)}; P V::*m = x % 2 ? &V::first : &V::second; P got = v.*m;"
          " (v.*m).y = 50; r = got.x + got.y * 10 + v.first.y * 100 + v.second.y * 10000; float4 V::*f = &V::f; (v.*f).z = 9;"
          " r += (int)v.f.z * 1000000; P V::*const known = &V::second; r += (v.*known).x;"
          " float float4::*part = x % 2 ? &float4::x : &float4::w; r += (int)(v.f.*part);",
          lambda x: (45021 if x % 2 else x + 500240) + 9000000 + x + (1 if x % 2 else 4),
          "struct P { int x, y; }; struct V { P first, second; float4 f; };"),
    _case("to_arrays_and_unions", "U u{{1, 2, x}, {4, 5, 6}}; int (U::*m)[3] = x % 2 ? &U::p : &U::q; r = (u.*m)[2] * 10;"
          " for (int j : u.*m) r += j; u.b = x; int U::*n = &U::b; float U::*f = &U::f; r += u.*n * 100; u.*f = 1.0f;"
          " r += u.b == 0x3f800000 ? 100000 : 0;",
          lambda x: (10 * x + 3 + x if x % 2 else 75) + 100 * x + 100000,
          "struct U { int p[3], q[3]; union { int b; float f; }; };"),
    _case("of_temporaries", "r = B{x, 1}.*&B::a + (B{x, 2}.*&B::get)(3) + (make(x).*&B::b);",
          lambda x: x + 3 * x + 2 + x * 7, "__device__ B make(int x) { return B{1, x * 7}; }"),
    _case("invoked", "D s{}; s.e = x; s.a = 3; r = std::invoke(&D::plus, s, 4) + std::invoke(&B::a, s) * 1000"
          " + std::invoke(&B::get, &s, 2) * 10000 + std::invoke(add, 1, 2) * 1000000; std::invoke(&D::e, s) = 1; r += s.e;"
          " auto m = std::mem_fn(&D::plus); r += m(s, 2) * 100;",
          lambda x: x + 4 + 3000 + 60000 + 3000000 + 1 + 300,
          "#include <functional>\n__device__ int add(int a, int b) { return a + b; }"),
    _case("traits", "r = std::is_member_pointer<int B::*>::value + 2 * std::is_member_object_pointer_v<int B::*>"
          " + 4 * std::is_member_function_pointer<int (B::*)()>::value + 8 * std::is_pointer<int B::*>::value"
          " + 16 * owner<int (B::*)(int) const>::n + 64 * owner<float D::*>::n + 128 * owner<void (B::*)()>::n + x;",
          lambda x: 7 + 48 + 64 + 256 + x, _TRAITS),
    _case("equality_of_functions", "int (B::*f)(int) const = &B::get; int (D::*g)(int) const = &B::get; int (D::*h)(int) const = &D::get;"
          " r = (f == g) + 2 * (g == h) + 4 * (f == nullptr) + 8 * (f != nullptr); long long words[2]; memcpy(words, &g, 16);"
          " r += words[1] * 100;", lambda x: 1 + 8 + 1600),
    _case("sorts_by_any_member", "R q[3] = {{3, x}, {1, 5}, {2, -x}}; sort(q, x % 2 ? &R::key : &R::value);"
          " r = q[0].key * 100 + q[1].key * 10 + q[2].key;", _sorted_by,
          "struct R { int key, value; }; template <class T, class M> __device__ void sort(T* q, M T::*by) { for (int i = 0; i < 3; ++i)\n"
          "for (int j = 0; j < 2; ++j) if (q[j + 1].*by < q[j].*by) { T t = q[j]; q[j] = q[j + 1]; q[j + 1] = t; } }"),
    _case("in_closures", "auto by = [](int B::*m) { return [m](const B& b) { return b.*m; }; }; B s{x, 4};"
          " r = by(&B::a)(s) * 10 + Property<B, int>{&B::b}(s); auto read = make_reader(&B::get); r += read(s, 2) * 100;",
          lambda x: x * 10 + 4 + (2 * x + 4) * 100,
          "template <class C, class T> struct Property { T C::*p; __device__ T operator()(const C& c) const { return c.*p; } };\n"
          "template <class F> struct Reader { F f; template <class T> __device__ int operator()(const T& t, int k) const { return (t.*f)(k); } };\n"
          "template <class F> __device__ Reader<F> make_reader(F f) { return {f}; }"),
    _case("as_a_constant", "constexpr int B::*p = &B::b; constexpr auto f = &B::get; B s{x, 6}; r = s.*p + (s.*f)(2) * 100"
          " + s.*Names::first + (s.*Names::call)(1) * 10000; r += fixed<p>(s) + fixed<Names::first>(s);",
          lambda x: 6 + (2 * x + 6) * 100 + x + (x + 6) * 10000 + 6 + x,
          "struct Names { static constexpr int B::*first = &B::a; static constexpr int (B::*call)(int) const = &B::get; };\n"
          "template <int B::*P> __device__ int fixed(const B& b) { return b.*P; }"),
    _case("through_levels", "L3 s; s.v1 = x; s.v2 = 20; s.v3 = 30; int L3::*p[3] = {&L1::v1, &L2::v2, &L3::v3};"
          " for (auto q : p) r = r * 100 + s.*q; int (L3::*f[2])() const = {&L1::g, &L2::g}; for (auto q : f) r += (s.*q)();"
          " int (L1::*down)() const = static_cast<int (L1::*)() const>(&L3::h); L1& base = s; r += (base.*down)() * 3;"
          " int L1::*deep = static_cast<int L1::*>(&L3::v3); r += base.*deep;",
          lambda x: (x * 100 + 20) * 100 + 30 + x + 1 + x + 20 + (x + 50) * 3 + 30, _LEVELS),
    _case("state_machine", "M m{0, x, &M::start}; while (m.state) (m.*m.state)(); r = m.sum;", _machine,
          "struct M { int sum, n; void (M::*state)(); __device__ void start() { sum = n; state = n % 2 ? &M::odd : &M::even; }\n"
          "__device__ void odd() { sum = sum * 3 + 1; n -= 1; state = n <= 0 ? nullptr : &M::even; }\n"
          "__device__ void even() { sum += 7; n /= 2; state = n <= 0 ? nullptr : n % 2 ? &M::odd : &M::even; } };"),
    Case(
        "member_pointer_into_shared_and_global_memory",
        f"{_CLASSES}__device__ B pool[4];\n"
        "__global__ void k(const int* a, int* o) { int i = threadIdx.x, x = a[i]; B* p = &pool[i % 4];\n"
        "int B::*counted = x % 2 ? &B::a : &B::b; atomicAdd(&(p->*counted), 1); __shared__ B s[32]; s[i] = B{x, 7}; __syncthreads();\n"
        "B* q = &s[31 - i]; int B::*m = x % 2 ? &B::a : &B::b; o[i] = q->*m + (q->*&B::get)(2) + 1000 * (pool[i % 4].a + pool[i % 4].b); }",
        {"a": np.arange(32, dtype=np.int32), "o": whole(32)},
        lambda a, o: {"o": [(31 - x if x % 2 else 7) + 2 * (31 - x) + 7 + 8000 for x in range(32)]},
        Launch(block=(32, 1, 1)),
    ),
]  # fmt: skip
