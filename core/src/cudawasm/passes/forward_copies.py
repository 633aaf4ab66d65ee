"""Leave out variables that only hold what another one holds, or that nothing reads: inlining makes many.

A variable that is declared empty and filled at once is declared where it is filled. Generated text is then close to
what a person would write, and its compiler has less to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space
from cudawasm.ir.walk import (
    BlockRewriter,
    Rewriter,
    addressed_in,
    assigned_variables,
    expressions,
    mentioned_variables,
    nested_blocks,
    read_in,
    read_variables,
    root,
    statements,
)

_ROUNDS = 8


def forward_copies(module: n.Module) -> n.Module:
    """The module with fewer variables."""
    return replace(module, functions={name: _forward(f) for name, f in module.functions.items()})


def _forward(function: n.Function) -> n.Function:
    body, reads = function.body, _Reads()
    for _ in range(_ROUNDS):
        before = body
        body = _Filling().block(body)
        body = _Copies(body, reads).block(body)
        body = _Unread(body, reads).block(body)
        if body is before:
            break
    return function if body is function.body else replace(function, body=body)


class _Reads:
    """What statements read, which is found once for those that stay as they are from round to round."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[n.Stmt, tuple[n.Var, ...], set[n.Var]]] = {}
        """By the ``id`` of the statement, which is kept so that no other one gets it."""

    def of(self, stmt: n.Stmt) -> tuple[tuple[n.Var, ...], set[n.Var]]:
        """Variables that a statement itself reads, one for each time, and those whose address it takes."""
        found = self._found.get(id(stmt))
        if found is None:
            exprs = tuple(expressions(stmt))
            found = self._found[id(stmt)] = (stmt, tuple(read_in(exprs)), addressed_in(exprs))
        return found[1:]


class _Filling(BlockRewriter):
    """Declares variables where they are filled."""

    def block(self, block: n.Block) -> n.Block:
        empty: dict[n.Var, int] = {}
        """Where the variables are declared that nothing has mentioned since."""
        out: list[n.Stmt | None] = []
        for stmt in super().block(block):
            filled = _filled(stmt, empty)
            if filled is not None:
                out[empty.pop(filled.var)] = None
            if empty:
                for var in mentioned_variables(stmt):
                    empty.pop(var, None)
            if isinstance(stmt, n.Declare) and stmt.init is None and not stmt.var.volatile:
                empty[stmt.var] = len(out)
            out.append(filled or stmt)
        kept = tuple(s for s in out if s is not None)
        return block if len(kept) == len(block) and all(a is b for a, b in zip(kept, block, strict=True)) else kept


def _filled(stmt: n.Stmt, empty: Mapping[n.Var, int]) -> n.Declare | None:
    """The declaration that an assignment becomes where it fills an empty variable."""
    if not (isinstance(stmt, n.Assign) and isinstance(stmt.place, n.VarPlace) and stmt.place.var in empty):
        return None
    var = stmt.place.var
    return None if var in read_variables(stmt) else n.Declare(var, stmt.value, stmt.span)


@dataclass(slots=True)
class _Facts:
    """What a statement and those in it read, how often, and write."""

    reads: Counter[n.Var]
    writes: set[n.Var]
    is_nested: bool


class _Copies(Rewriter):
    """Uses what was copied in place of the copy."""

    def __init__(self, body: n.Block, reads: _Reads):
        self.reads_of = reads.of
        self.exposed: set[n.Var] = set()
        self.changed: set[n.Var] = set()
        self.empty: set[n.Var] = set()
        self.facts: dict[int, _Facts] = {}
        """Of each statement, by its ``id``."""
        self.reads: Counter[n.Var] = Counter()
        for stmt in body:
            self.reads.update(self.learn(stmt).reads)
        self.values: dict[n.Var, n.Expr] = {}

    def learn(self, stmt: n.Stmt) -> _Facts:
        blocks = nested_blocks(stmt)
        reads, addressed = self.reads_of(stmt)
        found = _Facts(Counter(reads), set(assigned_variables(stmt)), bool(blocks))
        self.exposed |= addressed
        self.changed |= addressed
        if not isinstance(stmt, n.Declare):
            self.changed |= found.writes
        elif stmt.init is None:
            self.empty.add(stmt.var)
        for block in blocks:
            for inner in block:
                facts = self.learn(inner)
                found.reads.update(facts.reads)
                found.writes |= facts.writes
        self.facts[id(stmt)] = found
        return found

    def is_fixed(self, var: n.Var) -> bool:
        is_local = var.space is Space.LOCAL and not var.volatile
        return is_local and var not in self.changed and var not in self.empty

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace):
            return self.values.get(expr.place.var, expr)
        return expr

    def leave_place(self, place: n.Place) -> n.Place:
        value = self.values.get(place.var) if isinstance(place, n.VarPlace) else None
        return value.place if isinstance(value, n.Load) else place

    def stmt(self, stmt: n.Stmt) -> n.Block:
        facts = self.facts[id(stmt)]
        is_kept = not facts.is_nested and self.values.keys().isdisjoint(facts.reads)
        return (stmt,) if is_kept else super().stmt(stmt)

    def block(self, block: n.Block) -> n.Block:
        out: list[n.Stmt] = []
        for i, stmt in enumerate(block):
            if isinstance(stmt, n.Declare) and stmt.init is not None and self.is_fixed(stmt.var):
                value = self.expr(stmt.init)
                if value.type == stmt.var.type and self.may_stand_for(stmt.var, value, block[i + 1 :]):
                    self.values[stmt.var] = value
                    continue
            out.extend(self.stmt(stmt))
        return block if len(out) == len(block) and all(a is b for a, b in zip(out, block, strict=True)) else tuple(out)

    def may_stand_for(self, var: n.Var, value: n.Expr, rest: n.Block) -> bool:
        """Whether a value is the same wherever the variable is read."""
        if isinstance(value, n.Const):
            return True
        if not (isinstance(value, n.Load) and isinstance(value.place, n.VarPlace)):
            return False
        source = value.place.var
        if source.space is not Space.LOCAL or source.volatile or source in self.exposed:
            return False
        return self.is_fixed(source) or self.keeps_until_read(source, var, rest)

    def keeps_until_read(self, source: n.Var, var: n.Var, rest: n.Block) -> bool:
        """Whether ``source`` is not written before the last read of ``var``, all of which are in ``rest``."""
        left = self.reads[var]
        for stmt in rest:
            facts = self.facts[id(stmt)]
            left -= facts.reads[var]
            if source in facts.writes:
                return left == 0 and not (facts.is_nested and var in facts.reads)
        return left == 0


class _Unread(BlockRewriter):
    """Drops what is only written."""

    def __init__(self, body: n.Block, reads: _Reads):
        self.read: set[n.Var] = set()
        for stmt in statements(body):
            self.read.update(reads.of(stmt)[0])
            if not isinstance(stmt, n.Declare | n.Assign | n.Atomic):
                self.read.update(assigned_variables(stmt))  # results that cannot be left out
            elif isinstance(stmt, n.Atomic):
                start = root(stmt.place)
                self.read.update((start.var,) if isinstance(start, n.VarPlace) else ())

    def is_unread(self, var: n.Var) -> bool:
        return var.space is Space.LOCAL and not var.volatile and var not in self.read

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Declare() if self.is_unread(stmt.var):
                return ()
            case n.Assign():
                start = root(stmt.place)
                if isinstance(start, n.VarPlace) and self.is_unread(start.var):
                    return ()
                return (stmt,)
            case n.Atomic() if stmt.result is not None and self.is_unread(stmt.result):
                return (replace(stmt, result=None),)
            case _:
                return (stmt,)
