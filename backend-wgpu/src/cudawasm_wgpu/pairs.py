"""64-bit integers as pairs of words, the low one first, where the dialect of WGSL has none.

``+`` becomes a call of a helper of ``pair_texts``, as most operators do; ``&``, ``|``, ``^`` and ``~`` are WGSL's own,
for both words at once. A pair that is put together of words, or of which one word is asked for, needs no arithmetic.
"""

from __future__ import annotations

from cudawasm.emit.clike_expressions import EQUAL, POSTFIX, PREFIX, Text
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F32, U32, U64, Scalar, Type
from cudawasm_wgpu.conversions import narrowed
from cudawasm_wgpu.expressions import WgslExpressions, infix

_BITWISE = ("and", "or", "xor")
_HELPERS = {
    "add": "add_64", "sub": "subtract_64", "mul": "multiply_64", "shl": "shift_left_64", "popc": "popc_64",
    "clz": "clz_64", "brev": "brev_64",
}  # fmt: skip
"""By operators and builtins, for signed and unsigned integers alike."""
_SIGNED_HELPERS = {"div": "divide", "rem": "remainder", "shr": "shift_right"}
"""With the type's name behind."""
_ZERO = n.Const(U32, 0)


class PairExpressions(WgslExpressions):
    """One kernel's expressions, which are WGSL's own where that has integers of 64 bits."""

    def const(self, expr: n.Const) -> Text:
        if not self.forms.is_pair(expr.type):
            return super().const(expr)
        return _pair(*(_word(int(expr.value) >> shift & 0xFFFFFFFF) for shift in (0, 32)))

    def unary(self, expr: n.Unary) -> Text:
        if expr.op == "neg" and self.forms.is_pair(expr.type):
            return self.help.call("negative_64", self.value(expr.operand)), POSTFIX
        return super().unary(expr)

    def binary(self, expr: n.Binary) -> Text:
        type_ = expr.left.type
        if not self.forms.is_pair(type_):
            return super().binary(expr)
        words = self.words_of(expr)
        if words is not None:
            return _pair(*map(self.value, words))
        low, other = self.word_of(expr.left), self.word_of(expr.right)
        if expr.op == "mul" and low is not None and other is not None:
            return self.help.call("product_of_words", self.value(low), self.value(other)), POSTFIX
        if expr.op in _BITWISE:
            return super().binary(expr)
        if expr.op in n.COMPARISONS:
            return self.comparison(expr)
        right = self.count(expr.right) if expr.op in ("shl", "shr") else self.value(expr.right)
        return self.help.call(_helper(expr.op, type_), self.value(expr.left), right), POSTFIX

    def comparison(self, expr: n.Binary) -> Text:
        left, right = self.text(expr.left), self.text(expr.right)
        if expr.op == "eq":
            return f"all({infix('==', EQUAL, left, right)[0]})", POSTFIX
        if expr.op == "ne":
            return f"any({infix('!=', EQUAL, left, right)[0]})", POSTFIX
        if expr.op in ("gt", "le"):
            left, right = right, left
        less = self.help.call(_helper("less", expr.left.type), left[0], right[0])
        return (less, POSTFIX) if expr.op in ("lt", "gt") else (f"!{less}", PREFIX)

    def is_plain(self, expr: n.Binary) -> bool:
        return super().is_plain(expr) and (expr.op in _BITWISE or not self.forms.is_pair(expr.type))

    def count(self, expr: n.Expr) -> str:
        if isinstance(expr, n.Const):
            return f"{min(int(expr.value) & 0xFFFFFFFF, 64)}u"
        return super().count(expr)

    def builtin(self, expr: n.Builtin) -> Text:
        type_ = expr.args[0].type
        if not self.forms.is_pair(type_):
            return super().builtin(expr)
        return self.help.call(_helper(expr.name, type_), *map(self.value, expr.args)), POSTFIX

    # --- conversions ---

    def cast(self, expr: n.Cast) -> Text:
        type_, operand = expr.type, expr.operand
        is_narrowing = self.forms.is_pair(operand.type) and isinstance(type_, Scalar) and type_.is_integer
        if not is_narrowing or self.forms.is_pair(type_):
            return super().cast(expr)
        if _is_shift(operand, "shr"):
            assert isinstance(operand, n.Binary)
            return self.one_word(type_, operand.left, "y")
        low = narrowed(operand)
        if low == n.Cast(U32, operand):
            return self.one_word(type_, operand, "x")
        return self.text(n.Cast(type_, low))

    def one_word(self, type_: Type, pair: n.Expr, component: str) -> Text:
        """A word of a pair as an integer of a type that has no more bits."""
        assert isinstance(type_, Scalar)
        return self.convert(type_, U32, (f"{self.at(pair, POSTFIX)}.{component}", POSTFIX))

    def convert(self, type_: Scalar, source: Scalar, text: Text) -> Text:
        to, of = self.forms.is_pair(type_), self.forms.is_pair(source)
        if to and of:
            return text
        if of and type_ == BOOL:
            return f"any({infix('!=', EQUAL, text, _pair('0u', '0u'))[0]})", POSTFIX
        if of and type_ == F32:
            return self.help.call(f"f32_of_{source.name}", text[0]), POSTFIX
        if to and source.is_integer and source.is_signed:
            return self.help.call("i64_of_i32", text[0]), POSTFIX
        if to and not source.is_float:
            return _pair(super().convert(U32, source, text)[0], "0u")
        return super().convert(type_, source, text)

    def bitcast(self, type_: Type, operand: n.Expr) -> Text:
        if self.forms.is_pair(type_) and self.forms.is_pair(operand.type):
            return self.text(operand)
        return super().bitcast(type_, operand)

    def words_of(self, expr: n.Expr) -> tuple[n.Expr, n.Expr] | None:
        """The words that a pair is put together of."""
        match expr:
            case n.Const():
                return _low(expr), _high(expr)
            case n.Cast() if isinstance(expr.operand.type, Scalar) and expr.operand.type.kind in ("bool", "uint"):
                return (_low(expr.operand), _ZERO) if expr.operand.type.bits <= 32 else None
            case n.Binary() if _is_shift(expr, "shl"):
                return _ZERO, _low(expr.left)
            case n.Binary() if _is_shift(expr, "shr") and expr.type == U64:
                return n.Cast(U32, expr), _ZERO
            case n.Binary(op="or"):
                left, right = self.words_of(expr.left), self.words_of(expr.right)
                if left is None or right is None:
                    return None
                return _either(left[0], right[0]), _either(left[1], right[1])
            case _:
                return None

    def word_of(self, expr: n.Expr) -> n.Expr | None:
        """The low word of a pair whose high word is known to be 0."""
        words = self.words_of(expr)
        return words[0] if words is not None and words[1] == _ZERO else None


def _helper(name: str, type_: Type) -> str:
    assert isinstance(type_, Scalar)
    return _HELPERS.get(name) or f"{_SIGNED_HELPERS.get(name, name)}_{type_.name}"


def _pair(low: str, high: str) -> Text:
    return f"vec2<u32>({low}, {high})", POSTFIX


def _word(value: int) -> str:
    """A word of a number; large ones are rather bits."""
    return f"{value}u" if value < 10_000_000 else f"{value:#x}u"


def _is_shift(expr: n.Expr, op: str) -> bool:
    """Whether an expression shifts by one word."""
    return isinstance(expr, n.Binary) and expr.op == op and isinstance(expr.right, n.Const) and expr.right.value == 32


def _low(expr: n.Expr) -> n.Expr:
    return expr if expr.type == U32 else n.Cast(U32, expr)


def _high(expr: n.Const) -> n.Expr:
    return n.Const(U32, int(expr.value) >> 32 & 0xFFFFFFFF)


def _either(a: n.Expr, b: n.Expr) -> n.Expr:
    """``a | b``, of which one is often 0."""
    if _ZERO in (a, b):
        return b if a == _ZERO else a
    return n.Binary("or", a, b, U32)
