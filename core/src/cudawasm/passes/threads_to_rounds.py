"""Let fewer threads do the work of a block: each runs several of its threads, in rounds.

For devices whose blocks are smaller than CUDA's. What lies between barriers becomes a loop over rounds, in which thread
``i`` of ``width`` that there are is one after the other CUDA's threads ``i``, ``i + width``, ... Variables that live
across barriers have a copy for each round. Control flow around barriers, which is the same for all threads, is followed
once, and so are assignments of values that are the same for all.

The kernel must have been through ``keep_threads_for_barriers`` and ``jumps_to_flags``, and go through the latter again.
In the result ``thread_idx.x`` is the number of a thread that there is; the block's extents stay CUDA's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cudawasm.analysis.block_uniformity import BlockUniformity
from cudawasm.ir import nodes as n
from cudawasm.ir.types import U32, Array, Scalar, Space
from cudawasm.ir.walk import Rewriter, assigned_variables, nested_blocks, read_variables, statements
from cudawasm.passes.meetings import MOST_THREADS, WARP, binary, has_barrier, jumps_out, read, u32

_OWN = ("thread_idx.x", "thread_idx.y", "thread_idx.z", "lane_id", "warp_id")


def threads_to_rounds(module: n.Module, width: int) -> n.Module:
    """The module, whose kernels call no functions, for blocks of which ``width`` threads run at a time."""
    functions = {name: _Folder(f, width).function() for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Folder(Rewriter):
    """Rewrites expressions for one round: of the round at hand, or of the first where there is none."""

    def __init__(self, kernel: n.Function, width: int):
        self.kernel, self.width = kernel, width
        self.rounds = -(-MOST_THREADS // width)
        self.facts = BlockUniformity(kernel, everyone=False)
        self.meets = has_barrier(kernel.body)
        self.label = ""
        self.count = 0
        self.round: n.Expr = u32(0)
        self.thread: n.Expr = n.Special("thread_idx.x", U32)
        self.once = self._assigned_once()
        self.copies = self._copies()

    def function(self) -> n.Function:
        span = self.kernel.span
        declared = tuple(n.Declare(copy, None, span) for copy in self.copies.values())
        given = tuple(
            n.Assign(n.VarPlace(p), read(p), span) for p in self.kernel.params if p in self.copies
        )  # each copy starts as what the launch gives
        return replace(self.kernel, body=(*declared, *self._first(given), *self._blocks(self.kernel.body)))

    # --- which variables there are how often ---

    def _assigned_once(self) -> set[n.Var]:
        """Variables that conditions around barriers are made of, where every assignment gives all threads the same and
        stands where control flow is followed once."""
        if not self.meets:
            return set()
        same: dict[n.Var, set[n.Var]] = {}
        spoiled: set[n.Var] = set(self.kernel.params)
        needed: set[n.Var] = set()
        for stmt, is_outside in self._places(self.kernel.body):
            if is_outside and self._is_followed_once(stmt):
                needed.update(read_variables(stmt))
            for var in assigned_variables(stmt):
                if is_outside and var not in self.facts.varying and self._is_same(stmt, var):
                    same.setdefault(var, set()).update(read_variables(stmt))
                else:
                    spoiled.add(var)
        while True:
            found = needed & same.keys() - spoiled
            more = set().union(*(same[var] for var in found)) - needed
            if not more:
                return found
            needed |= more

    def _is_same(self, stmt: n.Stmt, var: n.Var) -> bool:
        """Whether a statement gives a variable that is a number the same value in all threads."""
        if var.space is not Space.LOCAL or not isinstance(var.type, Scalar):
            return False
        match stmt:
            case n.Declare():
                return stmt.init is None or self.facts.is_uniform(stmt.init)
            case n.Assign(place=n.VarPlace()):
                return self.facts.is_uniform(stmt.value)
            case _:
                return False

    def _places(self, block: n.Block, is_outside: bool = True) -> Iterable[tuple[n.Stmt, bool]]:
        """All statements, and whether each stands where control flow is followed once."""
        for stmt in block:
            yield stmt, is_outside
            for inner in nested_blocks(stmt):
                yield from self._places(inner, is_outside and self._is_followed_once(stmt))

    def _is_followed_once(self, stmt: n.Stmt) -> bool:
        return self.meets and (has_barrier((stmt,)) or any(True for _ in jumps_out((stmt,))))

    def _copies(self) -> dict[n.Var, n.Var]:
        """For each variable that lives in several parts of the kernel, the array of its copies."""
        seen: dict[n.Var, int] = {}
        for part in self._parts(self.kernel.body):
            for var in part:
                seen[var] = seen.get(var, 0) + 1
        written = {v for s in statements(self.kernel.body) for v in assigned_variables(s)}
        declared = {s.var for s in statements(self.kernel.body) if isinstance(s, n.Declare)}
        copied = [p for p in self.kernel.params if p in written]
        copied += [v for v, count in seen.items() if count > 1 and v in declared and v not in self.once]
        return {v: n.Var(f"{v.name}.rounds", Array(v.type, self.rounds), span=v.span) for v in copied}

    def _parts(self, block: n.Block) -> Iterable[dict[n.Var, None]]:
        """The variables of each run of statements that becomes a loop, and of each statement between them."""
        run: dict[n.Var, None] = {}
        for stmt in block:
            if self._is_in_round(stmt):
                for inner in statements((stmt,)):
                    run |= _named(inner)
                continue
            yield run
            run = {}
            yield _named(stmt)
            for nested in nested_blocks(stmt):
                yield from self._parts(nested)
        yield run

    # --- statements ---

    def _is_in_round(self, stmt: n.Stmt) -> bool:
        if isinstance(stmt, n.Barrier) or self._is_followed_once(stmt):
            return False
        if isinstance(stmt, n.Declare | n.Assign):
            return not any(var in self.once for var in assigned_variables(stmt))
        return True

    def _blocks(self, block: n.Block) -> n.Block:
        """A block that is followed once."""
        out: list[n.Stmt] = []
        run: list[n.Stmt] = []
        for stmt in block:
            if self._is_in_round(stmt):
                run.append(stmt)
                continue
            out += self._rounds(run)
            run = []
            out.append(self._once(stmt))
        return (*out, *self._rounds(run))

    def _once(self, stmt: n.Stmt) -> n.Stmt:
        """A statement that is followed once; what it asks for is the same in all threads."""
        match stmt:
            case n.If():
                then, otherwise = self._blocks(stmt.then), self._blocks(stmt.otherwise)
                return replace(stmt, condition=self.expr(stmt.condition), then=then, otherwise=otherwise)
            case n.Loop():
                body, step = self._blocks(stmt.body), self._blocks(stmt.step)
                condition = None if stmt.condition is None else self.expr(stmt.condition)
                return replace(stmt, condition=condition, body=body, step=step)
            case n.Switch():
                cases = tuple(replace(c, body=self._blocks(c.body)) for c in stmt.cases)
                return replace(stmt, selector=self.expr(stmt.selector), cases=cases, default=self._blocks(stmt.default))
            case n.Scope():
                return replace(stmt, body=self._blocks(stmt.body))
            case _:
                (same,) = self.stmt(stmt)
                return same

    def _rounds(self, run: list[n.Stmt]) -> n.Block:
        """Statements of all threads."""
        if not run:
            return ()
        self.count += 1
        span = self.kernel.span
        number, thread = (n.Var(f"{name}.{self.count}", U32) for name in ("round", "thread"))
        label = f"rounds.{self.count}"
        outside = self.round, self.thread, self.label
        self.round, self.thread, self.label = read(number), read(thread), label
        first = n.Special("thread_idx.x", U32)
        start = binary("add", binary("mul", read(number), u32(self.width)), first)
        body = (n.Declare(thread, start, span), *self.block(tuple(run)))
        self.round, self.thread, self.label = outside
        within = binary("lt", binary("add", binary("mul", read(number), u32(self.width)), first), _block_threads())
        step = (n.Assign(n.VarPlace(number), binary("add", read(number), u32(1)), span),)
        return (n.Declare(number, u32(0), span), n.Loop(label, within, body, step, 1, span))

    def _first(self, given: n.Block) -> n.Block:
        """Copies of parameters for each round."""
        out: list[n.Stmt] = []
        for stmt in given:
            assert isinstance(stmt, n.Assign)
            assert isinstance(stmt.place, n.VarPlace)
            copies = n.VarPlace(self.copies[stmt.place.var])
            out += (n.Assign(n.Index(copies, u32(i)), stmt.value, stmt.span) for i in range(self.rounds))
        return tuple(out)

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if isinstance(stmt, n.Return) and self.label:
            return (n.Continue(self.label, stmt.span),)
        return (stmt,)

    def stmt(self, stmt: n.Stmt) -> n.Block:
        """Declarations of variables with copies and old values that go there; the rest is as in ``Rewriter``."""
        if isinstance(stmt, n.Declare) and stmt.var in self.copies:
            if stmt.init is None:
                return ()
            return (n.Assign(self.place(n.VarPlace(stmt.var)), self.expr(stmt.init), stmt.span),)
        if isinstance(stmt, n.Atomic) and stmt.result is not None and stmt.result in self.copies:
            self.count += 1
            held = n.Var(f"{stmt.result.name}.held.{self.count}", stmt.result.type)
            (same,) = super().stmt(replace(stmt, result=held))
            kept = n.Assign(self.place(n.VarPlace(stmt.result)), read(held), stmt.span)
            return (n.Declare(held, None, stmt.span), same, kept)
        return super().stmt(stmt)

    # --- expressions ---

    def leave_place(self, place: n.Place) -> n.Place:
        if isinstance(place, n.VarPlace) and place.var in self.copies:
            return n.Index(n.VarPlace(self.copies[place.var]), self.round)
        return place

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if not (isinstance(expr, n.Special) and expr.name in _OWN):
            return expr
        wide, high = n.Special("block_dim.x", U32), n.Special("block_dim.y", U32)
        match expr.name:
            case "thread_idx.x":
                return binary("rem", self.thread, wide)
            case "thread_idx.y":
                return binary("rem", binary("div", self.thread, wide), high)
            case "thread_idx.z":
                return binary("div", binary("div", self.thread, wide), high)
            case "lane_id":
                return binary("rem", self.thread, u32(WARP))
            case _:
                return binary("div", self.thread, u32(WARP))


def _block_threads() -> n.Expr:
    x, y, z = (n.Special(name, U32) for name in ("block_dim.x", "block_dim.y", "block_dim.z"))
    return binary("mul", x, binary("mul", y, z))


def _named(stmt: n.Stmt) -> dict[n.Var, None]:
    """Variables that a statement itself writes or reads, in a fixed order."""
    return dict.fromkeys((*assigned_variables(stmt), *read_variables(stmt)))
