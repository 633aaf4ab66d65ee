"""The walker that targets in static single assignment form share: structured statements as basic blocks.

What it takes is KIR after the passes that the C-like walker wants too: calls inlined, jumps only to the innermost loop,
warp operations, prints and traps turned into plainer statements. Every branch names the block where its ways meet
again, as SPIR-V asks; a target adds values, memory and the words of each instruction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.walk import nested_blocks

_SIMPLE = (n.Declare, n.Assign, n.Atomic, n.Fence)


@dataclass(frozen=True, slots=True)
class _Around:
    """The innermost loop: its label and the blocks that its jumps go to."""

    label: str
    leave: int
    again: int


class Ssa:
    """One function's statements. Blocks and values are numbers."""

    def __init__(self) -> None:
        self._loops: list[_Around] = []
        self._ended = False
        """Whether the block being written has its last instruction."""

    # --- what targets say differently ---

    def value(self, expr: n.Expr) -> int:
        raise NotImplementedError

    def declare(self, stmt: n.Declare) -> None:
        raise NotImplementedError

    def assign(self, stmt: n.Assign) -> None:
        raise NotImplementedError

    def atomic(self, stmt: n.Atomic) -> None:
        raise NotImplementedError

    def barrier(self, stmt: n.Barrier) -> None:
        raise NotImplementedError

    def warp(self, stmt: n.Warp) -> None:
        raise NotImplementedError

    def fence(self, stmt: n.Fence) -> None:
        raise NotImplementedError

    def note(self, stmt: n.Stmt) -> None:
        """A statement begins."""

    def new_block(self) -> int:
        raise NotImplementedError

    def begin(self, block: int) -> None:
        """What follows is in ``block``."""
        raise NotImplementedError

    def jump(self, block: int) -> None:
        raise NotImplementedError

    def jump_if(self, condition: int, then: int, otherwise: int) -> None:
        raise NotImplementedError

    def jump_by(self, selector: n.Expr, default: int, targets: list[tuple[int, int]], merge: int) -> None:
        """A jump by (value, block) of ``targets``; all ways meet in ``merge``."""
        raise NotImplementedError

    def meet(self, merge: int) -> None:
        """The ways of the branch that follows meet in ``merge``."""
        raise NotImplementedError

    def loop_head(self, merge: int, again: int, unroll: int) -> None:
        """The block being written is a loop's first."""
        raise NotImplementedError

    def leave(self) -> None:
        """The function's end."""
        raise NotImplementedError

    # --- blocks ---

    def start(self, block: int) -> None:
        self.begin(block)
        self._ended = False

    def end_with(self, block: int) -> None:
        """Go on in ``block`` unless a jump has gone elsewhere."""
        if not self._ended:
            self.jump(block)
            self._ended = True

    def sequence(self, block: n.Block) -> None:
        for stmt in block:
            if self._ended:
                return  # nothing comes here
            self.note(stmt)
            self.statement(stmt)

    def statement(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Declare():
                self.declare(stmt)
            case n.Assign():
                self.assign(stmt)
            case n.Atomic():
                self.atomic(stmt)
            case n.Barrier():
                self.barrier(stmt)
            case n.Warp():
                self.warp(stmt)
            case n.Fence():
                self.fence(stmt)
            case n.If():
                self.if_(stmt)
            case n.Loop():
                self.loop(stmt)
            case n.Switch():
                self.switch(stmt)
            case n.Break():
                self.end_with(self.around(stmt.label).leave)
            case n.Continue():
                self.end_with(self.around(stmt.label).again)
            case n.Return():
                self.leave()
                self._ended = True
            case n.Call() | n.Print() | n.Trap() | n.ReadClock() | n.Scope():
                raise InternalError(f"{type(stmt).__name__} in the emitter: a pass has not done its work")
            case _:
                assert_never(stmt)

    def around(self, label: str) -> _Around:
        innermost = self._loops[-1]
        if innermost.label != label:
            raise InternalError(f"a jump to {label} out of {innermost.label}")
        return innermost

    # --- control flow ---

    def if_(self, stmt: n.If) -> None:
        condition = self.value(stmt.condition)
        then, merge = self.new_block(), self.new_block()
        otherwise = self.new_block() if stmt.otherwise else merge
        self.meet(merge)
        self.jump_if(condition, then, otherwise)
        self.start(then)
        self.sequence(stmt.then)
        self.end_with(merge)
        if stmt.otherwise:
            self.start(otherwise)
            self.sequence(stmt.otherwise)
            self.end_with(merge)
        self.start(merge)

    def switch(self, stmt: n.Switch) -> None:
        merge = self.new_block()
        default = self.new_block() if stmt.default else merge
        blocks = [self.new_block() for _ in stmt.cases]
        targets = [(value, block) for case, block in zip(stmt.cases, blocks, strict=True) for value in case.values]
        self.jump_by(stmt.selector, default, targets, merge)
        for case, block in zip(stmt.cases, blocks, strict=True):
            self.start(block)
            self.sequence(case.body)
            self.end_with(merge)
        if stmt.default:
            self.start(default)
            self.sequence(stmt.default)
            self.end_with(merge)
        self.start(merge)

    def loop(self, stmt: n.Loop) -> None:
        """Head, test, body and step are blocks; a step with control flow of its own is done inside the body."""
        step, last = _split_step(stmt)
        if step is None:
            stmt = replace(stmt, body=with_step(stmt.body, stmt), step=())
            step, last = (), None
        head, test, body, again, merge = (self.new_block() for _ in range(5))
        self.end_with(head)
        self.start(head)
        self.loop_head(merge, again, stmt.unroll)
        self.jump(test)
        self.start(test)
        if stmt.condition is None:
            self.jump(body)
        else:
            condition = self.value(stmt.condition)
            self.jump_if(condition, body, merge)
        self._loops.append(_Around(stmt.label, merge, again))
        self.start(body)
        self.sequence(stmt.body)
        self.end_with(again)
        self._loops.pop()
        self.start(again)
        self.sequence(step)
        if last is None:
            self.jump(head)
        else:
            self.note(last)
            self.jump_if(self.value(last.condition), merge, head)
        self.start(merge)


def _split_step(loop: n.Loop) -> tuple[n.Block | None, n.If | None]:
    """(statements that can stand in the step's own block, the test at its end by which the loop is left).

    Without statements (None) when the step has other control flow.
    """
    step, last = loop.step, None
    if step and isinstance(step[-1], n.If):
        test = step[-1]
        if test.then == (n.Break(loop.label),) and not test.otherwise:
            step, last = step[:-1], test
    return (step, last) if all(isinstance(s, _SIMPLE) for s in step) else (None, None)


def with_step(body: n.Block, loop: n.Loop) -> n.Block:
    """A body that does the loop's step at its end and before each jump there."""
    return (*_before_jumps(body, loop), *loop.step)


def _before_jumps(block: n.Block, loop: n.Loop) -> n.Block:
    out: list[n.Stmt] = []
    for stmt in block:
        match stmt:
            case n.Continue() if stmt.label == loop.label:
                out += [*loop.step, stmt]
            case n.If():
                then, otherwise = (_before_jumps(b, loop) for b in nested_blocks(stmt))
                out.append(replace(stmt, then=then, otherwise=otherwise))
            case n.Switch():
                cases = tuple(replace(c, body=_before_jumps(c.body, loop)) for c in stmt.cases)
                out.append(replace(stmt, cases=cases, default=_before_jumps(stmt.default, loop)))
            case _:
                out.append(stmt)
    return tuple(out)
