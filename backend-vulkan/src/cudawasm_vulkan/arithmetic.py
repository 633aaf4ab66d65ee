"""Operators of KIR as instructions: what SPIR-V leaves undefined is made what CUDA has."""

from __future__ import annotations

from cudawasm.errors import InternalError
from cudawasm.ir.types import BOOL, F32, F64, Pointer, Scalar, Type
from cudawasm_vulkan.code import Code

_PLAIN = {"add": "IAdd", "sub": "ISub", "mul": "IMul", "and": "BitwiseAnd", "or": "BitwiseOr", "xor": "BitwiseXor"}
_FLOAT = {"add": "FAdd", "sub": "FSub", "mul": "FMul", "div": "FDiv"}
_LOGICAL = {"and": "LogicalAnd", "or": "LogicalOr", "xor": "LogicalNotEqual", "eq": "LogicalEqual",
            "ne": "LogicalNotEqual"}  # fmt: skip
_ORDER = {"lt": "LessThan", "le": "LessThanEqual", "gt": "GreaterThan", "ge": "GreaterThanEqual"}


class Arithmetic(Code):
    """Operations on values that have been computed."""

    def compare(self, op: str, type_: Type, left: int, right: int) -> int:
        boolean = self.boolean()
        if type_ == BOOL and op in _LOGICAL:
            return self.op(_LOGICAL[op], boolean, left, right)
        if isinstance(type_, Scalar) and type_.is_float:
            if op == "ne":
                return self.op("FUnordNotEqual", boolean, left, right)
            return self.op("FOrdEqual" if op == "eq" else f"FOrd{_ORDER[op]}", boolean, left, right)
        if op in ("eq", "ne"):
            return self.op("IEqual" if op == "eq" else "INotEqual", boolean, left, right)
        sign = "S" if isinstance(type_, Scalar) and type_.is_signed else "U"
        return self.op(sign + _ORDER[op], boolean, left, right)

    def select(self, type_: int, condition: int, if_true: int, if_false: int) -> int:
        return if_true if if_true == if_false else self.op("Select", type_, condition, if_true, if_false)

    def combine(self, op: str, type_: Scalar, left: int, right: int) -> int:
        """``left op right`` for everything but shifts, comparisons, and division of integers."""
        if type_ == BOOL:
            return self.op(_LOGICAL[op], self.boolean(), left, right)
        if not type_.is_float:
            return self.op(_PLAIN[op], self.type(type_), left, right)
        if op not in _FLOAT:
            raise InternalError(f"{op} of {type_}")
        if op == "div":
            return self.quotient(type_, left, right)
        return self.exactly(_FLOAT[op], self.type(type_), left, right)

    def quotient(self, type_: Scalar, left: int, right: int) -> int:
        """Where f32 is divided roughly, f64 is close enough: no quotient of f32 lies that near to the middle of two."""
        if type_ == F32 and not self.traits.exact_divide:
            double, single = self.type(F64), self.type(F32)
            sides = (self.op("FConvert", double, side) for side in (left, right))
            return self.op("FConvert", single, self.exactly("FDiv", double, *sides))
        return self.exactly("FDiv", self.type(type_), left, right)

    def root(self, type_: Scalar, value: int) -> int:
        if type_ == F32 and not self.traits.exact_sqrt:
            double = self.type(F64)
            wide = self.op("FConvert", double, value)
            return self.op("FConvert", self.type(F32), self.extended("Sqrt", double, wide))
        return self.extended("Sqrt", self.type(type_), value)

    def negate(self, type_: Scalar, value: int) -> int:
        if type_.is_float:
            return self.exactly("FNegate", self.type(type_), value)
        return self.op("SNegate", self.type(type_), value)

    # --- integers ---

    def resized(self, value: int, type_: Scalar | Pointer, bits: int) -> int:
        """An integer with another number of bits."""
        source = 64 if isinstance(type_, Pointer) else type_.bits
        if source == bits:
            return value
        signed = isinstance(type_, Scalar) and type_.is_signed and bits > source
        if signed and not self.traits.sound_extension:
            return self.extension(value, source, bits)
        return self.op("SConvert" if signed else "UConvert", self.integer(bits), value)

    def extension(self, value: int, source: int, bits: int) -> int:
        """A sign-extended integer, in a form that no optimiser knows."""
        word = self.integer(32)
        if source < 32:
            value = self.op("UConvert", word, value)
            sign = self.number(1 << (source - 1))
            value = self.op("ISub", word, self.op("BitwiseXor", word, value, sign), sign)
        if bits < 32:
            return self.op("UConvert", self.integer(bits), value)
        if bits == 32:
            return value
        pair = self.module.once("TypeVector", word, 2)
        high = self.op("ShiftRightArithmetic", word, value, self.number(31))
        return self.op("Bitcast", self.integer(64), self.op("CompositeConstruct", pair, value, high))

    def shift(self, op: str, type_: Scalar, value: int, count: int | None, amount: int, count_type: Scalar) -> int:
        """``count`` is known when it is a constant, and else ``amount``, of any integer type."""
        name = "ShiftLeftLogical" if op == "shl" else f"ShiftRight{'Arithmetic' if type_.is_signed else 'Logical'}"
        own, most = self.type(type_), type_.bits - 1
        if count is not None and 0 <= count <= most:
            return self.op(name, own, value, self.number(count))
        inside = self.op("ULessThan", self.boolean(), amount, self.number(type_.bits, count_type.bits))
        narrow = self.resized(amount, count_type, 32)
        if name == "ShiftRightArithmetic":
            narrow = self.select(self.integer(32), inside, narrow, self.number(most))
            return self.op(name, own, value, narrow)
        narrow = self.op("BitwiseAnd", self.integer(32), narrow, self.number(most))
        return self.select(own, inside, self.op(name, own, value, narrow), self.zero(own))

    def divide(self, op: str, type_: Scalar, left: int, right: int, divisor: int | None) -> int:
        """``divisor`` is known when it is a constant. By 0 anything may come out, and -1 may overflow."""
        own, boolean = self.type(type_), self.boolean()
        names = ("SDiv", "SRem") if type_.is_signed else ("UDiv", "UMod")
        name = names[op == "rem"]
        if divisor not in (None, 0, -1):
            return self.op(name, own, left, right)
        one, zero = self.number(1, type_.bits), self.number(0, type_.bits)
        is_special = self.op("IEqual", boolean, right, zero)
        if not type_.is_signed:
            return self.op(name, own, left, self.select(own, is_special, one, right))
        is_minus = self.op("IEqual", boolean, right, self.number(-1, type_.bits))
        either = self.op("LogicalOr", boolean, is_special, is_minus)
        plain = self.op(name, own, left, self.select(own, either, one, right))
        other = self.negate(type_, left) if op == "div" else zero
        return self.select(own, is_minus, other, plain)
