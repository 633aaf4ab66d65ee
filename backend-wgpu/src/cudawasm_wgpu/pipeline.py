"""The core passes that this backend needs, one reason a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from cudawasm.analysis.pointees import Pointees
from cudawasm.analysis.waiting import refuse_waiting
from cudawasm.ir import nodes as n
from cudawasm.ir.types import I32, I64, U32, U64, Pointer, Scalar, Space
from cudawasm.ir.walk import expressions, statements
from cudawasm.passes.atomics_by_swapping import atomics_by_swapping
from cudawasm.passes.copy_arrays import copy_arrays
from cudawasm.passes.exchange_through_shared import (
    exchange_through_shared,
    lockstep_of_volatile,
    refuse_large_exchanges,
)
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.fold_floats import fold_floats
from cudawasm.passes.forward_copies import forward_copies
from cudawasm.passes.fuse_multiply_adds import fuse_multiply_adds
from cudawasm.passes.halves_by_float import halves_by_float
from cudawasm.passes.infer_address_spaces import infer_address_spaces, pointers_in_memory
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.jumps_to_flags import jumps_to_flags
from cudawasm.passes.keep_threads_for_barriers import keep_threads_for_barriers
from cudawasm.passes.objects import Merging, Object
from cudawasm.passes.parameters_to_numbers import Place, parameters_to_numbers
from cudawasm.passes.pointers_to_indices import pointers_to_indices
from cudawasm.passes.prints_to_buffer import PrintSite, prints_to_buffer
from cudawasm.passes.refuse_features import refuse_features
from cudawasm.passes.simplify import simplify
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.passes.threads_to_rounds import threads_to_rounds
from cudawasm.passes.traps_to_record import TrapSite, traps_to_record
from cudawasm.passes.unroll_loops import unroll_loops
from cudawasm.passes.variables_to_parameters import variables_to_parameters
from cudawasm_wgpu.traits import Traits
from cudawasm_wgpu.words import is_native


@dataclass(frozen=True, slots=True)
class Prepared:
    """A kernel before its pointers become indices, which depends on how it is launched.

    Its parameters are numbers and pointers: those of ``places``, then the buffer of ``prints`` and the record of
    ``traps``, if it has such, and the addresses of ``globals``. With ``heap`` it follows pointers kept in memory.
    """

    module: n.Module
    kernel: str
    places: tuple[Place, ...]
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]
    globals: tuple[n.Var, ...]
    heap: bool

    @property
    def function(self) -> n.Function:
        return self.module.functions[self.kernel]

    @property
    def pointers(self) -> tuple[n.Var, ...]:
        """The parameters that are pointers."""
        return tuple(p for p in self.function.params if isinstance(p.type, Pointer))

    @property
    def apart(self) -> frozenset[str]:
        """Pointer parameters to what no pointer of the program points to."""
        own = self.function.params[len(self.places) : len(self.function.params) - len(self.globals)]
        by_address = (p for p, place in zip(self.function.params, self.places, strict=False) if place.by_address)
        return frozenset(p.name for p in (*own, *by_address))


@dataclass(frozen=True, slots=True)
class Arguments:
    """How pointer parameters are given: which point to the start of their allocation, and for those whose allocation
    another one has as well, which one."""

    at_start: frozenset[str] = frozenset()
    same: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        return tuple(sorted(self.at_start)), tuple(sorted(self.same.items()))


@dataclass(frozen=True, slots=True)
class Lowered:
    """A kernel ready for the emitter: ``objects`` are its arrays in global memory."""

    module: n.Module
    function: n.Function
    objects: tuple[Object, ...]


def prepare(module: n.Module, kernel: str, traits: Traits) -> Prepared:
    """A kernel and what it uses. Raises UnsupportedFeature."""
    refuse_features(module, kernel, traits.features | {"f64", "atomics64"})  # numbers may yet go away
    module = expand_builtins(
        module, lambda name, type_: is_native(name, type_, traits)
    )  # functions whose errors WGSL does not bound tightly enough
    module = inline_calls(module)  # WGSL's functions take no pointers into buffers
    module = replace(module, functions={kernel: module.functions[kernel]})
    refuse_waiting(module.functions[kernel])  # nothing is promised about the progress of a block's threads
    module, places = parameters_to_numbers(module)  # uniform buffers have a layout of their own
    module = take_variables_apart(module)  # a pointer to one object needs no index
    if traits.leaves_loops:
        module = take_variables_apart(unroll_loops(module))  # loads in several rounds are then under way together
    module, prints = prints_to_buffer(module)  # WGSL prints nothing
    module, traps = traps_to_record(module)  # WGSL cannot stop a kernel
    module, variables = variables_to_parameters(module, Space.GLOBAL, Space.CONSTANT)  # arrays in global memory too
    module = infer_address_spaces(module, allow_generic=True)  # the passes below ask for the space of a place
    module = lockstep_of_volatile(module)  # code of old trusts the lanes of a warp to run in step
    refuse_large_exchanges(module)
    has_warps = any(isinstance(s, n.Warp) for f in module.functions.values() for s in statements(f.body))
    module = exchange_through_shared(module)  # subgroups are optional, and rarely of 32
    module = keep_threads_for_barriers(module, not has_warps)  # all threads of a block must come to each barrier
    module = atomics_by_swapping(module, lambda op, type_: is_native_atomic(op, type_, traits))
    module = halves_by_float(module, traits.f64)  # bf16 is unknown to WGSL, and f16 optional
    module = copy_arrays(module)  # element by element, as arrays in memory are of other types
    heap = _may_follow_pointers(module.functions[kernel])
    return Prepared(module, kernel, places[kernel], prints[kernel], traps[kernel], variables[kernel], heap)


def _may_follow_pointers(kernel: n.Function) -> bool:
    """Whether pointers of unknown origin are followed; most kernels have nothing of which they could be made."""
    inside = tuple(statements(kernel.body))
    may = any(_crosses(e) for s in inside for e in expressions(s)) or any(map(pointers_in_memory, inside))
    return may and Pointees(kernel, tuple(Space)).has_unknown


def _crosses(expr: n.Expr) -> bool:
    """Whether a pointer is made a number, or is one that the program writes down."""
    match expr:
        case n.Distance():
            return True
        case n.Cast() | n.Bitcast():
            return isinstance(expr.operand.type, Pointer) and isinstance(expr.type, Scalar)
        case n.Const():
            return isinstance(expr.type, Pointer) and expr.value != 0
        case _:
            return False


def lower(prepared: Prepared, arguments: Arguments, traits: Traits, width: int = 0) -> Lowered:
    """The kernel for arguments of a kind; with ``width``, for larger blocks than the device's. Raises
    UnsupportedFeature."""
    merging = Merging(arguments.same, prepared.heap, prepared.apart)
    is_atomic = partial(has_atomics, traits=traits)
    indexed = pointers_to_indices(
        prepared.module, tuple(Space), merging, arguments.at_start, is_storable, is_atomic
    )  # WGSL has no pointers that can be kept
    module = simplify(indexed.module)  # indices are sums of constants
    module = forward_copies(module)  # people read this text, and naga takes its time for each variable
    if traits.fuses:
        module = fuse_multiply_adds(module)  # what drivers make of products and sums is up to them
    module = fold_floats(module)  # compilers of WGSL refuse constants that overflow, and compute few functions of them
    module = jumps_to_flags(simplify(module))  # WGSL jumps to the innermost loop only
    if width:
        module = threads_to_rounds(module, width)  # browsers give a block 256 threads, CUDA 1024
        module = jumps_to_flags(simplify(module))
    function = module.functions[prepared.kernel]
    refuse_features(module, prepared.kernel, traits.features)  # what numbers there are is known now
    return Lowered(module, function, indexed.objects[prepared.kernel])


def is_storable(type_: Scalar) -> bool:
    """Whether buffers hold numbers of a type as they are."""
    return type_.bits >= 32


def is_native_atomic(op: n.AtomicOp, type_: Scalar, traits: Traits) -> bool:
    """Whether WGSL has an atomic operation."""
    return op not in ("inc", "dec") and has_atomics(type_, traits)


def has_atomics(type_: Scalar, traits: Traits) -> bool:
    """Whether WGSL has atomic numbers of a type."""
    return type_ in (I32, U32) or (type_ in (I64, U64) and traits.atomics64)
