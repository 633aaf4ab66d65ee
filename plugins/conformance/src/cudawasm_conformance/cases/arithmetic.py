"""Integer arithmetic: wrapping, division, shifts, conversions, promotions, bit-fields, intrinsics on bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import ctype, each, grid_of, whole

INTEGERS = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")
_NAMES = {"i1": "s8", "u1": "u8", "i2": "s16", "u2": "u16", "i4": "s32", "u4": "u32", "i8": "s64", "u8": "u64"}


def edges(dtype: Any) -> np.ndarray:
    """Values around the ends of a type's range, and some in the middle."""
    info = np.iinfo(dtype)
    values = [info.min, info.min + 1, info.max, info.max - 1, 0, 1, 2, 3, 7, 100, info.max // 3, info.min // 3]
    if info.min < 0:
        values += [-1, -2, -3, -7, -100]
    return np.array(values, dtype)


def _trunc_div(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """C++'s division: towards zero."""
    quotients = [abs(int(x)) // abs(int(y)) * (1 if (x < 0) == (y < 0) else -1) for x, y in zip(a, b, strict=True)]
    return np.array(quotients, object).astype(a.dtype)


def _wrap_cases() -> list[Case]:
    cases = []
    for t in INTEGERS:
        a, b = grid_of(edges(t), edges(t))
        c = ctype(t)
        # Operands go through the unsigned type, where C++ defines wrapping.
        u = ctype("u8")
        cases.append(
            each(
                f"int_wrap_{_NAMES[t]}",
                f"s[i] = ({c})(({u})a[i] + ({u})b[i]); d[i] = ({c})(({u})a[i] - ({u})b[i]);"
                f" p[i] = ({c})(({u})a[i] * ({u})b[i]); m[i] = ({c})(0 - ({u})a[i]);",
                {"a": a, "b": b},
                {"s": t, "d": t, "p": t, "m": t},
                lambda a, b: {"s": a + b, "d": a - b, "p": a * b, "m": (0 - a).astype(a.dtype)},
            )
        )
        fits = (b != 0) & ~((a == np.iinfo(t).min) & (b == np.array(-1).astype(t)))
        a, b = a[fits], b[fits]
        cases.append(
            each(
                f"int_division_{_NAMES[t]}",
                "q[i] = a[i] / b[i]; r[i] = a[i] % b[i];",
                {"a": a, "b": b},
                {"q": t, "r": t},
                lambda a, b: {"q": _trunc_div(a, b), "r": a - _trunc_div(a, b) * b},
            )
        )
    return cases


def _bitwise(t: str) -> Case:
    a, b = grid_of(edges(t), edges(t))
    return each(
        f"int_bitwise_{_NAMES[t]}",
        "o1[i] = a[i] & b[i]; o2[i] = a[i] | b[i]; o3[i] = a[i] ^ b[i]; o4[i] = ~a[i];",
        {"a": a, "b": b},
        {"o1": t, "o2": t, "o3": t, "o4": t},
        lambda a, b: {"o1": a & b, "o2": a | b, "o3": a ^ b, "o4": ~a},
    )


def _shift(t: str) -> Case:
    width = np.dtype(t).itemsize * 8
    a, s = grid_of(edges(t), np.array([0, 1, 3, 7, width // 2, width - 1], np.int32))
    return each(
        f"int_shift_{_NAMES[t]}",
        "l[i] = a[i] << s[i]; r[i] = a[i] >> s[i];",
        {"a": a, "s": s},
        {"l": t, "r": t},
        lambda a, s: {"l": np.left_shift(a, s.astype(a.dtype)), "r": np.right_shift(a, s.astype(a.dtype))},
    )


def _shift_past_width(t: str) -> Case:
    """Shifts by the width or more at run time: PTX's shl and shr clamp, giving 0 or copies of the sign."""
    width = np.dtype(t).itemsize * 8
    a, s = grid_of(edges(t), np.array([width, width + 1, width + 7, 2 * width - 1], np.uint32))
    return each(
        f"int_shift_past_width_{_NAMES[t]}",
        "l[i] = a[i] << s[i]; r[i] = a[i] >> s[i];",
        {"a": a, "s": s},
        {"l": t, "r": t},
        lambda a, s: {"l": np.zeros_like(a), "r": np.where(a < 0, -1, 0).astype(a.dtype)},
    )


def _conversions(t: str) -> Case:
    """One source type to every integer type, truncating or extending by the source's sign."""
    outs = {f"o{n}": n for n in INTEGERS}
    body = " ".join(f"o{n}[i] = ({ctype(n)})a[i];" for n in INTEGERS)
    return each(
        f"int_convert_from_{_NAMES[t]}",
        body,
        {"a": edges(t)},
        outs,
        lambda a: {f"o{n}": a.astype(n) for n in INTEGERS},
    )


def _compare(a_type: str, b_type: str, common: str) -> Case:
    """The usual arithmetic conversions decide in which type two integers are compared."""
    a, b = grid_of(edges(a_type), edges(b_type))

    def wanted(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        x, y = a.astype(common), b.astype(common)
        bits = (x < y) | (x <= y) << 1 | (x == y) << 2 | (x != y) << 3 | (x > y) << 4 | (x >= y) << 5
        return {"o": bits}

    return each(
        f"int_compare_{_NAMES[a_type]}_{_NAMES[b_type]}",
        "o[i] = (a[i] < b[i]) | (a[i] <= b[i]) << 1 | (a[i] == b[i]) << 2 | (a[i] != b[i]) << 3"
        " | (a[i] > b[i]) << 4 | (a[i] >= b[i]) << 5;",
        {"a": a, "b": b},
        {"o": np.int32},
        wanted,
    )


def _mixed(a_type: str, b_type: str, common: str) -> Case:
    """Division and right shift of mixed operands show the common type."""
    a, b = grid_of(edges(a_type), edges(b_type))
    x, y = a.astype(common), b.astype(common)
    keep = (y != 0) & ~((x == np.iinfo(common).min) & (y == np.array(-1).astype(common)))
    out = "u8" if common[0] == "u" else "i8"
    return each(
        f"int_mixed_{_NAMES[a_type]}_{_NAMES[b_type]}",
        "q[i] = a[i] / b[i]; r[i] = a[i] % b[i]; t[i] = (i & 1) ? a[i] : b[i];",
        {"a": a[keep], "b": b[keep]},
        {"q": out, "r": out, "t": out},
        lambda a, b: {
            "q": _trunc_div(a.astype(common), b.astype(common)),
            "r": a.astype(common) - _trunc_div(a.astype(common), b.astype(common)) * b.astype(common),
            "t": np.where(np.arange(len(a)) & 1, a.astype(common), b.astype(common)),
        },
    )


_PROMOTION = each(
    "int_promotion_of_narrow_types",
    # Narrow operands become int first, so neither of these wraps at 8 or 16 bits.
    "o[i] = a[i] * a[i] + (b[i] << 8); p[i] = -a[i]; q[i] = ~a[i] >> 1; r[i] = (a[i] + b[i]) / 2; s[i] = sizeof(a[i] + b[i]);",
    {"a": np.array([0, 1, 127, 128, 200, 255], np.uint8), "b": np.array([0, -1, 127, -128, 50, -50], np.int8)},
    {"o": np.int32, "p": np.int32, "q": np.int32, "r": np.int32, "s": np.int32},
    lambda a, b: (
        (lambda x, y: {
            "o": x * x + (y << 8), "p": -x, "q": ~x >> 1, "r": _trunc_div(x + y, np.full_like(x, 2)), "s": x * 0 + 4,
        })(a.astype(np.int32), b.astype(np.int32))
    ),
)  # fmt: skip

_COMPOUND = each(
    "int_compound_assignment_on_narrow_types",
    "unsigned char c = a[i]; c += 200; c -= 1; c *= 3; c ^= 0x55; c <<= 1; c |= 1; o[i] = c;"
    " short s = b[i]; s += 30000; s *= 2; s /= 3; s %= 1000; s &= ~1; p[i] = s;",
    {
        "a": np.arange(0, 256, 5, dtype=np.uint8),
        "b": np.arange(-30000, 30001, 1200, dtype=np.int16)[:52].repeat(2)[:52],
    },
    {"o": np.uint8, "p": np.int16},
    lambda a, b: {"o": _narrow_chain(a), "p": _short_chain(b)},
)


def _narrow_chain(a: np.ndarray) -> np.ndarray:
    c = a.astype(np.uint32)
    c = (((c + 200 - 1) * 3) & 255) ^ 0x55
    return ((c << 1) | 1).astype(np.uint8)


def _short_chain(b: np.ndarray) -> np.ndarray:
    s = (b.astype(np.int32) + 30000).astype(np.int16)
    s = (s.astype(np.int32) * 2).astype(np.int16)
    s = np.fix(s.astype(np.float64) / 3).astype(np.int16)
    s = np.fmod(s.astype(np.int32), 1000).astype(np.int16)
    return s & ~np.int16(1)


_INCREMENT = each(
    "int_increment_wraps_and_orders",
    "unsigned char c = a[i]; int x = c++; int y = ++c; int z = c--; int w = --c; o[i] = x | y << 8 | z << 16 | w << 24;",
    {"a": np.array([0, 1, 127, 253, 254, 255], np.uint8)},
    {"o": np.uint32},
    lambda a: {
        "o": a.astype(np.uint32)
        | ((a.astype(np.uint32) + 2) & 255) << 8
        | ((a.astype(np.uint32) + 2) & 255) << 16
        | a.astype(np.uint32) << 24
    },
)

_BOOLEANS = each(
    "int_booleans",
    "bool b = a[i]; bool c = a[i] > 2; o[i] = b + c; p[i] = b * 10 - c; q[i] = !a[i] + !!a[i] * 2; b &= c; r[i] = b;"
    " bool d = 0.25f * a[i]; r[i] += d * 4;",
    {"a": np.array([-5, -1, 0, 1, 2, 3, 256, 2**31 - 1], np.int32)},
    {"o": np.int32, "p": np.int32, "q": np.int32, "r": np.int32},
    lambda a: {
        "o": (a != 0) * 1 + (a > 2) * 1,
        "p": (a != 0) * 10 - (a > 2) * 1,
        "q": (a == 0) * 1 + (a != 0) * 2,
        "r": ((a != 0) & (a > 2)) * 1 + (a != 0) * 4,
    },
)

_LITERALS = Case(
    "int_literals",
    "__global__ void k(long long* o) {"
    " o[0] = 0x7fffffff; o[1] = 0x80000000; o[2] = 2147483648; o[3] = -2147483647 - 1; o[4] = 0b1011; o[5] = 017;"
    " o[6] = 1'000'000; o[7] = 'A'; o[8] = '\\n'; o[9] = '\\x41'; o[10] = 0xffffffffffffffffull >> 1; o[11] = -1u;"
    " o[12] = 1ull << 40; o[13] = sizeof(1l) * 10 + sizeof(1); o[14] = 0xffffffff + 1; o[15] = '\\0'; o[16] = L'a';"
    " o[17] = true + 1; o[18] = sizeof('a'); o[19] = -7 / 2; o[20] = -7 % 2; o[21] = 4294967295 + 1; }",
    {"o": whole(22, dtype=np.int64)},
    lambda o: {
        "o": [
            2**31 - 1, 2**31, 2**31, -(2**31), 11, 15, 1000000, 65, 10, 65, 2**63 - 1, 2**32 - 1, 2**40, 84, 0, 0, 97, 2, 1,
            -3, -1, 2**32,
        ]
    },
    Launch(block=(1, 1, 1)),
)  # fmt: skip

_BITFIELDS = each(
    "int_bit_fields",
    "F f; f.a = x[i]; f.b = x[i] >> 3; f.c = x[i] >> 5; f.a += 1; f.b ^= 3; ++f.c; int old = f.b++;"
    " o[i] = f.a; p[i] = f.b; q[i] = f.c; r[i] = old + (int)sizeof(F);",
    {"x": np.array([0, 1, 6, 7, 8, 100, 12345, -1, -9, 2**31 - 1], np.int32)},
    {"o": np.uint32, "p": np.int32, "q": np.uint32, "r": np.int32},
    lambda x: {
        "o": (x.astype(np.int64) + 1) & 7,
        "p": _sign(((x >> 3) ^ 3).astype(np.int64) + 1, 4),
        "q": (x.astype(np.int64) // 32 + 1) & (2**20 - 1),
        "r": _sign(((x >> 3) ^ 3).astype(np.int64), 4) + 4,
    },
    head="struct F { unsigned a : 3; int b : 4; unsigned c : 20; };",
)


def _sign(x: np.ndarray, bits: int) -> np.ndarray:
    x = x & ((1 << bits) - 1)
    return np.where(x >> (bits - 1), x - (1 << bits), x)


_BITFIELD_MEMORY = Case(
    "int_bit_fields_in_memory",
    "struct P { unsigned lo : 12; unsigned mid : 8; unsigned hi : 12; };\n"
    "__global__ void k(P* p, unsigned* o) { int i = threadIdx.x; o[i] = p[i].mid; p[i].mid = p[i].lo + p[i].hi;"
    " p[i].hi = p[i].hi * 2; }",
    {"p": np.arange(40, dtype=np.uint32) * np.uint32(0x01234567), "o": whole(40, dtype=np.uint32)},
    lambda p, o: {
        "o": p >> 12 & 255,
        "p": (p & 0xFFF) | (((p & 0xFFF) + (p >> 20)) & 255) << 12 | ((p >> 20) * 2 & 0xFFF) << 20,
    },
    Launch(block=(40, 1, 1)),
)

_ENUMS = each(
    "int_enums",
    "Color c = static_cast<Color>(a[i]); Flag f = (Flag)a[i]; o[i] = (c == Blue) * 10 + c; p[i] = static_cast<int>(f)"
    " + (f == Flag::B ? 100 : 0) + sizeof(Flag); ",
    {"a": np.array([0, 1, 2, 5, 6], np.int32)},
    {"o": np.int32, "p": np.int32},
    lambda a: {"o": (a == 6) * 10 + a, "p": a + (a == 2) * 100 + 1},
    head="enum Color { Red, Green = 5, Blue }; enum class Flag : unsigned char { A = 1, B };",
)

_CHARS = each(
    "int_plain_char_is_signed",
    "char c = (char)a[i]; o[i] = c; p[i] = c < 0; q[i] = (c >> 1) + (c == (signed char)a[i]);",
    {"a": np.array([0, 1, 127, 128, 200, 255, 256, -1], np.int32)},
    {"o": np.int32, "p": np.int32, "q": np.int32},
    lambda a: {
        "o": a.astype(np.int8), "p": (a.astype(np.int8) < 0) * 1, "q": (a.astype(np.int8) >> 1).astype(np.int32) + 1,
    },
)  # fmt: skip

_LONGS = Case(
    "int_long_and_size_t_are_64_bits",
    "__global__ void k(long* o, unsigned long* p, size_t n, ptrdiff_t d) { long x = 1; x <<= 40; o[0] = x;"
    " o[1] = sizeof(long) + sizeof(size_t) * 10 + sizeof(void*) * 100; p[0] = n * n; o[2] = d / 3; p[1] = n - n - 1;"
    " o[3] = (long)(int)0x80000000; o[4] = (unsigned)d; o[5] = __alignof__(long); }",
    {"o": whole(6, dtype=np.int64), "p": whole(2, dtype=np.uint64), "n": np.uint64(2**33 + 5), "d": np.int64(-10)},
    lambda o, p, n, d: {
        "o": [2**40, 888, -3, -(2**31), 2**32 - 10, 8], "p": np.array([(2**33 + 5) ** 2 % 2**64, 2**64 - 1], np.uint64),
    },
    Launch(block=(1, 1, 1)),
)  # fmt: skip

_U32 = np.array(
    [0, 1, 2, 3, 0x80000000, 0xFFFFFFFF, 0x12345678, 0xDEADBEEF, 0x00FF00FF, 0x7FFFFFFF, 0x10000], np.uint32
)
_U64 = np.array([0, 1, 1 << 63, 2**64 - 1, 0x123456789ABCDEF0, 0xDEADBEEF00000000, 0xFF00FF, 1 << 32], np.uint64)


def _ints(a: np.ndarray, f: Any, dtype: Any = np.int64) -> np.ndarray:
    return np.array([f(int(x)) for x in a], object).astype(dtype)


_COUNTS32 = each(
    "bits_count_32",
    "o1[i] = __popc(a[i]); o2[i] = __clz(a[i]); o3[i] = __ffs(a[i]); o4[i] = __brev(a[i]);",
    {"a": _U32},
    {"o1": np.int32, "o2": np.int32, "o3": np.int32, "o4": np.uint32},
    lambda a: {
        "o1": _ints(a, int.bit_count), "o2": _ints(a, lambda x: 32 - x.bit_length()),
        "o3": _ints(a, lambda x: (x & -x).bit_length()), "o4": _ints(a, lambda x: int(f"{x:032b}"[::-1], 2)),
    },
)  # fmt: skip
_COUNTS64 = each(
    "bits_count_64",
    "o1[i] = __popcll(a[i]); o2[i] = __clzll(a[i]); o3[i] = __ffsll(a[i]); o4[i] = __brevll(a[i]);",
    {"a": _U64},
    {"o1": np.int32, "o2": np.int32, "o3": np.int32, "o4": np.uint64},
    lambda a: {
        "o1": _ints(a, int.bit_count), "o2": _ints(a, lambda x: 64 - x.bit_length()),
        "o3": _ints(a, lambda x: (x & -x).bit_length()), "o4": _ints(a, lambda x: int(f"{x:064b}"[::-1], 2), np.uint64),
    },
)  # fmt: skip


def _signed(x: int, bits: int = 32) -> int:
    x &= (1 << bits) - 1
    return x - (1 << bits) if x >> (bits - 1) else x


def _pairs(a: np.ndarray, b: np.ndarray, f: Any, dtype: Any) -> np.ndarray:
    bits = np.dtype(dtype).itemsize * 8
    return np.array([f(int(x), int(y)) % (1 << bits) for x, y in zip(a, b, strict=True)], object).astype(
        f"u{bits // 8}"
    )


def _pairwise(name: str, body: str, t: str, meanings: dict[str, Any], source: np.ndarray) -> Case:
    a, b = grid_of(source.astype(t), source.astype(t))
    return each(
        name,
        body,
        {"a": a, "b": b},
        dict.fromkeys(meanings, t),
        lambda a, b: {n: _pairs(a, b, f, t).view(t) for n, f in meanings.items()},
    )


_MULHI = [
    _pairwise("mulhi_s32", "o[i] = __mulhi(a[i], b[i]);", "i4", {"o": lambda x, y: x * y >> 32}, _U32),
    _pairwise("mulhi_u32", "o[i] = __umulhi(a[i], b[i]);", "u4", {"o": lambda x, y: x * y >> 32}, _U32),
    _pairwise("mulhi_s64", "o[i] = __mul64hi(a[i], b[i]);", "i8", {"o": lambda x, y: x * y >> 64}, _U64),
    _pairwise("mulhi_u64", "o[i] = __umul64hi(a[i], b[i]);", "u8", {"o": lambda x, y: x * y >> 64}, _U64),
    _pairwise(
        "mul24_s32", "o[i] = __mul24(a[i], b[i]);", "i4", {"o": lambda x, y: _signed(x, 24) * _signed(y, 24)}, _U32
    ),
    _pairwise(
        "mul24_u32", "o[i] = __umul24(a[i], b[i]);", "u4", {"o": lambda x, y: (x & 0xFFFFFF) * (y & 0xFFFFFF)}, _U32
    ),
    _pairwise(
        "sum_of_differences_s32", "o[i] = __sad(a[i], b[i], 7u); p[i] = __hadd(a[i], b[i]); q[i] = __rhadd(a[i], b[i]);",
        "i4", {"o": lambda x, y: abs(x - y) + 7, "p": lambda x, y: x + y >> 1, "q": lambda x, y: x + y + 1 >> 1}, _U32,
    ),
    _pairwise(
        "sum_of_differences_u32",
        "o[i] = __usad(a[i], b[i], 7u); p[i] = __uhadd(a[i], b[i]); q[i] = __urhadd(a[i], b[i]);",
        "u4", {"o": lambda x, y: abs(x - y) + 7, "p": lambda x, y: x + y >> 1, "q": lambda x, y: x + y + 1 >> 1}, _U32,
    ),
    _pairwise(
        "min_max_s32", "o[i] = min(a[i], b[i]); p[i] = max(a[i], b[i]);", "i4", {"o": min, "p": max}, _U32
    ),
    _pairwise("min_max_u32", "o[i] = min(a[i], b[i]); p[i] = max(a[i], b[i]);", "u4", {"o": min, "p": max}, _U32),
    _pairwise("min_max_s64", "o[i] = min(a[i], b[i]); p[i] = max(a[i], b[i]);", "i8", {"o": min, "p": max}, _U64),
    _pairwise("min_max_u64", "o[i] = min(a[i], b[i]); p[i] = max(a[i], b[i]);", "u8", {"o": min, "p": max}, _U64),
]  # fmt: skip


def _byte_perm(x: int, y: int, s: int) -> int:
    """Selector nibbles use their low three bits only."""
    both = x | y << 32
    return sum((both >> 8 * (s >> 4 * n & 7) & 255) << 8 * n for n in range(4))


_A3, _B3 = (g.astype(np.uint32) for g in grid_of(_U32, _U32))
_C3 = np.resize(np.array([0, 1, 5, 16, 31, 32, 33, 63, 64, 0x3210, 0x7654, 0x1234, 0xFEDC], np.uint32), len(_A3))


def _triples(a: np.ndarray, b: np.ndarray, c: np.ndarray, f: Any) -> np.ndarray:
    values = [f(int(x), int(y), int(z)) & 0xFFFFFFFF for x, y, z in zip(a, b, c, strict=True)]
    return np.array(values, np.uint32)


def _dot4(a: int, b: int, c: int, bits: Any) -> int:
    return c + sum(bits(a >> 8 * n & 255) * bits(b >> 8 * n & 255) for n in range(4))


_BYTE_PERM = each(
    "byte_perm",
    "o[i] = __byte_perm(a[i], b[i], c[i]);",
    {"a": _A3, "b": _B3, "c": _C3},
    {"o": np.uint32},
    lambda a, b, c: {"o": _triples(a, b, c, _byte_perm)},
)
_FUNNEL = each(
    "funnel_shifts",
    "o1[i] = __funnelshift_l(a[i], b[i], c[i]); o2[i] = __funnelshift_lc(a[i], b[i], c[i]);"
    " o3[i] = __funnelshift_r(a[i], b[i], c[i]); o4[i] = __funnelshift_rc(a[i], b[i], c[i]);",
    {"a": _A3, "b": _B3, "c": _C3},
    {"o1": np.uint32, "o2": np.uint32, "o3": np.uint32, "o4": np.uint32},
    # a is the low word, b the high one; the plain forms use five bits of the shift, the clamped ones at most 32.
    lambda a, b, c: {
        "o1": _triples(a, b, c, lambda x, y, s: (y << 32 | x) << (s & 31) >> 32),
        "o2": _triples(a, b, c, lambda x, y, s: (y << 32 | x) << min(s, 32) >> 32),
        "o3": _triples(a, b, c, lambda x, y, s: (y << 32 | x) >> (s & 31)),
        "o4": _triples(a, b, c, lambda x, y, s: (y << 32 | x) >> min(s, 32)),
    },
)
_DOTS = each(
    "dot_products_of_bytes",
    "o1[i] = __dp4a((int)a[i], (int)b[i], (int)c[i]); o2[i] = __dp4a(a[i], b[i], c[i]);"
    " o3[i] = __dp2a_lo((int)a[i], (int)b[i], (int)c[i]); o4[i] = __dp2a_hi(a[i], b[i], c[i]);",
    {"a": _A3, "b": _B3, "c": _C3},
    {"o1": np.int32, "o2": np.uint32, "o3": np.int32, "o4": np.uint32},
    # dp2a multiplies the two halves of a with the low or high two bytes of b.
    lambda a, b, c: {
        "o1": _triples(a, b, c, lambda x, y, z: _dot4(x, y, z, lambda v: _signed(v, 8))).view(np.int32),
        "o2": _triples(a, b, c, lambda x, y, z: _dot4(x, y, z, int)),
        "o3": _triples(
            a, b, c, lambda x, y, z: z + sum(_signed(x >> 16 * n, 16) * _signed(y >> 8 * n, 8) for n in (0, 1))
        ).view(np.int32),
        "o4": _triples(
            a, b, c, lambda x, y, z: z + sum((x >> 16 * n & 0xFFFF) * (y >> 16 + 8 * n & 255) for n in (0, 1))
        ),
    },
)

_CARRY = each(
    "carry_chain_by_comparison",
    "unsigned lo = (unsigned)a[i] + (unsigned)b[i]; unsigned carry = lo < (unsigned)a[i];"
    " unsigned hi = (unsigned)(a[i] >> 32) + (unsigned)(b[i] >> 32) + carry; o[i] = (unsigned long long)hi << 32 | lo;",
    {"a": _U64, "b": _U64[::-1].copy()},
    {"o": np.uint64},
    lambda a, b: {"o": a + b},
)

CASES = [
    *_wrap_cases(),
    *[_bitwise(t) for t in INTEGERS],
    *[_shift(t) for t in INTEGERS],
    *[_shift_past_width(t) for t in ("i4", "u4", "i8", "u8")],
    *[_conversions(t) for t in INTEGERS],
    _compare("i4", "u4", "u4"),
    _compare("i2", "u2", "i4"),
    _compare("i8", "u4", "i8"),
    _compare("i4", "u8", "u8"),
    _compare("i1", "u8", "u8"),
    _mixed("i4", "u4", "u4"),
    _mixed("i2", "u2", "i4"),
    _mixed("i8", "u4", "i8"),
    _mixed("i4", "u8", "u8"),
    _PROMOTION, _COMPOUND, _INCREMENT, _BOOLEANS, _LITERALS, _BITFIELDS, _BITFIELD_MEMORY, _ENUMS, _CHARS, _LONGS,
    _COUNTS32, _COUNTS64, *_MULHI, _BYTE_PERM, _FUNNEL, _DOTS, _CARRY,
]  # fmt: skip
