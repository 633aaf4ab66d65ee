"""Make warp operations of shared memory and barriers, for targets without a warp of 32 lanes.

Each thread that comes to an operation leaves its value in the block's scratch memory, meets the others, and reads what
its lane is to have. The barriers stand where the operation stood, which may be in divergent control flow:
``keep_threads_for_barriers`` must run after this pass. Barriers that count become such exchanges as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I32, U8, U16, U32, U64, Scalar, Space, Type, Vector, size_of
from cudawasm.ir.walk import BlockRewriter, statements
from cudawasm.passes.meetings import WARP, Meetings, binary, linear_thread, read, u32

_FULL = 0xFFFFFFFF


def exchange_through_shared(module: n.Module, native: Collection[int] = ()) -> n.Module:
    """The module, whose kernels call no functions, without warp operations and with plain barriers only.

    ``native``: ids of warp operations that stay as they are.
    """
    functions, shared = {}, list(module.shared)
    for name, function in module.functions.items():
        if not _needs(function.body, native):
            functions[name] = function
            continue
        meetings = Meetings(name, U64 if _widest(function.body) > 4 else U32)
        body = _Writer(meetings, native).block(function.body)
        functions[name] = replace(function, body=(*meetings.start(function.span), *body))
        shared += meetings.shared.values()
    return replace(module, functions=functions, shared=tuple(shared))


def _widest(block: n.Block) -> int:
    """Bytes of the largest value that lanes exchange."""
    return max((size_of(a.type) for s in statements(block) if isinstance(s, n.Warp) for a in s.args[:1]), default=0)


def lockstep_of_volatile(module: n.Module) -> n.Module:
    """Warps wait for their lanes around stores to volatile shared memory, as code written for lockstep expects."""
    functions = {name: replace(f, body=_Lockstep().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


def _needs(block: n.Block, native: Collection[int]) -> bool:
    return any(
        (isinstance(s, n.Warp) and id(s) not in native) or (isinstance(s, n.Barrier) and s.kind != "sync")
        for s in statements(block)
    )


class _Lockstep(BlockRewriter):
    def __init__(self) -> None:
        self.count = 0

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if not (isinstance(stmt, n.Assign) and _is_volatile_shared(stmt.place)):
            return (stmt,)
        self.count += 1
        held = n.Var(f"held.{self.count}", stmt.value.type)
        wait = n.Warp("sync", (), span=stmt.span)
        store = replace(stmt, value=read(held))
        return (n.Declare(held, stmt.value, stmt.span), wait, store, wait)


def _is_volatile_shared(place: n.Place) -> bool:
    volatile = False
    while isinstance(place, n.Member | n.Index):
        place = place.base
    if isinstance(place, n.VarPlace):
        return place.var.space is Space.SHARED and place.var.volatile
    volatile = place.volatile
    return volatile and getattr(place.ptr.type, "space", None) is Space.SHARED


class _Writer(BlockRewriter):
    def __init__(self, meetings: Meetings, native: Collection[int]):
        self.meetings = meetings
        self.native = native

    def stmt(self, stmt: n.Stmt) -> n.Block:
        return (stmt,) if id(stmt) in self.native else super().stmt(stmt)

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        match stmt:
            case n.Barrier() if stmt.kind not in ("sync", "grid"):
                return self.barrier(stmt)
            case n.Warp():
                return self.warp(stmt)
            case _:
                return (stmt,)

    def barrier(self, stmt: n.Barrier) -> n.Block:
        assert stmt.predicate is not None
        predicate = n.Unary("not", stmt.predicate) if stmt.kind == "and" else stmt.predicate
        total = self.meetings.variable("total", U32)
        out: n.Block = (n.Declare(total, u32(0), stmt.span), *self.meetings.counted(predicate, total, stmt.span))
        if stmt.result is None:
            return out
        found = read(total)
        if stmt.kind != "count":
            found = binary("eq" if stmt.kind == "and" else "ne", found, u32(0))
        return (*out, n.Assign(n.VarPlace(stmt.result), n.Cast(I32, found), stmt.span))

    # --- warps ---

    def warp(self, stmt: n.Warp) -> n.Block:
        if stmt.op == "sync":
            return (n.Barrier(span=stmt.span),)
        out: list[n.Stmt] = []
        args = [self.held(a, "value", stmt, out) for a in stmt.args]
        mask = u32(_FULL) if stmt.mask is None else self.held(stmt.mask, "mask", stmt, out)
        match stmt.op:
            case "shfl_idx" | "shfl_up" | "shfl_down" | "shfl_xor":
                out += self.shuffle(stmt, args)
            case "active_mask":
                out += self.ballot(stmt, n.Const(BOOL, True), lambda word: word)
            case "ballot":
                out += self.ballot(stmt, args[0], lambda word: binary("and", word, mask))
            case "any":
                out += self.ballot(stmt, args[0], lambda word: binary("ne", binary("and", word, mask), u32(0)))
            case "all":
                out += self.ballot(
                    stmt, n.Unary("not", args[0]), lambda word: binary("eq", binary("and", word, mask), u32(0))
                )
            case _:
                out += self.among(stmt, args[0], mask)
        return tuple(out)

    def held(self, value: n.Expr, name: str, stmt: n.Warp, out: list[n.Stmt]) -> n.Expr:
        """An operand that is computed once."""
        if isinstance(value, n.Const):
            return value
        var = self.meetings.variable(name, value.type)
        out.append(n.Declare(var, value, stmt.span))
        return read(var)

    def shuffle(self, stmt: n.Warp, args: list[n.Expr]) -> n.Block:
        """The value of the lane that PTX's shfl names; a lane's own where that lies outside its segment."""
        value, lane_or_delta, width = args
        out, slot = self.left(value, stmt)
        lane: n.Expr = n.Special("lane_id", U32)
        source = source_lane(stmt.op, lane_or_delta, width)
        from_slot = binary("add", binary("sub", slot, lane), source)
        out += self.result(stmt, self.taken(from_slot, value.type))
        return tuple(out)

    def left(self, value: n.Expr, stmt: n.Warp) -> tuple[list[n.Stmt], n.Expr]:
        """(statements that leave a value in the thread's slot and meet, the slot's number)."""
        scratch = self.meetings.scratch()
        number = self.meetings.variable("slot", U32)
        place = n.Index(n.VarPlace(scratch), read(number))
        return [
            n.Declare(number, linear_thread(), stmt.span),
            n.Assign(place, as_bits(value, self.meetings.word), stmt.span),
            n.Barrier(span=stmt.span),
        ], read(number)

    def taken(self, slot: n.Expr, type_: Type) -> n.Expr:
        """The value in a slot."""
        return from_bits(n.Load(n.Index(n.VarPlace(self.meetings.scratch()), slot)), type_)

    def result(self, stmt: n.Warp, value: n.Expr) -> n.Block:
        """Take the result, and meet so that nobody overwrites what others still read."""
        store = () if stmt.result is None else (n.Assign(n.VarPlace(stmt.result), value, stmt.span),)
        return (*store, n.Barrier(span=stmt.span))

    def word(self) -> n.Place:
        return n.Index(n.VarPlace(self.meetings.words()), n.Special("warp_id", U32))

    def bits(self, predicate: n.Expr, stmt: n.Warp) -> n.Block:
        """The warp's word gets a bit for each lane that comes here with ``predicate``."""
        bit = n.Binary("shl", u32(1), n.Special("lane_id", U32), U32)
        vote = n.Atomic("or", self.word(), (bit,), None, "block", stmt.span)
        return (
            n.Assign(self.word(), u32(0), stmt.span),
            n.Barrier(span=stmt.span),
            *((vote,) if predicate == n.Const(BOOL, True) else (n.If(predicate, (vote,), (), stmt.span),)),
            n.Barrier(span=stmt.span),
        )

    def ballot(self, stmt: n.Warp, predicate: n.Expr, found: Callable[[n.Expr], n.Expr]) -> n.Block:
        return (*self.bits(predicate, stmt), *self.result(stmt, found(n.Load(self.word()))))

    def among(self, stmt: n.Warp, value: n.Expr, mask: n.Expr) -> n.Block:
        """Matches and reductions: a look at the value of each lane that takes part."""
        out, slot = self.left(value, stmt)
        members, lane, other = (self.meetings.variable(name, U32) for name in ("members", "at", "first"))
        out += self.bits(n.Const(BOOL, True), stmt)
        out.append(n.Declare(members, binary("and", n.Load(self.word()), mask), stmt.span))
        out.append(n.Declare(lane, u32(0), stmt.span))
        out.append(n.Declare(other, binary("sub", slot, n.Special("lane_id", U32)), stmt.span))
        theirs = self.taken(binary("add", read(other), read(lane)), value.type)
        if stmt.op.startswith("match"):
            out += self.matched(stmt, value, theirs, members, lane, mask)
        else:
            out += self.reduced(stmt, theirs, members, lane)
        out.append(n.Barrier(span=stmt.span))
        return tuple(out)

    def over_lanes(self, stmt: n.Warp, members: n.Var, lane: n.Var, body: n.Block) -> n.Stmt:
        bit = binary("and", n.Binary("shr", read(members), read(lane), U32), u32(1))
        step = n.Assign(n.VarPlace(lane), binary("add", read(lane), u32(1)), stmt.span)
        inside = n.If(binary("ne", bit, u32(0)), body, (), stmt.span)
        label = self.meetings.variable("lanes", U32).name
        return n.Loop(label, binary("lt", read(lane), u32(WARP)), (inside,), (step,), 0, stmt.span)

    def matched(
        self, stmt: n.Warp, value: n.Expr, theirs: n.Expr, members: n.Var, lane: n.Var, mask: n.Expr
    ) -> n.Block:
        same = self.meetings.variable("same", U32)
        bit = n.Binary("shl", u32(1), read(lane), U32)
        add = n.Assign(n.VarPlace(same), binary("or", read(same), bit), stmt.span)
        word = self.meetings.word
        equal = binary("eq", as_bits(value, word), as_bits(theirs, word))
        loop = self.over_lanes(stmt, members, lane, (n.If(equal, (add,), (), stmt.span),))
        out: list[n.Stmt] = [n.Declare(same, u32(0), stmt.span), loop]
        found: n.Expr = read(same)
        if stmt.op == "match_all":
            agreed = binary("eq", read(same), read(members))
            found = n.Select(agreed, mask, u32(0))
            if stmt.predicate_result is not None:
                out.append(n.Assign(n.VarPlace(stmt.predicate_result), n.Cast(I32, agreed), stmt.span))
        if stmt.result is not None:
            out.append(n.Assign(n.VarPlace(stmt.result), found, stmt.span))
        return tuple(out)

    def reduced(self, stmt: n.Warp, theirs: n.Expr, members: n.Var, lane: n.Var) -> n.Block:
        type_ = theirs.type
        total, is_first = self.meetings.variable("total", type_), self.meetings.variable("is_first", BOOL)
        op = stmt.op.removeprefix("reduce_")
        if op in ("min", "max"):
            joined: n.Expr = n.Builtin(op, (read(total), theirs), type_)
        else:
            joined = n.Binary(op, read(total), theirs, type_)  # type: ignore[arg-type]
        body: n.Block = (
            n.Assign(n.VarPlace(total), n.Select(read(is_first), theirs, joined), stmt.span),
            n.Assign(n.VarPlace(is_first), n.Const(BOOL, False), stmt.span),
        )
        zero = n.Const(type_, 0.0 if getattr(type_, "is_float", False) else 0)
        out: n.Block = (
            n.Declare(total, zero, stmt.span),
            n.Declare(is_first, n.Const(BOOL, True), stmt.span),
            self.over_lanes(stmt, members, lane, body),
        )
        return out if stmt.result is None else (*out, n.Assign(n.VarPlace(stmt.result), read(total), stmt.span))


def source_lane(op: n.WarpOp, lane_or_delta: n.Expr, width: n.Expr) -> n.Expr:
    """The lane whose value a lane gets: its own where that lies outside its segment."""
    lane: n.Expr = n.Special("lane_id", U32)
    distance = binary("and", n.Cast(U32, lane_or_delta), u32(WARP - 1))
    size = n.Cast(U32, width)
    first = binary("and", lane, binary("sub", u32(0), size))
    last = binary("or", first, binary("sub", size, u32(1)))
    match op:
        case "shfl_idx":
            source = binary("or", first, binary("and", distance, binary("sub", size, u32(1))))
        case "shfl_up":
            inside = binary("le", binary("add", first, distance), lane)
            source = n.Select(inside, binary("sub", lane, distance), lane)
        case "shfl_down":
            inside = binary("le", binary("add", lane, distance), last)
            source = n.Select(inside, binary("add", lane, distance), lane)
        case _:
            other = binary("xor", lane, distance)
            source = n.Select(binary("le", other, last), other, lane)
    return source


def as_bits(value: n.Expr, word: Scalar) -> n.Expr:
    """A value of at most eight bytes as an unsigned word."""
    type_ = value.type
    if isinstance(type_, Scalar):
        bits = {8: U8, 16: U16, 32: U32, 64: U64}[type_.bits]
        narrow: n.Expr = n.Bitcast(bits, value) if type_.is_float else n.Cast(bits, value)
    elif isinstance(type_, Vector) and size_of(type_) in (4, 8):
        bits = U64 if size_of(type_) == 8 else U32
        narrow = n.Bitcast(bits, value)
    else:
        return n.Cast(word, value)
    return narrow if bits == word else n.Cast(word, narrow)


def from_bits(word: n.Expr, type_: Type) -> n.Expr:
    if isinstance(type_, Scalar):
        if type_ == BOOL:
            return binary("ne", word, n.Const(word.type, 0))
        if type_.is_float:
            bits = {16: U16, 32: U32, 64: U64}[type_.bits]
            return n.Bitcast(type_, n.Cast(bits, word))
        return n.Cast(type_, word)
    if isinstance(type_, Vector) and size_of(type_) in (4, 8):
        bits = U64 if size_of(type_) == 8 else U32
        return n.Bitcast(type_, n.Cast(bits, word))
    return n.Cast(type_, word)


def refuse_large_exchanges(module: n.Module) -> None:
    """Raises UnsupportedFeature (E0404) for a warp operation on a value that has no place in eight bytes."""
    for function in module.functions.values():
        for stmt in statements(function.body):
            if isinstance(stmt, n.Warp) and stmt.args and size_of(stmt.args[0].type) > 8:
                what = f"the device has no warp operation on {size_of(stmt.args[0].type)} bytes"
                raise UnsupportedFeature([Diagnostic("E0404", what, stmt.span)])
