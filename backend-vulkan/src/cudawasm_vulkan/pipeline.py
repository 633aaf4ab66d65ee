"""The core passes that this backend needs, one reason a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from cudawasm.analysis.waiting import refuse_waiting
from cudawasm.analysis.warp_uniformity import WarpUniformity
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    BOOL,
    F16,
    F32,
    F64,
    I32,
    I64,
    U32,
    U64,
    Array,
    Pointer,
    Scalar,
    Space,
    Struct,
    Type,
    Vector,
)
from cudawasm.ir.walk import root, statement_expressions, statements, subexpressions
from cudawasm.passes.atomics_by_swapping import atomics_by_swapping
from cudawasm.passes.copy_arrays import copy_arrays
from cudawasm.passes.exchange_through_shared import (
    exchange_through_shared,
    lockstep_of_volatile,
    refuse_large_exchanges,
)
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.fuse_multiply_adds import fuse_multiply_adds
from cudawasm.passes.generic_pointers_to_numbers import generic_pointers_to_numbers
from cudawasm.passes.halves_by_float import halves_by_float
from cudawasm.passes.halves_to_bits import halves_to_bits
from cudawasm.passes.infer_address_spaces import infer_address_spaces
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.jumps_to_flags import jumps_to_flags
from cudawasm.passes.keep_threads_for_barriers import keep_threads_for_barriers
from cudawasm.passes.load_vectors_whole import load_vectors_whole
from cudawasm.passes.pointers_to_indices import pointers_to_indices
from cudawasm.passes.prints_to_buffer import PrintSite, prints_to_buffer
from cudawasm.passes.refuse_features import refuse_features
from cudawasm.passes.repeat_rounds import repeat_rounds
from cudawasm.passes.simplify import simplify
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.passes.traps_to_record import TrapSite, traps_to_record
from cudawasm.passes.unroll_loops import unroll_loops
from cudawasm.passes.variables_to_parameters import variables_to_parameters
from cudawasm_vulkan.builtins import is_native
from cudawasm_vulkan.denormals import keep_denormals_of_fma
from cudawasm_vulkan.traits import Traits

_OWN = (Space.SHARED, Space.LOCAL)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A module ready for the emitter.

    After its own parameters the kernel has the buffer of ``prints`` and the record of ``traps``, if it has such, and
    the addresses of ``globals``.
    """

    module: n.Module
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]
    globals: tuple[n.Var, ...]


def prepare(module: n.Module, kernel: str, traits: Traits, whole_warps: bool = False) -> Prepared:
    """A kernel and what it uses, as the emitter takes them. Raises UnsupportedFeature.

    ``whole_warps``: for blocks of a multiple of 32 threads in x, on a device where warps can be subgroups.
    """
    refuse_features(module, kernel, traits.features | {"atomics64"})  # those are refused where they cannot be made
    _refuse_parts(module, traits)
    if not traits.whole_fma:
        module = keep_denormals_of_fma(module)  # the library's own functions know of no denormal numbers there
    known = partial(is_native, traits=traits)
    module = expand_builtins(module, known)  # Vulkan's functions are not exact enough
    module = inline_calls(module)  # a pointer parameter's space may differ from call to call
    module = replace(module, functions={kernel: module.functions[kernel]})
    refuse_waiting(module.functions[kernel])
    module = take_variables_apart(module)  # a pointer to one object needs no space, and one in a struct has its own
    module, prints = prints_to_buffer(module)  # there is no printf
    module, traps = traps_to_record(module)  # nor a way to stop a kernel
    module, variables = variables_to_parameters(module, Space.GLOBAL, Space.CONSTANT)  # memory is behind addresses
    module = infer_address_spaces(module, allow_generic=True, in_aggregates=True)
    module = generic_pointers_to_numbers(module)  # addresses are those of global memory
    module = lockstep_of_volatile(module)  # code of old trusts the lanes of a warp to run in step
    refuse_large_exchanges(module)
    warps = [s for s in statements(module.functions[kernel].body) if isinstance(s, n.Warp)]
    native = native_warps(module.functions[kernel], warps) if whole_warps and traits.subgroups else frozenset()
    has_warps = any(id(s) not in native for s in warps)
    module = exchange_through_shared(module, native)  # subgroups have less to say than warps, and are rarely of 32
    module = keep_threads_for_barriers(module, not has_warps)  # all threads of a group must come to each barrier
    module = atomics_by_swapping(module, lambda op, type_: is_native_atomic(op, type_, traits))
    module = pointers_to_indices(module, _OWN).module  # shared and local memory have no addresses
    if traits.fuses and traits.whole_fma:
        module = fuse_multiply_adds(module)  # drivers are told not to, since they may where CUDA may not
    module = halves_by_float(module, traits.f64)  # arithmetic of 16 bits is rare, and lacks bf16
    module = halves_to_bits(module, lambda type_: type_ == F16 and traits.f16)
    module = copy_arrays(module)  # a large array is better copied by a loop
    module = jumps_to_flags(simplify(module))  # blocks jump to the innermost loop only
    module = load_vectors_whole(module)  # drivers cannot know how an address is aligned
    module = unroll_loops(module, short_only=True)  # few drivers do
    module = simplify(repeat_rounds(module))  # fewer still
    return Prepared(module, prints[kernel], traps[kernel], variables[kernel])


def native_warps(kernel: n.Function, warps: list[n.Warp]) -> frozenset[int]:
    """The ids of warp operations that are instructions of subgroups."""
    together = WarpUniformity(kernel).together
    return frozenset(id(s) for s in warps if id(s) in together and _is_subgroup_operation(s))


def _is_subgroup_operation(stmt: n.Warp) -> bool:
    if stmt.op.startswith("shfl"):
        return isinstance(stmt.args[0].type, Scalar | Vector | Pointer)
    return stmt.op in ("ballot", "any", "all", "active_mask", "sync")


def is_native_atomic(op: n.AtomicOp, type_: Scalar, traits: Traits) -> bool:
    """Whether there is an instruction for an atomic operation."""
    if op in ("inc", "dec"):
        return False
    if type_ == F32:
        return op in ("add", "exch") and traits.float_adds
    if type_ == F64:
        return op == "add" and traits.double_adds
    return type_ in (I32, U32) or (type_ in (I64, U64) and traits.atomics64)


def _refuse_parts(module: n.Module, traits: Traits) -> None:
    """Raises UnsupportedFeature (E0404) for what a device lacks of a feature that it has."""
    for function in module.functions.values():
        for stmt in statements(function.body):
            what = ""
            if isinstance(stmt, n.Atomic) and not traits.shared_atomics64 and _is_wide_and_shared(stmt.place):
                what = "atomic operations on 64 bits of shared memory"
            elif not traits.narrow8 and any(map(_is_bool_in_memory, _places(stmt))):
                what = "bools in memory"
            if what:
                raise UnsupportedFeature([Diagnostic("E0404", f"the device has no {what}", stmt.span)])


def _is_wide_and_shared(place: n.Place) -> bool:
    start = root(place)
    if getattr(place.type, "bits", 0) != 64:
        return False
    if isinstance(start, n.VarPlace):
        return start.var.space is Space.SHARED
    return isinstance(start.ptr.type, Pointer) and start.ptr.type.space is Space.SHARED


def _places(stmt: n.Stmt) -> Iterator[n.Place]:
    if isinstance(stmt, n.Assign):
        yield stmt.place
    for outer in statement_expressions(stmt):
        yield from (expr.place for expr in subexpressions(outer) if isinstance(expr, n.Load | n.AddressOf))


def _is_bool_in_memory(place: n.Place) -> bool:
    is_register = isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL and place.type == BOOL
    return not is_register and BOOL in _scalars(place.type)


def _scalars(type_: Type) -> Iterator[Scalar]:
    match type_:
        case Array() | Vector():
            yield from _scalars(type_.element)
        case Struct():
            for field in type_.fields:
                yield from _scalars(field.type)
        case Scalar():
            yield type_
        case _:
            pass
