"""Warp operations on rows: a warp is 32 rows in a row."""

from __future__ import annotations

import numpy as np

from cudawasm.ir import nodes as n
from cudawasm_reference.grid import WARP
from cudawasm_reference.values import Array

_LANES = np.arange(WARP)


def _warps(rows: Array) -> Array:
    return rows.reshape(-1, WARP)


def _bits(lanes: Array) -> Array:
    """Booleans with lanes in the last axis, as 32-bit masks."""
    weights = np.uint64(1) << _LANES.astype(np.uint64)
    total: Array = np.where(lanes, weights, np.uint64(0)).sum(axis=-1, dtype=np.uint64)
    return total.astype(np.uint32)


def active(mask: Array) -> Array:
    """For each row the mask of its warp's active lanes."""
    return np.repeat(_bits(_warps(mask)), WARP)


def named(members: Array) -> Array:
    """[warp, lane, other]: whether a lane's member mask names another lane."""
    found: Array = (_warps(members)[:, :, None] >> _LANES.astype(np.uint32)) & np.uint32(1) != 0
    return found


def shuffle(op: n.WarpOp, value: Array, operand: Array, width: Array) -> Array:
    """The value of the lane that PTX's shfl names; a lane's own where that lies outside its segment."""
    distance = _warps(operand).astype(np.int64) & (WARP - 1)
    size = _warps(width).astype(np.int64)
    first = _LANES & -size
    last = first | (size - 1)
    source = {
        "shfl_idx": first | (distance & (size - 1)),
        "shfl_up": np.where(_LANES - distance >= first, _LANES - distance, _LANES),
        "shfl_down": np.where(_LANES + distance <= last, _LANES + distance, _LANES),
        "shfl_xor": np.where((_LANES ^ distance) <= last, _LANES ^ distance, _LANES),
    }[op]
    return np.take_along_axis(_warps(value), source, axis=1).reshape(-1)


def vote(op: n.WarpOp, predicate: Array, members: Array, mask: Array) -> Array:
    """``ballot``, ``any`` and ``all`` of the active lanes that each row's members name."""
    yes = active(mask & predicate) & members
    if op == "ballot":
        return yes
    counter = yes if op == "any" else active(mask & ~predicate) & members
    agreed: Array = (counter != 0) == (op == "any")
    return agreed


def match(op: n.WarpOp, value: Array, members: Array, mask: Array) -> Array:
    """The lanes with a row's value; for ``match_all`` its members when all that are active agree, else 0."""
    lanes = _warps(value)
    bits = lanes.view(f"u{value.dtype.itemsize}")
    same = (bits[:, :, None] == bits[:, None, :]) & _warps(mask)[:, None, :]
    matched = _bits(same).reshape(-1) & members
    if op == "match_any":
        return matched
    return np.where(matched == active(mask) & members, members, np.uint32(0))


def reduce(op: n.WarpOp, value: Array, members: Array, mask: Array) -> Array:
    """The reduction over the active lanes that each row's members name."""
    functions = {"reduce_add": np.add, "reduce_min": np.minimum, "reduce_max": np.maximum,
                 "reduce_and": np.bitwise_and, "reduce_or": np.bitwise_or, "reduce_xor": np.bitwise_xor}  # fmt: skip
    lanes, chosen = _warps(value), named(members) & _warps(mask)[:, None, :]
    result = np.zeros_like(lanes)
    for warp, lane in np.argwhere(chosen.any(axis=2)):
        result[warp, lane] = functions[op].reduce(lanes[warp][chosen[warp, lane]], dtype=lanes.dtype)
    return result.reshape(-1)
