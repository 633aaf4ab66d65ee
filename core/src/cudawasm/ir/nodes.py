"""KIR nodes: a module of functions in typed, structured, target-neutral form.

Expressions are pure: evaluating one twice, early or not at all changes nothing but cost, except
that a ``Load`` sees the memory of the moment at which its statement runs. Everything with an
effect is a statement, and statements run in order. The front end has therefore already put C++'s
evaluation order into statements; no emitter needs to think about it.

Both operands of ``and``/``or`` and both arms of ``Select`` may be evaluated. The front end turns a
short circuit that guards a memory access into an ``If``; only operands that are safe to evaluate
early are left inside expressions.

Integer arithmetic wraps. Shifts by the width or more give 0 (or the sign for ``shr`` of a signed
value), as PTX's do. Integer division by zero gives an unspecified value and never traps.
Float arithmetic is IEEE with contraction of multiply-add allowed where ``Binary.contract`` is set.
Float to integer casts saturate and turn NaN into 0, as PTX's do.

Equality of nodes ignores spans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cudawasm.ir.types import Pointer, Space, Type, member_type
from cudawasm.source import Span

# --- variables -----------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class Var:
    """Storage with a name: a parameter, a local, a shared, constant or global variable.

    Identity is by object; ``name`` is unique within its function (locals, parameters) or module
    (the other spaces). ``volatile`` storage is read and written exactly as the program says.
    ``init`` holds a global's or constant's initial bytes; absent means zeros.
    """

    name: str
    type: Type
    space: Space = Space.LOCAL
    volatile: bool = False
    align: int = 0
    init: bytes | None = None
    span: Span | None = None


# --- places: what can be loaded from, stored to and pointed at ------------------------------------


@dataclass(frozen=True, slots=True)
class VarPlace:
    var: Var

    @property
    def type(self) -> Type:
        return self.var.type


@dataclass(frozen=True, slots=True)
class Deref:
    """The object that ``ptr`` points to. ``align`` is in bytes when known to differ from natural."""

    ptr: Expr
    volatile: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        assert isinstance(self.ptr.type, Pointer)
        return self.ptr.type.pointee


@dataclass(frozen=True, slots=True)
class Member:
    """Field ``index`` of a struct, or component ``index`` of a vector."""

    base: Place
    index: int

    @property
    def type(self) -> Type:
        return member_type(self.base.type, self.index)


@dataclass(frozen=True, slots=True)
class Index:
    """Element ``index`` of an array place; ``index`` is any integer type."""

    base: Place
    index: Expr
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return self.base.type.element  # type: ignore[union-attr]


Place = VarPlace | Deref | Member | Index

# --- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    """A literal. Floats hold the value exactly as the type rounds it; a null pointer is 0."""

    type: Type
    value: int | float | bool


@dataclass(frozen=True, slots=True)
class Load:
    place: Place

    @property
    def type(self) -> Type:
        return self.place.type


@dataclass(frozen=True, slots=True)
class AddressOf:
    """Pointer to a place. For an array place, use ``Decay`` semantics: pointer to the array."""

    place: Place
    type: Pointer


UnaryOp = Literal["neg", "bitnot", "not"]


@dataclass(frozen=True, slots=True)
class Unary:
    """``neg`` (numbers), ``bitnot`` (integers), ``not`` (bool)."""

    op: UnaryOp
    operand: Expr

    @property
    def type(self) -> Type:
        return self.operand.type


BinaryOp = Literal[
    "add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr",
    "eq", "ne", "lt", "le", "gt", "ge",
]  # fmt: skip
COMPARISONS = frozenset(("eq", "ne", "lt", "le", "gt", "ge"))


@dataclass(frozen=True, slots=True)
class Binary:
    """Operands have equal types (a shift's count may be any integer type).

    ``and``/``or``/``xor`` also take bool. Comparisons give bool and also take pointers.
    ``contract`` lets a float ``mul`` and ``add``/``sub`` fuse into one rounding.
    """

    op: BinaryOp
    left: Expr
    right: Expr
    type: Type
    contract: bool = True


@dataclass(frozen=True, slots=True)
class Cast:
    """Value conversion: between numbers, bool, pointers of any kind, and pointers and 64-bit integers."""

    type: Type
    operand: Expr


@dataclass(frozen=True, slots=True)
class Bitcast:
    """The same bits as another scalar, vector or pointer type of the same size."""

    type: Type
    operand: Expr


@dataclass(frozen=True, slots=True)
class Select:
    """``condition ? if_true : if_false``; both arms may be evaluated."""

    condition: Expr
    if_true: Expr
    if_false: Expr

    @property
    def type(self) -> Type:
        return self.if_true.type


@dataclass(frozen=True, slots=True)
class Builtin:
    """A pure function of the builtins table (``cudawasm.ir.builtins``)."""

    name: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Offset:
    """``ptr + index`` in elements of the pointee; ``index`` is any integer type, sign- or zero-extended."""

    ptr: Expr
    index: Expr
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return self.ptr.type


@dataclass(frozen=True, slots=True)
class Distance:
    """``left - right`` of two pointers, in elements of the pointee (i64)."""

    left: Expr
    right: Expr
    type: Type


SpecialName = Literal[
    "thread_idx.x", "thread_idx.y", "thread_idx.z",
    "block_idx.x", "block_idx.y", "block_idx.z",
    "block_dim.x", "block_dim.y", "block_dim.z",
    "grid_dim.x", "grid_dim.y", "grid_dim.z",
    "lane_id", "warp_id", "dynamic_shared_bytes",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Special:
    """A value that the launch gives each thread (u32). ``lane_id`` is 0..31 within the CUDA warp."""

    name: SpecialName
    type: Type


@dataclass(frozen=True, slots=True)
class Construct:
    """An aggregate from its members: all fields of a struct, components of a vector, elements of an array.

    A union takes exactly one part, its first field.
    """

    type: Type
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """Member ``index`` of an aggregate value (struct field, vector component)."""

    operand: Expr
    index: int

    @property
    def type(self) -> Type:
        return member_type(self.operand.type, self.index)


@dataclass(frozen=True, slots=True)
class Zero:
    """All-zero bytes of an aggregate type."""

    type: Type


Expr = (
    Const | Load | AddressOf | Unary | Binary | Cast | Bitcast | Select | Builtin
    | Offset | Distance | Special | Construct | Extract | Zero
)  # fmt: skip

# --- statements ----------------------------------------------------------------------------------

Block = tuple["Stmt", ...]


@dataclass(frozen=True, slots=True)
class Declare:
    """Start of a local's life. Without ``init`` its value is undefined (aggregates too)."""

    var: Var
    init: Expr | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Assign:
    """Store ``value`` to ``place``; aggregates are copied whole."""

    place: Place
    value: Expr
    span: Span | None = field(default=None, compare=False, repr=False)


AtomicOp = Literal["add", "sub", "exch", "min", "max", "inc", "dec", "and", "or", "xor", "cas"]
Scope_ = Literal["block", "device", "system"]


@dataclass(frozen=True, slots=True)
class Atomic:
    """Read-modify-write of ``place``; ``result`` receives the old value.

    ``args`` is (operand,) or, for ``cas``, (compare, value). The place has an integer type of
    16, 32 or 64 bits, or f16, bf16, f32, f64 (``add``, ``exch``), or a vector of those (element-wise ``add``).
    ``inc`` and ``dec`` are CUDA's wrapping forms on u32. Order is relaxed.
    """

    op: AtomicOp
    place: Place
    args: tuple[Expr, ...]
    result: Var | None = None
    scope: Scope_ = "device"
    span: Span | None = field(default=None, compare=False, repr=False)


BarrierKind = Literal["sync", "count", "and", "or", "grid"]


@dataclass(frozen=True, slots=True)
class Barrier:
    """``__syncthreads()`` and its reducing forms; ``grid`` waits for all blocks of the grid.

    ``predicate`` is bool; ``result`` is an i32 Var. A thread that has returned counts as arrived.
    """

    kind: BarrierKind = "sync"
    predicate: Expr | None = None
    result: Var | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


WarpOp = Literal[
    "shfl_idx", "shfl_up", "shfl_down", "shfl_xor",
    "ballot", "any", "all", "active_mask", "match_any", "match_all",
    "reduce_add", "reduce_min", "reduce_max", "reduce_and", "reduce_or", "reduce_xor",
    "sync",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Warp:
    """A warp operation over the 32 lanes of a CUDA warp.

    ``mask`` (u32) names the participating lanes; a missing mask means "the lanes active here",
    which is the pre-Volta meaning. ``args`` by op:
    shfl_*: (value, lane-or-delta as i32/u32, width as i32); ballot/any/all: (predicate bool,);
    match_*: (value,); reduce_*: (value,); active_mask, sync: ().
    ``result`` has the value's type for shfl and reduce, u32 for ballot, match and active_mask, bool for
    any and all. ``predicate_result`` (i32 Var) is match_all's second result.
    A lane outside the source segment receives its own value from shfl_up/down/xor.
    """

    op: WarpOp
    args: tuple[Expr, ...]
    mask: Expr | None = None
    result: Var | None = None
    predicate_result: Var | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fence:
    """``__threadfence*()``: orders this thread's memory accesses before and after, seen at ``scope``."""

    scope: Scope_ = "device"
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """Call of a device function of the module."""

    function: str
    args: tuple[Expr, ...]
    result: Var | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Print:
    """Device ``printf``. ``format`` is C's; arguments are i32, u32, i64, u64, f64 or pointers.

    A ``%s`` argument is an index (i32) into ``strings``. ``result`` (i32) is the argument count.
    """

    format: bytes
    args: tuple[Expr, ...]
    strings: tuple[bytes, ...] = ()
    result: Var | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Trap:
    """Ends the launch with an error. ``message`` is set for a failed ``assert`` and is its text."""

    message: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReadClock:
    """``clock64()`` / ``globaltimer``: a monotonically increasing count in nanoseconds (i64)."""

    result: Var
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: Block
    otherwise: Block = ()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Loop:
    """``while (condition) { body; step }``; a missing condition means "for ever".

    ``Continue(label)`` goes to ``step``, ``Break(label)`` leaves. A do-while loop has no condition and a
    ``step`` that ends in ``If(not c, Break(label))``. ``unroll``: 0 says nothing, 1 forbids, n asks for n,
    -1 asks for full unrolling. The C++ for-loop's init statements stand before the loop.
    """

    label: str
    condition: Expr | None
    body: Block
    step: Block = ()
    unroll: int = 0
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    values: tuple[int, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Switch:
    """Exactly one case or the default runs; there is no fall through and no break out of it."""

    selector: Expr
    cases: tuple[Case, ...]
    default: Block = ()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """A labelled block: ``Break(label)`` inside continues after it."""

    label: str
    body: Block
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Break:
    """Leaves the enclosing ``Loop`` or ``Scope`` with this label, however deep it is nested."""

    label: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Continue:
    """Goes to the ``step`` of the enclosing ``Loop`` with this label."""

    label: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Return:
    """Leaves the function; in a kernel, ends the thread."""

    value: Expr | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


Stmt = (
    Declare | Assign | Atomic | Barrier | Warp | Fence | Call | Print | Trap | ReadClock
    | If | Loop | Switch | Scope | Break | Continue | Return
)  # fmt: skip

# --- functions and modules -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LaunchBounds:
    """``__launch_bounds__``: most threads in a block, and least blocks on a multiprocessor (a hint)."""

    max_threads: int
    min_blocks: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """A kernel or device function. ``name`` is unique in the module; ``display`` is C++'s spelling."""

    name: str
    params: tuple[Var, ...]
    result: Type
    body: Block
    is_kernel: bool = False
    display: str = ""
    launch_bounds: LaunchBounds | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Module:
    """Functions by name, and the variables in global, constant and shared space that they use.

    Shared variables are per block; a kernel's static shared memory is what it and its callees mention.
    """

    functions: Mapping[str, Function]
    globals: tuple[Var, ...] = ()
    shared: tuple[Var, ...] = ()
    digest: str = field(default="", init=False, compare=False, repr=False)
    """See ``cudawasm.runtime.cache.module_digest``."""

    @property
    def kernels(self) -> tuple[Function, ...]:
        return tuple(f for f in self.functions.values() if f.is_kernel)
