"""Values of KIR types as NumPy arrays with one row for each thread, and conversions between them.

A scalar or pointer is an array of its dtype; an aggregate is an array of bytes with a second axis. bfloat16 is
kept as its bits, since NumPy has no such type.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cudawasm.ir.types import BF16, BOOL, Pointer, Scalar, Type, size_of

Array = npt.NDArray[Any]

_NAMES = {"bool": "?", "bf16": "u2"}


def dtype_of(type_: Type) -> np.dtype[Any]:
    """The dtype of a scalar's or pointer's rows."""
    if isinstance(type_, Pointer):
        return np.dtype(np.uint64)
    assert isinstance(type_, Scalar)
    return np.dtype(_NAMES.get(type_.name) or f"{type_.kind[0]}{type_.bits // 8}")


def is_aggregate(type_: Type) -> bool:
    return not isinstance(type_, Scalar | Pointer)


def zeros(type_: Type, threads: int) -> Array:
    if is_aggregate(type_):
        return np.zeros((threads, size_of(type_)), np.uint8)
    return np.zeros(threads, dtype_of(type_))


def to_bytes(type_: Type, value: Array) -> Array:
    """Rows of bytes as memory holds them."""
    if is_aggregate(type_):
        return value
    return np.ascontiguousarray(value).view(np.uint8).reshape(len(value), -1)


def from_bytes(type_: Type, rows: Array) -> Array:
    if is_aggregate(type_):
        return rows
    if type_ == BOOL:
        return np.not_equal(rows[:, 0], 0)
    return np.ascontiguousarray(rows).view(dtype_of(type_)).reshape(len(rows))


def widen(type_: Scalar, value: Array) -> Array:
    """A float as a dtype that NumPy computes with."""
    return (value.astype(np.uint32) << np.uint32(16)).view(np.float32) if type_ == BF16 else value


def narrow(type_: Scalar, value: Array) -> Array:
    """A float of any dtype rounded to a float type, to nearest even."""
    if type_ != BF16:
        return value.astype(dtype_of(type_))
    bits = _round_to_odd(value).view(np.uint32)
    odd = (bits >> np.uint32(16)) & np.uint32(1)
    rounded = ((bits + np.uint32(0x7FFF) + odd) >> np.uint32(16)).astype(np.uint16)
    quiet = ((bits >> np.uint32(16)) | np.uint32(0x40)).astype(np.uint16)
    return np.where(np.isnan(value), quiet, rounded)


def _round_to_odd(value: Array) -> Array:
    """To float32 in the way that keeps another rounding exact: what is inexact becomes odd."""
    if value.dtype == np.float32:
        return value
    near = value.astype(np.float32)
    back = near.astype(value.dtype)
    bits = near.view(np.uint32)
    cut = np.where(np.abs(back) > np.abs(value), bits - np.uint32(1), bits)
    inexact = (back != value) & ~np.isnan(value) & np.isfinite(near)
    return np.where(inexact, cut | np.uint32(1), bits).view(np.float32)


def convert(source: Type, target: Type, value: Array) -> Array:
    """KIR's ``Cast``."""
    if isinstance(source, Pointer) or isinstance(target, Pointer):
        return np.not_equal(value, 0) if target == BOOL else value.astype(dtype_of(target))
    assert isinstance(source, Scalar) and isinstance(target, Scalar)
    wide = widen(source, value)
    if target == BOOL:
        return np.not_equal(wide, 0)
    if target.is_float:
        exact = wide.astype(np.longdouble) if target == BF16 and not source.is_float else wide
        return narrow(target, exact)
    return _float_to_integer(target, wide) if source.is_float else wide.astype(dtype_of(target))


def _float_to_integer(target: Scalar, value: Array) -> Array:
    """Towards zero; NaN is 0, what is too large is the largest."""
    limits = np.iinfo(dtype_of(target))
    wide = np.trunc(value.astype(np.float64))
    above, below = wide >= float(limits.max), wide <= float(limits.min)
    inside = np.where(above | below | np.isnan(wide), 0, wide).astype(dtype_of(target))
    return np.where(above, limits.max, np.where(below, limits.min, inside)).astype(dtype_of(target))
