"""Make of aggregates one variable a member, and use objects by name where pointers name one: each helps the other."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.passes.forward_addresses import forward_addresses
from cudawasm.passes.simplify import simplify
from cudawasm.passes.split_aggregates import split_aggregates

_ROUNDS = 4


def take_variables_apart(module: n.Module) -> n.Module:
    """The module with as few aggregates and pointers to named objects as can be."""
    for _ in range(_ROUNDS):
        module = simplify(module)  # reveals places behind pointers
        simple = module.functions
        module = split_aggregates(module)  # pointers in aggregates become variables of their own
        module = forward_addresses(module)  # members that pointers were in the way of can now be told apart
        if all(function is simple[name] for name, function in module.functions.items()):
            break
    return module
