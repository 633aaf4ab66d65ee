"""Loads and stores of places, by where they are and by the shape of their address."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, U8, U64, Pointer, Scalar, Type, align_of, size_of
from cudawasm_cpu.codegen import addresses, checks, conversions, lltypes, places, rows, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.lltypes import Leaf
from cudawasm_cpu.codegen.places import Lanes, Location, Memory, Registers
from cudawasm_cpu.codegen.values import Aggregate, Value, vector_of
from cudawasm_cpu.codegen.variables import Variable


def load(ctx: Context, place: n.Place, mask: Mask) -> Value | Aggregate:
    """The value of a place in the active lanes; other lanes may hold anything."""
    location = places.locate(ctx, place, mask)
    type_ = place.type
    if isinstance(type_, Scalar | Pointer):
        return load_leaf(ctx, location, type_, 0, 0, type_, mask)
    parts = []
    for i, (leaf, offset) in enumerate(lltypes.leaves(type_)):
        parts.append(load_leaf(ctx, location, type_, i, offset, leaf, mask))
    return Aggregate(type_, tuple(parts))


def load_leaf(
    ctx: Context, location: Location, whole: Type, number: int, offset: int, type_: Leaf, mask: Mask
) -> Value:
    """Leaf ``number``, at byte ``offset``, of an object of type ``whole``."""
    match location:
        case Registers():
            return read_register(ctx, location.variable, location.leaf + number, type_)
        case Lanes():
            address = places.lanes_address(ctx, location, offset, size_of(type_))
            return load_from(ctx, address, type_, mask, Memory(address))
        case Memory():
            if not isinstance(whole, Scalar | Pointer) and places.is_row(whole):
                row = (location.address, lltypes.leaf_count(whole), number)
                location = replace(location, row=row)
            address = addresses.add_bytes(ctx, location.address, offset)
            return load_from(ctx, address, type_, mask, location)


def read_register(ctx: Context, variable: Variable, leaf: int, type_: Leaf) -> Value:
    shape = variable.shapes[leaf]
    if shape is None:
        return Value(type_, shapes.PER_BLOCK, zero_of(type_))
    if shape.const is not None and shape.level == shapes.BLOCK:
        return Value(type_, shape, lltypes.literal(type_, shape.const))
    ll = lltypes.register(type_)
    slot = register_slot(ctx, variable, leaf)
    if shape.level == shapes.VARYING:
        return Value(type_, shape, ctx.code.op(f"load {ctx.code.vector(ll)}, ptr {slot}"))
    return Value(type_, shape, ctx.code.op(f"load {ll}, ptr {slot}"))


def zero_of(type_: Leaf) -> str:
    return "null" if isinstance(type_, Pointer) else "false" if type_ == BOOL else lltypes.literal(type_, 0)


def register_slot(ctx: Context, variable: Variable, leaf: int) -> str:
    """The stack slot (promoted to registers by LLVM) of a leaf."""
    if leaf not in variable.slots:
        shape, ll = variable.shapes[leaf], lltypes.register(variable.leaves[leaf][0])
        varying = shape is not None and shape.level == shapes.VARYING
        variable.slots[leaf] = ctx.code.alloca(ctx.code.vector(ll) if varying else ll)
    return variable.slots[leaf]


def load_from(ctx: Context, address: Value, type_: Leaf, mask: Mask, how: Memory) -> Value:
    """Load a scalar by the shape of its address. At least one lane is active."""
    if _is_wider_in_memory(ctx, type_):
        return conversions.cast(ctx, load_from(ctx, address, U64, mask, how), type_)
    code = ctx.code
    checks.check_access(ctx, address, size_of(type_), mask, "read")
    if how.volatile:
        rows.compiler_barrier(ctx)
    ll = lltypes.memory(type_)
    level = shapes.PER_BLOCK if how.immutable and address.shape.level == shapes.BLOCK else shapes.PER_GANG
    if address.is_uniform:
        volatile = "volatile " if how.volatile else ""
        tail = ", !invariant.load !0" if how.immutable else rows.alias_tags(address)
        ref = code.op(f"load {volatile}{ll}, ptr {address.ref}, align {align_of(type_)}{tail}")
        if type_ == BOOL:
            ref = code.op(f"icmp ne i8 {ref}, 0")
        if ctx.width == 1 or shapes.of_load(address.shape).is_uniform:
            return Value(type_, level, ref)
    if address.is_linear:
        ref = _load_linear(ctx, address, type_, mask, how)
    else:
        ref = rows.gather(ctx, address, type_, mask)
    if type_ == BOOL:
        ref = code.op(f"icmp ne {code.vector('i8')} {ref}, zeroinitializer")
    return Value(type_, shapes.ANY, ref)


def _load_linear(ctx: Context, address: Value, type_: Leaf, mask: Mask, how: Memory) -> str:
    code, width, size = ctx.code, ctx.width, size_of(type_)
    ll, offsets = lltypes.memory(type_), address.shape.offsets
    tags = rows.alias_tags(address)
    if address.space == "local":
        mask = None  # absent lanes have memory too
    if all(o == i * size for i, o in enumerate(offsets)):
        return rows.load_vector(ctx, address.ref, ll, width, size, mask, tags)
    if how.row is not None and not how.volatile:
        base, count, number = how.row
        if base.is_linear and all(o == i * size * count for i, o in enumerate(base.shape.offsets)):
            wide_mask = rows.repeat_mask(ctx, mask, count)
            wide = rows.load_vector(ctx, base.ref, ll, width * count, size, wide_mask, tags)
            return code.shuffle(ll, width * count, wide, [i * count + number for i in range(width)])
    low, high = min(offsets), max(offsets)
    span = (high - low) // size + 1
    whole = all((o - low) % size == 0 for o in offsets)
    if mask is None and whole and span <= 4 * width and not how.volatile:
        base_ref = code.op(f"getelementptr i8, ptr {address.ref}, i64 {low}") if low else address.ref
        wide = rows.load_vector(ctx, base_ref, ll, span, size, None, tags)
        return code.shuffle(ll, span, wide, [(o - low) // size for o in offsets])
    return rows.gather(ctx, address, type_, mask)


def store(ctx: Context, place: n.Place, value: Value | Aggregate, mask: Mask) -> None:
    """Assign to a place in the active lanes."""
    location = places.locate(ctx, place, mask)
    if isinstance(value, Value):
        store_leaf(ctx, location, 0, 0, value, mask)
        return
    if isinstance(location, Memory) and _store_row(ctx, location, value, mask):
        return
    for i, ((_, offset), part) in enumerate(zip(lltypes.leaves(value.type), value.parts, strict=True)):
        store_leaf(ctx, location, i, offset, part, mask)


def store_leaf(ctx: Context, location: Location, number: int, offset: int, value: Value, mask: Mask) -> None:
    """Store one leaf of an object."""
    match location:
        case Registers():
            write_register(ctx, location.variable, location.leaf + number, value, mask)
        case Lanes():
            address = places.lanes_address(ctx, location, offset, size_of(value.type))
            blend = any(live & location.variable.bit for live in ctx.lost)
            uniform_row = location.dynamic is None or location.dynamic.is_uniform
            store_to(ctx, address, value, mask if blend or not uniform_row else None, Memory(address))
        case Memory():
            store_to(ctx, addresses.add_bytes(ctx, location.address, offset), value, mask, location)


def write_register(ctx: Context, variable: Variable, leaf: int, value: Value, mask: Mask) -> None:
    """Assign a leaf of a register variable; lanes that are absent but still need theirs keep it."""
    shape, code = variable.shapes[leaf], ctx.code
    assert shape is not None, variable.var.name
    if shape.const is not None and shape.level == shapes.BLOCK:
        return
    ll = lltypes.register(variable.leaves[leaf][0])
    slot = register_slot(ctx, variable, leaf)
    if shape.level != shapes.VARYING:
        assert value.shape.level <= shape.level and value.shape.offsets in ((), shape.offsets), variable.var.name
        code.do(f"store {ll} {value.ref}, ptr {slot}")
        return
    vector = vector_of(code, value)
    vector_type = code.vector(ll)
    if mask is not None and any(live & variable.bit for live in ctx.lost):
        old = code.op(f"load {vector_type}, ptr {slot}")
        vector = code.op(f"select {code.mask_type} {mask}, {vector_type} {vector}, {vector_type} {old}")
    code.do(f"store {vector_type} {vector}, ptr {slot}")


def _is_wider_in_memory(ctx: Context, type_: Type) -> bool:
    return isinstance(type_, Pointer) and ctx.machine.pointer_bits < 64


def _to_memory(ctx: Context, value: Value) -> Value:
    """A bool as the byte, and a short pointer as the long one, that memory holds."""
    if _is_wider_in_memory(ctx, value.type):
        return conversions.cast(ctx, value, U64)
    if value.type != BOOL:
        return value
    code = ctx.code
    if value.is_uniform:
        return replace(value, type=U8, ref=code.op(f"zext i1 {value.ref} to i8"))
    return replace(value, type=U8, ref=code.op(f"zext {code.mask_type} {value.ref} to {code.vector('i8')}"))


def store_to(ctx: Context, address: Value, value: Value, mask: Mask, how: Memory) -> None:
    """Store a scalar by the shape of its address. At least one lane is active."""
    code = ctx.code
    checks.check_access(ctx, address, size_of(value.type), mask, "write")
    value = _to_memory(ctx, value)
    ll, align = lltypes.memory(value.type), align_of(value.type)
    if address.is_uniform:
        ref = value.ref if value.is_uniform else rows.last_lane(ctx, vector_of(code, value), ll, mask)
        volatile = "volatile " if how.volatile else ""
        code.do(f"store {volatile}{ll} {ref}, ptr {address.ref}, align {align}{rows.alias_tags(address)}")
    elif address.is_linear:
        _store_linear(ctx, address, vector_of(code, value), value.type, mask)  # type: ignore[arg-type]
    else:
        rows.scatter(ctx, address, vector_of(code, value), value.type, mask)  # type: ignore[arg-type]
    if how.volatile:
        rows.compiler_barrier(ctx)


def _store_linear(ctx: Context, address: Value, vector: str, type_: Leaf, mask: Mask) -> None:
    size, width = size_of(type_), ctx.width
    offsets, ll = address.shape.offsets, lltypes.memory(type_)
    if all(o == i * size for i, o in enumerate(offsets)):
        rows.store_vector(ctx, address.ref, ll, width, vector, size, mask, rows.alias_tags(address))
        return
    low = min(offsets)
    if mask is None and sorted(offsets) == [low + i * size for i in range(width)]:
        code = ctx.code
        base = code.op(f"getelementptr i8, ptr {address.ref}, i64 {low}") if low else address.ref
        order = sorted(range(width), key=lambda i: offsets[i])
        rows.store_vector(
            ctx, base, ll, width, code.shuffle(ll, width, vector, order), size, None, rows.alias_tags(address)
        )
        return
    rows.scatter(ctx, address, vector, type_, mask)


def _store_row(ctx: Context, location: Memory, value: Aggregate, mask: Mask) -> bool:
    """Store structs of two to four equal leaves that lie in a row with one wide store."""
    if not places.is_row(value.type) or not location.address.is_linear or location.volatile:
        return False
    size = size_of(value.type)
    if any(o != i * size for i, o in enumerate(location.address.shape.offsets)):
        return False
    checks.check_access(ctx, location.address, size, mask, "write")
    code, width, count = ctx.code, ctx.width, len(value.parts)
    parts = [_to_memory(ctx, part) for part in value.parts]
    ll = lltypes.memory(parts[0].type)
    vectors = [vector_of(code, part) for part in parts]
    total = _concatenate(ctx, ll, vectors)
    order = [part * width + lane for lane in range(width) for part in range(count)]
    padded = 2 * width if count == 2 else 4 * width
    wide = code.shuffle(ll, padded, total, order)
    leaf_size = size // count
    mask = rows.repeat_mask(ctx, mask, count)
    rows.store_vector(
        ctx, location.address.ref, ll, width * count, wide, leaf_size, mask, rows.alias_tags(location.address)
    )
    return True


def _concatenate(ctx: Context, ll: str, vectors: list[str]) -> str:
    """Two to four vectors one after the other, padded to a power of two of them."""
    code, width = ctx.code, ctx.width

    def pair(a: str, b: str, count: int) -> str:
        lanes = ", ".join(f"i32 {i}" for i in range(2 * count))
        type_ = f"<{count} x {ll}>"
        return code.op(f"shufflevector {type_} {a}, {type_} {b}, <{2 * count} x i32> <{lanes}>")

    low = pair(vectors[0], vectors[1], width)
    if len(vectors) == 2:
        return low
    high = pair(vectors[2], vectors[3] if len(vectors) == 4 else vectors[2], width)
    return pair(low, high, 2 * width)


def address_of(ctx: Context, place: n.Place, mask: Mask, type_: Pointer) -> Value:
    """A pointer to a place in memory."""
    location = places.locate(ctx, place, mask)
    assert isinstance(location, Memory), "an object whose address is taken lives in memory"
    return replace(location.address, type=type_)
