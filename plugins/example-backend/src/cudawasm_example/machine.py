"""Memory, and the functions that generated code calls: KIR's arithmetic on Python and NumPy numbers.

Integers are Python's, wrapped after each operation; floats are NumPy scalars; pointers are indices into the memory; any
aggregate is ``bytes``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cudawasm.ir.builtins import BUILTINS
from cudawasm.ir.types import SCALARS, Scalar

CODES = {"bool": "?", "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
         "f32": "f", "f64": "d"}  # fmt: skip
DTYPES = {"bool": np.bool_, "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16, "i32": np.int32,
          "u32": np.uint32, "i64": np.int64, "u64": np.uint64, "f32": np.float32, "f64": np.float64}  # fmt: skip
_FIRST = 256
_SPACE_AHEAD = 1 << 16
"""Bytes after the last allocation, for a kernel's parameters and variables."""


class Trapped(Exception):
    """A thread came to a trap."""


class Machine:
    """Bytes that grow. Index 0 is the null pointer."""

    def __init__(self) -> None:
        self.bytes = bytearray(_FIRST)
        self.end = _FIRST

    def allocate(self, nbytes: int) -> int:
        start = self.end
        self.end += (nbytes + 256) // 256 * 256
        self.scratch(_SPACE_AHEAD)
        return start

    def scratch(self, nbytes: int) -> int:
        """Where so many bytes are that no allocation holds."""
        missing = self.end + nbytes - len(self.bytes)
        if missing > 0:
            self.bytes += bytes(missing)
        return self.end

    def load(self, code: str, address: int) -> Any:
        (value,) = struct.unpack_from(code, self.bytes, address)
        return np.float32(value) if code == "f" else np.float64(value) if code == "d" else value

    def store(self, code: str, address: int, value: Any) -> None:
        struct.pack_into(code, self.bytes, address, value)

    def load_bytes(self, address: int, size: int) -> bytes:
        return bytes(self.bytes[address : address + size])

    def store_bytes(self, address: int, value: bytes) -> None:
        self.bytes[address : address + len(value)] = value

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """What generated code calls, by name."""
        own = (self.load, self.store, self.load_bytes, self.store_bytes)
        return {function.__name__: function for function in (*own, *FUNCTIONS)}


def wrap(kir: str, value: int) -> int:
    """An integer modulo the range of its type."""
    type_ = SCALARS[kir]
    value = int(value) & ((1 << type_.bits) - 1)
    return value - (1 << type_.bits) if type_.is_signed and value >> (type_.bits - 1) else value


def divide(kir: str, a: int, b: int) -> int:
    """Towards zero; by zero it is anything."""
    return wrap(kir, -(-a // b) if (a < 0) != (b < 0) else a // b) if b else 0


def remainder(kir: str, a: int, b: int) -> int:
    return wrap(kir, a - divide(kir, a, b) * b) if b else 0


def shift(kir: str, op: str, value: int, count: int) -> int:
    """Shifts by the width or more leave zeros, or the sign."""
    bits = SCALARS[kir].bits
    if not 0 <= count < bits:
        return -1 if op == "shr" and value < 0 else 0
    return wrap(kir, value << count) if op == "shl" else value >> count


def divide_floats(kir: str, a: Any, b: Any) -> Any:
    return np.divide(a, b, dtype=DTYPES[kir])


def modulo(kir: str, a: Any, b: Any) -> Any:
    return np.fmod(a, b, dtype=DTYPES[kir])


def convert(to: str, of: str, value: Any) -> Any:
    """A number as another type: floats saturate where they become integers, and NaN becomes 0."""
    target, source = SCALARS[to], SCALARS[of]
    if to == "bool":
        return bool(value != 0)
    if target.is_float:
        return DTYPES[to](DTYPES[of](value))
    if not source.is_float:
        return wrap(to, value)
    if math.isnan(value):
        return 0
    low, high = _range(target)
    return max(low, min(high, int(value))) if math.isfinite(value) else high if value > 0 else low


def _range(type_: Scalar) -> tuple[int, int]:
    if type_.is_signed:
        return -(1 << (type_.bits - 1)), (1 << (type_.bits - 1)) - 1
    return 0, (1 << type_.bits) - 1


def pack(code: str, value: Any) -> bytes:
    return struct.pack(code, value)


def unpack(code: str, data: bytes, offset: int) -> Any:
    (value,) = struct.unpack_from(code, data, offset)
    return np.float32(value) if code == "f" else np.float64(value) if code == "d" else value


def joined(size: int, *parts: tuple[int, bytes]) -> bytes:
    """An aggregate from its parts and their offsets."""
    whole = bytearray(size)
    for offset, part in parts:
        whole[offset : offset + len(part)] = part
    return bytes(whole)


def builtin(name: str, result: str, *args: tuple[str, Any]) -> Any:
    """A function of the builtins table by its meaning in NumPy; ``args`` come with their types."""
    meaning = BUILTINS[name].meaning
    assert meaning is not None
    found = np.asarray(meaning(*(np.array([value], DTYPES[kir]) for kir, value in args)))[0]
    return DTYPES[result](found) if SCALARS[result].is_float else bool(found) if result == "bool" else int(found)


def updated(op: str, kir: str, old: Any, operand: Any, value: Any) -> Any:
    """What an atomic operation leaves in memory."""
    match op:
        case "exch":
            return operand
        case "cas":
            return value if old == operand else old
        case "min" | "max":
            return min(old, operand) if op == "min" else max(old, operand)
        case "inc":
            return 0 if old >= operand else old + 1
        case "dec":
            return operand if old == 0 or old > operand else old - 1
        case "and" | "or" | "xor":
            return {"and": old & operand, "or": old | operand, "xor": old ^ operand}[op]
        case _:
            found = old + operand if op == "add" else old - operand
            return found if SCALARS[kir].is_float else wrap(kir, found)


def trap(message: str) -> None:
    raise Trapped(message or "trap")


FUNCTIONS: tuple[Any, ...] = (
    wrap, divide, remainder, shift, divide_floats, modulo, convert, pack, unpack, joined, builtin, updated, trap,
)  # fmt: skip
