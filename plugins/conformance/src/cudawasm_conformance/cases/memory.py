"""Memory: pointers of every kind, arrays, vectors, unions, structs, globals and constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import each, record, whole

_I = np.arange(64, dtype=np.int32)
_FLOATS = np.linspace(-4, 4, 64).astype(np.float32)
_F = np.float32


def threads(name: str, source: str, args: dict[str, Any], expected: Any, count: int = 64, **more: Any) -> Case:
    return Case(name, source, args, expected, Launch(block=(count, 1, 1)), **more)


_POINTERS = [
    threads(
        "pointer_arithmetic",
        "__global__ void k(const int* a, int* o) { const int* p = a + threadIdx.x; const int* end = a + 64; int r = *p;"
        " if (p + 1 != end) r += p[1] * 10; if (p > a) r += *(p - 1) * 100; p += 2; p--; r += (int)(end - p) * 1000;"
        " r += p <= end ? 1 : 0; o[threadIdx.x] = r + (int)(p == a + 1); }",
        {"a": _I, "o": whole(64)},
        lambda a, o: {"o": a + np.where(a < 63, a + 1, 0) * 10 + np.where(a > 0, a - 1, 0) * 100 + (63 - a) * 1000 + 1 + (a == 0)},
    ),
    threads(
        "pointer_walk",
        "__global__ void k(const char* s, int* o) { const char* p = s + threadIdx.x; int n = 0; while (*p++) ++n; o[threadIdx.x] = n; }",
        {"s": np.frombuffer(b"x" * 50 + b"\0" + b"y" * 20 + b"\0", np.int8).copy(), "o": whole(64)},
        lambda s, o: {"o": [50 - i if i <= 50 else 71 - i for i in range(64)]},
    ),
    threads(
        "pointer_difference_of_bytes",
        "__global__ void k(double* a, long long* o) { double* p = &a[threadIdx.x]; o[threadIdx.x] = ((char*)p - (char*)a)"
        " + 1000 * (p - a) + 1000000 * ((unsigned long long)p % 8); *p = sizeof(*p); }",
        {"a": np.zeros(64), "o": whole(64, dtype=np.int64)},
        lambda a, o: {"a": a + 8, "o": np.arange(64) * 1008},
    ),
    threads(
        "pointer_chosen_at_run_time",
        "__global__ void k(const int* a, const int* b, int* o) { int i = threadIdx.x; const int* p = (i & 1) ? a : b;"
        " o[i] = p[i]; int* q = i < 32 ? o + 64 : o + 128; q[i % 32] = i; }",
        {"a": _I, "b": _I * -1, "o": whole(192)},
        lambda a, b, o: {"o": np.concatenate([np.where(a & 1, a, b), _I[:32], o[96:128], _I[32:], o[160:]])},
    ),
    threads(
        "pointer_to_shared_or_global",
        "__global__ void k(int* a, int* o) { __shared__ int s[64]; int i = threadIdx.x; s[i] = i * 2; __syncthreads();"
        " int* p = (i % 3 == 0) ? s : a; o[i] = p[63 - i]; __syncthreads(); p[i] += 1000; __syncthreads(); o[i] += s[i]; }",
        {"a": _I * 5, "o": whole(64)},
        lambda a, o: {
            "o": np.where(_I % 3 == 0, (63 - _I) * 2, (63 - _I) * 5) + _I * 2 + 1000 * (_I % 3 == 0),
            "a": a + 1000 * (_I % 3 != 0),
        },
        requires=("generic_pointers",),
    ),
    threads(
        "pointer_to_local",
        "__device__ void add(int* p, int n) { for (int j = 0; j < n; ++j) p[j] += j; }\n"
        "__global__ void k(int* o) { int i = threadIdx.x; int t[4] = {i, i, i, i}; int x = 5, y = 7; int* p = i & 1 ? &x : &y;"
        " *p += 100; add(t + 1, 3); add(&x, 1); int* q = t; q += i % 4; o[i] = *q + x * 1000 + y * 1000000; }",
        {"o": whole(64)},
        lambda o: {"o": [i + [0, 0, 1, 2][i % 4] + (105000 if i & 1 else 5000) + (7 if i & 1 else 107) * 1000000 for i in range(64)]},
    ),
    threads(
        "pointer_to_shared_or_null",
        "struct Found { int* at; int tries; };"
        "__device__ int* find(int* from, int n, int key) { for (int j = 0; j < n; j++) if (from[j] == key) return from + j; return nullptr; }"
        "__global__ void k(const int* a, int* o) { __shared__ int s[64]; int i = threadIdx.x; s[i] = a[i]; __syncthreads();"
        " int* p = find(s, 64, i * 2); Found f = {find(s, 64, i), i}; const int* first = s;"
        " o[i] = p ? (int)(p - s) * 10 + *p : -1; if (f.at != nullptr) o[i] += 1000 * (1 + (int)(f.at - s)); if (!first) o[i] = -7;"
        " if (&s[0] == nullptr) o[i] = -8; }",
        {"a": _I * 4, "o": whole(64)},
        lambda a, o: {
            "o": [
                (-1 if i * 2 % 4 else (i * 2 // 4) * 10 + i * 2) + (0 if i % 4 else 1000 * (1 + i // 4)) for i in range(64)
            ]
        },
    ),
    threads(
        "pointer_to_local_array_or_global",
        "__global__ void k(const int* a, int* o) { int i = threadIdx.x; int t[3] = {1, 2, 3}; const int* p = i % 2 ? t : a;"
        " o[i] = p[i % 3] + p[0]; }",
        {"a": _I + 50, "o": whole(64)},
        lambda a, o: {"o": [(i % 3 + 1 + 1) if i % 2 else (50 + i % 3 + 50) for i in range(64)]},
        requires=("generic_pointers",),
    ),
    threads(
        "pointer_to_pointer",
        "__device__ void advance(const int** p, int n) { *p += n; }\n"
        "__global__ void k(const int* a, int* o) { const int* p = a; const int** pp = &p; advance(pp, threadIdx.x); o[threadIdx.x] = **pp;"
        " int* rows[3]; rows[0] = o; rows[1] = o + 64; rows[2] = o + 128; rows[1 + threadIdx.x % 2][threadIdx.x] = (*pp)[0] + 1; }",
        {"a": _I * 3, "o": whole(192)},
        lambda a, o: {"o": np.concatenate([a, np.where(_I % 2, 0, a + 1), np.where(_I % 2, a + 1, 0)])},
    ),
    threads(
        "pointer_in_struct",
        "struct View { float* data; int n; __device__ float& at(int i) const { return data[i % n]; } };\n"
        "__global__ void k(float* x, float* y, int n) { View v[2]; v[0].data = x; v[0].n = n; v[1] = {y, n / 2}; int i = threadIdx.x;"
        " View w = v[i & 1]; w.at(i) = (float)i; v[1 - (i & 1)].at(i) += 0.0f; }",
        {"x": whole(64, dtype=_F), "y": whole(64, dtype=_F) - 1, "n": np.int32(64)},
        lambda x, y, n: {
            "x": np.where(_I % 2 == 0, _I, 0), "y": np.where((_I < 32) & (_I % 2 == 1), _I + 32, -1),
        },
    ),
    threads(
        "pointer_as_integer",
        "__global__ void k(int* a, int* o) { unsigned long long u = reinterpret_cast<unsigned long long>(a); u += 4 * threadIdx.x;"
        " int* p = (int*)u; size_t z = (size_t)p - (size_t)a; o[threadIdx.x] = *p + (int)z + (p ? 1 : 0) + (!p ? 1 : 0); }",
        {"a": _I * 7, "o": whole(64)},
        lambda a, o: {"o": a + 4 * _I + 1},
    ),
    threads(
        "pointer_null",
        "__global__ void k(const int* a, const int* b, int* o) { int i = threadIdx.x; const int* p = i & 1 ? a : nullptr;"
        " o[i] = p ? p[i] : -1; if (b == NULL) o[i] += 100; if (b) o[i] = b[i]; }",
        {"a": _I, "b": np.uint64(0), "o": whole(64)},
        lambda a, b, o: {"o": np.where(_I & 1, _I, -1) + 100},
    ),
    threads(
        "pointer_binary_search",
        "__device__ const int* lower(const int* first, const int* last, int v) { while (first < last) { const int* mid = first +"
        " (last - first) / 2; if (*mid < v) first = mid + 1; else last = mid; } return first; }\n"
        "__global__ void k(const int* a, int* o) { o[threadIdx.x] = (int)(lower(a, a + 64, (int)threadIdx.x * 2) - a); }",
        {"a": (_I * 3).astype(np.int32), "o": whole(64)},
        lambda a, o: {"o": np.searchsorted(a, _I * 2)},
    ),
    threads(
        "pointer_volatile_and_restrict",
        "__global__ void k(const int* __restrict__ a, volatile int* o, int* __restrict__ p) { int i = threadIdx.x; o[i] = a[i]; o[i] += 1;"
        " o[i] = o[i] * 2; p[i] = o[i]; }",
        {"a": _I, "o": whole(64), "p": whole(64)},
        lambda a, o, p: {"o": (a + 1) * 2, "p": (a + 1) * 2},
    ),
    threads(
        "pointer_to_array",
        "__global__ void k(const int (*rows)[8], int* o) { const int (*p)[8] = rows + threadIdx.x / 8; o[threadIdx.x] = (*p)[threadIdx.x % 8]"
        " + p[0][0] * 100 + (int)sizeof(*p) * 10000; }",
        {"rows": _I.reshape(8, 8), "o": whole(64)},
        lambda rows, o: {"o": _I + _I // 8 * 800 + 320000},
    ),
    threads(
        "pointer_to_member_of_struct",
        "struct P { int x; float y; int z[3]; };\n__global__ void k(P* p, float* o) { P* q = p + threadIdx.x; float* f = &q->y; *f *= 2;"
        " int* z = q->z; z[1] = q->x; (*q).z[2] += (int)*f; o[threadIdx.x] = *f + (&p[threadIdx.x].z[2])[-1]; }",
        {"p": np.array([(i, i * 0.5, [1, 2, 3]) for i in range(64)], [("x", "i4"), ("y", "f4"), ("z", "i4", 3)]), "o": whole(64, dtype=_F)},
        lambda p, o: {
            "p": np.array([(i, float(i), [1, i, 3 + i]) for i in range(64)], p.dtype), "o": _I * 2.0,
        },
    ),
    threads(
        "linked_list_in_an_array",
        "struct Node { int value; int next; };\n__global__ void k(const Node* n, int* o) { int s = 0; for (int j = threadIdx.x; j >= 0;"
        " j = n[j].next) s += n[j].value; o[threadIdx.x] = s; }",
        {"n": np.array([(i, i - 3) for i in range(64)], [("value", "i4"), ("next", "i4")]), "o": whole(64)},
        lambda n, o: {"o": [sum(range(i % 3, i + 1, 3)) for i in range(64)]},
    ),
]  # fmt: skip


_PUNNED = [
    threads(
        "punned_float4_load_and_store",
        "__global__ void k(const float* a, float* o) { float4 v = reinterpret_cast<const float4*>(a)[threadIdx.x];"
        " float4 w = make_float4(v.w, v.z, v.y, v.x + 1.0f); *(float4*)(o + 4 * threadIdx.x) = w; }",
        {"a": np.arange(64, dtype=_F), "o": whole(64, dtype=_F)},
        lambda a, o: {"o": a.reshape(16, 4)[:, ::-1] + np.array([0, 0, 0, 1], _F)},
        16,
    ),
    threads(
        "punned_float_as_int",
        "__global__ void k(const float* a, int* o, float* q) { int i = threadIdx.x; o[i] = ((const int*)a)[i]; float f = a[i];"
        " unsigned u = *(unsigned*)&f; u &= 0x7fffffff; q[i] = *reinterpret_cast<float*>(&u); }",
        {"a": _FLOATS, "o": whole(64), "q": whole(64, dtype=_F)},
        lambda a, o, q: {"o": a.view("i4"), "q": np.abs(a)},
    ),
    threads(
        "punned_bytes_of_words",
        "__global__ void k(const unsigned* a, unsigned char* o, unsigned short* h) { const unsigned char* b = (const unsigned char*)a;"
        " int i = threadIdx.x; o[i] = b[i ^ 3]; h[i / 2] = ((const unsigned short*)a)[i / 2] + 1; }",
        {"a": (np.arange(16) * 0x01234567).astype(np.uint32), "o": whole(64, dtype=np.uint8), "h": whole(32, dtype=np.uint16)},
        lambda a, o, h: {"o": a.view("u1")[_I ^ 3], "h": a.view("u2") + np.uint16(1)},
    ),
    threads(
        "punned_double_in_two_words",
        "__global__ void k(const double* a, unsigned* o, double* d) { int i = threadIdx.x; const uint2* p = (const uint2*)a; uint2 u = p[i];"
        " o[2 * i] = u.y; o[2 * i + 1] = u.x; u.y ^= 0x80000000u; d[i] = *(double*)&u; }",
        {"a": np.linspace(-1, 1, 64), "o": whole(128, dtype=np.uint32), "d": whole(64, dtype=np.float64)},
        lambda a, o, d: {"o": a.view("u4").reshape(64, 2)[:, ::-1], "d": -a},
    ),
    threads(
        "punned_shared_memory",
        "__global__ void k(const int* a, short* o) { __shared__ int s[64]; s[threadIdx.x] = a[threadIdx.x]; __syncthreads();"
        " short* h = (short*)s; o[threadIdx.x] = h[threadIdx.x]; o[64 + threadIdx.x] = ((char*)s)[4 * threadIdx.x + 1]; }",
        {"a": _I * 0x10203, "o": whole(128, dtype=np.int16)},
        lambda a, o: {"o": np.concatenate([a.view("i2")[:64], a.view("i1")[1::4].astype("i2")])},
    ),
    threads(
        "punned_store_of_bytes",
        "__global__ void k(unsigned* o) { unsigned char* b = (unsigned char*)o; b[threadIdx.x * 3 % 64] = threadIdx.x; }",
        {"o": whole(16, dtype=np.uint32)},
        lambda o: {"o": _bytes_stored(o)},
    ),
    threads(
        "punned_local_vector_by_index",
        "__global__ void k(const float4* a, float* o) { float4 v = a[threadIdx.x / 4]; float* p = (float*)&v; p[1] += 1.0f;"
        " o[threadIdx.x] = p[threadIdx.x % 4] + (&v.x)[2]; }",
        {"a": np.arange(64, dtype=_F).reshape(16, 4), "o": whole(64, dtype=_F)},
        lambda a, o: {"o": a + np.array([0, 1, 0, 0], _F) + a[:, 2:3]},
    ),
    threads(
        "union_views",
        "union U { float f; unsigned u; unsigned char b[4]; struct { unsigned short lo, hi; } h; };\n"
        "__global__ void k(const float* a, unsigned* o) { U x; x.f = a[threadIdx.x]; o[threadIdx.x] = x.u ^ x.b[3] ^ x.h.hi;"
        " x.b[0] = 0xAB; x.h.hi += 1; o[64 + threadIdx.x] = x.u + (unsigned)sizeof(U); }",
        {"a": _FLOATS, "o": whole(128, dtype=np.uint32)},
        lambda a, o: {
            "o": np.concatenate([
                a.view("u4") ^ a.view("u1")[3::4] ^ a.view("u2")[1::2],
                (a.view("u4") & 0xFF00 | 0xAB | ((a.view("u4") >> 16) + 1 & 0xFFFF) << 16) + 4,
            ])
        },
    ),
    threads(
        "union_anonymous_in_struct",
        "struct V { union { struct { float x, y; }; float v[2]; }; int tag; };\n__global__ void k(V* a, float* o) { V t = a[threadIdx.x];"
        " t.v[1] += t.x; t.x = 9; o[threadIdx.x] = t.y + t.v[0] + t.tag; a[threadIdx.x].v[threadIdx.x % 2] = -1; }",
        {"a": np.array([(i, 2.0 * i, i) for i in range(64)], [("x", "f4"), ("y", "f4"), ("tag", "i4")]), "o": whole(64, dtype=_F)},
        lambda a, o: {
            "a": np.array([(-1 if i % 2 == 0 else i, -1 if i % 2 else 2 * i, i) for i in range(64)], a.dtype),
            "o": _I * 3 + 9 + _I,
        },
    ),
    threads(
        "memcpy_and_memset",
        "struct S { int a; short b; char c[6]; };\n__global__ void k(const float* a, unsigned* o, S* s) { unsigned u; memcpy(&u, &a[threadIdx.x], 4);"
        " o[threadIdx.x] = u; S t; memset(&t, 0x11, sizeof(S)); char w[6] = {1, 2, 3, 4, 5, 6}; memcpy(t.c, w + 2, 3); s[threadIdx.x] = t; }",
        {"a": _FLOATS, "o": whole(64, dtype=np.uint32), "s": np.zeros(64, [("a", "i4"), ("b", "i2"), ("c", "i1", 6)])},
        lambda a, o, s: {
            "o": a.view("u4"), "s": np.array([(0x11111111, 0x1111, [3, 4, 5, 17, 17, 17])] * 64, s.dtype),
        },
    ),
    threads(
        "memcpy_between_types",
        # Of the same numbers, of others of the same size, of parts, and where the numbers of both sides do not fall together.
        "struct A { float f; int i; short s, t; }; struct B { unsigned u, v; unsigned short w[2]; }; struct C { char c; int i; };\n"
        "template <class To, class From> __device__ To cast(const From& from) { To to; static_assert(sizeof to == sizeof from, \"\"); memcpy(&to, &from, sizeof to); return to; }\n"
        "__global__ void k(const float4* a, unsigned* o, A* s) { int i = threadIdx.x; float4 v = a[i]; unsigned u[4]; memcpy(u, &v, sizeof u);"
        " uint2 pair = cast<uint2>(cast<unsigned long long>(make_float2(v.x, v.y))); A one = {v.z, i, (short)i, (short)-i}, two; B b = cast<B>(one); b.w[1] += 1; memcpy(&two, &b, sizeof b);"
        " C c = {1, i}, d = {2, 3}; memcpy(&d, &c, sizeof c); float part[3]; memcpy(part, &v.y, 3 * sizeof(float)); unsigned char bytes[4]; memcpy(bytes, &v.w, 4);"
        " s[i] = two; o[i] = (u[0] ^ pair.x) + (u[1] ^ pair.y) + (cast<unsigned>(part[1]) ^ u[2]) + d.c * 1000 + d.i + ((bytes[3] << 24 | bytes[2] << 16 | bytes[1] << 8 | bytes[0]) ^ u[3]); }",
        {"a": np.resize(_FLOATS, (64, 4)).astype(_F), "o": whole(64, dtype=np.uint32), "s": np.zeros(64, [("f", "f4"), ("i", "i4"), ("s", "i2"), ("t", "i2")])},
        lambda a, o, s: {
            "o": 1000 + _I, "s": np.array([(a[i, 2], i, i, 1 - i) for i in range(64)], s.dtype),
        },
    ),
    threads(
        "memcpy_of_double_bits",
        "__global__ void k(const double* a, long long* o) { double d = a[threadIdx.x] * 2; long long b; memcpy(&b, &d, sizeof(b)); o[threadIdx.x] = b; }",
        {"a": np.linspace(-1, 1, 64), "o": whole(64, dtype=np.int64)},
        lambda a, o: {"o": (a * 2).view("i8")},
    ),
]  # fmt: skip


def _bytes_stored(o: np.ndarray) -> np.ndarray:
    data = np.zeros(64, np.uint8)
    data[_I * 3 % 64] = _I
    return data.view("u4")


_ARRAYS = [
    threads(
        "array_2d_local",
        "__global__ void k(int* o) { int t[4][5]; for (int r = 0; r < 4; ++r) for (int c = 0; c < 5; ++c) t[r][c] = r * 10 + c + threadIdx.x;"
        " o[threadIdx.x] = t[threadIdx.x % 4][threadIdx.x % 5] + t[3][4] + (int)sizeof(t); }",
        {"o": whole(64)},
        lambda o: {"o": _I % 4 * 10 + _I % 5 + _I + 34 + _I + 80},
    ),
    threads(
        "array_3d_local_and_shared",
        "__global__ void k(int* o) { __shared__ int s[2][4][8]; int i = threadIdx.x; s[i / 32][i / 8 % 4][i % 8] = i; __syncthreads();"
        " int t[2][2][2]; for (int j = 0; j < 8; ++j) t[j / 4][j / 2 % 2][j % 2] = s[j & 1][i % 4][j];"
        " o[i] = s[1 - i / 32][3 - i / 8 % 4][7 - i % 8] * 1000 + t[i & 1][i >> 1 & 1][i >> 2 & 1]; }",
        {"o": whole(64)},
        lambda o: {"o": [(63 - i) * 1000 + _table(i) for i in range(64)]},
    ),
    threads(
        "array_parameter_with_rows",
        "__device__ int trace(const int m[][4], int n) { int s = 0; for (int j = 0; j < n; ++j) s += m[j][j]; return s; }\n"
        "__device__ void fill(int (&m)[3][4], int v) { for (auto& row : m) for (int& x : row) x = v++; }\n"
        "__global__ void k(int* o) { int m[3][4]; fill(m, threadIdx.x); o[threadIdx.x] = trace(m, 3); }",
        {"o": whole(64)},
        lambda o: {"o": _I * 3 + 15},
    ),
    threads(
        "array_dynamic_local_index",
        "__global__ void k(const int* a, int* o) { int h[8] = {0}; for (int j = 0; j < 20; ++j) h[a[(threadIdx.x + j) % 64] % 8]++;"
        " int best = 0; for (int j = 1; j < 8; ++j) if (h[j] > h[best]) best = j; o[threadIdx.x] = best * 100 + h[best] + h[7]; }",
        {"a": (_I * 37 % 29).astype(np.int32), "o": whole(64)},
        lambda a, o: {"o": [_mode(a, i) for i in range(64)]},
    ),
    threads(
        "array_local_sort",
        "__global__ void k(const float* a, float* o) { float t[7]; for (int j = 0; j < 7; ++j) t[j] = a[(threadIdx.x * 5 + j * 11) % 64];"
        " for (int p = 0; p < 7; ++p) for (int q = 0; q + 1 < 7 - p; ++q) if (t[q] > t[q + 1]) { float s = t[q]; t[q] = t[q + 1];"
        " t[q + 1] = s; } o[threadIdx.x] = t[3]; o[64 + threadIdx.x] = t[threadIdx.x % 7]; }",
        {"a": (_FLOATS[::-1] * np.where(_I % 2, 1, -1)).astype(_F), "o": whole(128, dtype=_F)},
        lambda a, o: {"o": _sorted_windows(a)},
    ),
    threads(
        "array_of_structs_local",
        "struct Item { int key; float w; };\n__global__ void k(float* o) { Item t[3] = {{1, 2.0f}, {3}, {}}; t[threadIdx.x % 3].w += threadIdx.x;"
        " Item u = t[(threadIdx.x + 1) % 3]; o[threadIdx.x] = u.key * 1000 + u.w + t[threadIdx.x % 3].w; }",
        {"o": whole(64, dtype=_F)},
        lambda o: {"o": [[1, 3, 0][(i + 1) % 3] * 1000 + [2, 0, 0][(i + 1) % 3] + [2, 0, 0][i % 3] + i for i in range(64)]},
    ),
    threads(
        "array_initialisers",
        "__global__ void k(int* o) { int a[] = {1, 2, 3}; int b[5] = {4, 5}; int c[2][3] = {{1, 2, 3}, {4}}; int d[2][2] = {1, 2, 3, 4};"
        " char s[] = \"hey\"; int e[3] = {}; const char* t = \"text\"; int i = threadIdx.x; o[i] = a[i % 3] + b[i % 5] * 10 + c[i % 2][i % 3] * 100"
        " + d[i % 2][1] * 1000 + s[i % 4] * 10000 + e[i % 3] + (int)(sizeof(a) + sizeof(s)) * 2000000 + t[i % 5]; }",
        {"o": whole(64)},
        lambda o: {
            "o": [[1, 2, 3][i % 3] + [4, 5, 0, 0, 0][i % 5] * 10 + [[1, 2, 3], [4, 0, 0]][i % 2][i % 3] * 100
                  + [2, 4][i % 2] * 1000 + b"hey\0"[i % 4] * 10000 + 32000000 + b"text\0"[i % 5] for i in range(64)]
        },
    ),
    threads(
        "array_inside_struct_is_copied",
        "struct Buf { int n; int v[4]; };\n__device__ Buf scale(Buf b, int f) { for (int j = 0; j < b.n; ++j) b.v[j] *= f; return b; }\n"
        "__global__ void k(int* o) { int i = threadIdx.x; Buf x = {3, {i, i + 1, i + 2, i + 3}}; Buf y = scale(x, 10); Buf z; z = y; z.v[0] = 7;"
        " o[i] = x.v[i % 4] + y.v[i % 4] * 2 + z.v[0]; }",
        {"o": whole(64)},
        lambda o: {"o": [(i + i % 4) + (i + i % 4) * (10 if i % 4 < 3 else 1) * 2 + 7 for i in range(64)]},
    ),
    threads(
        "matrix_strided_and_negative_index",
        "__global__ void k(const float* m, float* o, int ld) { int i = threadIdx.x; const float* row = m + (i / 8 + 1) * ld; "
        " o[i] = row[i % 8] - row[i % 8 - ld] + (row - 1)[1]; }",
        {"m": np.arange(90, dtype=_F) ** 2, "o": whole(64, dtype=_F), "ld": np.int32(10)},
        lambda m, o, ld: {"o": [m[(i // 8 + 1) * 10 + i % 8] - m[i // 8 * 10 + i % 8] + m[(i // 8 + 1) * 10] for i in range(64)]},
    ),
]  # fmt: skip


def _table(i: int) -> int:
    j = (i & 1) * 4 + (i >> 1 & 1) * 2 + (i >> 2 & 1)
    return (j & 1) * 32 + i % 4 * 8 + j


def _mode(a: np.ndarray, i: int) -> int:
    h = np.bincount([int(a[(i + j) % 64]) % 8 for j in range(20)], minlength=8)
    return int(np.argmax(h)) * 100 + int(h.max()) + int(h[7])


def _sorted_windows(a: np.ndarray) -> np.ndarray:
    rows = [np.sort(a[[(i * 5 + j * 11) % 64 for j in range(7)]]) for i in range(64)]
    return np.array([r[3] for r in rows] + [r[i % 7] for i, r in enumerate(rows)])


_GLOBALS = [
    threads(
        "constant_array_with_initialiser",
        "__constant__ float coef[5] = {0.5f, -1, 2, 1e-3f}; __constant__ int table[2][3] = {{1, 2, 3}, {4, 5, 6}};\n"
        "__constant__ double pi = 3.14159;\n__global__ void k(double* o) { int i = threadIdx.x;"
        " o[i] = coef[i % 5] + table[i % 2][i % 3] * 10 + pi; }",
        {"o": whole(64, dtype=np.float64)},
        lambda o: {
            "o": np.array([0.5, -1, 2, 1e-3, 0], _F)[_I % 5] + np.array([[1, 2, 3], [4, 5, 6]])[_I % 2, _I % 3] * 10.0
            + 3.14159
        },
        rtol=1e-7,
    ),
    threads(
        "device_variable_read_and_written",
        "__device__ int counter = 5; __device__ float buffer[64]; __device__ int total;\n"
        "__global__ void k(int* o) { int i = threadIdx.x; buffer[i] = i * 0.5f; __syncthreads(); o[i] = (int)(buffer[63 - i] * 2) + counter;"
        " __syncthreads(); if (i == 0) { counter += 1; total = counter * 2; } __syncthreads(); o[i] += 1000 * total; }",
        {"o": whole(64)},
        lambda o: {"o": 63 - _I + 5 + 12000},
    ),
    threads(
        "device_pointer_variable",
        "__device__ int store[64]; __device__ int* where;\n__global__ void k(int* o) { int i = threadIdx.x; if (i == 0) where = store;"
        " store[i] = i * 3; __threadfence_block(); __syncthreads(); o[i] = where[i ^ 1] + *(&store[0] + i); }",
        {"o": whole(64)},
        lambda o: {"o": (_I ^ 1) * 3 + _I * 3},
    ),
    threads(
        "device_struct_with_initialiser",
        "struct Config { int n; float w[2]; struct { char c; } inner; }; __device__ Config config = {7, {0.5f, 1.5f}, {'x'}};\n"
        "__constant__ Config fixed = {1, {2.0f}};\n"
        "__global__ void k(float* o) { int i = threadIdx.x; Config c = config; o[i] = c.n + config.w[i % 2] + c.inner.c + fixed.w[i % 2] * fixed.n; }",
        {"o": whole(64, dtype=_F)},
        lambda o: {"o": 7 + np.array([0.5, 1.5])[_I % 2] + 120 + np.array([2.0, 0])[_I % 2]},
    ),
    threads(
        "constant_pointer_argument",
        "__constant__ int lut[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};\n"
        "__device__ int pick(const int* p, int i) { return p[i]; }\n__global__ void k(const int* a, int* o) { int i = threadIdx.x;"
        " const int* p = i < 32 ? lut : a; o[i] = pick(lut, i % 16) + pick(p, i % 16) * 100; }",
        {"a": _I, "o": whole(64)},
        lambda a, o: {"o": [_LUT[i % 16] + (_LUT[i % 16] if i < 32 else i % 16) * 100 for i in range(64)]},
    ),
    threads(
        "static_and_const_globals",
        "static const int N = 8; constexpr int M = N * 2; const float scale = 1.0f / M; static __device__ int d[M] = {1, 2, 3};\n"
        "namespace cfg { constexpr int off = 20; __device__ int extra = 4; }\n"
        "__global__ void k(float* o) { constexpr int local[2] = {100, 200}; int i = threadIdx.x; o[i] = d[i % M] + cfg::off * scale"
        " + local[i & 1] + cfg::extra; }",
        {"o": whole(64, dtype=_F)},
        lambda o: {
            "o": np.where(_I % 16 < 3, _I % 16 + 1, 0)
            + 20 / 16 + np.array([100, 200])[_I & 1] + 4
        },
    ),
    threads(
        "static_variable_in_a_function",
        "__device__ int* slot() { static __device__ int s[64]; return s; }\n__global__ void k(int* o) { slot()[threadIdx.x] = threadIdx.x * 2;"
        " __syncthreads(); o[threadIdx.x] = slot()[63 - threadIdx.x]; }",
        {"o": whole(64)},
        lambda o: {"o": (63 - _I) * 2},
    ),
]  # fmt: skip
_LUT = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]

_VECTORS = [
    threads(
        "vector_types_layout",
        "struct L { char c; float3 f; short2 s; double d; char3 t; int4 q; };\n__global__ void k(int* o) { o[0] = sizeof(float3); o[1] = sizeof(L);"
        " o[2] = alignof(float4); o[3] = alignof(float3); o[4] = sizeof(char3); o[5] = alignof(double2); o[6] = sizeof(longlong4);"
        " o[7] = alignof(int2); o[8] = sizeof(uchar4); o[9] = offsetof(L, q); o[10] = offsetof(L, f); o[11] = sizeof(dim3); }",
        {"o": whole(12)},
        lambda o: {"o": [12, 64, 16, 4, 3, 16, 32, 8, 4, 48, 4, 12]},
        1,
    ),
    threads(
        "vector_components_and_make",
        "__global__ void k(const float3* a, float4* o) { float3 v = a[threadIdx.x]; float4 w; w.x = v.z; w.y = v.y * 2; w.z = v.x; w.w = 1;"
        " w.y += w.x; float2 h = make_float2(w.x, w.y); w.z -= h.y; int3 n = make_int3(1, 2, 3); w.w += n.z; o[threadIdx.x] = w; }",
        {"a": np.arange(192, dtype=_F).reshape(64, 3), "o": whole(64, 4, dtype=_F)},
        lambda a, o: {"o": np.stack([a[:, 2], a[:, 1] * 2 + a[:, 2], a[:, 0] - (a[:, 1] * 2 + a[:, 2]), a[:, 0] * 0 + 4], 1)},
    ),
    threads(
        "vector_operators_of_the_program",
        "__device__ float2 operator+(float2 a, float2 b) { return make_float2(a.x + b.x, a.y + b.y); }\n"
        "__device__ float2 operator*(float s, const float2& a) { return {s * a.x, s * a.y}; }\n"
        "__device__ float2& operator+=(float2& a, float2 b) { a = a + b; return a; }\n"
        "__global__ void k(const float2* a, float2* o) { float2 s = {0, 1}; for (int j = 0; j < 3; ++j) s += 0.5f * a[(threadIdx.x + j) % 64]; o[threadIdx.x] = s; }",
        {"a": np.arange(128, dtype=_F).reshape(64, 2), "o": whole(64, 2, dtype=_F)},
        lambda a, o: {"o": np.array([0, 1], _F) + _F(0.5) * (a + np.roll(a, -1, 0) + np.roll(a, -2, 0))},
    ),
    threads(
        "vectors_of_small_integers",
        "__global__ void k(const uchar4* a, uchar4* o, short2* h) { uchar4 v = a[threadIdx.x]; v.x += 250; v.y = 255 - v.y; v.z >>= 1; v.w *= 3;"
        " o[threadIdx.x] = v; h[threadIdx.x] = make_short2(v.x - v.y, -v.w); }",
        {"a": np.arange(256, dtype=np.uint8).reshape(64, 4), "o": whole(64, 4, dtype=np.uint8), "h": whole(64, 2, dtype=np.int16)},
        lambda a, o, h: (
            (lambda v: {"o": v, "h": np.stack([v[:, 0].astype("i2") - v[:, 1], -v[:, 3].astype("i2")], 1)})(
                np.stack([a[:, 0] + np.uint8(250), 255 - a[:, 1], a[:, 2] >> 1, a[:, 3] * np.uint8(3)], 1)
            )
        ),
    ),
    threads(
        "vector_parameters_and_dim3",
        "__device__ float dot(float4 a, float4 b) { return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w; }\n"
        "__global__ void k(float4 p, int2 q, const float4* a, float* o) { dim3 d(3, 4); uint3 t = threadIdx; o[t.x] = dot(p, a[t.x]) + q.x + q.y * 10"
        " + d.x * 100 + d.z * 1000; }",
        {"p": record("f4", 1, 2, 3, 4), "q": record("i4", 5, 6), "a": np.arange(256, dtype=_F).reshape(64, 4), "o": whole(64, dtype=_F)},
        lambda p, q, a, o: {"o": a @ np.array([1, 2, 3, 4], _F) + 5 + 60 + 300 + 1000},
    ),
    threads(
        "vector_64_bit",
        "__global__ void k(const longlong2* a, ulonglong2* o, double2* d) { longlong2 v = a[threadIdx.x]; o[threadIdx.x] = make_ulonglong2(v.y, v.x + v.y);"
        " d[threadIdx.x] = make_double2((double)v.x / 3, 1.0 * v.y); }",
        {"a": (np.arange(128, dtype=np.int64) << 33).reshape(64, 2), "o": whole(64, 2, dtype=np.uint64), "d": whole(64, 2, dtype=np.float64)},
        lambda a, o, d: {"o": np.stack([a[:, 1], a.sum(1)], 1), "d": np.stack([a[:, 0] / 3, a[:, 1].astype("f8")], 1)},
    ),
    threads(
        "cache_hints",
        "__global__ void k(const int* a, const float4* b, int* o, float4* q) { int i = threadIdx.x; int r = __ldg(a + i) + __ldg(&a[63 - i]) * 100 + __ldcs(a);"
        " r += __ldca(a + 1) + __ldcg(a + 2) + __ldcv(a + 3); __stcs(o + i, r); __stcg(&q[i], __ldg(&b[i])); __stwb(o + 64 + i, i); }",
        {"a": _I, "b": np.arange(256, dtype=_F).reshape(64, 4), "o": whole(128), "q": whole(64, 4, dtype=_F)},
        lambda a, b, o, q: {"o": np.concatenate([a + a[::-1] * 100 + 6, a]), "q": b},
    ),
    threads(
        "struct_alignment_and_packing",
        "struct __align__(16) A { float x; char c; }; struct alignas(8) B { int i; }; struct C { char a; B b; A d[2]; };\n"
        "__global__ void k(int* o, A* a) { o[0] = sizeof(A); o[1] = sizeof(B); o[2] = sizeof(C); o[3] = offsetof(C, d); o[4] = alignof(C);"
        " a[1].x = 2; a[1].c = 'z'; }",
        {"o": whole(5), "a": np.zeros(2, {"names": ["x", "c"], "formats": ["f4", "i1"], "offsets": [0, 4], "itemsize": 16})},
        lambda o, a: {
            "o": [16, 8, 48, 16, 16],
            "a": np.array([(0, 0), (2, 122)], {"names": ["x", "c"], "formats": ["f4", "i1"], "offsets": [0, 4], "itemsize": 16}),
        },
        1,
    ),
    threads(
        "struct_by_value_and_nested",
        "struct In { short a; double b; }; struct Out { In i[2]; unsigned char t; };\n__global__ void k(Out p, Out* q, double* o) { o[threadIdx.x] ="
        " p.i[threadIdx.x % 2].b * p.i[1].a + p.t; Out r = p; r.i[0].a = threadIdx.x; r.t += 1; q[threadIdx.x] = r; }",
        {"p": np.array(([(2, 1.5), (3, 2.5)], 200), _NESTED := np.dtype([("i", np.dtype([("a", "i2"), ("b", "f8")], align=True), 2), ("t", "u1")], align=True))[()],
         "q": np.zeros(8, _NESTED), "o": whole(8, dtype=np.float64)},
        lambda p, q, o: {
            "o": np.array([1.5, 2.5])[np.arange(8) % 2] * 3 + 200, "q": np.array([([(i, 1.5), (3, 2.5)], 201) for i in range(8)], _NESTED),
        },
        8,
    ),
]  # fmt: skip

_ALIASING = [
    threads(
        "aliasing_in_place",
        "__global__ void k(int* a) { int i = threadIdx.x; int* b = a; int x = a[i]; b[i] = x * 2; a[i] += 1; b[i] += a[i]; }",
        {"a": _I},
        lambda a: {"a": (a * 2 + 1) * 2},
    ),
    threads(
        "aliasing_store_through_other_type",
        "__device__ int f(int* p, char* c) { *p = 0x01020304; c[0] = 9; return *p; }\n__global__ void k(int* a, int* o) {"
        " o[threadIdx.x] = f(a + threadIdx.x, (char*)(a + threadIdx.x)); }",
        {"a": _I, "o": whole(64)},
        lambda a, o: {"a": a * 0 + 0x01020309, "o": a * 0 + 0x01020309},
    ),
    threads(
        "references_alias",
        "__device__ void swap2(int& a, int& b) { int t = a; a = b; b = t; }\n__global__ void k(int* a, int* o) { int i = threadIdx.x; int x = i, y = 100;"
        " int& r = x; r += 1; swap2(r, y); int& g = a[i]; g = x + y; const int& c = g; g += 1; swap2(a[i], o[i]); o[i] += c; }",
        {"a": whole(64), "o": _I * 1000},
        lambda a, o: {"a": _I * 1000, "o": _I + 102 + _I * 1000},
    ),
]  # fmt: skip

_BASES = threads(
    "pointers_to_parts_of_locals",
    "struct A { int x; }; struct B { int y; }; struct C : A, B { int z; };\n__global__ void k(int* a, int* o) { int i = threadIdx.x;"
    " C c; c.x = i; c.y = 2 * i; B* b = &c; C* p = &c; o[i] = b->y + 1000 * (b == p) + 2000 * ((void*)b == (void*)&c)"
    " + 4000 * ((char*)b > (char*)&c) + 10000 * (int)((char*)b - (char*)&c); }",
    {"a": whole(64), "o": whole(64)},
    lambda a, o: {"o": 2 * _I + 1000 + 4000 + 40000},
)

_COPY_CASES = [
    each(
        f"copy_of_{t}",
        "o[i] = a[i];",
        {"a": np.arange(100).astype(t)},
        {"o": t},
        lambda a: {"o": a},
    )
    for t in ("i1", "u2", "i4", "u8", "f4", "f8")
]

CASES = [*_POINTERS, _BASES, *_PUNNED, *_ARRAYS, *_GLOBALS, *_VECTORS, *_ALIASING, *_COPY_CASES]
