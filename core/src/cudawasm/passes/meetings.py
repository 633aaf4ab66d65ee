"""What passes share that let the threads of a block exchange values: scratch memory, votes, thread numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, U32, U64, Array, Scalar, Space, Type
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
    )
    return binary("add", x, binary("mul", wide, binary("add", y, binary("mul", high, z))))


class Meetings:
    """Names, and the shared variables that one kernel's exchanges use."""

    def __init__(self, kernel: str, word: Scalar = U64):
        self.kernel = kernel
        self.word = word
        self.shared: dict[str, n.Var] = {}
        self.count = 0
        self._rounds: dict[str, _Votes] = {}

    def variable(self, name: str, type_: Type) -> n.Var:
        """A local of a name that nothing else has."""
        self.count += 1
        return n.Var(f"{name}.m{self.count}", type_)

    def scratch(self) -> n.Var:
        """A word for each thread."""
        return self._shared("exchanged", Array(self.word, MOST_THREADS))

    def words(self) -> n.Var:
        """One word for each warp."""
        return self._shared("warp_words", Array(U32, MOST_THREADS // WARP))

    def _shared(self, name: str, type_: Type) -> n.Var:
        if name not in self.shared:
            self.shared[name] = n.Var(name, type_, Space.SHARED)
        return self.shared[name]

    def counted(self, predicate: n.Expr, result: n.Var, span: Span | None) -> n.Block:
        """``result`` (u32) becomes the number of threads with ``predicate``, in all threads that come here."""
        vote = self._votes("totals")
        one = n.Atomic("add", vote.word(0), (u32(1),), None, "block", span)
        return vote.held(n.If(predicate, (one,), (), span), n.Assign(n.VarPlace(result), n.Load(vote.word(0)), span))

    def any_thread(self, predicate: n.Expr, result: n.Var, span: Span | None) -> n.Block:
        """``result`` (bool) becomes whether a thread has ``predicate``, in all threads that come here."""
        vote = self._votes("any")
        yes = n.Assign(vote.word(0), u32(1), span)
        found = binary("ne", n.Load(vote.word(0)), u32(0))
        return vote.held(n.If(predicate, (yes,), (), span), n.Assign(n.VarPlace(result), found, span))

    def _votes(self, name: str) -> _Votes:
        if name not in self._rounds:
            self._rounds[name] = _Votes(self._shared(name, Array(U32, 3)), self.variable("round", U32))
        return self._rounds[name]

    def start(self, span: Span | None) -> n.Block:
        """What must stand at the kernel's start for the votes in it."""
        if not self._rounds:
            return ()
        out: list[n.Stmt] = []
        for vote in self._rounds.values():
            out.append(n.Declare(vote.round, u32(0), span))
            out += (n.Assign(n.Index(n.VarPlace(vote.words), u32(i)), u32(0), span) for i in range(3))
        return (*out, n.Barrier(span=span))


@dataclass(frozen=True, slots=True)
class _Votes:
    """Votes that take turns in three words: one is voted in, the next is cleared, the one before may be read."""

    words: n.Var
    round: n.Var

    def word(self, ahead: int) -> n.Place:
        turn = binary("rem", binary("add", read(self.round), u32(ahead)), u32(3)) if ahead else read(self.round)
        return n.Index(n.VarPlace(self.words), turn)

    def held(self, vote: n.Stmt, take: n.Stmt) -> n.Block:
        span = vote.span
        following = binary("rem", binary("add", read(self.round), u32(1)), u32(3))
        return (
            n.Assign(self.word(1), u32(0), span),
            vote,
            n.Barrier(span=span),
            take,
            n.Assign(n.VarPlace(self.round), following, span),
        )


def has_barrier(block: n.Block) -> bool:
    return any(isinstance(s, n.Barrier) for s in statements(block))


def jumps_out(block: n.Block) -> Iterator[n.Stmt]:
    """The jumps of a block to somewhere outside of it."""
    inside = {s.label for s in statements(block) if isinstance(s, n.Loop | n.Scope)}
    for stmt in statements(block):
        if isinstance(stmt, n.Return) or (isinstance(stmt, n.Break | n.Continue) and stmt.label not in inside):
            yield stmt
