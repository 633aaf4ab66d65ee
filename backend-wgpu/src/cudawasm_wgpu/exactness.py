"""Which operands of float operations must be hidden from drivers that compute with reals.

SPIR-V has a decoration that forbids it, which naga does not write. What is hidden goes through bits and a zero that
only the host knows. Hidden is no more than what such rules look for: sums that are subtracted from, products with a
common factor, constants, and for operations that must not be contracted the products in them.

Integers that were widened to 64 bits are hidden from comparisons, which llvmpipe gets wrong.
"""

from __future__ import annotations

import math

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar, Space
from cudawasm.ir.walk import statements
from cudawasm_wgpu.traits import Traits

_SUM, _PRODUCT, _UNFUSED, _WIDENED = "sum", "product", "product alone", "widened"
_CONST, _OFFSET = "constant", "sum with a constant"


class Exactness:
    """Knows for each local variable of a kernel whether it may hold a sum or a product."""

    def __init__(self, traits: Traits):
        self.traits = traits
        self.kinds: dict[n.Var, frozenset[str]] = {}
        self.used = False

    @property
    def is_needed(self) -> bool:
        return self.traits.reassociates or self.traits.contracts or self.traits.confuses_widths

    def learn(self, function: n.Function) -> None:
        changed = self.is_needed
        while changed:
            changed = False
            for stmt in statements(function.body):
                match stmt:
                    case n.Declare(var=var, init=value) if value is not None:
                        pass
                    case n.Assign(place=n.VarPlace(var=var), value=value):
                        pass
                    case _:
                        continue
                before = self.kinds.get(var, frozenset())
                after = before | self.kind(value)
                if after != before:
                    self.kinds[var] = after
                    changed = True

    def kind(self, expr: n.Expr | None) -> frozenset[str]:
        """What an expression may be the result of."""
        match expr:
            case n.Const():
                return frozenset((_CONST,))
            case n.Binary(op="add" | "sub") if _is_float(expr):
                return self.sum_kind(expr.left, expr.right)
            case n.Binary(op="mul") if _is_float(expr):
                return frozenset((_PRODUCT, _UNFUSED))
            case n.Cast() if _bits(expr.type) == 64 and 0 < _bits(expr.operand.type) < 64:
                return frozenset((_WIDENED,))
            case n.Builtin(name="fma"):
                return self.sum_kind(expr.args[2]) | {_PRODUCT}
            case n.Load(place=n.VarPlace(var=var)) if var.space is Space.LOCAL:
                return self.kinds.get(var, frozenset())
            case n.Select():
                return self.kind(expr.if_true) | self.kind(expr.if_false)
            case n.Unary(op="neg"):
                return self.kind(expr.operand)
            case _:
                return frozenset()

    def sum_kind(self, *terms: n.Expr) -> frozenset[str]:
        kinds = frozenset[str]().union(*(self.kind(term) for term in terms))
        return frozenset((_SUM, _OFFSET)) if kinds & {_CONST, _OFFSET} else frozenset((_SUM,))

    def needs(self, operand: n.Expr, expr: n.Binary) -> bool:
        """Whether ``operand`` of ``expr`` must be hidden."""
        if expr.op in n.COMPARISONS and self.traits.confuses_widths and _bits(operand.type) == 64:
            return _WIDENED in self.kind(operand)
        if not _is_float(expr):
            return False
        if isinstance(operand, n.Const) and not math.isfinite(operand.value):
            return self.traits.finite and expr.op not in n.COMPARISONS
        kind = self.kind(operand)
        if expr.op in ("add", "sub") and not expr.contract and self.traits.contracts and _UNFUSED in kind:
            return True
        return self.traits.reassociates and self.is_rewritten(operand, expr, kind)

    def is_rewritten(self, operand: n.Expr, expr: n.Binary, kind: frozenset[str]) -> bool:
        """Whether there is a rule of arithmetic with reals for what is computed of an operand."""
        other = expr.right if operand is expr.left else expr.left
        if isinstance(operand, n.Const):
            return operand.value == 0 and expr.op in ("add", "sub", "mul")
        match expr.op:
            case "sub":
                return _SUM in kind or (operand is expr.left and (operand == other or self.share(operand, other)))
            case "add":
                is_opposite = _is_negated(operand) or _is_negated(other)
                is_opposite = is_opposite or (isinstance(other, n.Const) and _OFFSET in kind)
                return (_SUM in kind and (is_opposite or not expr.contract)) or (
                    operand is expr.left and self.share(operand, other)
                )
            case "mul":
                return _PRODUCT in kind and (isinstance(other, n.Const) or not expr.contract)
            case "div":
                return not expr.contract and bool(kind)
            case _:
                return False

    def share(self, a: n.Expr, b: n.Expr) -> bool:
        """Whether two operands may be products with a common factor."""
        if _PRODUCT not in self.kind(a) or _PRODUCT not in self.kind(b):
            return False
        if isinstance(a, n.Binary) and isinstance(b, n.Binary):
            return a.left in (b.left, b.right) or a.right in (b.left, b.right)
        return True


def _bits(type_: object) -> int:
    """The width of an integer type, of others 0."""
    return type_.bits if isinstance(type_, Scalar) and type_.is_integer else 0


def _is_float(expr: n.Binary) -> bool:
    return isinstance(expr.left.type, Scalar) and expr.left.type.is_float


def _is_negated(expr: n.Expr) -> bool:
    return isinstance(expr, n.Unary) and expr.op == "neg"
