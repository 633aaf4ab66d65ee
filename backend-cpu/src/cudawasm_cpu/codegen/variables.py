"""Where each local variable lives: in registers, in per-gang arrays, in per-thread memory, or in the parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space, Type, align_of, round_up, size_of
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, subexpressions
from cudawasm_cpu.codegen import lltypes
from cudawasm_cpu.codegen.shapes import Shape, join
from cudawasm_cpu.codegen.tree import If, Leaf, Loop, Tree, walk

MOST_REGISTERS = 64


class Home(Enum):
    """REGISTERS: one SSA value per leaf. LANES: memory with the lanes of a leaf side by side, for arrays with
    computed indices. MEMORY: each thread's object in one piece, for objects with an address. PARAMS: read-only,
    in the launch's parameter block."""

    REGISTERS = "registers"
    LANES = "lanes"
    MEMORY = "memory"
    PARAMS = "params"


@dataclass(eq=False, slots=True)
class Variable:
    """A local variable. ``shapes`` has one entry per leaf, None before the first assignment seen."""

    var: n.Var
    bit: int
    home: Home
    leaves: tuple[tuple[lltypes.Leaf, int], ...]
    shapes: list[Shape | None] = field(default_factory=list)
    param_offset: int = 0
    slots: dict[int, str] = field(default_factory=dict)
    storage: str = ""
    is_fixed: bool = False

    def widen(self, leaf: int, shape: Shape) -> bool:
        """Note an assignment; whether the shape changed."""
        old = self.shapes[leaf]
        new = shape if old is None else join(old, shape)
        self.shapes[leaf] = new
        return new != old


def param_offsets(params: tuple[n.Var, ...]) -> tuple[tuple[int, ...], int]:
    """Byte offset of each parameter in the parameter block, and the block's size."""
    offsets, end = [], 0
    for param in params:
        end = round_up(end, align_of(param.type))
        offsets.append(end)
        end += size_of(param.type)
    return tuple(offsets), end


class _Uses:
    """How each variable is touched anywhere in a tree."""

    def __init__(self, tree: Tree) -> None:
        self.escaping: set[n.Var] = set()
        self.dynamic: set[n.Var] = set()
        self.written: set[n.Var] = set()
        for node in walk(tree.body):
            match node:
                case Leaf():
                    self.leaf(node.stmt)
                case If():
                    self.expr(node.condition)
                case Loop() if node.condition is not None:
                    self.expr(node.condition)
                case _:
                    pass

    def leaf(self, stmt: n.Stmt) -> None:
        for expr in statement_expressions(stmt):
            self.expr(expr)
        if isinstance(stmt, n.Assign | n.Atomic):
            self.place(stmt.place)
            if isinstance(stmt, n.Atomic) and isinstance(root(stmt.place), n.VarPlace):
                self.escaping.add(root(stmt.place).var)  # type: ignore[union-attr]
        self.written.update(assigned_variables(stmt))

    def expr(self, expr: n.Expr) -> None:
        for sub in subexpressions(expr):
            if isinstance(sub, n.Load):
                self.place(sub.place)
            elif isinstance(sub, n.AddressOf):
                start = root(sub.place)
                if isinstance(start, n.VarPlace):
                    self.escaping.add(start.var)

    def place(self, place: n.Place) -> None:
        start = root(place)
        if not isinstance(start, n.VarPlace):
            return
        while not isinstance(place, n.VarPlace | n.Deref):
            if isinstance(place, n.Index) and not isinstance(place.index, n.Const):
                self.dynamic.add(start.var)
            place = place.base


def place_variables(tree: Tree, params: tuple[n.Var, ...]) -> dict[n.Var, Variable]:
    """A home for each local variable and parameter of a tree."""
    uses = _Uses(tree)
    offsets = dict(zip(params, param_offsets(params)[0], strict=True))
    out: dict[n.Var, Variable] = {}
    for var, index in tree.variables.items():
        assert var.space is Space.LOCAL
        home = _home(var.type, var in uses.escaping, var in uses.dynamic)
        if var in offsets and var not in uses.written and var not in uses.escaping:
            home = Home.PARAMS
        small = lltypes.leaf_count(var.type) <= MOST_REGISTERS
        leaves = lltypes.leaves(var.type) if home is Home.REGISTERS or small else ()
        variable = Variable(var, 1 << index, home, leaves, [None] * len(leaves))
        variable.param_offset = offsets.get(var, 0)
        out[var] = variable
    return out


def _home(type_: Type, escapes: bool, dynamic: bool) -> Home:
    if escapes or lltypes.contains_union(type_):
        return Home.MEMORY
    if dynamic or lltypes.leaf_count(type_) > MOST_REGISTERS:
        return Home.LANES
    return Home.REGISTERS
