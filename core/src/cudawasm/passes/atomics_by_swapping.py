"""Make atomic operations that a target lacks of its compare-and-swap of 32 or 64 bits.

The place is read, the new value computed and swapped in if the place still holds what was read; else again. A place of
16 bits is half of an aligned word. A vector's components are updated one after the other: CUDA
promises no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, U16, U32, U64, Pointer, Scalar, Space, Type, Vector
from cudawasm.ir.walk import BlockRewriter, root

IsNative = Callable[[n.AtomicOp, Scalar], bool]


def atomics_by_swapping(module: n.Module, is_native: IsNative) -> n.Module:
    """The module, with spaces inferred, in which every atomic operation is one for which ``is_native`` is true.

    Raises UnsupportedFeature (E0404) where the swap that an operation needs is not native either.
    """
    functions = {name: replace(f, body=_Writer(is_native).block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


def _space(place: n.Place) -> Space:
    start = root(place)
    if isinstance(start, n.VarPlace):
        return start.var.space
    assert isinstance(start.ptr.type, Pointer)
    return start.ptr.type.space


def _read(var: n.Var) -> n.Expr:
    return n.Load(n.VarPlace(var))


class _Writer(BlockRewriter):
    def __init__(self, is_native: IsNative):
        self.is_native = is_native
        self.count = 0

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if not isinstance(stmt, n.Atomic):
            return (stmt,)
        type_ = stmt.place.type
        if isinstance(type_, Vector):
            return self.vector(stmt, type_)
        assert isinstance(type_, Scalar)
        if self.is_native(stmt.op, type_):
            return (stmt,)
        return self.swapping(stmt, type_)

    def fresh(self, name: str, type_: Type) -> n.Var:
        self.count += 1
        return n.Var(f"{name}.{self.count}", type_)

    def vector(self, stmt: n.Atomic, type_: Vector) -> n.Block:
        pointer = self.fresh("target", Pointer(type_, _space(stmt.place)))
        out: list[n.Stmt] = [n.Declare(pointer, n.AddressOf(stmt.place, pointer.type), stmt.span)]  # type: ignore[arg-type]
        for i in range(type_.count):
            place = n.Member(n.Deref(_read(pointer)), i)
            old = None
            if stmt.result is not None:
                old = self.fresh("old", type_.element)
                out.append(n.Declare(old, None, stmt.span))
            out += self.leave_stmt(
                replace(stmt, place=place, args=tuple(n.Extract(a, i) for a in stmt.args), result=old)
            )
            if old is not None and stmt.result is not None:
                out.append(n.Assign(n.Member(n.VarPlace(stmt.result), i), _read(old), stmt.span))
        return tuple(out)

    def swapping(self, stmt: n.Atomic, type_: Scalar) -> n.Block:
        word = U64 if type_.bits == 64 else U32
        if not self.is_native("cas", word):
            raise UnsupportedFeature(
                [Diagnostic("E0404", f"the device has no atomic operations on {type_.bits} bits", stmt.span)]
            )
        out: list[n.Stmt] = []
        held = tuple(self.held(a, out, stmt) for a in stmt.args)
        at, shift = self.word_address(stmt, type_, word, out)
        place = n.Deref(_read(at), volatile=True)
        seen, expected = self.fresh("seen", word), self.fresh("expected", word)
        out += [n.Declare(seen, n.Load(place), stmt.span), n.Declare(expected, n.Const(word, 0), stmt.span)]
        old = _unpacked(_read(seen), type_, shift)
        new = _packed(updated(stmt.op, type_, old, held), _read(seen), type_, word, shift)
        label = self.fresh("again", word).name
        body: n.Block = (
            n.Assign(n.VarPlace(expected), _read(seen), stmt.span),
            n.Atomic("cas", n.Deref(_read(at)), (_read(expected), new), seen, stmt.scope, stmt.span),
            n.If(n.Binary("eq", _read(seen), _read(expected), BOOL), (n.Break(label),), (), stmt.span),
        )
        out.append(n.Loop(label, None, body, (), 0, stmt.span))
        if stmt.result is not None:
            out.append(n.Assign(n.VarPlace(stmt.result), old, stmt.span))
        return tuple(out)

    def held(self, value: n.Expr, out: list[n.Stmt], stmt: n.Stmt) -> n.Expr:
        """An operand that is computed once."""
        if isinstance(value, n.Const):
            return value
        var = self.fresh("operand", value.type)
        out.append(n.Declare(var, value, stmt.span))
        return _read(var)

    def word_address(
        self, stmt: n.Atomic, type_: Scalar, word: Scalar, out: list[n.Stmt]
    ) -> tuple[n.Var, n.Expr | None]:
        """(a pointer to the word that holds the place, by how many bits a smaller place is shifted in it)."""
        pointer_type = Pointer(word, _space(stmt.place))
        at = self.fresh("word", pointer_type)
        address: n.Expr = n.AddressOf(stmt.place, Pointer(type_, pointer_type.space))
        if type_.bits >= 32:
            out.append(n.Declare(at, n.Cast(pointer_type, address), stmt.span))
            return at, None
        number, shift = self.fresh("address", U64), self.fresh("shift", U32)
        aligned = n.Binary("and", _read(number), n.Const(U64, 2**64 - 4), U64)
        bits = n.Binary("mul", n.Cast(U32, n.Binary("and", _read(number), n.Const(U64, 3), U64)), n.Const(U32, 8), U32)
        out += [
            n.Declare(number, n.Cast(U64, address), stmt.span),
            n.Declare(at, n.Cast(pointer_type, aligned), stmt.span),
            n.Declare(shift, bits, stmt.span),
        ]
        return at, _read(shift)


def _unpacked(word: n.Expr, type_: Scalar, shift: n.Expr | None) -> n.Expr:
    if shift is None:
        return word if word.type == type_ else n.Bitcast(type_, word)
    half = n.Cast(U16, n.Binary("shr", word, shift, U32))
    return half if type_ == U16 else n.Bitcast(type_, half)


def _packed(value: n.Expr, before: n.Expr, type_: Scalar, word: Scalar, shift: n.Expr | None) -> n.Expr:
    if shift is None:
        return value if type_ == word else n.Bitcast(word, value)
    half = value if type_ == U16 else n.Bitcast(U16, value)
    mask = n.Unary("bitnot", n.Binary("shl", n.Const(U32, 0xFFFF), shift, U32))
    return n.Binary("or", n.Binary("and", before, mask, U32), n.Binary("shl", n.Cast(U32, half), shift, U32), U32)


def updated(op: n.AtomicOp, type_: Scalar, old: n.Expr, args: tuple[n.Expr, ...]) -> n.Expr:
    """The new value of a place."""
    value = args[0]
    match op:
        case "add" | "sub" | "and" | "or" | "xor":
            return n.Binary(op, old, value, type_, contract=False)
        case "exch":
            return value
        case "min":
            return n.Select(n.Binary("lt", value, old, BOOL), value, old)
        case "max":
            return n.Select(n.Binary("gt", value, old, BOOL), value, old)
        case "inc":
            one = n.Binary("add", old, n.Const(type_, 1), type_)
            return n.Select(n.Binary("ge", old, value, BOOL), n.Const(type_, 0), one)
        case "dec":
            outside = n.Binary(
                "or", n.Binary("eq", old, n.Const(type_, 0), BOOL), n.Binary("gt", old, value, BOOL), BOOL
            )
            return n.Select(outside, value, n.Binary("sub", old, n.Const(type_, 1), type_))
        case "cas":
            return n.Select(_same_bits(old, value, type_), args[1], old)


def _same_bits(a: n.Expr, b: n.Expr, type_: Scalar) -> n.Expr:
    if type_.is_float:
        bits = {16: U16, 32: U32, 64: U64}[type_.bits]
        a, b = n.Bitcast(bits, a), n.Bitcast(bits, b)
    return n.Binary("eq", a, b, BOOL)
