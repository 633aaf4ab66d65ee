"""Where a kernel ends the launch, and where it prints."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import F64, I32, I64, U32, U64, Pointer, size_of
from cudawasm_cpu.codegen import conversions, expressions, lltypes, memory, shapes, threads
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.sites import Site
from cudawasm_cpu.codegen.values import Value, vector_of


def first_active(ctx: Context, mask: Mask) -> str:
    """The number of the lowest active lane, as i32."""
    if mask is None:
        return "0"
    code, width = ctx.code, ctx.width
    zeros = code.call(f"i{width}", f"llvm.cttz.i{width}", [(f"i{width}", code.bits(mask)), ("i1", "true")])
    return threads.widen(ctx, zeros)


def lane_of(ctx: Context, value: Value, lane: str) -> str:
    """A value in one lane."""
    if value.is_uniform:
        return value.ref
    vector = ctx.code.vector(lltypes.register(value.type))
    return ctx.code.op(f"extractelement {vector} {vector_of(ctx.code, value)}, i32 {lane}")


def stop(ctx: Context, site: int, lane: str, address: str) -> None:
    """Record who stopped the launch, once, and leave the kernel."""
    code = ctx.code
    record = code.op(f"load ptr, ptr {code.op(f'getelementptr i8, ptr %job, i64 {threads.JOB_STOP}')}")
    swapped = code.op(f"cmpxchg ptr {record}, i32 0, i32 1 seq_cst seq_cst")
    mine = code.op(f"extractvalue {{ i32, i1 }} {swapped}, 1")
    write, end = code.label("record"), code.label("stop")
    code.branch_if(mine, write, end)
    code.start(write)
    values = [str(site)]
    names = ("block_idx.x", "block_idx.y", "block_idx.z", "thread_idx.x", "thread_idx.y", "thread_idx.z")
    values += [lane_of(ctx, ctx.specials[name], lane) for name in names]
    for i, value in enumerate(values):
        place = code.op(f"getelementptr i32, ptr {record}, i64 {i + 1}")
        code.do(f"store i32 {value}, ptr {place}")
    place = code.op(f"getelementptr i8, ptr {record}, i64 32")
    code.do(f"store i64 {address}, ptr {place}")
    code.branch(end)
    code.start(end)
    code.do("ret i32 1")
    code.is_dead = True


def emit_trap(ctx: Context, stmt: n.Trap, mask: Mask) -> None:
    kind = "assert" if stmt.message else "trap"
    site = ctx.site(Site(kind, text=stmt.message))
    stop(ctx, site, first_active(ctx, mask), "0")


def emit_bounds_check(ctx: Context, address: Value, size: int, mask: Mask, verb: str) -> None:
    """Look the address of every active lane up; stop at the first that is nowhere."""
    code = ctx.code
    site = ctx.site(Site("bounds", text=f"{verb} of {size} bytes"))
    pointers = address.ref if address.is_uniform else vector_of(code, address)
    lanes = 1 if address.is_uniform else ctx.width
    bits = "1" if address.is_uniform else code.bits(code.materialize(mask))
    wide = bits if address.is_uniform or ctx.width == 64 else code.op(f"zext i{ctx.width} {bits} to i64")
    buffer = code.alloca("ptr", lanes, 64)
    code.do(f"store {'ptr' if address.is_uniform else code.vector('ptr')} {pointers}, ptr {buffer}, align 8")
    span, frame = _own_memory(ctx, address)
    args = [("ptr", "%job"), ("ptr", "%arena"), ("ptr", buffer), ("i64", wide), ("i64", str(size)),
            ("i64", span), ("ptr", frame)]  # fmt: skip
    bad = code.call("i32", "cudawasm_check", args)
    fault, fine = code.label("fault"), code.label("fine")
    code.branch_if(code.op(f"icmp sge i32 {bad}, 0"), fault, fine)
    code.start(fault)
    place = code.op(f"getelementptr ptr, ptr {buffer}, i32 {bad}")
    lane = first_active(ctx, mask) if address.is_uniform else bad
    stop(ctx, site, lane, code.op(f"load i64, ptr {place}"))
    code.start(fine)


def _own_memory(ctx: Context, address: Value) -> tuple[str, str]:
    """(bytes of the arena, end of the stack) that an access may touch: shared memory alone, or locals too."""
    code = ctx.code
    if address.space != "shared":
        frame = code.call("ptr", "llvm.frameaddress.p0", [("i32", "0")])
        return threads.job_field(code, threads.JOB_STRIDE, "i64"), frame
    static = max((offset + size_of(var.type) for var, offset in ctx.shared.items()), default=0)
    dynamic = ctx.specials["dynamic_shared_bytes"].ref
    end = code.op(f"add i64 {code.op(f'zext i32 {dynamic} to i64')}, {ctx.dynamic_offset}")
    return code.op(f"select i1 {code.op(f'icmp eq i32 {dynamic}, 0')}, i64 {static}, i64 {end}"), "null"


_KINDS = {I32: "i", U32: "u", I64: "l", U64: "m", F64: "d"}


def emit_print(ctx: Context, stmt: n.Print, mask: Mask) -> None:
    """Call back for each active lane, in order, with the arguments as 64-bit words."""
    code = ctx.code
    values = [expressions.scalar(ctx, a, mask) for a in stmt.args]
    kinds = "".join("p" if isinstance(v.type, Pointer) else _KINDS[v.type] for v in values)  # type: ignore[index]
    site = ctx.site(Site("print", format=stmt.format, kinds=kinds, strings=stmt.strings))
    words = code.alloca("i64", max(1, len(values)), 8)
    with_lanes = EachLane(ctx, mask)
    lane = with_lanes.begin()
    for i, value in enumerate(values):
        ref, ll = lane_of(ctx, value, lane), lltypes.register(value.type)
        place = code.op(f"getelementptr i64, ptr {words}, i64 {i}")
        if ll == "i32":
            verb = "zext" if kinds[i] == "u" else "sext"
            ref, ll = code.op(f"{verb} i32 {ref} to i64"), "i64"
        code.do(f"store {ll} {ref}, ptr {place}, align 8")
    hook = code.op(f"load ptr, ptr {code.op(f'getelementptr i8, ptr %job, i64 {threads.JOB_PRINT}')}")
    code.do(f"call void {hook}(i64 {site}, ptr {words})")
    with_lanes.finish()
    if stmt.result is not None:
        result = Value(I32, shapes.PER_BLOCK, str(len(values)))
        memory.store(ctx, n.VarPlace(stmt.result), conversions.cast(ctx, result, stmt.result.type), mask)


class EachLane:
    """A loop over the active lanes, lowest first."""

    def __init__(self, ctx: Context, mask: Mask) -> None:
        self.ctx = ctx
        self.mask = mask
        self.scalar = ctx.width == 1

    def begin(self) -> str:
        """Returns the lane's number (i32)."""
        code, width = self.ctx.code, self.ctx.width
        if self.scalar:
            return "0"
        self.slot = code.alloca(f"i{width}")
        bits = "-1" if self.mask is None else code.bits(self.mask)
        code.do(f"store i{width} {bits}, ptr {self.slot}")
        self.head, self.exit = code.label("lanes"), code.label("lanesdone")
        code.start(self.head)
        self.left = code.op(f"load i{width}, ptr {self.slot}")
        args = [(f"i{width}", self.left), ("i1", "true")]
        return threads.widen(self.ctx, code.call(f"i{width}", f"llvm.cttz.i{width}", args))

    def finish(self) -> None:
        code, width = self.ctx.code, self.ctx.width
        if self.scalar:
            return
        lower = code.op(f"sub i{width} {self.left}, 1")
        rest = code.op(f"and i{width} {self.left}, {lower}")
        code.do(f"store i{width} {rest}, ptr {self.slot}")
        code.branch_if(code.op(f"icmp ne i{width} {rest}, 0"), self.head, self.exit)
        code.start(self.exit)
