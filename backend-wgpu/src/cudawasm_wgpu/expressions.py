"""KIR expressions as WGSL: operators and conversions by their types, helpers where WGSL means something else."""

from __future__ import annotations

import math
from typing import assert_never

from cudawasm.emit import literals
from cudawasm.emit.clike import CLike
from cudawasm.emit.clike_expressions import (
    AND,
    BIT_AND,
    BIT_OR,
    BIT_XOR,
    EQUAL,
    LESS,
    OR,
    POSTFIX,
    PREFIX,
    PRODUCT,
    SHIFT,
    SUM,
    Text,
    bracketed,
)  # fmt: skip
from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F32, F64, U32, Array, Scalar, Struct, Type, Vector
from cudawasm_wgpu.conversions import folded, narrowed
from cudawasm_wgpu.exactness import Exactness
from cudawasm_wgpu.helpers import Helpers
from cudawasm_wgpu.traits import Traits
from cudawasm_wgpu.types import WgslTypes
from cudawasm_wgpu.words import CLOSE, NATIVE, SCALARS, SPECIALS, SUFFIXES, WORDS

_SIGNS = {
    "add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT), "rem": ("%", PRODUCT),
    "and": ("&", BIT_AND), "or": ("|", BIT_OR), "xor": ("^", BIT_XOR), "shl": ("<<", SHIFT), "shr": (">>", SHIFT),
    "eq": ("==", EQUAL), "ne": ("!=", EQUAL), "lt": ("<", LESS), "le": ("<=", LESS), "gt": (">", LESS),
    "ge": (">=", LESS),
}  # fmt: skip
_LOGICAL = {"and": ("&&", AND), "or": ("||", OR), "xor": ("!=", EQUAL)}


def infix(sign: str, level: int, left: Text, right: Text) -> Text:
    """``left sign right`` with the brackets that WGSL's grammar asks for."""
    if level in (SUM, PRODUCT):
        needed = level, level + 1
    elif level in (EQUAL, LESS):
        needed = SHIFT, SHIFT
    elif level in (AND, OR):
        needed = level if left[1] == level else EQUAL, EQUAL
    else:
        needed = level if left[1] == level != SHIFT else PREFIX, PREFIX
    return f"{bracketed(left, needed[0])} {sign} {bracketed(right, needed[1])}", level


class WgslExpressions(CLike):
    """One kernel's expressions. ``atomics`` are the variables whose numbers are atomic."""

    words = WORDS

    def __init__(self, traits: Traits, locations: bool = False) -> None:
        super().__init__(locations)
        self.traits = traits
        self.forms = WgslTypes(pairs=not traits.i64)
        self.help = Helpers(traits)
        self.launch_values: set[str] = set()
        self.atomics: set[n.Var] = set()
        self.exactness = Exactness(traits)

    def text(self, expr: n.Expr) -> Text:
        match expr:
            case n.Const():
                return self.const(expr)
            case n.Load():
                return self.load(expr)
            case n.Unary():
                return self.unary(expr)
            case n.Binary():
                return self.binary(expr)
            case n.Cast():
                return self.cast(expr)
            case n.Bitcast():
                return self.bitcast(expr.type, expr.operand)
            case n.Select():
                return self.select(expr)
            case n.Builtin():
                return self.builtin(expr)
            case n.Special():
                return self.launch_value(expr)
            case n.Construct():
                return f"{self.forms.of(expr.type)}({', '.join(self.value(p) for p in expr.parts)})", POSTFIX
            case n.Extract():
                return f"{self.at(expr.operand, POSTFIX)}.{self.forms.field(expr.operand.type, expr.index)}", POSTFIX
            case n.Zero():
                return f"{self.forms.of(expr.type)}()", POSTFIX
            case n.AddressOf() | n.Offset() | n.Distance():
                raise InternalError(f"{type(expr).__name__} in WGSL: a pass has not done its work")
            case _:
                assert_never(expr)

    # --- constants and places ---

    def const(self, expr: n.Const) -> Text:
        type_, value = expr.type, expr.value
        assert isinstance(type_, Scalar)
        if type_ == BOOL:
            return ("true" if value else "false"), POSTFIX
        if type_.is_integer:
            number, suffix = int(value), SUFFIXES.get(type_.name, "")
            if type_.bits == 64 and number == -(1 << 63):
                return f"{number + 1}li - 1li", SUM
            if number == -(1 << 31) and not suffix:
                return f"i32({number})", POSTFIX
            return f"{number}{suffix}", PREFIX if number < 0 else POSTFIX
        return self.float_const(float(value), type_)

    def float_const(self, number: float, type_: Scalar) -> Text:
        if type_.bits == 16:
            return f"{literals.float_bits(number, type_):#06x}u", POSTFIX
        if not math.isfinite(number) or abs(number) < 2.3e-308:
            return self.special_float(number, type_)
        text = literals.decimal(number, type_).removesuffix("f")
        if "inf" in text:
            return self.special_float(math.copysign(math.inf, number), type_)
        return text + SUFFIXES[type_.name], PREFIX if text.startswith("-") else POSTFIX

    def special_float(self, value: float, type_: Scalar) -> Text:
        """WGSL has no literals of infinities and NaN, and its parser none of the smallest numbers."""
        if value == 0 and math.copysign(1, value) > 0:
            return f"0.0{SUFFIXES[type_.name]}", POSTFIX
        if value == 0:
            return f"-0.0{SUFFIXES[type_.name]}", PREFIX
        bits = literals.float_bits(value, type_)
        if type_ == F32 and self.traits.browser:  # Tint computes constants, which must be finite
            return self.help.call("f32_of_bits", f"{bits:#x}u"), POSTFIX
        if type_ == F32:
            return f"bitcast<f32>({bits:#x}u)", POSTFIX
        return self.help.call("f64_of_words", f"{bits & 0xFFFFFFFF:#x}u", f"{bits >> 32:#x}u"), POSTFIX

    def load(self, expr: n.Load) -> Text:
        text = self.place(expr.place)
        if self.is_atomic(expr.place):
            return f"atomicLoad(&{text[0]})", POSTFIX
        return text

    def is_atomic(self, place: n.Place) -> bool:
        while isinstance(place, n.Member | n.Index):
            place = place.base
        return isinstance(place, n.VarPlace) and place.var in self.atomics

    def place(self, place: n.Place) -> Text:
        match place:
            case n.VarPlace():
                return self.names.of(place.var, place.var.name), POSTFIX
            case n.Member():
                return f"{self.place(place.base)[0]}.{self.forms.field(place.base.type, place.index)}", POSTFIX
            case n.Index():
                return f"{self.place(place.base)[0]}[{self.index(place.index)[0]}]", POSTFIX
            case n.Deref():
                raise InternalError("a pointer in WGSL: a pass has not done its work")
            case _:
                assert_never(place)

    def index(self, expr: n.Expr) -> Text:
        """WGSL indices are of 32 bits."""
        if isinstance(expr, n.Const):
            return str(int(expr.value)), POSTFIX
        if isinstance(expr.type, Scalar) and expr.type.bits == 64:
            return self.text(narrowed(expr))
        return self.text(expr)

    def launch_value(self, expr: n.Special) -> Text:
        self.launch_values.add(expr.name)
        word = SPECIALS[expr.name]
        return word, PRODUCT if " " in word else POSTFIX

    # --- operators ---

    def narrow(self, type_: Scalar, text: Text) -> Text:
        """A number of less than 32 bits, in the range of its type again."""
        if type_.bits >= 32:
            return text
        if type_.is_signed:
            return f"extractBits({text[0]}, 0u, {type_.bits}u)", POSTFIX
        return infix("&", BIT_AND, text, (f"{(1 << type_.bits) - 1:#x}u", POSTFIX))

    def unary(self, expr: n.Unary) -> Text:
        type_ = expr.operand.type
        assert isinstance(type_, Scalar)
        operand = self.at(expr.operand, PREFIX)
        if expr.op == "not":
            return f"!{operand}", PREFIX
        if expr.op == "neg" and type_.is_integer and not type_.is_signed:
            zero = f"0{SUFFIXES[type_.name]}", POSTFIX
            return self.narrow(type_, infix("-", SUM, zero, self.text(expr.operand)))
        sign = "-" if expr.op == "neg" else "~"
        text = f"{sign}({operand})" if operand.startswith(sign) else f"{sign}{operand}"
        return self.narrow(type_, (text, PREFIX)) if type_.is_integer else (text, PREFIX)

    def binary(self, expr: n.Binary) -> Text:
        type_ = expr.left.type
        assert isinstance(type_, Scalar)
        if expr.op in ("shl", "shr"):
            return self.shift(expr)
        left, right = (self.operand(e, expr) for e in (expr.left, expr.right))
        if type_ == BOOL and expr.op in _LOGICAL:
            return infix(*_LOGICAL[expr.op], left, right)
        sign, level = _SIGNS[expr.op]
        if type_.is_float:
            return self.float_binary(expr, left, right)
        if expr.op in ("div", "rem") and isinstance(expr.right, n.Const) and expr.right.value == 0:
            return left  # any value will do
        if expr.op == "rem" and type_.is_signed:
            return self.help.call(f"remainder_{SCALARS[type_.name]}", left[0], right[0]), POSTFIX
        text = infix(sign, level, left, right)
        return self.narrow(type_, text) if expr.op in ("add", "sub", "mul", "div") else text

    def is_plain(self, expr: n.Binary) -> bool:
        """Whether WGSL's own operator, which no helper stands in for, means the same as KIR's."""
        type_ = expr.type
        if type_ == BOOL or not isinstance(type_, Scalar) or type_.bits < 32:
            return False
        if any(self.exactness.needs(e, expr) for e in (expr.left, expr.right)):
            return False
        return expr.op != "div" or (type_.is_float and self.traits.exact_divide)

    def operand(self, operand: n.Expr, expr: n.Binary) -> Text:
        """An operand; hidden in bits where the driver would compute another sum of it."""
        text = self.text(operand)
        if not self.exactness.needs(operand, expr):
            return text
        assert isinstance(operand.type, Scalar)
        return self.help.call(f"exact_{operand.type.name}", text[0]), POSTFIX

    def float_binary(self, expr: n.Binary, left: Text, right: Text) -> Text:
        type_ = expr.left.type
        assert isinstance(type_, Scalar)
        sign, level = _SIGNS[expr.op]
        if expr.op in ("eq", "ne") and left == right and type_.bits >= 32:  # which drivers take to be known
            text = self.help.call(f"isnan_{type_.name}", left[0])
            return (text, POSTFIX) if expr.op == "ne" else (f"!{text}", PREFIX)
        if expr.op == "ne":
            return f"!({infix('==', EQUAL, left, right)[0]})", PREFIX  # unordered operands differ
        if expr.op == "div" and not self.traits.exact_divide:
            if expr.left == n.Const(type_, 1.0):
                return self.help.call(f"reciprocal_{type_.name}", right[0]), POSTFIX
            return self.help.call(f"divide_{type_.name}", left[0], right[0]), POSTFIX
        if expr.op == "rem":
            raise InternalError("a remainder of floats in WGSL: a pass has not done its work")
        return infix(sign, level, left, right)

    def shift(self, expr: n.Binary) -> Text:
        type_ = expr.left.type
        assert isinstance(type_, Scalar)
        count, left = expr.right, self.text(expr.left)
        sign, level = _SIGNS[expr.op]
        if isinstance(count, n.Const):
            amount = int(count.value)
            if not 0 <= amount < type_.bits:
                if expr.op == "shl" or not type_.is_signed:
                    return f"0{SUFFIXES.get(type_.name, '')}", POSTFIX
                amount = type_.bits - 1
            text = infix(sign, level, left, (f"{amount}u", POSTFIX))
        else:
            family = "shift_left" if expr.op == "shl" else "shift_right"
            call = self.help.call(f"{family}_{SCALARS[type_.name]}", left[0], self.count(count))
            text = call, POSTFIX
        return self.narrow(type_, text) if expr.op == "shl" else text

    def count(self, expr: n.Expr) -> str:
        """A shift's count as u32."""
        type_ = expr.type
        assert isinstance(type_, Scalar)
        if type_.bits == 64:
            return self.help.call("count_of_64", self.value(n.Cast(Scalar("u64", "uint", 64), expr)))
        return self.value(expr if SCALARS[type_.name] == "u32" else n.Cast(U32, expr))

    def select(self, expr: n.Select) -> Text:
        if isinstance(expr.type, Array | Struct):
            raise InternalError(f"a choice of {expr.type} in WGSL")
        sides = [self.at(e, SHIFT if expr.type == BOOL else 0) for e in (expr.if_false, expr.if_true)]
        return f"select({', '.join(sides)}, {self.value(expr.condition)})", POSTFIX

    def builtin(self, expr: n.Builtin) -> Text:
        operand = expr.args[0].type
        assert isinstance(operand, Scalar)
        args = tuple(self.value(a) for a in expr.args)
        word = SCALARS[operand.name]
        if expr.name not in ("min", "max") and all(isinstance(a, n.Const) for a in expr.args) and operand.is_float:
            args = (self.help.call(f"same_{word}", args[0]), *args[1:])  # no constant for the compiler
        if expr.name in CLOSE:
            return f"{CLOSE[expr.name]}({args[0]})", POSTFIX
        if expr.name == "fma" and not self.traits.fused:
            return self.help.call(f"fma_{word}", *args), POSTFIX
        if expr.name == "abs" and operand.is_integer:
            return self.narrow(operand, (f"abs({args[0]})", POSTFIX))
        if expr.name in ("ceil", "floor") and self.traits.browser:
            return self.help.call(f"{expr.name}_{word}", *args), POSTFIX
        if expr.name in NATIVE:
            return f"{expr.name}({', '.join(args)})", POSTFIX
        if expr.name in ("min", "max") and (operand.is_integer or (operand == F32 and self.traits.sure_min_max)):
            return f"{expr.name}({', '.join(args)})", POSTFIX
        if expr.name == "sqrt" and self.traits.exact_divide:
            return f"sqrt({args[0]})", POSTFIX
        if expr.name == "rint":
            return f"round({args[0]})", POSTFIX
        if expr.name in ("popc", "clz", "brev") and operand.bits == 32:
            name = {"popc": "countOneBits", "clz": "countLeadingZeros", "brev": "reverseBits"}[expr.name]
            text = f"{name}({args[0]})", POSTFIX
            return text if operand in (expr.type, U32) else (f"u32({text[0]})", POSTFIX)
        if expr.name == "fast_rcp":
            return self.binary(n.Binary("div", n.Const(operand, 1.0), expr.args[0], operand))
        return self.help.call(f"{expr.name}_{word}", *args), POSTFIX

    # --- conversions ---

    def cast(self, expr: n.Cast) -> Text:
        type_, source, operand = expr.type, expr.operand.type, expr.operand
        if not (isinstance(type_, Scalar) and isinstance(source, Scalar)):
            raise InternalError(f"conversion of {source} to {type_} in WGSL")
        if isinstance(operand, n.Const) and source.bits != 16:
            constant = folded(type_, operand)
            if constant is not None:
                return self.const(constant)
        return self.convert(type_, source, self.text(operand))

    def convert(self, type_: Scalar, source: Scalar, text: Text) -> Text:
        to, of = SCALARS[type_.name], SCALARS[source.name]
        if type_ == source:
            return text
        if source.bits == 16 and source.is_float:
            wide = self.help.call("float_of_half" if source.name == "f16" else "float_of_bfloat", text[0])
            return self.convert(type_, F32, (wide, POSTFIX))
        if type_ == BOOL:
            zero = f"0{SUFFIXES.get(source.name, '')}" if source.is_integer else f"0.0{SUFFIXES[source.name]}"
            if source.is_float:
                return f"!({infix('==', EQUAL, text, (zero, POSTFIX))[0]})", PREFIX
            return infix("!=", EQUAL, text, (zero, POSTFIX))
        if type_.bits == 16 and type_.is_float:
            return self.to_half(type_, source, text)
        if source.is_float and type_.is_integer:
            return self.help.call(f"{type_.name}_of_{of}", text[0]), POSTFIX
        if not self.traits.denormals and (type_, source) in ((F32, F64), (F64, F32)):
            return self.help.call(f"{to}_of_{of}", text[0]), POSTFIX
        if self.traits.browser and type_ == F32 and source.is_integer and source.bits == 32:
            return self.help.call(f"f32_of_{of}", text[0]), POSTFIX  # WGSL rounds up or down
        if source == BOOL or type_.is_float:
            return f"{to}({text[0]})", POSTFIX
        if type_.bits == 64 and source.bits < 64 and to[0] != of[0]:
            text = f"{of[0]}64({text[0]})", POSTFIX  # naga widens by the sign of what it makes
        if to != of:
            text = f"{to}({text[0]})", POSTFIX
        is_within = source.bits < type_.bits and (type_.is_signed or not source.is_signed)
        return text if is_within else self.narrow(type_, text)

    def to_half(self, type_: Scalar, source: Scalar, text: Text) -> Text:
        name = "half_of_float" if type_.name == "f16" else "bfloat_of_float"
        if source == F64 or (source.is_integer and source.bits >= 32):
            odd = self.help.call(f"odd_float_of_{SCALARS[source.name]}", text[0])
            return self.help.call(name, odd), POSTFIX
        return self.help.call(name, text[0] if source == F32 else f"f32({text[0]})"), POSTFIX

    def bitcast(self, type_: Type, operand: n.Expr) -> Text:
        source, text = operand.type, self.text(operand)
        if isinstance(type_, Scalar) and isinstance(source, Scalar):
            to, of = SCALARS[type_.name], SCALARS[source.name]
            if type_.bits < 32:
                wide = text if to == of else (f"{to}({text[0]})", POSTFIX)
                return self.narrow(type_, wide) if type_.is_integer and not source.is_float else wide
            if to == of:
                return text
            if not type_.is_float and not source.is_float:
                return f"{to}({text[0]})", POSTFIX
            return f"bitcast<{to}>({text[0]})", POSTFIX
        return self.bitcast_vector(type_, source, text)

    def bitcast_vector(self, type_: Type, source: Type, text: Text) -> Text:
        """Vectors whose components have 32 bits are as WGSL's; others go through a helper on words."""
        wide = all(not isinstance(t, Vector) or t.element.bits == 32 for t in (type_, source))
        if wide and isinstance(type_, Vector) and isinstance(source, Vector):
            return f"bitcast<{self.forms.of(type_)}>({text[0]})", POSTFIX
        return self.help.bits(type_, source, text[0], self.forms), POSTFIX
