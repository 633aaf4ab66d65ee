"""Expressions: pure functions of registers and memory, for all rows at once."""

from __future__ import annotations

from typing import assert_never

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array as ArrayType
from cudawasm.ir.types import Pointer, Scalar, Space, Type, align_of, member_offset, size_of
from cudawasm_reference import operators
from cudawasm_reference.frames import Frame
from cudawasm_reference.grid import Threads
from cudawasm_reference.memory import Memory
from cudawasm_reference.values import Array, convert, dtype_of, from_bytes, is_aggregate, narrow, to_bytes, zeros


class Evaluator:
    """``globals``: addresses of module variables; ``shared``: offsets of shared ones in their block's memory."""

    def __init__(self, threads: Threads, memory: Memory, globals_: dict[str, int], shared: dict[n.Var, int]):
        self.threads = threads
        self.memory = memory
        self.globals = globals_
        self.shared = shared
        self.frame: Frame

    def value(self, expr: n.Expr, mask: Array) -> Array:
        """The rows of ``mask`` hold the value; others may hold anything."""
        match expr:
            case n.Const():
                return self.constant(expr)
            case n.Load():
                return self.load(expr.place, mask)
            case n.AddressOf():
                return self.address(expr.place, mask)
            case n.Unary():
                return operators.unary(expr.op, expr.type, self.value(expr.operand, mask))
            case n.Binary():
                left, right = self.value(expr.left, mask), self.value(expr.right, mask)
                return operators.binary(expr.op, expr.left.type, left, right)
            case n.Cast():
                return convert(expr.operand.type, expr.type, self.value(expr.operand, mask))
            case n.Bitcast():
                rows = to_bytes(expr.operand.type, self.value(expr.operand, mask))
                return from_bytes(expr.type, rows)
            case n.Select():
                return self.select(expr, mask)
            case n.Builtin():
                args = tuple(self.value(a, mask) for a in expr.args)
                return operators.builtin(expr.name, tuple(a.type for a in expr.args), expr.type, args)
            case n.Offset():
                return self.value(expr.ptr, mask) + self.scaled(expr.index, _pointee(expr.ptr), mask)
            case n.Distance():
                return self.distance(expr, mask)
            case n.Special():
                return self.threads.special(expr.name)
            case n.Construct():
                return self.construct(expr, mask)
            case n.Extract():
                start, type_ = member_offset(expr.operand.type, expr.index), expr.type
                return from_bytes(type_, self.value(expr.operand, mask)[:, start : start + size_of(type_)])
            case n.Zero():
                return zeros(expr.type, self.threads.count)
            case _:
                assert_never(expr)

    def constant(self, expr: n.Const) -> Array:
        type_ = expr.type
        if isinstance(type_, Scalar) and type_.is_float:
            return narrow(type_, np.full(self.threads.count, expr.value, np.float64))
        return np.full(self.threads.count, expr.value, dtype_of(type_))

    def select(self, expr: n.Select, mask: Array) -> Array:
        condition = self.value(expr.condition, mask)
        yes, no = self.value(expr.if_true, mask & condition), self.value(expr.if_false, mask & ~condition)
        return np.where(condition[:, None] if is_aggregate(expr.type) else condition, yes, no)

    def scaled(self, index: n.Expr, element: Type, mask: Array) -> Array:
        """An index in bytes, as it is added to an address."""
        wide = self.value(index, mask).astype(np.int64) * size_of(element)
        return wide.astype(np.uint64)

    def distance(self, expr: n.Distance, mask: Array) -> Array:
        apart = (self.value(expr.left, mask) - self.value(expr.right, mask)).astype(np.int64)
        return apart // size_of(_pointee(expr.left))

    def construct(self, expr: n.Construct, mask: Array) -> Array:
        out, type_ = zeros(expr.type, self.threads.count), expr.type
        for i, part in enumerate(expr.parts):
            start = i * size_of(type_.element) if isinstance(type_, ArrayType) else member_offset(type_, i)
            out[:, start : start + size_of(part.type)] = to_bytes(part.type, self.value(part, mask))
        return out

    # --- places ---

    def register(self, place: n.Place) -> n.Var | None:
        """The variable that a place is, when it has no address."""
        if isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL and place.var not in self.frame.offsets:
            return place.var
        return None

    def address(self, place: n.Place, mask: Array) -> Array:
        match place:
            case n.VarPlace():
                return self.variable_address(place.var)
            case n.Deref():
                return self.value(place.ptr, mask)
            case n.Member():
                return self.address(place.base, mask) + np.uint64(member_offset(place.base.type, place.index))
            case n.Index():
                return self.address(place.base, mask) + self.scaled(place.index, place.type, mask)
            case _:
                assert_never(place)

    def variable_address(self, var: n.Var) -> Array:
        threads, memory = self.threads, self.memory
        match var.space:
            case Space.LOCAL:
                return memory.local.address(threads.owner, self.frame.offsets[var])
            case Space.SHARED:
                return memory.shared.address(threads.slot, self.shared[var])
            case _:
                return np.full(threads.count, self.globals[var.name], np.uint64)

    def load(self, place: n.Place, mask: Array) -> Array:
        var = self.register(place)
        if var is not None:
            if var not in self.frame.registers:
                self.frame.registers[var] = zeros(var.type, self.threads.count)
            return self.frame.registers[var]
        type_ = place.type
        return from_bytes(type_, self.memory.read(self.address(place, mask), size_of(type_), align_of(type_), mask))

    def store(self, place: n.Place, value: Array, mask: Array) -> None:
        var = self.register(place)
        if var is None:
            type_ = place.type
            self.memory.write(self.address(place, mask), to_bytes(type_, value), align_of(type_), mask)
        elif var in self.frame.registers:
            self.frame.registers[var] = np.where(mask, value, self.frame.registers[var])
        else:
            self.frame.registers[var] = value.copy()


def _pointee(pointer: n.Expr) -> Type:
    assert isinstance(pointer.type, Pointer)
    return pointer.type.pointee
