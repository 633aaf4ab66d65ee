"""The PTX instructions that have a plain meaning, as C++ expressions over their operands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from cudawasm.frontend import cxxtypes as cxx

TYPES: dict[str, cxx.CType] = {
    "s8": cxx.SCHAR, "u8": cxx.UCHAR, "b8": cxx.UCHAR, "s16": cxx.SHORT, "u16": cxx.USHORT, "b16": cxx.USHORT,
    "s32": cxx.INT, "u32": cxx.UINT, "b32": cxx.UINT, "s64": cxx.LONG, "u64": cxx.ULONG, "b64": cxx.ULONG,
    "f32": cxx.FLOAT, "f64": cxx.DOUBLE, "pred": cxx.BOOL,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """``text`` over operands a, b, c, d. Without a result the text is run for its effect.

    ``result`` names the result's type where it differs from the operands' (a key of TYPES, or "wide").
    """

    pattern: re.Pattern[str]
    text: str
    result: str = ""
    has_result: bool = True


def _rule(pattern: str, text: str, result: str = "", has_result: bool = True) -> Rule:
    return Rule(re.compile(pattern), text, result, has_result)


_INTEGER = r"([sub](?:16|32|64))"
_ANY = r"([subf](?:8|16|32|64))"
_MEMORY = (
    r"(?:\.(?:relaxed|volatile|weak|acquire|release|acq_rel|gpu|sys|cta|global|shared|local"
    r"|cg|cs|ca|cv|lu|wb|wt|nc))*"
)
_COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

RULES: tuple[Rule, ...] = (
    _rule(rf"mov\.{_ANY}", "a"),
    _rule(r"mov\.(pred)", "a"),
    _rule(rf"add\.{_INTEGER}", "a + b"),
    _rule(rf"sub\.{_INTEGER}", "a - b"),
    _rule(rf"mul\.lo\.{_INTEGER}", "a * b"),
    _rule(r"mul\.hi\.(s32)", "__mulhi(a, b)"),
    _rule(r"mul\.hi\.(u32)", "__umulhi(a, b)"),
    _rule(r"mul\.hi\.(s64)", "__mul64hi(a, b)"),
    _rule(r"mul\.hi\.(u64)", "__umul64hi(a, b)"),
    _rule(r"mul\.wide\.(s32)", "(long)a * (long)b", "s64"),
    _rule(r"mul\.wide\.(u32)", "(unsigned long)a * (unsigned long)b", "u64"),
    _rule(r"mul\.wide\.(s16)", "(int)a * (int)b", "s32"),
    _rule(r"mul\.wide\.(u16)", "(unsigned)a * (unsigned)b", "u32"),
    _rule(r"mul24\.lo\.(s32)", "__mul24(a, b)"),
    _rule(r"mul24\.lo\.(u32)", "__umul24(a, b)"),
    _rule(rf"mad\.lo\.{_INTEGER}", "a * b + c"),
    _rule(r"mad\.hi\.(s32)", "__mulhi(a, b) + c"),
    _rule(r"mad\.hi\.(u32)", "__umulhi(a, b) + c"),
    _rule(r"mad\.wide\.(s32)", "__cw_ptx_mad_wide(a, b, c)", "s64"),
    _rule(r"mad\.wide\.(u32)", "__cw_ptx_mad_wide(a, b, c)", "u64"),
    _rule(r"mad24\.lo\.(s32)", "__mul24(a, b) + c"),
    _rule(rf"div\.{_INTEGER}", "a / b"),
    _rule(rf"rem\.{_INTEGER}", "a % b"),
    _rule(rf"abs\.{_INTEGER}", "abs(a)"),
    _rule(rf"neg\.{_INTEGER}", "-a"),
    _rule(rf"min\.{_ANY}", "min(a, b)"),
    _rule(rf"max\.{_ANY}", "max(a, b)"),
    _rule(r"sad\.(s32)", "__sad(a, b, c)", "u32"),
    _rule(r"sad\.(u32)", "__usad(a, b, c)"),
    _rule(r"vabsdiff4\.u32\.u32\.(u32)", "__vabsdiffu4(a, b)"),
    _rule(r"vabsdiff4\.u32\.u32\.(u32)\.add", "__vsadu4(a, b) + c"),
    _rule(r"and\.(b\d+)", "a & b"),
    _rule(r"or\.(b\d+)", "a | b"),
    _rule(r"xor\.(b\d+)", "a ^ b"),
    _rule(r"not\.(b\d+)", "~a"),
    _rule(r"and\.(pred)", "a && b"),
    _rule(r"or\.(pred)", "a || b"),
    _rule(r"not\.(pred)", "!a"),
    _rule(r"shl\.(b\d+)", "a << b"),
    _rule(r"shr\.([sub]\d+)", "a >> b"),
    _rule(r"shf\.l\.wrap\.(b32)", "__funnelshift_l(a, b, c)"),
    _rule(r"shf\.l\.clamp\.(b32)", "__funnelshift_lc(a, b, c)"),
    _rule(r"shf\.r\.wrap\.(b32)", "__funnelshift_r(a, b, c)"),
    _rule(r"shf\.r\.clamp\.(b32)", "__funnelshift_rc(a, b, c)"),
    _rule(r"popc\.(b32)", "__popc(a)", "u32"),
    _rule(r"popc\.(b64)", "__popcll(a)", "u32"),
    _rule(r"clz\.(b32)", "__clz(a)", "u32"),
    _rule(r"clz\.(b64)", "__clzll(a)", "u32"),
    _rule(r"brev\.(b32)", "__brev(a)"),
    _rule(r"brev\.(b64)", "__brevll(a)"),
    _rule(r"bfind\.(u32)", "a ? 31 - __clz(a) : 0xffffffffu", "u32"),
    _rule(r"bfind\.(s32)", "__cw_ptx_bfind(a)", "u32"),
    _rule(r"bfind\.(u64)", "a ? 63 - __clzll(a) : 0xffffffffu", "u32"),
    _rule(r"bfe\.([us]32)", "__cw_ptx_bfe(a, (unsigned)b, (unsigned)c)"),
    _rule(r"bfe\.([us]64)", "__cw_ptx_bfe(a, (unsigned)b, (unsigned)c)"),
    _rule(r"bfi\.(b32)", "__cw_ptx_bfi(a, b, c, d)"),
    _rule(r"bfi\.(b64)", "__cw_ptx_bfi(a, b, (unsigned)c, (unsigned)d)"),
    _rule(r"lop3\.(b32)", "__cw_ptx_lop3(a, b, c, d)"),
    _rule(r"prmt\.(b32)", "__cw_prmt(a, b, c)"),
    _rule(r"dp4a\.s32\.(s32)", "__dp4a(a, b, c)"),
    _rule(r"dp4a\.u32\.(u32)", "__dp4a(a, b, c)"),
    _rule(r"selp\.([subf]\d+)", "__cw_ptx_select(a, b, (int)c)"),
    _rule(r"(?:add|add\.rn)\.(f32|f64)", "__cw_ptx_add(a, b)"),
    _rule(r"(?:sub|sub\.rn)\.(f32|f64)", "__cw_ptx_sub(a, b)"),
    _rule(r"(?:mul|mul\.rn)\.(f32|f64)", "__cw_ptx_mul(a, b)"),
    _rule(r"div(?:\.rn|\.approx|\.full)\.(f32|f64)", "a / b"),
    _rule(r"(?:fma|mad)\.rn\.(f32|f64)", "fma(a, b, c)"),
    _rule(r"abs\.(f32|f64)", "fabs(a)"),
    _rule(r"neg\.(f32|f64)", "-a"),
    _rule(r"sqrt(?:\.rn|\.approx)\.(f32|f64)", "sqrt(a)"),
    _rule(r"rsqrt\.approx(?:\.ftz)?\.(f32|f64)", "rsqrt(a)"),
    _rule(r"rcp(?:\.rn|\.approx)\.(f32|f64)", "1 / a"),
    _rule(r"ex2\.approx(?:\.ftz)?\.(f32)", "exp2f(a)"),
    _rule(r"lg2\.approx(?:\.ftz)?\.(f32)", "__log2f(a)"),
    _rule(r"sin\.approx(?:\.ftz)?\.(f32)", "__sinf(a)"),
    _rule(r"cos\.approx(?:\.ftz)?\.(f32)", "__cosf(a)"),
    _rule(r"tanh\.approx\.(f32)", "__tanhf(a)"),
    _rule(rf"ld{_MEMORY}\.{_ANY}", "__cw_ptx_load(a)"),
    _rule(rf"st{_MEMORY}\.{_ANY}", "__cw_ptx_store(a, b)", "", False),
    _rule(rf"ldu\.global\.{_ANY}", "__cw_ptx_load(a)"),
    _rule(r"prefetchu?(?:\.global|\.local)?\.L[12](?:::evict_\w+)?()", "0", "", False),
    _rule(rf"(?:red|atom){_MEMORY}\.add\.([su]32|u64|f32|f64)", "atomicAdd(a, b)"),
    _rule(rf"(?:red|atom){_MEMORY}\.min\.([su](?:32|64))", "atomicMin(a, b)"),
    _rule(rf"(?:red|atom){_MEMORY}\.max\.([su](?:32|64))", "atomicMax(a, b)"),
    _rule(rf"(?:red|atom){_MEMORY}\.and\.(b32|b64)", "atomicAnd(a, b)"),
    _rule(rf"(?:red|atom){_MEMORY}\.or\.(b32|b64)", "atomicOr(a, b)"),
    _rule(rf"(?:red|atom){_MEMORY}\.xor\.(b32|b64)", "atomicXor(a, b)"),
    _rule(rf"atom{_MEMORY}\.exch\.(b32|b64)", "atomicExch(a, b)"),
    _rule(rf"atom{_MEMORY}\.cas\.(b32|b64)", "atomicCAS(a, b, c)"),
    _rule(r"(?:membar\.cta|fence\.acq_rel\.cta|fence\.sc\.cta)()", "__threadfence_block()", "", False),
    _rule(r"(?:membar\.gl|fence\.acq_rel\.gpu|fence\.sc\.gpu)()", "__threadfence()", "", False),
    _rule(r"(?:membar\.sys|fence\.acq_rel\.sys|fence\.sc\.sys)()", "__threadfence_system()", "", False),
    _rule(r"(?:bar\.sync|barrier\.sync\.aligned|barrier\.sync)()", "__cw_ptx_bar_sync(0)", "", False),
    _rule(r"bar\.warp\.sync()", "__syncwarp((unsigned)a)", "", False),
    _rule(r"activemask\.(b32)", "__activemask()"),
    _rule(r"vote(?:\.sync)?\.ballot\.(b32)", "__ballot_sync((unsigned)b, (int)a)"),
    _rule(r"trap()", "__trap()", "", False),
    _rule(r"nanosleep\.(u32)", "__nanosleep(a)", "", False),
    _rule(r"cvta(?:\.to)?\.(?:shared|global|local|const)\.(u64)", "a"),
)


def order_of(opcode: str) -> tuple[bool, bool, Literal["block", "device", "system"]]:
    """(whether an access comes after what is before it, whether before what is after it, for whom)."""
    words = opcode.split(".")
    seen_by: Literal["block", "device", "system"] = (
        "block" if "cta" in words else "system" if "sys" in words else "device"
    )
    if words[0] not in ("ld", "st", "atom", "red"):
        return False, False, seen_by
    both = "acq_rel" in words
    return both or "release" in words, both or "acquire" in words, seen_by


def rule_for(opcode: str) -> tuple[Rule, cxx.CType, cxx.CType] | None:
    """The rule of an instruction, its operands' type and its result's type; None if there is none."""
    comparison = re.fullmatch(r"setp\.(eq|ne|lt|le|gt|ge)\.([subf]\d+)", opcode)
    if comparison is not None:
        rule = _rule("", f"a {_COMPARE[comparison.group(1)]} b", "pred")
        return rule, TYPES[comparison.group(2)], cxx.BOOL
    carried = re.fullmatch(r"(add|sub)(c?)(\.cc)?\.[sub](32|64)", opcode)
    if carried is not None and (carried.group(2) or carried.group(3)):
        return _carrying(carried)
    conversion = _conversion(opcode)
    if conversion is not None:
        return conversion
    for rule in RULES:
        match = rule.pattern.fullmatch(opcode)
        if match is not None:
            source = TYPES.get(match.group(1) or "u32", cxx.UINT)
            found = replace(rule, has_result=False) if opcode.startswith("red.") else rule
            return found, source, TYPES[rule.result] if rule.result else source
    return None


def _carrying(match: re.Match[str]) -> tuple[Rule, cxx.CType, cxx.CType]:
    """``add.cc``, ``addc`` and their like: ``carry`` is the condition code's carry or borrow."""
    operation, takes, gives, width = match.groups()
    text = f"__cw_ptx_{operation}c{'' if gives else '_last'}(a, b, carry)"
    ctype = TYPES[f"u{width}"]
    return _rule("", text if takes else f"(carry = 0, {text})"), ctype, ctype


_INTEGRAL_ROUNDING = {"rni": "rint(a)", "rzi": "trunc(a)", "rmi": "floor(a)", "rpi": "ceil(a)"}
_FLOAT_ROUNDING = {"rz": "rz", "rm": "rd", "rp": "ru"}
_INTRINSIC_NAMES = {"s32": "int", "u32": "uint", "s64": "ll", "u64": "ull", "f64": "double"}


def _conversion(opcode: str) -> tuple[Rule, cxx.CType, cxx.CType] | None:
    """``cvt`` with its rounding modes and saturation; None for what has no plain meaning."""
    pattern = r"cvt(?:\.(rni|rzi|rmi|rpi|rn|rz|rm|rp))?(\.sat)?\.([suf]\d+)\.([suf]\d+)"
    match = re.fullmatch(pattern, opcode)
    if match is None or match.group(3) not in TYPES or match.group(4) not in TYPES:
        return None
    mode, saturates, to, of = match.groups()
    source, result = TYPES[of], TYPES[to]
    text = _INTEGRAL_ROUNDING.get(mode or "", "a") if cxx.is_floating(source) else "a"
    if mode in _FLOAT_ROUNDING and to != of and not (to == "f64" and of in ("f32", "s32", "u32")):
        if to not in ("f32", "f64") or of not in _INTRINSIC_NAMES:
            return None
        text = f"__{_INTRINSIC_NAMES[of]}2{'float' if to == 'f32' else 'double'}_{_FLOAT_ROUNDING[mode]}(a)"
    if saturates and to == "f32":
        text = f"__saturatef({text})"
    elif saturates and (cxx.is_floating(result) or not cxx.is_floating(source)):
        return None
    return _rule("", f"({result})({text})"), source, result
