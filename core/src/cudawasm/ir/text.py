"""The canonical text of KIR: what people read, tests compare and caches hash.

Two modules with the same text behave the same, and ``cudawasm.ir.parser`` reads the text back. Names that hide
another, and struct types of one name, are told apart by a number: ``x'2``. A name that is not an identifier, or is
a word of this language, stands in backticks.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable
from typing import assert_never

from cudawasm.ir import nodes as n
from cudawasm.ir.types import SCALARS, U32, Array, Pointer, Scalar, Struct, Type, Vector, Void, size_of

INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "rem": "%", "and": "&", "or": "|", "xor": "^", "shl": "<<",
    "shr": ">>", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
WORDS = frozenset((
    *SCALARS, "void", "volatile", "align", "var", "atomic", "barrier", "warp", "mask", "fence", "call", "print", "trap",
    "clock", "break", "continue", "return", "if", "else", "loop", "unroll", "step", "switch", "case", "default",
    "scope", "generic", "global", "shared", "constant", "local", "kernel", "function", "struct", "union",
))  # fmt: skip
"""Words that a name may not be without backticks."""
IDENTIFIER = r"[A-Za-z_]\w*(?:::\w+)*(?:\.[A-Za-z_]\w*)*(?:'\d+)?"
_PLAIN = re.compile(IDENTIFIER, re.ASCII)
_VECTOR = re.compile(rf"(?:{'|'.join(SCALARS)})x\d")


def print_module(module: n.Module, locations: bool = False) -> str:
    """The text of a module: its structs, variables and functions.

    With ``locations``, a comment says for each statement of which file and line it is.
    """
    writer = _Writer(locations)
    writer.name_variables((*module.globals, *module.shared))
    body: list[str] = []
    for var in (*module.globals, *module.shared):
        init = "" if var.init is None else f" = x{var.init.hex()}"
        body.append(f"{var.space.value} {writer.variable(var)}{init}")
    body += [writer.function(function) for function in module.functions.values()]
    return "\n".join((*writer.struct_lines, *body)) + "\n"


def print_function(function: n.Function) -> str:
    """The text of one function."""
    return _Writer().function(function)


def print_expr(expr: n.Expr) -> str:
    """The text of an expression; every type that the operands do not give is written."""
    return _Writer().expr(expr)


def print_place(place: n.Place) -> str:
    """The text of a place."""
    return _Writer().place(place)


def natural_vector_align(element: Scalar, count: int) -> int:
    """The alignment in bytes that CUDA gives a vector type; text names any other."""
    return size_of(element) if count == 3 else min(16, size_of(element) * count)


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name) and name not in WORDS and not _VECTOR.fullmatch(name):
        return name
    return "`" + name.encode("unicode_escape").decode().replace("`", "\\x60") + "`"


def _unique(name: str, taken: set[str]) -> str:
    """``name``, numbered when it is taken; takes it."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}'{number}"
    taken.add(found)
    return found


class _Writer:
    """Names given so far, and the lines of struct types met, innermost first."""

    def __init__(self, locations: bool = False) -> None:
        self.locations = locations
        self.struct_lines: list[str] = []
        self._structs: dict[Struct, str] = {}
        self._struct_names: set[str] = set()
        self._types: dict[int, tuple[Type, str]] = {}
        self._module_names: dict[n.Var, str] = {}
        self._names: dict[n.Var, str] = {}
        self._module_taken: set[str] = set()
        self._taken: set[str] = set()

    # --- names and types -------------------------------------------------------------------------

    def name_variables(self, variables: Iterable[n.Var]) -> None:
        """Give names to the variables of the module, which every function sees."""
        for var in variables:
            self._module_names[var] = _quoted(_unique(var.name, self._module_taken))
        self._names = dict(self._module_names)

    def name(self, var: n.Var) -> str:
        return self._names.get(var) or _quoted(var.name)

    def declared(self, var: n.Var) -> str:
        if var not in self._names:
            self._names[var] = _quoted(_unique(var.name, self._taken))
        return self.variable(var)

    def type(self, type_: Type) -> str:
        known = self._types.get(id(type_))
        if known is None:
            known = self._types[id(type_)] = type_, self._type(type_)
        return known[1]

    def _type(self, type_: Type) -> str:
        match type_:
            case Void() | Scalar():
                return str(type_)
            case Vector():
                natural = natural_vector_align(type_.element, type_.count)
                return f"{type_}" if type_.align == natural else f"{type_}@{type_.align}"
            case Array():
                return f"[{type_.count} x {self.type(type_.element)}]"
            case Pointer():
                return f"{type_.space.value}*{self.type(type_.pointee)}"
            case Struct():
                return self._structs.get(type_) or self._struct(type_)
            case _:
                assert_never(type_)

    def _struct(self, type_: Struct) -> str:
        fields = ", ".join(f"{_quoted(f.name)}: {self.type(f.type)} @{f.offset}" for f in type_.fields)
        name = self._structs[type_] = f"%{_quoted(_unique(type_.name, self._struct_names))}"
        kind = "union" if type_.is_union else "struct"
        self.struct_lines.append(f"{kind} {name} size {type_.size} align {type_.align} {{{fields}}}")
        return name

    def variable(self, var: n.Var) -> str:
        volatile = "volatile " if var.volatile else ""
        align = f" align {var.align}" if var.align else ""
        return f"{volatile}{self.name(var)}: {self.type(var.type)}{align}"

    # --- expressions -----------------------------------------------------------------------------

    def expr(self, expr: n.Expr) -> str:
        match expr:
            case n.Const():
                return self.const(expr)
            case n.Load():
                return self.place(expr.place)
            case n.AddressOf():
                natural = expr.type.pointee == expr.place.type
                return f"&{self.place(expr.place)}:{expr.type.space.value if natural else self.type(expr.type)}"
            case n.Unary():
                return f"{expr.op}({self.expr(expr.operand)})"
            case n.Binary():
                strict = "" if expr.contract or not _is_float(expr.type) else "!"
                return f"({self.expr(expr.left)} {INFIX[expr.op]}{strict} {self.expr(expr.right)})"
            case n.Cast():
                return f"cast<{self.type(expr.type)}>({self.expr(expr.operand)})"
            case n.Bitcast():
                return f"bitcast<{self.type(expr.type)}>({self.expr(expr.operand)})"
            case n.Select():
                return f"select({self.operands((expr.condition, expr.if_true, expr.if_false))})"
            case n.Builtin():
                return f"{expr.name}<{self.type(expr.type)}>({self.operands(expr.args)})"
            case n.Offset():
                return f"offset({self.expr(expr.ptr)}, {self.expr(expr.index)})"
            case n.Distance():
                return f"distance({self.expr(expr.left)}, {self.expr(expr.right)})"
            case n.Special():
                return f"${expr.name}" if expr.type == U32 else f"${expr.name}<{self.type(expr.type)}>"
            case n.Construct():
                return f"{self.type(expr.type)}{{{self.operands(expr.parts)}}}"
            case n.Extract():
                return f"{self.expr(expr.operand)}#{expr.index}"
            case n.Zero():
                return f"zero<{self.type(expr.type)}>"
            case _:
                assert_never(expr)

    def place(self, place: n.Place) -> str:
        match place:
            case n.VarPlace():
                return self.name(place.var)
            case n.Deref():
                volatile = "volatile " if place.volatile else ""
                return f"{volatile}*({self.expr(place.ptr)}:{self.type(place.ptr.type)})"
            case n.Member():
                return f"{self.place(place.base)}.{place.index}"
            case n.Index():
                return f"{self.place(place.base)}[{self.expr(place.index)}]"
            case _:
                assert_never(place)

    def const(self, expr: n.Const) -> str:
        value = expr.value
        if isinstance(value, float) and math.isnan(value):
            return f"{self.type(expr.type)} x{struct.pack('>d', value).hex()}"
        return f"{self.type(expr.type)} {value!r}"

    def operands(self, exprs: Iterable[n.Expr]) -> str:
        return ", ".join(map(self.expr, exprs))

    def typed(self, exprs: Iterable[n.Expr]) -> str:
        return ", ".join(f"{self.expr(e)}:{self.type(e.type)}" for e in exprs)

    # --- statements ------------------------------------------------------------------------------

    def function(self, function: n.Function) -> str:
        self._names = dict(self._module_names)
        self._taken = set(self._module_taken)
        kind = "kernel" if function.is_kernel else "function"
        params = ", ".join(map(self.declared, function.params))
        bounds = function.launch_bounds
        tail = f" bounds({bounds.max_threads}, {bounds.min_blocks})" if bounds else ""
        lines = [f"{kind} @{_quoted(function.name)}({params}) -> {self.type(function.result)}{tail} {{"]
        self.block(function.body, 1, lines)
        return "\n".join((*lines, "}"))

    def result(self, result: n.Var | None) -> str:
        return f"{self.name(result)} = " if result is not None else ""

    def located(self, line: str, stmt: n.Stmt) -> str:
        if not self.locations or stmt.span is None:
            return line
        return f"{line} // {stmt.span.file.name}:{stmt.span.line}"

    def block(self, block: n.Block, depth: int, lines: list[str]) -> None:
        pad = "  " * depth
        for stmt in block:
            match stmt:
                case n.If():
                    lines.append(self.located(f"{pad}if {self.expr(stmt.condition)} {{", stmt))
                    self.block(stmt.then, depth + 1, lines)
                    if stmt.otherwise:
                        lines.append(f"{pad}}} else {{")
                        self.block(stmt.otherwise, depth + 1, lines)
                case n.Loop():
                    condition = f" {self.expr(stmt.condition)}" if stmt.condition is not None else ""
                    unroll = f" unroll {stmt.unroll}" if stmt.unroll else ""
                    lines.append(self.located(f"{pad}loop {_quoted(stmt.label)}{condition}{unroll} {{", stmt))
                    self.block(stmt.body, depth + 1, lines)
                    if stmt.step:
                        lines.append(f"{pad}}} step {{")
                        self.block(stmt.step, depth + 1, lines)
                case n.Switch():
                    lines.append(self.located(f"{pad}switch {self.expr(stmt.selector)} {{", stmt))
                    for case in stmt.cases:
                        lines.append(f"{pad}case {', '.join(map(str, case.values))}:")
                        self.block(case.body, depth + 1, lines)
                    lines.append(f"{pad}default:")
                    self.block(stmt.default, depth + 1, lines)
                case n.Scope():
                    lines.append(f"{pad}scope {_quoted(stmt.label)} {{")
                    self.block(stmt.body, depth + 1, lines)
                case _:
                    lines.append(self.located(pad + self.simple(stmt), stmt))
                    continue
            lines.append(f"{pad}}}")

    def simple(self, stmt: n.Stmt) -> str:
        match stmt:
            case n.Declare():
                init = f" = {self.expr(stmt.init)}" if stmt.init is not None else ""
                return f"var {self.declared(stmt.var)}{init}"
            case n.Assign():
                return f"{self.place(stmt.place)} = {self.expr(stmt.value)}"
            case n.Atomic():
                return (f"{self.result(stmt.result)}atomic {stmt.op} {stmt.scope} {self.place(stmt.place)}, "
                        f"{self.operands(stmt.args)}")  # fmt: skip
            case n.Barrier():
                predicate = f" {self.expr(stmt.predicate)}" if stmt.predicate is not None else ""
                return f"{self.result(stmt.result)}barrier {stmt.kind}{predicate}"
            case n.Warp():
                mask = f" mask {self.expr(stmt.mask)}" if stmt.mask is not None else ""
                extra = f", {self.name(stmt.predicate_result)}" if stmt.predicate_result is not None else ""
                return f"{self.result(stmt.result)}warp {stmt.op}({self.operands(stmt.args)}){mask}{extra}"
            case n.Fence():
                return f"fence {stmt.scope}"
            case n.Call():
                return f"{self.result(stmt.result)}call @{_quoted(stmt.function)}({self.operands(stmt.args)})"
            case n.Print():
                strings = ", ".join(map(repr, stmt.strings))
                return f"{self.result(stmt.result)}print {stmt.format!r} [{strings}] ({self.typed(stmt.args)})"
            case n.Trap():
                return f"trap {stmt.message!r}" if stmt.message else "trap"
            case n.ReadClock():
                return f"{self.name(stmt.result)} = clock"
            case n.Break():
                return f"break {_quoted(stmt.label)}"
            case n.Continue():
                return f"continue {_quoted(stmt.label)}"
            case n.Return():
                return f"return {self.expr(stmt.value)}" if stmt.value is not None else "return"
            case n.If() | n.Loop() | n.Switch() | n.Scope():
                raise AssertionError("structured statements are printed by their block")
            case _:
                assert_never(stmt)


def _is_float(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.is_float
