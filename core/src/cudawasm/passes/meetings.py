"""What passes that let the threads of a block exchange values share: the block's scratch memory, votes, thread numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, U32, U64, Array, Space, Type
from cudawasm.ir.walk import statements
from cudawasm.source import Span

MOST_THREADS = 1024
WARP = 32


def read(var: n.Var) -> n.Expr:
    return n.Load(n.VarPlace(var))


def u32(value: int) -> n.Expr:
    return n.Const(U32, value)


def binary(op: n.BinaryOp, left: n.Expr, right: n.Expr) -> n.Expr:
    return n.Binary(op, left, right, BOOL if op in n.COMPARISONS else left.type)


def linear_thread() -> n.Expr:
    """A thread's number in its block."""
    x, y, z, wide, high = (
        n.Special(name, U32) for name in ("thread_idx.x", "thread_idx.y", "thread_idx.z", "block_dim.x", "block_dim.y")
    )  # type: ignore[arg-type]
    return binary("add", x, binary("mul", wide, binary("add", y, binary("mul", high, z))))


class Meetings:
    """Names, and the shared variables that one kernel's exchanges use."""

    def __init__(self, kernel: str):
        self.kernel = kernel
        self.shared: dict[str, n.Var] = {}
        self.count = 0

    def variable(self, name: str, type_: Type) -> n.Var:
        """A local of a name that nothing else has."""
        self.count += 1
        return n.Var(f"{name}.m{self.count}", type_)

    def scratch(self) -> n.Var:
        """Eight bytes for each thread."""
        return self._shared("exchanged", Array(U64, MOST_THREADS))

    def words(self) -> n.Var:
        """One word for each warp."""
        return self._shared("warp_words", Array(U32, MOST_THREADS // WARP))

    def _shared(self, name: str, type_: Type) -> n.Var:
        if name not in self.shared:
            self.shared[name] = n.Var(name, type_, Space.SHARED)
        return self.shared[name]

    def counted(self, predicate: n.Expr, result: n.Var, span: Span | None) -> n.Block:
        """``result`` (u32) becomes the number of threads with ``predicate``, in all threads that come here."""
        total = self._shared("total", U32)
        place = n.VarPlace(total)
        one = n.If(predicate, (n.Atomic("add", place, (u32(1),), None, "block", span),), (), span)
        return (
            n.Barrier(span=span),  # nobody reads the total of the exchange before this one any more
            n.Assign(place, u32(0), span),
            n.Barrier(span=span),
            one,
            n.Barrier(span=span),
            n.Assign(n.VarPlace(result), read(total), span),
        )

    def any_thread(self, predicate: n.Expr, result: n.Var, span: Span | None) -> n.Block:
        """``result`` (bool) becomes whether a thread has ``predicate``, in all threads that come here."""
        flag = self._shared("some", U32)
        place = n.VarPlace(flag)
        return (
            n.Barrier(span=span),
            n.Assign(place, u32(0), span),
            n.Barrier(span=span),
            n.If(predicate, (n.Assign(place, u32(1), span),), (), span),
            n.Barrier(span=span),
            n.Assign(n.VarPlace(result), binary("ne", read(flag), u32(0)), span),
        )


def has_barrier(block: n.Block) -> bool:
    return any(isinstance(s, n.Barrier) for s in statements(block))


def jumps_out(block: n.Block) -> Iterator[n.Stmt]:
    """The jumps of a block to somewhere outside of it."""
    inside = {s.label for s in statements(block) if isinstance(s, n.Loop | n.Scope)}
    for stmt in statements(block):
        if isinstance(stmt, n.Return) or (isinstance(stmt, n.Break | n.Continue) and stmt.label not in inside):
            yield stmt
