"""Make of a kernel that meets across the grid one that is launched again after each meeting, for devices whose blocks
cannot wait for each other.

A thread that comes to a barrier of the grid writes down which one it is, its variables and what is in shared memory,
and ends. Launched again it goes on there: statements before the barrier are skipped, and so are conditions on the way
to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce

from cudawasm.analysis.pointer_spaces import PointerSpaces, pointees
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, U32, Array, Field, Pointer, Space, Struct, Type, align_of, round_up, size_of
from cudawasm.ir.walk import Rewriter, addressed_variables, assigned_variables, statements
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.objects import is_unsized
from cudawasm.passes.take_variables_apart import take_variables_apart
from cudawasm.source import Span

_START, _DONE = 0, 0xFFFFFFFF
_BODY = "between grid barriers"


@dataclass(frozen=True, slots=True)
class Resumable:
    """``kernel`` takes four pointers more than the one it was made of: to the threads' states (``thread_bytes`` each,
    zeros at first), to what the blocks keep of their shared memory of known size (``block_bytes`` each), to what they
    keep of the dynamic, of which there must be a multiple of ``dynamic_unit`` bytes (0: there is none), and to a u32
    that a launch sets where threads have not ended.

    ``meetings``: how many barriers a thread passes at most, or None where that is not known.
    """

    module: n.Module
    kernel: str
    thread_bytes: int
    block_bytes: int
    dynamic_unit: int
    meetings: int | None


def is_grid_barrier(stmt: n.Stmt) -> bool:
    return isinstance(stmt, n.Barrier) and stmt.kind == "grid"


def resume_at_grid_barriers(module: n.Module, kernel: str) -> Resumable:
    """Raises UnsupportedFeature (E0403, E0404) for what cannot be kept from one launch to the next."""
    module = inline_calls(module)
    module = replace(module, functions={kernel: module.functions[kernel]})
    return _Resumer(take_variables_apart(module), kernel).made()  # then there are fewer to keep


class _Resumer:
    def __init__(self, module: n.Module, kernel: str):
        self.module = module
        self.function = module.functions[kernel]
        self.span = self.function.span
        self.kept: list[n.Var] = []
        self.given = {p: n.Var(f"{p.name}.given", p.type, span=p.span) for p in _changed_params(self.function)}
        """For parameters that are variables too, what a launch gives."""
        self.resumed = n.Var("resumed", U32)
        """The barrier to go on behind, until that is reached."""
        self.reached = n.Var("reached", U32)
        self.barriers = 0
        self.repeats = False

    def made(self) -> Resumable:
        self.refuse_returns()
        self.kept += self.given
        body = self.block(self.function.body)
        self.refuse_pointers()
        shared = _Shared(self.module.shared, self.span)
        state = _record("grid_state", (self.reached, *self.kept))
        states = n.Var("grid_states", Pointer(state, Space.GLOBAL))
        unfinished = n.Var("grid_unfinished", Pointer(U32, Space.GLOBAL))
        own = n.Deref(n.Offset(_read(states), _thread_of_grid()))
        places = [n.Member(own, i) for i in range(len(state.fields))]
        params = (*(self.given.get(p, p) for p in self.function.params), states, shared.records, shared.elements)
        whole = self.whole(body, shared, places, n.Deref(_read(unfinished)))
        function = replace(self.function, params=(*params, unfinished), body=whole)
        module = replace(self.module, functions={function.name: function})
        block_bytes = size_of(shared.record) if shared.sized else 0
        unit = size_of(shared.element) if shared.dynamic else 0
        return Resumable(
            module, function.name, size_of(state), block_bytes, unit, None if self.repeats else self.barriers
        )

    def whole(self, body: n.Block, shared: _Shared, places: list[n.Member], unfinished: n.Place) -> n.Block:
        """The kernel around what is done between two barriers."""
        copied = tuple(n.Assign(n.VarPlace(p), _read(given)) for p, given in self.given.items())
        kept = list(zip(self.kept, places[1:], strict=True))
        restored = (n.Assign(n.VarPlace(var), n.Load(place)) for var, place in kept)
        saved = (n.Assign(place, _read(var)) for var, place in kept)
        resumed, reached = _read(self.resumed), _read(self.reached)
        return (
            *(n.Declare(var) for var in self.kept),
            n.Declare(self.resumed, n.Load(places[0])),
            n.Declare(self.reached, n.Const(U32, _DONE)),
            n.If(_equal(resumed, _START), copied, (*restored, *shared.moved(to_shared=True))),
            *shared.meeting(),
            n.Scope(_BODY, (n.If(_equal(resumed, _DONE), (), body),), self.span),
            *shared.meeting(),
            n.Assign(places[0], reached),
            n.If(_equal(reached, _DONE), (), (*saved, n.Assign(unfinished, n.Const(U32, 1)))),
            *shared.moved(to_shared=False),
        )

    # --- what cannot be kept ---

    def refuse_returns(self) -> None:
        """Threads that have ended take no part in keeping shared memory, nor in barriers of their block."""
        meets = any(
            isinstance(s, n.Barrier | n.Warp) and not is_grid_barrier(s) for s in statements(self.function.body)
        )
        for stmt in statements(self.function.body):
            if isinstance(stmt, n.Return) and (meets or self.module.shared):
                what = "a return from a kernel whose threads meet across the grid and in their blocks"
                raise UnsupportedFeature([Diagnostic("E0404", f"the device has no {what}", stmt.span or self.span)])

    def refuse_pointers(self) -> None:
        spaces = PointerSpaces(self.function)
        for var in self.kept:
            if isinstance(var.type, Pointer):
                found = {spaces.variables.get(var)}
            else:
                found = {spaces.held(Space.LOCAL, pointee) for pointee in pointees(var.type)}
            if found - {None, Space.GLOBAL}:
                what = f'"{var.name}" points to shared or local memory across a barrier of the grid'
                raise UnsupportedFeature([Diagnostic("E0403", what, var.span or self.span)])

    # --- statements ---

    def block(self, block: n.Block) -> n.Block:
        """A block with barriers in it."""
        out: list[n.Stmt] = []
        run: list[n.Stmt] = []
        for stmt in block:
            labels = range(self.barriers + 1, self.barriers + 1 + sum(map(is_grid_barrier, statements((stmt,)))))
            if not labels:
                run += self.outside(stmt)
                continue
            out += (*self.unless_resuming(run), n.If(self.leads_to(labels, or_not_resuming=True), self.meeting(stmt)))
            run = []
        return (*out, *self.unless_resuming(run))

    def outside(self, stmt: n.Stmt) -> n.Block:
        """A statement without barriers, beside one with; what it declares is kept."""
        if isinstance(stmt, n.Declare):
            self.kept.append(stmt.var)
            return () if stmt.init is None else (n.Assign(n.VarPlace(stmt.var), stmt.init, stmt.span),)
        return (*_Breaks().stmt(stmt),)

    def unless_resuming(self, run: list[n.Stmt]) -> n.Block:
        return (n.If(_equal(_read(self.resumed), _START), tuple(run)),) if run else ()

    def leads_to(self, labels: range, or_not_resuming: bool = False) -> n.Expr:
        """Whether a barrier to be reached is among some."""
        wanted = [*([_START] if or_not_resuming else []), *labels]
        found: Iterable[n.Expr] = (_equal(_read(self.resumed), label) for label in wanted)
        return reduce(lambda a, b: n.Binary("or", a, b, BOOL), found)

    def meeting(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Barrier():
                return self.barrier(stmt)
            case n.If():
                return self.choice(stmt)
            case n.Loop():
                self.repeats = True
                return self.loop(stmt)
            case n.Scope():
                return (replace(stmt, body=self.block(stmt.body)),)
            case _:
                what = "a barrier across the grid in a switch"
                raise UnsupportedFeature(
                    [Diagnostic("E0404", f"the device has no {what}", getattr(stmt, "span", None))]
                )

    def barrier(self, stmt: n.Barrier) -> n.Block:
        self.barriers += 1
        resumed, reached = n.VarPlace(self.resumed), n.VarPlace(self.reached)
        leave = (n.Assign(reached, n.Const(U32, self.barriers), stmt.span), n.Break(_BODY, stmt.span))
        go_on = (n.Assign(resumed, n.Const(U32, _START), stmt.span),)
        return (n.If(_equal(_read(self.resumed), self.barriers), go_on, leave, stmt.span),)

    def choice(self, stmt: n.If) -> n.Block:
        first = self.barriers + 1
        then = self.block(stmt.then) if _has_grid_barrier(stmt.then) else self.copied(stmt.then)
        labels = range(first, self.barriers + 1)
        otherwise = self.block(stmt.otherwise) if _has_grid_barrier(stmt.otherwise) else self.copied(stmt.otherwise)
        taken = n.Var(f"taken_{first}", BOOL)
        decide = n.If(
            _equal(_read(self.resumed), _START),
            (n.Assign(n.VarPlace(taken), stmt.condition, stmt.span),),
            (n.Assign(n.VarPlace(taken), self.leads_to(labels) if labels else n.Const(BOOL, False), stmt.span),),
        )
        return n.Declare(taken), decide, n.If(_read(taken), then, otherwise, stmt.span)

    def copied(self, block: n.Block) -> n.Block:
        return _Breaks().block(block)

    def loop(self, stmt: n.Loop) -> n.Block:
        head: n.Block = ()
        if stmt.condition is not None:
            leave = n.If(n.Unary("not", stmt.condition), (n.Break(stmt.label, stmt.span),), (), stmt.span)
            head = self.unless_resuming([leave])
        body = self.block(stmt.body)
        step = self.block(stmt.step) if _has_grid_barrier(stmt.step) else self.copied(stmt.step)
        return (replace(stmt, condition=None, body=(*head, *body), step=step),)


class _Shared:
    """Shared variables on their way to global memory and back: ``records`` has those of a known size of each block,
    ``elements`` the dynamic ones."""

    def __init__(self, variables: tuple[n.Var, ...], span: Span | None):
        self.span = span
        self.sized = [v for v in variables if not is_unsized(v.type)]
        unsized = [v for v in variables if is_unsized(v.type)]  # which all begin at the same byte
        self.dynamic = min(unsized, key=lambda v: size_of(_element(v)), default=None)
        self.record = _record("grid_shared", self.sized)
        self.element: Type = U32 if self.dynamic is None else _element(self.dynamic)
        self.records = n.Var("grid_shared", Pointer(self.record, Space.GLOBAL))
        self.elements = n.Var("grid_dynamic_shared", Pointer(self.element, Space.GLOBAL))
        self.is_there = bool(variables)
        self.loops = 0

    def meeting(self) -> n.Block:
        return (n.Barrier(span=self.span),) if self.is_there else ()

    def moved(self, to_shared: bool) -> n.Block:
        """Copies of everything, in which all threads of the block take part."""
        out: list[n.Stmt] = []
        own = n.Deref(n.Offset(_read(self.records), _block()))
        for i, var in enumerate(self.sized):
            out += self.variable(n.VarPlace(var), n.Member(own, i), to_shared)
        if self.dynamic is not None:
            size = n.Const(U32, size_of(self.element))
            count = n.Binary("div", n.Special("dynamic_shared_bytes", U32), size, U32)
            first = n.Offset(_read(self.elements), n.Binary("mul", _block(), count, U32))
            place = n.VarPlace(self.dynamic)
            out += self.each(count, lambda at: (n.Index(place, at), n.Deref(n.Offset(first, at))), to_shared)
        return tuple(out)

    def variable(self, shared: n.Place, kept: n.Place, to_shared: bool) -> n.Block:
        if isinstance(shared.type, Array):
            count = n.Const(U32, shared.type.count)
            return self.each(count, lambda at: (n.Index(shared, at), n.Index(kept, at)), to_shared)
        return (n.If(_equal(_thread(), 0), (_copy(shared, kept, to_shared),)),)

    def each(self, count: n.Expr, at: Callable[[n.Expr], tuple[n.Place, n.Place]], to_shared: bool) -> n.Block:
        index = n.Var("element", U32)
        threads = reduce(lambda a, b: n.Binary("mul", a, b, U32), (_special(f"block_dim.{axis}") for axis in "xyz"))
        step = n.Assign(n.VarPlace(index), n.Binary("add", _read(index), threads, U32))
        body = (_copy(*at(_read(index)), to_shared),)
        self.loops += 1
        loop = n.Loop(f"kept {self.loops}", n.Binary("lt", _read(index), count, BOOL), body, (step,))
        return n.Declare(index, _thread()), loop


class _Breaks(Rewriter):
    """Returns become the end of what is done between two barriers."""

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        return (n.Break(_BODY, stmt.span),) if isinstance(stmt, n.Return) else (stmt,)


def _copy(shared: n.Place, kept: n.Place, to_shared: bool) -> n.Stmt:
    return n.Assign(shared, n.Load(kept)) if to_shared else n.Assign(kept, n.Load(shared))


def _record(name: str, variables: Iterable[n.Var]) -> Struct:
    fields, end, align = [], 0, 1
    for i, var in enumerate(variables):
        start = round_up(end, align_of(var.type))
        fields.append(Field(f"{var.name}_{i}", var.type, start))
        end, align = start + size_of(var.type), max(align, align_of(var.type))
    return Struct(name, tuple(fields), max(align, round_up(end, align)), align)


def _element(var: n.Var) -> Type:
    assert isinstance(var.type, Array)
    return var.type.element


def _changed_params(function: n.Function) -> list[n.Var]:
    changed = {v for s in statements(function.body) for v in assigned_variables(s)} | addressed_variables(function.body)
    return [p for p in function.params if p in changed]


def _has_grid_barrier(block: n.Block) -> bool:
    return any(map(is_grid_barrier, statements(block)))


def _read(var: n.Var) -> n.Expr:
    return n.Load(n.VarPlace(var))


def _equal(value: n.Expr, number: int) -> n.Expr:
    return n.Binary("eq", value, n.Const(U32, number), BOOL)


def _special(name: str) -> n.Expr:
    return n.Special(name, U32)  # type: ignore[arg-type]


def _linear(what: str, extents: str) -> n.Expr:
    """A number for a position in three dimensions."""
    x, y, z = (_special(f"{what}.{axis}") for axis in "xyz")
    rows = n.Binary("add", y, n.Binary("mul", z, _special(f"{extents}.y"), U32), U32)
    return n.Binary("add", x, n.Binary("mul", rows, _special(f"{extents}.x"), U32), U32)


def _thread() -> n.Expr:
    return _linear("thread_idx", "block_dim")


def _block() -> n.Expr:
    return _linear("block_idx", "grid_dim")


def _thread_of_grid() -> n.Expr:
    threads = reduce(lambda a, b: n.Binary("mul", a, b, U32), (_special(f"block_dim.{axis}") for axis in "xyz"))
    return n.Binary("add", n.Binary("mul", _block(), threads, U32), _thread(), U32)
