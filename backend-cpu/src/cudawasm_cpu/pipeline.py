"""The core passes that this backend needs, one reason a line."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.forward_positions import forward_positions
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.nest_tails import nest_tails
from cudawasm.passes.simplify import simplify
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm_cpu.codegen.mathcalls import NATIVE


def _is_native(name: str, operand: Scalar) -> bool:
    return name in NATIVE


def prepare(module: n.Module) -> n.Module:
    """A module whose kernels the code generator takes. Raises CompileError (recursion)."""
    module = expand_builtins(module, _is_native)  # polynomials that vectorise with the kernel
    module = inline_calls(module)  # gangs run through calls with masks and shapes of their own
    module = take_variables_apart(module)  # members have shapes of their own; a local without an address a register
    module = forward_positions(module)  # indices cost less than keeping them for every gang
    return simplify(nest_tails(module))  # lanes that leave early meet again
