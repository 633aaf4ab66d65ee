"""Give kernels the addresses of module variables that they use as hidden parameters, after their own."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.reach import referenced_variables
from cudawasm.ir.types import Array, Pointer, Space, Type
from cudawasm.ir.walk import Rewriter


def variables_to_parameters(module: n.Module, *spaces: Space) -> tuple[n.Module, dict[str, tuple[n.Var, ...]]]:
    """The module, whose kernels call no functions, without variables in these spaces; dynamic shared ones stay.

    Also for each kernel the variables whose addresses follow its parameters, in order.
    """
    functions, added = {}, {}
    for name, function in module.functions.items():
        variables = tuple(v for v in referenced_variables(function) if v.space in spaces and not is_dynamic(v.type))
        pointers = {v: n.Var(v.name, Pointer(v.type, _space(v)), span=v.span) for v in variables}
        body = _Writer(pointers).block(function.body) if pointers else function.body
        functions[name] = replace(function, params=(*function.params, *pointers.values()), body=body)
        added[name] = variables
    gone = {v for variables in added.values() for v in variables}
    globals_, shared = (tuple(v for v in kept if v not in gone) for kept in (module.globals, module.shared))
    return replace(module, functions=functions, globals=globals_, shared=shared), added


def is_dynamic(type_: Type) -> bool:
    """Whether a shared variable's size is given at launch."""
    return isinstance(type_, Array) and (type_.count == 0 or is_dynamic(type_.element))


def _space(var: n.Var) -> Space:
    return Space.SHARED if var.space is Space.SHARED else Space.GLOBAL


class _Writer(Rewriter):
    def __init__(self, pointers: dict[n.Var, n.Var]):
        self.pointers = pointers

    def leave_place(self, place: n.Place) -> n.Place:
        pointer = self.pointers.get(place.var) if isinstance(place, n.VarPlace) else None
        if pointer is None or not isinstance(place, n.VarPlace):
            return place
        return n.Deref(n.Load(n.VarPlace(pointer)), volatile=place.var.volatile)
