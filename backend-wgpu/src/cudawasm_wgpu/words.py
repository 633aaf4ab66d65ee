"""WGSL's words, and this backend's column of the builtins table."""

from __future__ import annotations

from cudawasm.emit.words import Spelling, Words
from cudawasm.ir.types import SCALARS as KIR
from cudawasm.ir.types import Scalar, Space
from cudawasm_wgpu.browser_texts import BROWSER_TEXTS, CONSTANTS
from cudawasm_wgpu.helper_texts import PAIRS, TEXTS
from cudawasm_wgpu.traits import Traits

SCALARS = {
    "bool": "bool", "i8": "i32", "u8": "u32", "i16": "i32", "u16": "u32", "i32": "i32", "u32": "u32", "i64": "i64",
    "u64": "u64", "f16": "u32", "bf16": "u32", "f32": "f32", "f64": "f64",
}  # fmt: skip
SUFFIXES = {"u8": "u", "u16": "u", "u32": "u", "i64": "li", "u64": "lu", "f32": "f", "f64": "lf"}
SPECIALS = {
    **{f"thread_idx.{a}": f"thread.{a}" for a in "xyz"},
    **{f"block_idx.{a}": f"block.{a}" for a in "xyz"},
    **{f"block_dim.{a}": f"block_dim.{a}" for a in "xyz"},
    **{f"grid_dim.{a}": f"grid_dim.{a}" for a in "xyz"},
    "lane_id": "thread_number % 32u",
    "warp_id": "thread_number / 32u",
    "dynamic_shared_bytes": "dynamic_shared_bytes",
}


def _call(name: str) -> Spelling:
    def spell(args: tuple[str, ...], operand: str) -> str:
        return f"{name}({', '.join(args)})"

    return spell


NATIVE = {"abs", "ceil", "floor", "trunc", "fma"}
"""Builtins that WGSL has under the same name, with the same meaning for floats and 32-bit integers."""
HELPED = {
    "brev", "clz", "copysign", "isfinite", "isinf", "isnan", "max", "min", "mulhi", "popc", "rint", "round", "rsqrt",
    "signbit", "sqrt", "fast_rcp",
}  # fmt: skip
"""Builtins of which a helper makes what KIR says."""
CLOSE = {"exp2": "exp2", "fast_cos": "cos", "fast_exp2": "exp2", "fast_log2": "log2", "fast_sin": "sin"}
"""Builtins of f32 that WGSL has where its functions are close to CUDA's."""

BUILTINS: dict[str, Spelling] = {
    **{name: _call(name) for name in NATIVE},
    **{name: _call(word) for name, word in CLOSE.items()},
}

_KEYWORDS = """
alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop
override requires return struct switch true var while NULL Self abstract active alignas alignof as asm asm_fragment
async attribute auto await become cast catch class co_await co_return co_yield coherent column_major common compile
compile_fragment concept const_cast consteval constexpr constinit crate debugger decltype delete demote
demote_to_helper do dynamic_cast enum explicit export extends extern external fallthrough filter final finally friend
from fxgroup get goto groupshared highp impl implements import inline instanceof interface layout lowp macro match
mediump meta mod module move mut mutable namespace new nil noexcept noinline nointerpolation non_coherent
noncoherent noperspective null nullptr of operator package packoffset partial pass patch pixelfragment precise
precision premerge priv protected pub public readonly ref regardless register reinterpret_cast require resource
restrict self set shared sizeof smooth snorm static static_assert static_cast std subroutine super target template
this thread_local throw trait try type typedef typeid typename typeof union unless unorm unsafe unsized use using
varying virtual volatile wgsl where with writeonly yield
bool f16 f32 f64 i32 i64 u32 u64 vec2 vec3 vec4 array atomic ptr sampler texture vec2f vec3f vec4f vec2i vec3i vec4i
vec2u vec3u vec4u mat2x2 mat2x3 mat2x4 mat3x2 mat3x3 mat3x4 mat4x2 mat4x3 mat4x4 function private workgroup uniform
storage read write read_write handle bitcast all any select arrayLength abs acos acosh asin asinh atan atanh atan2
ceil clamp cos cosh countLeadingZeros countOneBits countTrailingZeros cross degrees determinant distance dot exp exp2
extractBits faceForward firstLeadingBit firstTrailingBit floor fma fract frexp insertBits inverseSqrt ldexp length log
log2 max min mix modf normalize pow quantizeToF16 radians reflect refract reverseBits round saturate sign sin sinh
smoothstep sqrt step tan tanh transpose trunc atomicLoad atomicStore atomicAdd atomicSub atomicMax atomicMin atomicAnd
atomicOr atomicXor atomicExchange atomicCompareExchangeWeak workgroupBarrier storageBarrier workgroupUniformLoad
thread block block_dim grid_dim thread_number dynamic_shared_bytes params Params grid_part parts flat zero main agreed
block_x block_y block_z folded
""".split()

WORDS = Words(
    scalars=SCALARS,
    memory={},
    spaces={Space.GENERIC: "", Space.GLOBAL: "storage", Space.CONSTANT: "storage", Space.SHARED: "workgroup",
            Space.LOCAL: "function"},
    pointer_bits="u64",
    specials=SPECIALS,
    special_names={},
    builtins=BUILTINS,
    suffixes=SUFFIXES,
    reserved=frozenset((*_KEYWORDS, *TEXTS, *PAIRS, *BROWSER_TEXTS, *CONSTANTS)),
    barrier="workgroupBarrier();",
    inline="",
)  # fmt: skip


def is_native(name: str, operand: Scalar, traits: Traits) -> bool:
    """Whether the emitter has a spelling of a builtin for operands of a type, exactly enough."""
    if name in CLOSE:
        return operand == KIR["f32"] and traits.close
    return name in NATIVE or name in HELPED
