"""OpenCL C's words, and this backend's column of the builtins table."""

from __future__ import annotations

from cudawasm.emit.words import Spelling, Words
from cudawasm.ir.types import Scalar, Space

SCALARS = {
    "bool": "bool", "i8": "char", "u8": "uchar", "i16": "short", "u16": "ushort", "i32": "int", "u32": "uint",
    "i64": "long", "u64": "ulong", "f16": "ushort", "bf16": "ushort", "f32": "float", "f64": "double",
}  # fmt: skip
UNSIGNED = {8: "uchar", 16: "ushort", 32: "uint", 64: "ulong"}
SIGNED = {8: "char", 16: "short", 32: "int", 64: "long"}
SPECIALS = {
    **{f"thread_idx.{a}": f"get_local_id({i})" for i, a in enumerate("xyz")},
    **{f"block_idx.{a}": f"get_group_id({i})" for i, a in enumerate("xyz")},
    **{f"block_dim.{a}": f"get_local_size({i})" for i, a in enumerate("xyz")},
    **{f"grid_dim.{a}": f"get_num_groups({i})" for i, a in enumerate("xyz")},
    "lane_id": "(get_local_id(0) + get_local_size(0) * (get_local_id(1) + get_local_size(1) * get_local_id(2))) % 32",
    "warp_id": "(get_local_id(0) + get_local_size(0) * (get_local_id(1) + get_local_size(1) * get_local_id(2))) / 32",
    "dynamic_shared_bytes": "dynamic_shared_size",
}
SPECIAL_NAMES = {
    **{f"{what}.{a}": f"{what.replace('_idx', '')}_{a}" for a in "xyz" for what in ("thread_idx", "block_idx")},
    **{f"{what}.{a}": f"{what}_{a}" for a in "xyz" for what in ("block_dim", "grid_dim")},
    "lane_id": "lane", "warp_id": "warp", "dynamic_shared_bytes": "dynamic_bytes",
}  # fmt: skip


def _call(name: str) -> Spelling:
    def spell(args: tuple[str, ...], operand: str) -> str:
        return f"{name}({', '.join(args)})"

    return spell


def _by_kind(integer: str, floating: str) -> Spelling:
    def spell(args: tuple[str, ...], operand: str) -> str:
        return f"{floating if operand.startswith('f') else integer}({', '.join(args)})"

    return spell


def _abs(args: tuple[str, ...], operand: str) -> str:
    if operand.startswith("f"):
        return f"fabs({args[0]})"
    return f"({SCALARS[operand]})abs({args[0]})"


def _counted(name: str) -> Spelling:
    def spell(args: tuple[str, ...], operand: str) -> str:
        unsigned = "ulong" if operand.endswith("64") else "uint"
        return f"(uint){name}(({unsigned})({args[0]}))"

    return spell


def _reciprocal(args: tuple[str, ...], operand: str) -> str:
    return f"({'1.0f' if operand == 'f32' else '1.0'} / ({args[0]}))"


def _classify(name: str) -> Spelling:
    def spell(args: tuple[str, ...], operand: str) -> str:
        return f"({name}({args[0]}) != 0)"

    return spell


BUILTINS: dict[str, Spelling] = {
    "abs": _abs,
    "brev": lambda args, operand: f"reverse_bits_{operand}({args[0]})",
    "ceil": _call("ceil"),
    "clz": _counted("clz"),
    "copysign": _call("copysign"),
    "fast_cos": _call("cos"),
    "fast_exp": _call("exp"),
    "fast_exp2": _call("exp2"),
    "fast_log": _call("log"),
    "fast_log2": _call("log2"),
    "fast_pow": _call("pow"),
    "fast_rcp": _reciprocal,
    "fast_sin": _call("sin"),
    "fast_tan": _call("tan"),
    "fast_tanh": _call("tanh"),
    "floor": _call("floor"),
    "fma": _call("fma"),
    "fmod": _call("fmod"),
    "isfinite": _classify("isfinite"),
    "isinf": _classify("isinf"),
    "isnan": _classify("isnan"),
    "ldexp": _call("ldexp"),
    "max": _by_kind("max", "fmax"),
    "min": _by_kind("min", "fmin"),
    "mulhi": _call("mul_hi"),
    "nextafter": _call("nextafter"),
    "popc": _counted("popcount"),
    "remainder": _call("remainder"),
    "rint": _call("rint"),
    "round": _call("round"),
    "rsqrt": _call("rsqrt"),
    "signbit": _classify("signbit"),
    "sqrt": _call("sqrt"),
    "trunc": _call("trunc"),
}
"""OpenCL C's functions whose error bounds are within the table's; the device library computes the others."""

_KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
_Bool bool true false half uchar ushort uint ulong quad complex imaginary size_t ptrdiff_t intptr_t uintptr_t
global local constant private generic kernel read_only write_only read_write __global __local __constant __private
__kernel pipe event_t image1d_t image2d_t image3d_t sampler_t queue_t uniform INFINITY NAN M_PI HUGE_VAL
barrier mem_fence printf vload_half vstore_half select clamp step mix sign cross dot length normalize distance
abs_diff mad hadd rotate popcount clz ctz mul_hi mad_hi upsample as_int as_uint as_float as_double as_long as_ulong
get_local_id get_group_id get_global_id get_local_size get_num_groups asm typeof linux unix main
any_short any_ushort any_int any_uint any_long any_ulong any_float any_double
acos acosh asin asinh atan atan2 cbrt cosh erf erfc exp10 expm1 fdim frexp hypot ilogb lgamma log10 log1p logb maxmag
minmag modf nan pow pown powr remquo rootn sinh sincos sinpi cospi tanpi tgamma degrees radians smoothstep
any all bitselect shuffle shuffle2 prefetch isequal isnotequal isless isgreater isordered isunordered isnormal
abs ceil copysign cos exp exp2 log log2 fabs fmax fmin fma fmod sin tan tanh sqrt rsqrt floor ldexp max min nextafter
remainder rint round trunc isfinite isinf isnan signbit atomic_add atomic_sub atomic_xchg atomic_inc atomic_dec
atomic_cmpxchg atomic_min atomic_max atomic_and atomic_or atomic_xor
""".split()
_VECTORS = [f"{t}{k}" for t in ("char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "float", "double",
                                "half") for k in (2, 3, 4, 8, 16)]  # fmt: skip

WORDS = Words(
    scalars=SCALARS,
    memory={"bool": "uchar"},
    spaces={Space.GENERIC: "", Space.GLOBAL: "__global", Space.CONSTANT: "__global", Space.SHARED: "__local",
            Space.LOCAL: "__private"},
    pointer_bits="ulong",
    specials=SPECIALS,
    special_names=SPECIAL_NAMES,
    builtins=BUILTINS,
    suffixes={"u32": "u", "i64": "L", "u64": "UL"},
    reserved=frozenset((*_KEYWORDS, *_VECTORS)),
    barrier="barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);",
    inline="static inline",
)  # fmt: skip


ALIASED = {name: f"any_{word}" for name, word in SCALARS.items() if name not in ("bool", "i8", "u8")}
"""Names for types of objects that are accessed as other types too: OpenCL C's aliasing rules are C99's."""


_CUDAS = """
acos acosh asin asinh atan atan2 atanh cbrt cos cosh cospi erf erfc exp exp10 exp2 expm1 hypot lgamma log log10 log1p
log2 pow sin sinh sinpi tan tanh tgamma
""".split()
_HARDWARE = {"fast_cos": "cos", "fast_exp": "exp", "fast_exp2": "exp2", "fast_log": "log", "fast_log2": "log2",
             "fast_sin": "sin", "fast_tan": "tan"}  # fmt: skip
CUDA_BUILTINS: dict[str, Spelling] = {
    **BUILTINS,
    **{name: _call(name) for name in _CUDAS},
    **{name: _call(f"native_{word}") for name, word in _HARDWARE.items()},
}
"""The same on devices whose OpenCL C calls CUDA's own device library."""


def is_native(name: str, operand: Scalar, is_cuda: bool) -> bool:
    """Whether OpenCL C has a builtin for operands of a type, exactly enough."""
    known = CUDA_BUILTINS if is_cuda else BUILTINS
    return name in known and not (name.startswith("fast_") and operand.bits == 64)
