"""Atomic operations, lane by lane; together where the result is not used and all lanes aim at one place.

A block runs on one operating-system thread, so what only its own threads can see (shared memory, block
scope) needs no atomic instruction.
"""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, F16, U16, Pointer, Scalar, align_of, size_of
from cudawasm_cpu.codegen import addresses, checks, conversions, expressions, lltypes, memory, places, rows, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.lltypes import Leaf
from cudawasm_cpu.codegen.stops import EachLane, lane_of
from cudawasm_cpu.codegen.values import Aggregate, Value, vector_of

_UNROLLED_LANES = 16


def emit(ctx: Context, stmt: n.Atomic, mask: Mask) -> None:
    """Emit an atomic for the active lanes (at least one); vectors go component by component."""
    location = places.locate(ctx, stmt.place, mask)
    assert isinstance(location, places.Memory), "the target of an atomic lives in memory"
    args = [expressions.evaluate(ctx, a, mask) for a in stmt.args]
    parts: list[Value] = []
    for number, (leaf, offset) in enumerate(lltypes.leaves(stmt.place.type)):
        address = addresses.add_bytes(ctx, location.address, offset)
        operands = tuple(a.parts[number] if isinstance(a, Aggregate) else a for a in args)
        checks.check_access(ctx, address, size_of(leaf), mask, "atomic access")
        parts.append(_leaf(ctx, stmt, address, leaf, operands, mask))
    if stmt.result is None:
        return
    whole = Aggregate(stmt.place.type, tuple(parts)) if len(parts) > 1 else parts[0]
    memory.store(ctx, n.VarPlace(stmt.result), whole, mask)


def _leaf(ctx: Context, stmt: n.Atomic, address: Value, leaf: Leaf, operands: tuple[Value, ...], mask: Mask) -> Value:
    """The old value of one scalar in each lane."""
    alone = address.space in ("shared", "local") or stmt.scope == "block"
    if ctx.width == 1:
        place, *values = (lane_of(ctx, v, "0") for v in (address, *operands))
        old = rmw(ctx, stmt.op, place, leaf, tuple(values), alone)
        return Value(leaf, shapes.PER_GANG, old)
    if stmt.result is None and address.is_uniform:
        combined = _combined(ctx, stmt.op, leaf, operands, mask)
        if combined is not None:
            rmw(ctx, stmt.op, address.ref, leaf, (combined,), alone)
            return Value(leaf, shapes.PER_GANG, "poison")
    return _lane_by_lane(ctx, stmt, address, leaf, operands, mask, alone)


# --- all lanes at once ---------------------------------------------------------------------------


def _combined(ctx: Context, op: str, leaf: Leaf, operands: tuple[Value, ...], mask: Mask) -> str | None:
    """One operand that has the effect of those of all active lanes; None when there is none."""
    code, ll = ctx.code, lltypes.register(leaf)
    assert isinstance(leaf, Scalar)
    value = operands[0]
    if op == "exch":
        return value.ref if value.is_uniform else rows.last_lane(ctx, vector_of(code, value), ll, mask)
    if leaf in (F16, BF16):
        return None
    if leaf.is_float and op == "add":
        kept = _or_neutral(ctx, ll, vector_of(code, value), "-0.0", mask)
        suffix = {"float": "f32", "double": "f64"}[ll]
        name = f"llvm.vector.reduce.fadd.v{ctx.width}{suffix}"
        code.declarations.setdefault(name, f"declare {ll} @{name}({ll}, {code.vector(ll)})")
        return code.op(f"call reassoc {ll} @{name}({ll} -0.0, {code.vector(ll)} {kept})")
    sign = "s" if leaf.is_signed else "u"
    bits = leaf.bits
    top = (1 << (bits - 1)) - 1
    neutral = {
        "add": ("add", "0"), "sub": ("add", "0"), "and": ("and", "-1"), "or": ("or", "0"), "xor": ("xor", "0"),
        "min": (sign + "min", str(top) if leaf.is_signed else "-1"),
        "max": (sign + "max", str(-top - 1) if leaf.is_signed else "0"),
    }.get(op)  # fmt: skip
    if neutral is None:
        return None
    if value.is_uniform and op in ("and", "or", "min", "max"):
        return value.ref
    kept = _or_neutral(ctx, ll, vector_of(code, value), neutral[1], mask)
    return code.call(ll, f"llvm.vector.reduce.{neutral[0]}.v{ctx.width}{ll}", [(code.vector(ll), kept)])


def _or_neutral(ctx: Context, ll: str, vector: str, neutral: str, mask: Mask) -> str:
    """The vector with absent lanes set to a neutral element."""
    if mask is None:
        return vector
    code, type_ = ctx.code, ctx.code.vector(ll)
    other = code.splat_constant(ll, neutral)
    return code.op(f"select {code.mask_type} {mask}, {type_} {vector}, {type_} {other}")


# --- lane by lane --------------------------------------------------------------------------------


def _lane_by_lane(
    ctx: Context,
    stmt: n.Atomic,
    address: Value,
    leaf: Leaf,
    operands: tuple[Value, ...],
    mask: Mask,
    alone: bool,
) -> Value:
    code, ll = ctx.code, lltypes.register(leaf)
    pointers = None if address.is_uniform else vector_of(code, address)
    vectors = [None if o.is_uniform else vector_of(code, o) for o in operands]
    if mask is None and ctx.width <= _UNROLLED_LANES and leaf not in (F16, BF16):
        olds = []
        for number in range(ctx.width):
            place = address.ref if pointers is None else _element(ctx, "ptr", pointers, str(number))
            values = tuple(
                o.ref if v is None else _element(ctx, ll, v, str(number))
                for o, v in zip(operands, vectors, strict=True)
            )
            olds.append(rmw(ctx, stmt.op, place, leaf, values, alone))
        return Value(leaf, shapes.ANY, _collected(ctx, ll, olds) if stmt.result is not None else "poison")
    places = None if pointers is None else _spilled(ctx, "ptr", pointers)
    stored = [None if v is None else _spilled(ctx, ll, v) for v in vectors]
    results = code.alloca(ll, ctx.width, 64) if stmt.result is not None else ""
    lanes = EachLane(ctx, mask)
    lane = lanes.begin()
    place = address.ref if places is None else _reloaded(ctx, "ptr", places, lane)
    values = tuple(o.ref if s is None else _reloaded(ctx, ll, s, lane) for o, s in zip(operands, stored, strict=True))
    old = rmw(ctx, stmt.op, place, leaf, values, alone)
    if results:
        code.do(f"store {ll} {old}, ptr {code.op(f'getelementptr {ll}, ptr {results}, i32 {lane}')}")
    lanes.finish()
    ref = code.op(f"load {code.vector(ll)}, ptr {results}, align 64") if results else "poison"
    return Value(leaf, shapes.ANY, ref)


def _element(ctx: Context, ll: str, vector: str, lane: str) -> str:
    return ctx.code.op(f"extractelement {ctx.code.vector(ll)} {vector}, i32 {lane}")


def _collected(ctx: Context, ll: str, scalars: list[str]) -> str:
    vector = "poison"
    for lane, ref in enumerate(scalars):
        vector = ctx.code.op(f"insertelement {ctx.code.vector(ll)} {vector}, {ll} {ref}, i32 {lane}")
    return vector


def _spilled(ctx: Context, ll: str, vector: str) -> str:
    buffer = ctx.code.alloca(ll, ctx.width, 64)
    ctx.code.do(f"store {ctx.code.vector(ll)} {vector}, ptr {buffer}, align 64")
    return buffer


def _reloaded(ctx: Context, ll: str, buffer: str, lane: str) -> str:
    place = ctx.code.op(f"getelementptr {ll}, ptr {buffer}, i32 {lane}")
    return ctx.code.op(f"load {ll}, ptr {place}")


# --- one scalar ----------------------------------------------------------------------------------

_INSTRUCTIONS = {
    "add": "add", "sub": "sub", "exch": "xchg", "and": "and", "or": "or", "xor": "xor",
    "inc": "uinc_wrap", "dec": "udec_wrap",
}  # fmt: skip


def rmw(ctx: Context, op: str, ptr: str, leaf: Leaf, operands: tuple[str, ...], alone: bool) -> str:
    """Read-modify-write of one scalar; returns the old value. ``alone``: nobody else can see the place."""
    if leaf in (F16, BF16) and op == "add":
        return _narrow_add(ctx, ptr, leaf, operands[0], alone)
    if alone:
        return _plain(ctx, op, ptr, leaf, operands)
    code, ll = ctx.code, lltypes.register(leaf)
    align = align_of(leaf)
    if op == "cas":
        pair = code.op(f"cmpxchg ptr {ptr}, {ll} {operands[0]}, {ll} {operands[1]} monotonic monotonic, align {align}")
        return code.op(f"extractvalue {{ {ll}, i1 }} {pair}, 0")
    verb = _INSTRUCTIONS.get(op) or ("" if lltypes.is_signed(leaf) else "u") + op
    if lltypes.is_float(leaf) and op == "add":
        verb = "fadd"
    return code.op(f"atomicrmw {verb} ptr {ptr}, {ll} {operands[0]} monotonic, align {align}")


def _plain(ctx: Context, op: str, ptr: str, leaf: Leaf, operands: tuple[str, ...]) -> str:
    """The same by a load and a store."""
    code, ll = ctx.code, lltypes.register(leaf)
    align = align_of(leaf)
    old = code.op(f"load {ll}, ptr {ptr}, align {align}")
    new = _changed(ctx, op, leaf, old, operands)
    code.do(f"store {ll} {new}, ptr {ptr}, align {align}")
    return old


def _changed(ctx: Context, op: str, leaf: Leaf, old: str, operands: tuple[str, ...]) -> str:
    code, ll, value = ctx.code, lltypes.register(leaf), operands[0]
    match op:
        case "exch":
            return value
        case "cas":
            same = code.op(f"icmp eq {ll} {old}, {value}")
            return code.op(f"select i1 {same}, {ll} {operands[1]}, {ll} {old}")
        case "inc":
            over = code.op(f"icmp uge {ll} {old}, {value}")
            return code.op(f"select i1 {over}, {ll} 0, {ll} {code.op(f'add {ll} {old}, 1')}")
        case "dec":
            none = code.op(f"icmp eq {ll} {old}, 0")
            over = code.op(f"icmp ugt {ll} {old}, {value}")
            wraps = code.op(f"or i1 {none}, {over}")
            return code.op(f"select i1 {wraps}, {ll} {value}, {ll} {code.op(f'sub {ll} {old}, 1')}")
        case "min" | "max":
            sign = "s" if lltypes.is_signed(leaf) else "u"
            keep = code.op(f"icmp {sign}{'lt' if op == 'min' else 'gt'} {ll} {old}, {value}")
            return code.op(f"select i1 {keep}, {ll} {old}, {ll} {value}")
        case _:
            prefix = "f" if lltypes.is_float(leaf) else ""
            return code.op(f"{prefix}{op} {ll} {old}, {value}")


def _narrow_add(ctx: Context, ptr: str, leaf: Leaf, operand: str, alone: bool) -> str:
    """Adding 16-bit floats: by compare-and-swap of their bits."""
    code = ctx.code
    ll = lltypes.register(leaf)
    addend = Value(leaf, shapes.PER_GANG, operand)

    def total(bits: str) -> tuple[Value, str]:
        old = conversions.bitcast(ctx, Value(U16, shapes.PER_GANG, bits), leaf)
        assert isinstance(old, Value)
        new = conversions.bitcast(ctx, expressions.binary(ctx, "add", old, addend, leaf), U16)
        assert isinstance(new, Value)
        return old, new.ref

    if alone:
        old, new = total(code.op(f"load i16, ptr {ptr}, align 2"))
        code.do(f"store i16 {new}, ptr {ptr}, align 2")
        return old.ref
    slot = code.alloca("i16")
    code.do(f"store i16 {code.op(f'load atomic i16, ptr {ptr} monotonic, align 2')}, ptr {slot}")
    head, done = code.label("retry"), code.label("added")
    code.start(head)
    old, new = total(code.op(f"load i16, ptr {slot}"))
    before = code.op(f"load i16, ptr {slot}")
    pair = code.op(f"cmpxchg ptr {ptr}, i16 {before}, i16 {new} monotonic monotonic, align 2")
    code.do(f"store i16 {code.op(f'extractvalue {{ i16, i1 }} {pair}, 0')}, ptr {slot}")
    code.branch_if(code.op(f"extractvalue {{ i16, i1 }} {pair}, 1"), done, head)
    code.start(done)
    found = conversions.bitcast(ctx, Value(U16, shapes.PER_GANG, code.op(f"load i16, ptr {slot}")), leaf)
    assert isinstance(found, Value) and ll and not isinstance(leaf, Pointer)
    return found.ref
