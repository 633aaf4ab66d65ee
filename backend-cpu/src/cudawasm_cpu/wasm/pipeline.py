"""The core passes that WebAssembly needs, one reason a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, F16, F32, F64, Scalar
from cudawasm.passes.atomics_by_swapping import atomics_by_swapping
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.forward_positions import forward_positions
from cudawasm.passes.halves_by_float import halves_by_float
from cudawasm.passes.halves_to_bits import halves_to_bits
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.nest_tails import nest_tails
from cudawasm.passes.prints_to_buffer import PrintSite, prints_to_buffer
from cudawasm.passes.refuse_features import refuse_features
from cudawasm.passes.simplify import simplify
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.passes.traps_to_record import TrapSite, traps_to_record
from cudawasm_cpu.codegen.mathcalls import NATIVE
from cudawasm_cpu.wasm.features import FEATURES

_ABSENT = frozenset((("fma", F32), ("round", F32), ("round", F64)))
"""Builtins that LLVM would make calls of. Of those that remain it calls ``fma``, which ``library_ir`` has."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A kernel as the code generator takes it.

    After its own parameters it has the buffer of ``prints`` and the record of ``traps``, if it has such.
    """

    module: n.Module
    function: n.Function
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]


def is_native(name: str, operand: Scalar, fuses: bool = False) -> bool:
    return name in NATIVE and ((name, operand) not in _ABSENT or (name == "fma" and fuses))


def prepare(module: n.Module, kernel: str, fuses: bool = False) -> Prepared:
    """A kernel and what it uses. Raises CompileError (recursion), UnsupportedFeature.

    ``fuses``: the machine has an instruction for ``fma``.
    """
    refuse_features(module, kernel, FEATURES)
    known = partial(is_native, fuses=fuses)
    module = expand_builtins(module, known)  # polynomials that vectorise with the kernel, and nothing imported
    module = inline_calls(module)  # gangs run through calls with masks and shapes of their own
    module = replace(module, functions={kernel: module.functions[kernel]})
    module, prints = prints_to_buffer(module)  # modules call nobody
    module, traps = traps_to_record(module)  # a trap of WebAssembly's own says nothing about the thread
    module = atomics_by_swapping(module, lambda op, type_: type_ not in (F16, BF16))
    module = halves_to_bits(halves_by_float(module))  # there are no 16-bit floats
    module = take_variables_apart(module)  # members have shapes of their own; a local without an address a register
    module = forward_positions(module)  # indices cost less than keeping them for every gang
    module = simplify(nest_tails(module))  # lanes that leave early meet again
    return Prepared(module, module.functions[kernel], prints[kernel], traps[kernel])
