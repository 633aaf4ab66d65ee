"""Leave only jumps to the innermost loop: scopes and jumps over several loops become flags.

``break`` of a scope sets a flag, and what follows in the scope is done where the flag is not set; a jump out of several
loops sets a flag, leaves the innermost one, and goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL
from cudawasm.ir.walk import statements
from cudawasm.passes.nest_tails import nest_tails

_TRUE, _FALSE = n.Const(BOOL, True), n.Const(BOOL, False)


def jumps_to_flags(module: n.Module) -> n.Module:
    """The module without scopes, in which jumps go to the innermost loop."""
    module = nest_tails(module)  # most jumps need no flag then
    functions = {name: replace(f, body=_Writer().block(f.body, _Place())) for name, f in module.functions.items()}
    return replace(module, functions=functions)


Target = tuple[str, str]
"""("break" or "continue", label)."""


@dataclass(slots=True)
class _Place:
    """Where a statement stands: the innermost loop, and the scopes between it and the statement.

    Of the scopes in ``tails`` nothing follows the statement; those in ``ends`` end where the loop does.
    """

    loop: str = ""
    scopes: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(slots=True)
class _Writer:
    flags: dict[Target, n.Var] = field(default_factory=dict)
    pending: set[Target] = field(default_factory=set)
    """Targets whose flags may be set when control comes to the end of the statement written last."""

    def block(self, block: n.Block, place: _Place) -> n.Block:
        """Writes a block; ``pending`` are then the targets that are still to be gone to after it."""
        out: list[n.Stmt] = []
        for i, stmt in enumerate(block):
            self.pending = set()
            is_last = i == len(block) - 1
            out.extend(self.statement(stmt, place if is_last else replace(place, tails=())))
            if isinstance(stmt, n.Break | n.Continue | n.Return | n.Trap):
                return tuple(out)
            here = self.pending
            if here:
                rest = self.after(block[i + 1 :], here, place)
                self.pending |= here
                return (*out, *rest)
        self.pending = set()
        return tuple(out)

    def after(self, rest: n.Block, pending: set[Target], place: _Place) -> n.Block:
        """What follows a statement after which control may be on its way to ``pending``."""
        jumps: list[n.Stmt] = []
        skips: list[Target] = []
        for target in sorted(pending):
            kind, label = target
            if label in place.scopes:
                skips.append(target)
            elif label == place.loop:
                jump: n.Stmt = n.Break(label) if kind == "break" else n.Continue(label)
                jumps.append(n.If(self.flag(target), (jump,)))
                pending.discard(target)
            else:
                jumps.append(n.If(self.flag(target), (n.Break(place.loop),)))
        written = self.block(rest, place) if rest else ()
        if not written:
            self.pending = set()
        if not skips or not written:
            return (*jumps, *written)
        condition: n.Expr = self.flag(skips[0])
        for target in skips[1:]:
            condition = n.Binary("or", condition, self.flag(target), BOOL)
        return (*jumps, n.If(n.Unary("not", condition), written))

    def flag(self, target: Target) -> n.Expr:
        return n.Load(n.VarPlace(self.variable(target)))

    def variable(self, target: Target) -> n.Var:
        kind, label = target
        if target not in self.flags:
            name = label.partition(".")[0]
            self.flags[target] = n.Var(f"{'left' if kind == 'break' else 'next'}_{name}", BOOL)
        return self.flags[target]

    def statement(self, stmt: n.Stmt, place: _Place) -> n.Block:
        match stmt:
            case n.Break() | n.Continue():
                return self.jump(stmt, place)
            case n.If():
                then = self.block(stmt.then, place)
                first = self.pending
                otherwise = self.block(stmt.otherwise, place)
                self.pending = first | self.pending
                return (replace(stmt, then=then, otherwise=otherwise),)
            case n.Switch():
                return self.switch(stmt, place)
            case n.Scope():
                return self.scope(stmt, place)
            case n.Loop():
                return self.loop(stmt, place)
            case _:
                return (stmt,)

    def jump(self, stmt: n.Break | n.Continue, place: _Place) -> n.Block:
        if stmt.label == place.loop:
            return (stmt,)
        if isinstance(stmt, n.Break) and stmt.label in place.ends:
            return (n.Break(place.loop, stmt.span),)
        target = ("break" if isinstance(stmt, n.Break) else "continue", stmt.label)
        self.pending = {target}
        set_ = n.Assign(n.VarPlace(self.variable(target)), _TRUE, stmt.span)
        return (set_,) if stmt.label in place.scopes else (set_, n.Break(place.loop, stmt.span))

    def switch(self, stmt: n.Switch, place: _Place) -> n.Block:
        pending: set[Target] = set()
        cases = []
        for case in stmt.cases:
            cases.append(replace(case, body=self.block(case.body, place)))
            pending |= self.pending
        default = self.block(stmt.default, place)
        self.pending |= pending
        return (replace(stmt, cases=tuple(cases), default=default),)

    def scope(self, stmt: n.Scope, place: _Place) -> n.Block:
        inner = replace(place, scopes=(*place.scopes, stmt.label), tails=(*place.tails, stmt.label))
        body = self.block(stmt.body, inner)
        self.pending.discard(("break", stmt.label))
        return (*self.declared(("break", stmt.label), stmt), *body)

    def declared(self, target: Target, stmt: n.Stmt) -> n.Block:
        """The start of a flag's life, when it has been used."""
        flag = self.flags.pop(target, None)
        return () if flag is None else (n.Declare(flag, _FALSE, stmt.span),)

    def loop(self, stmt: n.Loop, place: _Place) -> n.Block:
        body = self.block(stmt.body, _Place(stmt.label, ends=place.tails))
        pending = self.pending | self.left_by(body)
        step = self.block(stmt.step, _Place(stmt.label))
        pending |= self.pending | self.left_by(step)
        again = self.declared(("continue", stmt.label), stmt)
        before = self.declared(("break", stmt.label), stmt)
        self.pending = {t for t in pending if t[1] != stmt.label}
        return (*before, replace(stmt, body=(*again, *body), step=step))

    def left_by(self, block: n.Block) -> set[Target]:
        """Targets whose flags a block sets, also where it then leaves the loop at once."""
        known = {var: target for target, var in self.flags.items()}
        found = set()
        for stmt in statements(block):
            if isinstance(stmt, n.Assign) and isinstance(stmt.place, n.VarPlace) and stmt.place.var in known:
                declared = {s.var for s in statements(block) if isinstance(s, n.Declare)}
                if stmt.place.var not in declared:
                    found.add(known[stmt.place.var])
        return found
