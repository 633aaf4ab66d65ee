"""Places: where the object is that a program names, in registers or in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I64, U8, Pointer, Scalar, Space, Type, member_offset, size_of
from cudawasm_cpu.codegen import addresses, expressions, lltypes, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.shapes import Shape
from cudawasm_cpu.codegen.uniformity import is_immutable, strip_widening
from cudawasm_cpu.codegen.values import Value, vector_of
from cudawasm_cpu.codegen.variables import Home, Variable

BYTE_PTR = Pointer(U8)


@dataclass(frozen=True, slots=True)
class Registers:
    """Leaves of a register variable from number ``leaf`` on."""

    variable: Variable
    leaf: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """A part of a LANES variable at a byte offset: a constant plus, when not empty, a computed i32 value."""

    variable: Variable
    offset: int
    dynamic: Value | None


@dataclass(frozen=True, slots=True)
class Memory:
    """An object at ``address``. ``row`` is the enclosing small uniform struct's (address, leaves, leaf number)."""

    address: Value
    volatile: bool = False
    immutable: bool = False
    row: tuple[Value, int, int] | None = None
    align: int = 0


Location = Registers | Lanes | Memory


def locate(ctx: Context, place: n.Place, mask: Mask) -> Location:
    """Where a place is for the active lanes."""
    match place:
        case n.VarPlace():
            return _locate_variable(ctx, place.var)
        case n.Deref():
            ptr = expressions.scalar(ctx, place.ptr, mask)
            return Memory(ptr, place.volatile, is_immutable(place, ctx.variables))
        case n.Member():
            base = locate(ctx, place.base, mask)
            return _member(ctx, base, place)
        case n.Index():
            base = locate(ctx, place.base, mask)
            return _index(ctx, base, place, mask)


def _locate_variable(ctx: Context, var: n.Var) -> Location:
    variable = ctx.variables.get(var)
    if variable is None:
        return Memory(module_address(ctx, var), var.volatile, var.space is Space.CONSTANT)
    match variable.home:
        case Home.REGISTERS:
            return Registers(variable, 0)
        case Home.LANES:
            return Lanes(variable, 0, None)
        case Home.PARAMS:
            ref = ctx.code.op(f"getelementptr i8, ptr %params, i64 {variable.param_offset}")
            return Memory(Value(BYTE_PTR, shapes.PER_BLOCK, ref, "params"), False, True)
        case Home.MEMORY:
            stride = size_of(var.type)
            ref = thread_storage(ctx, variable)
            offsets = tuple(i * stride for i in range(ctx.width))
            shape = shapes.linear(Shape(shapes.LINEAR, offsets), offsets) if ctx.width > 1 else shapes.PER_GANG
            return Memory(Value(BYTE_PTR, shape, ref, "local"))


def thread_storage(ctx: Context, variable: Variable) -> str:
    """The memory of the current gang's copies of a variable; the block emitter provides it when it must last."""
    if not variable.storage:
        size = max(1, size_of(variable.var.type)) * ctx.width
        variable.storage = ctx.code.alloca("i8", size, 64)
    return variable.storage


def module_address(ctx: Context, var: n.Var) -> Value:
    """The address of a shared, global or constant variable."""
    if var.space is Space.SHARED:
        offset = ctx.shared.get(var, ctx.dynamic_offset)
        ref = ctx.code.op(f"getelementptr i8, ptr {ctx.shared_base}, i64 {offset}")
        shape = shapes.PER_BLOCK if ctx.layout.batch == 1 else shapes.PER_GANG
        return Value(BYTE_PTR, shape, ref, "shared")
    slot = ctx.code.op(f"getelementptr i64, ptr %globals, i64 {ctx.globals[var]}")
    ref = ctx.code.op(f"load ptr, ptr {slot}, align 8, !invariant.load !0")
    return Value(BYTE_PTR, shapes.PER_BLOCK, ref, "global")


def _member(ctx: Context, base: Location, place: n.Member) -> Location:
    parent = place.base.type
    offset = member_offset(parent, place.index)
    match base:
        case Registers():
            return Registers(base.variable, base.leaf + lltypes.member_leaf(parent, place.index))
        case Lanes():
            return Lanes(base.variable, base.offset + offset, base.dynamic)
        case Memory():
            row = None
            if is_row(parent):
                row = (base.address, lltypes.leaf_count(parent), lltypes.member_leaf(parent, place.index))
            return replace(base, address=addresses.add_bytes(ctx, base.address, offset), row=row)


def is_row(type_: Type) -> bool:
    """Whether a type is two to four leaves of one size without gaps."""
    if not 2 <= lltypes.leaf_count(type_) <= 4 or lltypes.contains_union(type_):
        return False
    leaves = lltypes.leaves(type_)
    size = size_of(leaves[0][0])
    return len({leaf for leaf, _ in leaves}) == 1 and size_of(type_) == size * len(leaves) and leaves[0][0] != BOOL


def _index(ctx: Context, base: Location, place: n.Index, mask: Mask) -> Location:
    size = size_of(place.type)
    if isinstance(base, Registers):
        assert isinstance(place.index, n.Const)
        return Registers(base.variable, base.leaf + int(place.index.value) * lltypes.leaf_count(place.type))
    if isinstance(base, Lanes):
        return _index_lanes(ctx, base, place, size, mask)
    index = addresses.index_value(ctx, place.index, mask)
    return Memory(addresses.add_index(ctx, base.address, index, size), base.volatile, base.immutable)


def _index_lanes(ctx: Context, base: Lanes, place: n.Index, size: int, mask: Mask) -> Lanes:
    if isinstance(place.index, n.Const):
        return Lanes(base.variable, base.offset + int(place.index.value) * size, base.dynamic)
    index = expressions.scalar(ctx, strip_widening(place.index), mask)
    if index.shape.const is not None:
        return Lanes(base.variable, base.offset + index.shape.const * size, base.dynamic)
    code = ctx.code
    narrow = _resize_index(ctx, index)
    if ctx.width == 1 and not narrow.is_uniform:
        only = code.op(f"extractelement <1 x i32> {vector_of(code, narrow)}, i32 0")
        narrow = Value(narrow.type, shapes.PER_GANG, only)
    if narrow.is_uniform:
        scaled = Value(I64, shapes.PER_GANG, code.op(f"mul i32 {narrow.ref}, {size}"))
    else:
        vector = vector_of(code, narrow)
        scaled = Value(I64, shapes.ANY, code.op(f"mul {code.vector('i32')} {vector}, splat (i32 {size})"))
    if base.dynamic is not None:
        if scaled.is_uniform and base.dynamic.is_uniform:
            scaled = replace(scaled, ref=code.op(f"add i32 {scaled.ref}, {base.dynamic.ref}"))
        else:
            a, b = (v.ref if not v.is_uniform else code.splat("i32", v.ref) for v in (scaled, base.dynamic))
            scaled = Value(I64, shapes.ANY, code.op(f"add {code.vector('i32')} {a}, {b}"))
    return Lanes(base.variable, base.offset, scaled)


def _resize_index(ctx: Context, index: Value) -> Value:
    """An index as 32 bits (registers that count as such keep their type's name)."""
    assert isinstance(index.type, Scalar)
    bits = index.type.bits
    if bits == 32:
        return index
    code = ctx.code
    verb = "trunc" if bits > 32 else "sext" if index.type.is_signed else "zext"
    if index.type == BOOL:
        bits = 1
    if index.is_uniform:
        return Value(index.type, shapes.PER_GANG, code.op(f"{verb} i{bits} {index.ref} to i32"))
    vector = vector_of(code, index)
    ref = code.op(f"{verb} {code.vector(f'i{bits}')} {vector} to {code.vector('i32')}")
    return Value(index.type, shapes.ANY, ref)


def lanes_address(ctx: Context, place: Lanes, offset: int, size: int) -> Value:
    """Address of the leaf of ``size`` bytes at ``offset`` within a LANES place, in each lane."""
    code, width = ctx.code, ctx.width
    storage = thread_storage(ctx, place.variable)
    base = code.op(f"getelementptr i8, ptr {storage}, i64 {(place.offset + offset) * width}")
    steps = tuple(i * size for i in range(width))
    if place.dynamic is not None and place.dynamic.is_uniform:
        wide = code.op(f"sext i32 {place.dynamic.ref} to i64")
        base = code.op(f"getelementptr [{width} x i8], ptr {base}, i64 {wide}")
    elif place.dynamic is not None:
        scaled = code.op(f"mul {code.vector('i32')} {place.dynamic.ref}, splat (i32 {width})")
        moved = code.op(f"add {code.vector('i32')} {scaled}, {code.constant_vector('i32', steps)}")
        wide = code.op(f"sext {code.vector('i32')} {moved} to {code.vector('i64')}")
        ref = code.op(f"getelementptr i8, ptr {base}, {code.vector('i64')} {wide}")
        return Value(BYTE_PTR, shapes.ANY, ref, "local")
    shape = shapes.linear(Shape(shapes.LINEAR, steps), steps) if width > 1 else shapes.PER_GANG
    return Value(BYTE_PTR, shape, base, "local")
