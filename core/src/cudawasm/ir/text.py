"""The canonical text of KIR: what people read, tests compare and caches hash.

Two modules with the same text behave the same. Variables are printed by name; the front end keeps names unique.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from typing import assert_never

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array, Pointer, Scalar, Struct, Type
from cudawasm.ir.walk import statements

_INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "rem": "%", "and": "&", "or": "|", "xor": "^", "shl": "<<",
    "shr": ">>", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip


def print_module(module: n.Module) -> str:
    """The text of a module: its structs, variables and functions."""
    out: list[str] = []
    body: list[str] = []
    for var in (*module.globals, *module.shared):
        init = "" if var.init is None else f" = x{var.init.hex()}"
        body.append(f"{var.space.value} {_variable(var)}{init}")
    body += [print_function(function) for function in module.functions.values()]
    for struct_type in _structs(module):
        fields = ", ".join(f"{f.name}: {f.type} @{f.offset}" for f in struct_type.fields)
        kind = "union" if struct_type.is_union else "struct"
        out.append(f"{kind} {struct_type} size {struct_type.size} align {struct_type.align} {{{fields}}}")
    return "\n".join((*out, *body)) + "\n"


def print_function(function: n.Function) -> str:
    """The text of one function."""
    kind = "kernel" if function.is_kernel else "function"
    params = ", ".join(_variable(p) for p in function.params)
    bounds = function.launch_bounds
    tail = f" bounds({bounds.max_threads}, {bounds.min_blocks})" if bounds else ""
    lines = [f"{kind} @{function.name}({params}) -> {function.result}{tail} {{"]
    _print_block(function.body, 1, lines)
    return "\n".join((*lines, "}"))


def print_expr(expr: n.Expr) -> str:
    """The text of an expression; every type that the operands do not give is written."""
    match expr:
        case n.Const():
            return _const(expr)
        case n.Load():
            return print_place(expr.place)
        case n.AddressOf():
            return f"&{print_place(expr.place)}:{expr.type.space.value}"
        case n.Unary():
            return f"{expr.op}({print_expr(expr.operand)})"
        case n.Binary():
            strict = "" if expr.contract or not _is_float(expr.type) else "!"
            return f"({print_expr(expr.left)} {_INFIX[expr.op]}{strict} {print_expr(expr.right)})"
        case n.Cast():
            return f"cast<{expr.type}>({print_expr(expr.operand)})"
        case n.Bitcast():
            return f"bitcast<{expr.type}>({print_expr(expr.operand)})"
        case n.Select():
            return f"select({_list((expr.condition, expr.if_true, expr.if_false))})"
        case n.Builtin():
            return f"{expr.name}<{expr.type}>({_list(expr.args)})"
        case n.Offset():
            return f"offset({print_expr(expr.ptr)}, {print_expr(expr.index)})"
        case n.Distance():
            return f"distance({print_expr(expr.left)}, {print_expr(expr.right)})"
        case n.Special():
            return f"${expr.name}"
        case n.Construct():
            return f"{expr.type}{{{_list(expr.parts)}}}"
        case n.Extract():
            return f"{print_expr(expr.operand)}#{expr.index}"
        case n.Zero():
            return f"zero<{expr.type}>"
        case _:
            assert_never(expr)


def print_place(place: n.Place) -> str:
    """The text of a place."""
    match place:
        case n.VarPlace():
            return place.var.name
        case n.Deref():
            return f"{'volatile ' if place.volatile else ''}*({print_expr(place.ptr)}:{place.ptr.type})"
        case n.Member():
            return f"{print_place(place.base)}.{place.index}"
        case n.Index():
            return f"{print_place(place.base)}[{print_expr(place.index)}]"
        case _:
            assert_never(place)


def _const(expr: n.Const) -> str:
    value = expr.value
    if isinstance(value, float):
        return f"{expr.type} {value!r}" if not math.isnan(value) else f"{expr.type} x{struct.pack('>d', value).hex()}"
    return f"{expr.type} {value}"


def _is_float(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.is_float


def _list(exprs: Iterable[n.Expr]) -> str:
    return ", ".join(map(print_expr, exprs))


def _variable(var: n.Var) -> str:
    volatile = "volatile " if var.volatile else ""
    align = f" align {var.align}" if var.align else ""
    return f"{volatile}{var.name}: {var.type}{align}"


def _result(result: n.Var | None) -> str:
    return f"{result.name} = " if result is not None else ""


def _print_block(block: n.Block, depth: int, lines: list[str]) -> None:
    pad = "  " * depth
    for stmt in block:
        match stmt:
            case n.If():
                lines.append(f"{pad}if {print_expr(stmt.condition)} {{")
                _print_block(stmt.then, depth + 1, lines)
                if stmt.otherwise:
                    lines.append(f"{pad}}} else {{")
                    _print_block(stmt.otherwise, depth + 1, lines)
            case n.Loop():
                condition = print_expr(stmt.condition) if stmt.condition is not None else ""
                unroll = f" unroll {stmt.unroll}" if stmt.unroll else ""
                lines.append(f"{pad}loop {stmt.label} {condition}{unroll} {{")
                _print_block(stmt.body, depth + 1, lines)
                if stmt.step:
                    lines.append(f"{pad}}} step {{")
                    _print_block(stmt.step, depth + 1, lines)
            case n.Switch():
                lines.append(f"{pad}switch {print_expr(stmt.selector)} {{")
                for case in stmt.cases:
                    lines.append(f"{pad}case {', '.join(map(str, case.values))}:")
                    _print_block(case.body, depth + 1, lines)
                lines.append(f"{pad}default:")
                _print_block(stmt.default, depth + 1, lines)
            case n.Scope():
                lines.append(f"{pad}scope {stmt.label} {{")
                _print_block(stmt.body, depth + 1, lines)
            case _:
                lines.append(pad + _print_simple(stmt))
                continue
        lines.append(f"{pad}}}")


def _print_simple(stmt: n.Stmt) -> str:
    match stmt:
        case n.Declare():
            init = f" = {print_expr(stmt.init)}" if stmt.init is not None else ""
            return f"var {_variable(stmt.var)}{init}"
        case n.Assign():
            return f"{print_place(stmt.place)} = {print_expr(stmt.value)}"
        case n.Atomic():
            return (f"{_result(stmt.result)}atomic {stmt.op} {stmt.scope} {print_place(stmt.place)}, "
                    f"{_list(stmt.args)}")  # fmt: skip
        case n.Barrier():
            predicate = f" {print_expr(stmt.predicate)}" if stmt.predicate is not None else ""
            return f"{_result(stmt.result)}barrier {stmt.kind}{predicate}"
        case n.Warp():
            mask = f" mask {print_expr(stmt.mask)}" if stmt.mask is not None else ""
            extra = f", {stmt.predicate_result.name}" if stmt.predicate_result is not None else ""
            return f"{_result(stmt.result)}warp {stmt.op}({_list(stmt.args)}){mask}{extra}"
        case n.Fence():
            return f"fence {stmt.scope}"
        case n.Call():
            return f"{_result(stmt.result)}call @{stmt.function}({_list(stmt.args)})"
        case n.Print():
            return f"{_result(stmt.result)}print {stmt.format!r} {stmt.strings!r} ({_typed(stmt.args)})"
        case n.Trap():
            where = f" line {stmt.span.line}" if stmt.span is not None else ""
            return f"trap {stmt.message!r}{where}"
        case n.ReadClock():
            return f"{stmt.result.name} = clock"
        case n.Break():
            return f"break {stmt.label}"
        case n.Continue():
            return f"continue {stmt.label}"
        case n.Return():
            return f"return {print_expr(stmt.value)}" if stmt.value is not None else "return"
        case n.If() | n.Loop() | n.Switch() | n.Scope():
            raise AssertionError("structured statements are printed by their block")
        case _:
            assert_never(stmt)


def _typed(exprs: Iterable[n.Expr]) -> str:
    return ", ".join(f"{print_expr(e)}:{e.type}" for e in exprs)


def _structs(module: n.Module) -> list[Struct]:
    """Struct types that variables of the module mention, innermost first."""
    found: dict[str, Struct] = {}

    def visit(type_: Type) -> None:
        match type_:
            case Struct():
                if type_.name not in found:
                    for field in type_.fields:
                        visit(field.type)
                    found[type_.name] = type_
            case Array():
                visit(type_.element)
            case Pointer():
                visit(type_.pointee)
            case _:
                pass

    for var in (*module.globals, *module.shared):
        visit(var.type)
    for function in module.functions.values():
        for param in function.params:
            visit(param.type)

        for stmt in statements(function.body):
            if isinstance(stmt, n.Declare):
                visit(stmt.var.type)
    return list(found.values())
