"""Operators of KIR as instructions: what SPIR-V leaves undefined is made what CUDA has."""

from __future__ import annotations

from cudawasm.errors import InternalError
from cudawasm.ir.types import BOOL, F32, Pointer, Scalar, Type
from cudawasm_vulkan import exact
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

    def product_and_sum(self, op: str, type_: Scalar, factors: tuple[int, int], other: int, is_left: bool) -> int:
        """A product and what is added to it or subtracted, in some order: the driver may round once."""
        own = self.type(type_)
        product = self.op("FMul", own, *factors)
        return self.op(_FLOAT[op], own, *((product, other) if is_left else (other, product)))

    def quotient(self, type_: Scalar, left: int, right: int) -> int:
        if type_ == F32 and not self.traits.exact_divide and not self.traits.exact_fma:
            return exact.divided(self, left, right)
        if type_ == F32 and not self.traits.exact_divide:
            if left == self.real(1.0):
                return self.call("reciprocal", exact.reciprocal, self.type(F32), right)
            return self.call("quotient", exact.quotient, self.type(F32), left, right)
        return self.exactly("FDiv", self.type(type_), left, right)

    def root(self, type_: Scalar, value: int) -> int:
        if type_ == F32 and not self.traits.exact_sqrt and not self.traits.exact_fma:
            return exact.root_by_double(self, value)
        if type_ == F32 and not self.traits.exact_sqrt:
            return self.call("root", exact.root, self.type(F32), value)
        return self.extended("Sqrt", self.type(type_), value)

    def negate(self, type_: Scalar, value: int) -> int:
        if type_.is_float:
            return self.op("FNegate", self.type(type_), value)
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
        if op == "rem" and type_.is_signed:  # Vulkan has remainders of positive numbers only
            product = self.op("IMul", own, self.divide("div", type_, left, right, divisor), right)
            return self.op("ISub", own, left, product)
        name = "SDiv" if type_.is_signed else "UMod" if op == "rem" else "UDiv"
        if divisor not in (None, 0, -1):
            return self.op(name, own, left, right)
        one, zero = self.number(1, type_.bits), self.number(0, type_.bits)
        is_special = self.op("IEqual", boolean, right, zero)
        if not type_.is_signed:
            return self.op(name, own, left, self.select(own, is_special, one, right))
        is_minus = self.op("IEqual", boolean, right, self.number(-1, type_.bits))
        either = self.op("LogicalOr", boolean, is_special, is_minus)
        plain = self.op(name, own, left, self.select(own, either, one, right))
        return self.select(own, is_minus, self.negate(type_, left), plain)
