"""64-bit integers where WGSL has none: pairs of words compute what CUDA's numbers do, in every place that holds them.

``--all-cases`` runs the whole conformance suite that way, not only the cases that visibly need such integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from cudawasm_conformance.case import all_cases
from cudawasm_conformance.suite import NOT_YET
from cudawasm_conformance.verdict import judge, needs_of

import cudawasm as cw
from cudawasm_wgpu.traits import BROWSER, Traits

COUNT = 512
RESULTS = 8
EDGES = (0, 1, 2, 2**24 + 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**53, 2**63 - 1, 2**63, 2**63 + 1,
         2**64 - 2, 2**64 - 1)  # fmt: skip
KERNEL = """#include <cuda_fp16.h>
#include <cuda_bf16.h>
struct S {{ char a; long long b; short c; unsigned long long d[2]; }};
struct Bits {{ unsigned long long a : 40; long long b : 13; unsigned long long c : 11; }};
__constant__ long long table[4] = {{1, -1, 1ll << 40, -(1ll << 62)}};
__device__ unsigned long long kept = 0x123456789abcdefull;
__global__ void k(const long long* a, const long long* b, const float* f, long long* o) {{
  int i = blockIdx.x * blockDim.x + threadIdx.x; long long x = a[i], y = b[i]; unsigned long long u = x, v = y;
  long long r[8] = {{}}; {0} for (int j = 0; j < 8; ++j) o[i * 8 + j] = r[j]; }}"""
BODIES = {
    "sums": "r[0] = u + v; r[1] = u - v; r[2] = u * v; r[3] = -u; r[4] = ~x; r[5] = x & y; r[6] = x | y; r[7] = x ^ y;",
    "quotients": """if (v) { r[0] = u / v; r[1] = u % v; } if (y && !(u == 1ull << 63 && y == -1)) {
      r[2] = x / y; r[3] = x % y; } r[4] = x / 7; r[5] = u % 0x100000001ull; r[6] = x / -0x123456789abll;
      r[7] = x % 10;""",
    "shifts": """int c = y & 63; r[0] = u << c; r[1] = u >> c; r[2] = x >> c; r[3] = x << 32; r[4] = x >> 32;
      r[5] = (u << 32) | (v & 0xffffffffu); r[6] = x >> 40; r[7] = (int)u >> (v & 31);""",
    "comparisons": """r[0] = x < y; r[1] = x <= y; r[2] = x > y; r[3] = x >= y; r[4] = (u < v) | (u <= v) << 1;
      r[5] = (u > v) | (u >= v) << 1; r[6] = (x == y) | (x != y) << 1; r[7] = !x | (x && y) << 1 | (x || y) << 2;""",
    "conversions": """r[0] = (int)x; r[1] = (unsigned)x; r[2] = (short)(x >> 48); r[3] = (unsigned char)x;
      r[4] = (bool)x; r[5] = (unsigned long long)(int)x; r[6] = (unsigned)(u * v >> 32);
      r[7] = (unsigned)(u | v << 3) + (unsigned)-v;""",
    "floats": """r[0] = __float_as_int((float)x); r[1] = __float_as_int((float)u); r[2] = (long long)f[i];
      r[3] = (unsigned long long)f[i]; r[4] = __half_as_ushort(__ll2half_rn(x));
      r[5] = __half_as_ushort(__uint2half_rn(u));
      r[6] = __half2ll_rz(__ushort_as_half((unsigned short)x)); r[7] = __bfloat16_as_ushort(__ll2bfloat16_rn(x));""",
    "functions": """r[0] = min(x, y); r[1] = max(u, v); r[2] = llabs(x >> 1); r[3] = __mul64hi(x, y);
      r[4] = __umul64hi(u, v); r[5] = __clzll(x) * 100 + __popcll(x); r[6] = __ffsll(x); r[7] = __brevll(u);""",
    "assignments": """long long q = x; q += y; r[0] = q; q -= 3; r[1] = q; q *= y; r[2] = q; q &= x; q |= 5; r[3] = q;
      q ^= y; r[4] = q; q <<= 3; r[5] = q; q >>= 5; r[6] = q++; r[7] = --q > y ? x : q;""",
    "loops": """for (long long j = x & 7; j < 20; j += 1 + (y & 1)) { r[0] = r[0] * 31 + j; if (r[0] % 5 == 1) continue;
      r[0] ^= j << 33; } while (u) { u >>= 3; ++r[1]; } for (size_t q = 10; q-- > 0;) r[2] += q * v;
      switch (x) { case 0x100000000ll: r[3] = 1; break; case -1: r[3] = 2; break; default: r[3] = y; }""",
    "vectors": """longlong2 p = make_longlong2(x, y), q = make_longlong2(y, x + 1); p = i & 1 ? p : q;
      longlong2 w[3] = {p, q, p}; w[i % 3].y += 9; r[0] = w[0].x; r[1] = w[1].y; longlong2 t = w[(i + 1) % 3];
      r[2] = t.x; r[3] = t.y; ulonglong4 z = {u, v, u + v, u - v}; (&z.x)[i & 3] = 4; r[4] = z.x ^ z.w;
      r[5] = z.y + z.z;""",
    "structs": """S s = {1, x, (short)y, {u, v}}, t = s; t.b += s.d[i & 1]; S w[2] = {s, t}; S g = w[y & 1]; r[0] = g.a;
      r[1] = g.b; r[2] = g.d[1]; Bits p; p.a = u; p.b = v; p.c = x; p.b += 3; r[3] = p.a; r[4] = p.b; r[5] = p.c;""",
    "memory": """__shared__ long long s[128]; __shared__ int n[256]; s[threadIdx.x] = x; __syncthreads();
      r[0] = s[threadIdx.x ^ 5]; ((long long*)n)[threadIdx.x] = y; __syncthreads(); r[1] = n[threadIdx.x];
      r[2] = ((long long*)n)[127 - threadIdx.x]; r[3] = table[u & 3]; r[4] = kept; r[5] = ((const char*)a)[u % 64];""",
    "volatile": """__shared__ volatile long long s[128]; s[threadIdx.x] = x; __syncthreads();
      r[0] = s[127 - threadIdx.x];
      volatile long long* p = o; p[i * 8] = x; r[1] = p[i * 8] + y; volatile long long own = x; own += 1;
      r[2] = own;""",
    "bits": """union { long long l; int w[2]; unsigned char c[8]; } z; z.l = x; r[0] = z.w[1]; r[1] = z.c[5];
      z.w[0] = 77; r[2] = z.l; memcpy(&r[3], &y, 8); int2 q = *(int2*)&x; r[4] = q.y; r[5] = *(long long*)&q;""",
    "lanes": """r[0] = __shfl_xor_sync(~0u, x, 3); r[1] = __shfl_sync(~0u, y, (int)(u % 32));
      r[2] = __match_any_sync(~0u, x & 3); for (int k = 16; k; k >>= 1) x += __shfl_xor_sync(~0u, x, k); r[3] = x;""",
    "pointers": """const long long* p = a + (x & 15); const long long* q = b + 2; r[0] = p - a;
      r[1] = p[(size_t)(y & 7)];
      r[2] = (p > a) + (p == a); r[3] = *(x & 1 ? p : q); __shared__ long long* held[4]; __shared__ long long s[8];
      if (threadIdx.x < 8) s[threadIdx.x] = a[threadIdx.x];
      if (threadIdx.x < 4) held[threadIdx.x] = s + threadIdx.x * 2;
      __syncthreads(); r[4] = held[u & 3][1]; r[5] = held[u & 3] - s;""",
}
"""What is computed of two numbers and a float, by what it is about."""


BY_DOUBLES = ("math_lgammaf", "math_tgammaf")
"""Cases of functions that the device library computes in double precision."""


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> Iterator[cw.DeviceInfo]:
    """The device as if it had no numbers of 64 bits."""
    info = next(info for info in cw.devices() if info.backend == "wgpu")
    device = cw.device(info.name)
    traits = replace(device.backend.traits, i64=False, f64=False, atomics64=False)
    monkeypatch.setattr(device.backend, "traits", traits)
    with device:
        yield replace(info, features=traits.features)


def integers(seed: int) -> np.ndarray:
    """Numbers of all sizes and both signs, the edges among them."""
    rng = np.random.default_rng(seed)
    found = rng.integers(0, 2**64, COUNT, dtype=np.uint64) >> rng.integers(0, 64, COUNT).astype(np.uint64)
    found = np.where(rng.integers(0, 2, COUNT) == 0, found, ~found + np.uint64(1))
    found[::4] = rng.choice(np.array(EDGES, np.uint64), COUNT // 4)
    return found.view(np.int64)


def floats() -> np.ndarray:
    """Numbers around those that fit 64 bits, and any others."""
    rng = np.random.default_rng(5)
    bits = rng.integers(0, 2**32, COUNT, dtype=np.uint32)
    bits[::2] = (bits[::2] & 0x807FFFFF) | (rng.integers(120, 195, COUNT // 2).astype(np.uint32) << np.uint32(23))
    return bits.view(np.float32)


def computed(body: str, device: str) -> np.ndarray:
    with cw.device(device):
        o = cw.zeros((COUNT, RESULTS), np.int64)
        kernel = cw.Module(KERNEL.format(body))["k"]
        kernel[COUNT // 128, 128](*map(cw.asarray, (integers(1), integers(2), floats())), o)
        return o.get()


@pytest.mark.parametrize("about", BODIES)
def test_pairs_compute_what_numbers_do(about, pairs):
    np.testing.assert_array_equal(computed(BODIES[about], pairs.name), computed(BODIES[about], "reference"))


def test_quotients_of_the_least_number_and_by_zero(pairs):
    a, b = np.array([-(2**63), 2**63 - 1, 5], np.int64), np.array([-1, 0, 0], np.int64)
    o = cw.zeros((3, 4), np.int64)
    source = """__global__ void k(const long long* a, const long long* b, long long* o) { int i = threadIdx.x;
      o += i * 4;
      unsigned long long u = a[i], v = b[i]; o[0] = a[i] / b[i]; o[1] = a[i] % b[i]; o[2] = u / v; o[3] = u % v; }"""
    cw.Module(source)["k"][1, 3](cw.asarray(a), cw.asarray(b), o)
    assert o.get()[0].tolist() == [-(2**63), 0, 0, -(2**63)]


def test_parameters_of_64_bits_and_what_is_printed_of_them(pairs, capsys):
    source = """__global__ void k(char c, long long x, int* o, unsigned long long u, float f) {
      printf("%lld %llu %d %g %.1f\\n", x, u, c, f, 2.5); o[0] = x + u == 0; }"""
    o = cw.zeros(1, np.int32)
    cw.Module(source)["k"][1, 1](np.int8(7), np.int64(-(2**62)), o, np.uint64(2**62), np.float32(-0.1))
    assert capsys.readouterr().out == f"{-(2**62)} {2**62} 7 -0.1 2.5\n"
    assert o.get()[0] == 1


def test_multiply_adds_round_once(pairs):
    rng = np.random.default_rng(3)
    a, b, c = (np.ldexp(rng.standard_normal(4096), rng.integers(-70, 60, 4096)).astype(np.float32) for _ in "abc")
    with np.errstate(all="ignore"):
        c[:2048] = -(a[:2048] * b[:2048])  # what is left are the digits that a product loses
    source = """__global__ void k(const float* a, const float* b, const float* c, float* o) {
      int i = blockIdx.x * blockDim.x + threadIdx.x; o[i] = fmaf(a[i], b[i], c[i]); }"""
    found = []
    for name in (pairs.name, "reference"):
        with cw.device(name):
            o = cw.zeros(4096, np.float32)
            cw.Module(source)["k"][16, 256](*map(cw.asarray, (a, b, c)), o)
            found.append(o.get())
    np.testing.assert_array_equal(*found)


def test_conformance(pairs, pytestconfig):
    """All cases in one test, which are too many for the names of tests."""
    wants_all = pytestconfig.getoption("--all-cases")
    failed = {}
    for case in all_cases():
        if case.name in (*NOT_YET, *BY_DOUBLES) or not (wants_all or "i64" in needs_of(case)):
            continue
        verdict = judge(case, pairs)
        if verdict.outcome == "failed":
            failed[case.name] = verdict.detail
    assert failed == {}


INDICES = """__global__ void k(const float* a, float* o, size_t n) {
  size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; if (i < n) o[i] = a[i * 2 + 1]; }"""


def test_the_low_word_of_a_number_is_an_index_needs_no_device(text):
    made = text(INDICES, BROWSER)
    assert "let i = add_64(product_of_words(block.x, block_dim.x), vec2<u32>(thread.x, 0u));" in made
    assert "if (less_u64(i, params.n)) {" in made
    assert "o[i.x] = a[i.x * 2u + 1u];" in made


def test_words_are_put_together_and_taken_apart_without_arithmetic_needs_no_device(text):
    source = """__global__ void k(unsigned* a, unsigned long long* o) {
      o[0] = (unsigned long long)a[0] << 32 | a[1]; a[2] = o[1] >> 32; a[3] = o[1]; a[4] = o[1] + o[2]; }"""
    made = text(source, BROWSER)
    for line in ("o[0] = vec2<u32>(a[1], a[0]);", "a[2] = o[1].y;", "a[3] = o[1].x;", "a[4] = o[1].x + o[2].x;"):
        assert line in made
    assert "fn " not in made.replace("fn main", "")


def test_atomic_operations_on_64_bits_are_refused_needs_no_device(text):
    with pytest.raises(cw.UnsupportedFeature, match=r"E0404.*atomic operations on 64 bits"):
        text("__global__ void k(unsigned long long* o) { atomicAdd(o, 1ull); }", BROWSER)
    with pytest.raises(ValueError, match="need integers of 64 bits"):
        Traits(i64=False)
