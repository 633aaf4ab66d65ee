"""Make one rounding of a product and a sum where CUDA's compilers may, for devices whose ``fma`` is one instruction."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from cudawasm.ir import nodes as n
from cudawasm.ir.types import F32, F64
from cudawasm.ir.walk import Rewriter


def fuse_multiply_adds(module: n.Module) -> n.Module:
    """The module with ``a * b + c`` and its kin as ``fma``; of two products the left one is fused, as nvcc does."""
    functions = {name: replace(f, body=_Fuser().block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions=functions)


class _Fuser(Rewriter):
    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if not (isinstance(expr, n.Binary) and expr.contract and expr.op in ("add", "sub")):
            return expr
        if expr.type not in (F32, F64):
            return expr
        left, right = expr.left, expr.right
        if _is_product(left):
            return _fma(left.left, left.right, right if expr.op == "add" else _negative(right))
        if _is_product(right):
            return _fma(right.left if expr.op == "add" else _negative(right.left), right.right, left)
        return expr


def _is_product(expr: n.Expr) -> TypeGuard[n.Binary]:
    return isinstance(expr, n.Binary) and expr.op == "mul" and expr.contract


def _fma(a: n.Expr, b: n.Expr, c: n.Expr) -> n.Expr:
    return n.Builtin("fma", (a, b, c), a.type)


def _negative(expr: n.Expr) -> n.Expr:
    return n.Const(expr.type, -expr.value) if isinstance(expr, n.Const) else n.Unary("neg", expr)
