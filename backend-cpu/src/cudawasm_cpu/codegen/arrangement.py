"""How a kernel's threads are arranged: gangs, which of them run together, and what is uniform then."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cudawasm.ir import nodes as n
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_cpu.codegen import groups
from cudawasm_cpu.codegen.gathers import is_gather_bound
from cudawasm_cpu.codegen.layout import GangLayout, choose_layout
from cudawasm_cpu.codegen.liveness import Liveness
from cudawasm_cpu.codegen.needs import Needs
from cudawasm_cpu.codegen.tree import Leaf, Loop, Tree, build, walk
from cudawasm_cpu.codegen.uniformity import Uniformity
from cudawasm_cpu.codegen.variables import Home, Variable, place_variables
from cudawasm_cpu.machine import Machine

STRIDE_THREADS = 16384
"""As many threads as make a round of a grid-stride loop read several pages of each array, with state that fits the
second-level cache."""
ROW_THREADS = 4096
"""As many neighbouring threads as make a row of blocks read a few pages of each array."""


class Arrangement(NamedTuple):
    """A layout, and a kernel analysed for it."""

    layout: GangLayout
    tree: Tree
    variables: dict[n.Var, Variable]
    uniformity: Uniformity


def arrange(kernel: n.Function, block: Dim3, machine: Machine, needs: Needs, options: CompileOptions) -> Arrangement:
    """The arrangement for blocks of shape ``block``."""
    plain = _analysed(kernel, choose_layout(block, machine.lanes, warps=needs.warps, scalar=needs.one_by_one))
    if needs.waits:
        return plain  # whoever is waited for must come to its end first
    if not (needs.warps or plain.tree.has_barrier) and is_gather_bound(plain.tree, plain.uniformity):
        plain = _analysed(kernel, choose_layout(block, machine.lanes, warps=False, scalar=True))
    may_batch = not (needs.grid_barrier or options.bounds_checks)
    if plain.tree.has_barrier:
        return (may_batch and _with_strides(kernel, plain)) or plain
    loops, group = groups.loops_in_step(plain.layout, plain.tree, plain.variables)
    if group:
        return _analysed(kernel, replace(plain.layout, group=group), loops)
    return (may_batch and not needs.warps and _with_long_rows(kernel, plain)) or plain


def _with_strides(kernel: n.Function, plain: Arrangement) -> Arrangement | None:
    """Neighbouring blocks take grid-stride loops together, so that memory is read in long runs.

    Not with barriers that return something of their block, nor where more gangs would meet under masks.
    """
    nodes, batch = list(walk(plain.tree.body)), STRIDE_THREADS // plain.layout.threads
    if batch < 2 or not any(isinstance(x, Loop) and x.is_grid_stride for x in nodes):
        return None
    if any(isinstance(x, Leaf) and isinstance(x.stmt, n.Barrier) and x.stmt.predicate is not None for x in nodes):
        return None
    found = _analysed(kernel, replace(plain.layout, batch=batch))
    return found if _barriers_under_masks(found.tree) == _barriers_under_masks(plain.tree) else None


def _barriers_under_masks(tree: Tree) -> int:
    """How many constructs hold barriers that only some gangs may get to."""
    return sum(x.has_barrier and x.level == 2 for x in tree.frames)


def _with_long_rows(kernel: n.Function, plain: Arrangement) -> Arrangement | None:
    """Blocks of several rows run row by row with their neighbours, for the same reason."""
    layout = plain.layout
    batch = ROW_THREADS // layout.block[0]
    if batch < 2 or not layout.by_rows or layout.threads == layout.block[0]:
        return None
    return _analysed(kernel, replace(layout, batch=batch))


def _analysed(kernel: n.Function, layout: GangLayout, in_step: frozenset[int] = frozenset()) -> Arrangement:
    tree = build(kernel, in_step)
    variables = place_variables(tree, kernel.params)
    always = 0
    for variable in variables.values():
        if variable.home is Home.MEMORY:
            always |= variable.bit
    Liveness(tree, always)
    return Arrangement(layout, tree, variables, Uniformity(tree, variables, layout, kernel.params))
