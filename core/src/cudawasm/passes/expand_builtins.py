"""Replace builtins that a target lacks by calls of the device library.

The library is in single and double precision; 16-bit operands are widened and the result is rounded once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cudawasm.devlib import load_function
from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, BOOL, F16, F32, Scalar
from cudawasm.ir.walk import Rewriter
from cudawasm.passes.hoisting import Hoister

IsNative = Callable[[str, Scalar], bool]

_SHORTER = {
    "exp": ("exp_by_exp2", "fast_exp2"),
    "exp2": ("exp2_by_exp2", "fast_exp2"),
    "fast_exp": ("fast_exp_by_exp2", "fast_exp2"),
    "fast_log": ("fast_log_by_log2", "fast_log2"),
}
"""Library functions of f32 for targets that have another builtin."""


_POLYNOMIAL = ".__cw_p_"
"""In the names of the library's polynomials, which bear two roundings a step where one is costly."""


def expand_builtins(module: n.Module, is_native: IsNative) -> n.Module:
    """The module with every builtin for which ``is_native(name, operand type)`` is false turned into a call.

    A builtin that the library does not have either stays.
    """
    expander = _Expander(module, is_native)
    functions = {name: replace(f, body=expander.block(f.body)) for name, f in module.functions.items()}
    return replace(module, functions={**functions, **expander.library})


class _Expander(Hoister):
    def __init__(self, module: n.Module, is_native: IsNative) -> None:
        super().__init__()
        self.is_native = is_native
        self.library: dict[str, n.Function] = {}
        self.count = 0

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if not isinstance(expr, n.Builtin):
            return expr
        operand = expr.args[0].type
        if not isinstance(operand, Scalar) or self.is_native(expr.name, operand):
            return expr
        if operand in (F16, BF16):
            args = tuple(n.Cast(F32, a) if a.type == operand else a for a in expr.args)
            result = F32 if expr.type == operand else expr.type
            return n.Cast(expr.type, self.leave_expr(n.Builtin(expr.name, args, result)))
        return self._call(expr, operand)

    def _call(self, expr: n.Builtin, operand: Scalar) -> n.Expr:
        name = expr.name
        shorter, base = _SHORTER.get(name, ("", ""))
        if operand == F32 and base and self.is_native(base, F32):
            name = shorter
        try:
            module, name = load_function(name, operand)
        except InternalError:
            return expr
        if module.globals or module.shared:
            raise InternalError(f"the device library's {expr.name} keeps data in memory")
        for key, function in module.functions.items():
            if key not in self.library:
                self.library[key] = function  # what the library calls may need expanding in its turn
                plain = _POLYNOMIAL in key and not self.is_native("fma", operand)
                body = _Unfuser().block(function.body) if plain else function.body
                self.library[key] = replace(function, body=self.block(body))
        self.count += 1
        var = n.Var(f"{expr.name}.{self.count}", module.functions[name].result)
        self.before += [n.Declare(var), n.Call(name, expr.args, var)]
        value: n.Expr = n.Load(n.VarPlace(var))
        return n.Binary("ne", value, n.Const(var.type, 0), BOOL) if expr.type == BOOL else value


class _Unfuser(Rewriter):
    """Makes a product and a sum of each ``fma``."""

    def leave_expr(self, expr: n.Expr) -> n.Expr:
        if not (isinstance(expr, n.Builtin) and expr.name == "fma"):
            return expr
        a, b, c = expr.args
        return n.Binary("add", n.Binary("mul", a, b, expr.type), c, expr.type)
