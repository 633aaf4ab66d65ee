"""Loads and stores of a row of lanes: side by side, or each where its address says."""

from __future__ import annotations

from cudawasm.ir.types import align_of
from cudawasm_cpu.codegen import lltypes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.lltypes import Leaf
from cudawasm_cpu.codegen.values import Value, vector_of

_READABLE = "inttoptr (i32 4096 to ptr)"
"""Where WebAssembly's memory has nothing of anybody's; a row is read there when none of its lanes is active."""


def load_vector(ctx: Context, base: str, ll: str, count: int, align: int, mask: Mask, tags: str = "") -> str:
    """``count`` elements in a row."""
    code = ctx.code
    vector = f"<{count} x {ll}>"
    if mask is not None and ctx.blends and ctx.machine.reads_past_ends:
        is_any = code.tested("anytrue", "or", mask, count) if count > 1 else mask
        base = code.op(f"select i1 {is_any}, ptr {base}, ptr {_READABLE}")
    if mask is None or ctx.machine.reads_past_ends:
        return code.op(f"load {vector}, ptr {base}, align {align}{tags}")
    args = [("ptr", base), ("i32", str(align)), (f"<{count} x i1>", mask), (vector, "zeroinitializer")]
    return _masked(ctx, vector, f"llvm.masked.load.v{count}{_suffix(ll)}.p0", args, tags)


def store_vector(
    ctx: Context, base: str, ll: str, count: int, vector: str, align: int, mask: Mask, tags: str = ""
) -> None:
    """``count`` elements in a row."""
    type_ = f"<{count} x {ll}>"
    if mask is None:
        ctx.code.do(f"store {type_} {vector}, ptr {base}, align {align}{tags}")
        return
    if ctx.machine.reads_past_ends:
        _store_lanes(ctx, base, ll, count, vector, align, mask)
        return
    args = [(type_, vector), ("ptr", base), ("i32", str(align)), (f"<{count} x i1>", mask)]
    _masked(ctx, "void", f"llvm.masked.store.v{count}{_suffix(ll)}.p0", args, tags)


def _store_lanes(ctx: Context, base: str, ll: str, count: int, vector: str, align: int, mask: str) -> None:
    """A row at once where all its lanes are active, else each that is."""
    code, type_ = ctx.code, f"<{count} x {ll}>"
    whole, part, end = code.label("whole"), code.label("part"), code.label("stored")
    code.branch_if(code.all(mask, count), whole, part)
    code.start(whole)
    code.do(f"store {type_} {vector}, ptr {base}, align {align}")
    code.branch(end)
    code.start(part)
    for lane in range(count):
        one = code.op(f"extractelement {type_} {vector}, i64 {lane}")
        place = code.op(f"getelementptr {ll}, ptr {base}, i64 {lane}")
        is_active = code.op(f"extractelement <{count} x i1> {mask}, i64 {lane}")
        place = code.op(f"select i1 {is_active}, ptr {place}, ptr {_nowhere(ctx)}")
        code.do(f"store {ll} {one}, ptr {place}, align {align}")
    code.start(end)


def _nowhere(ctx: Context) -> str:
    """A place for what lanes that are not active load and store."""
    if not ctx.nowhere:
        ctx.nowhere = ctx.code.alloca("i8", 16, 16)
    return ctx.nowhere


def repeat_mask(ctx: Context, mask: Mask, count: int) -> Mask:
    if mask is None:
        return None
    lanes = [i // count for i in range(ctx.width * count)]
    return ctx.code.shuffle("i1", ctx.width, mask, lanes)


def gather(ctx: Context, address: Value, type_: Leaf, mask: Mask) -> str:
    code, ll, align = ctx.code, lltypes.memory(type_), align_of(type_)
    vector = code.vector(ll)
    if ctx.machine.gathers and ctx.width > 1:
        args = [(code.vector("ptr"), vector_of(code, address)), ("i32", str(align)),
                (code.mask_type, code.materialize(mask)), (vector, "zeroinitializer")]  # fmt: skip
        return _masked(ctx, vector, f"llvm.masked.gather.v{ctx.width}{_suffix(ll)}.v{ctx.width}p0", args)
    found = "poison"
    for lane, pointer in enumerate(_pointers(ctx, address, mask)):
        one = code.op(f"load {ll}, ptr {pointer}, align {align}")
        found = code.op(f"insertelement {vector} {found}, {ll} {one}, i64 {lane}")
    return found


def scatter(ctx: Context, address: Value, vector: str, type_: Leaf, mask: Mask) -> None:
    code, ll, align = ctx.code, lltypes.memory(type_), align_of(type_)
    if ctx.machine.gathers and ctx.width > 1:
        args = [(code.vector(ll), vector), (code.vector("ptr"), vector_of(code, address)), ("i32", str(align)),
                (code.mask_type, code.materialize(mask))]  # fmt: skip
        _masked(ctx, "void", f"llvm.masked.scatter.v{ctx.width}{_suffix(ll)}.v{ctx.width}p0", args)
        return
    for lane, pointer in enumerate(_pointers(ctx, address, mask)):
        one = code.op(f"extractelement {code.vector(ll)} {vector}, i64 {lane}")
        code.do(f"store {ll} {one}, ptr {pointer}, align {align}")


def _pointers(ctx: Context, address: Value, mask: Mask) -> list[str]:
    """The address of each lane; a place of our own for lanes that are not active, which costs less than branches."""
    code, vector = ctx.code, ctx.code.vector("ptr")
    if mask is None and address.is_linear:
        return [code.op(f"getelementptr i8, ptr {address.ref}, i64 {offset}") for offset in address.shape.offsets]
    pointers = vector_of(code, address)
    if mask is not None:
        elsewhere = code.splat("ptr", _nowhere(ctx))
        pointers = code.op(f"select {code.mask_type} {mask}, {vector} {pointers}, {vector} {elsewhere}")
    return [code.op(f"extractelement {vector} {pointers}, i64 {lane}") for lane in range(ctx.width)]


def last_lane(ctx: Context, vector: str, ll: str, mask: Mask) -> str:
    """The value of the highest active lane."""
    code, width = ctx.code, ctx.width
    if mask is None:
        return code.op(f"extractelement {code.vector(ll)} {vector}, i64 {width - 1}")
    bits = code.bits(mask)
    zeros = code.call(f"i{width}", f"llvm.ctlz.i{width}", [(f"i{width}", bits), ("i1", "true")])
    lane = code.op(f"sub i{width} {width - 1}, {zeros}")
    return code.op(f"extractelement {code.vector(ll)} {vector}, i{width} {lane}")


def _masked(ctx: Context, result: str, name: str, args: list[tuple[str, str]], tags: str = "") -> str:
    code = ctx.code
    if name not in code.declarations:
        types = ", ".join("i32 immarg" if t == "i32" else t for t, _ in args)
        code.declarations[name] = f"declare {result} @{name}({types})"
    text = f"call {result} @{name}({', '.join(f'{t} {v}' for t, v in args)}){tags}"
    if result == "void":
        code.do(text)
        return ""
    return code.op(text)


def _suffix(ll: str) -> str:
    return {"float": "f32", "double": "f64", "half": "f16", "ptr": "p0"}.get(ll, ll)


def alias_tags(address: Value) -> str:
    """Metadata that tells shared memory from global memory."""
    if address.space == "shared":
        return ", !alias.scope !2, !noalias !3"
    if address.space == "global":
        return ", !alias.scope !3, !noalias !2"
    return ""


def compiler_barrier(ctx: Context) -> None:
    """Keep memory accesses before and after in order."""
    ctx.code.do('call void asm sideeffect "", "~{memory}"()')
