"""Gang loops, the values that the launch gives each thread, and masks in memory."""

from __future__ import annotations

import math

from cudawasm.ir.types import U32
from cudawasm_cpu.codegen import shapes
from cudawasm_cpu.codegen.code import Code
from cudawasm_cpu.codegen.context import Context
from cudawasm_cpu.codegen.layout import WARP
from cudawasm_cpu.codegen.uniformity import thread_index_shape
from cudawasm_cpu.codegen.values import Value, constant

# Byte offsets in the job that a launch passes; ``cudawasm_cpu.pool`` packs it.
JOB_PARAMS, JOB_GLOBALS, JOB_GRID, JOB_DYNAMIC = 0, 8, 16, 28
JOB_STOP, JOB_PRINT, JOB_BOUNDS, JOB_BOUNDS_COUNT, JOB_STORAGE, JOB_ARENA_BYTES = 32, 40, 48, 56, 64, 72
JOB_ARRIVED, JOB_PHASE, JOB_BLOCKS, JOB_STRIDE, JOB_BATCH = 80, 88, 96, 112, 120
JOB_READ = 128

MOST_IN_A_ROW, ROW_SIZE = 4, 200
"""How many gangs of a row may follow one another without a branch, and up to how many lines of code for each."""


class GangLoop:
    """The loop over the gangs that run together; a single one needs none."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        code = ctx.code
        self.end_label = code.label("gangend")
        self.looping = ctx.layout.together > 1
        self.head = code.label("gangs")
        self.exit = code.label("done")
        self.slot = ""
        self.first_line = 0

    def begin(self) -> None:
        ctx, code = self.ctx, self.ctx.code
        if self.looping:
            self.slot = code.alloca("i32")
            code.do(f"store i32 0, ptr {self.slot}")
            code.start(self.head)
            self.first_line = len(code.lines)
            ctx.gang = code.op(f"load i32, ptr {self.slot}")
        else:
            ctx.gang = "0"
        self.place_gang()
        set_thread_values(ctx)

    def place_gang(self) -> None:
        """Set which gang of which block the current one is."""
        ctx, code, layout = self.ctx, self.ctx.code, self.ctx.layout
        ctx.gang_of_block = ctx.gang
        if layout.group:
            ctx.gang_of_block = code.op(f"add nuw nsw i32 {ctx.first_gang}, {ctx.gang}")
        if layout.batch > 1:
            ctx.gang_of_block = code.op(f"urem i32 {ctx.gang}, {layout.gangs}")
            set_block_of_batch(ctx, code.op(f"udiv i32 {ctx.gang}, {layout.gangs}"))

    def finish(self) -> None:
        ctx, code = self.ctx, self.ctx.code
        code.start(self.end_label)
        if self.looping:
            old = code.op(f"load i32, ptr {self.slot}")
            new = code.op(f"add nuw nsw i32 {old}, 1")
            code.do(f"store i32 {new}, ptr {self.slot}")
            more = code.op(f"icmp ult i32 {new}, {ctx.gangs}")
            code.branch_if(more, self.head, self.exit, code.unrolling(self.unrolled()))
            code.start(self.exit)
        set_block_values(ctx)

    def unrolled(self) -> int:
        """How many gangs to unroll, or 0: those of a row share what depends on the row alone."""
        layout = self.ctx.layout
        if layout.group or layout.width == 1:
            return 0  # LLVM keeps a group in registers; single threads share nothing
        registers = max(1, layout.width // self.ctx.machine.lanes)
        size = (len(self.ctx.code.lines) - self.first_line) * registers
        count = math.gcd(MOST_IN_A_ROW, layout.gangs_per_row)
        return count if count > 1 and size <= ROW_SIZE else 0


class RowLoop:
    """Loops over the rows of a batch of blocks that are rows of gangs, each row through all blocks."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        code, layout = ctx.code, ctx.layout
        bounds = (layout.gangs // layout.gangs_per_row, ctx.batch, layout.gangs_per_row)
        self.loops = [(code.alloca("i32"), code.label("row"), code.label("done"), bound) for bound in bounds]
        self.end_label = code.label("gangend")

    def begin(self) -> None:
        ctx, code = self.ctx, self.ctx.code
        row, block, segment = (self.start(slot, head) for slot, head, _, _ in self.loops)
        set_block_of_batch(ctx, block)
        start = code.op(f"mul nuw nsw i32 {row}, {ctx.layout.gangs_per_row}")
        ctx.gang_of_block = ctx.gang = code.op(f"add nuw nsw i32 {start}, {segment}")
        set_thread_values(ctx)

    def start(self, slot: str, head: str) -> str:
        code = self.ctx.code
        code.do(f"store i32 0, ptr {slot}")
        code.start(head)
        return code.op(f"load i32, ptr {slot}")

    def finish(self) -> None:
        code = self.ctx.code
        code.start(self.end_label)
        for slot, head, done, bound in reversed(self.loops):
            new = code.op(f"add nuw nsw i32 {code.op(f'load i32, ptr {slot}')}, 1")
            code.do(f"store i32 {new}, ptr {slot}")
            code.branch_if(code.op(f"icmp ult i32 {new}, {bound}"), head, done)
            code.start(done)
        set_block_values(self.ctx)


def gang_number(ctx: Context, gang: str) -> str:
    """A gang's number as i64."""
    return ctx.code.op(f"zext i32 {gang} to i64") if gang[0] == "%" else gang


def set_block_values(ctx: Context) -> None:
    """Outside gang loops only values of the whole block, or of the whole batch, exist."""
    for name in ("thread_idx.x", "thread_idx.y", "thread_idx.z", "lane_id", "warp_id"):
        ctx.specials.pop(name, None)
    if ctx.layout.batch > 1:
        ctx.specials.pop("block_idx.x", None)
    for axis, name in enumerate("xyz"):
        shape = thread_index_shape(ctx.layout, axis)
        if shape.const is not None:
            ctx.specials[f"thread_idx.{name}"] = constant(U32, shape.const)


def set_thread_values(ctx: Context) -> None:
    """threadIdx, lane and warp for the current gang."""
    layout, code = ctx.layout, ctx.code
    for axis, name in enumerate("xyz"):
        ctx.specials[f"thread_idx.{name}"] = _thread_index(ctx, axis)
    if layout.width == 1:
        lane = code.op(f"urem i32 {ctx.gang_of_block}, {WARP}")
        warp = code.op(f"udiv i32 {ctx.gang_of_block}, {WARP}")
        ctx.specials["lane_id"] = Value(U32, shapes.PER_GANG, lane)
        ctx.specials["warp_id"] = Value(U32, shapes.PER_GANG, warp)
    else:
        shape = shapes.Shape(shapes.LINEAR, tuple(range(layout.width)), 1 << 40, True, True)
        ctx.specials["lane_id"] = Value(U32, shape, "0")
        ctx.specials["warp_id"] = Value(U32, shapes.PER_GANG, ctx.gang_of_block)


def set_block_of_batch(ctx: Context, block: str) -> None:
    """blockIdx.x and shared memory of a block of the batch."""
    code = ctx.code
    counted = shapes.Shape(shapes.GANG, (), 1, True, True)
    ctx.specials["block_idx.x"] = Value(U32, counted, code.op(f"add i32 {ctx.first_block}, {block}"))
    bytes_before = code.op(f"mul i64 {gang_number(ctx, block)}, {job_field(code, JOB_ARENA_BYTES, 'i64')}")
    ctx.shared_base = code.op(f"getelementptr i8, ptr %arena, i64 {bytes_before}")


def _thread_index(ctx: Context, axis: int) -> Value:
    layout, code = ctx.layout, ctx.code
    shape = thread_index_shape(layout, axis)
    if shape.const is not None:
        return constant(U32, shape.const)
    bases = [gang[0][axis] for gang in layout.indices]
    if shape.level != shapes.VARYING:
        return Value(U32, shape, _steps(ctx, bases))
    lanes = [lane[axis] for gang in layout.indices for lane in gang]
    array = table(ctx, "i32", lanes)
    place = code.op(f"getelementptr {code.vector('i32')}, ptr {array}, i64 {gang_number(ctx, ctx.gang_of_block)}")
    return Value(U32, shape, code.op(f"load {code.vector('i32')}, ptr {place}, align 4"))


def _steps(ctx: Context, values: list[int]) -> str:
    """``values[gang]``, computed as ``gang / p % q * s`` where that is how they go."""
    code = ctx.code
    first = next((i for i, v in enumerate(values) if v), None)
    if first is None:
        return "0"
    step = values[first]
    period = next(
        (k for k in range(1, len(values) // first + 1) if k * first < len(values) and not values[k * first]),
        0,
    )
    if any(v != (i // first % period if period else i // first) * step for i, v in enumerate(values)):
        array = table(ctx, "i32", values)
        place = code.op(f"getelementptr i32, ptr {array}, i64 {gang_number(ctx, ctx.gang_of_block)}")
        return code.op(f"load i32, ptr {place}, align 4")
    result = ctx.gang_of_block
    if first > 1:
        result = code.op(f"udiv i32 {result}, {first}")
    if period:
        result = code.op(f"urem i32 {result}, {period}")
    return code.op(f"mul nuw nsw i32 {result}, {step}") if step > 1 else result


def table(ctx: Context, type_: str, values: list[int]) -> str:
    """A constant array."""
    body = ", ".join(f"{type_} {v}" for v in values)
    text = f"private unnamed_addr constant [{len(values)} x {type_}] [{body}], align 64"
    code = ctx.code
    if text not in code.constants:
        code.constants.append(text)
    return f"@table{code.constants.index(text)}"


def entry(ctx: Context, array: str, gang: str = "") -> str:
    """The address of the current or another gang's mask in an array of them."""
    return ctx.code.op(f"getelementptr i{mask_bits(ctx)}, ptr {array}, i64 {gang_number(ctx, gang or ctx.gang)}")


def mask_bits(ctx: Context) -> int:
    return max(8, ctx.width)


def to_mask(ctx: Context, bits: str) -> str:
    """Stored bits as a vector mask."""
    code, wide = ctx.code, mask_bits(ctx)
    if wide != ctx.width:
        bits = code.op(f"trunc i{wide} {bits} to i{ctx.width}")
    return code.op(f"bitcast i{ctx.width} {bits} to {code.mask_type}")


def from_mask(ctx: Context, mask: str) -> str:
    """A vector mask as bits to store."""
    code, wide = ctx.code, mask_bits(ctx)
    bits = code.bits(mask)
    return code.op(f"zext i{ctx.width} {bits} to i{wide}") if wide != ctx.width else bits


def widen(ctx: Context, count: str) -> str:
    """A number of ``width`` bits as i32."""
    if ctx.width == 32:
        return count
    return ctx.code.op(f"zext i{ctx.width} {count} to i32")


def job_field(code: Code, offset: int, type_: str) -> str:
    """A field of the launch's job."""
    place = code.op(f"getelementptr i8, ptr %job, i64 {offset}")
    return code.op(f"load {type_}, ptr {place}, align 4, !invariant.load !0")


def grid_barrier(ctx: Context) -> None:
    """Wait until all blocks of the grid, each on its own thread, are here."""
    ctx.code.call("void", "cudawasm_grid_barrier", [("ptr", "%job")])
