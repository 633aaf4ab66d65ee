"""The walker that C-like targets share: statements, declarations and a kernel's text.

What it takes is KIR after these passes: calls inlined, spaces inferred, jumps only to the innermost loop, warp
operations, prints and traps turned into plainer statements. A target adds words and a few primitives.
"""

from __future__ import annotations

from typing import assert_never

from cudawasm.emit.clike_expressions import Expressions
from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, Array, Pointer, Space, Struct
from cudawasm.ir.walk import mentioned_variables
from cudawasm.source import Span

_COMPOUND = {"add": "+=", "sub": "-=", "mul": "*=", "and": "&=", "or": "|=", "xor": "^="}


class CLike(Expressions):
    """The text of one kernel. ``locations`` adds a comment with the CUDA line where it changes."""

    def __init__(self, locations: bool = False):
        super().__init__()
        self.locations = locations
        self.lines: list[str] = []
        self.spans: list[Span | None] = []
        """For each line of ``lines`` the source that it came from."""
        self._span: Span | None = None
        self._depth = 1
        self._shown = ""
        self._undeclared: n.Var | None = None
        """The variable whose declaration comes with the statement that gives it a value."""
        self._counter: n.Declare | None = None
        self._mentioned: dict[int, tuple[n.Stmt, set[n.Var]]] = {}
        """Statements and the variables that they mention, by the ``id`` of the statement."""

    # --- what targets say differently ---

    def atomic(self, stmt: n.Atomic) -> str:
        """The expression that updates a place and gives its old value."""
        raise NotImplementedError

    def fence(self, stmt: n.Fence) -> str:
        raise NotImplementedError

    # --- statements ---

    def line(self, text: str) -> None:
        self.lines.append("    " * self._depth + text)
        self.spans.append(self._span)

    def block(self, block: n.Block) -> None:
        self._depth += 1
        self.sequence(block)
        self._depth -= 1

    def sequence(self, block: n.Block) -> None:
        """Statements; names that they declare are unique in the kernel, so that blocks need no braces."""
        for i, stmt in enumerate(block):
            if isinstance(stmt, n.Declare) and i + 1 < len(block):
                if self.declares_later(stmt, block[i + 1], block[i + 2 :]):
                    continue
            self.note(stmt)
            self.statement(stmt)

    def declares_later(self, stmt: n.Declare, following: n.Stmt, rest: n.Block) -> bool:
        """Whether a variable is declared by the statement that follows: one that gives it, or a loop that counts it."""
        var = stmt.var
        if stmt.init is None:
            if getattr(following, "result", None) is not var:
                return False
            self._undeclared = var
        else:
            if not isinstance(following, n.Loop) or isinstance(var.type, Array | Struct):
                return False
            counts = any(isinstance(s, n.Assign) and s.place == n.VarPlace(var) for s in following.step)
            if not counts or not self.is_for(following) or any(var in self.mentioned(s) for s in rest):
                return False
            self._counter = stmt
        return True

    def mentioned(self, stmt: n.Stmt) -> set[n.Var]:
        found = self._mentioned.get(id(stmt))
        if found is None:
            found = self._mentioned[id(stmt)] = (stmt, mentioned_variables(stmt))
        return found[1]

    def note(self, stmt: n.Stmt) -> None:
        """Remember where a statement came from, and say it when that was asked for."""
        if stmt.span is None:
            return
        self._span = stmt.span
        if self.locations and not stmt.span.file.is_builtin:
            where = f"{stmt.span.file.name}:{stmt.span.line}"
            if where != self._shown:
                self._shown = where
                self.line(f"// {where}: {stmt.span.file.line_text(stmt.span.line).strip()}")

    def statement(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Declare():
                self.declare(stmt)
            case n.Assign():
                self.assign(stmt)
            case n.Atomic():
                self.give(stmt.result, self.atomic(stmt))
            case n.Barrier():
                if stmt.kind != "sync":
                    raise InternalError(f"barrier {stmt.kind} in the emitter")
                self.line(self.words.barrier)
            case n.Fence():
                self.line(self.fence(stmt))
            case n.If():
                self.if_(stmt, "if")
            case n.Loop():
                self.loop(stmt)
            case n.Switch():
                self.switch(stmt)
            case n.Break():
                self.line("break;")
            case n.Continue():
                self.line("continue;")
            case n.Return():
                self.line("return;")
            case n.Warp() | n.Call() | n.Print() | n.Trap() | n.ReadClock() | n.Scope():
                raise InternalError(f"{type(stmt).__name__} in the emitter: a pass has not done its work")
            case _:
                assert_never(stmt)

    def give(self, result: n.Var | None, text: str) -> None:
        self.line(f"{text};" if result is None else f"{self.given(result)} = {text};")

    def given(self, var: n.Var) -> str:
        """A variable on the left of its assignment, which may be its declaration too."""
        if var is not self._undeclared:
            return self.names.of(var, var.name)
        self._undeclared = None
        return self.declaration(var)

    def declare(self, stmt: n.Declare) -> None:
        var = stmt.var
        text = self.declaration(var)
        if stmt.init is None:
            self.line(f"{text};")
        elif isinstance(var.type, Array) or isinstance(stmt.init, n.Construct):
            self.line(f"{text} = {self.braces(stmt.init)};")
        else:
            self.line(f"{text} = {self.value(stmt.init)};")

    def declaration(self, var: n.Var) -> str:
        name = self.names.of(var, var.name)
        volatile = "volatile " if var.volatile else ""
        if volatile and isinstance(var.type, Pointer):  # the variable is volatile, not what it points to
            return self.types.register(var.type, f"volatile {name}")
        aligned = f" __attribute__((aligned({var.align})))" if var.align else ""
        return f"{volatile}{self.types.register(var.type, name)}{aligned}"

    def assign(self, stmt: n.Assign) -> None:
        self.line(f"{self.assignment(stmt)};")

    def assignment(self, stmt: n.Assign) -> str:
        place, value = stmt.place, stmt.value
        if isinstance(place, n.VarPlace) and place.var is self._undeclared:
            return f"{self.given(place.var)} = {self.value(value)}"
        left = self.place(place)[0]
        if not self.in_memory(place):
            short = self.compound(place, value)
            return short or f"{left} = {self.value(value)}"
        return f"{left} = {self.stored(value)}"

    def compound(self, place: n.Place, value: n.Expr) -> str:
        """``x op= y`` for a local whose operator needs no helper; empty when that would not be the same."""
        if not (isinstance(value, n.Binary) and value.op in _COMPOUND and value.left == n.Load(place)):
            return ""
        if value.type == BOOL or not self.is_plain(value):
            return ""
        return f"{self.place(place)[0]} {_COMPOUND[value.op]} {self.value(value.right)}"

    def is_plain(self, expr: n.Binary) -> bool:
        """Whether C's own operator means the same as KIR's."""
        return bool(getattr(expr.type, "is_float", False)) or (
            not getattr(expr.type, "is_signed", True) and getattr(expr.type, "bits", 0) >= 32
        )

    # --- control flow ---

    def if_(self, stmt: n.If, word: str) -> None:
        self.line(f"{word} ({self.value(stmt.condition)}) {{")
        self.block(stmt.then)
        rest = stmt.otherwise
        if len(rest) == 1 and isinstance(rest[0], n.If):
            self.note_quietly(rest[0])
            self.if_(rest[0], "} else if")
            return
        if rest:
            self.line("} else {")
            self.block(rest)
        self.line("}")

    def note_quietly(self, stmt: n.Stmt) -> None:
        """A comment between ``}`` and ``else`` would read badly."""
        self._span = stmt.span or self._span

    def loop(self, stmt: n.Loop) -> None:
        start = self.counter()
        condition = "" if stmt.condition is None else self.value(stmt.condition)
        for hint in self.unroll_hint(stmt.unroll):
            self.line(hint)
        steps = self.step_expressions(stmt)
        if steps is not None:
            head = (
                f"for ({start}; {condition}; {', '.join(steps)}) {{" if steps else f"while ({condition or 'true'}) {{"
            )
            self.line(head)
            self.block(stmt.body)
            self.line("}")
            return
        self.line(f"while ({condition or 'true'}) {{")
        self.block(self.with_step(stmt.body, stmt))
        if not _ends(stmt.body):
            self.block(stmt.step)
        self.line("}")

    def is_for(self, loop: n.Loop) -> bool:
        """Whether a loop is written as ``for``, which may declare its counter."""
        return bool(self.step_expressions(loop))

    def counter(self) -> str:
        """The declaration of the counter of the loop that is next, if it has one of its own."""
        declared, self._counter = self._counter, None
        if declared is None or declared.init is None:
            return ""
        return f"{self.declaration(declared.var)} = {self.value(declared.init)}"

    def unroll_hint(self, unroll: int) -> list[str]:
        return []

    def step_expressions(self, loop: n.Loop) -> list[str] | None:
        """The step as the third part of a ``for``, or None when it is more than assignments."""
        if all(isinstance(s, n.Assign) and not isinstance(s.value.type, Array) for s in loop.step):
            return [self.step(s, loop.condition) for s in loop.step if isinstance(s, n.Assign)]
        return None

    def step(self, stmt: n.Assign, condition: n.Expr | None) -> str:
        """An assignment of a loop's step as an expression."""
        return self.assignment(stmt)

    def with_step(self, block: n.Block, loop: n.Loop) -> n.Block:
        """A body in which each ``continue`` is preceded by the loop's step: C's would leave that out."""
        out: list[n.Stmt] = []
        for stmt in block:
            match stmt:
                case n.Continue() if stmt.label == loop.label:
                    out += [*loop.step, stmt]
                case n.If():
                    out.append(n.If(stmt.condition, self.with_step(stmt.then, loop),
                                    self.with_step(stmt.otherwise, loop), stmt.span))  # fmt: skip
                case n.Switch():
                    cases = tuple(n.Case(c.values, self.with_step(c.body, loop)) for c in stmt.cases)
                    out.append(n.Switch(stmt.selector, cases, self.with_step(stmt.default, loop), stmt.span))
                case _:
                    out.append(stmt)
        return tuple(out)

    def switch(self, stmt: n.Switch) -> None:
        """C's ``switch``; where a case jumps out of a loop around it, ``break`` would mean another thing."""
        bodies = (*(c.body for c in stmt.cases), stmt.default)
        if any(_breaks_out(body) for body in bodies):
            self.chain(stmt)
            return
        self.line(f"switch ({self.value(stmt.selector)}) {{")
        for case in stmt.cases:
            for value in case.values:
                self.line(f"case {self.value(n.Const(stmt.selector.type, value))}:")
            self.case_body(case.body)
        if stmt.default:
            self.line("default:")
            self.case_body(stmt.default)
        self.line("}")

    def case_body(self, body: n.Block) -> None:
        self._depth += 1
        self.line("{")
        self.block(body)
        self.line("}")
        if not _ends(body):
            self.line("break;")
        self._depth -= 1

    def chain(self, stmt: n.Switch) -> None:
        chosen = n.Var("chosen", stmt.selector.type)
        self.declare(n.Declare(chosen, stmt.selector))
        load = n.Load(n.VarPlace(chosen))
        rest = stmt.default
        for case in reversed(stmt.cases):
            tests: n.Expr | None = None
            for value in case.values:
                one = n.Binary("eq", load, n.Const(load.type, value), BOOL)
                tests = one if tests is None else n.Binary("or", tests, one, BOOL)
            if tests is not None:
                rest = (n.If(tests, case.body, rest, stmt.span),)
        self.sequence(rest)

    # --- the kernel ---

    def shared_declarations(self, variables: tuple[n.Var, ...], least_align: int = 0) -> None:
        """Static shared arrays, at the kernel's head."""
        for var in variables:
            name = self.names.of(var, var.name)
            volatile = "volatile " if var.volatile else ""
            align = max(var.align, least_align)
            aligned = f" __attribute__((aligned({align})))" if align else ""
            space = self.words.spaces[Space.SHARED]
            self.line(f"{space} {volatile}{self.types.memory(var.type, name)}{aligned};")


def _ends(block: n.Block) -> bool:
    return bool(block) and isinstance(block[-1], n.Break | n.Continue | n.Return)


def _breaks_out(block: n.Block) -> bool:
    """Whether a block breaks a loop that is around it."""
    for stmt in block:
        if isinstance(stmt, n.Break):
            return True
        if isinstance(stmt, n.If) and (_breaks_out(stmt.then) or _breaks_out(stmt.otherwise)):
            return True
        if isinstance(stmt, n.Switch):
            if any(_breaks_out(b) for b in (*(c.body for c in stmt.cases), stmt.default)):
                return True
    return False
