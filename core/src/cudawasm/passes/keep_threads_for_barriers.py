"""Let all threads of a block come to every barrier, whatever has become of them.

Targets want barriers in control flow that is the same for the whole block. In CUDA threads may have returned; and the
barriers that ``exchange_through_shared`` makes stand wherever warp operations stood. Here control flow around such a
barrier is followed by all threads, and a flag says for each whether it would really be there: what lies between
barriers is done under the flag. A loop goes on until no thread of the block is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.analysis.block_uniformity import BlockUniformity
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, Scalar
from cudawasm.ir.walk import BlockRewriter, statements
from cudawasm.passes.meetings import Meetings, binary, has_barrier, jumps_out, read
from cudawasm.passes.nest_tails import nest_tails

_TRUE, _FALSE = n.Const(BOOL, True), n.Const(BOOL, False)


def keep_threads_for_barriers(module: n.Module, trust_barriers: bool) -> n.Module:
    """The module, whose kernels call no functions, with barriers in uniform control flow.

    ``trust_barriers``: they are the user's, which CUDA wants to be uniform but for threads that have returned.
    """
    module = nest_tails(module)
    functions, shared = {}, list(module.shared)
    for name, function in module.functions.items():
        keeper = _Keeper(function)
        functions[name] = keeper.run(trust_barriers)
        shared += [v for v in keeper.meetings.shared.values() if v not in shared]
    return replace(module, functions=functions, shared=tuple(shared))


@dataclass(frozen=True, slots=True)
class _Flag:
    """A flag that jumps clear: those to ``target`` and to what is around it."""

    target: tuple[str, str]
    var: n.Var


class _Keeper:
    def __init__(self, function: n.Function):
        self.function = function
        self.meetings = Meetings(function.name)
        self.returns = any(isinstance(s, n.Return) for s in statements(function.body))
        self.flags: list[_Flag] = []
        self.root: n.Var | None = None
        self.facts = BlockUniformity(function, self.returns) if has_barrier(function.body) else None

    def run(self, trust_barriers: bool) -> n.Function:
        function = self.function
        if self.facts is None or (trust_barriers and not self.returns):
            return function
        if not self.returns:
            body = self.block(function.body, None)
            return replace(function, body=(*self.meetings.start(function.span), *body))
        self.root = self.meetings.variable("alive", BOOL)
        self.flags.append(_Flag(("return", ""), self.root))
        body = self.block(function.body, self.root)
        start = (*self.meetings.start(function.span), n.Declare(self.root, _TRUE, function.span))
        return replace(function, body=(*start, *body))

    # --- blocks ---

    def block(self, block: n.Block, flag: n.Var | None) -> n.Block:
        """Statements for all threads, of which those with ``flag`` (None: all) would run ``block``."""
        out: list[n.Stmt] = []
        group: list[n.Stmt] = []
        for stmt in block:
            if has_barrier((stmt,)):
                out += self.guarded(group, flag)
                group = []
                out += self.meeting(stmt, flag)
            else:
                group.append(stmt)
        return (*out, *self.guarded(group, flag))

    def guarded(self, group: list[n.Stmt], flag: n.Var | None) -> n.Block:
        """Statements without barriers, for threads with a flag only; what they declare lives on after them."""
        if flag is None or not group:
            return tuple(group)
        outside: list[n.Stmt] = []
        inside: list[n.Stmt] = []
        for stmt in group:
            if self.is_for_everyone(stmt, flag):
                outside += self.under(inside, flag)
                inside = []
                outside.append(stmt)
            elif isinstance(stmt, n.Declare):
                outside_declaration = replace(stmt, init=None)
                outside.append(outside_declaration)
                if stmt.init is not None:
                    inside.append(n.Assign(n.VarPlace(stmt.var), stmt.init, stmt.span))
            else:
                inside.append(stmt)
        return (*outside, *self.under(inside, flag))

    def is_for_everyone(self, stmt: n.Stmt, flag: n.Var) -> bool:
        """Whether threads that have returned must do a statement too, because what it computes guides all of them."""
        if flag is not self.root or self.facts is None:
            return False
        match stmt:
            case n.Declare() if stmt.init is not None:
                var, value = stmt.var, stmt.init
            case n.Assign(place=n.VarPlace(var=var), value=value):
                pass
            case _:
                return False
        return isinstance(var.type, Scalar) and var not in self.facts.varying and self.facts.is_uniform(value)

    def under(self, stmts: list[n.Stmt], flag: n.Var) -> n.Block:
        if not stmts:
            return ()
        block: n.Block = tuple(stmts)
        if any(True for _ in jumps_out(block)):
            label = self.meetings.variable("out", BOOL).name
            inside = {s.label for s in statements(block) if isinstance(s, n.Loop | n.Scope)}
            block = (n.Scope(label, _Jumps(self, label, inside).block(block), stmts[0].span),)
        return (n.If(read(flag), block, (), stmts[0].span),)

    def cleared(self, stmt: n.Stmt) -> n.Block:
        """The flags that a jump clears: all from the innermost to its target's."""
        match stmt:
            case n.Return():
                target = ("return", "")
            case n.Break():
                target = ("break", stmt.label)
            case n.Continue():
                target = ("continue", stmt.label)
            case _:
                raise AssertionError(stmt)
        out: list[n.Stmt] = []
        for flag in reversed(self.flags):
            out.append(n.Assign(n.VarPlace(flag.var), _FALSE, stmt.span))
            if flag.target == target:
                return tuple(out)
        raise AssertionError(f"a jump to {target}, which has no flag")

    # --- statements with barriers in them ---

    def meeting(self, stmt: n.Stmt, flag: n.Var | None) -> n.Block:
        match stmt:
            case n.If():
                return self.if_(stmt, flag)
            case n.Loop():
                return self.loop(stmt, flag)
            case n.Scope():
                return self.scope(stmt, flag)
            case n.Switch():
                return self.switch(stmt, flag)
            case _:
                return (stmt,)

    def if_(self, stmt: n.If, flag: n.Var | None) -> n.Block:
        assert self.facts is not None
        if self.facts.is_uniform(stmt.condition):
            return (replace(stmt, then=self.block(stmt.then, flag), otherwise=self.block(stmt.otherwise, flag)),)
        chosen = self.meetings.variable("chosen", BOOL)
        out: list[n.Stmt] = [*self.computed(chosen, stmt.condition, flag, stmt)]
        yes, no = (self.meetings.variable(name, BOOL) for name in ("inside", "otherwise"))
        here = _TRUE if flag is None else read(flag)
        for var, condition in ((yes, read(chosen)), (no, n.Unary("not", read(chosen)))):
            if var is yes or stmt.otherwise:
                value: n.Expr = condition if flag is None else binary("and", here, condition)
                out.append(n.Declare(var, value, stmt.span))
        for var, block in ((yes, stmt.then), (no, stmt.otherwise)):
            if block:
                self.flags.append(_Flag(("if", ""), var))
                out += self.block(block, var)
                self.flags.pop()
        return tuple(out)

    def computed(self, var: n.Var, value: n.Expr, flag: n.Var | None, stmt: n.Stmt) -> n.Block:
        """A condition of threads with a flag, false for the others."""
        if flag is None:
            return (n.Declare(var, value, stmt.span),)
        compute = n.Assign(n.VarPlace(var), value, stmt.span)
        return (n.Declare(var, _FALSE, stmt.span), n.If(read(flag), (compute,), (), stmt.span))

    def loop(self, stmt: n.Loop, flag: n.Var | None) -> n.Block:
        if self.is_kept(stmt, flag):
            return (replace(stmt, body=self.block(stmt.body, flag), step=self.block(stmt.step, flag)),)
        inside, some = self.meetings.variable("looping", BOOL), self.meetings.variable("some", BOOL)
        self.flags.append(_Flag(("break", stmt.label), inside))
        head: list[n.Stmt] = []
        if stmt.condition is not None:
            again = n.Assign(n.VarPlace(inside), stmt.condition, stmt.span)
            head.append(n.If(read(inside), (again,), (), stmt.span))
        head += self.meetings.any_thread(read(inside), some, stmt.span)
        head.append(n.If(n.Unary("not", read(some)), (n.Break(stmt.label, stmt.span),), (), stmt.span))
        turn = self.meetings.variable("turn", BOOL)
        self.flags.append(_Flag(("continue", stmt.label), turn))
        body = self.block(stmt.body, turn)
        self.flags.pop()
        step = self.block(stmt.step, inside)
        self.flags.pop()
        whole = (*head, n.Declare(turn, read(inside), stmt.span), *body, *step)
        return (
            n.Declare(inside, _TRUE if flag is None else read(flag), stmt.span),
            n.Declare(some, _FALSE, stmt.span),
            n.Loop(stmt.label, None, whole, (), 0, stmt.span),
        )

    def is_kept(self, stmt: n.Loop | n.Scope, flag: n.Var | None) -> bool:
        """Whether all threads take the same way through a loop or scope without our help."""
        assert self.facts is not None
        if stmt.label in self.facts.split_labels:
            return False
        if isinstance(stmt, n.Loop) and stmt.condition is not None and not self.facts.is_uniform(stmt.condition):
            return False
        return flag is None or not any(
            isinstance(s, n.Break | n.Continue) and s.label == stmt.label for s in statements((stmt,))
        )

    def scope(self, stmt: n.Scope, flag: n.Var | None) -> n.Block:
        if self.is_kept(stmt, flag):
            return (replace(stmt, body=self.block(stmt.body, flag)),)
        inside = self.meetings.variable("inside", BOOL)
        self.flags.append(_Flag(("break", stmt.label), inside))
        body = self.block(stmt.body, inside)
        self.flags.pop()
        return (n.Declare(inside, _TRUE if flag is None else read(flag), stmt.span), *body)

    def switch(self, stmt: n.Switch, flag: n.Var | None) -> n.Block:
        """A chain of ``if``: threads may want different cases, which come one after the other."""
        selector = self.meetings.variable("selector", stmt.selector.type)
        rest = stmt.default
        for case in reversed(stmt.cases):
            test: n.Expr = _FALSE
            for value in case.values:
                one = binary("eq", read(selector), n.Const(stmt.selector.type, value))
                test = one if test == _FALSE else binary("or", test, one)
            rest = (n.If(test, case.body, rest, stmt.span),)
        assert self.facts is not None
        if not self.facts.is_uniform(stmt.selector):
            self.facts.varying.add(selector)
        return self.block((n.Declare(selector, stmt.selector, stmt.span), *rest), flag)


class _Jumps(BlockRewriter):
    """Jumps out of a group of statements clear flags and go to its end."""

    def __init__(self, keeper: _Keeper, label: str, inside: set[str]):
        self.keeper = keeper
        self.label = label
        self.inside = inside

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if isinstance(stmt, n.Break | n.Continue) and stmt.label in self.inside:
            return (stmt,)
        if isinstance(stmt, n.Return | n.Break | n.Continue):
            return (*self.keeper.cleared(stmt), n.Break(self.label, stmt.span))
        return (stmt,)
