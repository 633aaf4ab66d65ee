"""Kernels whose loops do little but fetch from scattered places: lanes side by side gain them nothing.

A gather costs as much as one load a lane, and more instructions around it; a thread at a time lets the
processor run ahead instead.
"""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space
from cudawasm.ir.walk import root, statement_expressions, subexpressions
from cudawasm_cpu.codegen import shapes
from cudawasm_cpu.codegen.tree import If, Leaf, Loop, Node, Tree, walk
from cudawasm_cpu.codegen.uniformity import Uniformity

_ARITHMETIC_PER_GATHER = 3
_FEWEST_GATHERS = 2
_BUILTIN_COST = 4


def is_gather_bound(tree: Tree, uniformity: Uniformity) -> bool:
    """Whether the innermost loops fetch from varying addresses more than they compute."""
    gathers = arithmetic = 0
    for node in walk(tree.body):
        if isinstance(node, Loop) and not any(isinstance(x, Loop) for x in walk(node.body)):
            fetched, computed = _loop(node, uniformity)
            gathers += fetched
            arithmetic += computed
    return gathers >= _FEWEST_GATHERS and arithmetic < _ARITHMETIC_PER_GATHER * gathers


def _loop(loop: Loop, uniformity: Uniformity) -> tuple[int, int]:
    """(gathers, operations) of one round of a loop."""
    gathers = arithmetic = 0
    for expr in _expressions(loop):
        for sub in subexpressions(expr):
            match sub:
                case n.Load() if _is_memory(sub.place):
                    gathers += uniformity.address(sub.place).level == shapes.VARYING
                case n.Binary() | n.Select() | n.Unary():
                    arithmetic += 1
                case n.Builtin():
                    arithmetic += _BUILTIN_COST
    return gathers, arithmetic


def _expressions(loop: Loop) -> list[n.Expr]:
    nodes: list[Node] = [loop, *walk([*loop.body, *loop.step])]
    found: list[n.Expr] = []
    for node in nodes:
        if isinstance(node, Leaf):
            found += statement_expressions(node.stmt)
        elif isinstance(node, If | Loop) and node.condition is not None:
            found.append(node.condition)
    return found


def _is_memory(place: n.Place) -> bool:
    start = root(place)
    return isinstance(start, n.Deref) or start.var.space is not Space.LOCAL
