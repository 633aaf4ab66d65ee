"""Warp operations: a gang is one warp of 32 lanes, so they are vector operations under the current mask."""

from __future__ import annotations

from collections.abc import Callable

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, U32, Scalar
from cudawasm_cpu.codegen import conversions, expressions, lltypes, memory, places, rows, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.layout import WARP
from cudawasm_cpu.codegen.stops import EachLane
from cudawasm_cpu.codegen.values import Value, vector_of

_LANES = tuple(range(WARP))


def emit(ctx: Context, stmt: n.Warp, mask: Mask) -> None:
    """Emit a warp operation for the active lanes."""
    match stmt.op:
        case "sync":
            rows.compiler_barrier(ctx)
        case "active_mask":
            _give(ctx, stmt.result, Value(U32, shapes.PER_GANG, _active(ctx, mask)), mask)
        case "ballot" | "any" | "all":
            _vote(ctx, stmt, mask)
        case "match_any" | "match_all":
            _match(ctx, stmt, mask)
        case _ if stmt.op.startswith("reduce"):
            _reduce(ctx, stmt, mask)
        case _:
            _shuffle(ctx, stmt, mask)


def _give(ctx: Context, var: n.Var | None, value: Value, mask: Mask) -> None:
    if var is not None:
        memory.store(ctx, n.VarPlace(var), value, mask)


def _active(ctx: Context, mask: Mask) -> str:
    """The active lanes as 32 bits."""
    return "-1" if mask is None else ctx.code.bits(mask)


def _members(ctx: Context, stmt: n.Warp, mask: Mask) -> Value | None:
    """The lanes that take part, as the program says; None for the pre-Volta forms: all that are active."""
    return None if stmt.mask is None else expressions.scalar(ctx, stmt.mask, mask)


# --- votes ---------------------------------------------------------------------------------------


def _vote(ctx: Context, stmt: n.Warp, mask: Mask) -> None:
    code = ctx.code
    test = expressions.scalar(ctx, stmt.args[0], mask)
    yes = code.bits(code.both(mask, vector_of(code, test)))
    if stmt.op == "all":
        yes = code.op(f"and i32 {_active(ctx, mask)}, {code.op(f'xor i32 {yes}, -1')}")
    members = _members(ctx, stmt, mask)
    votes, ll, shape = yes, "i32", shapes.PER_GANG
    if members is not None and members.is_uniform:
        votes = code.op(f"and i32 {yes}, {members.ref}")
    elif members is not None:
        ll, shape = code.vector("i32"), shapes.ANY
        votes = code.op(f"and {ll} {code.splat('i32', yes)}, {vector_of(code, members)}")
    if stmt.op == "ballot":
        _give(ctx, stmt.result, Value(U32, shape, votes), mask)
        return
    relation = "ne" if stmt.op == "any" else "eq"
    zero = "0" if ll == "i32" else "zeroinitializer"
    _give(ctx, stmt.result, Value(BOOL, shape, code.op(f"icmp {relation} {ll} {votes}, {zero}")), mask)


# --- shuffles ------------------------------------------------------------------------------------


def source_lane(op: str, lane: int, operand: int, width: int) -> int:
    """The lane that ``lane`` reads, as PTX's shfl defines it: its own where the source is outside its segment."""
    operand &= WARP - 1
    base = lane & -width & (WARP - 1)
    last = base | (width - 1)
    match op:
        case "shfl_up":
            return lane - operand if lane - operand >= base else lane
        case "shfl_down":
            return lane + operand if lane + operand <= last else lane
        case "shfl_xor":
            return lane ^ operand if lane ^ operand <= last else lane
        case _:
            return base | (operand & (width - 1))


def _shuffle(ctx: Context, stmt: n.Warp, mask: Mask) -> None:
    value, operand, width = (expressions.scalar(ctx, a, mask) for a in stmt.args)
    if value.is_uniform:  # all lanes hold the same
        _give(ctx, stmt.result, value, mask)
        return
    code = ctx.code
    ll = lltypes.register(value.type)
    vector = vector_of(code, value)
    size = width.shape.const
    if size is not None and operand.shape.const is not None:
        lanes = [source_lane(stmt.op, lane, operand.shape.const, size) for lane in _LANES]
        result = code.shuffle(ll, WARP, vector, lanes)
    elif size == WARP and operand.is_uniform and stmt.op != "shfl_idx":
        result = _shift_by_steps(ctx, stmt.op, ll, vector, operand.ref)
    elif size == WARP and operand.is_uniform:
        lane = code.op(f"and i32 {operand.ref}, {WARP - 1}")
        one = code.op(f"extractelement {code.vector(ll)} {vector}, i32 {lane}")
        _give(ctx, stmt.result, Value(value.type, shapes.PER_GANG, one), mask)
        return
    else:
        result = _permute(ctx, stmt.op, ll, vector, (operand, width), mask)
    _give(ctx, stmt.result, Value(value.type, shapes.ANY, result), mask)


def _shift_by_steps(ctx: Context, op: str, ll: str, vector: str, operand: str) -> str:
    """A shuffle by a uniform distance: a constant shuffle for each bit of it, taken or not.

    A lane whose source lies outside the warp keeps its own value, so it must not move in any step.
    """
    code = ctx.code
    moved, type_ = vector, code.vector(ll)
    for step in (1, 2, 4, 8, 16):
        lanes = [source_lane(op, lane, step, WARP) for lane in _LANES]
        taken = code.op(f"icmp ne i32 {code.op(f'and i32 {operand}, {step}')}, 0")
        shifted = code.shuffle(ll, WARP, moved, lanes)
        moved = code.op(f"select i1 {taken}, {type_} {shifted}, {type_} {moved}")
    if op == "shfl_xor":
        return moved
    distance = code.splat("i32", code.op(f"and i32 {operand}, {WARP - 1}"))
    numbers = code.constant_vector("i32", _LANES)
    if op == "shfl_up":
        inside = code.op(f"icmp uge {code.vector('i32')} {numbers}, {distance}")
    else:
        reached = code.op(f"add {code.vector('i32')} {numbers}, {distance}")
        inside = code.op(f"icmp ult {code.vector('i32')} {reached}, splat (i32 {WARP})")
    return code.op(f"select {code.mask_type} {inside}, {type_} {moved}, {type_} {vector}")


def _permute(ctx: Context, op: str, ll: str, vector: str, operands: tuple[Value, Value], mask: Mask) -> str:
    """A shuffle with a source of its own for each lane: through memory."""
    code = ctx.code
    i32 = code.vector("i32")
    numbers = code.constant_vector("i32", _LANES)
    operand = code.op(f"and {i32} {vector_of(code, operands[0])}, splat (i32 {WARP - 1})")
    width = vector_of(code, operands[1])
    inner = code.op(f"sub {i32} {width}, splat (i32 1)")
    outer = code.op(f"xor {i32} {inner}, splat (i32 -1)")
    base = code.op(f"and {i32} {numbers}, {outer}")
    last = code.op(f"or {i32} {base}, {inner}")
    if op == "shfl_idx":
        source = code.op(f"or {i32} {base}, {code.op(f'and {i32} {operand}, {inner}')}")
        source = code.op(f"and {i32} {source}, splat (i32 {WARP - 1})")
    else:
        verb = {"shfl_up": "sub", "shfl_down": "add", "shfl_xor": "xor"}[op]
        wanted = code.op(f"{verb} {i32} {numbers}, {operand}")
        relation, limit = ("sge", base) if op == "shfl_up" else ("sle", last)
        inside = code.op(f"icmp {relation} {i32} {wanted}, {limit}")
        source = code.op(f"select {code.mask_type} {inside}, {i32} {wanted}, {i32} {numbers}")
        source = code.op(f"and {i32} {source}, splat (i32 {WARP - 1})")
    buffer = code.alloca(ll, WARP, 64)
    code.do(f"store {code.vector(ll)} {vector}, ptr {buffer}, align 64")
    wide = code.op(f"zext {i32} {source} to {code.vector('i64')}")
    pointers = code.op(f"getelementptr {ll}, ptr {buffer}, {code.vector('i64')} {wide}")
    type_ = places.BYTE_PTR
    leaf = _leaf_of(ll)
    loaded = memory.load_from(ctx, Value(type_, shapes.ANY, pointers, "local"), leaf, mask, places.Memory(operands[0]))
    return loaded.ref


def _leaf_of(ll: str) -> Scalar:
    """Some scalar type that is kept in this LLVM type."""
    from cudawasm.ir.types import SCALARS

    return next(t for t in SCALARS.values() if t != BOOL and lltypes.register(t) == ll)


# --- matches and reductions ----------------------------------------------------------------------


def _each_lane(ctx: Context, mask: Mask, ll: str, compute: Callable[[str], str]) -> str:
    """``compute(lane)`` for every active lane, as a vector."""
    code = ctx.code
    buffer = code.alloca(ll, WARP, 64)
    lanes = EachLane(ctx, mask)
    lane = lanes.begin()
    result = compute(lane)
    place = code.op(f"getelementptr {ll}, ptr {buffer}, i32 {lane}")
    code.do(f"store {ll} {result}, ptr {place}")
    lanes.finish()
    return code.op(f"load {code.vector(ll)}, ptr {buffer}, align 64")


def _lane_bits(ctx: Context, members: Value | None, lane: str, mask: Mask) -> str:
    """The member mask that a lane gave, as 32 bits."""
    if members is None:
        return _active(ctx, mask)
    if members.is_uniform:
        return members.ref
    return ctx.code.op(f"extractelement {ctx.code.vector('i32')} {vector_of(ctx.code, members)}, i32 {lane}")


def _match(ctx: Context, stmt: n.Warp, mask: Mask) -> None:
    code = ctx.code
    value = expressions.scalar(ctx, stmt.args[0], mask)
    assert isinstance(value.type, Scalar)
    bits = value.type.bits
    if value.type.is_float:
        value = conversions.bitcast(ctx, value, {32: U32, 64: _leaf_of("i64")}[bits])  # type: ignore[assignment]
    ll = f"i{bits}"
    vector, type_ = vector_of(code, value), code.vector(ll)
    members = _members(ctx, stmt, mask)
    active = _active(ctx, mask)
    if members is not None:
        vector_of(code, members)  # before the loop over lanes

    def compute(lane: str) -> str:
        mine = code.op(f"extractelement {type_} {vector}, i32 {lane}")
        same = code.bits(code.both(mask, code.op(f"icmp eq {type_} {vector}, {code.splat(ll, mine)}")))
        given = _lane_bits(ctx, members, lane, mask)
        matched = code.op(f"and i32 {same}, {given}")
        if stmt.op == "match_any":
            return matched
        present = code.op(f"and i32 {active}, {given}")
        agree = code.op(f"icmp eq i32 {matched}, {present}")
        return code.op(f"select i1 {agree}, i32 {given}, i32 0")

    result = Value(U32, shapes.ANY, _each_lane(ctx, mask, "i32", compute))
    _give(ctx, stmt.result, result, mask)
    if stmt.predicate_result is not None:
        agreed = code.op(f"icmp ne {code.vector('i32')} {result.ref}, zeroinitializer")
        wide = code.op(f"zext {code.mask_type} {agreed} to {code.vector('i32')}")
        _give(ctx, stmt.predicate_result, Value(I32, shapes.ANY, wide), mask)


def _reduce(ctx: Context, stmt: n.Warp, mask: Mask) -> None:
    code = ctx.code
    value = expressions.scalar(ctx, stmt.args[0], mask)
    assert isinstance(value.type, Scalar)
    vector = vector_of(code, value)
    members = _members(ctx, stmt, mask)
    verb, neutral = _reduction(stmt.op, value.type)

    def over(given: str) -> str:
        lanes = code.op(f"bitcast i32 {code.op(f'and i32 {given}, {_active(ctx, mask)}')} to {code.mask_type}")
        kept = code.op(
            f"select {code.mask_type} {lanes}, {code.vector('i32')} {vector}, "
            f"{code.vector('i32')} {code.splat_constant('i32', neutral)}"
        )
        return code.call("i32", f"llvm.vector.reduce.{verb}.v{WARP}i32", [(code.vector("i32"), kept)])

    if members is None or members.is_uniform:
        result = Value(value.type, shapes.PER_GANG, over(_lane_bits(ctx, members, "0", mask)))
    else:
        vector_of(code, members)
        ref = _each_lane(ctx, mask, "i32", lambda lane: over(_lane_bits(ctx, members, lane, mask)))
        result = Value(value.type, shapes.ANY, ref)
    _give(ctx, stmt.result, result, mask)


def _reduction(op: str, type_: Scalar) -> tuple[str, str]:
    """LLVM's reduction and its neutral element."""
    match op:
        case "reduce_min":
            return ("smin", str(2**31 - 1)) if type_.is_signed else ("umin", "-1")
        case "reduce_max":
            return ("smax", str(-(2**31))) if type_.is_signed else ("umax", "0")
        case "reduce_and":
            return "and", "-1"
        case "reduce_or":
            return "or", "0"
        case "reduce_xor":
            return "xor", "0"
        case _:
            return "add", "0"
