"""Casts: numbers to numbers as PTX converts them, and the same bits as another type."""

from __future__ import annotations

from cudawasm.errors import InternalError
from cudawasm.ir.types import BOOL, F16, Pointer, Scalar, Type, Vector
from cudawasm_vulkan.arithmetic import Arithmetic

_NAN, _ODD_NAN = 0x7FFF, 0x7FFE


class Conversions(Arithmetic):
    """Conversions of values that have been computed. 16-bit floats never come here: a pass has made them bits."""

    def convert(self, type_: Scalar, source: Scalar, value: int) -> int:
        if type_ == source:
            return value
        if type_ == BOOL:
            zero = self.real(0.0, source.bits) if source.is_float else self.number(0, source.bits)
            return self.op("FUnordNotEqual" if source.is_float else "INotEqual", self.boolean(), value, zero)
        if source == BOOL:
            return self.select(self.type(type_), value, self.literal(1, type_), self.literal(0, type_))
        if type_.is_integer and source.is_integer:
            return self.resized(value, source, type_.bits)
        if type_.is_integer:
            return self.saturated(type_, source, value)
        if source.is_integer:
            wide = self.resized(value, source, max(32, source.bits))
            return self.op("ConvertSToF" if source.is_signed else "ConvertUToF", self.type(type_), wide)
        return self.op("FConvert", self.type(type_), value)

    def saturated(self, type_: Scalar, source: Scalar, value: int) -> int:
        """A float as an integer: toward zero, within the type's range, NaN as 0."""
        bits = type_.bits
        low, high = (-(2.0 ** (bits - 1)), 2.0 ** (bits - 1)) if type_.is_signed else (0.0, 2.0**bits)
        least, most = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if type_.is_signed else (0, (1 << bits) - 1)
        boolean, own = self.boolean(), self.type(type_)
        floor, ceiling = self.real(low, source.bits), self.real(high, source.bits)
        is_above = self.op("FOrdGreaterThanEqual", boolean, value, ceiling)
        is_below = self.op("FOrdLessThan", boolean, value, floor)
        is_inside = self.op(
            "LogicalAnd", boolean,
            self.op("FOrdGreaterThanEqual", boolean, value, floor), self.op("FOrdLessThan", boolean, value, ceiling),
        )  # fmt: skip
        safe = self.select(self.type(source), is_inside, value, self.real(0.0, source.bits))
        width = max(32, bits)
        name = "ConvertFToS" if type_.is_signed else "ConvertFToU"
        number = self.op(name, self.integer(width), safe)
        if width != bits:
            number = self.op("UConvert", own, number)
        number = self.select(own, is_above, self.number(most, bits), number)
        return self.select(own, is_below, self.number(least, bits), number)

    def cast(self, type_: Type, source: Type, value: int) -> int:
        if isinstance(type_, Pointer):
            if isinstance(source, Pointer):
                return value
            assert isinstance(source, Scalar)
            return self.resized(value, source, 64)
        assert isinstance(type_, Scalar)
        if isinstance(source, Pointer):
            if type_ == BOOL:
                return self.op("INotEqual", self.boolean(), value, self.number(0, 64))
            return self.resized(value, source, type_.bits)
        if not isinstance(source, Scalar):
            raise InternalError(f"conversion of {source} to {type_}")
        if F16 in (type_, source) and self.traits.f16:
            return self.half(type_, source, value)
        return self.convert(type_, source, value)

    def half(self, type_: Scalar, source: Scalar, value: int) -> int:
        """Conversions between f16 and f32, whose other ways are made of these by a pass."""
        half = self.floating(16)
        if source == F16:
            return self.op("FConvert", self.type(type_), self.op("Bitcast", half, value))
        word = self.integer(16)
        bits = self.op("Bitcast", word, self.op("FConvert", half, value))
        if self.traits.whole_halves:
            return bits
        # What is done to the bits of a NaN that no conversion makes keeps the driver from leaving both conversions out.
        is_odd = self.op("IEqual", self.boolean(), bits, self.number(_ODD_NAN, 16))
        return self.select(word, is_odd, self.number(_NAN, 16), bits)

    def reinterpret(self, type_: Type, source: Type, value: int) -> int:
        """The same bits as another type."""
        to, of = self.type(type_), self.type(source)
        if to == of:
            return value
        if BOOL in (type_, source):
            assert isinstance(type_, Scalar)
            assert isinstance(source, Scalar)
            return self.convert(type_, source, value)
        if isinstance(type_, Scalar | Pointer | Vector) and isinstance(source, Scalar | Pointer | Vector):
            return self.op("Bitcast", to, value)
        raise InternalError(f"the bits of {source} as {type_}")
