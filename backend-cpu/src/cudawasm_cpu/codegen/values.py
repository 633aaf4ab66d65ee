"""Values during emission: an LLVM operand, its KIR type and its shape."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir.types import Type
from cudawasm_cpu.codegen import lltypes, shapes
from cudawasm_cpu.codegen.code import Code
from cudawasm_cpu.codegen.shapes import Shape


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar or pointer. ``ref`` is the scalar (uniform), the base (linear) or the vector (varying).

    ``space`` is "shared", "global", "local" or "params" when a pointer is known to point there.
    """

    type: Type
    shape: Shape
    ref: str
    space: str = ""

    @property
    def is_uniform(self) -> bool:
        return self.shape.level <= shapes.GANG

    @property
    def is_linear(self) -> bool:
        return self.shape.level == shapes.LINEAR


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A struct, vector or array as its leaves."""

    type: Type
    parts: tuple[Value, ...]


def constant(type_: Type, value: int | float | bool) -> Value:
    is_int = not lltypes.is_float(type_) and not isinstance(value, bool)
    shape = shapes.constant(int(value)) if is_int else shapes.PER_BLOCK
    return Value(type_, shape, lltypes.literal(type_, value))  # type: ignore[arg-type]


def vector_of(code: Code, value: Value) -> str:
    """The value of each lane, as a vector operand."""
    type_ = lltypes.register(value.type)
    if value.shape.level == shapes.VARYING:
        return value.ref
    if value.is_uniform:
        return code.splat(type_, value.ref)
    key = ("linear", type_, value.ref, str(value.shape.offsets))
    if key not in code.memo:
        offsets = value.shape.offsets
        if type_ == "ptr":
            steps = code.constant_vector("i64", offsets)
            text = f"getelementptr i8, ptr {value.ref}, {code.vector('i64')} {steps}"
        elif value.ref[0] != "%":
            base = int(value.ref)
            return code.constant_vector(type_, [base + o for o in offsets])
        else:
            steps = code.constant_vector(type_, offsets)
            text = f"add {code.vector(type_)} {code.splat(type_, value.ref)}, {steps}"
        code.memo[key] = code.op(text)
    return code.memo[key]
