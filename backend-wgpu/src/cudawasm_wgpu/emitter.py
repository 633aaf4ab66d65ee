"""A kernel as WGSL: statements, and the program around them."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.emit.clike_expressions import PREFIX
from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, Array, Scalar, Space, Vector, round_up, size_of
from cudawasm.ir.walk import assigned_variables, root, statements, subexpressions
from cudawasm.passes.objects import Object
from cudawasm.source import Span
from cudawasm_wgpu.meeting import Meeting
from cudawasm_wgpu.pairs import PairExpressions
from cudawasm_wgpu.shapes import THREAD_NUMBER, Shape
from cudawasm_wgpu.storage_order import ordering_barriers
from cudawasm_wgpu.traits import Traits

ENTRY = "main"
ZERO = "zero"
"""A field that is 0, which the driver cannot know."""
_ATOMICS = {"add": "Add", "sub": "Sub", "exch": "Exchange", "min": "Min", "max": "Max", "and": "And", "or": "Or",
            "xor": "Xor"}  # fmt: skip
_COMPOUND = {"add": "+=", "sub": "-=", "mul": "*=", "div": "/=", "and": "&=", "or": "|=", "xor": "^="}


@dataclass(frozen=True, slots=True)
class Emitted:
    """A program with one entry point, ``ENTRY``.

    ``fields`` gives the name and byte offset of each number in the uniform buffer of ``uniform_bytes`` bytes at binding
    0 (none where that is 0); the arrays follow at bindings 1 and up. ``spans`` has for each line where it came from.
    """

    text: str
    fields: tuple[tuple[str, int], ...]
    uniform_bytes: int
    spans: tuple[Span | None, ...]


class WgslEmitter(PairExpressions):
    """The text of one kernel."""

    def __init__(self, traits: Traits, shape: Shape, locations: bool = False) -> None:
        super().__init__(traits, locations)
        self.shape = shape

    # --- statements ---

    def declare(self, stmt: n.Declare) -> None:
        self.line(f"{self.declared(stmt)};")

    def declared(self, stmt: n.Declare) -> str:
        if stmt.init is not None and stmt.var not in self.written and is_computed(stmt.init):
            return f"let {self.names.of(stmt.var, stmt.var.name)} = {self.value(stmt.init)}"
        text = self.declaration(stmt.var)
        return text if stmt.init is None else f"{text} = {self.value(stmt.init)}"

    def declaration(self, var: n.Var) -> str:
        return f"var {self.names.of(var, var.name)}: {self.forms.of(var.type)}"

    def assignment(self, stmt: n.Assign) -> str:
        place, value = stmt.place, stmt.value
        left = self.place(place)[0]
        if self.is_atomic(place):
            return f"atomicStore(&{left}, {self.value(value)})"
        if isinstance(value, n.Binary) and value.op in _COMPOUND and value.left == n.Load(place):
            if self.is_plain(value):
                return f"{left} {_COMPOUND[value.op]} {self.value(value.right)}"
        return f"{left} = {self.value(value)}"

    def atomic(self, stmt: n.Atomic) -> str:
        place = f"&{self.place(stmt.place)[0]}"
        args = ", ".join(self.value(a) for a in stmt.args)
        if stmt.op == "cas" and not self.traits.weak_swaps:
            return f"atomicCompareExchangeWeak({place}, {args}).old_value"
        if stmt.op == "cas":
            return self.compare_and_swap(stmt, place)
        if stmt.op not in _ATOMICS:
            raise InternalError(f"atomic {stmt.op} in the emitter")
        return f"atomic{_ATOMICS[stmt.op]}({place}, {args})"

    def compare_and_swap(self, stmt: n.Atomic, place: str) -> str:
        """A swap that is tried again where the weak form failed without a reason."""
        swapped, expected, new = (self.names.fresh(name) for name in ("swapped", "expected", "new"))
        for name, value in zip((expected, new), stmt.args, strict=True):
            self.line(f"var {name}: {self.forms.of(value.type)} = {self.value(value)};")
        self.line(f"var {swapped} = atomicCompareExchangeWeak({place}, {expected}, {new});")
        self.line(f"while (!{swapped}.exchanged && {swapped}.old_value == {expected}) {{")
        self.line(f"    {swapped} = atomicCompareExchangeWeak({place}, {expected}, {new});")
        self.line("}")
        return f"{swapped}.old_value"

    def statement(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Barrier(kind="sync"):
                self.line("workgroupBarrier();")
                if id(stmt) in self.ordering:
                    self.line("storageBarrier();")
            case n.Atomic(op="cas", result=None):
                self.line(f"_ = {self.atomic(stmt)};")
            case _:
                super().statement(stmt)

    def fence(self, stmt: n.Fence) -> str:
        return "// a fence, for which WGSL has no word; this device keeps the order of writes without it"

    # --- control flow ---

    def condition(self, stmt: n.If | n.Loop, expr: n.Expr) -> str:
        """A condition, which Tint must see to be one for all threads where they meet behind it."""
        if not self.meeting.must_agree(stmt, expr):
            return self.value(expr)
        self.launch_values.add(THREAD_NUMBER)
        self.line("if (thread_number == 0u) {")
        self.line(f"    agreed = u32({self.value(expr)});")
        self.line("}")
        return "workgroupUniformLoad(&agreed) != 0u"

    def if_(self, stmt: n.If, word: str) -> None:
        self.line(f"{word} ({self.condition(stmt, stmt.condition)}) {{")
        self.block(stmt.then)
        rest = stmt.otherwise
        if len(rest) == 1 and isinstance(rest[0], n.If) and not self.meeting.must_agree(rest[0], rest[0].condition):
            self.note_quietly(rest[0])
            self.if_(rest[0], "} else if")
            return
        if rest:
            self.line("} else {")
            self.block(rest)
        self.line("}")

    def loop(self, stmt: n.Loop) -> None:
        if self.meeting.exits_differ(stmt):
            self.meeting_loop(stmt)
            return
        steps = self.step_expressions(stmt)
        if stmt.condition is not None and steps is not None and len(steps) <= 1:
            start, condition = self.counter(), self.value(stmt.condition)
            self.line(f"for ({start}; {condition}; {steps[0]}) {{" if steps else f"while ({condition}) {{")
            self.block(stmt.body)
            self.line("}")
            return
        self.line("loop {")
        self._depth += 1
        if stmt.condition is not None:
            self.line(f"if (!{self.at(stmt.condition, PREFIX)}) {{")
            self.line("    break;")
            self.line("}")
        self.looped(stmt)
        self._depth -= 1
        self.line("}")

    def is_for(self, loop: n.Loop) -> bool:
        steps = self.step_expressions(loop)
        return (
            loop.condition is not None and steps is not None and len(steps) == 1 and not self.meeting.exits_differ(loop)
        )

    def meeting_loop(self, stmt: n.Loop) -> None:
        """A loop with barriers, all of whose exits are statements of their own."""
        self.line("loop {")
        self._depth += 1
        with self.meeting.inside(stmt):
            if stmt.condition is not None:
                text = self.condition(stmt, stmt.condition)
                self.line(f"if (!({text})) {{")
                self.line("    break;")
                self.line("}")
            self.sequence(self.with_step(stmt.body, stmt))
            if not (stmt.body and isinstance(stmt.body[-1], n.Break | n.Continue | n.Return)):
                self.sequence(stmt.step)
        self._depth -= 1
        self.line("}")

    def looped(self, stmt: n.Loop) -> None:
        """The body and the step; the step is in a ``continuing`` block where it jumps nowhere."""
        if not stmt.step:
            self.sequence(stmt.body)
            return
        *step, last = stmt.step
        leaves = _leaves_at_end(last, stmt.label)
        if any(isinstance(s, n.Break | n.Continue | n.Return) for s in statements(tuple(step))) or (
            not leaves and any(isinstance(s, n.Break | n.Continue | n.Return) for s in statements((last,)))
        ):
            self.sequence(self.with_step(stmt.body, stmt))
            if not (stmt.body and isinstance(stmt.body[-1], n.Break | n.Continue | n.Return)):
                self.sequence(stmt.step)
            return
        self.sequence(stmt.body)
        self.line("continuing {")
        self.block(tuple(step) if leaves else stmt.step)
        if isinstance(last, n.If) and leaves:
            condition = last.condition if last.then else n.Unary("not", last.condition)
            self.line(f"    break if {self.value(condition)};")
        self.line("}")

    def switch(self, stmt: n.Switch) -> None:
        """Where a case jumps out of a loop around it, ``break`` would mean another thing."""
        bodies = (*(c.body for c in stmt.cases), stmt.default)
        selector = stmt.selector.type
        wide = isinstance(selector, Scalar) and selector.bits != 32
        if wide or any(_breaks_out(body) for body in bodies):
            self.chain(stmt)
            return
        self.line(f"switch ({self.value(stmt.selector)}) {{")
        self._depth += 1
        for case in stmt.cases:
            values = ", ".join(self.value(n.Const(selector, v)) for v in case.values)
            self.line(f"case {values}: {{")
            self.block(case.body)
            self.line("}")
        self.line("default: {")
        self.block(stmt.default)
        self.line("}")
        self._depth -= 1
        self.line("}")

    # --- the program ---

    def emit(self, module: n.Module, function: n.Function, objects: tuple[Object, ...]) -> Emitted:
        """The program of a kernel that has been through the pipeline."""
        self.atomics = atomic_variables(function, module.shared) | {o.array for o in objects if o.is_atomic}
        for var in (*(o.array for o in objects), *module.shared):
            self.names.of(var, var.name)
        self.written = written = {
            v for s in statements(function.body) if not isinstance(s, n.Declare) for v in assigned_variables(s)
        }
        for param in function.params:
            name = self.names.of(param, param.name)
            if param in written:
                value = f"params.{name} != 0u" if param.type == BOOL else f"params.{name}"
                self.line(f"var {name}: {self.forms.of(param.type)} = {value};")
        self.ordering = ordering_barriers(function, {o.array for o in objects})
        self.params = {p for p in function.params if p not in written}
        self.exactness.learn(function)
        self.meeting = Meeting(function, self.traits.browser)
        self.sequence(function.body)
        body, spans = self.lines, self.spans
        self.lines, self.spans, self._span = [], [], function.span
        fields, uniform_bytes, params = self.uniform(function.params)
        head = [*params, *self.bindings(objects), *self.shared(module.shared)]
        head += self.help.constants()
        head += [f"\n{text}" for text in (*self.forms.declarations, *self.help.texts.values())]
        head += ["", *self.signature(), *self.shape.start(self.launch_values)]
        lines = "\n".join(head).split("\n")
        text = "\n".join((*lines, *body, "}")) + "\n"
        return Emitted(text, fields, uniform_bytes, (*[None] * len(lines), *spans, None))

    def place(self, place: n.Place) -> tuple[str, int]:
        if isinstance(place, n.VarPlace) and place.var in self.params:
            text = f"params.{self.names.of(place.var, place.var.name)}"
            return (f"({text} != 0u)" if place.type == BOOL else text), PREFIX + 1
        return super().place(place)

    def uniform(self, params: tuple[n.Var, ...]) -> tuple[tuple[tuple[str, int], ...], int, list[str]]:
        """(the fields and their offsets, the size, the declaration) of the numbers that a launch gives."""
        found: list[tuple[str, int]] = []
        lines, end = [], 0
        for param in params:
            assert isinstance(param.type, Scalar)
            size = max(4, size_of(param.type))
            end = round_up(end, size)
            found.append((param.name, end))
            word = "u32" if param.type == BOOL else self.forms.of(param.type)
            lines.append(f"    {self.names.of(param, param.name)}: {word},")
            end += size
        if self.shape.needs_grid:
            end = round_up(end, 16)
            found.append(("grid_dim", end))
            lines.append("    grid_dim: vec3<u32>,")
            end += 12
        if any(name.startswith("exact_") for name in self.help.texts):
            end = round_up(end, 4)
            found.append((ZERO, end))
            lines.append(f"    {ZERO}: u32,")
            end += 4
        if not lines:
            return (), 0, []
        declared = ["struct Params {", *lines, "}", "", "@group(0) @binding(0) var<uniform> params: Params;"]
        return tuple(found), round_up(end, 16), declared

    def bindings(self, objects: tuple[Object, ...]) -> list[str]:
        lines = []
        for i, found in enumerate(objects, 1):
            assert isinstance(found.array.type, Array)
            element = self.forms.of(found.array.type.element, found.array in self.atomics)
            name = self.names.of(found.array, found.array.name)
            lines.append(f"@group(0) @binding({i}) var<storage, read_write> {name}: array<{element}>;")
        return lines

    def shared(self, variables: tuple[n.Var, ...]) -> list[str]:
        lines = []
        for var in variables:
            name, type_ = self.names.of(var, var.name), var.type
            text = self.forms.of(type_, var in self.atomics)
            if isinstance(type_, Array) and type_.count == 0:
                element = self.forms.of(type_.element, var in self.atomics)
                text = f"array<{element}, {self.shape.elements(max(1, size_of(type_.element)))}>"
                if self.shape.late:
                    self.launch_values.add("dynamic_shared_bytes")
            lines.append(f"var<workgroup> {name}: {text};")
        return [*lines, "var<workgroup> agreed: u32;"] if THREAD_NUMBER in self.launch_values else lines

    def signature(self) -> list[str]:
        used = self.launch_values
        inputs = self.shape.inputs(used)
        entry = f"fn {ENTRY}({', '.join(inputs)}) {{"
        if len(entry) > 110:
            entry = f"fn {ENTRY}(\n    " + ",\n    ".join(inputs) + ",\n) {"
        constants = self.shape.constants(used)
        return [*constants, *([""] if constants else []), self.shape.workgroup(), entry]


def is_computed(expr: n.Expr) -> bool:
    """Whether a value is a number or a vector, and none that compilers would compute, and complain about."""
    inner = subexpressions(expr)
    return isinstance(expr.type, Scalar | Vector) and any(isinstance(e, n.Load | n.Special) for e in inner)


def atomic_variables(function: n.Function, shared: tuple[n.Var, ...]) -> set[n.Var]:
    """Shared variables that are accessed by atomic operations, or are volatile."""
    found = {v for v in shared if v.volatile}
    for stmt in statements(function.body):
        if isinstance(stmt, n.Atomic):
            start = root(stmt.place)
            if isinstance(start, n.VarPlace) and start.var.space is not Space.LOCAL:
                found.add(start.var)
    return found


def _leaves_at_end(stmt: n.Stmt, label: str) -> bool:
    """Whether a step's last statement is ``if (c) break`` out of the loop itself."""
    if not isinstance(stmt, n.If):
        return False
    bodies = (stmt.then, stmt.otherwise)
    return any(len(b) == 1 and b[0] == n.Break(label) and not bodies[1 - i] for i, b in enumerate(bodies))


def _breaks_out(block: n.Block) -> bool:
    """Whether a block breaks a loop that is around it."""
    for stmt in block:
        match stmt:
            case n.Break():
                return True
            case n.If() if _breaks_out(stmt.then) or _breaks_out(stmt.otherwise):
                return True
            case n.Switch() if any(_breaks_out(b) for b in (*(c.body for c in stmt.cases), stmt.default)):
                return True
    return False
