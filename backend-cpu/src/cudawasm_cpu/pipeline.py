"""The core passes that this backend needs, one reason a line."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.forward_addresses import forward_addresses
from cudawasm.passes.forward_positions import forward_positions
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.nest_tails import nest_tails
from cudawasm.passes.simplify import simplify
from cudawasm.passes.split_aggregates import split_aggregates
from cudawasm_cpu.codegen.mathcalls import NATIVE

_ROUNDS = 4


def _is_native(name: str, operand: Scalar) -> bool:
    return name in NATIVE


def prepare(module: n.Module) -> n.Module:
    """A module whose kernels the code generator takes. Raises CompileError (recursion)."""
    module = expand_builtins(module, _is_native)  # polynomials that vectorise with the kernel
    module = inline_calls(module)  # gangs run through calls with masks and shapes of their own
    for _ in range(_ROUNDS):
        before = module
        module = simplify(module)  # reveals places behind pointers
        module = split_aggregates(module)  # members have shapes of their own
        module = forward_addresses(module)  # a local without an address lives in registers
        if module.functions == before.functions:
            break
    module = forward_positions(module)  # indices cost less than keeping them for every gang
    return simplify(nest_tails(module))  # lanes that leave early meet again
