"""Warps, counting barriers, the clock and generic pointers as PTX, for drivers whose OpenCL C has ``asm`` statements.

The instructions are those that CUDA's own functions are made of, so that masks, widths and threads that are not there
mean the same. Pointers without an address space are generic addresses in these drivers' code, of which those to global
and private memory are ones already.
"""

from __future__ import annotations

from collections.abc import Callable

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, U8, U16, U32, U64, Scalar, Type, size_of

_UNSIGNED = {1: U8, 2: U16, 4: U32, 8: U64}
_SHUFFLES = {"shfl_idx": "idx", "shfl_up": "up", "shfl_down": "down", "shfl_xor": "bfly"}
_LAST_LANE = 31


def _function(name: str, params: str, body: str) -> str:
    return f"static inline uint {name}({params})\n{{\n    uint result;\n{body}    return result;\n}}"


def _asm(text: str, outputs: str, inputs: str) -> str:
    return f'    asm volatile("{text}" : {outputs} : {inputs} : "memory");\n'


def _voting(name: str, instruction: str, is_word: bool, has_mask: bool = True) -> str:
    """A function of a predicate; the instruction's result is a word or a predicate."""
    mask = ", %2" if has_mask else ""
    out = "%0" if is_word else "q"
    keep = "" if is_word else " selp.u32 %0, 1, 0, q;"
    text = f"{{ .reg .pred p, q; setp.ne.u32 p, %1, 0; {instruction.format(out=out, mask=mask)}{keep} }}"
    inputs, params = '"r"(value)', "uint value"
    if has_mask:
        inputs, params = f'{inputs}, "r"(mask)', f"{params}, uint mask"
    return _function(name, params, _asm(text, '"=r"(result)', inputs))


def _shuffle(mode: str) -> str:
    text = f"shfl.sync.{mode}.b32 %0, %1, %2, %3, %4;"
    body = _asm(text, '"=r"(result)', '"r"(value), "r"(lane), "r"(clamp), "r"(mask)')
    return _function(f"shuffle_{mode}", "uint value, uint lane, uint clamp, uint mask", body)


def _wide_shuffle(mode: str) -> str:
    halves = ", ".join(f"shuffle_{mode}(halves.{c}, lane, clamp, mask)" for c in "xy")
    return (
        f"static inline ulong shuffle_{mode}_64(ulong value, uint lane, uint clamp, uint mask)\n{{\n"
        f"    uint2 halves = as_uint2(value);\n    return as_ulong((uint2)({halves}));\n}}"
    )


def _match_any(bits: int) -> str:
    of, letter = ("uint", "r") if bits == 32 else ("ulong", "l")
    body = _asm(f"match.any.sync.b{bits} %0, %1, %2;", '"=r"(result)', f'"{letter}"(value), "r"(mask)')
    return _function(f"match_any_{bits}", f"{of} value, uint mask", body)


def _match_all(bits: int) -> str:
    of, letter = ("uint", "r") if bits == 32 else ("ulong", "l")
    text = f"{{ .reg .pred p; match.all.sync.b{bits} %0|p, %2, %3; selp.u32 %1, 1, 0, p; }}"
    body = _asm(text, '"=r"(result), "=r"(*same)', f'"{letter}"(value), "r"(mask)')
    return _function(f"match_all_{bits}", f"{of} value, uint mask, __private uint *same", body)


def _reduction(op: str, type_: str) -> str:
    body = _asm(f"redux.sync.{op}.{type_} %0, %1, %2;", '"=r"(result)', '"r"(value), "r"(mask)')
    return _function(f"reduce_{op}_{type_}", "uint value, uint mask", body)


HELPERS = {
    **{f"shuffle_{mode}": _shuffle(mode) for mode in _SHUFFLES.values()},
    **{f"shuffle_{mode}_64": _wide_shuffle(mode) for mode in _SHUFFLES.values()},
    "ballot": _voting("ballot", "vote.sync.ballot.b32 {out}, p{mask};", True),
    "warp_any": _voting("warp_any", "vote.sync.any.pred {out}, p{mask};", False),
    "warp_all": _voting("warp_all", "vote.sync.all.pred {out}, p{mask};", False),
    "block_count": _voting("block_count", "bar.red.popc.u32 {out}, 0, p;", True, has_mask=False),
    "block_and": _voting("block_and", "bar.red.and.pred {out}, 0, p;", False, has_mask=False),
    "block_or": _voting("block_or", "bar.red.or.pred {out}, 0, p;", False, has_mask=False),
    **{f"match_any_{bits}": _match_any(bits) for bits in (32, 64)},
    **{f"match_all_{bits}": _match_all(bits) for bits in (32, 64)},
    **{f"reduce_{op}_{t}": _reduction(op, t) for op in ("add", "min", "max") for t in ("s32", "u32")},
    **{f"reduce_{op}_b32": _reduction(op, "b32") for op in ("and", "or", "xor")},
    "active_lanes": _function("active_lanes", "void", '    asm volatile("activemask.b32 %0;" : "=r"(result));\n'),
    "warp_sync": "static inline void warp_sync(uint mask)\n{\n"
                 '    asm volatile("bar.warp.sync %0;" : : "r"(mask) : "memory");\n}',
    "generic_of_shared": "static inline ulong generic_of_shared(__local void *pointer)\n{\n    ulong result;\n"
                         '    asm("cvta.shared.u64 %0, %1;" : "=l"(result) : "l"(pointer));\n    return result;\n}',
    "clock_ns": "static inline long clock_ns(void)\n{\n    long result;\n"
                '    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(result));\n    return result;\n}',
}  # fmt: skip


def _generic_atomic(op: str, bits: int, is_signed: bool) -> str:
    """An operation behind a generic address: OpenCL's own take an address space."""
    word, letter = ("uint", "r") if bits == 32 else ("ulong", "l")
    kind = {"exch": "b", "cas": "b", "and": "b", "or": "b", "xor": "b", "add": "u"}.get(op, "s" if is_signed else "u")
    more, third = (f", {word} value", ", %3") if op == "cas" else ("", "")
    given = f', "{letter}"(value)' if op == "cas" else ""
    text = f"atom.{op}.{kind}{bits} %0, [%1], %2{third};"
    return (
        f"static inline {word} {_generic_name(op, bits, is_signed)}(ulong address, {word} operand{more})\n{{\n"
        f"    {word} result;\n"
        f'    asm volatile("{text}" : "={letter}"(result) : "l"(address), "{letter}"(operand){given} : "memory");\n'
        "    return result;\n}"
    )


def _generic_name(op: str, bits: int, is_signed: bool) -> str:
    return f"generic_{op}_{'s' if is_signed else 'u'}{bits}"


HELPERS |= {
    _generic_name(op, bits, is_signed): _generic_atomic(op, bits, is_signed)
    for op in ("add", "exch", "min", "max", "and", "or", "xor", "cas")
    for bits in (32, 64)
    for is_signed in (False, True)
}


def generic_atomic(op: str, type_: Scalar) -> tuple[str, bool]:
    """The helper for an atomic operation behind a generic pointer, and whether its operand is to be negated."""
    return _generic_name("add" if op == "sub" else op, type_.bits, type_.is_signed), op == "sub"


class WarpWriter:
    """Writes operations of warps with what an emitter offers: ``help`` names a helper, ``value`` is an expression's
    text, and ``put`` takes the text of a result for a variable."""

    def __init__(self, help_: Callable[[str], str], value: Callable[[n.Expr], str]):
        self.help, self.value = help_, value

    def call(self, name: str, *args: str) -> str:
        return f"{self.help(name)}({', '.join(args)})"

    def mask(self, stmt: n.Warp) -> str:
        return self.call("active_lanes") if stmt.mask is None else self.value(stmt.mask)

    def word(self, stmt: n.Warp) -> tuple[str, Type]:
        """The text of an operation that gives a word, and the word's type."""
        op = stmt.op
        if op == "active_mask":
            return self.call("active_lanes"), U32
        if op in _SHUFFLES:
            return self.shuffle(stmt)
        if op in ("ballot", "any", "all"):
            name = "ballot" if op == "ballot" else f"warp_{op}"
            return self.call(name, self.value(n.Cast(U32, stmt.args[0])), self.mask(stmt)), U32
        bits, value = self.bits(stmt.args[0])
        if op == "match_any":
            return self.call(f"match_any_{bits}", value, self.mask(stmt)), U32
        kind = op.removeprefix("reduce_")
        of = stmt.args[0].type
        assert isinstance(of, Scalar)
        suffix = "b32" if kind in ("and", "or", "xor") else f"{'s' if of.is_signed else 'u'}32"
        return self.call(f"reduce_{kind}_{suffix}", value, self.mask(stmt)), U32

    def match_all(self, stmt: n.Warp, same: str) -> str:
        bits, value = self.bits(stmt.args[0])
        return self.call(f"match_all_{bits}", value, self.mask(stmt), f"&{same}")

    def shuffle(self, stmt: n.Warp) -> tuple[str, Type]:
        value, lane, width = stmt.args
        bits, word = self.bits(value)
        mode = _SHUFFLES[stmt.op]
        name = self.help(f"shuffle_{mode}")
        if bits == 64:
            name = f"{name}_64"  # calls the other
        texts = (word, self.value(n.Cast(U32, lane)), self.value(_clamp(width, mode)), self.mask(stmt))
        return self.call(name, *texts), U32 if bits == 32 else U64

    def bits(self, value: n.Expr) -> tuple[int, str]:
        """A value as a word of 32 or 64 bits."""
        wide = size_of(value.type) == 8
        return (64 if wide else 32), self.value(n.Cast(U64 if wide else U32, _bits_of(value)))


def _clamp(width: n.Expr, mode: str) -> n.Expr:
    """The instruction's operand that says where segments of lanes end."""
    last = 0 if mode == "up" else _LAST_LANE
    if isinstance(width, n.Const):
        return n.Const(U32, (32 - int(width.value)) << 8 | last)
    segment = n.Binary("shl", n.Binary("sub", n.Const(I32, 32), width, I32), n.Const(I32, 8), I32)
    return n.Cast(U32, n.Binary("or", segment, n.Const(I32, last), I32))


def _bits_of(value: n.Expr) -> n.Expr:
    if value.type == BOOL:
        return value
    unsigned = _UNSIGNED[size_of(value.type)]
    return value if value.type == unsigned else n.Bitcast(unsigned, value)


def value_of(word: n.Expr, type_: Type) -> n.Expr:
    """What a word stands for, as a value of the type whose bits it has."""
    if type_ == BOOL:
        return n.Binary("ne", word, n.Const(word.type, 0), BOOL)
    unsigned = _UNSIGNED[size_of(type_)]
    narrow = word if word.type == unsigned else n.Cast(unsigned, word)
    return narrow if type_ == unsigned else n.Bitcast(type_, narrow)
