"""A kernel as a SPIR-V module: the shared walker with this target's instructions."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.analysis.global_exchanges import exchanges_globally
from cudawasm.analysis.single_values import single_values
from cudawasm.diagnostics import Diagnostic
from cudawasm.emit.spirv_module import instruction
from cudawasm.emit.spirv_opcodes import LOOP_CONTROL, SCOPES, SEMANTICS
from cudawasm.emit.ssa import Ssa
from cudawasm.errors import InternalError, UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import F32, F64, U32, U64, Array, Scalar, Space, size_of
from cudawasm.ir.walk import root, statements
from cudawasm.passes.exchange_through_shared import as_bits, from_bits, source_lane
from cudawasm.passes.variables_to_parameters import is_dynamic
from cudawasm_vulkan.code import flat
from cudawasm_vulkan.expressions import THREADS, Expressions
from cudawasm_vulkan.parameters import Layout, Parameters
from cudawasm_vulkan.pipeline import Prepared
from cudawasm_vulkan.places import Address
from cudawasm_vulkan.traits import Traits

_ATOMICS = {"add": "AtomicIAdd", "sub": "AtomicISub", "exch": "AtomicExchange", "and": "AtomicAnd", "or": "AtomicOr",
            "xor": "AtomicXor", "min": "Min", "max": "Max"}  # fmt: skip
_SHARED_ORDER = SEMANTICS["AcquireRelease"] | SEMANTICS["WorkgroupMemory"]
_WHOLE_ORDER = _SHARED_ORDER | SEMANTICS["UniformMemory"] | SEMANTICS["MakeAvailable"] | SEMANTICS["MakeVisible"]


@dataclass(frozen=True, slots=True)
class Emitted:
    """A module with one kernel: its words, and what a launch must know.

    ``size``: bytes of the parameters, which are passed by their address if ``is_behind``. ``dynamic``: bytes of an
    element of the dynamic shared array; 0 without one. ``shared``: bytes of the other shared variables. ``warps``:
    blocks must have a multiple of 32 threads in x, and subgroups 32.
    """

    code: bytes
    name: str
    size: int
    is_behind: bool
    dynamic: int
    shared: int
    warps: bool


class SpirvEmitter(Expressions, Ssa):
    """The words of one kernel for devices with certain traits. ``locations`` adds the CUDA lines."""

    def __init__(self, traits: Traits, locations: bool = False):
        Expressions.__init__(self, traits)
        Ssa.__init__(self)
        self.locations = locations
        self.single: frozenset[n.Var] = frozenset()
        self.dynamic = 0
        self._places: dict[n.Var, int] = {}

    @property
    def order(self) -> int:
        """What barriers and fences put in order."""
        return _WHOLE_ORDER if self.is_shared else _SHARED_ORDER

    @property
    def everybody(self) -> str:
        """The scope of all threads of the device."""
        return "QueueFamily" if self.is_shared else "Device"

    # --- statements ---

    def note(self, stmt: n.Stmt) -> None:
        self.forget()
        if stmt.span is None:
            return
        self.span = stmt.span
        if self.locations and not stmt.span.file.is_builtin:
            self.do("Line", self.module.file(stmt.span.file.name), *stmt.span.file.position(stmt.span.start))

    def declare(self, stmt: n.Declare) -> None:
        var = stmt.var
        if var in self.single and stmt.init is not None:
            self.values[var] = found = self.value(stmt.init)
            self.origins[var] = stmt.init
            if not isinstance(stmt.init, n.Const | n.Zero | n.Special):
                self.module.name(found, var.name)
        elif stmt.init is not None:
            self.do("Store", self.variable(var), self.value(stmt.init))

    def assign(self, stmt: n.Assign) -> None:
        value = self.value(stmt.value)
        self.store(self.locate(stmt.place), value)

    def atomic(self, stmt: n.Atomic) -> None:
        place, type_ = stmt.place, stmt.place.type
        assert isinstance(type_, Scalar)
        start = root(place)
        if type_.bits == 64 and isinstance(start, n.VarPlace) and is_dynamic(start.var.type):
            if not self.traits.dynamic_atomics64:
                what = "the device has no atomic operations on 64 bits of dynamic shared memory"
                raise UnsupportedFeature([Diagnostic("E0404", what, stmt.span)])
        at = self.locate(place)
        if isinstance(at, Address):
            pointer, scope = self.physical(at), "Workgroup" if stmt.scope == "block" else self.everybody
        else:
            pointer, scope = self.pointer_to(at), "Workgroup"
        args = [self.value(a) for a in stmt.args]
        found = self.swapped(stmt.op, type_, pointer, self.number(SCOPES[scope]), args)
        if stmt.result is not None:
            self.do("Store", self.variable(stmt.result), found)

    def swapped(self, op: n.AtomicOp, type_: Scalar, pointer: int, scope: int, args: list[int]) -> int:
        """The old value of what an atomic instruction changed. Order is relaxed."""
        own, relaxed = self.type(type_), self.number(0)
        if type_.bits == 64 and type_.is_integer:
            self.module.need("Int64Atomics")
        if op == "cas":
            return self.op("AtomicCompareExchange", own, pointer, scope, relaxed, relaxed, args[1], args[0])
        if op == "add" and type_ in (F32, F64):
            self.module.need(f"AtomicFloat{type_.bits}AddEXT")
            self.module.extend("SPV_EXT_shader_atomic_float_add")
            return self.op("AtomicFAddEXT", own, pointer, scope, relaxed, args[0])
        name = _ATOMICS.get(op)
        if name is None:
            raise InternalError(f"atomic {op} in the emitter")
        if op in ("min", "max"):
            name = f"Atomic{'S' if type_.is_signed else 'U'}{name}"
        return self.op(name, own, pointer, scope, relaxed, args[0])

    def barrier(self, stmt: n.Barrier) -> None:
        if stmt.kind != "sync":
            raise InternalError(f"barrier {stmt.kind} in the emitter")
        scope = self.number(SCOPES["Workgroup"])
        self.do("ControlBarrier", scope, scope, self.number(self.order))

    def fence(self, stmt: n.Fence) -> None:
        scope = SCOPES["Workgroup" if stmt.scope == "block" else self.everybody]
        self.do("MemoryBarrier", self.number(scope), self.number(self.order))

    def warp(self, stmt: n.Warp) -> None:
        """An operation of a whole warp, which is a subgroup."""
        if stmt.op == "sync":
            scope = self.number(SCOPES["Subgroup"])
            self.do("ControlBarrier", scope, scope, self.number(self.order))
            return
        found = self.shuffled(stmt) if stmt.op.startswith("shfl") else self.voted(stmt)
        if stmt.result is not None:
            self.store(self.locate(n.VarPlace(stmt.result)), found)

    def shuffled(self, stmt: n.Warp) -> int:
        """The value of another lane, as a number of 32 or 64 bits."""
        value, lane_or_delta, width = stmt.args
        type_ = value.type
        word = as_bits(value, U64 if size_of(type_) == 8 else U32)
        lane = self.value(source_lane(stmt.op, lane_or_delta, width))
        self.module.need("GroupNonUniformShuffle")
        scope = self.number(SCOPES["Subgroup"])
        shuffled = self.op("GroupNonUniformShuffle", self.type(word.type), scope, self.value(word), lane)
        given = n.Var("given", word.type)
        self.values[given] = shuffled
        return self.value(from_bits(n.Load(n.VarPlace(given)), type_))

    def voted(self, stmt: n.Warp) -> int:
        scope, boolean = self.number(SCOPES["Subgroup"]), self.boolean()
        predicate = self.value(stmt.args[0]) if stmt.args else self.truth(True)
        if stmt.op in ("any", "all"):
            self.module.need("GroupNonUniformVote")
            return self.op(f"GroupNonUniform{stmt.op.capitalize()}", boolean, scope, predicate)
        self.module.need("GroupNonUniformBallot")
        quad = self.module.once("TypeVector", self.integer(32), 4)
        ballot = self.op("GroupNonUniformBallot", quad, scope, predicate)
        return self.op("CompositeExtract", self.integer(32), ballot, 0)

    # --- blocks ---

    def new_block(self) -> int:
        return self.module.fresh()

    def begin(self, block: int) -> None:
        self.forget()
        self.do("Label", block)

    def jump(self, block: int) -> None:
        self.do("Branch", block)

    def jump_if(self, condition: int, then: int, otherwise: int) -> None:
        self.do("BranchConditional", condition, then, otherwise)

    def jump_by(self, selector: n.Expr, default: int, targets: list[tuple[int, int]], merge: int) -> None:
        type_ = selector.type
        assert isinstance(type_, Scalar)
        bits = max(32, type_.bits)
        value = self.resized(self.value(selector), type_, bits)
        pairs: list[int] = []
        for number, block in targets:
            low, high = number & 0xFFFFFFFF, number >> 32 & 0xFFFFFFFF
            pairs += [*(low, high)[: bits // 32], block]
        self.meet(merge)
        self.do("Switch", value, default, *pairs)

    def meet(self, merge: int) -> None:
        self.do("SelectionMerge", merge, 0)

    def loop_head(self, merge: int, again: int, unroll: int) -> None:
        self.do("LoopMerge", merge, again, LOOP_CONTROL[{1: "DontUnroll", -1: "Unroll"}.get(unroll, "None")])

    def leave(self) -> None:
        self.do("Return")

    # --- variables ---

    def variable(self, var: n.Var) -> int:
        if var not in self._places:
            if var.space is Space.SHARED:
                self._places[var] = self.module.variable("Workgroup", self.shared_type(var), var.name)
            elif var.space is Space.LOCAL:
                self._places[var] = self.local(self.type(var.type), var.name)
            else:
                raise InternalError(f"{var.name} is no variable of the kernel")
        return self._places[var]

    def shared_type(self, var: n.Var) -> int:
        if not is_dynamic(var.type):
            return self.type(var.type)
        assert isinstance(var.type, Array)
        if self.dynamic:
            raise self.refused("second array in dynamic shared memory")
        element, _ = flat(var.type)
        self.dynamic = max(1, size_of(element))
        return self.module.once("TypeArray", self.type(element), self.dynamic_count())

    # --- the kernel ---

    def emit(self, function: n.Function, name: str) -> Emitted:
        """The module of a kernel that has been through the pipeline."""
        self.span = function.span
        self.single = single_values(function)
        self.is_shared = exchanges_globally(function) or not self.traits.device_scope
        self.whole_warps = any(isinstance(s, n.Warp) for s in statements(function.body))
        if self.is_shared:
            self.module.memory_model = "Vulkan"
            self.module.need("VulkanMemoryModel")
        layout = Layout.of(function.params)
        self.words = self.head
        parameters = Parameters(self, layout)
        for var, value in zip(function.params, parameters.read(function.params, layout), strict=True):
            self.parameter(var, value)
        self.forget()
        self.words = []
        self.sequence(function.body)
        if not self._ended:
            self.leave()
        self.finish(name, self.shape())
        shared = sum(size_of(v.type) for v in self._places if v.space is Space.SHARED)
        return Emitted(
            self.module.binary(), name, layout.size, parameters.is_behind, self.dynamic, shared, self.whole_warps
        )

    def shape(self) -> list[int]:
        """The extents of a workgroup. With warps that are subgroups its threads stand in one row."""
        if self.whole_warps:
            one = self.number(1)
            return [self.module.spec_constant(self.integer(32), THREADS, 32, "threads"), one, one]
        return [self.block_extent(axis) for axis in range(3)]

    def parameter(self, var: n.Var, value: int) -> None:
        if var in self.single:
            self.values[var] = value
            self.module.name(value, var.name)
        else:
            self.do("Store", self.variable(var), value)

    def finish(self, name: str, shape: list[int]) -> None:
        """The function around the words, and what the module says of it."""
        module = self.module
        void = module.once("TypeVoid")
        main, kind, first = module.fresh(), module.once("TypeFunction", void), module.fresh()
        triple = module.once("TypeVector", self.integer(32), 3)
        size = module.declare_constant(triple, "SpecConstantComposite", *shape)
        module.built_in(size, "WorkgroupSize")
        module.name(main, name)
        module.entry_point(main, name)
        module.mode(main, "LocalSize", 1, 1, 1)
        self.float_modes(main)
        module.functions = [
            *instruction("Function", void, main, 0, kind), *instruction("Label", first), *self.variables, *self.head,
            *self.words, *instruction("FunctionEnd"), *self.helpers,
        ]  # fmt: skip

    def float_modes(self, main: int) -> None:
        """Ask for IEEE's arithmetic, as far as the device takes such a wish."""
        traits = self.traits
        wishes = {
            "RoundingModeRTE": {16: traits.rounds16, 32: traits.rounds32, 64: traits.rounds64},
            "DenormPreserve": {32: traits.denormals32, 64: traits.denormals64},
            "SignedZeroInfNanPreserve": {32: traits.specials32, 64: traits.specials64},
        }
        used = {bits for bits in (16, 32, 64) if bits == 32 or self.module.needs(f"Float{bits}")}
        for mode, widths in wishes.items():
            for bits, is_there in widths.items():
                if is_there and bits in used:
                    self.module.need(mode)
                    self.module.extend("SPV_KHR_float_controls")
                    self.module.mode(main, mode, bits)


def emitted(prepared: Prepared, kernel: str, traits: Traits, locations: bool = False) -> Emitted:
    """The module of a kernel."""
    return SpirvEmitter(traits, locations).emit(prepared.module.functions[kernel], kernel)
