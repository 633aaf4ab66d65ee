"""The statement tree that analysis annotates and emission walks.

KIR nodes are shared and immutable; this tree has one object per place in the program. ``Switch`` becomes
a chain of ``If``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL
from cudawasm.ir.walk import assigned_variables, statement_expressions, statements, subexpressions
from cudawasm.source import Span


@dataclass(eq=False, slots=True)
class Leaf:
    """A statement without nested statements that is not a jump."""

    stmt: n.Stmt
    live_out: int = 0
    live_in: int = 0


@dataclass(eq=False, slots=True)
class Frame:
    """What all structured nodes have.

    ``level`` of control: 0 the whole block goes the same way, 1 each gang does, 2 lanes differ.
    ``crossed``: some lanes jump from inside to beyond this node, leaving others. ``is_targeted``: some jump to it.
    ``live_out``: variables that are live after the node, as bits.
    """

    level: int = 0
    crossed: bool = False
    is_targeted: bool = False
    live_out: int = 0
    live_in: int = 0
    has_barrier: bool = False
    size: int = 0
    touches_memory: bool = False
    has_jump: bool = False
    escaped: str = ""
    exit_label: str = ""
    span: Span | None = None


@dataclass(eq=False, slots=True)
class If(Frame):
    condition: n.Expr = field(kw_only=True)
    then: list[Node] = field(kw_only=True)
    otherwise: list[Node] = field(kw_only=True)
    else_in: int = 0
    then_in: int = 0


@dataclass(eq=False, slots=True)
class Loop(Frame):
    """``continue_level`` is the level of the worst ``Continue`` to here. ``is_grid_stride``: the block runs it in
    step, as if it held a barrier."""

    label: str = field(kw_only=True)
    condition: n.Expr | None = field(kw_only=True)
    body: list[Node] = field(kw_only=True)
    step: list[Node] = field(kw_only=True)
    unroll: int = 0
    continue_level: int = 0
    step_in: int = 0
    head_in: int = 0
    is_grid_stride: bool = False
    continued: str = ""
    continue_label: str = ""

    @property
    def unroll_hint(self) -> int:
        """The program's wish about unrolling where LLVM can grant it; it warns where it cannot."""
        can_be = self.unroll == 1 or (self.ends_at_constant if self.unroll < 0 else self.comparison is not None)
        return self.unroll if can_be else 0

    @property
    def comparison(self) -> n.Binary | None:
        """What alone ends the loop, if that is a comparison."""
        return self.condition if isinstance(self.condition, n.Binary) and not self.has_jump else None

    @property
    def ends_at_constant(self) -> bool:
        compared = self.comparison
        return compared is not None and any(isinstance(x, n.Const) for x in (compared.left, compared.right))

    @property
    def is_masked(self) -> bool:
        return self.level == 2 or self.continue_level == 2


@dataclass(eq=False, slots=True)
class Scope(Frame):
    label: str = field(kw_only=True)
    body: list[Node] = field(kw_only=True)


@dataclass(eq=False, slots=True)
class Jump:
    """``target`` is None for ``Return``. ``level`` says who else goes on when this jump is taken."""

    kind: str
    target: Loop | Scope | None
    span: object = None
    level: int = 0
    live_out: int = 0
    live_in: int = 0
    is_masked: bool = False
    crossing: tuple[Loop | Scope, ...] = ()


Node = Leaf | If | Loop | Scope | Jump


@dataclass(slots=True)
class Tree:
    body: list[Node]
    variables: dict[n.Var, int]
    frames: list[Frame]
    has_barrier: bool


_Measured = TypeVar("_Measured", bound=Frame)


class _Builder:
    """``strides`` are variables computed from the grid's size: loops that step by them are run in step by the
    whole block, because thread by thread they would jump through memory. ``in_step``: numbers of other frames
    that are to be run in step."""

    def __init__(self, strides: frozenset[n.Var], in_step: frozenset[int]) -> None:
        self.strides = strides
        self.in_step = in_step
        self.frames: list[Frame] = []
        self.targets: list[Loop | Scope] = []
        self.selectors = 0

    def block(self, block: n.Block) -> list[Node]:
        out: list[Node] = []
        for stmt in block:
            match stmt:
                case n.If():
                    node = self.if_(stmt.condition, stmt.then, stmt.otherwise)
                    node.span = stmt.span
                    out.append(node)
                case n.Switch():
                    out.extend(self.switch(stmt))
                case n.Loop():
                    loop = Loop(label=stmt.label, condition=stmt.condition, body=[], step=[], unroll=stmt.unroll)
                    loop.span = stmt.span
                    self.targets.append(loop)
                    loop.body, loop.step = self.block(stmt.body), self.block(stmt.step)
                    self.targets.pop()
                    frame = self.measured(loop, (loop.body, loop.step), stmt.condition)
                    loop.is_grid_stride = not loop.has_barrier and self.is_grid_stride(loop)
                    frame.has_barrier |= loop.is_grid_stride or len(self.frames) - 1 in self.in_step
                    out.append(frame)
                case n.Scope():
                    scope = Scope(label=stmt.label, body=[])
                    self.targets.append(scope)
                    scope.body = self.block(stmt.body)
                    self.targets.pop()
                    out.append(self.measured(scope, (scope.body,), None))
                case n.Break() | n.Continue():
                    target = next(t for t in reversed(self.targets) if t.label == stmt.label)
                    out.append(Jump("break" if isinstance(stmt, n.Break) else "continue", target))
                    break
                case n.Return():
                    out.append(Jump("return", None))
                    break
                case _:
                    out.append(Leaf(stmt))
        return out

    def is_grid_stride(self, loop: Loop) -> bool:
        if loop.has_jump or not loop.touches_memory or any(isinstance(x, Loop) for x in walk(loop.body)):
            return False
        return any(isinstance(x, Leaf) and _steps_by_grid(x.stmt, self.strides) for x in loop.step)

    def if_(self, condition: n.Expr, then: n.Block, otherwise: n.Block) -> If:
        node = If(condition=condition, then=self.block(then), otherwise=self.block(otherwise))
        return self.measured(node, (node.then, node.otherwise), condition)

    def switch(self, stmt: n.Switch) -> list[Node]:
        self.selectors += 1
        selector = n.Var(f"selector.{self.selectors}", stmt.selector.type)
        value = n.Load(n.VarPlace(selector))
        rest = self.block(stmt.default)
        for case in reversed(stmt.cases):
            if not case.values:
                continue
            tests = [n.Binary("eq", value, n.Const(selector.type, v), BOOL) for v in case.values]
            condition: n.Expr = tests[0]
            for test in tests[1:]:
                condition = n.Binary("or", condition, test, BOOL)
            node = If(condition=condition, then=self.block(case.body), otherwise=rest)
            rest = [self.measured(node, (node.then, node.otherwise), condition)]
        return [Leaf(n.Declare(selector, stmt.selector)), *rest]

    def measured(self, frame: _Measured, blocks: tuple[list[Node], ...], condition: n.Expr | None) -> _Measured:
        self.frames.append(frame)
        size = 1 + (expression_size(condition) if condition is not None else 0)
        touches = condition is not None and expression_touches_memory(condition)
        for block in blocks:
            for node in block:
                if isinstance(node, Leaf):
                    size += leaf_size(node.stmt)
                    touches = touches or leaf_touches_memory(node.stmt)
                    frame.has_barrier |= isinstance(node.stmt, n.Barrier)
                elif isinstance(node, Jump):
                    frame.has_jump = True
                    size += 1
                else:
                    size += node.size
                    touches = touches or node.touches_memory
                    frame.has_barrier |= node.has_barrier
                    frame.has_jump |= node.has_jump
        frame.size, frame.touches_memory = size, touches
        return frame


def expression_size(expr: n.Expr) -> int:
    return sum(1 for _ in subexpressions(expr))


def expression_touches_memory(expr: n.Expr) -> bool:
    """Whether evaluation reads anything but scalar locals."""
    for sub in subexpressions(expr):
        if isinstance(sub, n.Load) and not isinstance(sub.place, n.VarPlace):
            return True
        if isinstance(sub, n.Load) and sub.place.var.space.value != "local":  # type: ignore[union-attr]
            return True
    return False


def leaf_size(stmt: n.Stmt) -> int:
    return 1 + sum(expression_size(e) for e in statement_expressions(stmt))


def leaf_touches_memory(stmt: n.Stmt) -> bool:
    match stmt:
        case n.Declare():
            return stmt.init is not None and expression_touches_memory(stmt.init)
        case n.Assign():
            if not isinstance(stmt.place, n.VarPlace):
                return True
            return stmt.place.var.space.value != "local" or expression_touches_memory(stmt.value)
        case _:
            return True


def _steps_by_grid(stmt: n.Stmt, strides: frozenset[n.Var]) -> bool:
    return isinstance(stmt, n.Assign) and _mentions_grid(stmt.value, strides)


def _mentions_grid(expr: n.Expr, strides: frozenset[n.Var]) -> bool:
    for sub in subexpressions(expr):
        if isinstance(sub, n.Special) and sub.name.startswith("grid_dim"):
            return True
        if isinstance(sub, n.Load) and isinstance(sub.place, n.VarPlace) and sub.place.var in strides:
            return True
    return False


def _grid_strides(function: n.Function) -> frozenset[n.Var]:
    """Variables that are the grid's size in threads, or a part of it."""
    found: set[n.Var] = set()
    for stmt in statements(function.body):
        if isinstance(stmt, n.Declare) and stmt.init is not None and _mentions_grid(stmt.init, frozenset(found)):
            found.add(stmt.var)
    return frozenset(found)


def build(function: n.Function, in_step: frozenset[int] = frozenset()) -> Tree:
    """The tree of a kernel without calls; ``in_step`` has numbers of loops in ``Tree.frames``."""
    builder = _Builder(_grid_strides(function), in_step)
    body = builder.block(function.body)
    variables: dict[n.Var, int] = {}
    for var in function.params:
        variables.setdefault(var, len(variables))
    for node in walk(body):
        if isinstance(node, Leaf):
            for var in leaf_variables(node.stmt):
                variables.setdefault(var, len(variables))
    has_barrier = any(
        x.has_barrier if isinstance(x, Frame) else isinstance(x, Leaf) and isinstance(x.stmt, n.Barrier)
        for x in walk(body)
    )
    return Tree(body, variables, builder.frames, has_barrier)


def leaf_variables(stmt: n.Stmt) -> Iterator[n.Var]:
    for var in assigned_variables(stmt):
        if var.space.value == "local":
            yield var


def walk(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, outer ones first."""
    for node in nodes:
        yield node
        match node:
            case If():
                yield from walk(node.then)
                yield from walk(node.otherwise)
            case Loop():
                yield from walk(node.body)
                yield from walk(node.step)
            case Scope():
                yield from walk(node.body)
            case _:
                pass
