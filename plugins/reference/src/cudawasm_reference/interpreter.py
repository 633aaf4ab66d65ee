"""Statements: what they do to the rows of a mask, and which rows go on after them."""

from __future__ import annotations

import time

import numpy as np

from cudawasm.errors import LaunchError, StopCause
from cudawasm.ir import nodes as n
from cudawasm.ir.types import F64, I32, I64, U64, Pointer, Type, align_of, round_up, size_of
from cudawasm.runtime.formatting import format_text
from cudawasm.runtime.hazards import Hazard, HazardKind, report
from cudawasm.source import Span
from cudawasm_reference import atomics, warps
from cudawasm_reference.expressions import Evaluator
from cudawasm_reference.frames import Frame
from cudawasm_reference.memory import Fault
from cudawasm_reference.sanitizer import Watch
from cudawasm_reference.values import Array, from_bytes, to_bytes

MOST_ROUNDS = 1 << 22
"""Rounds of one loop after which its threads are taken to wait for each other for ever."""
_KINDS = {I32: "i", I64: "l", U64: "m", F64: "d"}


class Interpreter(Evaluator):
    """Runs a kernel for the threads of ``threads``."""

    module: n.Module
    kernel: n.Function
    span: Span | None = None
    printed: list[str]
    depth = 0
    watch: Watch | None = None

    def sanitize(self, kernel: n.Function) -> None:
        """Report hazards from now on."""
        memory = self.memory
        self.watch = Watch(self.threads, kernel.name, len(memory.shared.bytes), len(memory.heap.bytes), self.line)
        memory.watcher = self.watch

    def line(self) -> str:
        return f"{self.span.file.name}:{self.span.line}" if self.span is not None else ""

    def run(self, module: n.Module, kernel: n.Function, params: bytes) -> str:
        """Run to the end; what was printed. Raises LaunchError."""
        self.module, self.kernel, self.printed = module, kernel, []
        self.alive = self.threads.exists.copy()
        self.frame = Frame(kernel, 0)
        try:
            with np.errstate(all="ignore"):
                self._give_params(kernel, params)
                self.block(kernel.body, self.alive)
        except Fault as fault:
            raise self.stopped(str(fault), fault.row, "memory", fault.cause) from None
        return "".join(self.printed)

    def _give_params(self, kernel: n.Function, params: bytes) -> None:
        everyone, end = np.ones(self.threads.count, bool), 0
        for var in kernel.params:
            end = round_up(end, align_of(var.type))
            row = np.frombuffer(params, np.uint8, size_of(var.type), end)
            value = from_bytes(var.type, np.tile(row, (self.threads.count, 1)))
            self.store(n.VarPlace(var), value, everyone)
            end += size_of(var.type)

    def stopped(self, what: str, row: int, hazard: HazardKind | None = None, cause: StopCause = "other") -> LaunchError:
        """The error that ends the launch, which is also a hazard when one is named."""
        line, who = self.line(), self.threads.place(row)
        if hazard is not None and self.watch is not None:
            report(Hazard(hazard, self.kernel.name, line, what), who)
        return LaunchError(f"{line}: {what}; kernel {self.kernel.name}, {who}".removeprefix(": "), cause=cause)

    # --- control ---

    def block(self, block: n.Block, mask: Array) -> Array:
        """Run statements; the rows that come to the end."""
        for stmt in block:
            if not mask.any():
                break
            mask = self.statement(stmt, mask)
        return mask

    def statement(self, stmt: n.Stmt, mask: Array) -> Array:
        self.span = stmt.span or self.span
        match stmt:
            case n.If():
                chosen = self.value(stmt.condition, mask)
                yes = self.block(stmt.then, mask & chosen)
                return yes | self.block(stmt.otherwise, mask & ~chosen)
            case n.Switch():
                return self.switch(stmt, mask)
            case n.Loop():
                return self.loop(stmt, mask)
            case n.Scope():
                self.frame.left[stmt.label] = np.zeros_like(mask)
                return self.block(stmt.body, mask) | self.frame.left.pop(stmt.label)
            case n.Break():
                self.frame.left[stmt.label] |= mask
            case n.Continue():
                self.frame.continued[stmt.label] |= mask
            case n.Return():
                self.leave(stmt, mask)
            case _:
                self.effect(stmt, mask)
                return mask
        return np.zeros_like(mask)

    def switch(self, stmt: n.Switch, mask: Array) -> Array:
        selector = self.value(stmt.selector, mask)
        rest, fell = mask, np.zeros_like(mask)
        for case in stmt.cases:
            chosen = rest & np.isin(selector, np.array(case.values, selector.dtype))
            rest = rest & ~chosen
            fell = fell | self.block(case.body, chosen)
        return fell | self.block(stmt.default, rest)

    def loop(self, stmt: n.Loop, mask: Array) -> Array:
        frame, inside, done = self.frame, mask, np.zeros_like(mask)
        frame.left[stmt.label] = np.zeros_like(mask)
        for _ in range(MOST_ROUNDS):
            if stmt.condition is not None:
                again = self.value(stmt.condition, inside)
                done, inside = done | (inside & ~again), inside & again
            if not inside.any():
                return done | frame.left.pop(stmt.label)
            frame.continued[stmt.label] = np.zeros_like(mask)
            came = self.block(stmt.body, inside)
            inside = self.block(stmt.step, came | frame.continued.pop(stmt.label))
        raise self.stopped("threads wait for each other here", int(np.flatnonzero(inside)[0]))

    def leave(self, stmt: n.Return, mask: Array) -> None:
        if stmt.value is not None:
            value, before = self.value(stmt.value, mask), self.frame.value
            wide = mask[:, None] if value.ndim == 2 else mask
            self.frame.value = value.copy() if before is None else np.where(wide, value, before)
        elif self.depth == 0:
            self.alive = self.alive & ~mask

    # --- effects ---

    def effect(self, stmt: n.Stmt, mask: Array) -> None:
        match stmt:
            case n.Declare():
                if stmt.init is not None:
                    self.store(n.VarPlace(stmt.var), self.value(stmt.init, mask), mask)
            case n.Assign():
                self.store(stmt.place, self.value(stmt.value, mask), mask)
            case n.Atomic():
                args = tuple(self.value(a, mask) for a in stmt.args)
                addresses = self.address(stmt.place, mask)
                self.give(
                    stmt.result, atomics.perform(self.memory, stmt.op, stmt.place.type, addresses, args, mask), mask
                )
            case n.Barrier():
                self.barrier(stmt, mask)
            case n.Warp():
                self.warp(stmt, mask)
            case n.Fence():
                pass
            case n.Call():
                self.call(stmt, mask)
            case n.Print():
                self.print(stmt, mask)
            case n.Trap():
                what = f"assertion failed: {stmt.message}" if stmt.message else "trap"
                raise self.stopped(what, int(np.flatnonzero(mask)[0]), cause="assert" if stmt.message else "other")
            case n.ReadClock():
                self.give(stmt.result, np.full(len(mask), time.monotonic_ns(), np.int64), mask)
            case _:
                raise AssertionError(stmt)

    def give(self, var: n.Var | None, value: Array, mask: Array) -> None:
        if var is not None:
            self.store(n.VarPlace(var), value, mask)

    def barrier(self, stmt: n.Barrier, mask: Array) -> None:
        here = np.zeros(self.threads.blocks, bool)
        here[self.threads.slot[mask]] = True
        missing = np.flatnonzero(self.alive & ~mask & (here[self.threads.slot] | (stmt.kind == "grid")))
        if missing.size:
            raise self.stopped("a barrier that not all threads of the block come to", int(missing[0]), "barrier")
        if self.watch is not None:
            self.watch.barrier(mask)
        if stmt.predicate is None:
            return
        yes = self.value(stmt.predicate, mask) & mask
        count = np.bincount(self.threads.slot[yes], minlength=self.threads.blocks)
        present = np.bincount(self.threads.slot[mask], minlength=self.threads.blocks)
        found = {"count": count, "and": count == present, "or": count > 0}[stmt.kind]
        self.give(stmt.result, found[self.threads.slot].astype(np.int32), mask)

    def warp(self, stmt: n.Warp, mask: Array) -> None:
        args = [self.value(a, mask) for a in stmt.args]
        members = warps.active(mask) if stmt.mask is None else self.value(stmt.mask, mask)
        if self.watch is not None:
            self.watch.members(members, mask, self.alive)
        match stmt.op:
            case "sync":
                if self.watch is not None:
                    self.watch.warp_barrier(mask)
                return
            case "active_mask":
                result = warps.active(mask)
            case "ballot" | "any" | "all":
                result = warps.vote(stmt.op, args[0], members, mask)
            case "match_any" | "match_all":
                result = warps.match(stmt.op, args[0], members, mask)
                self.give(stmt.predicate_result, (result != 0).astype(np.int32), mask)
            case "shfl_idx" | "shfl_up" | "shfl_down" | "shfl_xor":
                result = warps.shuffle(stmt.op, *args)
            case _:
                result = warps.reduce(stmt.op, args[0], members, mask)
        self.give(stmt.result, result, mask)

    def call(self, stmt: n.Call, mask: Array) -> None:
        function = self.module.functions[stmt.function]
        args = [self.value(a, mask) for a in stmt.args]
        caller, self.frame = self.frame, Frame(function, self.frame.end)
        self.depth += 1
        if self.frame.end > self.memory.local.size:
            raise self.stopped("stack overflow", int(np.flatnonzero(mask)[0]))
        for var, value in zip(function.params, args, strict=True):
            self.store(n.VarPlace(var), value, mask)
        self.block(function.body, mask)
        result = self.frame.value
        self.frame = caller
        self.depth -= 1
        if result is not None:
            self.give(stmt.result, result, mask)

    def print(self, stmt: n.Print, mask: Array) -> None:
        kinds = "".join(_kind(a.type) for a in stmt.args)
        words = [_words(a.type, self.value(a, mask)) for a in stmt.args]
        for row in np.flatnonzero(mask):
            self.printed.append(format_text(stmt.format, [int(w[row]) for w in words], kinds, stmt.strings))
        self.give(stmt.result, np.full(len(mask), len(stmt.args), np.int32), mask)


def _kind(type_: Type) -> str:
    """How ``format_text`` names a type."""
    if isinstance(type_, Pointer):
        return "p"
    return next((kind for scalar, kind in _KINDS.items() if scalar == type_), "u")


def _words(type_: Type, value: Array) -> Array:
    """Arguments as 64-bit words."""
    if type_ == I32:
        return value.astype(np.int64).view(np.uint64)
    rows = to_bytes(type_, value)
    wide = np.zeros((len(rows), 8), np.uint8)
    wide[:, : rows.shape[1]] = rows
    return wide.view(np.uint64).reshape(-1)
