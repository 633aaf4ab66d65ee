"""The lattice of value shapes: the same in all lanes, in steps from lane to lane, or anything.

Analysis and emission compute shapes by the functions here, so that what analysis promised about a
variable is what emission finds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.ir.types import Pointer, Scalar, Type

BLOCK, GANG, LINEAR, VARYING = range(4)
_LARGEST_OFFSET = 1 << 28
_BIG = 1 << 40


@dataclass(frozen=True, slots=True)
class Shape:
    """``level``: BLOCK (one value per block), GANG (per gang), LINEAR (base plus ``offsets``) or VARYING.

    ``multiple``: a power of two that divides the uniform value or linear base. ``no_wrap``: lane values are in
    steps also when seen as wider integers. ``non_negative``: the top bit is clear in all lanes.
    ``const``: the value, when it is a known integer.
    """

    level: int
    offsets: tuple[int, ...] = ()
    multiple: int = 1
    no_wrap: bool = False
    non_negative: bool = False
    const: int | None = None

    @property
    def is_uniform(self) -> bool:
        return self.level <= GANG

    @property
    def stays_in_step(self) -> bool:
        """No lane can be on the other side of a power of two from the base."""
        return min(self.offsets) >= 0 and max(self.offsets) < self.multiple


ANY = Shape(VARYING)
PER_BLOCK = Shape(BLOCK)
PER_GANG = Shape(GANG)


def constant(value: int) -> Shape:
    small = 0 <= value < 1 << 31
    return Shape(BLOCK, (), _low_bit(value), small, small, value)


def uniform(level: int) -> Shape:
    return PER_BLOCK if level == BLOCK else PER_GANG


def _low_bit(value: int) -> int:
    return value & -value if value else _BIG


def join(a: Shape, b: Shape) -> Shape:
    """The shape of a value that is one or the other."""
    if a == b:
        return a
    if VARYING in (a.level, b.level):
        return ANY
    if LINEAR in (a.level, b.level):
        if a.offsets != b.offsets:
            return ANY
    return Shape(
        max(a.level, b.level),
        a.offsets,
        min(a.multiple, b.multiple),
        a.no_wrap and b.no_wrap,
        a.non_negative and b.non_negative,
        a.const if a.const == b.const else None,
    )


def under_control(shape: Shape, level: int) -> Shape:
    """The shape of a variable assigned where only some gangs (GANG) or lanes (2 and above) get to."""
    if level > GANG:
        return ANY
    return replace(shape, level=GANG, const=None) if shape.level < level else shape


def linear(level_shape: Shape, offsets: tuple[int, ...]) -> Shape:
    """``level_shape`` with new offsets; uniform when they are all equal, varying when they are too large."""
    if all(o == offsets[0] for o in offsets):
        return Shape(GANG, (), 1, level_shape.no_wrap, level_shape.non_negative and offsets[0] >= 0)
    if max(offsets) > _LARGEST_OFFSET or min(offsets) < -_LARGEST_OFFSET:
        return ANY
    return replace(level_shape, level=LINEAR, offsets=offsets, const=None)


def is_wide(type_: Type) -> bool:
    """Integer types whose values can be linear."""
    return isinstance(type_, Pointer) or (isinstance(type_, Scalar) and type_.is_integer and type_.bits >= 32)


def of_binary(op: str, type_: Type, a: Shape, b: Shape, folded: int | None = None) -> Shape:
    """Shape of ``a op b`` on operands of ``type_``; ``folded`` is the value when both are constants."""
    if folded is not None:
        return constant(folded)
    if a.is_uniform and b.is_uniform:
        return _uniform_binary(op, type_, a, b)
    if ANY in (a, b) or not is_wide(type_):
        return ANY
    assert isinstance(type_, Scalar)
    match op:
        case "add" | "sub":
            return _sum(op, type_, a, b)
        case "mul" if b.const is not None:
            return _scaled(type_, a, b.const)
        case "mul" if a.const is not None:
            return _scaled(type_, b, a.const)
        case "shl" if b.const is not None and 0 <= b.const < 24:
            return _scaled(type_, a, 1 << b.const)
        case "and" | "rem" | "shr" | "div" if b.const is not None and a.level == LINEAR:
            return _bit_field(op, type_, a, b.const)
        case _:
            return ANY


def _uniform_binary(op: str, type_: Type, a: Shape, b: Shape) -> Shape:
    level = max(a.level, b.level)
    positive = a.non_negative and b.non_negative
    match op:
        case "add" | "sub":
            return Shape(level, (), min(a.multiple, b.multiple), a.no_wrap and b.no_wrap and op == "add",
                         positive and a.no_wrap and b.no_wrap and op == "add")  # fmt: skip
        case "mul":
            small = all(s.const is None or 0 <= s.const <= 4096 for s in (a, b))
            exact = a.no_wrap and b.no_wrap and small
            return Shape(level, (), min(_BIG, a.multiple * b.multiple), exact, positive and exact)
        case "shl" if b.const is not None and 0 <= b.const < 32:
            return Shape(level, (), min(_BIG, a.multiple << b.const), a.no_wrap and b.const <= 12,
                         positive and a.no_wrap and b.const <= 12)  # fmt: skip
        case "div" | "rem" | "shr" | "and":
            return Shape(level, (), 1, a.no_wrap and b.no_wrap and positive, positive)
        case _:
            return uniform(level)


def _sum(op: str, type_: Scalar, a: Shape, b: Shape) -> Shape:
    width = len(a.offsets or b.offsets)
    left, right = a.offsets or (0,) * width, b.offsets or (0,) * width
    sign = 1 if op == "add" else -1
    offsets = tuple(x + sign * y for x, y in zip(left, right, strict=True))
    exact = a.no_wrap and b.no_wrap
    if type_.is_signed:
        exact = all(s.no_wrap for s in (a, b) if s.level == LINEAR)
    result = Shape(LINEAR, offsets, min(a.multiple, b.multiple), (exact and op == "add") or (type_.is_signed and exact),
                   op == "add" and exact and a.non_negative and b.non_negative)  # fmt: skip
    if type_.bits == 64 or (result.stays_in_step and op == "add"):
        result = replace(result, no_wrap=True)
    return linear(result, offsets)


def _scaled(type_: Scalar, a: Shape, factor: int) -> Shape:
    if type_.is_integer and factor >= 1 << (type_.bits - 1):
        factor -= 1 << type_.bits
    offsets = tuple(o * factor for o in a.offsets)
    exact = type_.bits == 64 or (a.no_wrap and (type_.is_signed or 0 <= factor <= 4096))
    shape = Shape(
        LINEAR,
        offsets,
        min(_BIG, a.multiple * _low_bit(factor)),
        exact,
        a.non_negative and exact and factor >= 0,
    )
    return linear(shape, offsets)


def _bit_field(op: str, type_: Scalar, a: Shape, operand: int) -> Shape:
    """``tid & 31``, ``tid % 32``, ``tid >> 5`` and ``tid / 32`` when the base is known to be aligned."""
    bits = operand if op == "shr" else (operand + 1 if op == "and" else operand).bit_length() - 1
    if not 0 <= bits < 31:
        return ANY
    size = 1 << bits
    if (op == "and" and operand != size - 1) or (op in ("div", "rem") and operand != size):
        return ANY
    if a.multiple % size or (op in ("div", "rem") and type_.is_signed and not a.non_negative):
        return ANY
    if min(a.offsets) < 0 or not (a.no_wrap or a.stays_in_step):
        return ANY
    if op in ("and", "rem"):
        offsets = tuple(o % size for o in a.offsets)
        return linear(Shape(LINEAR, offsets, _BIG, True, True), offsets)
    offsets = tuple(o // size for o in a.offsets)
    return linear(
        Shape(
            LINEAR,
            offsets,
            max(1, a.multiple // size),
            True,
            a.non_negative or (not type_.is_signed and bits > 0),
        ),
        offsets,
    )


def base_of_bit_field(op: str, bits: int) -> str | None:
    """How the base of ``_bit_field``'s result is computed: None means zero."""
    return None if op in ("and", "rem") else "shr"


def of_cast(source: Type, target: Type, a: Shape, folded: int | None = None) -> Shape:
    """Shape of a conversion."""
    if folded is not None:
        return constant(folded)
    if isinstance(source, Pointer) or isinstance(target, Pointer):
        return replace(a, const=None) if a.level != VARYING else ANY
    assert isinstance(source, Scalar) and isinstance(target, Scalar)
    if a.is_uniform:
        if not (source.is_integer and target.is_integer):
            return uniform(a.level)
        keeps_top = target.bits == source.bits or (target.bits > source.bits and source.is_signed)
        top_clear = a.non_negative if keeps_top else target.bits > source.bits
        keeps = target.bits >= source.bits and (a.non_negative or target.is_signed == source.is_signed)
        return Shape(a.level, (), a.multiple if target.bits >= 32 else 1, a.no_wrap and keeps, top_clear)
    if a.level == VARYING or not (is_wide(source) and is_wide(target)):
        return ANY
    if target.bits > source.bits:
        if not (a.no_wrap or a.stays_in_step):
            return ANY
        return replace(a, no_wrap=True, non_negative=a.non_negative or not source.is_signed)
    if target.bits < source.bits:
        return replace(a, no_wrap=a.stays_in_step, non_negative=False)
    if target.is_signed != source.is_signed and not (a.non_negative or a.stays_in_step):
        return replace(a, no_wrap=False)
    return a


def of_index(a: Shape) -> Shape:
    """Shape of an integer used as an index: linear stays linear (see ``addresses.extend_index``)."""
    return a


def of_offset(ptr: Shape, index: Shape, size: int) -> Shape:
    """Shape of ``ptr + index`` for elements of ``size`` bytes."""
    if ptr.is_uniform and index.is_uniform:
        return uniform(max(ptr.level, index.level))
    if VARYING in (ptr.level, index.level):
        return ANY
    width = len(ptr.offsets or index.offsets)
    a, b = ptr.offsets or (0,) * width, index.offsets or (0,) * width
    offsets = tuple(x + size * y for x, y in zip(a, b, strict=True))
    return linear(Shape(LINEAR, offsets), offsets)


def of_comparison(type_: Type, a: Shape, b: Shape) -> Shape:
    """Shape of a comparison of operands of ``type_``; of pointers in equal steps, only the bases matter."""
    if isinstance(type_, Pointer) and a.level == b.level == LINEAR and a.offsets == b.offsets:
        return PER_GANG
    return of_pure((a, b))


def of_distance(a: Shape, b: Shape, size: int) -> Shape:
    """Shape of ``a - b`` for pointers to elements of ``size`` bytes."""
    if a.is_uniform and b.is_uniform:
        return uniform(max(a.level, b.level))
    if VARYING in (a.level, b.level):
        return ANY
    steps = distance_steps(a, b)
    if any(step % size for step in steps):
        return ANY
    offsets = tuple(step // size for step in steps)
    return linear(Shape(LINEAR, offsets, 1, True), offsets)


def distance_steps(a: Shape, b: Shape) -> tuple[int, ...]:
    """How far apart two pointers are in each lane, in bytes, beyond the distance of their bases."""
    width = len(a.offsets or b.offsets)
    return tuple(x - y for x, y in zip(a.offsets or (0,) * width, b.offsets or (0,) * width, strict=True))


def of_load(address: Shape, *, immutable: bool = False) -> Shape:
    """Shape of what is loaded from an address. Mutable memory may differ from gang to gang in time."""
    if address.is_uniform:
        return uniform(address.level) if immutable else PER_GANG
    return ANY


def of_select(condition: Shape, a: Shape, b: Shape) -> Shape:
    if not condition.is_uniform:
        return ANY
    joined = join(a, b)
    return replace(joined, level=max(joined.level, condition.level), const=None)


def of_pure(args: tuple[Shape, ...]) -> Shape:
    """Shape of a function of uniform or varying arguments."""
    if all(a.is_uniform for a in args):
        return uniform(max((a.level for a in args), default=BLOCK))
    return ANY
