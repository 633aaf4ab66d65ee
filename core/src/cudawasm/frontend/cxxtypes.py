"""The C++ types of the front end, and how they map to KIR types.

Types are immutable and compare by value; a class compares by identity of its ``ClassInfo``.
Qualifiers wrap a type in ``Qualified``; helpers below strip or add them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cudawasm.frontend.tokens import fail
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.symbols import ClassInfo, ClassTemplate, EnumInfo


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A fundamental type. ``rank`` orders integer conversions; floats rank above integers."""

    name: str
    scalar: kir.Scalar
    rank: int

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class VoidType:
    def __str__(self) -> str:
        return "void"


@dataclass(frozen=True, slots=True)
class NullType:
    """The type of ``nullptr``."""

    def __str__(self) -> str:
        return "std::nullptr_t"


@dataclass(frozen=True, slots=True)
class Qualified:
    base: CType
    const: bool
    volatile: bool

    def __str__(self) -> str:
        words = [*(["const"] if self.const else []), *(["volatile"] if self.volatile else [])]
        if isinstance(self.base, PointerTo):
            return f"{self.base} {' '.join(words)}"
        return f"{' '.join(words)} {self.base}"


@dataclass(frozen=True, slots=True)
class PointerTo:
    pointee: CType

    def __str__(self) -> str:
        return f"{self.pointee}*" if not isinstance(self.pointee, FunctionType) else str(self.pointee)


@dataclass(frozen=True, slots=True)
class ReferenceTo:
    target: CType
    rvalue: bool = False

    def __str__(self) -> str:
        return f"{self.target}{'&&' if self.rvalue else '&'}"


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """``count`` is None for an unknown bound, or a ``TemplateValue`` in a pattern."""

    element: CType
    count: Any

    def __str__(self) -> str:
        return f"{self.element}[{'' if self.count is None else self.count}]"


@dataclass(frozen=True, slots=True)
class FunctionType:
    """``const`` is that of a member function."""

    result: CType
    params: tuple[CType, ...]
    variadic: bool = False
    const: bool = False

    def __str__(self) -> str:
        return f"{self.result} (*)({', '.join(map(str, self.params))})"


@dataclass(frozen=True, slots=True)
class MemberPointer:
    """``pointee owner::*``; a pointer to a member function if the pointee is a function type."""

    owner: CType
    pointee: CType

    def __str__(self) -> str:
        if not isinstance(self.pointee, FunctionType):
            return f"{self.pointee} {self.owner}::*"
        params = ", ".join(map(str, self.pointee.params))
        return f"{self.pointee.result} ({self.owner}::*)({params}){' const' if self.pointee.const else ''}"


@dataclass(frozen=True, slots=True)
class ClassType:
    info: ClassInfo

    def __str__(self) -> str:
        return self.info.display


@dataclass(frozen=True, slots=True)
class EnumType:
    info: EnumInfo

    def __str__(self) -> str:
        return self.info.name


# --- patterns: types that mention template parameters not yet known --------------------------------


@dataclass(frozen=True, slots=True)
class TemplateType:
    """A type template parameter inside a pattern."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class TemplateValue:
    """A value template parameter inside a pattern, as an array bound or template argument."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class TemplateIdPattern:
    """``Vec<T, N>`` with arguments still unknown. ``template`` is a ClassTemplate or a parameter's name."""

    template: Any
    args: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{getattr(self.template, 'name', self.template)}<{', '.join(map(str, self.args))}>"


@dataclass(frozen=True, slots=True)
class PackPattern:
    """``T...`` inside a pattern."""

    pattern: Any

    def __str__(self) -> str:
        return f"{self.pattern}..."


@dataclass(frozen=True, slots=True)
class Unknown:
    """A dependent type that deduction cannot use (``typename T::type``, ``decltype(..)``)."""

    def __str__(self) -> str:
        return "<dependent>"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``auto`` or ``decltype(auto)`` before its initialiser is known."""

    decltype: bool = False

    def __str__(self) -> str:
        return "auto"


@dataclass(frozen=True, slots=True)
class DeducedClass:
    """A class template's name without arguments, before its initialiser is known."""

    template: ClassTemplate

    def __str__(self) -> str:
        return self.template.name


CType = (
    Arithmetic | VoidType | NullType | Qualified | PointerTo | ReferenceTo | ArrayOf | FunctionType
    | MemberPointer | ClassType | EnumType | DeducedClass | TemplateType | TemplateIdPattern | PackPattern | Unknown
    | Placeholder
)  # fmt: skip

VOID = VoidType()
NULL = NullType()
AUTO = Placeholder()
BOOL = Arithmetic("bool", kir.BOOL, 0)
CHAR = Arithmetic("char", kir.I8, 1)
SCHAR = Arithmetic("signed char", kir.I8, 1)
UCHAR = Arithmetic("unsigned char", kir.U8, 1)
SHORT = Arithmetic("short", kir.I16, 2)
USHORT = Arithmetic("unsigned short", kir.U16, 2)
WCHAR = Arithmetic("wchar_t", kir.I32, 3)
CHAR16 = Arithmetic("char16_t", kir.U16, 2)
CHAR32 = Arithmetic("char32_t", kir.U32, 3)
INT = Arithmetic("int", kir.I32, 3)
UINT = Arithmetic("unsigned int", kir.U32, 3)
LONG = Arithmetic("long", kir.I64, 4)
ULONG = Arithmetic("unsigned long", kir.U64, 4)
LONGLONG = Arithmetic("long long", kir.I64, 5)
ULONGLONG = Arithmetic("unsigned long long", kir.U64, 5)
HALF = Arithmetic("__cw_half", kir.F16, 10)
BFLOAT = Arithmetic("__cw_bfloat16", kir.BF16, 10)
FLOAT = Arithmetic("float", kir.F32, 11)
DOUBLE = Arithmetic("double", kir.F64, 12)

MEMBER_FUNCTION = kir.Struct(
    "member_function", (kir.Field("function", kir.U64, 0), kir.Field("adjustment", kir.I64, 8)), 16, 8
)
"""A pointer to a member function: the function's number, and where its object lies in that of the pointer's class."""

_UNSIGNED = {
    CHAR: UCHAR,
    SCHAR: UCHAR,
    SHORT: USHORT,
    INT: UINT,
    LONG: ULONG,
    LONGLONG: ULONGLONG,
    WCHAR: UINT,
}
_SIGNED = {UCHAR: SCHAR, CHAR: SCHAR, USHORT: SHORT, UINT: INT, ULONG: LONG, ULONGLONG: LONGLONG}


def to_unsigned(ctype: CType) -> CType:
    """``std::make_unsigned``."""
    return _UNSIGNED.get(ctype, ctype) if isinstance(ctype, Arithmetic) else ctype


def to_signed(ctype: CType) -> CType:
    """``std::make_signed``."""
    return _SIGNED.get(ctype, ctype) if isinstance(ctype, Arithmetic) else ctype


def unqualified(ctype: CType) -> CType:
    """The type without its outermost const and volatile."""
    return ctype.base if isinstance(ctype, Qualified) else ctype


def qualified(ctype: CType, const: bool = False, volatile: bool = False) -> CType:
    """The type with qualifiers added. References ignore them; arrays pass them to their elements."""
    if not (const or volatile) or isinstance(ctype, (ReferenceTo, FunctionType)):
        return ctype
    if isinstance(ctype, ArrayOf):
        return ArrayOf(qualified(ctype.element, const, volatile), ctype.count)
    if isinstance(ctype, Qualified):
        return Qualified(ctype.base, const or ctype.const, volatile or ctype.volatile)
    return Qualified(ctype, const, volatile)


def is_const(ctype: CType) -> bool:
    if isinstance(ctype, ArrayOf):
        return is_const(ctype.element)
    return isinstance(ctype, Qualified) and ctype.const


def is_volatile(ctype: CType) -> bool:
    if isinstance(ctype, ArrayOf):
        return is_volatile(ctype.element)
    return isinstance(ctype, Qualified) and ctype.volatile


def without_reference(ctype: CType) -> CType:
    return ctype.target if isinstance(ctype, ReferenceTo) else ctype


def plain(ctype: CType) -> CType:
    """Without reference and outermost qualifiers: the type of a value."""
    return unqualified(without_reference(ctype))


def decayed(ctype: CType) -> CType:
    """What a by-value parameter of this type has: arrays and functions become pointers."""
    ctype = without_reference(ctype)
    if isinstance(ctype, ArrayOf):
        return PointerTo(ctype.element)
    if isinstance(ctype, FunctionType):
        return PointerTo(ctype)
    return unqualified(ctype)


def class_info(ctype: CType) -> ClassInfo:
    """The class of a type that is known to be one."""
    ctype = unqualified(ctype)
    assert isinstance(ctype, ClassType)
    return ctype.info


def is_arithmetic(ctype: CType) -> bool:
    return isinstance(ctype, Arithmetic)


def is_integer(ctype: CType) -> bool:
    """Integers and bool, not enumerations."""
    return isinstance(ctype, Arithmetic) and not ctype.scalar.is_float


def is_floating(ctype: CType) -> bool:
    return isinstance(ctype, Arithmetic) and ctype.scalar.is_float


def arithmetic_of(ctype: CType) -> Arithmetic | None:
    """The arithmetic type that a value of this type computes in: enumerations give their base."""
    ctype = plain(ctype)
    if isinstance(ctype, EnumType):
        return ctype.info.underlying
    return ctype if isinstance(ctype, Arithmetic) else None


def is_wide_integer(ctype: CType) -> bool:
    """128-bit integers, which are classes of the device library."""
    return isinstance(ctype, ClassType) and ctype.info.name in ("__cw_int128", "__cw_uint128")


def promoted(ctype: Arithmetic) -> Arithmetic:
    """Integral promotion."""
    if ctype.scalar.is_float or ctype.rank >= INT.rank:
        return INT if ctype is WCHAR else UINT if ctype is CHAR32 else ctype
    return INT


def common_arithmetic(left: Arithmetic, right: Arithmetic) -> Arithmetic:
    """The usual arithmetic conversions."""
    if left.scalar.is_float or right.scalar.is_float:
        return left if left.rank >= right.rank else right
    left, right = promoted(left), promoted(right)
    if left == right:
        return left
    if left.scalar.is_signed == right.scalar.is_signed:
        return left if left.rank >= right.rank else right
    signed, unsigned = (left, right) if left.scalar.is_signed else (right, left)
    if unsigned.rank >= signed.rank:
        return unsigned
    if signed.scalar.bits > unsigned.scalar.bits:
        return signed
    return _UNSIGNED[signed]


def is_dependent(ctype: Any) -> bool:
    """True for a pattern: a type that mentions template parameters."""
    match ctype:
        case TemplateType() | TemplateValue() | TemplateIdPattern() | PackPattern() | Unknown():
            return True
        case Qualified():
            return is_dependent(ctype.base)
        case PointerTo():
            return is_dependent(ctype.pointee)
        case ReferenceTo():
            return is_dependent(ctype.target)
        case ArrayOf():
            return is_dependent(ctype.element) or isinstance(ctype.count, (TemplateValue, Unknown))
        case MemberPointer():
            return is_dependent(ctype.owner) or is_dependent(ctype.pointee)
        case FunctionType():
            return is_dependent(ctype.result) or any(is_dependent(p) for p in ctype.params)
        case _:
            return False


def kir_type(ctype: CType) -> kir.Type:
    """The KIR type of a complete C++ type. References and pointers become generic pointers."""
    match ctype:
        case Arithmetic():
            return ctype.scalar
        case VoidType():
            return kir.VOID
        case NullType():
            return kir.Pointer(kir.VOID)
        case Qualified():
            return kir_type(ctype.base)
        case PointerTo(pointee=FunctionType()):
            return kir.U64  # the function's number
        case MemberPointer(pointee=FunctionType()):
            return MEMBER_FUNCTION
        case MemberPointer():
            return kir.I64  # the member's offset
        case PointerTo():
            return kir.Pointer(_pointee(ctype.pointee))
        case ReferenceTo():
            return kir.Pointer(_pointee(ctype.target))
        case ArrayOf():
            return kir.Array(kir_type(ctype.element), ctype.count or 0)
        case ClassType():
            return ctype.info.kir_type()
        case EnumType():
            return ctype.info.underlying.scalar
        case _:
            fail("E0211", f"'{ctype}' is not the type of a value", None)


def _pointee(ctype: CType) -> kir.Type:
    base = unqualified(ctype)
    if isinstance(base, FunctionType):
        return kir.VOID
    if isinstance(base, ClassType):
        info = base.info
        if info.laid_out is None and (info.completing or not info.try_complete()):
            return kir.VOID
    if isinstance(base, ArrayOf) and isinstance(base.element, ClassType):
        return kir.Array(_pointee(base.element), base.count or 0)
    return kir_type(ctype)


def size_of(ctype: CType) -> int:
    """``sizeof`` in bytes."""
    return kir.size_of(kir_type(without_reference(ctype)))


def align_of(ctype: CType) -> int:
    """``alignof`` in bytes."""
    ctype = unqualified(without_reference(ctype))
    if isinstance(ctype, ArrayOf):
        return align_of(ctype.element)
    return kir.align_of(kir_type(ctype))


def decayed_parameter(ctype: CType) -> CType:
    """A parameter's type in a signature: arrays and functions decay, qualifiers of values drop."""
    if isinstance(ctype, ReferenceTo) and isinstance(ctype.target, FunctionType):
        return PointerTo(ctype.target)
    if isinstance(ctype, ReferenceTo) or (is_dependent(ctype) and not isinstance(ctype, ArrayOf)):
        return ctype
    return decayed(ctype)
