"""The core passes that this backend needs, one reason a line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.analysis.waiting import refuse_waiting
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import I32, I64, U32, U64, Scalar, Space
from cudawasm.ir.walk import statements
from cudawasm.passes.atomics_by_swapping import atomics_by_swapping
from cudawasm.passes.copy_arrays import copy_arrays
from cudawasm.passes.exchange_through_shared import (
    exchange_through_shared,
    lockstep_of_volatile,
    refuse_large_exchanges,
)
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.forward_copies import forward_copies
from cudawasm.passes.fuse_multiply_adds import fuse_multiply_adds
from cudawasm.passes.halves_by_float import halves_by_float
from cudawasm.passes.infer_address_spaces import infer_address_spaces, pointers_in_memory
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.jumps_to_flags import jumps_to_flags
from cudawasm.passes.keep_threads_for_barriers import keep_threads_for_barriers
from cudawasm.passes.prints_to_buffer import PrintSite, prints_to_buffer
from cudawasm.passes.refuse_features import refuse_features
from cudawasm.passes.simplify import simplify
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.passes.traps_to_record import TrapSite, traps_to_record
from cudawasm.passes.variables_to_parameters import variables_to_parameters
from cudawasm_opencl.traits import Traits
from cudawasm_opencl.words import is_native


@dataclass(frozen=True, slots=True)
class Prepared:
    """A module ready for the emitter.

    After its own parameters the kernel has the buffer of ``prints`` and the record of ``traps``, if it has such; the
    addresses of ``globals``; and shared memory for ``arrays``.
    """

    module: n.Module
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]
    globals: tuple[n.Var, ...]
    arrays: tuple[n.Var, ...]


def prepare(module: n.Module, kernel: str, traits: Traits) -> Prepared:
    """A kernel and what it uses, as the emitter takes them. Raises UnsupportedFeature."""
    refuse_features(module, kernel, traits.features | {"atomics64"})  # those are refused where they cannot be made
    # Functions whose errors OpenCL does not bound tightly enough.
    module = expand_builtins(module, lambda name, operand: is_native(name, operand, traits.ptx))
    module = inline_calls(module)  # a pointer parameter's space may differ from call to call
    module = replace(module, functions={kernel: module.functions[kernel]})
    if not traits.ptx:
        refuse_waiting(module.functions[kernel])
    module = take_variables_apart(module)  # a pointer to one object needs no space, and one in a struct has its own
    module, prints = prints_to_buffer(module)  # the order of OpenCL's own printf is not CUDA's, nor are its formats
    module, traps = traps_to_record(module)  # OpenCL C cannot stop a kernel
    module, variables = variables_to_parameters(
        module, Space.GLOBAL, Space.CONSTANT
    )  # OpenCL C has no variables that the host can reach
    generic = traits.has_generic_pointers  # which OpenCL C 1.2 has not
    module = infer_address_spaces(module, allow_generic=generic, zero_is_shared=generic)
    module = lockstep_of_volatile(module)  # code of old trusts the lanes of a warp to run in step
    if not traits.ptx:
        module = _without_warps(module)
    module = atomics_by_swapping(module, lambda op, type_: is_native_atomic(op, type_, traits))
    if traits.fma:
        module = fuse_multiply_adds(module)  # whether OpenCL C's own contraction happens is up to the driver
    module = halves_by_float(module, traits.fp64)  # cl_khr_fp16 is rare, and lacks bf16
    module = copy_arrays(module)  # C does not assign arrays
    module = forward_copies(simplify(module))  # for readers
    module = jumps_to_flags(module)  # C jumps to the innermost loop only
    if not traits.svm:
        _refuse_pointers_in_memory(module.functions[kernel])
    arrays: dict[str, tuple[n.Var, ...]] = {kernel: ()}
    if not traits.local_arrays:
        module, arrays = variables_to_parameters(module, Space.SHARED)
    return Prepared(module, prints[kernel], traps[kernel], variables[kernel], arrays[kernel])


def _without_warps(module: n.Module) -> n.Module:
    refuse_large_exchanges(module)
    has_warps = any(isinstance(s, n.Warp) for f in module.functions.values() for s in statements(f.body))
    module = exchange_through_shared(module)  # subgroups are optional, and rarely of 32
    return keep_threads_for_barriers(module, not has_warps)  # all threads of a group must come to each barrier


def is_native_atomic(op: n.AtomicOp, type_: Scalar, traits: Traits) -> bool:
    """Whether OpenCL C has an atomic operation."""
    if op in ("inc", "dec") or (op == "sub" and type_.bits == 64 and not traits.atomics64):
        return False
    return type_ in (I32, U32) or (type_ in (I64, U64) and traits.atomics64)


def _refuse_pointers_in_memory(function: n.Function) -> None:
    for stmt in statements(function.body):
        if pointers_in_memory(stmt):
            raise UnsupportedFeature(
                [Diagnostic("E0405", "the device has no pointers that are addresses, which this needs", stmt.span,
                            "pass each buffer as a kernel parameter")]
            )  # fmt: skip
