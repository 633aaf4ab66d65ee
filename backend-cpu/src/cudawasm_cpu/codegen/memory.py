"""Places: where they are, and loads and stores of them by the shape of their address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, I64, U8, Pointer, Scalar, Space, Type, align_of, member_offset, size_of
from cudawasm_cpu.codegen import checks, expressions, lltypes, shapes
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.lltypes import Leaf
from cudawasm_cpu.codegen.shapes import Shape
from cudawasm_cpu.codegen.uniformity import is_immutable, strip_widening
from cudawasm_cpu.codegen.values import Aggregate, Value, vector_of
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
            if _is_row(parent):
                row = (base.address, lltypes.leaf_count(parent), lltypes.member_leaf(parent, place.index))
            return replace(base, address=add_bytes(ctx, base.address, offset), row=row)


def _is_row(type_: Type) -> bool:
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
    index = index_value(ctx, place.index, mask)
    return Memory(add_index(ctx, base.address, index, size), base.volatile, base.immutable)


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


# --- address arithmetic --------------------------------------------------------------------------


def index_value(ctx: Context, expr: n.Expr, mask: Mask) -> Value:
    """An index. Signed 32-bit arithmetic that is scalar here is done in 64 bits, which is the same unless it
    overflows, and that CUDA leaves undefined: LLVM folds it into addresses and steps pointers along."""
    narrow = strip_widening(expr)
    shape = ctx.uniformity.shape(narrow)
    if narrow.type == I32 and shape.level != shapes.VARYING and shape.const is None:
        wide = _widened(narrow)
        found = ctx.uniformity.shape(wide)
        if (found.level, found.offsets) == (shape.level, shape.offsets):
            return expressions.scalar(ctx, wide, mask)
    return expressions.scalar(ctx, narrow, mask)


def _widened(expr: n.Expr) -> n.Expr:
    match expr:
        case n.Const():
            return n.Const(I64, expr.value)
        case n.Binary(op="add" | "sub" | "mul", type=type_) if type_ == I32:
            return n.Binary(expr.op, _widened(expr.left), _widened(expr.right), I64)
        case _:
            return n.Cast(I64, expr)


def add_bytes(ctx: Context, ptr: Value, offset: int) -> Value:
    """``ptr`` moved by a constant number of bytes."""
    if offset == 0:
        return ptr
    code = ctx.code
    if ptr.shape.level == shapes.VARYING:
        ref = code.op(f"getelementptr i8, {code.vector('ptr')} {ptr.ref}, i64 {offset}")
    else:
        ref = code.op(f"getelementptr i8, ptr {ptr.ref}, i64 {offset}")
    return replace(ptr, ref=ref)


def add_index(ctx: Context, ptr: Value, index: Value, size: int) -> Value:
    """``ptr + index`` for elements of ``size`` bytes."""
    shape = shapes.of_offset(ptr.shape, index.shape, size)
    code = ctx.code
    if index.shape.const is not None:
        return replace(add_bytes(ctx, ptr, index.shape.const * size), shape=shape)
    element = lltypes.element_name(size)
    if shape.level == shapes.VARYING:
        vector = extend_vector(ctx, index)
        base = f"ptr {ptr.ref}" if ptr.is_uniform else f"{code.vector('ptr')} {vector_of(code, ptr)}"
        ref = code.op(f"getelementptr {element}, {base}, {code.vector('i64')} {vector}")
        return Value(ptr.type, shapes.ANY, ref, ptr.space)
    wide = extend_index(ctx, index)
    ref = code.op(f"getelementptr {element}, ptr {ptr.ref}, i64 {wide}")
    if shape.is_uniform and not (ptr.is_uniform and index.is_uniform):
        first = (ptr.shape.offsets or (0,))[0] + size * (index.shape.offsets or (0,))[0]
        ref = code.op(f"getelementptr i8, ptr {ref}, i64 {first}") if first else ref
    return Value(ptr.type, shape, ref, ptr.space)


def extend_vector(ctx: Context, index: Value) -> str:
    """A varying or other index as a vector of i64."""
    code = ctx.code
    vector = vector_of(code, index)
    assert isinstance(index.type, Scalar)
    bits = 1 if index.type == BOOL else index.type.bits
    if bits == 64:
        return vector
    verb = "sext" if index.type.is_signed else "zext"
    return code.op(f"{verb} {code.vector(f'i{bits}')} {vector} to {code.vector('i64')}")


def extend_index(ctx: Context, index: Value) -> str:
    """The uniform index, or the base of a linear one, as i64.

    Unsigned lane values may wrap: of ``a[i - 1u]`` the lane with ``i == 0`` is absent, and the others
    are near 0 though the base is near 2**32. Then the base counts as negative.
    """
    code = ctx.code
    assert isinstance(index.type, Scalar)
    bits = 1 if index.type == BOOL else index.type.bits
    if bits == 64:
        return index.ref
    if index.type.is_signed or index.ref[0] != "%":
        return code.op(f"sext i{bits} {index.ref} to i64")
    wide = code.op(f"zext i{bits} {index.ref} to i64")
    shape = index.shape
    if not index.is_linear or shape.no_wrap or shape.stays_in_step:
        return wide
    low, high = min(shape.offsets), max(shape.offsets)
    if low < 0:
        return code.op(f"sext i{bits} {index.ref} to i64") if high <= 0 else wide
    top = code.op(f"add i64 {wide}, {high}")
    wraps = code.op(f"icmp ugt i64 {top}, 4294967295")
    negative = code.op(f"sext i{bits} {index.ref} to i64")
    return code.op(f"select i1 {wraps}, i64 {negative}, i64 {wide}")


# --- loads ---------------------------------------------------------------------------------------


def load(ctx: Context, place: n.Place, mask: Mask) -> Value | Aggregate:
    """The value of a place in the active lanes; other lanes may hold anything."""
    location = locate(ctx, place, mask)
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
            address = lanes_address(ctx, location, offset, size_of(type_))
            return load_from(ctx, address, type_, mask, Memory(address))
        case Memory():
            if not isinstance(whole, Scalar | Pointer) and _is_row(whole):
                row = (location.address, lltypes.leaf_count(whole), number)
                location = replace(location, row=row)
            address = add_bytes(ctx, location.address, offset)
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
    code = ctx.code
    checks.check_access(ctx, address, size_of(type_), mask, "read")
    if how.volatile:
        compiler_barrier(ctx)
    ll = lltypes.memory(type_)
    level = shapes.PER_BLOCK if how.immutable and address.shape.level == shapes.BLOCK else shapes.PER_GANG
    if address.is_uniform:
        volatile = "volatile " if how.volatile else ""
        tail = ", !invariant.load !0" if how.immutable else alias_tags(address)
        ref = code.op(f"load {volatile}{ll}, ptr {address.ref}, align {align_of(type_)}{tail}")
        if type_ == BOOL:
            ref = code.op(f"icmp ne i8 {ref}, 0")
        if ctx.width == 1 or shapes.of_load(address.shape).is_uniform:
            return Value(type_, level, ref)
    if address.is_linear:
        ref = _load_linear(ctx, address, type_, mask, how)
    else:
        ref = _gather(ctx, address, type_, mask)
    if type_ == BOOL:
        ref = code.op(f"icmp ne {code.vector('i8')} {ref}, zeroinitializer")
    return Value(type_, shapes.ANY, ref)


def _load_linear(ctx: Context, address: Value, type_: Leaf, mask: Mask, how: Memory) -> str:
    code, width, size = ctx.code, ctx.width, size_of(type_)
    ll, offsets = lltypes.memory(type_), address.shape.offsets
    tags = alias_tags(address)
    if address.space == "local":
        mask = None  # absent lanes have memory too
    if all(o == i * size for i, o in enumerate(offsets)):
        return load_vector(ctx, address.ref, ll, width, size, mask, tags)
    if how.row is not None and not how.volatile:
        base, count, number = how.row
        if base.is_linear and all(o == i * size * count for i, o in enumerate(base.shape.offsets)):
            wide_mask = _repeat_mask(ctx, mask, count)
            wide = load_vector(ctx, base.ref, ll, width * count, size, wide_mask, tags)
            return code.shuffle(ll, width * count, wide, [i * count + number for i in range(width)])
    low, high = min(offsets), max(offsets)
    span = (high - low) // size + 1
    whole = all((o - low) % size == 0 for o in offsets)
    if mask is None and whole and span <= 4 * width and not how.volatile:
        base_ref = code.op(f"getelementptr i8, ptr {address.ref}, i64 {low}") if low else address.ref
        wide = load_vector(ctx, base_ref, ll, span, size, None, tags)
        return code.shuffle(ll, span, wide, [(o - low) // size for o in offsets])
    return _gather(ctx, address, type_, mask)


def _repeat_mask(ctx: Context, mask: Mask, count: int) -> Mask:
    if mask is None:
        return None
    lanes = [i // count for i in range(ctx.width * count)]
    return ctx.code.shuffle("i1", ctx.width, mask, lanes)


def load_vector(ctx: Context, base: str, ll: str, count: int, align: int, mask: Mask, tags: str = "") -> str:
    """``count`` elements in a row."""
    code = ctx.code
    vector = f"<{count} x {ll}>"
    if mask is None:
        return code.op(f"load {vector}, ptr {base}, align {align}{tags}")
    args = [("ptr", base), ("i32", str(align)), (f"<{count} x i1>", mask), (vector, "zeroinitializer")]
    return _masked(ctx, vector, f"llvm.masked.load.v{count}{_suffix(ll)}.p0", args, tags)


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


def _gather(ctx: Context, address: Value, type_: Leaf, mask: Mask) -> str:
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


def _pointers(ctx: Context, address: Value, mask: Mask) -> list[str]:
    """The address of each lane; a place of our own for lanes that are not active, which costs less than branches."""
    code, vector = ctx.code, ctx.code.vector("ptr")
    if mask is None and address.is_linear:
        return [code.op(f"getelementptr i8, ptr {address.ref}, i64 {offset}") for offset in address.shape.offsets]
    pointers = vector_of(code, address)
    if mask is not None:
        if not ctx.nowhere:
            ctx.nowhere = code.alloca("i8", 16, 16)
        elsewhere = code.splat("ptr", ctx.nowhere)
        pointers = code.op(f"select {code.mask_type} {mask}, {vector} {pointers}, {vector} {elsewhere}")
    return [code.op(f"extractelement {vector} {pointers}, i64 {lane}") for lane in range(ctx.width)]


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


# --- stores --------------------------------------------------------------------------------------


def store(ctx: Context, place: n.Place, value: Value | Aggregate, mask: Mask) -> None:
    """Assign to a place in the active lanes."""
    location = locate(ctx, place, mask)
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
            address = lanes_address(ctx, location, offset, size_of(value.type))
            blend = any(live & location.variable.bit for live in ctx.lost)
            uniform_row = location.dynamic is None or location.dynamic.is_uniform
            store_to(ctx, address, value, mask if blend or not uniform_row else None, Memory(address))
        case Memory():
            store_to(ctx, add_bytes(ctx, location.address, offset), value, mask, location)


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


def _to_memory(ctx: Context, value: Value) -> Value:
    """A bool as the byte that memory holds."""
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
        ref = value.ref if value.is_uniform else last_lane(ctx, vector_of(code, value), ll, mask)
        volatile = "volatile " if how.volatile else ""
        code.do(f"store {volatile}{ll} {ref}, ptr {address.ref}, align {align}{alias_tags(address)}")
    elif address.is_linear:
        _store_linear(ctx, address, vector_of(code, value), value.type, mask)  # type: ignore[arg-type]
    else:
        _scatter(ctx, address, vector_of(code, value), value.type, mask)  # type: ignore[arg-type]
    if how.volatile:
        compiler_barrier(ctx)


def last_lane(ctx: Context, vector: str, ll: str, mask: Mask) -> str:
    """The value of the highest active lane."""
    code, width = ctx.code, ctx.width
    if mask is None:
        return code.op(f"extractelement {code.vector(ll)} {vector}, i64 {width - 1}")
    bits = code.bits(mask)
    zeros = code.call(f"i{width}", f"llvm.ctlz.i{width}", [(f"i{width}", bits), ("i1", "true")])
    lane = code.op(f"sub i{width} {width - 1}, {zeros}")
    return code.op(f"extractelement {code.vector(ll)} {vector}, i{width} {lane}")


def _store_linear(ctx: Context, address: Value, vector: str, type_: Leaf, mask: Mask) -> None:
    size, width = size_of(type_), ctx.width
    offsets, ll = address.shape.offsets, lltypes.memory(type_)
    if all(o == i * size for i, o in enumerate(offsets)):
        store_vector(ctx, address.ref, ll, width, vector, size, mask, alias_tags(address))
        return
    low = min(offsets)
    if mask is None and sorted(offsets) == [low + i * size for i in range(width)]:
        code = ctx.code
        base = code.op(f"getelementptr i8, ptr {address.ref}, i64 {low}") if low else address.ref
        order = sorted(range(width), key=lambda i: offsets[i])
        store_vector(ctx, base, ll, width, code.shuffle(ll, width, vector, order), size, None, alias_tags(address))
        return
    _scatter(ctx, address, vector, type_, mask)


def store_vector(
    ctx: Context, base: str, ll: str, count: int, vector: str, align: int, mask: Mask, tags: str = ""
) -> None:
    """``count`` elements in a row."""
    type_ = f"<{count} x {ll}>"
    if mask is None:
        ctx.code.do(f"store {type_} {vector}, ptr {base}, align {align}{tags}")
        return
    args = [(type_, vector), ("ptr", base), ("i32", str(align)), (f"<{count} x i1>", mask)]
    _masked(ctx, "void", f"llvm.masked.store.v{count}{_suffix(ll)}.p0", args, tags)


def _scatter(ctx: Context, address: Value, vector: str, type_: Leaf, mask: Mask) -> None:
    code, ll, align = ctx.code, lltypes.memory(type_), align_of(type_)
    if ctx.machine.gathers and ctx.width > 1:
        args = [(code.vector(ll), vector), (code.vector("ptr"), vector_of(code, address)), ("i32", str(align)),
                (code.mask_type, code.materialize(mask))]  # fmt: skip
        _masked(ctx, "void", f"llvm.masked.scatter.v{ctx.width}{_suffix(ll)}.v{ctx.width}p0", args)
        return
    for lane, pointer in enumerate(_pointers(ctx, address, mask)):
        one = code.op(f"extractelement {code.vector(ll)} {vector}, i64 {lane}")
        code.do(f"store {ll} {one}, ptr {pointer}, align {align}")


def _store_row(ctx: Context, location: Memory, value: Aggregate, mask: Mask) -> bool:
    """Store structs of two to four equal leaves that lie in a row with one wide store."""
    if not _is_row(value.type) or not location.address.is_linear or location.volatile:
        return False
    size = size_of(value.type)
    if any(o != i * size for i, o in enumerate(location.address.shape.offsets)):
        return False
    checks.check_access(ctx, location.address, size, mask, "write")
    code, width, count = ctx.code, ctx.width, len(value.parts)
    ll = lltypes.memory(value.parts[0].type)
    vectors = [vector_of(code, p) for p in value.parts]
    total = _concatenate(ctx, ll, vectors)
    order = [part * width + lane for lane in range(width) for part in range(count)]
    padded = 2 * width if count == 2 else 4 * width
    wide = code.shuffle(ll, padded, total, order)
    leaf_size = size // count
    mask = _repeat_mask(ctx, mask, count)
    store_vector(ctx, location.address.ref, ll, width * count, wide, leaf_size, mask, alias_tags(location.address))
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
    location = locate(ctx, place, mask)
    assert isinstance(location, Memory), "an object whose address is taken lives in memory"
    return replace(location.address, type=type_)
