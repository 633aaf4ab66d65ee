"""Device printf and assert."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import whole


def prints(name: str, body: str, text: str, threads: int = 1, head: str = "", grid: int = 1) -> Case:
    return Case(
        f"printf_{name}", f"#include <cstdio>\n{head}\n__global__ void k(int* o) {{ {body} }}", {"o": whole(8)}, lambda o: {}, Launch((grid, 1, 1), (threads, 1, 1)),
        prints=text, requires=("printf",),
    )  # fmt: skip


CASES: list[Any] = [
    prints("integers", r'printf("%d %i %u|%5d|%-5d|%05d|%+d|% d\n", -7, 42, 4000000000u, 12, 12, 12, 12, 12);', "-7 42 4000000000|   12|12   |00012|+12| 12\n"),
    prints("bases", r'printf("%x %X %o %#x %#o %08x|%8X\n", 255, 255, 8, 255, 8, 48879u, 48879u);', "ff FF 10 0xff 010 0000beef|    BEEF\n"),
    prints("wide_integers", r'long long a = -(1LL << 40); unsigned long long b = 1ull << 63; printf("%lld %llu %llx %ld %lu\n", a, b, b, (long)a, (unsigned long)b);',
           f"{-(2**40)} {2**63} {2**63:x} {-(2**40)} {2**63}\n"),
    prints("short_integers", r'short s = -3; unsigned char c = 200; char h = -1; printf("%hd %d %hu %d %u\n", s, s, c, h, c);', "-3 -3 200 -1 200\n"),
    prints("floats", r'printf("%f %.2f %8.3f|%-8.1f|%e %.3e %g %g %G\n", 3.14159, 2.0f / 3, -1.5, 2.25, 12345.678, 1e-10, 0.0001, 1e20, 1e-7);',
           "3.141590 0.67   -1.500|2.2     |1.234568e+04 1.000e-10 0.0001 1e+20 1E-07\n"),
    prints("special_floats", r'double z = o[0]; printf("%f %f %.1f\n", 1.0 / z, -1.0 / z, -z);', "inf -inf -0.0\n"),
    prints("strings_and_characters", r'printf("%s|%5s|%-5s|%.2s|%c%c|%%|%s\n", "abc", "abc", "abc", "abc", 120, (char)121, "lit");', "abc|  abc|abc  |ab|xy|%|lit\n"),
    prints("choices_of_strings", r'for (int i = 0; i < 3; ++i) printf("%s%d%s ", i & 1 ? "!" : "", i, i == 0 ? "a" : i == 1 ? "b" : "c");', "0a !1b 2c "),
    prints("star_width", r'printf("%*d|%-*d|%*.2f\n", 6, 42, 6, 42, 7, 3.14159);', "    42|42    |   3.14\n"),
    prints("no_arguments_and_newlines", r'printf("one\n"); printf("two "); printf("three\n\ttab\n"); printf("");', "one\ntwo three\n\ttab\n"),
    prints("returns_the_number_of_arguments", r'int n = printf("%d %d\n", 1, 2); printf("%d\n", n);', "1 2\n2\n"),
    prints("from_one_thread_of_many", r'if (threadIdx.x == 37 && blockIdx.x == 1) printf("thread %d of block %d\n", threadIdx.x, blockIdx.x);', "thread 37 of block 1\n", 64, grid=3),
    prints("in_a_loop_and_a_function", 'for (int i = 0; i < 3; ++i) say(i, i * 0.5f);', "0: 0.0\n1: 0.5\n2: 1.0\n", head='__device__ void say(int i, float x) { printf("%d: %.1f\\n", i, x); }'),
    prints("bool_enum_and_size", r'enum E { a = 5 }; bool b = o[0] == 0; printf("%d %d %llu %lu\n", b, a, sizeof(double), (unsigned long)sizeof(int));', "1 5 8 4\n"),
    prints("pointer_null", r'void* p = nullptr; printf("[%d]\n", p == nullptr); if (o == p) printf("never\n");', "[1]\n"),
    prints("by_threads_in_order_of_a_loop", r'for (int t = 0; t < (int)blockDim.x; ++t) { if (t == (int)threadIdx.x) printf("%d,", t); __syncthreads(); }', "0,1,2,3,", 4),
    Case(
        "assert_that_holds", "#include <cassert>\n__global__ void k(int* o) { int i = threadIdx.x; assert(i < 64); assert(o != nullptr && \"message\"); o[i] = i; }", {"o": whole(64)},
        lambda o: {"o": np.arange(64)}, Launch(block=(64, 1, 1)),
    ),
    Case(
        "assert_disabled_by_ndebug", "#define NDEBUG\n#include <cassert>\n__global__ void k(int* o) { int i = threadIdx.x; assert(i < 0); o[i] = i; }", {"o": whole(64)},
        lambda o: {"o": np.arange(64)}, Launch(block=(64, 1, 1)),
    ),
    Case(
        "trap_that_is_not_reached", "__global__ void k(int* o) { int i = threadIdx.x; if (i > 1000) __trap(); o[i] = i; if (o[i] < 0) { asm(\"trap;\"); } __nanosleep(10); }", {"o": whole(64)},
        lambda o: {"o": np.arange(64)}, Launch(block=(64, 1, 1)),
    ),
    Case(
        "clock_does_not_run_backwards", "__global__ void k(int* o) { long long t = clock64(); unsigned c = clock(); int s = 0; for (int i = 0; i < 100; ++i) s += i * threadIdx.x; long long u = clock64(); o[threadIdx.x] = s + (u >= t ? 0 : 1000000); (void)c; }",
        {"o": whole(32)}, lambda o: {"o": np.arange(32) * 4950}, requires=("clock",),
    ),
]  # fmt: skip
