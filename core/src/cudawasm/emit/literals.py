"""Literals of C-like targets."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

import numpy as np

from cudawasm.ir.types import Scalar


def integer(value: int, type_: Scalar, suffixes: Mapping[str, str]) -> str:
    """The most negative number has no literal of its own in C."""
    suffix = suffixes.get(type_.name, "")
    if type_.is_signed and type_.bits >= 32 and value == -(1 << (type_.bits - 1)):
        return f"(-{(1 << (type_.bits - 1)) - 1}{suffix} - 1)"
    return f"{value}{suffix}"


def decimal(value: float, type_: Scalar) -> str:
    """The shortest decimal that reads back as the same f32 or f64; neither infinite nor NaN."""
    text = str(np.float32(value)) if type_.bits == 32 else repr(float(value))
    if not any(c in text for c in ".en"):
        text += ".0"
    return text + ("f" if type_.bits == 32 else "")


def float_bits(value: float, type_: Scalar) -> int:
    """The bits of a float of any width."""
    if type_.name == "bf16":
        return _nearest_bits(value)
    format_ = {16: "e", 32: "f", 64: "d"}[type_.bits]
    if math.isnan(value):
        return {"e": 0x7FFF, "f": 0x7FFFFFFF, "d": 0x7FF8 << 48}[format_]
    with np.errstate(over="ignore"):
        rounded = np.array(value, {"e": np.float16, "f": np.float32, "d": np.float64}[format_])
    unsigned = {"e": "<H", "f": "<I", "d": "<Q"}[format_]
    return int(struct.unpack(unsigned, rounded.tobytes())[0])


def _nearest_bits(value: float) -> int:
    if math.isnan(value):
        return 0x7FFF
    with np.errstate(over="ignore"):
        bits = int(np.float32(value).view(np.uint32))
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16 & 0xFFFF
