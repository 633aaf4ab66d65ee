"""KIR expressions and places as C-like text."""

from __future__ import annotations

import math
from typing import assert_never

from cudawasm.emit import literals
from cudawasm.emit.declarators import COMPONENTS, Types
from cudawasm.emit.names import Names
from cudawasm.emit.words import Words
from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    BOOL,
    U8,
    U64,
    VOID,
    Array,
    Pointer,
    Scalar,
    Space,
    Struct,
    Type,
    Vector,
    member_offset,
    size_of,
)

COMMA, CONDITIONAL, OR, AND, BIT_OR, BIT_XOR, BIT_AND, EQUAL, LESS, SHIFT, SUM, PRODUCT, PREFIX, POSTFIX = range(14)
_LEVELS = {
    "add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT), "rem": ("%", PRODUCT),
    "and": ("&", BIT_AND), "or": ("|", BIT_OR), "xor": ("^", BIT_XOR), "shl": ("<<", SHIFT), "shr": (">>", SHIFT),
    "eq": ("==", EQUAL), "ne": ("!=", EQUAL), "lt": ("<", LESS), "le": ("<=", LESS), "gt": (">", LESS),
    "ge": (">=", LESS),
}  # fmt: skip
_LOGICAL = {"and": ("&&", AND), "or": ("||", OR), "xor": ("!=", EQUAL)}
Text = tuple[str, int]
"""An expression's text and how tightly its outermost operator binds."""


class Expressions:
    """One kernel's expressions. A target overrides what its language says differently."""

    words: Words

    def __init__(self) -> None:
        self.names = Names(self.words.reserved)
        self.types = Types(self.words, Names(self.words.reserved))
        self.helpers: dict[str, str] = {}
        self.specials: dict[str, str] = {}

    # --- what targets say differently ---

    def convert(self, type_: Scalar, source: Scalar, text: Text) -> Text:
        """A number or bool as another type of number."""
        raise NotImplementedError

    def reinterpret(self, type_: Type, source: Type, text: Text) -> Text:
        """The same bits as another type."""
        raise NotImplementedError

    def shift(self, expr: n.Binary) -> Text:
        """A shift by a count that may be anything."""
        raise NotImplementedError

    def divide(self, expr: n.Binary) -> Text:
        """An integer quotient or remainder whose divisor may be 0."""
        raise NotImplementedError

    def wrapped(self, expr: n.Binary, left: Text, right: Text) -> Text:
        """``left op right`` of integers, modulo their range."""
        raise NotImplementedError

    def index(self, expr: n.Expr) -> Text:
        """An index of an array or a distance from a pointer."""
        return self.text(expr)

    def special_float(self, value: float, type_: Scalar) -> Text:
        """An infinity, a NaN, or a float of 16 bits."""
        raise NotImplementedError

    def pointer_cast(self, type_: Pointer, source: Type, text: Text) -> Text:
        """A pointer or 64-bit integer as a pointer."""
        raise NotImplementedError

    # --- text ---

    def at(self, expr: n.Expr, level: int) -> str:
        """The text of an operand of an operator that binds as tightly as ``level``."""
        return bracketed(self.text(expr), level)

    def value(self, expr: n.Expr) -> str:
        """The text of an expression that stands alone."""
        return self.text(expr)[0]

    def text(self, expr: n.Expr) -> Text:
        match expr:
            case n.Const():
                return self.const(expr)
            case n.Load():
                return self.load(expr)
            case n.AddressOf():
                return self.address(expr)
            case n.Unary():
                return self.unary(expr)
            case n.Binary():
                return self.binary(expr)
            case n.Cast():
                return self.cast(expr)
            case n.Bitcast():
                return self.reinterpret(expr.type, expr.operand.type, self.text(expr.operand))
            case n.Select():
                parts = (self.at(expr.condition, OR), self.at(expr.if_true, OR), self.at(expr.if_false, CONDITIONAL))
                return f"{parts[0]} ? {parts[1]} : {parts[2]}", CONDITIONAL
            case n.Builtin():
                return self.builtin(expr)
            case n.Offset():
                return f"{self.pointer_to_parts(expr.ptr)} + {bracketed(self.index(expr.index), PRODUCT)}", SUM
            case n.Distance():
                return self.distance(expr)
            case n.Special():
                return self.special(expr), POSTFIX
            case n.Construct():
                return self.construct(expr)
            case n.Extract():
                return f"{self.at(expr.operand, POSTFIX)}.{self.field(expr.operand.type, expr.index)}", POSTFIX
            case n.Zero():
                return f"({self.types.memory(expr.type)}){{0}}", PREFIX
            case _:
                assert_never(expr)

    def const(self, expr: n.Const) -> Text:
        type_, value = expr.type, expr.value
        if isinstance(type_, Pointer):
            return self.pointer_cast(type_, U64, (str(int(value)), POSTFIX))
        assert isinstance(type_, Scalar)
        if type_ == BOOL:
            return ("true" if value else "false"), POSTFIX
        if type_.is_integer:
            text = literals.integer(int(value), type_, self.words.suffixes)
            if type_.bits < 32:
                return f"({self.words.scalars[type_.name]}){bracketed((text, PREFIX), PREFIX)}", PREFIX
            return text, PREFIX if value < 0 else POSTFIX
        number = float(value)
        if type_.bits == 16 or not math.isfinite(number):
            return self.special_float(number, type_)
        text = literals.decimal(number, type_)
        return ("-inf" in text and self.special_float(-math.inf, type_)) or (
            text, PREFIX if text.startswith("-") else POSTFIX)  # fmt: skip

    def special(self, expr: n.Special) -> str:
        """A variable that the kernel's head declares."""
        if expr.name not in self.specials:
            self.specials[expr.name] = self.names.fresh(self.words.special_names[expr.name])
        return self.specials[expr.name]

    def unary(self, expr: n.Unary) -> Text:
        type_ = expr.operand.type
        assert isinstance(type_, Scalar)
        if expr.op == "not":
            return f"!{self.at(expr.operand, PREFIX)}", PREFIX
        if type_.is_integer and expr.op == "neg":
            return self.wrapped(
                n.Binary("sub", n.Const(type_, 0), expr.operand, type_), ("0", POSTFIX), self.text(expr.operand)
            )
        operand = self.at(expr.operand, PREFIX)
        sign = "-" if expr.op == "neg" else "~"
        text = f"{sign} {operand}" if operand.startswith(sign) else f"{sign}{operand}"
        if type_.is_integer and type_.bits < 32:
            return f"({self.words.scalars[type_.name]}){text}", PREFIX
        return text, PREFIX

    def binary(self, expr: n.Binary) -> Text:
        type_ = expr.left.type
        if isinstance(type_, Pointer):
            sign, level = _LEVELS[expr.op]
            return f"{self.at(expr.left, level + 1)} {sign} {self.at(expr.right, level + 1)}", level
        assert isinstance(type_, Scalar)
        if type_ == BOOL and expr.op in _LOGICAL:
            sign, level = _LOGICAL[expr.op]
            return f"{self.at(expr.left, level)} {sign} {self.at(expr.right, level + 1)}", level
        if expr.op in ("shl", "shr"):
            return self.shift(expr)
        if type_.is_integer and expr.op in ("div", "rem"):
            return self.divide(expr)
        if type_.is_integer and expr.op in ("add", "sub", "mul"):
            return self.wrapped(expr, self.text(expr.left), self.text(expr.right))
        if type_.is_float and expr.op == "rem":
            return f"fmod({self.value(expr.left)}, {self.value(expr.right)})", POSTFIX
        text = infix(expr.op, self.text(expr.left), self.text(expr.right))
        if expr.type not in (BOOL, type_) or (type_.is_integer and type_.bits < 32 and expr.type == type_):
            return f"({self.words.scalars[type_.name]})({text[0]})", PREFIX
        return text

    def cast(self, expr: n.Cast) -> Text:
        source = expr.operand.type
        if expr.type == source:
            return self.text(expr.operand)
        if isinstance(expr.type, Pointer):
            return self.pointer_cast(expr.type, source, self.text(expr.operand))
        assert isinstance(expr.type, Scalar)
        if isinstance(source, Pointer):
            if expr.type == BOOL:
                return f"{self.at(expr.operand, EQUAL + 1)} != 0", EQUAL
            number = f"({self.words.pointer_bits}){self.at(expr.operand, PREFIX)}", PREFIX
            return self.convert(expr.type, U64, number)
        if not isinstance(source, Scalar):
            raise InternalError(f"conversion of {source} to {expr.type}")
        return self.convert(expr.type, source, self.text(expr.operand))

    def builtin(self, expr: n.Builtin) -> Text:
        spelling = self.words.builtins.get(expr.name)
        operand = expr.args[0].type
        if spelling is None or not isinstance(operand, Scalar):
            raise InternalError(f"builtin {expr.name} has no spelling")
        return spelling(tuple(self.value(a) for a in expr.args), operand.name), POSTFIX

    def distance(self, expr: n.Distance) -> Text:
        assert isinstance(expr.left.type, Pointer)
        size = max(1, size_of(expr.left.type.pointee))
        bits = self.words.pointer_bits
        sides = (f"({bits}){self.at(e, PREFIX)}" for e in (expr.left, expr.right))
        return f"({self.words.scalars['i64']})({' - '.join(sides)}) / {size}", PRODUCT

    def construct(self, expr: n.Construct) -> Text:
        if self.types.is_opaque(expr.type):
            raise InternalError(f"a value of {expr.type}, whose fields overlap")
        return f"({self.types.memory(expr.type)}){self.braces(expr)}", PREFIX

    def braces(self, expr: n.Expr) -> str:
        """The initialiser of an aggregate."""
        if isinstance(expr, n.Zero):
            return "{0}"
        if isinstance(expr, n.Construct):
            return f"{{{', '.join(map(self.designated, self.designators(expr.type), expr.parts))}}}"
        if isinstance(expr, n.Load) and isinstance(expr.type, Array):
            elements = (n.Load(n.Index(expr.place, n.Const(U64, i))) for i in range(expr.type.count))
            return f"{{{', '.join(self.part(e) for e in elements)}}}"
        return self.value(expr)

    def designators(self, type_: Type) -> tuple[str, ...]:
        """For each part of an aggregate how an initialiser names it: structs may have gaps between fields."""
        if isinstance(type_, Struct):
            return tuple(f".{field} = " for field in self.types.layout(type_).fields)
        return ("",) * (type_.count if isinstance(type_, Array | Vector) else 0)

    def designated(self, name: str, expr: n.Expr) -> str:
        return name + self.part(expr)

    def part(self, expr: n.Expr) -> str:
        if isinstance(expr.type, Array) or isinstance(expr, n.Construct):
            return self.braces(expr)
        return self.stored(expr)

    # --- places ---

    def in_memory(self, place: n.Place) -> bool:
        """Whether a place has its type's form in memory, which local variables do not have."""
        return not (isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL)

    def load(self, expr: n.Load) -> Text:
        text = self.place(expr.place)
        if self.in_memory(expr.place):
            if isinstance(expr.type, Pointer):
                return self.pointer_cast(expr.type, U64, text)
            if expr.type == BOOL:
                return f"{bracketed(text, EQUAL + 1)} != 0", EQUAL
        return text

    def stored(self, expr: n.Expr) -> str:
        """A value in the form that its type has in memory."""
        if isinstance(expr.type, Pointer):
            return f"({self.words.pointer_bits}){self.at(expr, PREFIX)}"
        return self.at(expr, CONDITIONAL)

    def place(self, place: n.Place) -> Text:
        match place:
            case n.VarPlace():
                return self.names.of(place.var, place.var.name), POSTFIX
            case n.Deref():
                return self.deref(place)
            case n.Member():
                return self.member(place)
            case n.Index():
                return f"{self.elements(place.base)}[{self.index(place.index)[0]}]", POSTFIX
            case _:
                assert_never(place)

    def deref(self, place: n.Deref) -> Text:
        ptr = place.ptr
        assert isinstance(ptr.type, Pointer)
        if place.volatile:
            return f"*({self.types.pointer(ptr.type, '', 'volatile ')}){self.at(ptr, PREFIX)}", PREFIX
        if isinstance(ptr, n.Offset):
            return f"{self.pointer_to_parts(ptr.ptr, POSTFIX)}[{self.index(ptr.index)[0]}]", POSTFIX
        return f"*{self.at(ptr, PREFIX)}", PREFIX

    def member(self, place: n.Member) -> Text:
        base = place.base
        if self.types.is_opaque(base.type):
            type_ = Pointer(place.type, space_of(base))
            bytes_ = f"({self.words.spaces[type_.space]} {self.words.scalars['u8']} *)&{self.place_at(base, PREFIX)}"
            return f"*({self.types.pointer(type_)})({bytes_} + {member_offset(base.type, place.index)})", PREFIX
        field = self.field(base.type, place.index)
        if isinstance(base, n.Deref) and not base.volatile and not isinstance(base.ptr, n.Offset):
            return f"{self.at(base.ptr, POSTFIX)}->{field}", POSTFIX
        return f"{self.place_at(base, POSTFIX)}.{field}", POSTFIX

    def place_at(self, place: n.Place, level: int) -> str:
        return bracketed(self.place(place), level)

    def elements(self, base: n.Place) -> str:
        """An array place as what ``[]`` follows."""
        if isinstance(base, n.Deref) and isinstance(base.type, Array) and base.type.count == 0:
            return self.at(base.ptr, POSTFIX)
        return self.place_at(base, POSTFIX)

    def field(self, type_: Type, index: int) -> str:
        if isinstance(type_, Vector):
            return COMPONENTS[index]
        assert isinstance(type_, Struct)
        return self.types.layout(type_).fields[index]

    def address(self, expr: n.AddressOf) -> Text:
        place, wanted = expr.place, expr.type.pointee
        if isinstance(place.type, Array) and place.type.count == 0:
            text: Text = (self.elements(place), POSTFIX)
            plain = wanted in (place.type, place.type.element)
        else:
            text = f"&{self.place_at(place, PREFIX)}", PREFIX
            plain = wanted == place.type and (self.in_memory(place) or not _differs(wanted))
        real = space_of(place)
        if isinstance(place, n.Member):
            # C lets a pointer to a member reach that member only; CUDA programs go on to the next.
            text, plain = self.inside(place, real), False
        if self.words.spaces[real] != self.words.spaces[expr.type.space]:
            return self.pointer_cast(expr.type, Pointer(VOID, real), text)
        return text if plain else (f"({self.types.pointer(expr.type)}){bracketed(text, PREFIX)}", PREFIX)

    def inside(self, place: n.Place, space: Space) -> Text:
        """The address of a member, counted from the start of the whole object."""
        offset = 0
        while isinstance(place, n.Member):
            offset += member_offset(place.base.type, place.index)
            place = place.base
        start = f"&{self.place_at(place, PREFIX)}", PREFIX
        if offset == 0:
            return start
        byte = self.types.pointer(Pointer(U8, space))
        return f"({byte}){start[0]} + {offset}", SUM

    def pointer_to_parts(self, ptr: n.Expr, level: int = SUM) -> str:
        """A pointer to what index 1 is the second of: ``void`` counts bytes."""
        assert isinstance(ptr.type, Pointer)
        if ptr.type.pointee == VOID:
            bytes_ = f"({self.words.spaces[ptr.type.space]} {self.words.scalars['u8']} *){self.at(ptr, PREFIX)}"
            return bracketed((bytes_, PREFIX), level)
        return self.at(ptr, level)


def space_of(place: n.Place) -> Space:
    """The address space that a place is in."""
    while isinstance(place, n.Member | n.Index):
        place = place.base
    if isinstance(place, n.VarPlace):
        return place.var.space
    assert isinstance(place.ptr.type, Pointer)
    return place.ptr.type.space


def bracketed(text: Text, level: int) -> str:
    return text[0] if text[1] >= level else f"({text[0]})"


def infix(op: str, left: Text, right: Text) -> Text:
    """``left op right``, bracketed as C needs it and as a reader likes it."""
    sign, level = _LEVELS[op]
    strict = PRODUCT if level in (BIT_AND, BIT_OR, BIT_XOR, SHIFT) else level
    return f"{bracketed(left, strict)} {sign} {bracketed(right, strict + 1)}", level


def _differs(type_: Type) -> bool:
    """Whether a local variable of a type looks otherwise than memory."""
    return type_ == BOOL or isinstance(type_, Pointer)
