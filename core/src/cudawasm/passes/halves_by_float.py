"""Compute f16 and bf16 in f32, rounding after each operation: what is left of them are conversions and bits.

f32 has more than twice the bits of either, so that rounding twice is rounding once, except for ``fma``, which is done
in f64 where the target has it.
"""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, BOOL, F16, F32, F64, U16, Scalar, Type
from cudawasm.ir.walk import Rewriter

_HALVES = (F16, BF16)


def halves_by_float(module: n.Module, has_f64: bool = True) -> n.Module:
    """The module with no arithmetic on 16-bit floats."""
    writer = _Writer(F64 if has_f64 else F32)
    functions = {name: replace(f, body=writer.block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


def _is_half(type_: Type) -> bool:
    return type_ in _HALVES


class _Writer(Rewriter):
    def __init__(self, widest: Scalar):
        self.widest = widest

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        match expr:
            case n.Unary(op="neg") if _is_half(expr.type):
                bits = n.Binary("xor", n.Bitcast(U16, expr.operand), n.Const(U16, 0x8000), U16)
                return n.Bitcast(expr.type, bits)
            case n.Binary() if _is_half(expr.left.type):
                left, right = n.Cast(F32, expr.left), n.Cast(F32, expr.right)
                if expr.type == BOOL:
                    return replace(expr, left=left, right=right)
                return n.Cast(expr.type, n.Binary(expr.op, left, right, F32, contract=False))
            case n.Builtin() if any(_is_half(a.type) for a in expr.args):
                return self.builtin(expr)
            case _:
                return expr

    def builtin(self, expr: n.Builtin) -> n.Expr:
        if expr.name in ("abs", "copysign"):
            bits = n.Binary("and", n.Bitcast(U16, expr.args[0]), n.Const(U16, 0x7FFF), U16)
            if expr.name == "copysign":
                sign = n.Binary("and", n.Bitcast(U16, expr.args[1]), n.Const(U16, 0x8000), U16)
                bits = n.Binary("or", bits, sign, U16)
            return n.Bitcast(expr.type, bits)
        wide = self.widest if expr.name == "fma" else F32
        args = tuple(n.Cast(wide, a) if _is_half(a.type) else a for a in expr.args)
        if not _is_half(expr.type):
            return replace(expr, args=args)
        return n.Cast(expr.type, n.Builtin(expr.name, args, wide))
