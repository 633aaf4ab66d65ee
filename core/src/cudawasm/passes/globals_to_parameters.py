"""Give kernels the addresses of the module variables that they use as hidden parameters, after their own."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.reach import referenced_variables
from cudawasm.ir.types import Pointer, Space
from cudawasm.ir.walk import Rewriter


def globals_to_parameters(module: n.Module) -> tuple[n.Module, dict[str, tuple[n.Var, ...]]]:
    """The module, whose kernels call no functions, without variables in global or constant space.

    Also for each kernel the variables whose addresses follow its parameters, in order.
    """
    functions, added = {}, {}
    for name, function in module.functions.items():
        variables = tuple(v for v in referenced_variables(function) if v.space in (Space.GLOBAL, Space.CONSTANT))
        pointers = {v: n.Var(v.name, Pointer(v.type, Space.GLOBAL), span=v.span) for v in variables}
        body = _Writer(pointers).block(function.body)
        functions[name] = replace(function, params=(*function.params, *pointers.values()), body=body)
        added[name] = variables
    return replace(module, functions=functions, globals=()), added


class _Writer(Rewriter):
    def __init__(self, pointers: dict[n.Var, n.Var]):
        self.pointers = pointers

    def leave_place(self, place: n.Place) -> n.Place:
        pointer = self.pointers.get(place.var) if isinstance(place, n.VarPlace) else None
        if pointer is None or not isinstance(place, n.VarPlace):
            return place
        return n.Deref(n.Load(n.VarPlace(pointer)), volatile=place.var.volatile)
