"""Loops that a few gangs take in step: they share what they load and hide each other's latencies.

A loop that sums up waits for each addition before the next; with several gangs at once the processor always has
another sum to work on, and a value that all of them need is loaded once.
"""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.types import size_of
from cudawasm_cpu.codegen.layout import GangLayout
from cudawasm_cpu.codegen.shapes import VARYING
from cudawasm_cpu.codegen.tree import If, Leaf, Loop, Node, Scope, Tree, walk
from cudawasm_cpu.codegen.variables import Home, Variable

REGISTERS = 24
"""Vector registers that a group's values may take."""
LARGEST_GROUP = 8
LARGEST_LOOP = 120
SHORT_LOOP = 16


def loops_in_step(layout: GangLayout, tree: Tree, variables: dict[n.Var, Variable]) -> tuple[frozenset[int], int]:
    """(numbers of the loops in ``tree.frames``, how many gangs to take together), or 0 gangs."""
    loops = _outermost(tree.body, variables)
    if not loops:
        return frozenset(), 0
    registers = max(_registers(loop, variables) for loop in loops)
    group = LARGEST_GROUP
    while group > 1 and (group * registers > REGISTERS or layout.gangs % group):
        group //= 2
    inside = {id(x) for loop in loops for x in walk([loop]) if isinstance(x, Loop) and not _is_short(x)}
    numbers = frozenset(i for i, frame in enumerate(tree.frames) if id(frame) in inside)
    return numbers, group if group > 1 else 0


def _outermost(nodes: list[Node], variables: dict[n.Var, Variable]) -> list[Loop]:
    found: list[Loop] = []
    for node in nodes:
        match node:
            case Loop() if _sums_up(node, variables):
                found.append(node)
            case Loop() if node.level == 0 and not node.has_jump:
                found += _outermost(node.body, variables)
            case If():
                found += _outermost(node.then + node.otherwise, variables)
            case _:
                pass
    return found


def _sums_up(loop: Loop, variables: dict[n.Var, Variable]) -> bool:
    """Whether a loop of the whole block reads memory and carries varying values from round to round."""
    if loop.level or loop.has_jump or not loop.touches_memory or loop.size > LARGEST_LOOP or _is_short(loop):
        return False
    for node in walk(loop.body + loop.step):
        if (isinstance(node, Loop) and node.level) or isinstance(node, Scope):
            return False
        if isinstance(node, Leaf) and not _only_computes(node.stmt, variables):
            return False
    return bool(_carried(loop, variables))


def _is_short(loop: Loop) -> bool:
    """Whether a loop runs up to a small constant: LLVM unrolls it, and sums within it overlap by themselves."""
    test = loop.condition
    if not isinstance(test, n.Binary) or test.op not in ("lt", "le", "ne"):
        return False
    return isinstance(test.right, n.Const) and 0 < test.right.value <= SHORT_LOOP


def _only_computes(stmt: n.Stmt, variables: dict[n.Var, Variable]) -> bool:
    if isinstance(stmt, n.Declare):
        return variables[stmt.var].home is Home.REGISTERS
    if not isinstance(stmt, n.Assign) or not isinstance(stmt.place, n.VarPlace):
        return False
    variable = variables.get(stmt.place.var)
    return variable is not None and variable.home is Home.REGISTERS


def _carried(loop: Loop, variables: dict[n.Var, Variable]) -> list[Variable]:
    """Varying variables that a loop changes and reads in its next round."""
    changed = 0
    for node in walk(loop.body + loop.step):
        if isinstance(node, Leaf) and isinstance(node.stmt, n.Assign) and isinstance(node.stmt.place, n.VarPlace):
            changed |= variables[node.stmt.place.var].bit
    return [v for v in variables.values() if v.bit & changed & loop.head_in and _is_varying(v)]


def _registers(loop: Loop, variables: dict[n.Var, Variable]) -> int:
    """Vector registers for what a gang has alive in a loop."""
    alive = [v for v in variables.values() if v.bit & loop.head_in and v.home is Home.REGISTERS]
    return sum(
        -(-size_of(type_) // 4)
        for v in alive
        for (type_, _), shape in zip(v.leaves, v.shapes, strict=True)
        if shape is not None and shape.level == VARYING
    )


def _is_varying(variable: Variable) -> bool:
    return any(s is not None and s.level == VARYING for s in variable.shapes)
