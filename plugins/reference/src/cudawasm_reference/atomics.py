"""Read-modify-write operations: one thread after the other, in the order of their rows."""

from __future__ import annotations

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar, Type, Vector, align_of, size_of
from cudawasm_reference.memory import Memory
from cudawasm_reference.operators import binary
from cudawasm_reference.values import Array, from_bytes, to_bytes, zeros


def perform(
    memory: Memory, op: n.AtomicOp, type_: Type, addresses: Array, args: tuple[Array, ...], mask: Array
) -> Array:
    """Update the places at ``addresses``; returns the old values. Raises Fault."""
    memory.atomic = True
    old = zeros(type_, len(mask))
    alone = np.zeros(len(mask), bool)
    for row in np.flatnonzero(mask):
        alone[row] = True
        before = from_bytes(type_, memory.read(addresses, size_of(type_), align_of(type_), alone))[row : row + 1]
        after = updated(op, type_, before, tuple(a[row : row + 1] for a in args))
        old[row] = before[0]
        values = np.zeros((len(mask), size_of(type_)), np.uint8)
        values[row] = to_bytes(type_, after)[0]
        memory.write(addresses, values, align_of(type_), alone)
        alone[row] = False
    memory.atomic = False
    return old


def updated(op: n.AtomicOp, type_: Type, old: Array, args: tuple[Array, ...]) -> Array:
    """The new value of a place."""
    if isinstance(type_, Vector):
        return _by_component(op, type_, old, args)
    assert isinstance(type_, Scalar)
    value = args[0]
    match op:
        case "add" | "sub" | "and" | "or" | "xor":
            return binary(op, type_, old, value)
        case "exch":
            return value
        case "min":
            return np.where(binary("lt", type_, value, old), value, old)
        case "max":
            return np.where(binary("gt", type_, value, old), value, old)
        case "inc":
            return np.where(old >= value, np.zeros_like(old), old + np.ones_like(old))
        case "dec":
            return np.where((old == 0) | (old > value), value, old - np.ones_like(old))
        case "cas":
            same = to_bytes(type_, old).tobytes() == to_bytes(type_, value).tobytes()
            return args[1] if same else old


def _by_component(op: n.AtomicOp, type_: Vector, old: Array, args: tuple[Array, ...]) -> Array:
    size = size_of(type_.element)
    parts = []
    for at in range(0, size_of(type_), size):
        before, *values = (from_bytes(type_.element, np.ascontiguousarray(a[:, at : at + size])) for a in (old, *args))
        parts.append(to_bytes(type_.element, updated(op, type_.element, before, tuple(values))))
    return np.concatenate(parts, axis=1)
