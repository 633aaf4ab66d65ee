"""Inline PTX: instructions by the PTX manual's definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import ctype, each, requiring, whole

_U = np.array(
    [0, 1, 2, 5, 31, 32, 40, 255, 0x80000000, 0xFFFFFFFF, 0x12345678, 0xDEADBEEF, 0x7FFFFFFF, 0x00FF00FF], np.uint32
)
_A = np.repeat(_U, len(_U))
_B = np.tile(_U, len(_U))
_C = np.resize(np.array([0, 3, 7, 16, 31, 32, 64, 0x3210, 0x7531, 0xFFFFFFFF, 0x89AB], np.uint32), len(_A))


def _s(x: int, bits: int = 32) -> int:
    x &= (1 << bits) - 1
    return x - (1 << bits) if x >> (bits - 1) else x


def ptx(
    name: str, text: str, f: Callable[..., int], t: str = "u4", out: str = "", letter: str = "r", result: str = ""
) -> Case:
    """``asm`` of one instruction on a, b and c; ``f`` takes Python integers of the operands' bits."""
    out = out or t
    result = result or letter
    source = f'{ctype(out)} r; asm("{text}" : "={result}"(r) : "{letter}"(a[i]), "{letter}"(b[i]), "{letter}"(c[i])); o[i] = r;'
    bits = np.dtype(out).itemsize * 8

    def wanted(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> dict[str, Any]:
        values = [f(int(x), int(y), int(z)) % (1 << bits) for x, y, z in zip(a, b, c, strict=True)]
        return {"o": np.array(values, object).astype(f"u{bits // 8}").view(out)}

    arrays = {"a": _A.astype(t), "b": _B.astype(t), "c": _C.astype(t)}
    return each(f"ptx_{name}", source, arrays, {"o": out}, wanted)


def _bfe_u32(a: int, b: int, c: int) -> int:
    position, length = b & 255, c & 255
    return (a >> position) & ((1 << length) - 1) if position < 32 else 0


def _bfe_s32(a: int, b: int, c: int) -> int:
    """Bits past the top, and all of a field that starts there, are copies of the field's or word's sign."""
    position, length = b & 255, c & 255
    if length == 0:
        return 0
    sign = a >> min(position + length - 1, 31) & 1
    bits = [a >> (position + i) & 1 if i < length and position + i < 32 else sign for i in range(32)]
    return sum(bit << i for i, bit in enumerate(bits))


def _bfi(a: int, b: int, c: int) -> int:
    """bfi.b32 d, a, b, c, 8: the low 8 bits of a go into b at position c."""
    position = c & 255
    bits = [b >> i & 1 for i in range(32)]
    for i in range(8):
        if position + i < 32:
            bits[position + i] = a >> i & 1
    return sum(bit << i for i, bit in enumerate(bits))


def _prmt(a: int, b: int, c: int) -> int:
    """Default mode: nibbles select bytes; their top bit replicates the byte's sign."""
    both, out = a | b << 32, 0
    for n in range(4):
        nibble = c >> 4 * n & 15
        byte = both >> 8 * (nibble & 7) & 255
        out |= ((255 if byte >> 7 else 0) if nibble & 8 else byte) << 8 * n
    return out


def _lop3(table: int) -> Callable[[int, int, int], int]:
    def f(a: int, b: int, c: int) -> int:
        return sum((table >> ((a >> i & 1) << 2 | (b >> i & 1) << 1 | (c >> i & 1)) & 1) << i for i in range(32))

    return f


_INTEGERS = [
    ptx("add", "add.u32 %0, %1, %2;", lambda a, b, c: a + b),
    ptx("sub_s32", "sub.s32 %0, %1, %2;", lambda a, b, c: a - b, "i4"),
    ptx("mul_lo", "mul.lo.u32 %0, %1, %2;", lambda a, b, c: a * b),
    ptx("mul_hi_u32", "mul.hi.u32 %0, %1, %2;", lambda a, b, c: a * b >> 32),
    ptx("mul_hi_s32", "mul.hi.s32 %0, %1, %2;", lambda a, b, c: a * b >> 32, "i4"),
    ptx("mad_lo", "mad.lo.s32 %0, %1, %2, %3;", lambda a, b, c: a * b + c, "i4"),
    ptx("mul_wide_u32", "mul.wide.u32 %0, %1, %2;", lambda a, b, c: a * b, out="u8", result="l"),
    ptx("mul_wide_s32", "mul.wide.s32 %0, %1, %2;", lambda a, b, c: a * b, "i4", "i8", result="l"),
    ptx("and_or_xor_not", "{ .reg .b32 t, u; and.b32 t, %1, %2; or.b32 u, %1, %3; xor.b32 t, t, u; not.b32 %0, t; }", lambda a, b, c: ~((a & b) ^ (a | c))),
    ptx("shl_clamps", "shl.b32 %0, %1, %2;", lambda a, b, c: a << b if b < 32 else 0),
    ptx("shr_u32_clamps", "shr.u32 %0, %1, %2;", lambda a, b, c: a >> b if b < 32 else 0),
    ptx("shr_s32_clamps", "shr.s32 %0, %1, %2;", lambda a, b, c: _s(a) >> min(b % 2**32, 31), "i4"),
    ptx("shf_l_wrap", "shf.l.wrap.b32 %0, %1, %2, %3;", lambda a, b, c: (b << 32 | a) << (c & 31) >> 32),
    ptx("shf_r_clamp", "shf.r.clamp.b32 %0, %1, %2, %3;", lambda a, b, c: (b << 32 | a) >> min(c, 32)),
    ptx("min_max", "{ .reg .s32 t; min.s32 t, %1, %2; max.s32 %0, t, %3; }", lambda a, b, c: max(min(a, b), c), "i4"),
    ptx("abs_neg", "{ .reg .s32 t; abs.s32 t, %1; neg.s32 t, t; sub.s32 %0, t, %2; }", lambda a, b, c: -abs(a) - b, "i4"),
    ptx("popc_clz_brev", "{ .reg .u32 t, u; popc.b32 t, %1; clz.b32 u, %2; brev.b32 %0, %3; mad.lo.u32 t, t, 100, u; add.u32 %0, %0, t; }",
        lambda a, b, c: int(f"{c:032b}"[::-1], 2) + a.bit_count() * 100 + 32 - b.bit_length()),
    ptx("bfind_u32", "bfind.u32 %0, %1;", lambda a, b, c: a.bit_length() - 1),
    ptx("bfe_u32", "bfe.u32 %0, %1, %2, %3;", _bfe_u32),
    ptx("bfe_s32", "bfe.s32 %0, %1, %2, %3;", lambda a, b, c: _bfe_s32(a & 0xFFFFFFFF, b & 0xFFFFFFFF, c & 0xFFFFFFFF), "i4"),
    ptx("bfi", "bfi.b32 %0, %1, %2, %3, 8;", _bfi),
    ptx("prmt", "prmt.b32 %0, %1, %2, %3;", _prmt),
    ptx("lop3_and_or", "lop3.b32 %0, %1, %2, %3, 0xEA;", _lop3(0xEA)),
    ptx("lop3_majority", "lop3.b32 %0, %1, %2, %3, 0xE8;", _lop3(0xE8)),
    ptx("lop3_xor3", "lop3.b32 %0, %1, %2, %3, 150;", _lop3(0x96)),
    ptx("dp4a", "dp4a.u32.u32 %0, %1, %2, %3;", lambda a, b, c: c + sum((a >> 8 * n & 255) * (b >> 8 * n & 255) for n in range(4))),
    ptx("sad", "sad.u32 %0, %1, %2, %3;", lambda a, b, c: c + abs(a - b)),
    ptx("setp_selp", "{ .reg .pred p; setp.lt.u32 p, %1, %2; selp.u32 %0, %3, 7, p; }", lambda a, b, c: c if a < b else 7),
    ptx("predicated_execution", "{ .reg .pred p, q; setp.ge.s32 p, %1, 0; setp.ne.s32 q, %2, %3; mov.s32 %0, 5; @p mov.s32 %0, %2; @!q add.s32 %0, %0, 100; }",
        lambda a, b, c: (b if a >= 0 else 5) + (100 if b == c else 0), "i4"),
    ptx("add_u64", "add.u64 %0, %1, %2;", lambda a, b, c: a + b, "u8", letter="l"),
    ptx("mul_hi_u64", "mul.hi.u64 %0, %1, %2;", lambda a, b, c: a * b >> 64, "u8", letter="l"),
    ptx("cvt_between_widths", "{ .reg .s64 t; cvt.s64.s32 t, %1; cvt.u32.u64 %0, t; cvt.u32.u8 %0, %0; }", lambda a, b, c: a & 255, "i4"),
]  # fmt: skip

_FLOATS = [
    each("ptx_float_arithmetic", 'float r; asm("{ .reg .f32 t; mul.f32 t, %1, %2; add.f32 t, t, 0f3F800000; fma.rn.f32 %0, t, %1, %2; }" : "=f"(r) : "f"(a[i]), "f"(b[i])); o[i] = r;'
         ' float q; asm("sqrt.rn.f32 %0, %1;" : "=f"(q) : "f"(b[i])); p[i] = q; asm("{ .reg .pred p; setp.gt.f32 p, %1, %2; selp.f32 %0, %1, %2, p; }" : "=f"(q) : "f"(a[i]), "f"(b[i])); q2[i] = q;',
         {"a": np.arange(32, dtype=np.float32) - 7, "b": np.arange(32, dtype=np.float32) * 2}, {"o": np.float32, "p": np.float32, "q2": np.float32},
         lambda a, b: {"o": (a * b + 1) * a + b, "p": np.sqrt(b), "q2": np.maximum(a, b)}),
    each("ptx_float_conversions", 'int r; asm("cvt.rni.s32.f32 %0, %1;" : "=r"(r) : "f"(a[i])); o[i] = r; asm("cvt.rzi.s32.f32 %0, %1;" : "=r"(r) : "f"(a[i])); p[i] = r; float f; asm("cvt.rn.f32.s32 %0, %1;" : "=f"(f)'
         ' : "r"(r * 3)); q[i] = f; double d; asm("cvt.f64.f32 %0, %1;" : "=d"(d) : "f"(a[i])); s[i] = d; unsigned u; asm("mov.b32 %0, %1;" : "=r"(u) : "f"(a[i])); t[i] = u;',
         {"a": np.array([0.5, 1.5, 2.5, -0.5, -1.7, 1e9, 3e9, -3e9, 100.25], np.float32)}, {"o": np.int32, "p": np.int32, "q": np.float32, "s": np.float64, "t": np.uint32},
         lambda a: {"o": np.clip(np.rint(a.astype("f8")), -(2**31), 2**31 - 1), "p": np.clip(np.trunc(a.astype("f8")), -(2**31), 2**31 - 1),
                    "q": (np.clip(np.trunc(a.astype("f8")), -(2**31), 2**31 - 1).astype("i8") * 3).astype("i4").astype("f4"), "s": a, "t": a.view("u4")}),
]  # fmt: skip

_SPECIAL = Case(
    "ptx_special_registers",
    "__device__ unsigned reg(int n) { unsigned r = 0; switch (n) {"
    + "".join(f' case {n}: asm("mov.u32 %0, %%{name};" : "=r"(r)); break;' for n, name in enumerate(
        ["tid.x", "tid.y", "ntid.x", "ntid.y", "ctaid.x", "nctaid.x", "ntid.z", "ctaid.y"]))
    + " } return r; }\n__global__ void k(unsigned* o) { int t = threadIdx.x + blockDim.x * threadIdx.y; for (int n = 0; n < 8; ++n) o[(blockIdx.x * 12 + t) * 8 + n] = reg(n); }",
    {"o": whole(36, 8, dtype=np.uint32)},
    lambda o: {"o": [[i % 12 % 4, i % 12 // 4, 4, 3, i // 12, 3, 1, 0] for i in range(36)]},
    Launch((3, 1, 1), (4, 3, 1)),
)  # fmt: skip
_LANES = Case(
    "ptx_lane_registers",
    '__global__ void k(unsigned* o) { unsigned l, lt, le, gt, ge, eq; asm("mov.u32 %0, %%laneid;" : "=r"(l)); asm volatile("mov.u32 %0, %%lanemask_lt;\\n\\tmov.u32 %1, %%lanemask_le;" : "=r"(lt), "=r"(le));'
    ' asm("mov.u32 %0, %%lanemask_gt; mov.u32 %1, %%lanemask_ge; mov.u32 %2, %%lanemask_eq;" : "=r"(gt), "=r"(ge), "=r"(eq)); unsigned* p = o + threadIdx.x * 6; p[0] = l; p[1] = lt; p[2] = le; p[3] = gt; p[4] = ge; p[5] = eq; }',
    {"o": whole(64, 6, dtype=np.uint32)},
    lambda o: {"o": np.array([[n, (1 << n) - 1, (2 << n) - 1, 2**32 - (2 << n), 2**32 - (1 << n), 1 << n] for n in [i % 32 for i in range(64)]], np.uint64)},
    Launch(block=(64, 1, 1)),
)  # fmt: skip
_MEMORY = Case(
    "ptx_loads_and_stores",
    '__global__ void k(const int* a, int* o, float4* v) { int i = threadIdx.x; int r; asm volatile("ld.global.nc.s32 %0, [%1];" : "=r"(r) : "l"(a + i)); int s; asm volatile("ld.global.cg.u32 %0, [%1+4];" : "=r"(s) : "l"(a + i));'
    ' asm volatile("st.global.cs.u32 [%0], %1;" :: "l"(o + i), "r"(r + s * 100) : "memory"); float x, y; asm volatile("ld.global.v2.f32 {%0, %1}, [%2];" : "=f"(x), "=f"(y) : "l"(&v[i].z)); '
    ' asm volatile("st.global.v2.f32 [%0], {%1, %2};" :: "l"(&v[i].x), "f"(y), "f"(x)); asm volatile("membar.gl;" ::: "memory"); asm volatile("bar.sync 0;"); asm("prefetch.global.L2 [%0];" :: "l"(a)); }',
    {"a": np.arange(40, dtype=np.int32), "o": whole(32), "v": np.arange(128, dtype=np.float32).reshape(32, 4)},
    lambda a, o, v: {"o": a[:32] + a[1:33] * 100, "v": np.concatenate([v[:, 3:], v[:, 2:3], v[:, 2:]], 1)},
)
_ATOMICS = Case(
    "ptx_atomics",
    '__global__ void k(unsigned* o, float* f) { int i = threadIdx.x; asm volatile("red.global.add.u32 [%0], %1;" :: "l"(o), "r"(i)); unsigned old; asm volatile("atom.global.max.u32 %0, [%1], %2;" : "=r"(old) : "l"(o + 1), "r"(i * 3));'
    ' asm volatile("atom.global.cas.b32 %0, [%1], %2, %3;" : "=r"(old) : "l"(o + 2), "r"(5), "r"(9)); asm volatile("red.global.add.f32 [%0], %1;" :: "l"(f), "f"(0.5f)); asm volatile("red.relaxed.gpu.global.or.b32 [%0], %1;" :: "l"(o + 3), "r"(1u << i)); }',
    {"o": np.array([0, 0, 5, 0], np.uint32), "f": np.zeros(1, np.float32)},
    lambda o, f: {"o": np.array([496, 93, 9, 2**32 - 1], np.uint64), "f": [16]},
)
_OPERANDS = Case(
    "ptx_in_out_operands_and_constants",
    '__global__ void k(int* o) { int i = threadIdx.x; int x = i; asm("add.s32 %0, %0, %1;" : "+r"(x) : "n"(5)); asm("mad.lo.s32 %0, %1, %2, %0;" : "+r"(x) : "r"(i), "r"(100)); int a, b; asm("{\\n\\t.reg .s32 t<3>;\\n\\tadd.s32 t0, %2, 1;\\n\\tadd.s32 t1, t0, 1;\\n\\t'
    'mov.s32 %0, t0;\\n\\tmov.s32 %1, t1;\\n\\t}" : "=r"(a), "=r"(b) : "r"(i)); o[i] = x + a * 10000 + b * 1000000; asm volatile("" ::: "memory"); asm volatile("// only a comment\\n"); }',
    {"o": whole(32)},
    lambda o: {"o": [i + 5 + i * 100 + (i + 1) * 10000 + (i + 2) * 1000000 for i in range(32)]},
)
_CARRY = Case(
    "ptx_add_with_carry",
    '__global__ void k(const unsigned* a, const unsigned* b, unsigned* o) { int i = threadIdx.x; unsigned r0, r1, r2; asm("add.cc.u32 %0, %3, %6; addc.cc.u32 %1, %4, %7; addc.u32 %2, %5, %8;" : "=r"(r0), "=r"(r1), "=r"(r2) : "r"(a[3 * i]), "r"(a[3 * i + 1]),'
    ' "r"(a[3 * i + 2]), "r"(b[3 * i]), "r"(b[3 * i + 1]), "r"(b[3 * i + 2])); o[3 * i] = r0; o[3 * i + 1] = r1; o[3 * i + 2] = r2; }',
    {
        "a": np.resize(_U[::-1], 96).copy(),
        "b": np.resize(_U[[9, 9, 10, 3, 8]], 96).copy(),
        "o": whole(96, dtype=np.uint32),
    },
    lambda a, b, o: {"o": _sums(a, b)},
)


def _sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = []
    for x, y in zip(a.reshape(-1, 3), b.reshape(-1, 3), strict=True):
        total = sum(int(v) << 32 * n for n, v in enumerate(x)) + sum(int(v) << 32 * n for n, v in enumerate(y))
        out.append([total >> 32 * n & 0xFFFFFFFF for n in range(3)])
    return np.array(out, np.uint32)


CASES = [*_INTEGERS, *_FLOATS, _SPECIAL, _MEMORY, _ATOMICS, _OPERANDS, _CARRY, *requiring("warp", [_LANES])]
