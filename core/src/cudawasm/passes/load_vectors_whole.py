"""Load a vector once where several of its components are read one after the other: one access instead of many."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space, Vector
from cudawasm.ir.walk import BlockRewriter, root


def load_vectors_whole(module: n.Module) -> n.Module:
    """The module in which neighbouring declarations do not read components of the same vector in memory."""
    functions = {name: replace(f, body=_Writer().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Writer(BlockRewriter):
    def __init__(self) -> None:
        self.count = 0

    def block(self, block: n.Block) -> n.Block:
        out: list[n.Stmt] = []
        run: list[n.Declare] = []
        for stmt in super().block(block):
            if isinstance(stmt, n.Declare) and stmt.init is not None:
                run.append(stmt)
                continue
            out += self.joined(run)
            run = []
            out.append(stmt)
        out += self.joined(run)
        return block if len(out) == len(block) and all(a is b for a, b in zip(out, block, strict=True)) else tuple(out)

    def joined(self, run: list[n.Declare]) -> list[n.Stmt]:
        """Declarations, of which none changes what the others read."""
        reads = Counter(place for stmt in run if (place := _vector_of(stmt)) is not None)
        held: dict[n.Place, n.Var] = {}
        out: list[n.Stmt] = []
        for stmt in run:
            place = _vector_of(stmt)
            if place is None or reads[place] < 2:
                out.append(stmt)
                continue
            if place not in held:
                self.count += 1
                held[place] = n.Var(f"vector.{self.count}", place.type)
                out.append(n.Declare(held[place], n.Load(place), stmt.span))
            assert isinstance(stmt.init, n.Load)
            assert isinstance(stmt.init.place, n.Member)
            part = n.Member(n.VarPlace(held[place]), stmt.init.place.index)
            out.append(replace(stmt, init=n.Load(part)))
        return out


def _vector_of(stmt: n.Declare) -> n.Place | None:
    """The vector in global or shared memory of which a declaration reads a component."""
    if not (isinstance(stmt.init, n.Load) and isinstance(stmt.init.place, n.Member)):
        return None
    whole = stmt.init.place.base
    if not isinstance(whole.type, Vector):
        return None
    start = root(whole)
    is_volatile = start.volatile if isinstance(start, n.Deref) else start.var.volatile
    is_memory = isinstance(start, n.Deref) or start.var.space is Space.SHARED
    return whole if is_memory and not is_volatile else None
